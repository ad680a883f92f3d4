"""
Which pages are about the same: by the terms they share and by the words, the rarer the better.

Everything comes from the search table, in three queries however many pages are asked about.
"""

import math
from collections import defaultdict

from django.db import connection

from publications.models import SearchFacet, Vocabulary
from publications.search_table import (
    HIGHEST,
    PART_OF_TITLE,
    SUMMARY,
    TEXT_OFTEN,
    kind_of,
)

TERMS = (Vocabulary.PILLAR, Vocabulary.FACILITY, Vocabulary.ACTOR, Vocabulary.THEME)
TERM_WEIGHT = 3  # an editor chose a term on purpose; a word just stands there
TITLE_WEIGHT = 2  # for the words of a title, a subtitle or a keyword
MAX_SHARE = 0.2  # a word that more of the pages have than this says nothing

# What a page is mostly about: its words from the summary up.
OWN_WORDS = """
SELECT id, facets, ARRAY(
    SELECT l FROM unnest(tsvector_to_array(vector)) l WHERE split_part(l, '/', 2) = ANY(%s))
FROM publications_searchrow WHERE id = ANY(%s) AND is_live
"""
ALL_FACETS = "SELECT id, facets FROM publications_searchrow WHERE is_live AND facets @> %s"
WHERE_FOUND = """
SELECT w.key, array_agg(r.id) FROM unnest(%s::text[], %s::text[]) AS w (key, query)
JOIN publications_searchrow r ON r.vector @@ w.query::tsquery AND r.facets @> %s
WHERE r.is_live GROUP BY w.key
"""


def most_alike(ids, model, *, without=(), count: int = 5) -> dict[int, list[int]]:
    """
    Return for each of these pages the ids of the public pages of `model` most like it, best first.

    At most `count` each, and only those that share something. `without` holds pairs
    (id, id of model) that are not wanted.
    """
    names = {f.pk: (f.name, f.value) for f in SearchFacet.objects.filter(name__in=["kind", *TERMS])}
    kind = next((pk for pk, name in names.items() if name == ("kind", kind_of(model))), None)
    ids, without = list(ids), set(without)
    if kind is None or not ids:
        return {pk: [] for pk in ids}
    terms = {pk for pk, (name, _) in names.items() if name != "kind"}
    with connection.cursor() as cursor:
        cursor.execute(OWN_WORDS, [[str(n) for n in range(SUMMARY, HIGHEST + 1)], ids])
        own = {pk: (terms.intersection(facets), levels_of(words)) for pk, facets, words in cursor}
        cursor.execute(ALL_FACETS, [[kind]])
        facets_of = {pk: terms.intersection(facets) for pk, facets in cursor}
        keys = sorted({key for _, levels in own.values() for key in levels})
        cursor.execute(WHERE_FOUND, [keys, [query_of(key) for key in keys], [kind]])
        found = dict(cursor.fetchall())
    having = defaultdict(list)
    for pk, facets in facets_of.items():
        for facet in facets:
            having[facet].append(pk)
    alike = {}
    for pk in ids:
        facets, levels = own.get(pk, ((), {}))
        scores = defaultdict(float)
        for facet in facets:
            for other in having[facet]:
                scores[other] += TERM_WEIGHT * rarity(len(having[facet]), len(facets_of))
        for key, level in levels.items():
            others = found.get(key, ())
            if len(others) > max(1, MAX_SHARE * len(facets_of)):
                continue
            weight = TITLE_WEIGHT if level >= PART_OF_TITLE else 1
            for other in others:
                scores[other] += weight * rarity(len(others), len(facets_of))
        wanted = [other for other in scores if other != pk and (pk, other) not in without]
        alike[pk] = sorted(wanted, key=lambda other: (-scores[other], other))[:count]
    return alike


def levels_of(lexemes: list[str]) -> dict[str, int]:
    """Return the level of each key, out of lexemes such as `buurthuis/13`."""
    return {key: int(level) for key, _, level in (text.rpartition("/") for text in lexemes)}


def query_of(key: str) -> str:
    """Return the query of pages that have this key more than in passing."""
    quoted = key.replace("\\", "\\\\").replace("'", "''")
    return " | ".join(f"'{quoted}/{level}'" for level in range(TEXT_OFTEN, HIGHEST + 1))


def rarity(having: int, total: int) -> float:
    """Return how much sharing something says that `having` of `total` pages have."""
    return math.log(1 + total / having)
