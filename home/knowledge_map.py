"""The kenniskaart: how much the library knows about each pillar at each kind of place."""

import csv
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import models
from django.http import HttpResponse, JsonResponse
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.models import Page

from publications.exchange.cells import safe_cell
from publications.models import LibraryPage, PublicationPage, Term, Vocabulary
from publications.previews import PreviewedElsewhere
from publications.search import LibraryQuery, LibrarySearchForm, search
from stories.models import StoryIndexPage, StoryPage

AXIS = "tegen"
FORMAT = "formaat"
FILTERS = ("soort", "jaar")
SHADES = 4
# What the pillars can be set against, by its name in the address: name → (vocabulary, heading).
AXES = {
    "voorziening": (Vocabulary.FACILITY, "Collectieve voorzieningen"),
    "speler": (Vocabulary.ACTOR, "Spelers"),
    "thema": (Vocabulary.THEME, "Thema’s"),
}


@dataclass(frozen=True)
class Cell:
    """What there is about one pillar and one term. `stories` is None while a filter leaves them."""

    pillar: Term
    term: Term
    publications: int
    stories: int | None
    publications_url: str
    stories_url: str
    form_url: str
    shade: int  # 0: nothing, to SHADES: the most of the map

    def as_dict(self) -> dict:
        return {
            "pijler": self.pillar.slug,
            "term": self.term.slug,
            "publicaties": self.publications,
            "verhalen": self.stories,
            "publicatieLijst": self.publications_url,
            "verhalenLijst": self.stories_url,
        }


@dataclass(frozen=True)
class KnowledgeMap:
    """The table: `rows` is [(term, [one cell per pillar])]; `facets` what it can be filtered by."""

    axis: str
    query: LibraryQuery
    pillars: list[Term]
    rows: list[tuple[Term, list[Cell]]]
    facets: dict[str, list]
    notices: list[str]

    @property
    def heading(self) -> str:
        return AXES[self.axis][1]

    @property
    def axes(self) -> list[tuple[str, str, str]]:
        """What else the pillars can be set against, as [(name, heading, address)]."""
        return [(name, heading, self.address(name)) for name, (_, heading) in AXES.items()]

    @property
    def cells(self) -> list[Cell]:
        return [cell for _, cells in self.rows for cell in cells]

    @property
    def is_filtered(self) -> bool:
        """Tell whether only some publications count. Stories have no kind and no year."""
        return any(self.query.chosen.values())

    def address(self, axis: str = "", **more) -> str:
        """Return this map as the part of an address behind the path."""
        pairs = [(name, value) for name in FILTERS for value in self.query.chosen.get(name, ())]
        return "?" + urlencode([(AXIS, axis or self.axis), *pairs, *more.items()])

    @property
    def json_address(self) -> str:
        return self.address(**{FORMAT: "json"})

    @property
    def csv_address(self) -> str:
        return self.address(**{FORMAT: "csv"})


