"""Every public page as typed blocks, and what leads there: navigation, pillars, terms, the map."""

import re
from urllib.parse import urljoin

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import JsonResponse, QueryDict
from wagtail.models import Page, Site

from forms.models import ContributionFormPage
from home.knowledge_map import FILTERS, KnowledgeMapPage, knowledge_map, list_address
from home.models import HomePage, SiteSettings, StandardPage
from kennisplein.api import asking
from kennisplein.api.cards import (
    KIND_OF,
    LARGE,
    api_address,
    moment,
    picture,
    reference,
    term,
)
from kennisplein.api.content import Content, heading, path_of, plain
from kennisplein.api.lists import ID, answer, no_such_page, page_links
from kennisplein.api.problems import Problem
from publications.models import (
    LibraryPage,
    PillarIndexPage,
    PillarPage,
    PublicationPage,
    Term,
)
from stories.models import (
    ArticleIndexPage,
    ArticlePage,
    DossierIndexPage,
    DossierPage,
    QuestionIndexPage,
    QuestionPage,
    StoryIndexPage,
    StoryPage,
    WritingTipIndexPage,
    WritingTipPage,
)

PATH = re.compile(r"[A-Za-z0-9_/-]{1,1000}")
TYPES = {
    HomePage: "startpagina",
    StandardPage: "tekstpagina",
    LibraryPage: "bibliotheek",
    PillarIndexPage: "pijleroverzicht",
    PillarPage: "pijler",
    PublicationPage: "publicatie",
    StoryIndexPage: "verhalenoverzicht",
    StoryPage: "verhaal",
    ArticleIndexPage: "artikelenoverzicht",
    ArticlePage: "artikel",
    DossierIndexPage: "dossieroverzicht",
    DossierPage: "dossier",
    QuestionIndexPage: "vragenoverzicht",
    QuestionPage: "vraag",
    WritingTipIndexPage: "schrijftipsoverzicht",
    WritingTipPage: "schrijftip",
    KnowledgeMapPage: "kenniskaart",
    ContributionFormPage: "bijdrageformulier",
}


def root_of(request) -> Page:
    return Site.find_for_request(request).root_page


def below(root: Page):
    return Page.objects.live().public().descendant_of(root, inclusive=True)


def place(page: Page, root: Page) -> dict:
    """Tell where a page stands. The start page has an address of its own."""
    path = path_of(page, root)
    own = api_address("paginas", path) if path else api_address("startpagina")
    return {
        "id": page.pk,
        "pad": path,
        "titel": page.title,
        "type": TYPES.get(page.specific_class, "pagina"),
        "adres": page.full_url,
        "_links": {"self": {"href": own}},
    }


def pages(request) -> JsonResponse:
    asked = asking.Paged.of(request)
    root = root_of(request)
    paginator = Paginator(below(root).order_by("path"), asked.aantal)
    if asked.pagina > paginator.num_pages:
        raise no_such_page(asked.pagina, paginator.num_pages)
    links = page_links(request, asked.pagina, paginator.num_pages)
    body = {
        "totaal": paginator.count,
        "pagina": asked.pagina,
        "aantal": asked.aantal,
        "paginas": paginator.num_pages,
        "resultaten": [place(page, root) for page in paginator.page(asked.pagina)],
        "_links": links,
    }
    return answer(body, links)


def page_by_path(request, path: str) -> JsonResponse:
    """Answer one page by where it stands, or by its id."""
    asking.Asked.of(request)
    root = root_of(request)
    page = None
    if PATH.fullmatch(path) and not path.endswith("/"):
        page = below(root).filter(url_path=f"{root.url_path}{path}/").first()
        if page is None and ID.fullmatch(path):
            page = below(root).filter(pk=path).first()
    return _whole(page, root)


def start_page(request) -> JsonResponse:
    asking.Asked.of(request)
    root = root_of(request)
    return _whole(below(root).filter(pk=root.pk).first(), root)


def _whole(page: Page | None, root: Page) -> JsonResponse:
    if page is None:
        raise Problem(404, "Deze pagina is er niet, of niet meer.")
    crumbs = page.get_ancestors().live().descendant_of(root, inclusive=True)
    crumbs = [place(crumb, root) for crumb in crumbs]
    page = page.specific
    intro, blocks = (BODIES[type(page)])(page) if type(page) in BODIES else _introduced(page)
    shown = getattr(page, "cover_image", None) or getattr(page, "picture", None)
    told = place(page, root) | {
        "slug": page.slug,
        "zoektitel": page.seo_title or page.title,
        "beschrijving": page.search_description,
        "inleiding": intro,
        "afbeelding": picture(shown, LARGE),
        "blokken": [block for block in blocks if block],
        "kruimelpad": crumbs,
        "geplaatstOp": moment(page.first_published_at),
        "gewijzigdOp": moment(page.last_published_at or page.first_published_at),
    }
    kind = KIND_OF.get(type(page))
    if kind:
        told["_links"]["gegevens"] = {"href": api_address(kind.name, page.pk)}
    return answer(told)


def _introduced(page):
    """What a page without blocks of its own tells: an introduction, and often a text."""
    body = getattr(page, "body", None)
    content = Content((), body) if isinstance(body, str) else None
    return getattr(page, "intro", ""), [content.text(body)] if content else []


def _streamed(page):
    return page.intro, Content(page.body.raw_data).blocks()


def _home(page):
    basis = [heading(page.basis_title), plain(page.basis_intro), plain(page.basis_text)]
    return page.intro, [heading(page.headline), *basis, plain(page.invitation)]


