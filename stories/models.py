"""Stories from practice, articles and writing tips, and their links to publications."""

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page, PageManager, PageQuerySet
from wagtail.search import index

from publications.api import KEYWORDS
from publications.forms import checkboxes
from publications.models import Classified, PublicationPage
from publications.paging import PAGE_SIZE
from publications.search import LibrarySearchForm, search
from publications.search_table import SearchDocument, day_number
from stories.blocks import TEXT_FEATURES, BodyBlock

WORDS_PER_MINUTE = 220

CLASSIFIED_PANEL = MultiFieldPanel(
    [
        FieldPanel("pillars", widget=checkboxes()),
        FieldPanel("facilities", widget=checkboxes()),
        FieldPanel("actors", widget=checkboxes()),
        FieldPanel("themes", widget=checkboxes()),
        FieldPanel("keywords"),
    ],
    "Waar hoort het bij?",
)
CLASSIFIED_API_FIELDS = [APIField("pillar_slugs"), KEYWORDS, APIField("is_example")]


class ReadingQuerySet(PageQuerySet):
    def shown(self):
        """Pages that everyone may see, newest first, with what their cards need."""
        return (
            self.live()
            .public()
            .select_related("picture")
            .prefetch_related("pillars", "picture__renditions")
            .order_by("-first_published_at", "-pk")
            .defer_streamfields()
        )

    def for_api(self):
        """Everything the API tells of a story or an article."""
        return self.select_related("picture", "locale").prefetch_related("pillars", "keywords")

    def for_hits(self):
        """What a card shows, and the texts in which words were found."""
        return self.select_related("picture").prefetch_related(
            "pillars", "picture__renditions", "tagged_keywords__tag"
        )

    def for_search(self):
        """Everything the search table holds, in a fixed number of queries."""
        lists = ("pillars", "facilities", "actors", "themes")
        return self.prefetch_related(*lists, "tagged_keywords__tag")


def day_of(moment) -> int:
    return day_number(moment.year, moment.month, moment.day) if moment else 0


def plain_text(body) -> str:
    """Return the words of a text with blocks."""
    return " ".join(body.stream_block.get_searchable_content(body)) if body else ""


def links_to_show(page) -> list["KnowledgeLink"]:
    """Return the links of a page to what is public, with what their cards need. A preview too."""
    links = list(page.publication_links.all())
    publications = PublicationPage.objects.live().public().for_cards()
    publications = publications.in_bulk([link.publication_id for link in links])
    shown = [link for link in links if link.publication_id in publications]
    for link in shown:
        link.publication = publications[link.publication_id]
    return shown


class StoryIndexPage(Page):
    """All stories from practice."""

    intro = models.TextField("inleiding", blank=True)

    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("intro")]
    api_fields = [APIField("intro")]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["stories.StoryPage"]

    class Meta:
        verbose_name = "overzicht van verhalen"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        form = LibrarySearchForm(request.GET)
        context["form"] = form
        context["results"] = search(form.to_query(), StoryPage.objects.all(), length=PAGE_SIZE)
        context["stories"] = context["results"].hits
        return context


