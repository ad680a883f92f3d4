"""Dossiers: what we know about one question, in an order that an editor chose."""

from django.db import models
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.search import index

from publications.api import KEYWORDS, writable
from publications.models import Classified, PublicationPage
from publications.previews import PreviewedElsewhere
from publications.querysets import PublicPageQuerySet
from publications.search_table import SearchDocument
from stories.blocks import DossierBlock, chosen_in

from .reading import (
    CLASSIFIED_PANEL,
    ReadingIndexPage,
    cards_of,
    day_of,
    plain_text,
)

SHELF_LENGTH = 4
# Kind of card in a dossier: (the field that names the page, how one and more are called).
PARTS = {
    "publication": ("publication", "publicatie", "publicaties"),
    "story": ("page", "verhaal", "verhalen"),
    "article": ("article", "artikel", "artikelen"),
}


class DossierQuerySet(PublicPageQuerySet):
    def shown(self):
        """Dossiers that everyone may see, newest first, with what their cards need."""
        return self.live().public().for_hits().order_by("-first_published_at", "-pk")

    def for_hits(self):
        return self.prefetch_related("pillars", "tagged_keywords__tag")

    def for_api(self):
        return self.select_related("locale").prefetch_related("pillars", "keywords")

    def for_search(self):
        """Everything the search table holds, in a fixed number of queries."""
        lists = ("pillars", "facilities", "actors", "themes")
        return self.prefetch_related(*lists, "tagged_keywords__tag")


class DossierIndexPage(ReadingIndexPage):
    """All dossiers."""

    LISTED, ONE, MANY = "dossiers", "dossier", "dossiers"
    CARD = "includes/dossier_card.html"

    template = "stories/reading_index_page.html"

    subpage_types = ["stories.DossierPage"]

    class Meta:
        verbose_name = "overzicht van dossiers"

    def listed(self):
        return DossierPage.objects.all()


class DossierPage(PreviewedElsewhere, Classified, Page):
    """
    One question, with the publications, stories and articles that answer it and a line why to read
    each. It shows what is public; what is missing is said too.
    """

    intro = models.TextField("inleiding", help_text="Waarom is dit een vraag? Drie of vier zinnen.")
    body = StreamField(DossierBlock(), verbose_name="wat lees je wanneer?")
    still_missing = models.TextField("wat ontbreekt er nog?", blank=True)
    keywords = ClusterTaggableManager("trefwoorden", through="stories.DossierKeyword", blank=True)

    objects = PageManager.from_queryset(DossierQuerySet)()

    content_panels = [
        FieldPanel(
            "title", heading="vraag", help_text="Zoals ‘Hoe begin je een buurtkamer?’", icon="title"
        ),
        FieldPanel("intro"),
        FieldPanel("body"),
        FieldPanel("still_missing"),
        CLASSIFIED_PANEL,
        FieldPanel("is_example"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    api_fields = [
        *writable("intro", "body", "still_missing", "pillars"),
        APIField("pillar_slugs"),
        KEYWORDS,
        APIField("is_example"),
    ]
    parent_page_types = ["stories.DossierIndexPage"]
    subpage_types = []

    class Meta:
        verbose_name = "dossier"
        verbose_name_plural = "dossiers"

    def missing_for_publication(self) -> list[str]:
        missing = super().missing_for_publication()
        chosen = any(chosen_in(self.body, kind, field) for kind, (field, _, _) in PARTS.items())
        return missing if chosen else [*missing, "Kies een publicatie, verhaal of artikel."]

    def search_texts(self) -> SearchDocument:
        """Return the texts of this page in which search finds words."""
        return SearchDocument(
            title=self.title,
            keywords=[tagged.tag.name for tagged in self.tagged_keywords.all()],
            summary=self.intro,
            text=plain_text(self.body),
        )

    def search_document(self) -> SearchDocument:
        found = self.search_texts()
        found.day = day_of(self.first_published_at)
        found.facets = self.search_facets()
        return found

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["cards"] = cards = cards_of(self.body)
        context["counts"] = [
            (len(cards[field]), one, many) for field, one, many in PARTS.values() if cards[field]
        ]
        return context

    def on_the_shelf(self) -> list[PublicationPage]:
        """Return the first publications of this dossier that are public, for their covers."""
        chosen = chosen_in(self.body, "publication", "publication")
        found = PublicationPage.objects.live().public().for_cards().in_bulk(chosen)
        return [found[pk] for pk in chosen if pk in found][:SHELF_LENGTH]


class DossierKeyword(TaggedItemBase):
    content_object = ParentalKey(
        DossierPage, on_delete=models.CASCADE, related_name="tagged_keywords"
    )
