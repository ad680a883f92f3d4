"""What shows pages of several kinds: the feed, searching everything, and the file for robots."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from publications.models import LibraryPage, PublicationPage
from publications.search import FACET_NAMES, LibrarySearchForm, Results, search
from publications.search_suggest import propose
from publications.searched import record
from stories.models import ArticleIndexPage, ArticlePage, StoryIndexPage, StoryPage

FEED_LENGTH = 30
HITS_OF_EACH_KIND = 5
UNKNOWN_TO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def for_xml(text: str) -> str:
    """Return a text without the invisible signs that XML refuses, which come along out of PDFs."""
    return UNKNOWN_TO_XML.sub(" ", text)


class LibraryFeed(Feed):
    """The newest publications as Atom."""

    feed_type = Atom1Feed
    title = "Nieuw op het Kennisplein Sociale basis"
    subtitle = "Onderzoek, visies en beleid over de sociale basis"

    def link(self):
        page = LibraryPage.objects.live().first()
        return page.full_url if page else settings.BASE_URL

    def items(self):
        publications = PublicationPage.objects.live().public().for_cards()
        return publications.order_by("-first_published_at", "-pk")[:FEED_LENGTH]

    def item_title(self, item):
        return for_xml(item.title)

    def item_description(self, item):
        return for_xml(item.summary)

    def item_link(self, item):
        return item.full_url

    def item_guid(self, item):
        return item.full_url

    def item_pubdate(self, item):
        return item.first_published_at

    def item_updateddate(self, item):
        return item.last_published_at

    def item_author_name(self, item):
        return for_xml(", ".join(item.author_names) or item.organisation)

    def item_categories(self, item):
        return [for_xml(pillar.label) for pillar in item.pillars.all()]


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
    context["suggestion"] = next(
        (s.results.suggestion for s in sections if s.results.suggestion and not context["total"]),
        None,
    )
    return render(request, "home/search.html", context)


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
        # Every choice of words and filters is one more list: there is no end to them.
        *(f"Disallow: /*?*{name}=" for name in ("q", "sorteer", *FACET_NAMES)),
        f"Sitemap: {settings.BASE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