class StoryPage(Classified, Page):
    """
    A story from practice.

    The usual one lives on Buurtwijs: its page here is short, links there and names it canonical.
    """

    canonical_url = models.URLField(
        "adres op Buurtwijs", max_length=1000, blank=True, help_text="Als het verhaal daar staat."
    )
    intro = models.TextField("inleiding", help_text="Eén alinea in onze eigen woorden.")
    neighbourhood = models.CharField("buurt", max_length=100, blank=True)
    municipality = models.CharField("gemeente", max_length=100, blank=True)
    picture = models.ForeignKey(
        "publications.CreditedImage",
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="afbeelding",
        related_name="+",
    )
    body = StreamField(BodyBlock(required=False), verbose_name="tekst", blank=True)
    keywords = ClusterTaggableManager("trefwoorden", through="stories.StoryKeyword", blank=True)

    objects = PageManager.from_queryset(ReadingQuerySet)()

    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("canonical_url"),
        FieldRowPanel([FieldPanel("neighbourhood"), FieldPanel("municipality")]),
        FieldPanel("picture"),
        FieldPanel("body"),
        InlinePanel("publication_links", label="Publicatie bij dit verhaal"),
        CLASSIFIED_PANEL,
        FieldPanel("is_example"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    api_fields = [
        APIField("intro"),
        APIField("canonical_url"),
        APIField("place"),
        APIField("picture"),
        APIField("body"),
        *CLASSIFIED_API_FIELDS,
    ]
    parent_page_types = ["stories.StoryIndexPage"]
    subpage_types = []

    class Meta:
        verbose_name = "verhaal"
        verbose_name_plural = "verhalen"

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.neighbourhood, self.municipality) if part)

    def search_texts(self) -> SearchDocument:
        """Return the texts of this page in which search finds words."""
        return SearchDocument(
            title=self.title,
            keywords=[tagged.tag.name for tagged in self.tagged_keywords.all()],
            authors=[self.neighbourhood, self.municipality],
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
        context["publication_links"] = links_to_show(self)
        context["more"] = list(type(self).objects.shown().exclude(pk=self.pk)[:3])
        return context


class ArticleIndexPage(Page):
    """All articles, reflections and opinions."""

    intro = models.TextField("inleiding", blank=True)

    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("intro")]
    api_fields = [APIField("intro")]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["stories.ArticlePage"]

    class Meta:
        verbose_name = "overzicht van artikelen"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        form = LibrarySearchForm(request.GET)
        context["form"] = form
        context["results"] = search(form.to_query(), ArticlePage.objects.all(), length=PAGE_SIZE)
        context["articles"] = context["results"].hits
        return context


class ArticlePage(Classified, Page):
    """A text of our own or of a contributor: an article, a reflection or an opinion."""

    class Kind(models.TextChoices):
        ARTICLE = "artikel", "Artikel"
        REFLECTION = "reflectie", "Reflectie"
        OPINION = "opinie", "Opinie"

    kind = models.CharField("soort", max_length=10, choices=Kind, default=Kind.ARTICLE)
    author_name = models.CharField("auteur", max_length=200, blank=True)
    intro = models.TextField("inleiding", blank=True, help_text="Twee of drie zinnen.")
    picture = models.ForeignKey(
        "publications.CreditedImage",
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="afbeelding",
        related_name="+",
    )
    body = StreamField(BodyBlock(required=False), verbose_name="tekst", blank=True)
    keywords = ClusterTaggableManager("trefwoorden", through="stories.ArticleKeyword", blank=True)

    objects = PageManager.from_queryset(ReadingQuerySet)()

    content_panels = [
        *Page.content_panels,
        FieldPanel("kind"),
        FieldPanel("author_name"),
        FieldPanel("intro"),
        FieldPanel("picture"),
        FieldPanel("body"),
        InlinePanel("publication_links", label="Publicatie bij dit artikel"),
        CLASSIFIED_PANEL,
        FieldPanel("is_example"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    api_fields = [
        APIField("kind"),
        APIField("author_name"),
        APIField("intro"),
        APIField("picture"),
        APIField("body"),
        *CLASSIFIED_API_FIELDS,
    ]
    parent_page_types = ["stories.ArticleIndexPage"]
    subpage_types = []

    class Meta:
        verbose_name = "artikel"
        verbose_name_plural = "artikelen"

    @property
    def reading_minutes(self) -> int:
        """How long reading takes, in whole minutes, at least one."""
        texts = self.body.stream_block.get_searchable_content(self.body) if self.body else []
        words = sum(len(text.split()) for text in texts)
        return max(1, round(words / WORDS_PER_MINUTE))

    def missing_for_publication(self) -> list[str]:
        missing = super().missing_for_publication()
        return missing if self.body else [*missing, "Schrijf de tekst."]

    def search_texts(self) -> SearchDocument:
        """Return the texts of this page in which search finds words."""
        return SearchDocument(
            title=self.title,
            keywords=[tagged.tag.name for tagged in self.tagged_keywords.all()],
            authors=[self.author_name],
            summary=self.intro,
            text=plain_text(self.body),
        )

    def search_document(self) -> SearchDocument:
        found = self.search_texts()
        found.day = day_of(self.first_published_at)
        found.facets = [*self.search_facets(), ("vorm", self.kind, self.get_kind_display())]
        return found

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["publication_links"] = links_to_show(self)
        context["more"] = list(type(self).objects.shown().exclude(pk=self.pk)[:3])
        return context


class StoryKeyword(TaggedItemBase):
    content_object = ParentalKey(
        StoryPage, on_delete=models.CASCADE, related_name="tagged_keywords"
    )


class ArticleKeyword(TaggedItemBase):
    content_object = ParentalKey(
        ArticlePage, on_delete=models.CASCADE, related_name="tagged_keywords"
    )


class KnowledgeLinkQuerySet(models.QuerySet):
    def shown(self):
        """Links of which both ends are public, with what showing either end needs."""
        pages = self.model.page.field.related_model.objects.live().public()
        publications = PublicationPage.objects.live().public()
        return (
            self.filter(page__in=pages, publication__in=publications)
            .select_related(
                "page__picture",
                "publication__kind",
                "publication__cover",
                "publication__document__drawn_cover",
            )
            .prefetch_related(
                "publication__pillars",
                "page__picture__renditions",
                "publication__cover__renditions",
                "publication__document__drawn_cover__renditions",
            )
        )


class KnowledgeLink(Orderable):
    """
    The road between a publication and a story or article, with one sentence why.

    It belongs to the story or article. Were it a child of the publication too, publishing an old
    draft of one would delete the other's link.
    """

    class Relation(models.TextChoices):
        SHOWS = "laat-zien", "laat zien"
        SUPPORTS = "onderbouwt", "onderbouwt"
        QUALIFIES = "nuanceert", "nuanceert"
        CONTRADICTS = "spreekt-tegen", "spreekt tegen"

    relation = models.CharField("verband", max_length=15, choices=Relation, blank=True)
    why = models.CharField("waarom horen ze bij elkaar?", max_length=300, help_text="Eén zin.")

    panels = [FieldPanel("publication"), FieldPanel("relation"), FieldPanel("why")]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self):
        return f"{self.page} – {self.publication}"

    def clean(self):
        if self.why and not self.why.strip():
            raise ValidationError({"why": "Zeg in één zin waarom ze bij elkaar horen."})


class WritingTipIndexPage(Page):
    """The writing tips."""

    intro = models.TextField("inleiding", blank=True)

    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("intro")]
    api_fields = [APIField("intro")]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["stories.WritingTipPage"]

    class Meta:
        verbose_name = "overzicht van schrijftips"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["tips"] = list(WritingTipPage.objects.live().public().in_order())
        return context


