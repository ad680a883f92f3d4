"""How far a contribution is, as its contributor sees it, and when to expect an answer."""

from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from holidays import country_holidays

from forms.models import Contribution, ContributionEvent, Kind, Status
from forms.models.contribution import TURNS

What = ContributionEvent.What

# What a contributor sees of the log; the rest is the editors' own affair.
LABELS = {
    What.RECEIVED: "Ontvangen",
    What.CONFIRMED: "E-mailadres bevestigd",
    What.CHANGED: "Je wijziging ontvangen",
    What.ASKED: "Aanvulling gevraagd",
    What.ANSWERED: "Je antwoord ontvangen",
    What.APPROVED: "Goedgekeurd",
    What.PUBLISHED: "Gepubliceerd",
    What.NOT_PLACED: "Niet geplaatst",
    What.WITHDRAWN: "Ingetrokken",
    What.REOPENED: "Weer geopend",
    What.PROCESSED: "Verwerkt",
    What.NOT_ADOPTED: "Niet overgenomen",
}
COUNTED = {What.PUBLISHED: "Telt mee"}  # of a use in practice
CHECK = "In de lichte check"
LOOK = "De redactie kijkt ernaar"
DECISIONS = (
    What.APPROVED,
    What.PUBLISHED,
    What.NOT_PLACED,
    What.PROCESSED,
    What.NOT_ADOPTED,
)


def answer_expected_on(contribution: Contribution) -> date:
    """
    Return the day by which the editors promise to answer, counted from when it was last their turn.

    In working days: Monday to Friday, without the Dutch public holidays.
    """
    last = contribution.events.filter(what__in=TURNS).last()
    began = timezone.localdate(last.at if last else contribution.received_at)
    days = max(contribution.form_page.answer_within_days, 1)
    return country_holidays("NL").get_nth_working_day(began, days)


def promise(contribution: Contribution) -> str:
    """Return in words when the contributor hears more."""
    day = answer_expected_on(contribution)
    if day < timezone.localdate():
        return "Het duurt langer dan we zeiden. Sorry daarvoor. Je hoort nog van ons"
    verb = "hoort het" if hears_by_mail(contribution) else "ziet het hier"
    return f"Je {verb} uiterlijk op {date_format(day, 'l j F Y')}"


def hears_by_mail(contribution: Contribution) -> bool:
    contact = contribution.contact_or_none()
    return contact is None or bool(contact.email)


def steps(contribution: Contribution, status: Status) -> list[dict]:
    """
    Return the steps as [{"label", "date", "state": done, now or todo, "note"}].

    What happened comes from the log, with its dates; `status` says what is going on now.
    """
    labels = LABELS | (COUNTED if contribution.kind == Kind.PRACTICE else {})
    check = LOOK if contribution.is_remark else CHECK
    is_correction = contribution.kind == Kind.CORRECTION
    rows = []
    for event in contribution.events.all():
        if (
            event.what in DECISIONS
            and rows
            and rows[-1]["label"] not in (check, LABELS[What.APPROVED])
        ):
            rows.append(step(check))
        if event.what in LABELS:
            rows.append(step(labels[event.what], event.at))
    if status == Status.IN_CHECK and rows and rows[-1]["label"] == LABELS[What.APPROVED]:
        rows.append(step("Laatste controle", None, "now"))
    elif status == Status.IN_CHECK:
        rows.append(step(check, None, "now", promise(contribution)))
    elif status == Status.UNCONFIRMED:
        rows.append(step("Bevestig je e-mailadres", None, "now", "Jij bent aan zet"))
    elif rows:
        note = "Jij bent aan zet" if status == Status.QUESTION else ""
        rows[-1] |= {"state": "now", "note": note}
    if status in (Status.RECEIVED, Status.QUESTION, Status.UNCONFIRMED):
        rows.append(step(check, None, "todo"))
    if status in (Status.RECEIVED, Status.IN_CHECK, Status.QUESTION, Status.UNCONFIRMED):
        outcome = labels[What.PROCESSED if is_correction else What.PUBLISHED]
        note = "Je krijgt bericht" if hears_by_mail(contribution) else ""
        rows.append(step(outcome, None, "todo", note))
    return rows


def step(label: str, day=None, state: str = "done", note: str = "") -> dict:
    return {"label": label, "date": day, "state": state, "note": note}
