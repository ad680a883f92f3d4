"""The library itself and the pages that explain the pillars."""

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page, PageManager
from wagtail.search import index

from publications.forms import dropdown
from publications.previews import PreviewedElsewhere
from publications.querysets import PublicPageQuerySet
from publications.search import LibrarySearchForm, search
from publications.searched import record
from publications.sitemap import with_latest_change

from .publication import PublicationPage
from .terms import Term, Vocabulary

NEWEST = 6
MOST_LINKED = 3
TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link"]


class LibraryPage(PreviewedElsewhere, Page):
    """The library: every publication, with search and filters."""

    intro = models.TextField("inleiding", blank=True)

    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("intro")]
    api_fields = [APIField("intro")]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["publications.PublicationPage"]

    class Meta:
        verbose_name = "bibliotheek"

    def get_sitemap_urls(self, request=None):
        return with_latest_change(super().get_sitemap_urls(request), PublicationPage.objects)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        form = LibrarySearchForm(request.GET)
        context["form"] = form
        context["results"] = search(form.to_query())
        record(context["results"])
        return context


class PillarIndexPage(PreviewedElsewhere, Page):
    """The four pillars of social quality, side by side."""

    intro = models.TextField("inleiding", blank=True)
    body = RichTextField("tekst", blank=True, features=TEXT_FEATURES)

    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    api_fields = [APIField("intro"), APIField("body")]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["publications.PillarPage"]

    class Meta:
        verbose_name = "overzicht van de pijlers"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["pillars"] = list(PillarPage.objects.live().public().in_order())
        return context


class PillarPageQuerySet(PublicPageQuerySet):
    def in_order(self):
        return self.select_related("pillar").order_by("pillar__order")


class PillarPage(PreviewedElsewhere, Page):
    """
    The landing page of one pillar. The pillar is the knob; each needs several, different hands, so
    the page names the actors and the facilities and says what each does for it.
    """

    pillar = models.OneToOneField(
        Term,
        models.PROTECT,
        verbose_name="pijler",
        related_name="pillar_page",
        limit_choices_to={"vocabulary": Vocabulary.PILLAR},
    )
    question = models.CharField("vraag", max_length=200, blank=True)
    intro = models.TextField("inleiding", blank=True)
    body = RichTextField("waar gaat deze pijler over?", blank=True, features=TEXT_FEATURES)
    featured = models.ForeignKey(
        PublicationPage,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="begin hier",
        related_name="+",
        help_text="De publicatie die je iemand als eerste geeft.",
    )
    still_missing = models.TextField("wat ontbreekt er nog?", blank=True)

    objects = PageManager.from_queryset(PillarPageQuerySet)()

    content_panels = [
        *Page.content_panels,
        FieldPanel("pillar", widget=dropdown()),
        FieldPanel("question"),
        FieldPanel("intro"),
        FieldPanel("body"),
        InlinePanel("actors", label="Wie heb je nodig?"),
        InlinePanel("facilities", label="Welke plekken helpen?"),
        FieldPanel("featured"),
        FieldPanel("still_missing"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    api_fields = [
        APIField("pillar_slug"),
        APIField("question"),
        APIField("intro"),
        APIField("body"),
        APIField("begin_here"),
        APIField("still_missing"),
    ]
    parent_page_types = ["publications.PillarIndexPage"]
    subpage_types = []

    class Meta:
        verbose_name = "pijlerpagina"
        verbose_name_plural = "pijlerpagina's"

    def clean(self):
        super().clean()
        if self.featured_id and self.pillar_id:
            pillars = self.featured.pillars.all()
            if self.pillar_id not in [pillar.pk for pillar in pillars]:
                message = "Deze publicatie hoort niet bij deze pijler. Kies een andere."
                raise ValidationError({"featured": message})

    @property
    def pillar_slug(self) -> str:
        return self.pillar.slug

    @property
    def begin_here(self) -> dict[str, str] | None:
        """Where to begin, for the API; nothing while that is not public or about another pillar."""
        public = PublicationPage.objects.live().public().filter(pillars=self.pillar)
        found = public.filter(pk=self.featured_id).first() if self.featured_id else None
        return found and {"title": found.title, "html_url": found.full_url}

    def get_sitemap_urls(self, request=None):
        return with_latest_change(
            super().get_sitemap_urls(request),
            self.pillar.publicationpages_in_pillar,
            self.pillar.storypages_in_pillar,
            self.pillar.articlepages_in_pillar,
            self.pillar.dossierpages_in_pillar,
            self.pillar.questionpages_in_pillar,
        )

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        publications = PublicationPage.objects.live().public().filter(pillars=self.pillar)
        featured = publications.filter(pk=self.featured_id).for_cards() if self.featured_id else ()
        context["publication_count"] = publications.count()
        context["featured"] = next(iter(featured), None)
        newest = publications.exclude(pk=self.featured_id).for_cards().newest_first()
        context["publications"] = list(newest[:NEWEST])
        context["most_linked"] = publications.most_linked()[:MOST_LINKED]
        context["gaps"] = self._facilities_without_knowledge()
        context["pillars"] = list(PillarPage.objects.live().public().in_order())
        context["actors"] = list(self.actors.select_related("term"))
        context["facilities"] = list(self.facilities.select_related("term"))
        context["stories"] = list(self.pillar.storypages_in_pillar.shown()[:3])
        context["articles"] = list(self.pillar.articlepages_in_pillar.shown()[:3])
        context["dossiers"] = list(self.pillar.dossierpages_in_pillar.shown()[:3])
        context["questions"] = list(self.pillar.questionpages_in_pillar.still_open()[:6])
        return context

    def _facilities_without_knowledge(self) -> list[Term]:
        """Return the facilities that no public publication ties to this pillar."""
        publications = PublicationPage.objects.live().public().filter(pillars=self.pillar)
        facilities = Term.objects.current().filter(vocabulary=Vocabulary.FACILITY)
        return list(facilities.exclude(pk__in=publications.values("facilities")))


class PillarHand(Orderable):
    """Who or what turns this knob, and what it does for this pillar."""

    sentence = models.CharField("wat doet die voor deze pijler?", max_length=300)

    panels = [FieldPanel("term", widget=dropdown()), FieldPanel("sentence")]

    class Meta(Orderable.Meta):
        abstract = True


class PillarActor(PillarHand):
    page = ParentalKey(PillarPage, on_delete=models.CASCADE, related_name="actors")
    term = models.ForeignKey(
        Term,
        models.PROTECT,
        verbose_name="speler",
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.ACTOR, "merged_into": None},
    )

    class Meta(PillarHand.Meta):
        verbose_name = "speler"


class PillarFacility(PillarHand):
    page = ParentalKey(PillarPage, on_delete=models.CASCADE, related_name="facilities")
    term = models.ForeignKey(
        Term,
        models.PROTECT,
        verbose_name="collectieve voorziening",
        related_name="+",
        limit_choices_to={"vocabulary": Vocabulary.FACILITY, "merged_into": None},
    )

    class Meta(PillarHand.Meta):
        verbose_name = "collectieve voorziening"
