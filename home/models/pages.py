"""The home page and standard pages."""

from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from publications.api import writable
from publications.models import PillarPage, PublicationPage
from publications.previews import PreviewedElsewhere
from publications.sitemap import with_latest_change
from stories.models import DossierPage, StoryPage

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link"]


class HomePage(PreviewedElsewhere, Page):
    """The front door: what this is, search, the four knobs, what is new, a story, how to help."""

    headline = models.CharField("kop", max_length=100, default="Draai aan de knoppen van je buurt")
    intro = models.TextField("inleiding", blank=True)
    basis_title = models.CharField("kop over de sociale basis", max_length=100, blank=True)
    basis_intro = models.TextField("inleiding over de sociale basis", blank=True)
    basis_text = models.TextField("tekst over de sociale basis", blank=True)
    invitation = models.CharField("uitnodiging", max_length=150, blank=True)
    featured_story = models.ForeignKey(
        StoryPage,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="verhaal",
        related_name="+",
        help_text="Zonder keuze staat het nieuwste verhaal er.",
    )

    max_count = 1
    content_panels = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("intro"),
        FieldPanel("featured_story"),
        MultiFieldPanel(
            [FieldPanel("basis_title"), FieldPanel("basis_intro"), FieldPanel("basis_text")],
            "De sociale basis",
        ),
        FieldPanel("invitation"),
    ]
    api_fields = writable("headline", "intro")
    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = "startpagina"

    def get_sitemap_urls(self, request=None):
        urls = super().get_sitemap_urls(request)
        lists = (PublicationPage.objects, StoryPage.objects, DossierPage.objects)
        return with_latest_change(urls, *lists)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        publications = PublicationPage.objects.live().public()
        context["publication_count"] = publications.count()
        context["newest"] = list(
            publications.for_cards().order_by("-first_published_at", "-pk")[:5]
        )
        context["pillars"] = list(PillarPage.objects.live().public().in_order())
        stories = StoryPage.objects.shown()
        story = stories.filter(pk=self.featured_story_id).first() or stories.first()
        context["story"] = story
        context["story_link"] = story and story.publication_links.shown().first()
        dossier = DossierPage.objects.shown().first()
        context["dossier"] = dossier
        context["shelf"] = dossier.on_the_shelf() if dossier else []
        return context


class StandardPage(PreviewedElsewhere, Page):
    """A page with text: about, contact, privacy, accessibility."""

    intro = models.TextField("inleiding", blank=True)
    body = RichTextField("tekst", features=TEXT_FEATURES)
    shows_knobs = models.BooleanField(
        "toon de vier knoppen",
        default=False,
        help_text="Een tekening van de vier pijlers in hun twee dimensies, naast de tekst.",
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("body"),
        FieldPanel("shows_knobs"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    api_fields = writable("intro", "body")
    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types = ["home.StandardPage"]

    class Meta:
        verbose_name = "tekstpagina"
        verbose_name_plural = "tekstpagina's"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        if self.shows_knobs:
            context["pillars"] = list(PillarPage.objects.live().public().in_order())
        return context
