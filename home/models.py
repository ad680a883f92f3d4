"""The home page, standard pages, and the settings of the site."""

from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from publications.models import PillarPage, PublicationPage
from stories.models import StoryPage

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link"]


class HomePage(Page):
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
    api_fields = [APIField("headline"), APIField("intro")]
    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = "startpagina"

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
        return context


class StandardPage(Page):
    """A page with text: about, contact, privacy, accessibility."""

    intro = models.TextField("inleiding", blank=True)
    body = RichTextField("tekst", features=TEXT_FEATURES)

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    api_fields = [APIField("intro"), APIField("body")]
    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types = ["home.StandardPage"]

    class Meta:
        verbose_name = "tekstpagina"
        verbose_name_plural = "tekstpagina's"


@register_setting(icon="site")
class SiteSettings(BaseSiteSetting):
    """Who runs the site, and what stands at the foot of every page."""

    organisation = models.CharField("organisatie", max_length=100, default="Buurtwijs")
    email = models.EmailField("e-mailadres van de redactie", default="info@buurtwijs.nl")
    footer_text = models.TextField(
        "tekst onderaan elke pagina",
        default="Een plek van Buurtwijs, platform voor buurtontwikkeling.",
    )
    example_notice = models.CharField(
        "melding over voorbeelden",
        max_length=250,
        blank=True,
        help_text="Staat onderaan elke pagina zolang er voorbeelden op de site staan.",
    )

    panels = [
        FieldPanel("organisation"),
        FieldPanel("email"),
        FieldPanel("footer_text"),
        FieldPanel("example_notice"),
    ]

    class Meta:
        verbose_name = "gegevens van de site"


class SetupRecord(models.Model):
    """
    One thing that `setup_site` has made, by a name of its own.

    What stands here is never made again: not after people changed it, not after they deleted it.
    `fingerprint` tells whether an example was changed since; then it is not taken away.
    """

    name = models.CharField(max_length=200, unique=True)
    is_example = models.BooleanField(default=False)
    model = models.CharField(max_length=100)
    object_id = models.PositiveBigIntegerField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name
