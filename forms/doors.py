"""The three doors of the contribution page: a publication, a tip, an article."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.contrib.forms.forms import FormBuilder

from forms.forms import (
    CRITERION,
    CarriedTermsField,
    ContributionForm,
    TermField,
    TermsField,
    required,
)
from publications.documents import DocumentFault, check_document
from publications.identifiers import doi_from, isbn_from
from publications.models import RightToShare, Vocabulary

UNKNOWN_YEAR = "onbekend"
EXTRA = "extra_"
SELF_CHECK = [("ja", "Ja"), ("nee", "Nee"), ("weet-ik-niet", "Weet ik niet")]


class DocumentMixin:
    """The question for a file: PDF, DOCX, ODT or EPUB up to 20 MB, by name and by content."""

    def clean_bestand(self):
        file = self.cleaned_data.get("bestand")
        if file:
            try:
                check_document(file, file.name)
            except DocumentFault as fault:
                raise ValidationError(str(fault)) from fault
        return file


def file_field(**kwargs):
    return forms.FileField(
        label="Bestand",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.odt,.epub"}),
        error_messages={
            "empty": "Dit bestand is leeg.",
            "max_length": "De naam van dit bestand is te lang.",
            "invalid": "Kies het bestand opnieuw.",
            "missing": "Kies het bestand opnieuw.",
        },
        **kwargs,
    )


def name_field():
    return forms.CharField(
        label="Je naam",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages=required("Vul je naam in."),
    )


class PublicationForm(DocumentMixin, ContributionForm):
    """The first door: a publication that somebody knows."""

    door = "publicatie"
    PARTS = [
        (
            "De publicatie",
            ["titel", "soort", "jaar", "auteurs", "organisatie", "samenvatting"],
        ),
        ("Waar is het te vinden?", ["link", "doi", "isbn", "bestand", "recht"]),
        ("Past het bij het Kennisplein?", ["pijlers", "voorzieningen"]),
        ("Over jou", ["naam", "email", "jaarbericht"]),
    ]
    CONTACT = (*ContributionForm.CONTACT, "jaarbericht")

    titel = forms.CharField(
        label="Titel",
        max_length=255,
        error_messages=required("Vul de titel in."),
    )
    soort = TermField(
        Vocabulary.KIND,
        label="Wat voor publicatie is het?",
        empty_label="Kies een soort",
        error_messages=required("Kies wat voor publicatie het is."),
    )
    jaar = forms.CharField(
        label="Jaar van verschijnen",
        max_length=20,
        help_text="Weet je het niet? Schrijf dan ‘onbekend’.",
        error_messages=required("Vul het jaar in, of ‘onbekend’."),
    )
    auteurs = forms.CharField(
        label="Wie schreef het?",
        max_length=2000,
        required=False,
        help_text="Eén naam per regel.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    organisatie = forms.CharField(
        label="Welke organisatie gaf het uit?", max_length=255, required=False
    )
    samenvatting = forms.CharField(
        label="Waar gaat het over?",
        max_length=5000,
        required=False,
        help_text="Schrijf het op zoals je het een buurvrouw vertelt. Vijf zinnen is genoeg.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    link = forms.CharField(
        label="Link naar de publicatie",
        max_length=1000,
        required=False,
        help_text=(
            "Liefst de pagina van de organisatie die het uitgaf. "
            "Geen link? Geef dan een DOI, ISBN of bestand. Eén is genoeg."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    doi = forms.CharField(
        label="DOI", max_length=255, required=False, help_text="Zoals 10.1234/abc."
    )
    isbn = forms.CharField(label="ISBN", max_length=30, required=False)
    bestand = file_field(
        help_text="Pdf, docx, odt of epub, hoogstens 20 MB. Alleen als je het mag delen."
    )
    recht = forms.ChoiceField(
        label="Waarom mogen we dit bestand delen?",
        choices=[
            (right.value, right.label) for right in RightToShare if right != RightToShare.NONE
        ],
        required=False,
        widget=forms.RadioSelect,
        help_text="Alleen nodig als je een bestand meestuurt.",
        error_messages={"invalid_choice": "Kies een van de redenen."},
    )
    pijlers = TermsField(
        Vocabulary.PILLAR,
        label="Bij welke pijlers past het?",
        error_messages=required("Kies minstens één pijler."),
    )
    voorzieningen = TermsField(
        Vocabulary.FACILITY,
        label="Om welke collectieve voorzieningen gaat het?",
        help_text="Plekken en voorzieningen die van de hele buurt zijn.",
        error_messages=required("Kies minstens één voorziening."),
    )
    # A link to the form may bring these along, such as one of the kenniskaart.
    spelers = CarriedTermsField(Vocabulary.ACTOR, label="Spelers")
    themas = CarriedTermsField(Vocabulary.THEME, label="Thema’s")
    naam = name_field()
    jaarbericht = forms.BooleanField(
        label=(
            "Mail me hooguit één keer per jaar als iemand deze publicatie in de praktijk gebruikte."
        ),
        help_text="We bewaren je naam en e-mailadres dan tot je deze mail stopt.",
        required=False,
    )

    def __init__(self, *args, has_document=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_document = has_document
        for criterion in self.page.criteria.all():
            self.fields[f"{CRITERION}{criterion.slug}"] = forms.ChoiceField(
                label=criterion.question,
                help_text=criterion.help_text,
                choices=SELF_CHECK,
                widget=forms.RadioSelect,
                error_messages={
                    "required": f"Kies ja, nee of weet ik niet bij ‘{criterion.question}’",
                    "invalid_choice": "Kies ja, nee of weet ik niet.",
                },
            )

    def clean_jaar(self):
        text = self.cleaned_data["jaar"].strip().lower()
        if text == UNKNOWN_YEAR:
            return text
        if not re.fullmatch(r"[0-9]{4}", text) or not 1500 <= int(text) <= timezone.now().year + 1:
            raise ValidationError("Vul een jaar in met vier cijfers, of ‘onbekend’.")
        return text

    def clean_link(self):
        return clean_address(self.cleaned_data["link"])

    def clean_doi(self):
        text = self.cleaned_data["doi"]
        if text and not doi_from(text):
            raise ValidationError("Een DOI begint met 10., zoals 10.1234/abc.")
        return doi_from(text)

    def clean_isbn(self):
        text = self.cleaned_data["isbn"]
        if text and not isbn_from(text):
            raise ValidationError("Dit ISBN klopt niet. Kijk de cijfers na.")
        return isbn_from(text)

    def clean(self):
        cleaned = super().clean()
        sources = ("link", "doi", "isbn", "bestand")
        is_faulty = any(name in self.errors for name in sources)
        if not is_faulty and not self.has_document and not any(cleaned.get(n) for n in sources):
            self.add_error("link", "Geef een link, DOI, ISBN of bestand. Eén is genoeg.")
        has_file = cleaned.get("bestand") or self.has_document
        if has_file and not cleaned.get("recht") and "recht" not in self.errors:
            self.add_error(
                "recht", "Kies waarom we dit bestand mogen delen, of geef alleen een link."
            )
        return cleaned


def clean_address(text: str) -> str:
    """Return a web address, or raise ValidationError with what to do."""
    if not text:
        return ""
    if not re.match(r"https?://", text, re.IGNORECASE):
        raise ValidationError("Plak een link die begint met https://.")
    try:
        return forms.URLField(assume_scheme="https").clean(text)
    except ValidationError as error:
        raise ValidationError("Deze link klopt niet. Kopieer hem nog eens.") from error


class TipForm(ContributionForm):
    """The second door: an address or a title, why it matters, and where to answer."""

    door = "tip"
    PARTS = [("Je tip", ["wat", "waarom", "email"])]

    wat = forms.CharField(
        label="Link of titel",
        max_length=1000,
        error_messages=required("Plak de link of vul de titel in."),
    )
    waarom = forms.CharField(
        label="Waarom moet een ander dit lezen?",
        max_length=2000,
        help_text="Eén zin is genoeg.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=required("Schrijf in één zin waarom een ander dit moet lezen."),
    )

    field_order = ["wat", "waarom", "email"]

    def clean_wat(self):
        text = self.cleaned_data["wat"]
        return clean_address(text) if re.match(r"https?:", text, re.IGNORECASE) else text


class ArticleForm(DocumentMixin, ContributionForm):
    """The third door: an article or a story of one's own."""

    door = "artikel"
    PARTS = [
        ("Je tekst", ["titel", "tekst", "bestand", "pijlers"]),
        ("Over jou", ["naam", "email"]),
    ]

    titel = forms.CharField(
        label="Titel", max_length=255, error_messages=required("Vul de titel in.")
    )
    tekst = forms.CharField(
        label="Plak hier je tekst",
        max_length=60_000,
        required=False,
        help_text="Of stuur hieronder een bestand mee.",
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    bestand = file_field(help_text="Pdf, docx, odt of epub, hoogstens 20 MB.")
    pijlers = TermsField(Vocabulary.PILLAR, label="Bij welke pijlers past het?", required=False)
    naam = name_field()

    def __init__(self, *args, has_document=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.has_document = has_document

    def clean(self):
        cleaned = super().clean()
        has_text = cleaned.get("tekst") or cleaned.get("bestand") or self.has_document
        if not has_text and "bestand" not in self.errors:
            self.add_error("tekst", "Plak je tekst, of stuur een bestand mee.")
        return cleaned


DOORS = {form.door: form for form in (PublicationForm, TipForm, ArticleForm)}


class ContributionFormBuilder(FormBuilder):
    """Adds the editors' own questions to the core ones, under names that cannot collide."""

    def get_form_class(self, door: str = "publicatie"):
        core = DOORS[door]
        if core is TipForm:  # three questions, whatever else editors want to know
            return core
        extra = {EXTRA + name: field for name, field in self.formfields.items()}
        return type(core.__name__, (core,), extra)
