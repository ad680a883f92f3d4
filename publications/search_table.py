"""
The search table: what is written there about a page, and how a change gets in.

A word of a page becomes one lexeme `key/level`. The level says where the word stands and how often,
so that the index knows the rank and nothing has to be ranked while somebody waits. In the same
vector: `=word` for the beginnings of words. For phrases there are the pairs of neighbouring words,
as one small number each, and the text itself, as folded words: the pairs say where a phrase may be,
the text whether it is there.
Everything here can be made anew from the pages.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import chain
from zlib import crc32

import numpy as np
from django.apps import apps
from django.db import connection, transaction

from publications import dutch
from publications.identifiers import doi_from, isbn_from

TABLE = "publications_searchrow"

# Where a word stands, from worst to best. Level 9 is not in the index: the terms of a page are
# looked up when somebody searches, so that renaming or merging a term changes no page.
TEXT, TEXT_OFTEN, TEXT_ALL_OVER, PART, TAKEAWAY, SUMMARY, SUMMARY_OFTEN = 1, 2, 3, 4, 5, 6, 7
PART_OF_TITLE, TERM, AUTHOR, KEYWORD, SUBTITLE, TITLE, TITLE_SUMMARY, TITLE_OFTEN = range(8, 16)
HIGHEST = TITLE_OFTEN

MAX_TEXT_CHARACTERS = 2_000_000
MAX_TEXT_KEYS = 30_000
MAX_TEXT_BYTES = 500_000  # a tsvector holds 1 MB, and a text without spaces has long words
MAX_PHRASE_WORDS = 200_000  # some 600 pages
NEW_FACETS = 0x6B70_FACE  # a lock; any number that nothing else in this database uses
MAX_RUN = 60  # characters; longer ones are not worth remembering


@dataclass
class SearchDocument:
    """
    What a page says about itself: the text of each field, and the values it can be filtered by.

    `text` is the page's own longer text, `pages` that of its document. `facets` holds (name, value,
    label); for a term the label is looked up, so it may be empty here.
    """

    title: str
    subtitle: str = ""
    keywords: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    summary: str = ""
    takeaways: list[str] = field(default_factory=list)
    text: str = ""
    pages: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    day: int = 0
    facets: list[tuple[str, str, str]] = field(default_factory=list)


@lru_cache(maxsize=100_000)
def _words_of_run(run: str, joined: bool) -> tuple[str, ...]:
    return tuple(dutch.words(run, joined))


def words(text: str, joined: bool = True) -> list[str]:
    """Return what `dutch.words` does. No word has a space, so what stands between two is known."""
    found = []
    for run in text.split():
        found += _words_of_run(run, joined) if len(run) < MAX_RUN else dutch.words(run, joined)
    return found


@lru_cache(maxsize=100_000)
def _keys_and_parts(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return dutch.keys(word), dutch.parts(word)


@lru_cache(maxsize=100_000)
def _of_run(run: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of the words of a run, and those of their parts."""
    found = [_keys_and_parts(word) for word in dutch.words(run)]
    return tuple(k for its_keys, _ in found for k in its_keys), tuple(
        {k: None for _, its_parts in found for k in its_parts}
    )


@lru_cache(maxsize=100_000)
def _number_of(word: str) -> int:
    return crc32(word.encode())


def day_number(year: int | None, month: int | None = None, day: int | None = None) -> int:
    """Return a date that may be partly unknown as one number that sorts."""
    return year * 372 + (month or 0) * 31 + (day or 0) if year else 0


def title_key(text: str) -> str:
    """Return what two equal titles share, however they are typed."""
    return " ".join(words(text, joined=False)) or " ".join(text.casefold().split())


def hash_of(text: str) -> int:
    return int.from_bytes(
        blake2b(text.encode(errors="replace"), digest_size=8).digest(), signed=True
    )


def literal_title(text: str) -> str:
    """Return a key for a title to the letter, for titles that read as a search with exclusions."""
    return f"id{hash_of(' '.join(text.casefold().split())) & 0xFFFFFFFFFFFFFFFF:016x}"


def identifier_key(text: str) -> str:
    """Return the key of the DOI or ISBN in `text`, or nothing when it is neither."""
    found = doi_from(text).lower() or isbn_from(text)
    if not found:
        return ""
    if len(found) == 10 and "/" not in found:
        found = f"978{found[:9]}"
    return (
        f"id{blake2b(found[: 12 if found.isdigit() else None].encode(), digest_size=8).hexdigest()}"
    )


def pairs_of(texts: list[list[str]]) -> list[int]:
    """
    Return the number of each pair of neighbours, once: 16 bits, so that several pairs share one.

    More bits would leave less to look up, but most numbers would be of one page only, and an index
    of those costs more than it saves.
    """
    numbers = [np.zeros(0, dtype=np.uint64)]
    for text in texts:
        if len(text) > 1:
            of_words = np.fromiter(map(_number_of, text), np.uint64, len(text))
            mixed = of_words[:-1] * np.uint64(0x9E3779B97F4A7C15)
            mixed += of_words[1:] * np.uint64(0xC2B2AE3D)
            numbers.append(mixed >> np.uint64(48))
    return np.unique(np.concatenate(numbers).astype(np.uint16)).view(np.int16).tolist()


