"""
Searching the library: `search(LibraryQuery) -> Results`. Nothing else knows how it is done.

Words go to Wagtail's PostgreSQL backend with the Dutch stemmer; facets are counted from the ids of
what matched. OR within a facet, AND between facets; a facet's counts ignore its own selection.
"""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q

from publications.models.publication import PublicationPage
from publications.models.terms import Term, Vocabulary

PAGE_SIZE = 20
MAX_WORDS_LENGTH = 200
MAX_VALUES_PER_FACET = 6
MAX_NOTICES_PER_FACET = 3
UNKNOWN_YEAR = "onbekend"
SORTS = {
    "beste": "Beste overeenkomst",
    "nieuwste": "Nieuwste eerst",
    "oudste": "Oudste eerst",
    "titel": "Titel A–Z",
}
# Name in the address → (label, vocabulary, field of a publication)
TERM_FACETS = {
    "soort": ("Soort", Vocabulary.KIND, "kind"),
    "pijler": ("Pijler", Vocabulary.PILLAR, "pillars"),
    "voorziening": ("Collectieve voorziening", Vocabulary.FACILITY, "facilities"),
}
YEAR_FACET = "jaar"
FACET_NAMES = (*TERM_FACETS, YEAR_FACET)


@dataclass(frozen=True)
class LibraryQuery:
    """What somebody asks of the library. `chosen` maps a facet's name to values, as typed."""

    words: str = ""
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: str | int = 1

    def address(self, **changes) -> str:
        """Return this query as the part of an address behind the path, with `changes` applied."""
        query = replace(self, page=1, **changes)
        pairs = [("q", query.words)] if query.words else []
        pairs += [(name, value) for name in FACET_NAMES for value in query.chosen.get(name, ())]
        pairs += [("sorteer", query.sort)] if query.sort else []
        return "?" + urlencode(pairs)

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


@dataclass(frozen=True)
class Results:
    """One page of hits, the exact total, the facets, and what was ignored and why (`notices`)."""

    query: LibraryQuery
    hits: list[PublicationPage]
    total: int
    page: object
    facets: list[Facet]
    notices: list[str]

    @property
    def chips(self) -> list[Option]:
        """The chosen values; each one's url takes it away."""
        return [option for facet in self.facets for option in facet.options if option.is_selected]


class LibrarySearchForm(forms.Form):
    """The library's search box. Never invalid: what it does not know is ignored with a notice."""

    q = forms.CharField(label="Zoek in de bibliotheek", required=False)
    sorteer = forms.ChoiceField(label="Sorteer op", choices=list(SORTS.items()), required=False)

    def to_query(self) -> LibraryQuery:
        words = self.data.get("q", "").replace("\x00", " ").strip()[:MAX_WORDS_LENGTH]
        sort = self.data.get("sorteer", "")
        return LibraryQuery(
            words=words,
            chosen={name: self._values(name) for name in FACET_NAMES},
            sort=sort if sort in SORTS else "",
            page=self.data.get("pagina", 1),
        )

    def _values(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(v.replace("\x00", "") for v in self.data.getlist(name)))


def search(query: LibraryQuery) -> Results:
    """Find live publications. Never raises for what people type."""
    chosen, notices = _known_values(query)
    query = replace(query, chosen={name: tuple(values) for name, values in chosen.items()})
    filters = {name: _filter(name, values) for name, values in chosen.items() if values}
    ranked = _ids_by_relevance(query.words)
    found = PublicationPage.objects.live().public()
    if ranked is not None:
        found = found.filter(pk__in=ranked)

    matching = found.filter(*filters.values()) if filters else found
    ids = list(_sorted(matching, query.sort, ranked))
    page = Paginator(ids, PAGE_SIZE).get_page(query.page)
    by_id = {hit.pk: hit for hit in PublicationPage.objects.filter(pk__in=list(page)).for_cards()}
    facets = [_facet(name, query, found, filters) for name in FACET_NAMES]
    hits = [by_id[pk] for pk in page if pk in by_id]
    return Results(query, hits, len(ids), page, facets, notices)


def _ids_by_relevance(words: str) -> list[int] | None:
    """Return the ids of the pages that have all `words`, best first; None when there are none."""
    if not words:
        return None
    matches = PublicationPage.objects.search(words, operator="and").get_queryset()
    return list(matches.values_list("pk", flat=True))


