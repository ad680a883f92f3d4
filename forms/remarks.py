"""
Deciding about what is said of a publication: a correction, or a use in practice.

There is no draft and no workflow; an editor looks and decides at once.
"""

from dataclasses import dataclass

from django import forms
from django.db import transaction
from django.utils import timezone

from forms.claims import take_on
from forms.contributions import Refused, lock_undecided
from forms.forms import required
from forms.mail import queue_mail
from forms.models import Contribution, ContributionEvent, Kind, Outcome, PracticeUse

What = ContributionEvent.What


@dataclass(frozen=True)
class Decision:
    """One of the two ways to decide: what is stored, what is logged, and which mail goes."""

    label: str
    outcome: Outcome
    event: What
    mail: str
    done: str


DECISIONS = {
    Kind.CORRECTION: {
        "accept": Decision(
            "Verwerkt",
            Outcome.PROCESSED,
            What.PROCESSED,
            "verwerkt",
            "{} is verwerkt.",
        ),
        "decline": Decision(
            "Niet overgenomen",
            Outcome.NOT_ADOPTED,
            What.NOT_ADOPTED,
            "niet-overgenomen",
            "{} is niet overgenomen.",
        ),
    },
    Kind.PRACTICE: {
        "accept": Decision(
            "Telt mee",
            Outcome.PUBLISHED,
            What.PUBLISHED,
            "gepubliceerd",
            "{} telt mee op de pagina van de publicatie.",
        ),
        "decline": Decision(
            "Niet plaatsen",
            Outcome.NOT_PLACED,
            What.NOT_PLACED,
            "niet-geplaatst",
            "{} is niet geplaatst.",
        ),
    },
}


class QuoteForm(forms.Form):
    """What is shown of a use in practice, beside the count."""

    toon_citaat = forms.BooleanField(label="Zet deze woorden op de site", required=False)
    citaat = forms.CharField(
        label="Citaat",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    use_required_attribute = False

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("toon_citaat") and not cleaned.get("citaat"):
            self.add_error("citaat", "Vul het citaat in, of haal het vinkje weg.")
        return cleaned

    def quote(self) -> str:
        return self.cleaned_data["citaat"] if self.cleaned_data["toon_citaat"] else ""


class RemarkDecisionForm(QuoteForm):
    """
    An editor's decision; `action` is accept or decline, which needs a reason. `mail_tekst` empty
    means the usual text.
    """

    reden = forms.CharField(
        max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    mail_versturen = forms.BooleanField(required=False, initial=True)
    mail_tekst = forms.CharField(
        max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 10})
    )

    def __init__(self, *args, contribution, action, **kwargs):
        super().__init__(*args, **kwargs)
        self.decision = DECISIONS[contribution.kind][action]
        self.action = action
        reason = self.fields["reden"]
        reason.label = "Reden" if action == "decline" else "Opmerking"
        reason.required = action == "decline"
        reason.error_messages |= required("Schrijf de reden.")
        if contribution.kind != Kind.PRACTICE or action != "accept":
            del self.fields["toon_citaat"], self.fields["citaat"]


@transaction.atomic
def decide_on_remark(
    contribution: Contribution, user, form: RemarkDecisionForm, seen: str, instead_of: str = ""
) -> None:
    """
    Carry out a valid decision. `seen` is the key of the submission that the editor looked at,
    `instead_of` that of the colleague to take over from.

    Raise Refused when somebody was first, or when the text has changed since.
    """
    contribution = lock_undecided(contribution, for_editor=True)
    take_on(contribution, user, instead_of)
    if contribution.is_unconfirmed:
        raise Refused("De inzender heeft het e-mailadres nog niet bevestigd.")
    if seen != str(contribution.submissions.last().pk):
        raise Refused("De inzender heeft de tekst net veranderd. Kijk hem nog eens na.")
    if form.action == "accept" and contribution.about is None:
        raise Refused("De publicatie waar dit over gaat, is er niet meer. Dit kan dus niet.")
    decision, reason = form.decision, form.cleaned_data["reden"]
    contribution.outcome, contribution.outcome_reason = decision.outcome, reason
    contribution.decided_at, contribution.decided_by = timezone.now(), user
    contribution.save()
    contribution.events.create(what=decision.event, text=reason, by=user)
    if "citaat" in form.fields:
        PracticeUse.objects.filter(pk=contribution.pk).update(quote=form.quote())
    if form.cleaned_data["mail_versturen"]:
        queue_mail(contribution, decision.mail, text=form.cleaned_data["mail_tekst"], reden=reason)


@transaction.atomic
def change_quote(contribution: Contribution, user, quote: str) -> None:
    """Change what is quoted of an accepted use in practice; nothing takes the quote away."""
    use = PracticeUse.objects.accepted().select_for_update(of=["self"]).filter(pk=contribution.pk)
    if not use:
        raise Refused("Dit staat niet op de site.")
    PracticeUse.objects.filter(pk=contribution.pk).update(quote=quote)
    contribution.events.create(what=What.QUOTE_CHANGED, by=user)


@transaction.atomic
def follow_lead(contribution: Contribution, user, lead: str) -> None:
    """Note what became of a lead for a story: `lead` is one of PracticeUse.Lead."""
    use = PracticeUse.objects.leads().select_for_update(of=["self"]).filter(pk=contribution.pk)
    if not use:
        raise Refused("Van deze inzender is geen adres (meer) bekend.")
    label = PracticeUse.Lead(lead).label
    if PracticeUse.objects.filter(pk=contribution.pk).exclude(lead=lead).update(lead=lead):
        contribution.events.create(what=What.LEAD, text=label, by=user)
