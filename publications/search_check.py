"""
The same answers worked out by PostgreSQL alone, to compare with: no copy, no numpy, no shortcuts.

Slow, and meant to be easy to believe. `benchmark_search` runs it on any corpus, a test on a small
one. What both share is the reading of a query (`search_words`) and what `search_table` writes:
the levels of the words, and the text that phrases are looked up in.
"""
# Only our own numbers, and words of a–z and 0–9, come into a statement.
# ruff: noqa: S608, ISC004

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from django.db import connection

from publications.models import PublicationPage
from publications.search import PAGE_SIZE, SORTS, LibraryQuery, question_of
from publications.search_answer import EXACT_TITLE, RARITY, WEIGHTS, Question, ask
from publications.search_copy import IN_INDEX, Copy, Need, Word
from publications.search_corpus import SEED, WordSource
from publications.search_table import HIGHEST, PART_OF_TITLE, TERM
from publications.search_words import current_vocabulary, read_query

ROWS = "publications_searchrow"


@dataclass(frozen=True)
class Task:
    """One query of one class; `chosen` is what is selected in two facets, or nothing."""

    kind: str
    text: str
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return f"{self.kind}, met filters" if self.chosen else self.kind


def make_tasks(of_each: int) -> list[Task]:
    """Return so many queries of every class, each with and without two groups selected."""
    dice = random.Random(7)  # noqa: S311
    source = WordSource(random.Random(SEED))  # noqa: S311
    long_words = [word for word in source.words if len(word) > 3]
    common, middling, rare = long_words[5:40], long_words[300:2000], long_words[8_000:30_000]
    made = PublicationPage.objects.filter(slug__startswith="maat-").order_by("pk")
    summaries = list(made.values_list("summary", flat=True)[:2000:17])
    with_text = made.filter(document__isnull=False).values_list("document__page_texts", flat=True)
    texts = [page for pages in with_text[:50] for page in pages]
    tasks = []
    for n in range(of_each):
        queries = {
            "zeldzaam": dice.choice(rare),
            "gewoon": dice.choice(middling),
            "vaak": dice.choice(common),
            "twee woorden": f"{dice.choice(common)} {dice.choice(middling)}",
            "drie woorden": f"{dice.choice(common)} {dice.choice(common)} {dice.choice(middling)}",
            "zin": _piece_of(dice.choice(summaries), 2, dice),
            "zin uit een document": _piece_of(dice.choice(texts), 2 + n % 2, dice),
            "begin": f"{dice.choice(middling)[:4]}*",
            "zonder een woord": f"{dice.choice(middling)} -{dice.choice(common)}",
            "geen woord": "",
        }
        chosen = {
            "pijler": ("maat-pijler-0", "maat-pijler-1")[: 1 + n % 2],
            "soort": tuple(f"maat-soort-{k}" for k in range(1 + n % 3)),
        }
        for kind, text in queries.items():
            tasks += [Task(kind, text), Task(kind, text, chosen)]
    return tasks


def _piece_of(text: str, length: int, dice) -> str:
    some_words = text.split()
    place = dice.randrange(len(some_words) - length)
    return f'"{" ".join(some_words[place : place + length])}"'


def differences(tasks: list[Task], sorts=tuple(SORTS)) -> Iterator[tuple[str, str]]:
    """
    Ask every task in every order of a copy that keeps its words, of one that keeps nothing, and of
    PostgreSQL. Yield (what was asked, what differed), with "" when nothing did.
    """
    warm = Copy()
    vocabulary = current_vocabulary()
    for task, sort in product(tasks, sorts):
        query = LibraryQuery(words=task.text, chosen=task.chosen, sort=sort)
        answers = []
        for copy in (warm, warm, Copy()):  # the second time all its words are there
            copy.refresh()
            typed = read_query(task.text, vocabulary)
            question = question_of(copy, typed, query, PublicationPage, vocabulary, PAGE_SIZE)
            answer = ask(copy, question)
            counts = {n: int(count) for n, count in enumerate(answer.counts) if count}
            answers.append((answer.total, answer.ids, counts))
        answers.append(by_sql(question))
        parts = zip(("total", "hits", "counts"), *answers, strict=True)
        wrong = [name for name, first, *others in parts if any(o != first for o in others)]
        yield f"{task.name}: {task.text} ({sort})", ", ".join(wrong)


