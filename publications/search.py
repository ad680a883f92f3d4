"""
Searching the library: `search(LibraryQuery) -> Results`. Nothing else knows how it is done.

OR within a facet, AND between facets; a facet's counts ignore its own selection. A text is read by
`search_words`, answered by `search_copy` from what `search_table` wrote, and explained by
`search_marks`. The hits themselves are live pages, read from the database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator

from publications.models.publication import UNKNOWN_YEAR, Language, PublicationPage
from publications.search_answer import Answer, Question, ask
from publications.search_copy import Word, current_copy
from publications.search_guess import guess
from publications.search_marks import say_where
from publications.search_table import hash_of, kind_of, literal_title, title_key
from publications.search_words import Typed, Vocabulary, current_vocabulary, read_query

PAGE_SIZE = 20
MAX_WORDS_LENGTH = 300
MAX_VALUES_PER_FACET = 6
MAX_NOTICES = 5
BEYOND_EVERY_PAGE = 1_000_000
EVERYTHING = 16_000_000  # more than there are pages
YEAR = re.compile("[0-9]{4}")
NO_NUMBER = 32_767  # of a value that no page has
SORTS = {
    "beste": "Beste overeenkomst",
    "nieuwste": "Nieuwste eerst",
    "oudste": "Oudste eerst",
    "titel": "Titel A–Z",
}
# Name in the address → label. The first five are in sight, the others under “Meer filters”.
FACETS = {
    "soort": "Soort",
    "vorm": "Soort",
    "pijler": "Pijler",
    "voorziening": "Collectieve voorziening",
    "jaar": "Jaar",
    "thema": "Thema",
    "speler": "Speler",
    "lezer": "Voor wie",
    "gebied": "Gebied",
    "taal": "Taal",
    "vrij": "Vrij te lezen",
}
FACET_NAMES = tuple(FACETS)
YEAR_FACET = "jaar"
IN_SIGHT = FACET_NAMES[:5]
NOT_ALL_WORDS = "Niets heeft al deze woorden. Dit komt er het dichtst bij."


@dataclass(frozen=True)
class LibraryQuery:
    """What somebody asks of the library. `chosen` maps a facet's name to values, as typed."""

    words: str = ""
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: str | int = 1

    @classmethod
    def of(cls, data: Mapping) -> "LibraryQuery":
        """
        Return what a QueryDict or a plain dict asks for, by the names that addresses have. In a
        dict the value of a facet may be one text or several. What it does not know, `search` tells.
        """

        def values(name):
            found = data.getlist(name) if hasattr(data, "getlist") else data.get(name, ())
            return tuple(dict.fromkeys([found] if isinstance(found, str) else found))

        sort = data.get("sorteer", "")
        return cls(
            words=data.get("q", ""),
            chosen={name: values(name) for name in FACET_NAMES},
            sort=sort if sort in SORTS else "",
            page=data.get("pagina", 1),
        )

    def address(self, **changes) -> str:
        """Return this query as the part of an address behind the path, with `changes` applied."""
        query = replace(self, page=1, **changes)
        pairs = [("q", query.words)] if query.words else []
        pairs += [(name, value) for name in FACET_NAMES for value in query.chosen.get(name, ())]
        pairs += [("sorteer", query.sort)] if query.sort else []
        return "?" + urlencode(pairs, errors="replace")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.sort or any(self.chosen.values()))

    def toggled(self, name: str, value: str) -> str:
        """Return the address with one value of a facet added, or taken away if it was chosen."""
        values = self.chosen.get(name, ())
        rest = tuple(v for v in values if v != value)
        new = rest if value in values else (*values, value)
        return self.address(chosen={**self.chosen, name: new})


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    is_selected: bool
    url: str


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    options: list[Option]

    @property
    def is_in_sight(self) -> bool:
        """Tell whether it is shown at once, not under “Meer filters”; what was chosen always is."""
        return self.name in IN_SIGHT or any(option.is_selected for option in self.options)


@dataclass(frozen=True)
class Suggestion:
    """Words that were perhaps meant. They find something."""

    words: str
    url: str


@dataclass(frozen=True)
class Results:
    """
    One page of hits, the exact total, the facets, what was ignored and why (`notices`), and words
    that were perhaps meant.

    A hit is a page with `where`: (place, marked text) of what was found outside its title, or None;
    a publication also has `story_count`. `ids` names the hits also when no pages were asked for.
    """

    query: LibraryQuery
    hits: list
    total: int
    page: object
    facets: list[Facet]
    notices: list[str]
    suggestion: Suggestion | None = None
    is_partial: bool = False  # nothing has all the words; these have the most
    ids: list[int] = field(default_factory=list)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether this is one of endlessly many lists, which search engines should leave."""
        return self.query.is_narrowed

    @property
    def address(self) -> str:
        """What stands behind the path in the address of this list, its feed and its exports."""
        return self.query.address() if self.is_narrowed else ""

    @property
    def chips(self) -> list[Option]:
        """The chosen values; each one's url takes it away."""
        return [option for facet in self.facets for option in facet.options if option.is_selected]

    @property
    def more_facets(self) -> list[Facet]:
        return [facet for facet in self.facets if facet.options and not facet.is_in_sight]


