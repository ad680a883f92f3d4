"""Who wrote a story or an article."""

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Orderable

from .reading import ArticlePage, StoryPage


class Author(models.Model):
    """
    Somebody who writes, once for all their texts: whoever no longer wants to be pictured is gone
    everywhere at once. The portrait shows only while it is recorded who agreed to that, and when.
    """

    name = models.CharField("naam", max_length=200)
    role = models.CharField(
        "rol", max_length=200, blank=True, help_text="Zoals: opbouwwerker in Waterveld."
    )
    portrait = models.ForeignKey(
        "publications.CreditedImage",
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="portret",
        related_name="+",
    )
    consent_by = models.CharField(
        "wie gaf toestemming?",
        max_length=200,
        blank=True,
        help_text="De schrijver zelf, of bij een kind een ouder. Alleen de redactie ziet dit.",
    )
    consent_on = models.DateField("wanneer?", null=True, blank=True)

    panels = [
        FieldPanel("name"),
        FieldPanel("role"),
        MultiFieldPanel(
            [
                FieldPanel("portrait"),
                FieldRowPanel([FieldPanel("consent_by"), FieldPanel("consent_on")]),
            ],
            "Portret, met toestemming",
        ),
    ]

    class Meta:
        verbose_name = "auteur van teksten"
        verbose_name_plural = "auteurs van teksten"
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    def clean(self):
        if self.portrait and not (self.consent_by and self.consent_on):
            raise ValidationError(
                {"consent_by": "Leg vast wie toestemming gaf voor het portret, en wanneer."}
            )

    @property
    def shown_portrait(self):
        """The portrait, if there is consent for showing it."""
        return self.portrait if self.consent_by and self.consent_on else None


class Signature(Orderable):
    """One author of one text."""

    panels = [FieldPanel("author")]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self):
        return str(self.author)


class StoryAuthor(Signature):
    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="signatures")
    author = models.ForeignKey(
        Author, models.PROTECT, verbose_name="auteur", related_name="story_signatures"
    )

    class Meta(Signature.Meta):
        verbose_name = "auteur van een verhaal"


class ArticleAuthor(Signature):
    page = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="signatures")
    author = models.ForeignKey(
        Author, models.PROTECT, verbose_name="auteur", related_name="article_signatures"
    )

    class Meta(Signature.Meta):
        verbose_name = "auteur van een artikel"