def by_sql(question: Question) -> tuple[int, list[int], dict[int, int]]:
    """Return the total, the ids of the page of hits in order, and the count of each facet."""
    tables = [f"n{n} AS MATERIALIZED ({_having(need)})" for n, need in enumerate(question.needs)]
    joins = "".join(f" LEFT JOIN n{n} USING (id)" for n in range(len(question.needs)))
    there = [f"(n{n}.level IS NOT NULL)::int" for n in range(len(question.needs))]
    there += [f"({_phrase(words)})::int" for words in question.phrases]
    unwanted = [f"id IN (SELECT id FROM ({_having(need)}) w)" for need in question.without]
    unwanted += [_phrase(words) for words in question.without_phrases]
    exact = "false" if question.title_hash is None else f"title_hash = {question.title_hash}"
    score = [
        f"coalesce((ARRAY[{','.join(map(str, WEIGHTS[1 : HIGHEST + 1]))}])[n{n}.level], 0)"
        f" * (SELECT round({RARITY} * ln(1 + (SELECT count(*) FROM {ROWS} WHERE is_live)::float8"
        f" / greatest(count(*), 1))) FROM n{n})"
        for n in range(len(question.needs))
    ]
    if question.needs:
        score.append(f"{EXACT_TITLE} * ({exact})::int")
    everything = "true" if there or question.title_hash is None else "false"
    tables += [
        f"asked AS MATERIALIZED (SELECT id, day, title_key, facets, ({exact}) AS is_exact,"
        f" {' + '.join(there) or 0} AS there, {' + '.join(score) or 0} AS score,"
        f" ({' OR '.join(unwanted) or 'false'}) AS is_unwanted"
        f" FROM {ROWS}{joins} WHERE is_live AND facets @> ARRAY[{question.kind}]::smallint[])",
        f"complete AS (SELECT * FROM asked WHERE is_exact"
        f" OR ({everything} AND there = {len(there)} AND NOT is_unwanted))",
        "nearest AS (SELECT * FROM asked WHERE NOT is_unwanted AND there > 0"
        f" AND {len(there)} > 1 AND NOT EXISTS (SELECT FROM complete)"
        " AND there = (SELECT max(there) FROM asked WHERE NOT is_unwanted))",
        "matching AS MATERIALIZED (SELECT * FROM complete UNION ALL SELECT * FROM nearest)",
    ]
    order = {
        "beste": "score DESC, day DESC, id DESC",
        "nieuwste": "day DESC, id DESC",
        "oudste": "day = 0, day, id",
        "titel": 'title_key COLLATE "C", id',
    }[question.order]
    found = _within(question.groups)
    counted = [f"SELECT unnest(facets) AS facet FROM matching WHERE {found}"]
    elsewhere = []
    for name in question.groups:
        others = {other: of for other, of in question.groups.items() if other != name}
        elsewhere += question.members[name]
        members = ",".join(map(str, question.members[name]))
        counted.append(
            f"SELECT facet FROM matching, unnest(facets) facet WHERE {_within(others)}"
            f" AND facet IN ({members})"
        )
    skipped = f" WHERE facet NOT IN ({','.join(map(str, elsewhere))})" if elsewhere else ""
    counted[0] = f"SELECT facet FROM ({counted[0]}) f{skipped}"
    head = f"WITH {', '.join(tables)}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{head} SELECT (SELECT count(*) FROM matching WHERE {found}), ARRAY(SELECT id"
            f" FROM matching WHERE {found} ORDER BY {order}"
            f" LIMIT {question.length} OFFSET {question.start}), (SELECT"
            f" json_object_agg(facet, times) FROM (SELECT facet, count(*) AS times FROM"
            f" ({' UNION ALL '.join(counted)}) c GROUP BY facet) t)::text"
        )
        total, ids, counts = cursor.fetchone()
    return total, ids, {int(facet): n for facet, n in json.loads(counts or "{}").items()}


def _within(groups: dict[str, list[int]]) -> str:
    return " AND ".join(
        f"facets && ARRAY[{','.join(map(str, numbers))}]::smallint[]" for numbers in groups.values()
    ) or "true"  # fmt: skip


def _having(need: Need) -> str:
    """Return the query of the pages that have one of the alternatives, as (id, level)."""
    alternatives = []
    for alternative in need:
        words = " UNION ALL ".join(
            f"SELECT id, {n} AS word, level FROM ({_levels(word)}) l{n}"
            for n, word in enumerate(alternative)
        )
        alternatives.append(
            f"SELECT id, min(level) AS level FROM (SELECT id, word, max(level) AS level"
            f" FROM ({words}) w GROUP BY id, word) v GROUP BY id"
            f" HAVING count(*) = {len(alternative)}"
        )
    return f"SELECT id, max(level) AS level FROM ({' UNION ALL '.join(alternatives)}) a GROUP BY id"


def _levels(word: Word) -> str:
    """Return the query of the pages that have a word, as (id, level), perhaps several times."""
    queries = [
        f"SELECT id, {level} AS level FROM {ROWS} WHERE vector @@ '"
        + " | ".join(f"''{key}/{level}''" for key in word.keys)
        + "'::tsquery"
        for level in IN_INDEX
        if word.keys
    ]
    if word.facets:
        numbers = ",".join(map(str, word.facets))
        queries.append(
            f"SELECT id, {TERM} FROM {ROWS} WHERE facets && ARRAY[{numbers}]::smallint[]"
        )
    if word.prefix:
        queries.append(
            f"SELECT id, {PART_OF_TITLE} FROM {ROWS}"
            f" WHERE vector @@ '''={word.prefix}'':*'::tsquery"
        )
    return " UNION ALL ".join(queries)


def _phrase(words: tuple[str, ...]) -> str:
    """Return the condition that a text has these words side by side; words are letters a–z."""
    return f"strpos(text, ' {' '.join(words)} ') > 0"
