"""
Answering a question from the copy: which pages match, in which order, and how many per facet.

Everything is worked out over every page: no candidates, no estimates. `search_benchmark` works the
same out in SQL, and compares.
"""

from dataclasses import dataclass, field

import numpy as np

from publications.search_copy import ORDER_OF_TITLES, Copy, Need, PageList, Word
from publications.search_table import HIGHEST

# What each level adds to the score. A word in the title outweighs any other place of that word.
WEIGHTS = np.zeros(256, dtype=np.int64)
WEIGHTS[: HIGHEST + 1] = [0, 1, 2, 3, 2, 5, 6, 7, 4, 9, 10, 12, 13, 20, 21, 22]
RARITY = (
    16  # how finely a word's rarity is told: a word on every page has 11, on one in 100,000 184
)
EXACT_TITLE = 1 << 18  # more than 32 of the rarest words together
SCORE_SHIFT = 44
SPARSE = 4  # count in the part of the copy that has matches, when that is less than one in so many


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

    def words(self) -> list[Word]:
        needs = (*self.needs, *self.without)
        return [word for need in needs for alternative in need for word in alternative]

    def lists(self) -> list[PageList]:
        lists = [
            PageList(phrase=some_words) for some_words in (*self.phrases, *self.without_phrases)
        ]
        return [*lists, ORDER_OF_TITLES] if self.order == "titel" else lists


@dataclass
class Answer:
    """
    `ids` of one page of hits in order, the exact total, the count of each facet number, the level
    of each need in each of those hits, and whether the hits have all needs or only the most.
    """

    ids: list[int]
    total: int
    counts: np.ndarray
    levels: list[list[int]]
    has_all: bool = True


def ask(copy: Copy, question: Question) -> Answer:
    """Answer a question with what was in the database at the last `refresh`, or later."""
    words, lists = question.words(), question.lists()
    while True:
        copy.read(words, lists)
        with copy.lock:
            if copy.has_read(words, lists):
                answer = _answer(copy, question)
                copy.forget_least_used()
                return answer


def rarity(having, pages):
    """Return how much a word says that `having` of so many pages have: ln(1 + pages / having)."""
    return np.round(RARITY * np.log1p(pages / max(having, 1))).astype(np.int64)


def _answer(copy: Copy, question: Question) -> Answer:
    base = copy.live_bits
    if question.kind is not None:
        base = base & _bits_of(copy, [question.kind])
    levels = [_levels(copy, need) for need in question.needs]
    matching, has_all = _matching(copy, question, levels, base)
    masks = {name: _bits_of(copy, chosen) for name, chosen in question.groups.items()}
    found = matching
    for mask in masks.values():
        found = found & mask
    counts = _counts(copy.facets, found)
    for name in masks:
        others = matching
        for other, mask in masks.items():
            if other != name:
                others = others & mask
        numbers = [number for number in question.members[name] if number < len(copy.facets)]
        counts[numbers] = _counts(copy.facets[numbers], others)
    ids = np.flatnonzero(np.unpackbits(found).view(bool))
    best = _in_order(copy, question, ids, levels)
    in_hits = [[int(array[pk]) for array in levels] for pk in best]
    return Answer([int(pk) for pk in best], len(ids), counts, in_hits, has_all)


def _levels(copy: Copy, need: Need) -> np.ndarray:
    """Return the level of the best alternative in every page; each takes all its words."""
    best = None
    for alternative in need:
        levels = copy.level(alternative[0])
        for word in alternative[1:]:
            levels = np.minimum(levels, copy.level(word))
        best = levels if best is None else np.maximum(best, levels)
    return copy.nowhere if best is None else best


def _having_phrase(copy: Copy, some_words: tuple[str, ...]) -> np.ndarray:
    having = np.zeros(copy.capacity, dtype=bool)
    having[copy.pages(PageList(phrase=some_words))] = True
    return having


def _matching(copy, question, levels, base) -> tuple[np.ndarray, bool]:
    """Return the bits of the pages that have everything, or else the most; and which it was."""
    is_there = [array.astype(bool) for array in levels]
    is_there += [_having_phrase(copy, some_words) for some_words in question.phrases]
    if not is_there:
        everything = copy.live if question.title_hash is None else np.zeros_like(copy.live)
        is_there = [everything]
    unwanted = [_levels(copy, need).astype(bool) for need in question.without]
    unwanted += [_having_phrase(copy, some_words) for some_words in question.without_phrases]
    has_all = is_there[0] if len(is_there) == 1 else np.logical_and.reduce(is_there)
    for having in unwanted:
        has_all = has_all & ~having
    if question.title_hash is not None:
        has_all = has_all | (copy.titles == question.title_hash)
    matching = np.packbits(has_all) & base
    if matching.any() or len(is_there) == 1:
        return matching, True
    how_many = np.add.reduce(is_there, dtype=np.uint8)
    how_many *= np.unpackbits(base)
    for having in unwanted:
        how_many[having] = 0
    most = how_many.max()
    return np.packbits((how_many == most) & (most > 0)), False


def _bits_of(copy: Copy, numbers) -> np.ndarray:
    numbers = [number for number in numbers if number < len(copy.facets)]
    return np.bitwise_or.reduce(copy.facets[numbers], axis=0)


def _counts(facets: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Return how many of the pages found have each of these facets."""
    facets, found = facets.view(np.uint64), found.view(np.uint64)
    somewhere = np.flatnonzero(found)
    if len(somewhere) * SPARSE < len(found):
        facets, found = facets[:, somewhere], found[somewhere]
    return np.bitwise_count(facets & found).sum(axis=1, dtype=np.int64)


def _in_order(copy, question, ids, levels) -> np.ndarray:
    keys = copy.ties[ids]
    if question.order == "titel":
        order = copy.pages(ORDER_OF_TITLES)
        place = np.zeros(copy.capacity, dtype=np.int64)
        place[order] = np.arange(len(order), 0, -1)
        keys = place[ids]
    elif question.order == "oudste":
        days = copy.days[ids]
        keys = -np.where(days == 0, keys | (1 << 60), keys)
    elif question.order == "beste" and levels:
        pages = int(np.count_nonzero(copy.live))
        scores = np.zeros(len(ids), dtype=np.int64)
        for array in levels:
            scores += WEIGHTS[array[ids]] * rarity(np.count_nonzero(array), pages)
        scores[copy.titles[ids] == question.title_hash] += EXACT_TITLE
        keys = (scores << SCORE_SHIFT) | keys
    end = min(question.start + question.length, len(ids))
    if end < len(ids):
        top = np.argpartition(keys, len(ids) - end)[len(ids) - end :]
        ids, keys = ids[top], keys[top]
    return ids[np.argsort(-keys)][question.start : end]
