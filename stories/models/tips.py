"""Writing tips."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page, PageManager
from wagtail.search import index

from publications.api import writable
from publications.previews import PreviewedElsewhere
from publications.querysets import PublicPageQuerySet
from stories.blocks import TEXT_FEATURES


class WritingTipIndexPage(PreviewedElsewhere, Page):
    """The writing tips."""

    intro = models.TextField("inleiding", blank=True)

    max_count = 1
    content_panels = [*Page.content_panels, FieldPanel("intro")]
    api_fields = writable("intro")
    parent_page_types = ["home.HomePage"]
    subpage_types = ["stories.WritingTipPage"]

    class Meta:
        verbose_name = "overzicht van schrijftips"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["tips"] = list(WritingTipPage.objects.live().public().in_order())
        return context


class WritingTipQuerySet(PublicPageQuerySet):
    def in_order(self):
        """In the order of the page tree, which editors change by dragging."""
        return self.order_by("path")


class WritingTipPage(PreviewedElsewhere, Page):
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
    api_fields = writable("group", "intro", "body")
    parent_page_types = ["stories.WritingTipIndexPage"]
    subpage_types = []

    class Meta:
        verbose_name = "schrijftip"
        verbose_name_plural = "schrijftips"