def _publication(page):
    takeaways = page.takeaway_texts
    rows = {"type": "regels", "titel": "Wat betekent dit voor mijn buurt?", "regels": takeaways}
    return page.subtitle, [plain(page.summary), rows if takeaways else None]


def _beginnings(pages: list[PillarPage]) -> dict[int, int]:
    """Return where to begin, by pillar: publications that still are about that pillar."""
    chosen = {(page.featured_id, page.pillar_id) for page in pages}
    about = PublicationPage.objects.filter(pk__in=[pk for pk, _ in chosen if pk])
    about = set(about.values_list("pk", "pillars"))
    return {pillar: pk for pk, pillar in chosen & about}


def _pillar(page):
    begin = _beginnings([page]).get(page.pillar_id)
    content = Content((), page.body, pages=[begin])
    return page.intro, [
        heading(page.question),
        content.text(page.body),
        {"type": "spelers", "regels": _hands(page.actors)},
        {"type": "voorzieningen", "regels": _hands(page.facilities)},
        content.card("publicatie", begin, "Begin hier."),
        plain(page.still_missing),
    ]


def _dossier(page):
    return page.intro, [*Content(page.body.raw_data).blocks(), plain(page.still_missing)]


def _question(page):
    rows = page.answers_to_show
    told = [{"type": "pagina", "pagina": reference(r.answer), "waarom": r.why} for r in rows]
    return "", [plain(page.explanation), *told]


def _form(page):
    return page.intro, [plain(page.check_intro)]


BODIES = {
    HomePage: _home,
    PublicationPage: _publication,
    PillarPage: _pillar,
    StoryPage: _streamed,
    ArticlePage: _streamed,
    DossierPage: _dossier,
    QuestionPage: _question,
    ContributionFormPage: _form,
}


def _hands(relation) -> list[dict]:
    rows = relation.select_related("term")
    return [{"begrip": term(row.term), "zin": row.sentence} for row in rows]


def navigation(request) -> JsonResponse:
    asking.Asked.of(request)
    root = root_of(request)
    site = SiteSettings.for_request(request)
    menu = root.get_children().live().public().in_menu()
    body = {
        "naam": settings.WAGTAIL_SITE_NAME,
        "organisatie": site.organisation,
        "email": site.email,
        "voettekst": site.footer_text,
        "startpagina": place(root, root),
        "hoofdmenu": [place(page, root) for page in menu],
    }
    return answer(body)


def pillars(request) -> JsonResponse:
    asking.Asked.of(request)
    found = list(
        PillarPage.objects.live()
        .public()
        .in_order()
        .prefetch_related("actors__term", "facilities__term")
    )
    counts = PublicationPage.objects.live().public().order_by().values("pillars")
    counts = dict(counts.annotate(count=Count("pk")).values_list("pillars", "count"))
    beginnings = _beginnings(found)
    content = Content((), *[page.body for page in found], pages=beginnings.values())
    rows = [
        {
            "id": page.pk,
            "slug": page.slug,
            "titel": page.title,
            "begrip": term(page.pillar),
            "vraag": page.question,
            "inleiding": page.intro,
            "html": content.html(page.body),
            "spelers": _held(page.actors),
            "voorzieningen": _held(page.facilities),
            "beginHier": content.pages.get(beginnings.get(page.pillar_id)),
            "watOntbreekt": page.still_missing,
            "aantalPublicaties": counts.get(page.pillar_id, 0),
            "adres": page.full_url,
        }
        for page in found
    ]
    return answer({"resultaten": rows})


def _held(relation) -> list[dict]:
    return [{"begrip": term(row.term), "zin": row.sentence} for row in relation.all()]


def writing_tips(request) -> JsonResponse:
    asking.Asked.of(request)
    found = list(WritingTipPage.objects.live().public().in_order())
    content = Content((), *[tip.body for tip in found])
    rows = [
        {
            "id": tip.pk,
            "slug": tip.slug,
            "titel": tip.title,
            "groep": tip.group,
            "inleiding": tip.intro,
            "html": content.html(tip.body),
            "adres": tip.full_url,
        }
        for tip in found
    ]
    return answer({"resultaten": rows})


def terms(request) -> JsonResponse:
    asked = asking.Terms.of(request)
    found = Term.objects.select_related("merged_into")
    if asked.woordenlijst:
        found = found.filter(vocabulary__in=asked.woordenlijst)
    rows = [
        {
            **term(one),
            "woordenlijst": one.vocabulary,
            "uitleg": one.description,
            "andereWoorden": one.alternative_labels.splitlines(),
            "samengevoegdMet": one.merged_into and one.merged_into.slug,
        }
        for one in found
    ]
    return answer({"resultaten": rows})


def map_of_knowledge(request) -> JsonResponse:
    asked = asking.Map.of(request)
    params = QueryDict(mutable=True)
    for name in FILTERS:
        params.setlist(name, getattr(asked, name))
    params["tegen"] = asked.tegen
    lists = [list_address(model, request) for model in (LibraryPage, StoryIndexPage)]
    found = knowledge_map(params, *lists, "")
    cells = [
        cell.as_dict()
        | {
            "publicatieLijst": urljoin(settings.BASE_URL, cell.publications_url),
            "verhalenLijst": urljoin(settings.BASE_URL, cell.stories_url),
        }
        for cell in found.cells
    ]
    return answer({"tegen": found.axis, "meldingen": found.notices, "cellen": cells})