class WritingTipQuerySet(PageQuerySet):
    def in_order(self):
        """In the order of the page tree, which editors change by dragging."""
        return self.order_by("path")


class WritingTipPage(Page):
    """One tip for people who write for the Kennisplein."""

    class Group(models.TextChoices):
        BEGIN = "begin", "Voor je begint"
        WRITE = "schrijf", "Terwijl je schrijft"
        PEOPLE = "beeld-en-mensen", "Beeld en mensen"
        FINISH = "afronden", "Als het af is"

    group = models.CharField("wanneer", max_length=20, choices=Group, default=Group.WRITE)
    intro = models.TextField("de tip in één zin")
    body = RichTextField("uitleg", blank=True, features=TEXT_FEATURES)

    objects = PageManager.from_queryset(WritingTipQuerySet)()

    content_panels = [
        *Page.content_panels,
        FieldPanel("group"),
        FieldPanel("intro"),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    api_fields = [APIField("group"), APIField("intro"), APIField("body")]
    parent_page_types = ["stories.WritingTipIndexPage"]
    subpage_types = []

    class Meta:
        verbose_name = "schrijftip"
        verbose_name_plural = "schrijftips"


class StoryLink(KnowledgeLink):
    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="publication_links")
    publication = models.ForeignKey(
        PublicationPage,
        models.CASCADE,
        verbose_name="publicatie",
        related_name="links_from_stories",
    )

    objects = KnowledgeLinkQuerySet.as_manager()

    class Meta(KnowledgeLink.Meta):
        verbose_name = "publicatie bij een verhaal"


class ArticleLink(KnowledgeLink):
    page = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="publication_links")
    publication = models.ForeignKey(
        PublicationPage,
        models.CASCADE,
        verbose_name="publicatie",
        related_name="links_from_articles",
    )

    objects = KnowledgeLinkQuerySet.as_manager()

    class Meta(KnowledgeLink.Meta):
        verbose_name = "publicatie bij een artikel"
