"""Atom of every list and every search: `<address of the list>feed/?<the same query>`."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed
from django.utils.timezone import now
from django.views.decorators.http import conditional_page, require_safe
from wagtail.models import Page
from wagtail.views import serve

from home.models import SiteSettings
from publications.citations.csl import clean
from publications.models import LibraryPage, PillarPage, PublicationPage, Term
from publications.paging import page_at
from publications.search import LibraryQuery, LibrarySearchForm, find_all, understood
from publications.search_words import current_vocabulary
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
from stories.models.reading import cards_of

FEED_LENGTH = 50
SEARCH_PATH = "zoeken/"
SITE = "Kennisplein Sociale basis"
EVERYTHING = (PublicationPage, StoryPage, ArticlePage, DossierPage, QuestionPage)

# Type of list → the pages in it.
LISTS = {
    LibraryPage: (PublicationPage,),
    StoryIndexPage: (StoryPage,),
    ArticleIndexPage: (ArticlePage,),
    DossierIndexPage: (DossierPage,),
    QuestionIndexPage: (QuestionPage,),
    DossierPage: EVERYTHING,
    PillarPage: EVERYTHING,
}

# Type of page → what says in a few lines what it is about; for the others their introduction.
DESCRIPTIONS = {PublicationPage: "summary", QuestionPage: "explanation"}


def tag_of(name: str) -> str:
    """Return a name for this thing that stays when its address changes (RFC 4151)."""
    return f"tag:{urlsplit(settings.BASE_URL).hostname},2026:{name}"


@dataclass(frozen=True)
class PageList:
    """A list of pages that somebody looks at: what is in it, and where it stands."""

    title: str
    url: str  # of the list itself, with its query
    feed_url: str
    models: tuple
    query: LibraryQuery
    pillar: Term | None = None  # only what is about this one

    def newest(self) -> list[Page]:
        """Return the pages that came in last; in the order of the query, if it names one."""
        found = [page for model in self.models for page in self._newest_of(model)]
        if not self.query.sort:
            found.sort(key=lambda page: (page.first_published_at or now(), page.pk), reverse=True)
        return found[:FEED_LENGTH]

    def between(self, start, end) -> list[Page]:
        """Return what came in after `start`, up to and including `end`, the newest first."""
        newest = replace(self, query=replace(self.query, sort="")).newest()
        return [p for p in newest if p.first_published_at and start < p.first_published_at <= end]

    def _newest_of(self, model) -> list[Page]:
        pages = model.objects.live().public().prefetch_related("pillars").defer_streamfields()
        if model is PublicationPage:
            pages = pages.select_related("kind").prefetch_related("authors")
        if hasattr(model, "signatures"):
            pages = pages.prefetch_related("signatures__author")
        if self.pillar:
            pages = pages.filter(pillars=self.pillar)
        if not self.query.is_narrowed:
            return list(pages.order_by("-first_published_at", "-pk")[:FEED_LENGTH])
        ids, has_all = find_all(self.query, model)
        if not has_all:  # what comes close is of no use to who waits for these words
            return []
        if self.query.sort:
            found = pages.in_bulk(ids[: 2 * FEED_LENGTH])
            return [found[pk] for pk in ids if pk in found][:FEED_LENGTH]
        return list(pages.filter(pk__in=ids).order_by("-first_published_at", "-pk")[:FEED_LENGTH])


@dataclass(frozen=True)
class DossierList(PageList):
    """What is in a dossier. That it was published again is news too."""

    dossier: DossierPage | None = None

    def newest(self) -> list[Page]:
        found = [page for pages in cards_of(self.dossier.body).values() for page in pages.values()]
        found.sort(key=lambda page: (page.first_published_at or now(), page.pk), reverse=True)
        return found[:FEED_LENGTH]

    def between(self, start, end) -> list[Page]:
        changed = self.dossier.last_published_at
        is_changed = changed and start < changed <= end
        return ([self.dossier] if is_changed else []) + super().between(start, end)


class NamedAtomFeed(Atom1Feed):
    """Atom with an author element for each author, and a date that stands still while all does."""

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.endElement("author")

    def latest_post_date(self):
        return super().latest_post_date() if self.items else self.feed["changed"]


class ListFeed(Feed):
    """The newest pages of one list, as Atom."""

    feed_type = NamedAtomFeed

    def get_object(self, request, page=None, path=""):
        return list_of(page, path, request.GET)

    def title(self, obj):
        return clean(obj.title)

    subtitle = "Onderzoek, visies, beleid en verhalen over de sociale basis"

    def link(self, obj):
        return obj.url

    def feed_url(self, obj):
        return obj.feed_url

    def feed_guid(self, obj):
        return tag_of(obj.feed_url)

    def author_name(self):
        site = SiteSettings.objects.first()
        return clean(site.organisation) if site else SiteSettings().organisation

    def feed_extra_kwargs(self, obj):
        newest = LibraryPage.objects.order_by("-last_published_at").first()
        return {"changed": (newest and newest.last_published_at) or now()}

    def items(self, obj):
        return obj.newest()

    def item_title(self, item):
        return clean(item.title)

    def item_description(self, item):
        return clean(getattr(item, DESCRIPTIONS.get(type(item), "intro")))

    def item_link(self, item):
        return item.full_url

    def item_guid(self, item):
        return tag_of(f"pagina/{item.translation_key}")

    def item_pubdate(self, item):
        return item.first_published_at

    def item_updateddate(self, item):
        return item.last_published_at or item.first_published_at or now()

    def item_extra_kwargs(self, item):
        names = getattr(item, "author_names", None) or [getattr(item, "author_name", "")]
        names = [clean(name) for name in names if name]
        organisation = getattr(item, "organisation", "")
        return {"authors": names or ([clean(organisation)] if organisation else [])}

    def item_categories(self, item):
        labels = [pillar.label for pillar in item.pillars.all()]
        kind = getattr(item, "kind", None)
        if isinstance(item, PublicationPage) and kind:
            labels.append(kind.label)
        return [clean(label) for label in labels]


def list_of(page: Page | None, path: str, params) -> PageList:
    """Return the list on a page, or at `path` where no page is, narrowed by a QueryDict."""
    url = page.full_url if page else f"{settings.BASE_URL}/{path}"
    feed_url = f"{urlsplit(url).path}feed/"
    name = page.title if page else "Alles"
    title = f"{'Nieuw' if isinstance(page, LibraryPage) else name} op het {SITE}"
    if isinstance(page, DossierPage):  # a list that an editor made
        return DossierList(title, url, feed_url, (), LibraryQuery(), dossier=page)
    models = LISTS[type(page)] if page else EVERYTHING
    if isinstance(page, PillarPage):  # has no search of its own
        return PageList(title, url, feed_url, models, LibraryQuery(), page.pillar)
    query, _ = understood(LibrarySearchForm(params).to_query(), current_vocabulary())
    if not query.is_narrowed:
        return PageList(title, url, feed_url, models, query)
    title, address = f"{title}: {described(query)}", query.address()
    return PageList(title, url + address, feed_url + address, models, query)


def described(query: LibraryQuery) -> str:
    """Return a query as a person would say it: the words, and what was chosen."""
    labels = current_vocabulary().labels
    chosen = [
        labels.get((name, value), value)
        for name, values in query.chosen.items()
        for value in values
    ]
    return ", ".join([*([f"‘{query.words}’"] if query.words else []), *chosen])


@require_safe
@conditional_page
def feed(request, path=None):
    """
    Answer with the feed of the list at `path`; of the library, wherever that stands, without one.

    A page that people called “feed” is served as any other.
    """
    if path == SEARCH_PATH:
        return ListFeed()(request, path=path)
    if path is None:
        page = LibraryPage.objects.live().public().first()
    else:
        page = page_at(request, path)
    if type(page) not in LISTS:
        return serve(request, request.path.lstrip("/"))
    return ListFeed()(request, page=page)
