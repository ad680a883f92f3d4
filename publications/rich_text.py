"""
What a text points to shows only while everyone may see it: a link to anything else loses its
address, which may hold the title of a draft or the name of a private file, and keeps its words.
"""

from wagtail.documents.rich_text import DocumentLinkHandler
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from publications.models import LibraryDocument

LONGEST_ID = 9  # digits


class PublicPageLinkHandler(PageLinkHandler):
    @classmethod
    def get_many(cls, attrs_list):
        public = Page.objects.live().public().filter(pk__in=ids_of(attrs_list))
        return in_turn(public.defer_streamfields().specific(), attrs_list)


class ReleasedDocumentLinkHandler(DocumentLinkHandler):
    @classmethod
    def get_many(cls, attrs_list):
        released = LibraryDocument.objects.released().filter(pk__in=ids_of(attrs_list))
        return in_turn(released.defer("page_texts"), attrs_list)


def ids_of(attrs_list) -> list[str]:
    ids = [attrs.get("id", "") for attrs in attrs_list]
    return [one for one in ids if one.isdecimal() and len(one) <= LONGEST_ID]


def in_turn(records, attrs_list) -> list:
    """Return for each link what it points to, or None."""
    found = {str(record.pk): record for record in records}
    return [found.get(attrs.get("id")) for attrs in attrs_list]
