"""What shows pages of several kinds: searching everything, and the file for robots."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from home.dataset import latest
from publications.models import LibraryPage, PublicationPage
from publications.search import FACET_NAMES, LibrarySearchForm, Results, search
from publications.search_suggest import propose
from publications.searched import record
from stories.models import (
    ArticleIndexPage,
    ArticlePage,
    DossierIndexPage,
    DossierPage,
    QuestionIndexPage,
    QuestionPage,
    StoryIndexPage,
    StoryPage,
)

HITS_OF_EACH_KIND = 5


@dataclass(frozen=True)
class Section:
    """What was found of one kind of page, and the list that shows all of it."""

    one: str
    many: str
    card: str
    results: Results
    url: str


# Type of page → the list it stands in, how one and more are called, the card that shows it.
SECTIONS = {
    PublicationPage: (LibraryPage, "publicatie", "publicaties", "includes/publication_card.html"),
    StoryPage: (StoryIndexPage, "verhaal", "verhalen", "includes/story_card.html"),
    ArticlePage: (ArticleIndexPage, "artikel", "artikelen", "includes/article_card.html"),
    DossierPage: (DossierIndexPage, "dossier", "dossiers", "includes/dossier_card.html"),
    QuestionPage: (QuestionIndexPage, "vraag", "vragen", "includes/question_card.html"),
}


@require_safe
def search_everything(request):
    """Show what each kind of page has for the same words, kept apart."""
    query = LibrarySearchForm(request.GET).to_query()
    sections = []
    for model, (list_model, one, many, card) in SECTIONS.items():
        results = search(query, model.objects.all(), length=HITS_OF_EACH_KIND)
        list_page = list_model.objects.live().public().first()
        url = list_page.get_url(request) + results.query.address() if list_page else ""
        sections.append(Section(one, many, card, results, url))
    library = sections[0].results
    best = max(
        sections, key=lambda section: (not section.results.is_partial, section.results.total)
    )
    record(library if not best.results.total else best.results)
    context = {"sections": sections, "query": library.query, "notices": library.notices}
    context["total"] = sum(section.results.total for section in sections)
    context["ask"] = bool(library.query.words) and (not context["total"] or best.results.is_partial)
    context["suggestion"] = next(
        (s.results.suggestion for s in sections if s.results.suggestion and not context["total"]),
        None,
    )
    return render(request, "home/search.html", context)


@require_safe
def open_data(request):
    """Tell of the open data set: how large, from when, what may be done with it."""
    dataset = latest()
    context = {"dataset": dataset, "licence": settings.OPEN_DATA_LICENCE}
    context["canonical"] = settings.BASE_URL + request.path
    if dataset:
        context["made"] = datetime.fromisoformat(dataset["made"])
        context["publications"] = dataset["counts"].get("publicaties.jsonl", 0)
    return render(request, "home/open_data.html", context)


@require_safe
def open_data_file(request):
    """Lead from the address that stays to the last data set."""
    dataset = latest()
    if dataset is None:
        raise Http404
    return redirect(f"{settings.MEDIA_URL}open-data/{dataset['name']}")


@require_safe
def suggestions(request):
    """Propose titles, terms and authors for what somebody is typing."""
    proposals = propose(request.GET.get("q", "").replace("\x00", ""), request)
    response = JsonResponse({"voorstellen": [proposal.as_dict() for proposal in proposals]})
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def robots(request):
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /bijdragen/",
        "Disallow: /documents/authenticate_with_password/",
        "Disallow: /zoeken/",
        "Disallow: /leeslijst/?",
        "Disallow: /*export.",
        # Every choice of words and filters is one more list: there is no end to them.
        *(f"Disallow: /*?*{name}=" for name in ("q", "sorteer", *FACET_NAMES)),
        f"Sitemap: {settings.BASE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request):
    """Lead who asks without having read a page, such as a feed reader, to the icon."""
    return redirect(static("img/icon-192.png"))
