"""
The small forms: a correction, a use in practice, a question. Few fields, and an address only if
somebody wants to hear from us. For the rest they are as any contribution.
"""

from django import forms
from django.core.exceptions import ValidationError

from forms.confirmation import MANY_LINKS, links_in
from forms.forms import ContributionForm, TermsField, required
from forms.models.contribution import Kind
from publications.models import Vocabulary

TOO_MANY_LINKS = (
    f"Er staan meer dan {MANY_LINKS} links in. Haal er een paar weg, of vul je e-mailadres in."
)


class SmallForm(ContributionForm):
    """
    What the small forms share. `about` is the publication that it is about, None for a question.

    `heading`, `lead`, `send_label` and `afterwards` are the texts of its page.
    """

    heading = lead = send_label = afterwards = ""

    email = forms.EmailField(
        label="Je e-mailadres",
        max_length=254,
        required=False,
        help_text="Alleen om je te vertellen wat we ermee doen.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "Vul een e-mailadres in, zoals naam@voorbeeld.nl."},
    )

    def __init__(self, *args, about=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.about = about

    def clean(self):
        """Refuse many links from who leaves no address: there is nobody to confirm it."""
        cleaned = super().clean()
        has_no_address = "email" in self.fields and cleaned.get("email") == ""
        if has_no_address and links_in(self) > MANY_LINKS:
            self.add_error(None, TOO_MANY_LINKS)
        return cleaned


class CorrectionForm(SmallForm):
    """“Klopt er iets niet?”"""

    door = Kind.CORRECTION.value
    heading = "Klopt er iets niet?"
    lead = "Staat er een fout in deze publicatie? Vertel het ons, dan passen we het aan."
    send_label = "Verstuur"
    afterwards = "De redactie kijkt het na. Klopt je melding, dan passen we de pagina aan."
    PARTS = [("Wat zag je?", ["fout", "email"])]

    fout = forms.CharField(
        label="Wat klopt er niet?",
        max_length=3000,
        help_text="Schrijf wat er staat, en wat er moet staan.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages=required("Schrijf wat er niet klopt."),
    )


class PracticeForm(SmallForm):
    """“Heb jij dit gebruikt?”"""

    door = Kind.PRACTICE.value
    heading = "Heb jij dit gebruikt?"
    lead = "Vertel in twee regels waar en hoe. Zo zien anderen wat je met deze kennis kunt doen."
    send_label = "Verstuur"
    afterwards = (
        "De redactie leest het eerst. Daarna telt het mee op de pagina van deze publicatie. "
        "Soms zetten we jouw woorden erbij als citaat."
    )
    PARTS = [("Jouw ervaring", ["gebruik", "plaats", "email", "naam", "naam_tonen"])]

    gebruik = forms.CharField(
        label="Waar en hoe heb je het gebruikt?",
        max_length=500,
        help_text="Twee regels is genoeg.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required("Schrijf in twee regels waar en hoe je het gebruikte."),
    )
    plaats = forms.CharField(label="In welke plaats of buurt?", max_length=100, required=False)
    naam = forms.CharField(
        label="Je naam",
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    naam_tonen = forms.BooleanField(
        label="Zet mijn naam erbij als mijn woorden op de site komen.",
        help_text="Na een jaar halen we je naam weer weg.",
        required=False,
    )
    email = forms.EmailField(
        label="Je e-mailadres, als de redactie je iets mag vragen",
        max_length=254,
        required=False,
        help_text="Bijvoorbeeld voor een verhaal. Het adres komt niet op de site.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "Vul een e-mailadres in, zoals naam@voorbeeld.nl."},
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("naam_tonen") and "naam" in self.fields and not cleaned.get("naam"):
            self.add_error("naam", "Vul je naam in, of haal het vinkje bij je naam weg.")
        return cleaned


class QuestionForm(SmallForm):
    """“Stel je vraag”, for whoever searched and found nothing."""

    door = Kind.QUESTION.value
    heading = "Stel je vraag"
    lead = "Niet gevonden wat je zocht? Zet je vraag hier neer. Misschien weet een ander het."
    send_label = "Verstuur je vraag"
    afterwards = (
        "De redactie leest je vraag eerst. Daarna staat hij op de pagina met vragen, zonder je "
        "naam. Komt er een antwoord, dan zetten we dat erbij."
    )
    PARTS = [("Je vraag", ["vraag", "toelichting", "pijlers", "email"])]

    vraag = forms.CharField(
        label="Wat wil je weten?",
        max_length=255,
        help_text="Schrijf één hele vraag, zoals: hoe begin je een buurtkamer?",
        error_messages=required("Schrijf je vraag."),
    )
    toelichting = forms.CharField(
        label="Waarom vraag je dit?",
        max_length=2000,
        required=False,
        help_text="Waar speelt het, en wat heb je al geprobeerd?",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    pijlers = TermsField(Vocabulary.PILLAR, label="Bij welke pijlers past het?", required=False)
    email = forms.EmailField(
        label="Je e-mailadres",
        max_length=254,
        required=False,
        help_text="Dan mailen we je als je vraag op de site staat, en als er een antwoord is.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "Vul een e-mailadres in, zoals naam@voorbeeld.nl."},
    )

    def clean_vraag(self):
        words = self.cleaned_data["vraag"]
        if not any(sign.isalpha() for sign in words):
            raise ValidationError("Schrijf je vraag in woorden.")
        return words


SMALL_FORMS = {form.door: form for form in (CorrectionForm, PracticeForm, QuestionForm)}
