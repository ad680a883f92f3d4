"""What shows pages of several kinds: the feed and the file for robots."""

import re

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from publications.models import LibraryPage, PublicationPage

FEED_LENGTH = 30
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


@require_safe
def robots(request):
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /bijdragen/",
        "Disallow: /documents/authenticate_with_password/",
        f"Sitemap: {settings.BASE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
