"""The publication: one item in the library."""

import calendar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
)
from wagtail.api import APIField
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.contrib.routable_page.models import path as subpage
from wagtail.models import Page, PageManager
from wagtail.search import index

from publications.api import KEYWORDS, writable
from publications.citations.showing import citing_context, download, link_header
from publications.forms import PublicationPageForm, checkboxes, dropdown
from publications.identifiers import doi_from, isbn_from
from publications.oai.records import bring_up_to_date
from publications.panels import DuplicatesPanel, LinksPanel, QualityPanel
from publications.previews import PreviewedElsewhere
from publications.querysets import PublicationQuerySet
from publications.search_table import SearchDocument, day_number

from .choices import Access, Language, Licence
from .files import RightToShare
from .terms import Classified, Term, Vocabulary

UNKNOWN_YEAR = "onbekend"
MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december"
).split()


# PostgreSQL indexes a megabyte of a text at most. This many letters never need more.
MAX_INDEXED_CHARACTERS = 150_000


class Boost:
    """
    How much finding a word there counts. PostgreSQL knows four weights and Wagtail spreads every
    boost of the site over them, its own 10 and 2 included: a fifth value would blur these.
    """

    TITLE = 100
    NAME = 10
    SUMMARY = 2


# What the page of a publication uses more than once, each in one query.
SHOWN_ON_PAGE = ("authors", "pillars", "builds_on", "tagged_keywords__tag")


