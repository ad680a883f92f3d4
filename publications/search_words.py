"""What the words of a search ask for: the vocabularies, the synonyms, and how a query is read."""

import re
import time
from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection

from publications.dutch import keys, words
from publications.models.search import SearchFacet
from publications.models.terms import SynonymGroup, Term
from publications.search_copy import Need, Word
from publications.search_table import identifier_key

MAX_NEEDS = 32
MIN_PREFIX = 3
FRESH_SECONDS = 1
# Words that say nothing by themselves: left out as soon as there is another word.
_SMALL_WORDS = """
aan al alle als bij dat de deze die dit door een en er het hoe ik in is je maar met mijn na naar
niet
of om onder ons onze ook op over te tot uit van voor wat we wel wie wij worden wordt zich zijn
zo
"""
SMALL_WORDS = frozenset(_SMALL_WORDS.split())
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
PIECE = re.compile(r'(?<!\S)(-?)"([^"]*)"|(-?)([^\s"]+)|"')


class Vocabulary:
    """
    The terms, filter values and synonyms of this moment.

    Pages know a term by its vocabulary and slug only; its words, and what it was merged into, are
    looked up here. So a change of a term is right at once and touches no page.
    """

    def __init__(self, terms, facets, synonyms):
        self.source = (terms, facets, synonyms)
        self.numbers = {}  # (facet, value) → its number in the copy
        self.labels = {}  # (facet, value) → what people read
        self.current = {}  # (facet, value) → the value to use instead, for terms
        self.values = defaultdict(list)  # facet → its values in order
        self.merged = {}
        self._numbers_by_key = defaultdict(set)
        self._numbers_by_word = defaultdict(set)
        self._read_facets(terms, facets)
        self.members = {  # facet → the numbers of its values
            name: [self.numbers[name, value] for value in values if (name, value) in self.numbers]
            for name, values in self.values.items()
        }
        self.synonyms = [_alternatives(group) for group in synonyms]

    def _read_facets(self, terms, facets):
        for number, name, value, label in facets:
            self.numbers[name, value] = number
            self.labels[name, value] = label
        for name, slug, label, _, merged_slug in terms:
            self.current[name, slug] = merged_slug or slug
            if merged_slug:
                number = self.numbers.pop((name, slug), None)
                counts_as = self.numbers.setdefault((name, merged_slug), number)
                if number is not None and counts_as is not None and counts_as != number:
                    self.merged[number] = counts_as
                elif number is not None:
                    self.numbers[name, merged_slug] = number
            else:
                self.labels[name, slug] = label
                self.values[name].append(slug)
        of_terms = set(self.values)
        for _, name, value, _ in facets:
            if name not in of_terms:
                self.values[name].append(value)
        for name, slug, label, others, merged_slug in terms:
            number = self.numbers.get((name, merged_slug or slug))
            if number is not None:
                for word in words(f"{label}\n{others}", joined=False):
                    if word not in SMALL_WORDS:
                        self._numbers_by_word[word].add(number)
                        for key in keys(word):
                            self._numbers_by_key[key].add(number)

    def word(self, surface: str) -> Word:
        """Return what to look for when somebody types this word."""
        found = keys(surface)
        numbers = set().union(*(self._numbers_by_key.get(key, ()) for key in found))
        return Word(found, tuple(sorted(numbers)))

    def beginning(self, surface: str) -> Word:
        """Return what to look for when somebody has typed only the beginning of a word."""
        numbers = set()
        for word, having in self._numbers_by_word.items():
            if word.startswith(surface):
                numbers |= having
        return Word(keys(surface), tuple(sorted(numbers)), prefix=surface)

    def needs(self, surfaces: list[str]) -> list[tuple[str, Need]]:
        """Return what must be there for these words, each with its synonyms, as (typed, need)."""
        found, place = [], 0
        while place < len(surfaces):
            length, alternatives = self._synonyms_at(surfaces, place)
            typed = surfaces[place : place + length]
            itself = tuple(self.word(surface) for surface in typed)
            others = [tuple(self.word(word) for word in other) for other in alternatives]
            found.append((" ".join(typed), tuple(dict.fromkeys([itself, *others]))))
            place += length
        return found

    def _synonyms_at(self, surfaces, place):
        """Return how many words from here on are a synonym of others, the most, and the others."""
        best, others = 1, []
        for group in self.synonyms:
            for alternative in group:
                typed = surfaces[place : place + len(alternative)]
                if len(typed) < max(best, len(alternative)):
                    continue
                if all(
                    set(keys(a)) & set(keys(b)) for a, b in zip(typed, alternative, strict=True)
                ):
                    if len(alternative) > best:
                        best, others = len(alternative), []
                    others += [other for other in group if other != alternative]
        return best, others


