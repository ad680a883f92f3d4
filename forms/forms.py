"""What every contribution form has in common. Wrong input gets its own Dutch sentence."""

import uuid

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils import timezone
from wagtail.contrib.forms.forms import BaseForm

from publications.models import Term

CRITERION = "criterium_"
STARTED_SALT = "forms.started"


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


class CarriedTermsField(TermsField):
    """Terms that came with the link to the form: not asked, and left out when they do not exist."""

    widget = forms.MultipleHiddenInput

    def __init__(self, vocabulary, **kwargs):
        super().__init__(vocabulary, required=False, **kwargs)

    def clean(self, value):
        slugs = [slug for slug in value or () if validate_slug.regex.match(slug)]
        return self.queryset.filter(slug__in=slugs)


class ContributionForm(BaseForm):
    """
    What every door asks. `parts` gives the questions in steps; `answers()` and `sent()` what is
    kept, without name and address.
    """

    door = ""
    about = None  # the publication that a remark is about
    seconds_taken = 0.0  # known once the form has been checked
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
        extras = [n for n in extras if not self[n].is_hidden]
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
        else:
            self.seconds_taken = timezone.now().timestamp() - started
        if started is None or self.seconds_taken < settings.CONTRIBUTION_MINIMUM_SECONDS:
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