class PublicationPage(PreviewedElsewhere, RoutablePageMixin, Classified, Page):
    """
    One item in the library: research, a vision paper or a policy document.

    Anyone may propose one through the contribution form; an editor publishes it. A draft may lack
    anything but a title.
    """

    subtitle = models.CharField("ondertitel", max_length=255, blank=True)
    kind = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="soort",
        related_name="publications_of_kind",
        limit_choices_to={"vocabulary": Vocabulary.KIND, "merged_into": None},
    )
    summary = models.TextField(
        "samenvatting",
        blank=True,
        help_text=(
            "In je eigen gewone woorden: waar gaat het over en wat komt eruit? 80 tot 150 woorden."
        ),
    )
    organisation = models.CharField(
        "organisatie of uitgever", max_length=255, blank=True, help_text="Wie bracht het uit?"
    )
    journal = models.CharField("tijdschrift", max_length=255, blank=True)
    volume = models.CharField("jaargang en nummer", max_length=50, blank=True)
    page_range = models.CharField("bladzijden in het tijdschrift", max_length=50, blank=True)
    year = models.PositiveSmallIntegerField(
        "jaar",
        null=True,
        blank=True,
        validators=[MinValueValidator(1500), MaxValueValidator(2200)],
        help_text="Leeg laten als het jaar onbekend is.",
    )
    month = models.PositiveSmallIntegerField(
        "maand", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    day = models.PositiveSmallIntegerField(
        "dag", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    language = models.CharField("taal", max_length=5, choices=Language, default=Language.NL)
    page_count = models.PositiveIntegerField("aantal bladzijden", null=True, blank=True)
    doi = models.CharField("DOI", max_length=255, blank=True, help_text="Zoals 10.1234/abc.")
    isbn = models.CharField("ISBN", max_length=30, blank=True)
    source_url = models.URLField(
        "link naar de bron",
        max_length=1000,
        blank=True,
        help_text="Liefst de pagina van de organisatie die het uitgaf.",
    )
    document = models.ForeignKey(
        "publications.LibraryDocument",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="publications",
        help_text="Alleen als we het bestand mogen delen. Anders is een link genoeg.",
    )
    licence = models.CharField(
        "licentie", max_length=30, choices=Licence, blank=True, default=Licence.UNKNOWN
    )
    access = models.CharField(
        "vrij te lezen", max_length=15, choices=Access, blank=True, default=Access.UNKNOWN
    )
    cover = models.ForeignKey(
        "publications.CreditedImage",
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="omslag",
        related_name="+",
        help_text="Zonder omslag tekenen we er een.",
    )
    readers = ParentalManyToManyField(
        Term,
        verbose_name="voor wie",
        related_name="publications_for_reader",
        limit_choices_to={"vocabulary": Vocabulary.READER, "merged_into": None},
        blank=True,
    )
    area = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="gebied",
        related_name="publications_about_area",
        limit_choices_to={"vocabulary": Vocabulary.AREA, "merged_into": None},
    )
    place = models.CharField("plaats", max_length=150, blank=True)
    editor_note = models.TextField(
        "notitie voor de redactie", blank=True, help_text="Alleen de redactie ziet dit."
    )
    keywords = ClusterTaggableManager(
        "trefwoorden", through="publications.PublicationKeyword", blank=True
    )

    objects = PageManager.from_queryset(PublicationQuerySet)()

    base_form_class = PublicationPageForm
    # In the order in which somebody works who has the publication in front of them.
    content_panels = [
        DuplicatesPanel(),
        *Page.content_panels,
        FieldPanel("subtitle"),
        FieldPanel("kind", widget=dropdown()),
        MultiFieldPanel(
            [
                FieldPanel("source_url"),
                FieldPanel("doi"),
                FieldPanel("isbn", help_text="Staat achterop of voorin een boek."),
                FieldPanel("document"),
            ],
            "Waar is het te vinden?",
            help_text="Eén van de vier is genoeg.",
        ),
        MultiFieldPanel(
            [
                InlinePanel(
                    "authors",
                    label="Auteur of redacteur",
                    help_text="In de volgorde van het stuk zelf. Geen auteur? Laat dit leeg.",
                ),
                FieldPanel("organisation"),
                FieldRowPanel([FieldPanel("year"), FieldPanel("month"), FieldPanel("day")]),
                FieldRowPanel(
                    [FieldPanel("journal"), FieldPanel("volume"), FieldPanel("page_range")],
                    help_text="Alleen voor een artikel uit een tijdschrift.",
                ),
                FieldRowPanel([FieldPanel("language"), FieldPanel("page_count")]),
                FieldRowPanel(
                    [FieldPanel("licence"), FieldPanel("access")],
                    help_text="De licentie staat vaak voorin of achterin, bij het colofon.",
                ),
            ],
            "Wie, wanneer en waar?",
        ),
        FieldPanel("summary"),
        InlinePanel(
            "takeaways",
            label="Wat betekent dit voor mijn buurt?",
            max_num=3,
            help_text="Begin met een werkwoord: wat kan iemand er morgen mee doen?",
        ),
        MultiFieldPanel(
            [
                FieldPanel(
                    "pillars",
                    widget=checkboxes(),
                    help_text="Aan welke knop draait dit? Kies er minstens één.",
                ),
                FieldPanel(
                    "facilities", widget=checkboxes(), help_text="Over welke plekken gaat het?"
                ),
                FieldPanel(
                    "actors", widget=checkboxes(), help_text="Wie moeten ermee aan de slag?"
                ),
                FieldPanel("themes", widget=checkboxes()),
                FieldPanel("keywords"),
                HelpPanel(template="publications/admin/new_term.html"),
            ],
            "Waar hoort het bij?",
        ),
        MultiFieldPanel(
            [
                FieldPanel("readers", widget=checkboxes()),
                FieldRowPanel([FieldPanel("area", widget=dropdown()), FieldPanel("place")]),
                FieldPanel("cover"),
                InlinePanel("builds_on", label="Bouwt voort op"),
            ],
            "Verder",
        ),
        LinksPanel(["links_from_stories", "links_from_articles"], heading="Verhalen en artikelen"),
        FieldPanel("editor_note"),
        FieldPanel("is_example"),
        QualityPanel(heading="Wat mist er nog?"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("title", boost=Boost.TITLE),
        index.SearchField("subtitle", boost=Boost.NAME),
        index.SearchField("summary", boost=Boost.SUMMARY),
        index.SearchField("takeaway_texts", boost=Boost.SUMMARY),
        index.SearchField("organisation", boost=Boost.NAME),
        index.SearchField("doi", boost=Boost.NAME),
        index.SearchField("isbn", boost=Boost.NAME),
        index.SearchField("document_text"),
        index.RelatedFields("authors", [index.SearchField("name", boost=Boost.NAME)]),
        index.RelatedFields("keywords", [index.SearchField("name", boost=Boost.NAME)]),
        index.FilterField("year"),
        index.FilterField("kind"),
    ]
    api_fields = [
        *writable("subtitle", "kind", "summary", "authors", "organisation", "journal", "volume"),
        *writable("page_range", "year", "month", "day", "language", "page_count", "doi", "isbn"),
        *writable("source_url", "licence", "access", "pillars", "facilities", "takeaways"),
        APIField("kind_slug"),
        APIField("author_names"),
        APIField("pillar_slugs"),
        APIField("facility_slugs"),
        KEYWORDS,
        APIField("takeaway_texts"),
        APIField("document_address"),
        APIField("stories"),
        APIField("articles"),
        APIField("is_example"),
    ]

    parent_page_types = ["publications.LibraryPage"]
    subpage_types = []

    class Meta:
        verbose_name = "publicatie"
        verbose_name_plural = "publicaties"

    @transaction.atomic
    def save(self, *args, update_fields=None, **kwargs):
        super().save(*args, update_fields=update_fields, **kwargs)
        if update_fields is None or "live" in update_fields:
            bring_up_to_date(PublicationPage.objects.filter(pk=self.pk))

    def clean(self):
        super().clean()
        self.clean_facts()

    def clean_facts(self):
        """Check what the fields say together. Asks nothing of the database."""
        self.doi = doi_from(self.doi) or self.doi
        self.isbn = isbn_from(self.isbn) or self.isbn
        if self.doi and not doi_from(self.doi):
            raise ValidationError({"doi": "Een DOI begint met 10., zoals 10.1234/abc."})
        if self.isbn and not isbn_from(self.isbn):
            raise ValidationError({"isbn": "Dit ISBN klopt niet. Kijk de cijfers na."})
        if (self.month and not self.year) or (self.day and not self.month):
            raise ValidationError(
                {"year": "Vul ook het jaar en de maand in, of laat ze alle leeg."}
            )
        is_month = self.month in range(1, 13)  # if not, its own validator says so
        if self.day and is_month and self.day > calendar.monthrange(self.year, self.month)[1]:
            raise ValidationError({"day": "Deze dag bestaat niet in die maand."})

    @staticmethod
    def missing(*, title, kind, summary, pillars, sources) -> list[str]:
        """
        Return what keeps a publication with these values from being published, in an editor's
        words. `sources` holds the link, DOI, ISBN, document and organisation: one is enough.
        """
        rules = [
            (title and title.strip(), "Vul de titel in."),
            (kind, "Kies de soort."),
            (summary and summary.strip(), "Schrijf de samenvatting."),
            (pillars, "Kies minstens één pijler."),
            (any(sources), "Geef een link, DOI, ISBN, document of organisatie."),
        ]
        return [message for is_there, message in rules if not is_there]

    def missing_for_publication(self) -> list[str]:
        return self.missing(
            title=self.title,
            kind=self.kind,
            summary=self.summary,
            pillars=self.pillars.all(),
            sources=[getattr(self, name) for name in PublicationPageForm.SOURCES],
        )

    @property
    def author_names(self) -> list[str]:
        return [author.name for author in self.authors.all()]

    @property
    def stories(self) -> list[dict]:
        """The public stories that are tied to this publication and why, for the API."""
        return self._told_of("links_from_stories")

    @property
    def articles(self) -> list[dict]:
        return self._told_of("links_from_articles")

    def _told_of(self, relation: str) -> list[dict]:
        links = getattr(self, f"fetched_{relation}", None)
        links = getattr(self, relation).public() if links is None else links
        return [link.told_from(self) for link in links]

    @property
    def takeaway_texts(self) -> list[str]:
        return [takeaway.text for takeaway in self.takeaways.all()]

    @property
    def kind_slug(self) -> str | None:
        return self.kind and self.kind.slug

    @property
    def facility_slugs(self) -> list[str]:
        return [facility.slug for facility in self.facilities.all()]

    @property
    def document_text(self) -> str:
        """The words of the document, each once, for search; nothing while it is not public."""
        if not self.document or not self.live or not self.document.is_released():
            return ""
        words = dict.fromkeys(word for text in self.document.page_texts for word in text.split())
        return " ".join(words)[:MAX_INDEXED_CHARACTERS]

    def search_texts(self) -> SearchDocument:
        """Return the texts of this page in which search finds words."""
        return SearchDocument(
            title=self.title,
            subtitle=self.subtitle,
            keywords=[tagged.tag.name for tagged in self.tagged_keywords.all()],
            authors=[*self.author_names, self.organisation],
            summary=self.summary,
            takeaways=self.takeaway_texts,
            text=" ".join(part for part in (self.journal, self.place) if part),
            identifiers=[self.doi, self.isbn],
        )

    def search_document(self) -> SearchDocument:
        """
        Return all that search knows of this page. Ask it of pages that everyone may see only: such
        a page releases its document, unless there is no right to share that.
        """
        found = self.search_texts()
        if self.document and self.document.right_to_share != RightToShare.NONE:
            found.pages = self.document.page_texts
        found.day = day_number(self.year, self.month, self.day)
        year = str(self.year or UNKNOWN_YEAR)
        terms = [term for term in (self.kind, self.area, *self.readers.all()) if term]
        found.facets = [
            *self.search_facets(),
            *((term.vocabulary, term.slug, "") for term in terms),
            ("jaar", year, year),
            ("taal", self.language, self.get_language_display()),
            *([("vrij", "ja", "Vrij te lezen")] if self.access == Access.OPEN else []),
        ]
        return found

    @property
    def document_address(self) -> str | None:
        """The address where everyone can download the document, if they may."""
        return self.document.url if self.document and self.document.is_released() else None

    @property
    def cover_image(self):
        """The cover an editor chose, or the one drawn from the document's first page."""
        return self.cover or (self.document and getattr(self.document, "drawn_cover", None))

    @property
    def published_on(self) -> str:
        """The date of the publication itself, as exact as it is known: “maart 2026”, “z.d.”."""
        parts = [self.day, self.month and MONTHS[self.month - 1], self.year]
        return " ".join(str(part) for part in parts if part) or "z.d."

    @property
    def licence_address(self) -> str:
        return Licence(self.licence).address

    @subpage("")
    def index_route(self, request, *args, **kwargs):
        response = super().index_route(request, *args, **kwargs)
        if not request.is_preview:
            response["Link"] = link_header(self, response.context_data["document_url"])
        return response

    @subpage("citeer/<slug:name>/")
    def cite(self, request, name):
        return download(self, name)

    def get_context(self, request, *args, **kwargs):
        if not request.is_preview:  # which shows what is not in the database yet
            models.prefetch_related_objects([self], *SHOWN_ON_PAGE)
        context = super().get_context(request, *args, **kwargs)
        context |= citing_context(self)
        if self.pk:  # not in the preview of a new page
            context["story_links"] = list(self.links_from_stories.shown())
            context["article_links"] = list(self.links_from_articles.shown())
            context["questions"] = list(self.questions_answered.shown())
            context["uses"] = self.contributions_about.uses_to_show()
            record = getattr(self, "audit_record", None)
            context["last_checked"] = record and record.last_checked
        context["related"] = list(
            PublicationPage.objects.live()
            .public()
            .filter(pillars__in=self.pillars.all()[:1])
            .exclude(pk=self.pk)
            .for_cards()
            .newest_first()[:3]
        )
        earlier = PublicationPage.objects.live().public()
        earlier = earlier.in_bulk([relation.earlier_id for relation in self.builds_on.all()])
        context["earlier"] = [
            earlier[relation.earlier_id]
            for relation in self.builds_on.all()
            if relation.earlier_id in earlier
        ]
        return context
