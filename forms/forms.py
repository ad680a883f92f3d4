"""What contributors may send and editors may decide. Wrong input gets its own Dutch sentence."""

import re
import uuid

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.contrib.forms.forms import BaseForm, FormBuilder

from publications.documents import DocumentFault, check_document
from publications.identifiers import doi_from, isbn_from
from publications.models import RightToShare, Term, Vocabulary

UNKNOWN_YEAR = "onbekend"
EXTRA = "extra_"
CRITERION = "criterium_"
SELF_CHECK = [("ja", "Ja"), ("nee", "Nee"), ("weet-ik-niet", "Weet ik niet")]
STARTED_SALT = "forms.started"
MAX_NAME_BYTES = 200  # a disk counts bytes, and takes at most 255


def required(sentence: str) -> dict[str, str]:
    return {"required": sentence}


class VocabularyMixin:
    """A choice from the terms of one vocabulary, by slug, as they are when the form is made."""

    def __init__(self, vocabulary, **kwargs):
        super().__init__(Term.objects.none(), to_field_name="slug", **kwargs)
        self.vocabulary = vocabulary
        self.error_messages["invalid_choice"] = "Kies uit de lijst."

    def today(self, sent):
        """Return an answer as it is named today: its term may have been merged since."""
        slugs = [sent] if isinstance(sent, str) else sent or []
        terms = Term.objects.filter(vocabulary=self.vocabulary, slug__in=slugs)
        names = {term.slug: term.current().slug for term in terms.select_related("merged_into")}
        named = [names.get(slug, slug) for slug in slugs]
        return named[0] if isinstance(sent, str) else named

    def __deepcopy__(self, memo):
        field = super().__deepcopy__(memo)
        field.queryset = Term.objects.filter(vocabulary=self.vocabulary).current()
        return field


class TermField(VocabularyMixin, forms.ModelChoiceField):
    pass


class TermsField(VocabularyMixin, forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class ContributionForm(BaseForm):
    """
    What every door asks. `parts` gives the questions in steps; `answers()` and `sent()` what is
    kept, without name and address.
    """

    door = ""
    PARTS: list[tuple[str, list[str]]] = []
    CONTACT = ("naam", "email")
    HIDDEN = ("sleutel", "begonnen", "website")

    email = forms.EmailField(
        label="Je e-mailadres",
        max_length=254,
        help_text="Alleen om je te vertellen wat er met je bijdrage gebeurt.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Vul je e-mailadres in.",
            "invalid": "Vul een e-mailadres in, zoals naam@voorbeeld.nl.",
        },
    )
    sleutel = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)
    begonnen = forms.CharField(widget=forms.HiddenInput, required=False)
    # A trap for programs: people do not see this question.
    website = forms.CharField(label="Laat dit veld leeg", required=False)

    use_required_attribute = False

    def __init__(self, *args, is_change=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_change = is_change
        self.fields["begonnen"].initial = started_now
        if is_change:
            for name in (*self.CONTACT, "website", "begonnen"):
                self.fields.pop(name, None)

    def get_initial_for_field(self, field, field_name):
        sent = super().get_initial_for_field(field, field_name)
        return field.today(sent) if sent and isinstance(field, VocabularyMixin) else sent

    @property
    def parts(self) -> list[tuple[int, str, list]]:
        """The visible questions in steps: (number, title, bound fields)."""
        parts = [(title, [n for n in names if n in self.fields]) for title, names in self.PARTS]
        parts = [part for part in parts if part[1]]
        placed = {name for _, names in parts for name in names}
        extras = [n for n in self.fields if n not in placed and n not in self.HIDDEN]
        has_contact_last = len(parts) > 1 and not self.is_change
        parts[-2 if has_contact_last else -1][1].extend(extras)
        return [(i, title, [self[n] for n in names]) for i, (title, names) in enumerate(parts, 1)]

    @property
    def lost_files(self) -> dict[str, str]:
        """The files that were chosen and must be chosen again, as {field name: file name}."""
        return {name: file.name for name, file in self.files.items() if name in self.fields}

    @property
    def looks_automatic(self) -> bool:
        """Tell whether a program filled this in: it answered the question people do not see."""
        return bool(self.cleaned_data.get("website"))

    def clean_begonnen(self):
        """Refuse what came in faster than anyone can type. The answers stay in the form."""
        try:
            started = signing.loads(self.cleaned_data["begonnen"], salt=STARTED_SALT)
        except signing.BadSignature:
            started = None
            self.data = self.data.copy()  # let the next try begin now
            self.data["begonnen"] = started_now()
        seconds = settings.CONTRIBUTION_MINIMUM_SECONDS
        if started is None or timezone.now().timestamp() - started < seconds:
            raise ValidationError("Dat ging erg snel. Kijk het nog even na en verstuur opnieuw.")

    def add_hidden_errors_to_summary(self):
        for name in self.HIDDEN:
            for error in self.errors.pop(name, []):
                self.add_error(None, error)

    def full_clean(self):
        super().full_clean()
        if self.is_bound:
            self.add_hidden_errors_to_summary()

    def kept_fields(self) -> list[str]:
        return [n for n in self.fields if n not in (*self.CONTACT, *self.HIDDEN)]

    def answers(self) -> dict:
        """Return the answers as plain data, by field name; files by their name."""
        return {name: plain(self.cleaned_data.get(name)) for name in self.kept_fields()}

    def sent(self) -> list[list[str]]:
        """Return [question, answer] pairs as the contributor saw them, unanswered ones left out."""
        pairs = []
        for name in self.kept_fields():
            text = self._in_words(name)
            if text:
                pairs.append([str(self.fields[name].label), text])
        return pairs

    def _in_words(self, name: str) -> str:
        value, choices = self.cleaned_data.get(name), getattr(self.fields[name], "choices", None)
        if isinstance(value, Term):
            return value.label
        if hasattr(value, "model"):
            return ", ".join(term.label for term in value)
        if isinstance(value, list):
            return ", ".join(str(v) for v in value)
        if isinstance(value, bool):
            return "ja" if value else ""
        if choices and value:
            return str(dict(choices).get(value, value))
        return str(plain(value) or "")


def started_now() -> str:
    """Return the time as the form hides it, signed so that nobody can set it back."""
    return signing.dumps(timezone.now().timestamp(), salt=STARTED_SALT)


def plain(value):
    """Return a cleaned value as JSON can hold it."""
    if isinstance(value, Term):
        return value.slug
    if hasattr(value, "model"):
        return [term.slug for term in value]
    if hasattr(value, "name") and hasattr(value, "size"):
        return value.name
    if hasattr(value, "isoformat") or hasattr(value, "quantize"):
        return str(value)
    return value


class DocumentMixin:
    """The question for a file: PDF, DOCX, ODT or EPUB up to 20 MB, by name and by content."""

    def clean_bestand(self):
        file = self.cleaned_data.get("bestand")
        if file:
            if len(file.name.encode()) > MAX_NAME_BYTES:
                raise ValidationError(self.fields["bestand"].error_messages["max_length"])
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
        ("Over jou", ["naam", "email"]),
    ]

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
    naam = name_field()

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