def knowledge_map(params, library_url: str, stories_url: str, form_url: str) -> KnowledgeMap:
    """
    Count with the library's own search what each cell links to. `params` is a QueryDict: what it
    asks that does not exist is left out, with a notice.
    """
    axis = params.get(AXIS, "")
    notices = [] if not axis or axis in AXES else [f"We kennen de indeling ‘{axis[:50]}’ niet."]
    axis = axis if axis in AXES else next(iter(AXES))
    asked = LibrarySearchForm(params).to_query()
    chosen = {name: asked.chosen.get(name, ()) for name in FILTERS}
    everything = _facets(LibraryQuery(chosen=chosen), PublicationPage)
    notices += everything.notices
    query = LibraryQuery(chosen={name: everything.query.chosen[name] for name in FILTERS})
    is_filtered = any(query.chosen.values())
    by_vocabulary = {vocabulary: [] for vocabulary in (Vocabulary.PILLAR, AXES[axis][0])}
    for term in Term.objects.current().filter(vocabulary__in=by_vocabulary):
        by_vocabulary[term.vocabulary].append(term)
    pillars, terms = by_vocabulary.values()
    counts = {}
    for pillar in pillars:
        chosen = {**query.chosen, "pijler": (pillar.slug,)}
        knowledge = _counts(LibraryQuery(chosen=chosen), PublicationPage, axis)
        stories = {} if is_filtered else _counts(LibraryQuery(chosen=chosen), StoryPage, axis)
        for term in terms:
            found = None if is_filtered else stories.get(term.slug, 0)
            counts[pillar.pk, term.pk] = (knowledge.get(term.slug, 0), found)
    most = max((publications for publications, _ in counts.values()), default=0)

    def cell(pillar: Term, term: Term) -> Cell:
        publications, stories = counts[pillar.pk, term.pk]
        chosen = {"pijler": (pillar.slug,), axis: (term.slug,)}
        both = LibraryQuery(chosen=chosen).address()
        return Cell(
            pillar,
            term,
            publications,
            stories,
            library_url + LibraryQuery(chosen={**query.chosen, **chosen}).address(),
            stories_url + both,
            form_url + both,
            -(-SHADES * publications // most) if most else 0,
        )

    rows = [(term, [cell(pillar, term) for pillar in pillars]) for term in terms]
    facets = {facet.name: facet.options for facet in everything.facets if facet.name in FILTERS}
    return KnowledgeMap(axis, query, pillars, rows, facets, notices)


def _facets(query: LibraryQuery, model):
    return search(query, model.objects.none(), length=1)


def _counts(query: LibraryQuery, model, name: str) -> dict[str, int]:
    """Return per value of facet `name` how many public pages of this type the list shows."""
    facets = {facet.name: facet.options for facet in _facets(query, model).facets}
    return {option.value: option.count for option in facets.get(name, ())}


class KnowledgeMapPage(PreviewedElsewhere, Page):
    """The kenniskaart: what is known about each pillar at each kind of place, and what is not."""

    intro = models.TextField("inleiding", blank=True)

    max_count = 1
    template = "home/knowledge_map_page.html"
    content_panels = [*Page.content_panels, FieldPanel("intro")]
    api_fields = [APIField("intro")]
    parent_page_types = ["home.HomePage"]
    subpage_types = []

    class Meta:
        verbose_name = "kenniskaart"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["map"] = self.map_for(request)
        return context

    def map_for(self, request) -> KnowledgeMap:
        lists = [list_address(model, request) for model in (LibraryPage, StoryIndexPage)]
        return knowledge_map(request.GET, *lists, "/voeg-kennis-toe/")

    def serve(self, request, *args, **kwargs):
        wanted = request.GET.get(FORMAT)
        if wanted == "json":
            return as_json(self.map_for(request), request)
        if wanted == "csv":
            return as_csv(self.map_for(request))
        return super().serve(request, *args, **kwargs)


def list_address(model: type[Page], request) -> str:
    page = model.objects.live().public().first()
    return page.get_url(request) if page else ""


def as_json(found: KnowledgeMap, request) -> JsonResponse:
    """Return the map for programs; addresses are whole ones."""
    cells = [cell.as_dict() for cell in found.cells]
    for cell in cells:
        for name in ("publicatieLijst", "verhalenLijst"):
            cell[name] = request.build_absolute_uri(cell[name])
    answer = {
        "tegen": found.axis,
        "filters": {name: list(found.query.chosen[name]) for name in FILTERS},
        "meldingen": found.notices,
        "cellen": cells,
    }
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex"
    return response


def as_csv(found: KnowledgeMap) -> HttpResponse:
    """Return the map for a spreadsheet, which knows UTF-8 by the mark in front."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="kenniskaart.csv"'
    response["X-Robots-Tag"] = "noindex"
    writer = csv.writer(response)
    writer.writerow(["pijler", found.axis, "publicaties", "verhalen"])
    for cell in found.cells:
        labels = [safe_cell(cell.pillar.label), safe_cell(cell.term.label)]
        writer.writerow([*labels, cell.publications, cell.stories])
    return response
