"""Lists that the library's own search answers, and each of their pages by itself."""

import re
from urllib.parse import urlencode

from django.conf import settings
from django.http import JsonResponse
from ninja import Router

from kennisplein.api import asking
from kennisplein.api.cards import (
    ARTICLES,
    BASE,
    DOSSIERS,
    KINDS,
    PUBLICATIONS,
    QUESTIONS,
    STORIES,
    Kind,
    cards,
    public_pages,
    reference,
    references,
)
from kennisplein.api.content import Content
from kennisplein.api.problems import Problem
from publications.search import Results, search
from stories.models import QuestionPage

router = Router()
SLUG = re.compile(r"[a-z0-9_-]{1,255}", re.IGNORECASE)
ID = re.compile(r"[0-9]{1,18}")


def answer(data: dict, links: dict | None = None, status: int = 200) -> JsonResponse:
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    if links:
        named = ("first", "prev", "next", "last")
        response["Link"] = ", ".join(
            f'<{links[name]["href"]}>; rel="{name}"' for name in named if name in links
        )
    return response


def page_links(request, number: int, last: int) -> dict:
    """Return the addresses of this list and of its pages around the one asked for."""

    def link(page: int) -> dict:
        asked = [(name, value) for name, values in request.GET.lists() for value in values]
        pairs = [pair for pair in asked if pair[0] != "pagina"]
        pairs += [("pagina", page)] if page != 1 else []
        query = f"?{urlencode(pairs, errors='replace')}" if pairs else ""
        return {"href": f"{settings.BASE_URL}{request.path}{query}"}

    links = {"self": link(number), "first": link(1), "last": link(last)}
    if number > 1:
        links["prev"] = link(number - 1)
    if number < last:
        links["next"] = link(number + 1)
    return links


def suggestion_of(request, results: Results) -> dict | None:
    if results.suggestion is None:
        return None
    address = f"{settings.BASE_URL}{request.path}{results.suggestion.url}"
    return {"woorden": results.suggestion.words, "adres": address}


def facets_of(results: Results) -> list[dict]:
    return [
        {
            "sleutel": facet.name,
            "naam": facet.label,
            "opties": [
                {
                    "waarde": option.value,
                    "naam": option.label,
                    "aantal": option.count,
                    "isGekozen": option.is_selected,
                }
                for option in facet.options
            ],
        }
        for facet in results.facets
    ]


def no_such_page(number: int, last: int) -> Problem:
    return Problem(404, f"Pagina {number} is er niet: de lijst heeft er {last}.")


def found(request, kind: Kind, question) -> JsonResponse:
    """Answer what the site's own list shows for the same question."""
    asked = question.of(request)
    results = search(asked.to_query(), kind.model.objects.none(), length=asked.aantal)
    last = results.page.paginator.num_pages
    if asked.pagina > last:
        raise no_such_page(asked.pagina, last)
    ids = results.ids
    if kind is QUESTIONS and not results.is_narrowed:  # search does not know what was answered
        first = (asked.pagina - 1) * asked.aantal
        ids = QuestionPage.objects.shown().values_list("pk", flat=True)
        ids = list(ids[first : first + asked.aantal])
    pages = public_pages(kind).defer_streamfields().in_bulk(ids)
    told = cards(kind, [pages[pk] for pk in ids if pk in pages])
    if asked.fields:
        names = {"id", *asked.fields.split(",")}
        told = [{name: one[name] for name in one if name in names} for one in told]
    links = page_links(request, asked.pagina, last)
    body = {
        "totaal": results.total,
        "pagina": asked.pagina,
        "aantal": asked.aantal,
        "paginas": last,
        "isGedeeltelijk": results.is_partial,
        "meldingen": results.notices,
        "suggestie": suggestion_of(request, results),
        "facetten": facets_of(results),
        "resultaten": told,
        "_links": links,
    }
    return answer(body, links)


def one(request, kind: Kind, key: str) -> JsonResponse:
    """Answer one page, by its id, or else by its slug."""
    asking.Asked.of(request)
    pages = public_pages(kind)
    page = pages.filter(pk=key).first() if ID.fullmatch(key) else None
    if page is None and SLUG.fullmatch(key):
        page = pages.filter(slug=key).first()
    if page is None:
        raise Problem(404, f"Deze {kind.one} is er niet, of niet meer.")
    [told] = cards(kind, [page])
    return answer(told | MORE[kind.name](page))


def _links(links, end: str) -> list[dict]:
    return [
        {
            "pagina": reference(getattr(link, end)),
            "verband": link.relation,
            "waarom": link.why,
        }
        for link in links.public()
    ]


def _more_of_publication(page) -> dict:
    earlier = [relation.earlier_id for relation in page.builds_on.all()]
    asked = [row.page_id for row in page.questions_answered.shown()]
    pages = references([*earlier, *asked])
    return {
        "verhalen": _links(page.links_from_stories, "page"),
        "artikelen": _links(page.links_from_articles, "page"),
        "bouwtVoortOp": [pages[pk] for pk in earlier if pk in pages],
        "beantwoordt": [pages[pk] for pk in asked if pk in pages],
    }


def _more_of_reading(page) -> dict:
    return {
        "blokken": Content(page.body.raw_data).blocks(),
        "publicaties": _links(page.publication_links, "publication"),
    }


def _more_of_dossier(page) -> dict:
    return {"blokken": Content(page.body.raw_data).blocks()}


def _more_of_question(page) -> dict:
    rows = page.answers_to_show
    return {"antwoorden": [{"pagina": reference(r.answer), "waarom": r.why} for r in rows]}


MORE = {
    PUBLICATIONS.name: _more_of_publication,
    STORIES.name: _more_of_reading,
    ARTICLES.name: _more_of_reading,
    DOSSIERS.name: _more_of_dossier,
    QUESTIONS.name: _more_of_question,
}


def everything(request) -> JsonResponse:
    """Answer what each kind of page has for the same words."""
    asked = asking.SearchEverything.of(request)
    query = asked.to_query()
    sections = [
        (kind, search(query, kind.model.objects.none(), length=asked.aantal)) for kind in KINDS
    ]
    pages = references([pk for _, results in sections for pk in results.ids])
    total = sum(results.total for _, results in sections)
    suggested = [results for _, results in sections if results.suggestion and not total]
    body = {
        "totaal": total,
        "meldingen": sections[0][1].notices,
        "suggestie": suggestion_of(request, suggested[0]) if suggested else None,
        "soorten": [
            {
                "soort": kind.name,
                "totaal": results.total,
                "isGedeeltelijk": results.is_partial,
                "resultaten": [pages[pk] for pk in results.ids if pk in pages],
                "_links": {"self": {"href": _list_address(kind, results)}},
            }
            for kind, results in sections
        ],
    }
    return answer(body)


def _list_address(kind: Kind, results: Results) -> str:
    return f"{settings.BASE_URL}{BASE}/{kind.name}{results.address}"