class LibrarySearchForm(forms.Form):
    """The library's search box. Never invalid: what it does not know is ignored with a notice."""

    q = forms.CharField(label="Zoek in de bibliotheek", required=False)
    sorteer = forms.ChoiceField(label="Sorteer op", choices=list(SORTS.items()), required=False)

    def to_query(self) -> LibraryQuery:
        return LibraryQuery.of(self.data)


def search(query: LibraryQuery, pages=None, length: int = PAGE_SIZE) -> Results:
    """
    Find live, public pages among `pages`, a queryset of one page type: publications, unless said
    otherwise, `length` to a page. Never raises for what people type. With `Type.objects.none()`
    total and facets are those of all pages of the type, and no hits are read.
    """
    pages = PublicationPage.objects.all() if pages is None else pages
    vocabulary, copy = _up_to_date()
    query, notices = understood(query, vocabulary)
    words = query.words
    typed = read_query(words, vocabulary)
    answer, number = _ask(copy, typed, query, pages.model, vocabulary, length)
    if not answer.has_all:
        notices.append(NOT_ALL_WORDS)
    suggestion = None
    if words and (not answer.total or not answer.has_all):
        suggestion = _suggestion(copy, typed, query, pages.model, vocabulary)
    hits = _read(pages, answer.ids)
    terms = {pk: _matching_terms(copy, pk, typed, vocabulary) for pk in answer.ids}
    levels = dict(zip(answer.ids, answer.levels, strict=True))
    say_where(hits, levels, typed.needs, terms, typed.phrases)
    page = Paginator(range(answer.total), length).get_page(number)
    facets = [_facet(name, query, answer, vocabulary) for name in FACET_NAMES]
    facets = [facet for facet in facets if facet.options]
    return Results(
        query,
        hits,
        answer.total,
        page,
        facets,
        notices,
        suggestion,
        is_partial=not answer.has_all,
        ids=answer.ids,
    )


def find_all(query: LibraryQuery, model=PublicationPage) -> tuple[list[int], bool]:
    """
    Return the ids of everything that `search` finds among the pages of one type, in its order, and
    whether they have all the words. What has gone since may be among them: read live pages only.
    """
    vocabulary, copy = _up_to_date()
    query = replace(understood(query, vocabulary)[0], page=1)
    typed = read_query(query.words, vocabulary)
    answer, _ = _ask(copy, typed, query, model, vocabulary, EVERYTHING)
    return answer.ids, answer.has_all


def understood(query: LibraryQuery, vocabulary: Vocabulary) -> tuple[LibraryQuery, list[str]]:
    """Return the query as search takes it, and a notice for what it leaves out."""
    chosen, notices = _known_values(query, vocabulary)
    words = " ".join(query.words.replace("\x00", "").split())[:MAX_WORDS_LENGTH].strip()
    return replace(query, words=words, chosen=chosen), notices


def _up_to_date():
    vocabulary = current_vocabulary()
    copy = current_copy()
    copy.refresh()
    copy.merge_facets(vocabulary.merged)
    return vocabulary, copy


