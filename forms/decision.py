"""What an editor may decide about a contribution, and the contributor's reply to a question."""

from django import forms

from forms.forms import CRITERION, required
from forms.mail import LINK

NO_LINK = f"Laat {LINK} in de mail staan. Zonder die link kan de inzender niet antwoorden."


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
        mail = cleaned.get("mail_tekst")
        if self.action == "reject" and mail and cleaned.get("mail_versturen") and LINK not in mail:
            self.add_error("mail_tekst", NO_LINK)
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
