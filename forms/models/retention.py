"""How long the editors keep personal data, in days."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


def days(label: str, default: int, help_text: str):
    limits = [MinValueValidator(1), MaxValueValidator(3650)]
    return models.PositiveSmallIntegerField(
        label, default=default, db_default=default, validators=limits, help_text=help_text
    )


@register_setting(icon="time")
class RetentionSettings(BaseGenericSetting):
    """
    How many days each kind of personal data stays. `forms.retention` carries it out, once a day.

    Names and addresses go alone; spam and what nobody confirmed go as a whole.
    """

    published = days(
        "geplaatst of verwerkt", 365, "Dagen na het besluit. Dan wissen we naam en e-mailadres."
    )
    not_placed = days(
        "niet geplaatst of ingetrokken",
        183,
        "Dagen na het besluit. Ook voor aanvragen om mee te schrijven.",
    )
    question = days(
        "geen antwoord op onze vraag", 365, "Dagen na de vraag. Dan wissen we naam en e-mailadres."
    )
    spam = days("spam", 30, "Dagen nadat iets spam is. Dan wissen we alles, ook het bestand.")
    unconfirmed = days(
        "niet bevestigd", 7, "Dagen na de vraag om te bevestigen. Dan wissen we alles."
    )

    panels = [
        MultiFieldPanel(
            [FieldPanel("published"), FieldPanel("not_placed"), FieldPanel("question")],
            "Naam en e-mailadres",
            help_text="Een jaar is 365 dagen, een half jaar 183. "
            "Wat er binnenkort gewist wordt, staat bij ‘Privacy’. "
            "Verander je iets, pas dan ook de tekst van de privacypagina aan.",
        ),
        MultiFieldPanel([FieldPanel("spam"), FieldPanel("unconfirmed")], "Alles van een bijdrage"),
    ]

    class Meta:
        verbose_name = "bewaartermijnen"
