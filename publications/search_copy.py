"""
A copy of what searching needs, in the memory of this process.

PostgreSQL holds everything; this can be dropped at any moment. It keeps one bit per page and facet
value, and one byte per page for each word that somebody searched: the word's level there. With
those every match is ranked and every facet counted by a few lines of numpy.

Before each search it asks which rows were written by transactions that it has not seen, and takes
them in. So a change is right at the next search after its commit, in every process, and writers
never wait for each other.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import psycopg
from django.db import connection

from publications.search_table import HIGHEST, PART_OF_TITLE, TERM, pair_of

# What each level adds to the score. A word in the title outweighs any other place.
WEIGHTS = np.zeros(256, dtype=np.int64)
WEIGHTS[: HIGHEST + 1] = [0, 1, 2, 3, 2, 5, 6, 7, 4, 9, 10, 12, 13, 20, 21, 22]
EXACT_TITLE = 1000
ID_BITS = 24  # page ids up to 16 million
SCORE_SHIFT = 44
MAX_WORD_BYTES = 40 * 1024 * 1024
MAX_CHANGES = 2000
MAX_LISTS = 200
SPARE_FACETS = 16

CHANGED = """
SELECT 'publications_searchrow'::regclass::oid::bigint, pg_current_snapshot()::text,
    EXISTS (SELECT FROM publications_searchrow
        WHERE (changed_in >= %s OR changed_in = ANY(%s))
        AND changed_in < pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
"""
CHANGES = """
SELECT id, day, is_live, title_hash, facets, tsvector_to_array(vector)
FROM publications_searchrow WHERE (changed_in >= %s OR changed_in = ANY(%s))
AND changed_in < pg_snapshot_xmax(pg_current_snapshot())::text::bigint LIMIT %s
"""
ALL_ROWS = """
SELECT string_agg(int4send(id), ''), string_agg(int4send(day), ''),
    string_agg(int8send(title_hash), ''), (SELECT max(id) FROM publications_searchrow)
FROM publications_searchrow WHERE is_live
"""
ALL_FACETS = """
SELECT number, string_agg(int4send(id), '')
FROM publications_searchrow, unnest(facets) number WHERE is_live GROUP BY number
"""
# One scan of the index per word and level; not one constant query, so that the planner takes it.
LEVELS = """
SELECT w, l, (SELECT string_agg(int4send(id), '') FROM publications_searchrow
    WHERE vector @@ ('''' || w || '/' || l || '''')::tsquery)
FROM unnest(%s::text[]) w, generate_series(1, %s) l
"""
IDS = "SELECT string_agg(int4send(id), '') FROM publications_searchrow WHERE vector @@ %s::tsquery"


@dataclass(frozen=True)
class Word:
    """
    One word that is looked for: its keys, of which one is enough; the numbers of the facets whose
    name has the word; and for an unfinished word its beginning.
    """

    keys: tuple[str, ...]
    facets: tuple[int, ...] = ()
    prefix: str = ""


# What must be there: one of several alternatives, each of which may take several words.
Need = tuple[tuple[Word, ...], ...]


@dataclass
class Question:
    """What to look for, in the terms of the copy."""

    kind: int | None  # the number of the facet that every hit must have
    needs: list[Need] = field(default_factory=list)
    phrases: list[tuple[str, ...]] = field(default_factory=list)
    without: list[Need] = field(default_factory=list)
    without_phrases: list[tuple[str, ...]] = field(default_factory=list)
    title_hash: int | None = None
    groups: dict[str, list[int]] = field(default_factory=dict)  # chosen facet numbers per facet
    members: dict[str, list[int]] = field(default_factory=dict)  # all numbers of those facets
    order: str = "beste"
    start: int = 0
    length: int = 20


@dataclass
class Answer:
    """
    `ids` of one page of hits in order, the exact total, the count of each facet number, the level
    of each need in each of those hits, and how many needs the hits have when none has all.
    """

    ids: list[int]
    total: int
    counts: np.ndarray
    levels: list[list[int]]
    all_ids: np.ndarray
    has_all: bool = True


class Copy:
    """The copy of one process. Threads may share it."""

    def __init__(self, max_word_bytes: int = MAX_WORD_BYTES):
        self.lock = threading.RLock()
        self.max_word_bytes = max_word_bytes
        self.table = None  # the table that was read; a rebuild puts another in its place
        self.seen = (0, [])  # transactions from this number on, and these, were not seen
        self.generation = 0  # goes up with every change taken in
        self.capacity = 0
        self.words = OrderedDict()
        self.lists = OrderedDict()
        self.merged = {}  # facet number → the number it counts as

    # --- Keeping up -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what was committed since the last time."""
        with self.lock, _cursor() as cursor:
            start, others = self.seen
            table, snapshot, is_changed = cursor.execute(
                CHANGED, [start, others], binary=True
            ).fetchone()
            if table == self.table and not is_changed:
                return
            rows = []
            if table == self.table:
                rows = cursor.execute(
                    CHANGES, [start, others, MAX_CHANGES + 1], binary=True
                ).fetchall()
            if table != self.table or len(rows) > MAX_CHANGES:
                self._load(cursor)
            else:
                self._patch(rows)
            # The older of the two moments: what came in between is taken in once more, harmlessly.
            _, end, running = snapshot.split(":")
            self.table = table
            self.seen = (int(end), [int(number) for number in running.split(",") if number])
            self.generation += 1

    def _load(self, cursor) -> None:
        ids, days, hashes, highest = cursor.execute(ALL_ROWS, binary=True).fetchone()
        facets = cursor.execute(ALL_FACETS, binary=True).fetchall()
        self.words.clear()
        self.lists.clear()
        self.capacity = _rounded((highest or 0) + (highest or 0) // 8 + 1024)
        ids = _numbers(ids)
        self.live = np.zeros(self.capacity, dtype=bool)
        self.live[ids] = True
        self.days = np.zeros(self.capacity, dtype=np.int64)
        self.days[ids] = _numbers(days)
        self.titles = np.zeros(self.capacity, dtype=np.int64)
        self.titles[ids] = _numbers(hashes, ">i8")
        rows = max((number for number, _ in facets), default=0) + SPARE_FACETS
        self.bits = np.zeros((rows, self.capacity // 8), dtype=np.uint8)
        for number, having in facets:
            has_facet = np.zeros(self.capacity, dtype=bool)
            has_facet[_numbers(having)] = True
            self.bits[number] = np.packbits(has_facet)
        self._settle()

    def _patch(self, rows) -> None:
        self.lists.clear()
        if rows and max(row[0] for row in rows) >= self.capacity:
            self._grow(max(row[0] for row in rows))
        for pk, day, is_live, title, facets, lexemes in rows:
            self.live[pk] = is_live
            self.days[pk] = day
            self.titles[pk] = title
            missing = max(facets, default=0) - len(self.bits) + 1
            if missing > 0:
                self.bits = np.pad(self.bits, ((0, missing + SPARE_FACETS), (0, 0)))
            byte, bit = pk >> 3, np.uint8(128 >> (pk & 7))
            self.bits[:, byte] &= ~bit
            self.bits[facets, byte] |= bit
            levels = dict(lexeme.split("/") for lexeme in lexemes if "/" in lexeme)
            for key, array in self.words.items():
                level = int(levels.get(key, 0))
                if array is not None:
                    array[pk] = level
                elif level:
                    self.words[key] = array = np.zeros(self.capacity, dtype=np.uint8)
                    array[pk] = level
        self._settle()

    def _grow(self, highest: int) -> None:
        more = _rounded(highest + highest // 8 + 1024) - self.capacity
        self.capacity += more
        self.live = np.pad(self.live, (0, more))
        self.days = np.pad(self.days, (0, more))
        self.titles = np.pad(self.titles, (0, more))
        self.bits = np.pad(self.bits, ((0, 0), (0, more // 8)))
        for key, array in self.words.items():
            if array is not None:
                self.words[key] = np.pad(array, (0, more))

    def merge_facets(self, merged: dict[int, int]) -> None:
        """From now on count one facet as another, as when an editor has merged two terms."""
        with self.lock:
            if merged != self.merged:
                self.merged = merged
                self._settle()

    def _settle(self) -> None:
        """Make what follows from the facets and the dates, after a change."""
        self.facets = self.bits
        highest = max((max(pair) for pair in self.merged.items()), default=0)
        if self.merged:
            self.facets = np.pad(self.bits, ((0, max(0, highest - len(self.bits) + 1)), (0, 0)))
            for number, counts_as in self.merged.items():
                self.facets[counts_as] |= self.facets[number]
                self.facets[number] = 0
        self.wide_facets = self.facets.view(np.uint64)
        self.ties = (self.days << ID_BITS) | np.arange(self.capacity, dtype=np.int64)
        self.live_bits = np.packbits(self.live)

    # --- Words ----------------------------------------------------------------------------------

    def _fetch(self, keys: set[str], lists: set[str]) -> None:
        """Read the words and lists that are not here yet, without keeping other threads waiting."""
        for attempt in range(3):
            with self.lock:
                generation = self.generation
                keys = {key for key in keys if key not in self.words}
                lists = {query for query in lists if query not in self.lists}
                if not keys and not lists:
                    return
                if attempt == 2:  # changes keep coming in: hold them up for once
                    self._keep(*self._read(keys, lists))
                    return
            found = self._read(keys, lists)
            with self.lock:
                if generation == self.generation:
                    self._keep(*found)
                    return

    @staticmethod
    def _read(keys: set[str], lists: set[str]):
        with _cursor() as cursor:
            levels, found = {key: [] for key in keys}, {}
            if keys:
                rows = cursor.execute(LEVELS, [sorted(keys), HIGHEST], binary=True)
                for key, level, ids in rows:
                    if ids:
                        levels[key].append((level, _numbers(ids)))
            for query in lists:
                found[query] = _numbers(cursor.execute(IDS, [query], binary=True).fetchone()[0])
        return levels, found

    def _keep(self, levels, found) -> None:
        if found:
            highest = max((ids.max() for ids in found.values() if len(ids)), default=0)
        else:
            highest = 0
        pairs = [pair for some in levels.values() for pair in some]
        highest = max([highest, *(ids.max() for _, ids in pairs)])
        if highest >= self.capacity:
            self._grow(int(highest))
            self._settle()
        for key, places in levels.items():
            array = np.zeros(self.capacity, dtype=np.uint8) if places else None
            for level, ids in places:
                array[ids] = np.maximum(array[ids], level)
            self.words[key] = array
        self.lists.update(found)

    def _forget_least_used(self) -> None:
        size = sum(array is not None for array in self.words.values()) * self.capacity
        while self.words and (size > self.max_word_bytes or len(self.words) > 20_000):
            _, array = self.words.popitem(last=False)
            size -= self.capacity if array is not None else 0
        while len(self.lists) > MAX_LISTS:
            self.lists.popitem(last=False)

    def _level(self, word: Word) -> np.ndarray:
        """Return the level of one word in every page."""
        arrays = []
        for key in word.keys:
            self.words.move_to_end(key)
            if self.words[key] is not None:
                arrays.append(self.words[key])
        result = arrays[0] if arrays else np.zeros(self.capacity, dtype=np.uint8)
        for array in arrays[1:]:
            result = np.maximum(result, array)
        terms = [number for number in word.facets if number < len(self.facets)]
        if terms:
            having = np.unpackbits(np.bitwise_or.reduce(self.facets[terms]))
            result = np.maximum(result, having * np.uint8(TERM))
        if word.prefix:
            self.lists.move_to_end(prefix_query(word.prefix))
            ids = self.lists[prefix_query(word.prefix)]
            result = result.copy()
            result[ids] = np.maximum(result[ids], PART_OF_TITLE)
        return result

    def is_known(self, word: Word) -> bool:
        """Tell whether any page has this word."""
        self._fetch(set(word.keys), set())
        with self.lock:
            return bool(word.facets) or any(
                (array := self.words.get(key)) is not None and array.any() for key in word.keys
            )

    def _levels(self, need: Need) -> np.ndarray:
        """Return the level of the best alternative in every page; each takes all its words."""
        best = None
        for alternative in need:
            levels = self._level(alternative[0])
            for word in alternative[1:]:
                levels = np.minimum(levels, self._level(word))
            best = levels if best is None else np.maximum(best, levels)
        return np.zeros(self.capacity, dtype=np.uint8) if best is None else best

    def _having_phrase(self, phrase: tuple[str, ...]) -> np.ndarray:
        having = np.zeros(self.capacity, dtype=bool)
        self.lists.move_to_end(phrase_query(phrase))
        having[self.lists[phrase_query(phrase)]] = True
        return having

    def facets_of(self, pk: int, numbers: set[int]) -> set[int]:
        """Return which of these facets a page has."""
        with self.lock:
            known = [number for number in numbers if number < len(self.facets)]
            having = self.facets[known, pk >> 3] & np.uint8(128 >> (pk & 7))
            return {number for number, has in zip(known, having, strict=True) if has}

    # --- Searching ------------------------------------------------------------------------------

    def ask(self, question: Question) -> Answer:
        """Answer a question with what was in the database at the last `refresh`, or later."""
        words = [
            word
            for need in (*question.needs, *question.without)
            for alternative in need
            for word in alternative
        ]
        keys = {key for word in words for key in word.keys}
        lists = {prefix_query(word.prefix) for word in words if word.prefix}
        lists |= {phrase_query(p) for p in (*question.phrases, *question.without_phrases)}
        while True:
            self._fetch(keys, lists)
            with self.lock:
                # Another thread may have dropped one in the meantime.
                if self.words.keys() >= keys and self.lists.keys() >= lists:
                    answer = self._answer(question)
                    self._forget_least_used()
                    return answer

    def _answer(self, question: Question) -> Answer:
        base = self.live_bits
        if question.kind is not None:
            base = base & self._facet_bits([question.kind])
        levels = [self._levels(need) for need in question.needs]
        matching, has_all = self._matching(question, levels, base)
        masks = {name: self._facet_bits(chosen) for name, chosen in question.groups.items()}
        found = matching
        for mask in masks.values():
            found = found & mask
        counts = self._counts(found)
        for name, members in question.members.items():
            if name not in masks:
                continue
            others = matching
            for other, mask in masks.items():
                if other != name:
                    others = others & mask
            numbers = [number for number in members if number < len(self.facets)]
            counts[numbers] = self._counts(others, numbers)
        ids = np.flatnonzero(np.unpackbits(found))
        best = self._in_order(question, ids, levels)
        in_hits = [[int(array[pk]) for array in levels] for pk in best]
        return Answer([int(pk) for pk in best], len(ids), counts, in_hits, ids, has_all)

    def _matching(self, question, levels, base) -> tuple[np.ndarray, bool]:
        """Return the bits of the pages that have everything, or else the most; and which it was."""
        is_there = [array > 0 for array in levels]
        is_there += [self._having_phrase(phrase) for phrase in question.phrases]
        if not is_there:
            everything = self.live if question.title_hash is None else np.zeros_like(self.live)
            is_there = [everything]
        unwanted = [self._levels(need) > 0 for need in question.without]
        unwanted += [self._having_phrase(phrase) for phrase in question.without_phrases]
        has_all = np.logical_and.reduce(is_there)
        for having in unwanted:
            has_all &= ~having
        if question.title_hash is not None:
            has_all |= self.titles == question.title_hash
        matching = np.packbits(has_all) & base
        if matching.any() or len(is_there) == 1:
            return matching, True
        how_many = np.add.reduce(is_there, dtype=np.uint8)
        how_many *= np.unpackbits(base)
        for having in unwanted:
            how_many[having] = 0
        most = how_many.max()
        return np.packbits((how_many == most) & (most > 0)), False

    def _facet_bits(self, numbers) -> np.ndarray:
        numbers = [number for number in numbers if number < len(self.facets)]
        return np.bitwise_or.reduce(self.facets[numbers], axis=0)

    def _counts(self, found: np.ndarray, numbers=None) -> np.ndarray:
        rows = self.wide_facets if numbers is None else self.wide_facets[numbers]
        return np.bitwise_count(rows & found.view(np.uint64)).sum(axis=1, dtype=np.int64)

    def _in_order(self, question, ids, levels) -> np.ndarray:
        if question.order == "titel":
            return _by_title(ids, question.start, question.length)
        keys = self.ties[ids]
        if question.order == "oudste":
            days = self.days[ids]
            keys = -np.where(days == 0, keys | (1 << 60), keys)
        elif question.order == "beste" and levels:
            scores = sum((WEIGHTS[array[ids]] for array in levels), np.zeros(len(ids), np.int64))
            scores[self.titles[ids] == question.title_hash] += EXACT_TITLE
            keys = (scores << SCORE_SHIFT) | keys
        end = min(question.start + question.length, len(ids))
        if end < len(ids):
            top = np.argpartition(keys, len(ids) - end)[len(ids) - end :]
        else:
            top = np.arange(len(ids))
        return ids[top[np.argsort(-keys[top])]][question.start : end]


def prefix_query(prefix: str) -> str:
    return f"'={prefix}':*"


def phrase_query(phrase: tuple[str, ...]) -> str:
    """Return the query of neighbouring words. The pairs leave the index little to look up."""
    pairs = {f"'{pair_of(*pair)}'" for pair in pairwise(phrase)}
    words = " <-> ".join(f"'{word}'" for word in phrase)
    return " & ".join([*sorted(pairs), f"({words})"])


def _by_title(ids, start: int, length: int) -> np.ndarray:
    with _cursor() as cursor:
        rows = cursor.execute(
            "SELECT id FROM publications_searchrow WHERE id = ANY(%s)"
            ' ORDER BY title_key COLLATE "C", id OFFSET %s LIMIT %s',
            [ids.tolist(), start, length],
            binary=True,
        ).fetchall()
    return np.array([pk for (pk,) in rows], dtype=np.int64)


def _cursor():
    """Return a cursor that sends numbers as they are, which is twice as fast as text."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def _numbers(packed: bytes | None, kind: str = ">i4") -> np.ndarray:
    return np.frombuffer(packed or b"", dtype=kind).astype(np.int64)


def _rounded(number: int) -> int:
    return (number + 63) // 64 * 64


_of_this_process = Copy()


def current_copy() -> Copy:
    """
    Return the copy to search. Inside a transaction a new one each time: that sees rows which may
    never be committed, and must not be remembered.
    """
    return Copy() if connection.in_atomic_block else _of_this_process


def forget() -> None:
    """Drop the copy of this process; the next search reads everything anew."""
    global _of_this_process
    _of_this_process = Copy()