def _alternatives(lines: str) -> list[tuple[str, ...]]:
    found = (tuple(words(line, joined=False)) for line in lines.splitlines())
    return [alternative for alternative in found if alternative]


def _read_source():
    terms = Term.objects.values_list(
        "vocabulary", "slug", "label", "alternative_labels", "merged_into__slug"
    )
    facets = SearchFacet.objects.order_by("id").values_list("id", "name", "value", "label")
    synonyms = SynonymGroup.objects.order_by("pk").values_list("words", flat=True)
    return list(terms), list(facets), list(synonyms)


_kept: tuple[float, Vocabulary] | None = None


def current_vocabulary() -> Vocabulary:
    """Return the vocabulary as it is, or was at most a second ago."""
    global _kept
    now = time.monotonic()
    if _kept and now - _kept[0] < FRESH_SECONDS and not connection.in_atomic_block:
        return _kept[1]
    source = _read_source()
    vocabulary = _kept[1] if _kept and _kept[1].source == source else Vocabulary(*source)
    _kept = (0 if connection.in_atomic_block else now, vocabulary)
    return vocabulary


def forget() -> None:
    """Drop what was kept; the next search reads the terms and synonyms anew."""
    global _kept
    _kept = None


@dataclass
class Typed:
    """A query as it was read. `typed` holds the words of the typist for each need."""

    needs: list[Need] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    phrases: list[tuple[str, ...]] = field(default_factory=list)
    without: list[Need] = field(default_factory=list)
    without_phrases: list[tuple[str, ...]] = field(default_factory=list)
    last_word: str = ""  # the word that may be unfinished

    def is_empty(self) -> bool:
        return not (self.needs or self.phrases or self.without or self.without_phrases)


def read_query(text: str, vocabulary: Vocabulary) -> Typed:
    """Return what `text` asks for: words, "phrases", -words, beginnings*, DOIs and ISBNs."""
    found = Typed()
    if key := identifier_key(text):
        found.needs, found.typed = [((Word((key,)),),)], [text.strip()]
        return found
    plain: list[str] = []

    def add(typed, need):
        found.typed.append(typed)
        found.needs.append(need)

    def add_plain():
        kept = [word for word in plain if word not in SMALL_WORDS]
        for typed, need in vocabulary.needs(kept):
            add(typed, need)
        plain.clear()

    for match in PIECE.finditer(text.translate(QUOTES)):
        is_quoted = match[2] is not None
        not_this = match[1] or match[3]
        piece = match[2] if is_quoted else match[4] or ""
        some_words = words(piece, joined=False)
        if is_quoted and len(some_words) > 1:
            if not_this:
                found.without_phrases.append(tuple(some_words))
            else:
                add_plain()
                found.phrases.append(tuple(some_words))
                for word in some_words:
                    if word not in SMALL_WORDS:
                        add(word, ((vocabulary.word(word),),))
        elif key := identifier_key(piece.strip(".,;()")):
            add_plain()
            add(piece, ((Word((key,)),),))
        elif not_this:
            found.without += [((vocabulary.word(word),),) for word in some_words]
        elif piece.endswith("*") and some_words:
            plain += some_words[:-1]
            add_plain()
            add(piece, ((vocabulary.beginning(some_words[-1]),),))
        else:
            plain += some_words
    last = plain[-1:]
    add_plain()
    if not found.needs and not found.phrases:  # nothing but small words
        small = [word for word in words(text, joined=False) if word in SMALL_WORDS]
        found.needs = [((vocabulary.word(word),),) for word in small]
        found.typed = small
    if last and found.typed and len(last[0]) >= MIN_PREFIX and found.typed[-1] == last[0]:
        found.last_word = last[0]
    found.needs, found.typed = found.needs[:MAX_NEEDS], found.typed[:MAX_NEEDS]
    return found
