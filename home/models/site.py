"""The settings of the site, and what `setup_site` remembers."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting


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

    digest_intro = models.TextField(
        "inleiding van de mail over wat nieuw is",
        max_length=300,
        blank=True,
        help_text="Twee regels bovenaan de mail aan volgers. Blijft staan tot je haar weghaalt.",
    )

    panels = [
        FieldPanel("organisation"),
        FieldPanel("email"),
        FieldPanel("footer_text"),
        FieldPanel("digest_intro"),
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