class PageWords:
    """The words of a page per field, read once for everything that is written of them."""

    def __init__(self, document: SearchDocument):
        self.document = document
        self.title, self.subtitle = words(document.title), words(document.subtitle)
        self.keywords = [word for keyword in document.keywords for word in words(keyword)]
        self.authors = [word for author in document.authors for word in words(author)]
        self.summary = words(document.summary)
        self.takeaways = [word for takeaway in document.takeaways for word in words(takeaway)]

    def own(self) -> set[str]:
        """Return all words but those of the text, each once."""
        return {
            *self.title,
            *self.subtitle,
            *self.keywords,
            *self.authors,
            *self.summary,
            *self.takeaways,
        }

    def vector(self) -> str:
        """Return everything the index must know of the page, as the text of a tsvector."""
        document = self.document
        levels = self._levels(_counted([document.text, *document.pages]))
        if re.search(r'(?<!\S)-["\w]', document.title):
            levels[literal_title(document.title)] = TITLE
        for identifier in document.identifiers:
            if key := identifier_key(identifier):
                levels[key] = TITLE
        lexemes = [f"{key}/{level}" for key, level in levels.items()]
        in_sight = {*self.title, *self.subtitle, *self.keywords, *self.authors}
        lexemes += [f"={word}" for word in in_sight]
        return "'" + "' '".join(lexemes) + "'"

    def pairs(self) -> str:
        """Return the numbers of the pairs, as the text of an array."""
        return f"{{{','.join(map(str, pairs_of(self._phrases())))}}}"

    def text(self) -> str:
        """
        Return the words as they stand there, to look phrases up in: a field on each line, and each
        page of the document behind a form feed, so that its number can be told.
        """
        own, pages = self._own_and_pages
        lines = "\n".join(f" {' '.join(text)} " for text in own)
        return lines + "".join(f"\f {' '.join(text)} " for text in pages)

    def _phrases(self) -> list[list[str]]:
        own, pages = self._own_and_pages
        return [*own, *pages]

    @cached_property
    def _own_and_pages(self) -> tuple[list[list[str]], list[list[str]]]:
        document, left = self.document, MAX_PHRASE_WORDS
        own = [
            document.title,
            document.subtitle,
            *document.keywords,
            *document.authors,
            document.summary,
            *document.takeaways,
        ]
        texts = []
        for text in (*own, document.text, *document.pages):
            texts.append(words(text[: 80 * left], joined=False)[:left])
            left -= len(texts[-1])
        return texts[: len(own) + 1], texts[len(own) + 1 :]

    def _levels(self, runs: Counter) -> dict[str, int]:
        """Return the level of each key of the page: that of the best place where it stands."""
        in_text, of_parts = {}, {}
        had = in_text.get
        for run, count in runs.items():
            its_keys, its_parts = _of_run(run) if len(run) < MAX_RUN else _of_run.__wrapped__(run)
            for key in its_keys:
                in_text[key] = had(key, 0) + count
            if its_parts:
                of_parts.update(dict.fromkeys(its_parts, TEXT))
        levels = of_parts
        if len(in_text) > MAX_TEXT_KEYS or sum(map(len, in_text)) > MAX_TEXT_BYTES:
            in_text = _most_common(in_text)
        for key, count in in_text.items():
            levels[key] = TEXT if count < 3 else TEXT_OFTEN if count < 8 else TEXT_ALL_OVER

        def put(some_words, level, part_level):
            for word in set(some_words):
                its_keys, its_parts = _keys_and_parts(word)
                for key in its_parts:
                    if levels.get(key, 0) < part_level:
                        levels[key] = part_level
                for key in its_keys:
                    if levels.get(key, 0) < level:
                        levels[key] = level

        in_summary = Counter(chain.from_iterable(_keys_and_parts(w)[0] for w in self.summary))
        put(self.takeaways, TAKEAWAY, PART)
        put(self.summary, SUMMARY, PART)
        for key, count in in_summary.items():
            if count > 1:
                levels[key] = max(levels[key], SUMMARY_OFTEN)
        put(self.authors, AUTHOR, PART)
        put(self.keywords, KEYWORD, PART_OF_TITLE)
        put(self.subtitle, SUBTITLE, PART_OF_TITLE)
        put(self.title, TITLE, PART_OF_TITLE)
        for key in {key for word in self.title for key in _keys_and_parts(word)[0]}:
            levels[key] = TITLE + min(in_summary[key], 2)
        return levels


def _counted(texts: list[str]) -> Counter:
    """Return how often each run without spaces is in the texts."""
    runs, left = Counter(), MAX_TEXT_CHARACTERS
    for text in texts:
        runs.update(text[:left].split())
        left = max(0, left - len(text))
    return runs