def _ask(copy, typed: Typed, query, model, vocabulary, length: int) -> tuple[Answer, int]:
    """Return the answer and the number of the page of hits, which is the nearest one there is."""
    question = question_of(copy, typed, query, model, vocabulary, length)
    number = _page_number(query.page)
    question.start = (number - 1) * length
    answer = ask(copy, question)
    last_page = max(1, -(-answer.total // length))
    if number > last_page:
        number, question.start = last_page, (last_page - 1) * length
        answer = ask(copy, question)
    return answer, number


def question_of(copy, typed: Typed, query, model, vocabulary, length: int) -> Question:
    """Return what was typed and chosen in the terms of the copy: what its first page must hold."""
    copy.read(word for need in (*typed.needs, *typed.without) for part in need for word in part)
    _finish_last_word(copy, typed, vocabulary)
    has_exclusions = bool(typed.without or typed.without_phrases)
    title = Word((literal_title(query.words),))
    if has_exclusions and copy.is_known(title):  # somebody typed a title with a minus in it
        typed = Typed(needs=[((title,),)])
    numbers = vocabulary.numbers
    return Question(
        kind=numbers.get(("kind", kind_of(model)), NO_NUMBER),
        needs=typed.needs,
        phrases=typed.phrases,
        without=typed.without,
        without_phrases=typed.without_phrases,
        title_hash=None if has_exclusions else _title_hash(query.words),
        groups={
            name: [numbers.get((name, value), NO_NUMBER) for value in values]
            for name, values in query.chosen.items()
            if values
        },
        members={name: vocabulary.members.get(name, []) for name in FACET_NAMES},
        order=query.sort or ("beste" if query.words else "nieuwste"),
        length=length,
    )


def _finish_last_word(copy, typed: Typed, vocabulary: Vocabulary) -> None:
    """Take the last word for the beginning of one, when no page has it as it stands."""
    if typed.last_word:
        need = typed.needs[-1]
        if not any(all(map(copy.is_known, alternative)) for alternative in need):
            beginning = vocabulary.beginning(typed.last_word)
            typed.needs[-1] = ((*need[0][:-1], beginning), *need[1:])


def _title_hash(words: str) -> int | None:
    return hash_of(title_key(words)) if words else None


def _page_number(typed) -> int:
    """Return the page that was asked for: the first for nonsense, the last below 1, as Django."""
    try:
        number = int(typed)
    except ValueError:
        return 1
    return number if 0 < number < BEYOND_EVERY_PAGE else BEYOND_EVERY_PAGE


def _known_values(query: LibraryQuery, vocabulary: Vocabulary) -> tuple[dict, list[str]]:
    """Return per facet the values as they are called now, and a notice for what is left out."""
    known, notices = {}, []
    for name in FACET_NAMES:
        values = []
        for value in query.chosen.get(name, ()):
            current = _current_value(name, value, vocabulary)
            if current:
                values.append(current)
            else:
                notices.append(f"We kennen het filter ‘{value[:50]}’ niet.")
        values = list(dict.fromkeys(values))
        if len(values) > MAX_VALUES_PER_FACET:
            notices.append(f"Kies per filter hoogstens {MAX_VALUES_PER_FACET} mogelijkheden.")
        known[name] = tuple(values[:MAX_VALUES_PER_FACET])
    return known, notices[:MAX_NOTICES]


def _current_value(name: str, value: str, vocabulary: Vocabulary) -> str:
    if name == YEAR_FACET:
        return value if value == UNKNOWN_YEAR or YEAR.fullmatch(value) else ""
    if name == "taal":
        return value if value in Language.values else ""
    if (name, value) in vocabulary.current:
        return vocabulary.current[name, value]
    return value if (name, value) in vocabulary.labels else ""


def _facet(name: str, query: LibraryQuery, answer: Answer, vocabulary: Vocabulary) -> Facet:
    chosen = query.chosen.get(name, ())
    values = vocabulary.values[name]
    if name == YEAR_FACET:
        values = [*sorted({*values, *chosen} - {UNKNOWN_YEAR}, reverse=True), UNKNOWN_YEAR]
    options = []
    for value in dict.fromkeys([*values, *(v for v in chosen if v not in values)]):
        number = vocabulary.numbers.get((name, value), NO_NUMBER)
        count = int(answer.counts[number]) if number < len(answer.counts) else 0
        if count or value in chosen:
            label = vocabulary.labels.get((name, value)) or value
            is_chosen = value in chosen
            options.append(Option(value, label, count, is_chosen, query.toggled(name, value)))
    return Facet(name, FACETS[name], options)


def _read(pages, ids: list[int]) -> list:
    """Return these pages as they are now, in this order, leaving out what is no longer public."""
    if not ids or pages.query.is_empty():
        return []
    found = {hit.pk: hit for hit in pages.live().public().filter(pk__in=ids).for_hits()}
    hits = [found[pk] for pk in ids if pk in found]
    if hits and isinstance(hits[0], PublicationPage):
        counts = PublicationPage.objects.story_counts(ids)
        for hit in hits:
            hit.story_count = counts.get(hit.pk, 0)
    return hits


def _matching_terms(copy, pk: int, typed: Typed, vocabulary: Vocabulary) -> list[str]:
    """Return the names of the terms of a page that made it match."""
    words = [word for need in typed.needs for alternative in need for word in alternative]
    wanted = {number for word in words for number in word.facets}
    having = copy.facets_of(pk, wanted)
    return [
        vocabulary.labels[name, value]
        for (name, value), number in vocabulary.numbers.items()
        if number in having
    ]


def _suggestion(copy, typed: Typed, query, model, vocabulary) -> Suggestion | None:
    """Return the words with the unknown ones put right, if that finds something."""
    for words in guess(copy, typed, query.words):
        better = replace(query, words=words, page=1)
        answer, _ = _ask(copy, read_query(words, vocabulary), better, model, vocabulary, 1)
        if answer.total and answer.has_all:
            return Suggestion(words, better.address())
    return None
