"""The addresses of /api/v1, what each answers, and the document and the page that describe them."""

import re
from functools import partial

from django.urls import include, path, re_path
from ninja import NinjaAPI

from kennisplein.api import answers, asking, bringing_in, contribution_answers, lists, pages
from kennisplein.api.asking import with_fields
from kennisplein.api.cards import ARTICLES, DOSSIERS, PUBLICATIONS, QUESTIONS, STORIES
from kennisplein.api.gate import VERSION, gate, nothing_here
from kennisplein.api.openapi import described, openapi_document
from kennisplein.api.reference import reference_page

api = NinjaAPI(
    title="Kennisplein Sociale basis",
    version=VERSION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api_v1",
)


def reraise(request, error):
    raise error  # the gate says it as a problem


api.add_exception_handler(Exception, reraise)

# Kind → (what its list asks, what its list answers, what one of it answers, what the list is).
LISTS = {
    PUBLICATIONS: (
        asking.SearchPublications,
        answers.Publicaties,
        answers.PublicatieKort,
        answers.Publicatie,
        "De bibliotheek: onderzoek, visiestukken en beleid. Dezelfde zoekmachine als op de site.",
    ),
    STORIES: (
        asking.SearchReadings,
        answers.Verhalen,
        answers.VerhaalKort,
        answers.Verhaal,
        "Verhalen uit de praktijk.",
    ),
    ARTICLES: (
        asking.SearchArticles,
        answers.Artikelen,
        answers.ArtikelKort,
        answers.Artikel,
        "Artikelen, reflecties en opinies.",
    ),
    DOSSIERS: (
        asking.SearchReadings,
        answers.Dossiers,
        answers.DossierKort,
        answers.Dossier,
        "Dossiers: wat we over één vraag weten, op volgorde.",
    ),
    QUESTIONS: (
        asking.SearchReadings,
        answers.Vragen,
        answers.VraagKort,
        answers.Vraag,
        "Kennisvragen uit buurten. Open vragen staan vooraan.",
    ),
}


def read(address: str, view, answer, summary: str, question=asking.Asked, is_private=False):
    """Let `view` answer at an address, and describe it."""
    operation = described(answer, summary, question, address, is_private=is_private)
    words = re.sub("[^a-z]+", " ", address).title().replace(" ", "")
    api.get(address, operation_id=f"lees{words}", by_alias=True, **operation)(view)


def _add_list(kind, question, many, short, one, about: str) -> None:
    question = with_fields(question, answers.field_names(short))

    def view_list(request):
        return lists.found(request, kind, question)

    def view_one(request, sleutel: str):
        return lists.one(request, kind, sleutel)

    view_list.__name__, view_one.__name__ = kind.name, f"{kind.one}_op_sleutel"
    read(f"/{kind.name}", view_list, many, about, question)
    read(f"/{kind.name}/{{sleutel}}", view_one, one, f"Eén {kind.one}, bij id of slug.")


def page_at(request, pad: str):
    return pages.page_by_path(request, pad)


def contribution(request, token: str):
    return bringing_in.status(request, token)


for kind, described_as in LISTS.items():
    _add_list(kind, *described_as)
for address, view, answer, summary, question in (
    ("/schrijftips", pages.writing_tips, answers.Schrijftips, "Tips voor schrijvers.", None),
    ("/pijlers", pages.pillars, answers.Pijlers, "De vier pijlers van sociale kwaliteit.", None),
    ("/begrippen", pages.terms, answers.Begrippen, "Alle begrippen.", asking.Terms),
    (
        "/kenniskaart",
        pages.map_of_knowledge,
        answers.Kenniskaart,
        "Hoeveel er is per pijler en plek.",
        asking.Map,
    ),
    ("/navigatie", pages.navigation, answers.Navigatie, "Het menu en de voet van de site.", None),
    ("/startpagina", pages.start_page, answers.PaginaMetBlokken, "De startpagina.", None),
    ("/paginas", pages.pages, answers.Paginas, "Alle pagina’s van de site.", asking.Paged),
    ("/paginas/{path:pad}", page_at, answers.PaginaMetBlokken, "Eén pagina, bij haar pad.", None),
    (
        "/zoek",
        lists.everything,
        answers.Zoekresultaat,
        "Alle soorten tegelijk, per soort de beste.",
        asking.SearchEverything,
    ),
    (
        "/bijdragen",
        bringing_in.form,
        contribution_answers.Formulier,
        "Het formulier: de vragen, de grenzen en de teksten.",
        None,
    ),
):
    read(address, view, answer, summary, question or asking.Asked)
read(
    "/bijdragen/{token}",
    contribution,
    contribution_answers.Bijdrage,
    "Waar een bijdrage staat.",
    is_private=True,
)
api.post(
    "/bijdragen",
    operation_id="stuurBijdrage",
    by_alias=True,
    **described(
        contribution_answers.Ontvangen,
        "Stuur een bijdrage, zonder of met bestand.",
        status=201,
        errors={409: contribution_answers.DubbelProbleem},
    ),
)(bringing_in.send_in)

below = [
    path("docs", gate(partial(reference_page, api), is_page=True), name="api_reference"),
    path("openapi.json", gate(partial(openapi_document, api)), name="api_openapi"),
    *(
        path(str(pattern.pattern), gate(pattern.callback), name=f"api_v1_{pattern.name}")
        for pattern in api.urls[0]
        if pattern.name != "api-root"
    ),
    re_path("^.*$", gate(nothing_here)),  # Wagtail would answer with a page
]
urlpatterns = [
    path("api/v1", gate(partial(reference_page, api), is_page=True), name="api_start"),
    path("api/v1/", include(below)),
]
