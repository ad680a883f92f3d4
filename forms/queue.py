"""The editors' queue: its views with their counts, and how long each contribution waits."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db.models import Count, Q
from django.utils import timezone
from holidays import country_holidays

from forms.models import Contribution, ContributionFormPage, Status

WITH_EDITORS = (Status.RECEIVED, Status.IN_CHECK)
HANDLED = (
    Status.PUBLISHED,
    Status.NOT_PLACED,
    Status.PROCESSED,
    Status.NOT_ADOPTED,
    Status.WITHDRAWN,
)
VIEWS = {
    "nieuw": "Nieuw",
    "wacht": "Wacht op bijdrager",
    "te-lang": "Te lang open",
    "afgehandeld": "Afgehandeld",
    "spam": "Spam",
}


def condition(view: str) -> Q:
    """Return which contributions are in a view, for a queryset with status and turns."""
    return {
        "nieuw": Q(status__in=WITH_EDITORS),
        "wacht": Q(status=Status.QUESTION),
        "te-lang": Q(status__in=WITH_EDITORS) & _is_late(),
        "afgehandeld": Q(status__in=HANDLED),
        "spam": Q(status=Status.SPAM),
    }[view]


def figures() -> list[dict]:
    """Return the views as [{"view", "label", "count"}], in one query."""
    counts = {view.replace("-", "_"): Count("pk", filter=condition(view)) for view in VIEWS}
    found = Contribution.objects.with_status().with_turns().aggregate(**counts)
    return [
        {"view": view, "label": label, "count": found[view.replace("-", "_")]}
        for view, label in VIEWS.items()
    ]


def _is_late() -> Q:
    """The promise is over: more working days ago than the form page promises an answer in."""
    days = set(ContributionFormPage.objects.values_list("answer_within_days", flat=True))
    late = Q(pk__in=[])
    for promised in days:
        first = _first_day_in_time(max(promised, 1))
        midnight = timezone.make_aware(datetime.combine(first, datetime.min.time()))
        late |= Q(form_page__answer_within_days=promised, turn_began__lt=midnight)
    return late


def _first_day_in_time(promised: int) -> date:
    """Return the first day from which `promised` working days are not over today."""
    today = timezone.localdate()
    calendar = _calendar(today.year)
    day = calendar.get_nth_working_day(today, -promised)
    while calendar.get_nth_working_day(day, promised) < today:
        day += timedelta(days=1)
    while calendar.get_nth_working_day(day - timedelta(days=1), promised) >= today:
        day -= timedelta(days=1)
    return day


class Ages:
    """How long contributions wait, in working days: without weekends and Dutch public holidays."""

    def __init__(self):
        self.today = timezone.localdate()
        self.calendar = _calendar(self.today.year)

    def days_between(self, first: date, last: date) -> int:
        """Count the working days after `first`, up to and including `last`."""
        if last <= first:
            return 0
        return self.calendar.get_working_days_count(first + timedelta(days=1), last)

    def of(self, contribution: Contribution) -> dict:
        """
        Return {"days", "promised", "is_late", "text"} for a row with status and turns.

        `promised` is None for what is not in the editors' hands.
        """
        if contribution.status in WITH_EDITORS:
            return self._open(contribution)
        first, last = timezone.localdate(contribution.received_at), self.today
        if contribution.status == Status.QUESTION and contribution.asked_at:
            first = timezone.localdate(contribution.asked_at)
        ended = contribution.decided_at or contribution.withdrawn_at or contribution.spam_at
        if ended:
            last = timezone.localdate(ended)
        days = self.days_between(first, last)
        text = f"na {in_days(days)}" if ended else f"wacht {in_days(days)}"
        return {"days": days, "promised": None, "is_late": False, "text": text}

    def _open(self, contribution: Contribution) -> dict:
        began = timezone.localdate(contribution.turn_began)
        promised = max(contribution.form_page.answer_within_days, 1)
        days = self.days_between(began, self.today)
        is_late = self.calendar.get_nth_working_day(began, promised) < self.today
        text = f"{days} van {in_days(promised)}"
        return {"days": days, "promised": promised, "is_late": is_late, "text": text}


@lru_cache(maxsize=1)
def _calendar(year: int):
    """Made once: a list asks for it per row."""
    return country_holidays("NL", years=range(year - 2, year + 2))


def in_days(days: int) -> str:
    return f"{days} werkdag{'' if days == 1 else 'en'}"
