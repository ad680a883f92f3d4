"""
A copy of what searching needs, in the memory of this process.

PostgreSQL holds everything; this can be dropped at any moment. It keeps one bit per page and facet
value, and one byte per page for each word that somebody searched: the word's level there. With
those `search_answer` ranks every match and counts every facet in a few lines of numpy.

Before each search it asks which rows were written by transactions that it has not seen, and takes
them in. So a change is right at the next search after its commit, in every process, and writers
never wait for each other.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import psycopg
from django.db import connection

from publications.search_table import HIGHEST, PART_OF_TITLE, TERM, pairs_of

ID_BITS = 24  # page ids up to 16 million
MAX_WORD_BYTES = 40 * 1024 * 1024
MAX_CHANGES = 2000
MAX_LISTS = 200
SPARE_FACETS = 16
IN_INDEX = tuple(level for level in range(1, HIGHEST + 1) if level != TERM)

CHANGED = """
SELECT 'publications_searchrow'::regclass::oid::bigint, pg_current_snapshot()::text,
    EXISTS (SELECT FROM publications_searchrow
        WHERE (changed_in >= %s OR changed_in = ANY(%s::bigint[]))
        AND changed_in < pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
"""
CHANGES = """
SELECT id, day, is_live, title_hash, facets, tsvector_to_array(vector)
FROM publications_searchrow WHERE (changed_in >= %s OR changed_in = ANY(%s::bigint[]))
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
# One scan of the index for each level of each word, and for each list. No query is a constant, so
# that the planner takes the index whatever it thinks of the word.
FOUND = """
SELECT number, (
    SELECT string_agg(int4send(id), '') FROM publications_searchrow WHERE vector @@ query
)
FROM unnest(%s::text[]::tsquery[]) WITH ORDINALITY asked (query, number)
"""
PHRASE = """
SELECT string_agg(int4send(id), '') FROM publications_searchrow
WHERE pairs @> (SELECT %s::smallint[]) AND strpos(text, %s) > 0
"""
BY_TITLE = """
SELECT string_agg(int4send(id), '' ORDER BY title_key COLLATE "C", id)
FROM publications_searchrow WHERE is_live
"""


@dataclass(frozen=True)
class Word:
    """
    One word that is looked for: its keys, of which one is enough; the numbers of the facets whose
    name has the word; and for an unfinished word its beginning.
    """

    keys: tuple[str, ...]
    facets: tuple[int, ...] = ()
    prefix: str = ""


@dataclass(frozen=True)
class PageList:
    """The pages that a tsquery finds, or that have these words side by side."""

    query: str = ""
    phrase: tuple[str, ...] = ()


# What must be there: one of several alternatives, each of which may take several words.
Need = tuple[tuple[Word, ...], ...]
ORDER_OF_TITLES = PageList()


def beginning(prefix: str) -> PageList:
    return PageList(f"'={prefix}':*")


class Copy:
    """The copy of one process. Threads may share it."""

    def __init__(self, max_word_bytes: int = MAX_WORD_BYTES):
        self.lock = threading.RLock()
        self.max_word_bytes = max_word_bytes
        self.table = None  # the table that was read; a rebuild puts another in its place
        self.seen = (0, "{}")  # transactions from this number on, and these, were not seen
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
            self.seen = (int(end), f"{{{running}}}")
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
            for keys, array in self.words.items():
                level = max(int(levels.get(key, 0)) for key in keys)
                if array is not None:
                    array[pk] = level
                elif level:
                    self.words[keys] = array = np.zeros(self.capacity, dtype=np.uint8)
                    array[pk] = level
        self._settle()

    def _grow(self, highest: int) -> None:
        more = _rounded(highest + highest // 8 + 1024) - self.capacity
        self.capacity += more
        self.live = np.pad(self.live, (0, more))
        self.days = np.pad(self.days, (0, more))
        self.titles = np.pad(self.titles, (0, more))
        self.bits = np.pad(self.bits, ((0, 0), (0, more // 8)))
        for keys, array in self.words.items():
            if array is not None:
                self.words[keys] = np.pad(array, (0, more))

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
        self.ties = (self.days << ID_BITS) | np.arange(self.capacity, dtype=np.int64)
        self.live_bits = np.packbits(self.live)
        self.nowhere = np.zeros(self.capacity, dtype=np.uint8)

    # --- Words ----------------------------------------------------------------------------------

    def read(self, words: Iterable[Word], lists: Iterable[PageList] = ()) -> None:
        """Read what is not here yet, all at once, without keeping other threads waiting."""
        words = list(words)
        keys = {word.keys for word in words if word.keys}
        lists = {*lists, *(beginning(word.prefix) for word in words if word.prefix)}
        for attempt in range(3):
            with self.lock:
                generation = self.generation
                keys = {key for key in keys if key not in self.words}
                lists = {one for one in lists if one not in self.lists}
                if not keys and not lists:
                    return
                if attempt == 2:  # changes keep coming in: hold them up for once
                    self._keep(*_read(sorted(keys), list(lists)))
                    return
            found = _read(sorted(keys), list(lists))
            with self.lock:
                if generation == self.generation:
                    self._keep(*found)
                    return

    def _keep(self, words, lists) -> None:
        many = [ids for levels in words.values() for _, ids in levels] + list(lists.values())
        highest = max((int(ids.max()) for ids in many if len(ids)), default=0)
        if highest >= self.capacity:
            self._grow(highest)
            self._settle()
        for keys, levels in words.items():
            array = np.zeros(self.capacity, dtype=np.uint8) if levels else None
            for level, ids in levels:  # from the lowest to the highest
                array[ids] = level
            self.words[keys] = array
        self.lists.update(lists)

    def has_read(self, words: Iterable[Word], lists: Iterable[PageList] = ()) -> bool:
        """Tell whether all of these are here; another thread may have dropped one."""
        words = list(words)
        return all(word.keys in self.words for word in words if word.keys) and all(
            one in self.lists
            for one in (*lists, *(beginning(word.prefix) for word in words if word.prefix))
        )

    def forget_least_used(self) -> None:
        size = sum(array is not None for array in self.words.values()) * self.capacity
        while self.words and (size > self.max_word_bytes or len(self.words) > 20_000):
            _, array = self.words.popitem(last=False)
            size -= self.capacity if array is not None else 0
        while len(self.lists) > MAX_LISTS:
            self.lists.popitem(last=False)

    def level(self, word: Word) -> np.ndarray:
        """Return the level of one word in every page. Not to be changed."""
        result = None
        if word.keys:
            self.words.move_to_end(word.keys)
            result = self.words[word.keys]
        if result is None:
            result = self.nowhere
        terms = [number for number in word.facets if number < len(self.facets)]
        if terms:
            having = np.unpackbits(np.bitwise_or.reduce(self.facets[terms]))
            result = np.maximum(result, having * np.uint8(TERM))
        if word.prefix:
            ids = self.pages(beginning(word.prefix))
            result = result.copy()
            result[ids] = np.maximum(result[ids], PART_OF_TITLE)
        return result

    def pages(self, one: PageList) -> np.ndarray:
        """Return the ids of the pages of a list that was read."""
        self.lists.move_to_end(one)
        return self.lists[one]

    def is_known(self, word: Word) -> bool:
        """Tell whether any page has this word."""
        if word.facets:
            return True
        keys_alone = Word(word.keys)
        while True:
            self.read([keys_alone])
            with self.lock:
                if self.has_read([keys_alone]):
                    return bool(word.keys) and bool(self.level(keys_alone).any())

    def facets_of(self, pk: int, numbers: set[int]) -> set[int]:
        """Return which of these facets a page has."""
        with self.lock:
            known = [number for number in numbers if number < len(self.facets)]
            having = self.facets[known, pk >> 3] & np.uint8(128 >> (pk & 7))
            return {number for number, has in zip(known, having, strict=True) if has}


def _read(keys: list[tuple[str, ...]], lists: list[PageList]):
    """Return from the database (level, ids) of each word, and the ids of each list: in one go."""
    queries = [
        " | ".join(f"'{key}/{level}'" for key in some) for some in keys for level in IN_INDEX
    ]
    beginnings = [one for one in lists if one.query]
    queries += [one.query for one in beginnings]
    words, found = {some: [] for some in keys}, {}
    with _cursor() as cursor:
        for number, ids in cursor.execute(FOUND, [queries], binary=True) if queries else ():
            place, level = divmod(number - 1, len(IN_INDEX))
            if place >= len(keys):
                found[beginnings[number - 1 - len(keys) * len(IN_INDEX)]] = _numbers(ids)
            elif ids:
                words[keys[place]].append((IN_INDEX[level], _numbers(ids)))
        for one in lists:
            if one.phrase:
                text = f" {' '.join(one.phrase)} "
                cursor.execute(PHRASE, [pairs_of([one.phrase]), text], binary=True)
            elif one == ORDER_OF_TITLES:
                cursor.execute(BY_TITLE, binary=True)
            else:
                continue
            found[one] = _numbers(cursor.fetchone()[0])
    for levels in words.values():
        levels.sort(key=lambda pair: pair[0])
    return words, found


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
