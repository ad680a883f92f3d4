"""Stories from practice and articles, with their lists."""

from django.db import models
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.search import index

from publications.api import KEYWORDS, writable
from publications.forms import SentFieldsForm, checkboxes
from publications.models import Classified, PublicationPage
from publications.paging import PAGE_SIZE
from publications.panels import LinksPanel
from publications.previews import PreviewedElsewhere
from publications.querysets import PublicPageQuerySet
from publications.search import LibrarySearchForm, search
from publications.search_table import SearchDocument, day_number
from publications.sitemap import with_latest_change
from stories.blocks import BodyBlock, article_beginning, chosen_in
from stories.panels import TipPanel

WORDS_PER_MINUTE = 220
AUTHOR_NAME_HELP = "Alleen als er hierboven geen auteur staat."
SIGNATURES_HELP = "Staat iemand er niet bij? De redactie voegt auteurs toe, bij Auteurs."

# What editors have and writers do not: these fields are theirs, so writers do not meet them.
KEEPS_AUTHORS = "stories.change_author"
PROMOTED = ("slug", "seo_title", "search_description", "show_in_menus")

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
CLASSIFIED_API_FIELDS = [
    APIField("authors"),
    APIField("publications"),
    *writable("pillars"),
    APIField("pillar_slugs"),
    KEYWORDS,
    APIField("is_example"),
]


class ReadingQuerySet(PublicPageQuerySet):
    def shown(self):
        """Pages that everyone may see, newest first, with what their cards need."""
        return (
            self.live()
            .public()
            .select_related("picture")
            .prefetch_related("pillars", "picture__renditions", "signatures__author")
            .order_by("-first_published_at", "-pk")
            .defer_streamfields()
        )

    def for_api(self):
        """Everything the API tells of a story or an article."""
        links = self.model.publication_links.rel.related_model.objects.public()
        return self.select_related("picture", "locale").prefetch_related(
            "pillars",
            "keywords",
            "signatures__author",
            models.Prefetch("publication_links", queryset=links, to_attr="fetched_links"),
        )

    def for_hits(self):
        """What a card shows, and the texts in which words were found."""
        return self.select_related("picture").prefetch_related(
            "pillars", "picture__renditions", "tagged_keywords__tag", "signatures__author"
        )

    def for_search(self):
        """Everything the search table holds, in a fixed number of queries."""
        lists = ("pillars", "facilities", "actors", "themes", "signatures__author")
        return self.prefetch_related(*lists, "tagged_keywords__tag")


def day_of(moment) -> int:
    return day_number(moment.year, moment.month, moment.day) if moment else 0


def plain_text(body) -> str:
    """Return the words of a text with blocks."""
    return " ".join(body.stream_block.get_searchable_content(body)) if body else ""


def links_to_show(page) -> list:
    """Return the links of a page to what is public, with what their cards need. A preview too."""
    links = list(page.publication_links.all()) if page.pk else []
    if not links:
        return []
    publications = PublicationPage.objects.live().public().for_cards()
    publications = publications.in_bulk([link.publication_id for link in links])
    shown = [link for link in links if link.publication_id in publications]
    for link in shown:
        link.publication = publications[link.publication_id]
    return shown


class Reading(Classified):
    """What stories and articles do alike: they are read, signed and tied to publications."""

    class Meta:
        abstract = True

    @property
    def reading_minutes(self) -> int:
        """How long reading takes, in whole minutes, at least one."""
        texts = self.body.stream_block.get_searchable_content(self.body) if self.body else []
        words = sum(len(text.split()) for text in texts)
        return max(1, round(words / WORDS_PER_MINUTE))

    @property
    def author_names(self) -> list[str]:
        return [signature.author.name for signature in self.signatures.all()]

    @property
    def authors(self) -> list[dict[str, str]]:
        """Who wrote this, for the API. A portrait is for the site itself: that was agreed to."""
        authors = [signature.author for signature in self.signatures.all()]
        return [{"name": author.name, "role": author.role} for author in authors]

    @property
    def publications(self) -> list[dict]:
        """What this is tied to and why, for the API."""
        if not hasattr(self, "fetched_links"):
            self.fetched_links = list(self.publication_links.public())
        return [link.told_from(self) for link in self.fetched_links]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["publication_links"] = links_to_show(self)
        context["authors"] = authors_of(self)
        context["cards"] = cards_of(self.body)
        context["more"] = list(type(self).objects.shown().exclude(pk=self.pk)[:3])
        return context


def authors_of(page) -> list:
    """Return who wrote a page, with their portraits; also in the preview of what is not saved."""
    signatures = list(page.signatures.all())
    authors = page.signatures.model.author.field.related_model.objects
    authors = authors.select_related("portrait").prefetch_related("portrait__renditions")
    found = authors.in_bulk([signature.author_id for signature in signatures])
    return [found[signature.author_id] for signature in signatures]


def cards_of(body) -> dict[str, dict]:
    """Return what the cards in a body show, by kind and id: only what is public."""
    querysets = {
        ("publication", "publication"): lambda: PublicationPage.objects.live().public().for_cards(),
        ("story", "page"): StoryPage.objects.shown,
        ("article", "article"): ArticlePage.objects.shown,
    }
    cards = {}
    for (block_type, field), shown in querysets.items():
        chosen = chosen_in(body, block_type, field)
        cards[field] = shown().in_bulk(chosen) if chosen else {}
    return cards