class ReplyForm(forms.Form):
    """The contributor's answer to the editors' question."""

    antwoord = forms.CharField(
        label="Je antwoord",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=required("Schrijf je antwoord."),
    )
    use_required_attribute = False


class DecisionForm(forms.Form):
    """
    An editor's decision in the light check: an answer to every criterion, or a reason.

    `action` is approve, reject (ask for more) or decline. Fields: criterium_<slug>, notitie_<slug>,
    `reden`, `zinnen` (ready sentences: those of criteria and the standard reasons), and the mail:
    `mail_versturen`, `mail_tekst` (empty: the usual text).
    """

    use_required_attribute = False
    error_css_class = "error"

    def __init__(self, *args, action: str, criteria, reasons=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.action = action
        self.criteria = list(criteria)
        self.sentences = {f"{CRITERION}{c.slug}": c.mail_sentence for c in self.criteria}
        self.sentences |= {f"reden_{reason.pk}": reason.text for reason in reasons}
        if action != "approve":
            self.fields["zinnen"] = forms.MultipleChoiceField(
                label="Neem deze zinnen op",
                choices=list(self.sentences.items()),
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        for criterion in self.criteria if action == "approve" else ():
            self.fields[f"{CRITERION}{criterion.slug}"] = forms.ChoiceField(
                label=criterion.review_question,
                choices=[("ja", "Ja"), ("nee", "Nee")],
                widget=forms.RadioSelect,
                error_messages=required(f"Beantwoord: {criterion.review_question}"),
            )
            self.fields[f"notitie_{criterion.slug}"] = forms.CharField(
                label="Waarom plaats je het toch?", max_length=500, required=False
            )
        self.fields["reden"] = forms.CharField(
            label={"reject": "Vraag", "decline": "Reden"}.get(action, "Opmerking"),
            max_length=5000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["mail_versturen"] = forms.BooleanField(required=False, initial=True)
        self.fields["mail_tekst"] = forms.CharField(
            max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 12})
        )

    def clean(self):
        cleaned = super().clean()
        for criterion in self.criteria if self.action == "approve" else ():
            is_no = cleaned.get(f"{CRITERION}{criterion.slug}") == "nee"
            if is_no and not cleaned.get(f"notitie_{criterion.slug}"):
                self.add_error(
                    f"notitie_{criterion.slug}", "Zeg in één zin waarom je het toch plaatst."
                )
        if self.action != "approve" and not self.errors and not self.whole_reason():
            missing = "Schrijf je vraag." if self.action == "reject" else "Schrijf de reden."
            self.add_error("reden", missing)
        return cleaned

    def whole_reason(self) -> str:
        """Return the chosen sentences and what the editor wrote, one to a line."""
        chosen = [self.sentences[key] for key in self.cleaned_data.get("zinnen", [])]
        return "\n".join([*chosen, self.cleaned_data.get("reden", "")]).strip()

    @property
    def criterion_fields(self) -> list[tuple]:
        """The questions as [(criterion, bound answer, bound note)]."""
        if self.action != "approve":
            return []
        return [(c, self[f"{CRITERION}{c.slug}"], self[f"notitie_{c.slug}"]) for c in self.criteria]

    def answers_for_task(self) -> dict:
        """Return the answers as keyword arguments for LightCheckTask.on_action."""
        return dict(self.cleaned_data)

    def criterion_answers(self) -> dict[str, dict[str, str]]:
        """Return {slug: {"antwoord": ja or nee, "notitie": why all the same}}."""
        return {
            c.slug: {
                "antwoord": self.cleaned_data[f"{CRITERION}{c.slug}"],
                "notitie": self.cleaned_data[f"notitie_{c.slug}"],
            }
            for c in self.criteria
        }
