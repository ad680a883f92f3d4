"""What a publication has more than one of: keywords, authors, takeaways, what it builds on."""

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from publications.api import writable


class PublicationKeyword(TaggedItemBase):
    content_object = ParentalKey(
        "publications.PublicationPage", on_delete=models.CASCADE, related_name="tagged_keywords"
    )


class PublicationAuthor(Orderable):
    """A person, in the parts that citing and sorting need, or an organisation."""

    publication = ParentalKey(
        "publications.PublicationPage", on_delete=models.CASCADE, related_name="authors"
    )
    given = models.CharField("voornaam of voorletters", max_length=100, blank=True)
    particle = models.CharField("tussenvoegsel", max_length=30, blank=True)
    family = models.CharField("achternaam", max_length=150, blank=True)
    organisation = models.CharField(
        "of organisatie", max_length=255, blank=True, help_text="In plaats van een persoon."
    )
    is_editor = models.BooleanField("redacteur van een bundel", default=False)

    panels = [
        FieldRowPanel([FieldPanel("given"), FieldPanel("particle"), FieldPanel("family")]),
        FieldPanel("organisation"),
        FieldPanel("is_editor"),
    ]

    api_fields = writable("given", "particle", "family", "organisation", "is_editor")

    class Meta(Orderable.Meta):
        verbose_name = "auteur"
        verbose_name_plural = "auteurs"

    def __str__(self):
        return self.name

    def clean(self):
        if bool(self.family) == bool(self.organisation):
            raise ValidationError("Vul een achternaam in, of een organisatie.")

    @property
    def name(self) -> str:
        person = " ".join(part for part in (self.given, self.particle, self.family) if part)
        return self.organisation or person


class Takeaway(Orderable):
    """What a reader can do with a publication tomorrow."""

    publication = ParentalKey(
        "publications.PublicationPage", on_delete=models.CASCADE, related_name="takeaways"
    )
    text = models.CharField("wat je ermee kunt", max_length=300)

    api_fields = writable("text")

    class Meta(Orderable.Meta):
        verbose_name = "wat betekent dit voor mijn buurt?"


class PublicationRelation(Orderable):
    """An earlier publication that this one builds on."""

    publication = ParentalKey(
        "publications.PublicationPage", on_delete=models.CASCADE, related_name="builds_on"
    )
    earlier = models.ForeignKey(
        "publications.PublicationPage",
        models.CASCADE,
        verbose_name="eerdere publicatie",
        related_name="built_upon_by",
    )

    class Meta(Orderable.Meta):
        verbose_name = "bouwt voort op"