def _most_common(counts: dict[str, int]) -> dict[str, int]:
    """Return what there is room for."""
    found, room = {}, MAX_TEXT_BYTES
    for key, count in Counter(counts).most_common(MAX_TEXT_KEYS):
        room -= len(key)
        if room < 0:
            break
        found[key] = count
    return found


def findable_models() -> list:
    """Return the page types that can be found."""
    return [model for model in apps.get_models() if hasattr(model, "search_document")]


def kind_of(model) -> str:
    return model._meta.model_name


def index_page(page) -> None:
    """Bring the row of one page up to date with what the database holds of it, published or not."""
    if page.live:
        index_pages(type(page), [page.pk])
    else:
        take_out([page.pk])


def index_pages(model, ids) -> None:
    """Bring the rows of these pages of one type up to date, also of those that are gone."""
    ids = list(ids)
    if not ids:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        rows = rows_of(model, ids)
        take_out(set(ids) - {row[0] for row in rows})
        for row in rows:
            cursor.execute(
                "INSERT INTO publications_searchrow"
                " (id, is_live, day, title_hash, title_key, facets, vector, pairs, text,"
                " changed_in)"
                " VALUES (%s, true, %s, %s, %s, %s, %s::tsvector, %s::smallint[], %s,"
                " pg_current_xact_id()::text::bigint)"
                " ON CONFLICT (id) DO UPDATE SET is_live = true, day = excluded.day,"
                " title_hash = excluded.title_hash, title_key = excluded.title_key,"
                " facets = excluded.facets, vector = excluded.vector, pairs = excluded.pairs,"
                " text = excluded.text,"
                " changed_in = excluded.changed_in",
                row,
            )


def take_out(ids) -> None:
    """Empty the rows of pages that may no longer be found. The empty row tells the readers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE publications_searchrow SET is_live = false, facets = '{}', vector = '',"
            " pairs = '{}', text = '', title_key = '', title_hash = 0,"
            " changed_in = pg_current_xact_id()::text::bigint"
            " WHERE id = ANY(%s) AND is_live",
            [list(ids)],
        )


def rows_of(model, ids) -> list[tuple]:
    """Return the rows of those of these pages that everyone may see, in the order of the ids."""
    pages = model.objects.live().public().filter(pk__in=list(ids)).for_search().order_by("pk")
    documents = [(page.pk, page.search_document()) for page in pages]
    kind = ("kind", kind_of(model), "")
    for _, document in documents:
        document.facets.append(kind)
    numbers = facet_numbers({facet for _, document in documents for facet in document.facets})
    of_pages = [PageWords(document) for _, document in documents]
    add_words(set().union(*(page_words.own() for page_words in of_pages)))
    rows = []
    for (pk, document), page_words in zip(documents, of_pages, strict=True):
        key = title_key(document.title)
        facets = sorted({numbers[name, value] for name, value, _ in document.facets})
        title = (document.day, hash_of(key), key[:200])
        rows.append(
            (pk, *title, facets, page_words.vector(), page_words.pairs(), page_words.text())
        )
    return rows


def facet_numbers(facets: set[tuple[str, str, str]]) -> dict[tuple[str, str], int]:
    """Return the number of each (name, value, label). A new value gets one, a new label is kept."""
    with connection.cursor() as cursor:
        names, values, labels = zip(*sorted(facets), strict=True) if facets else ((), (), ())
        wanted = "unnest(%s::text[], %s::text[], %s::text[]) AS w (name, value, label)"
        known = "SELECT f.id, w.name, w.value, f.label, w.label FROM publications_searchfacet f"
        known += f" JOIN {wanted} USING (name, value)"
        parameters = [list(names), list(values), list(labels)]
        cursor.execute(known, parameters)
        rows = cursor.fetchall()
        if len(rows) < len({facet[:2] for facet in facets}):
            # One at a time until its commit: two who add several values each in another order
            # would wait for each other for ever.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NEW_FACETS])
            cursor.execute(
                "INSERT INTO publications_searchfacet (name, value, label)"  # noqa: S608
                f" SELECT name, value, min(label) FROM {wanted} WHERE NOT EXISTS"
                " (SELECT FROM publications_searchfacet f WHERE f.name = w.name"
                " AND f.value = w.value) GROUP BY name, value ON CONFLICT (name, value) DO NOTHING",
                parameters,
            )
            cursor.execute(known, parameters)
            rows = cursor.fetchall()
        for number, _, _, old_label, label in rows:
            if label != old_label:
                cursor.execute(
                    "UPDATE publications_searchfacet SET label = %s WHERE id = %s", [label, number]
                )
    return {(name, value): number for number, name, value, _, _ in rows}


def add_words(some_words) -> None:
    """Add to the words of the library those that are not there yet. Waits for no other writer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO publications_searchword (word) SELECT w FROM unnest(%s::text[]) w"
            " WHERE NOT EXISTS (SELECT FROM publications_searchword k WHERE k.word = w)",
            [[word for word in some_words if not word.isdigit()]],
        )