class ReadingIndexPage(PreviewedElsewhere, Page):
    """What all lists of pages to read do alike. Each says what it lists and names it."""

    LISTED = ONE = MANY = CARD = ""

    intro = models.TextField("inleiding", blank=True)

    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("intro")]
    api_fields = writable("intro")
    parent_page_types = ["home.HomePage"]

    class Meta:
        abstract = True

    def listed(self):
        raise NotImplementedError

    def get_sitemap_urls(self, request=None):
        return with_latest_change(super().get_sitemap_urls(request), self.listed())

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        form = LibrarySearchForm(request.GET)
        context["form"] = form
        context["search_label"] = f"Zoek in de {self.MANY}"
        context["results"] = search(form.to_query(), self.listed(), length=PAGE_SIZE)
        context[self.LISTED] = context["results"].hits
        return context


class StoryIndexPage(ReadingIndexPage):
    """All stories from practice."""

    LISTED, ONE, MANY = "stories", "verhaal", "verhalen"
    CARD = "includes/story_card.html"

    template = "stories/reading_index_page.html"

    subpage_types = ["stories.StoryPage"]

    class Meta:
        verbose_name = "overzicht van verhalen"

    def listed(self):
        return StoryPage.objects.all()


class StoryPage(PreviewedElsewhere, Reading, Page):
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
        InlinePanel("signatures", label="Auteur", help_text=SIGNATURES_HELP),
        FieldPanel("intro"),
        FieldPanel("canonical_url"),
        FieldRowPanel([FieldPanel("neighbourhood"), FieldPanel("municipality")]),
        FieldPanel("picture"),
        FieldPanel("body"),
        LinksPanel(["publication_links"], heading="Publicaties bij dit verhaal"),
        CLASSIFIED_PANEL,
        FieldPanel("is_example"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    api_fields = [
        *writable("intro", "canonical_url", "picture", "body"),
        APIField("place"),
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
            authors=[*self.author_names, self.neighbourhood, self.municipality],
            summary=self.intro,
            text=plain_text(self.body),
        )

    def search_document(self) -> SearchDocument:
        found = self.search_texts()
        found.day = day_of(self.first_published_at)
        found.facets = self.search_facets()
        return found


class ArticleIndexPage(ReadingIndexPage):
    """All articles, reflections and opinions."""

    LISTED, ONE, MANY = "articles", "artikel", "artikelen"
    CARD = "includes/article_card.html"

    template = "stories/reading_index_page.html"

    subpage_types = ["stories.ArticlePage"]

    class Meta:
        verbose_name = "overzicht van artikelen"

    def listed(self):
        return ArticlePage.objects.all()


class ArticlePage(PreviewedElsewhere, Reading, Page):
    """A text of our own or of a contributor: an article, a reflection or an opinion."""

    class Kind(models.TextChoices):
        ARTICLE = "artikel", "Artikel"
        REFLECTION = "reflectie", "Reflectie"
        OPINION = "opinie", "Opinie"

    kind = models.CharField("soort", max_length=10, choices=Kind, default=Kind.ARTICLE)
    author_name = models.CharField("auteur", max_length=200, blank=True, help_text=AUTHOR_NAME_HELP)
    intro = models.TextField("inleiding", blank=True, help_text="Twee of drie zinnen.")
    picture = models.ForeignKey(
        "publications.CreditedImage",
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="afbeelding",
        related_name="+",
    )
    body = StreamField(
        BodyBlock(required=False), verbose_name="tekst", blank=True, default=article_beginning
    )
    keywords = ClusterTaggableManager("trefwoorden", through="stories.ArticleKeyword", blank=True)

    objects = PageManager.from_queryset(ReadingQuerySet)()

    api_base_form_class = SentFieldsForm
    content_panels = [
        *Page.content_panels,
        TipPanel("titel-inleiding-koppen", heading="Tip bij de titel en de inleiding"),
        FieldPanel("kind"),
        InlinePanel("signatures", label="Auteur", help_text=SIGNATURES_HELP),
        FieldPanel("author_name"),
        FieldPanel("intro"),
        FieldPanel("picture"),
        TipPanel("beeld-dat-iets-vertelt", heading="Tip bij de afbeelding"),
        TipPanel("zes-stappen", heading="Tip bij de tekst"),
        FieldPanel("body"),
        LinksPanel(["publication_links"], heading="Publicaties bij dit artikel"),
        CLASSIFIED_PANEL,
        TipPanel("hardop-lezen-en-insturen", heading="Tip voor je instuurt"),
        FieldPanel("is_example", permission=KEEPS_AUTHORS),
    ]
    promote_panels = [FieldPanel(name, permission=KEEPS_AUTHORS) for name in PROMOTED]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    api_fields = [
        *writable("kind", "author_name", "intro", "picture", "body"),
        *CLASSIFIED_API_FIELDS,
    ]
    parent_page_types = ["stories.ArticleIndexPage"]
    subpage_types = []

    class Meta:
        verbose_name = "artikel"
        verbose_name_plural = "artikelen"

    def missing_for_publication(self) -> list[str]:
        missing = super().missing_for_publication()
        return missing if self.body else [*missing, "Schrijf de tekst."]

    def search_texts(self) -> SearchDocument:
        """Return the texts of this page in which search finds words."""
        return SearchDocument(
            title=self.title,
            keywords=[tagged.tag.name for tagged in self.tagged_keywords.all()],
            authors=[*self.author_names, self.author_name],
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
        context["questions"] = list(self.questions_answered.shown()) if self.pk else []
        return context


class StoryKeyword(TaggedItemBase):
    content_object = ParentalKey(
        StoryPage, on_delete=models.CASCADE, related_name="tagged_keywords"
    )


class ArticleKeyword(TaggedItemBase):
    content_object = ParentalKey(
        ArticlePage, on_delete=models.CASCADE, related_name="tagged_keywords"
    )