def _known_values(query: LibraryQuery) -> tuple[dict[str, dict], list[str]]:
    """Return per facet {value: what it stands for}, and a notice for everything left out."""
    known, notices = {}, []
    for name in FACET_NAMES:
        wanted = query.chosen.get(name, ())
        values, unknown = _known_years(wanted) if name == YEAR_FACET else _known_terms(name, wanted)
        notices += [
            f"We kennen het filter ‘{value[:50]}’ niet."
            for value in unknown[:MAX_NOTICES_PER_FACET]
        ]
        if len(values) > MAX_VALUES_PER_FACET:
            notices.append(f"Kies per filter hoogstens {MAX_VALUES_PER_FACET} mogelijkheden.")
        known[name] = dict(list(values.items())[:MAX_VALUES_PER_FACET])
    return known, notices


def _known_years(wanted) -> tuple[dict[str, str], list[str]]:
    known = [v for v in wanted if v == UNKNOWN_YEAR or re.fullmatch(r"[0-9]{4}", v)]
    return dict(zip(known, known, strict=True)), [v for v in wanted if v not in known]


def _known_terms(name: str, wanted) -> tuple[dict[str, Term], list[str]]:
    if not wanted:
        return {}, []
    terms = Term.objects.filter(vocabulary=TERM_FACETS[name][1], slug__in=wanted)
    slugs = set(terms.values_list("slug", flat=True))
    current = Term.objects.named(TERM_FACETS[name][1], slugs)
    return {term.slug: term for term in current}, [v for v in wanted if v not in slugs]


def _filter(name: str, values: dict) -> Q:
    """Return the condition of one facet. Relations by subquery, so that no row comes twice."""
    if name == YEAR_FACET:
        years = Q(year__in=[int(v) for v in values if v != UNKNOWN_YEAR])
        return years | Q(year=None) if UNKNOWN_YEAR in values else years
    field_name = TERM_FACETS[name][2]
    having = PublicationPage.objects.filter(**{f"{field_name}__in": list(values.values())})
    return Q(pk__in=having.values("pk"))


def _sorted(matching, sort: str, ranked: list[int] | None):
    if sort == "oudste":
        matching = matching.order_by("year", "month", "pk")
    elif sort == "titel":
        titles = matching.order_by().values_list("title", "pk")
        return [pk for title, pk in sorted(titles, key=lambda row: (_folded(row[0]), row[1]))]
    elif sort == "nieuwste" or ranked is None:
        matching = matching.newest_first()
    else:
        kept = set(matching.order_by().values_list("pk", flat=True))
        return [pk for pk in ranked if pk in kept]
    return matching.values_list("pk", flat=True)


def _folded(title: str) -> str:
    """Return a title as it sorts: É between e and f, whatever its capitals."""
    letters = unicodedata.normalize("NFKD", title.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _facet(name: str, query: LibraryQuery, found, filters: dict[str, Q]) -> Facet:
    others = [condition for facet, condition in filters.items() if facet != name]
    counted = found.filter(*others).order_by()
    chosen = query.chosen.get(name, ())
    if name == YEAR_FACET:
        label = "Jaar"
        rows = counted.values_list("year").annotate(Count("pk")).order_by("-year")
        counts = {str(year or UNKNOWN_YEAR): (str(year or UNKNOWN_YEAR), n) for year, n in rows}
        counts = dict(sorted(counts.items(), key=lambda row: row[0], reverse=True))
        unknown = counts.pop(UNKNOWN_YEAR, None)
        counts |= {UNKNOWN_YEAR: unknown} if unknown else {}
        counts |= {value: (value, 0) for value in chosen if value not in counts}
    else:
        label, vocabulary, field_name = TERM_FACETS[name]
        rows = dict(counted.values_list(field_name).annotate(Count("pk", distinct=True)))
        terms = Term.objects.filter(vocabulary=vocabulary).current()
        counts = {t.slug: (t.label, rows.get(t.pk, 0)) for t in terms}
    options = [
        Option(value, text, count, value in chosen, query.toggled(name, value))
        for value, (text, count) in counts.items()
        if count or value in chosen
    ]
    return Facet(name, label, options)
