"""
Which contributions look doubtful, and what happens then: their address is confirmed first.

Nothing is refused for it and no puzzle is asked. Whoever reads the mail of the address confirms
with one click; until then the case is kept, and the editors are not bothered with it.
"""

import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from forms.contributions import (
    last_answers,
    last_document,
    lock_undecided,
    start_check,
    tell_editors_of_new,
)
from forms.limits import is_busy
from forms.models.contribution import Contribution, ContributionEvent, ContributionSubmission

MANY_LINKS = 5
LONG_TEXT = 100  # characters; shorter ones are often the same by chance
SAME_TEXTS = 3
ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)


def doubts_about(form, request=None) -> list[str]:
    """
    Return why a valid form looks doubtful, in Dutch, for the log; [] when it does not.

    This is the whole list. Too much from one sender is refused before this (`forms.limits`), and
    what answers the hidden question is spam.
    """
    doubts = {
        "Heel snel ingevuld.": form.seconds_taken < 3 * settings.CONTRIBUTION_MINIMUM_SECONDS,
        "Veel links in de tekst.": links_in(form) > MANY_LINKS,
        "Dezelfde tekst kwam al vaker binnen.": _is_repeated(form),
        "Veel tegelijk van dezelfde afzender.": request is not None and is_busy(request),
    }
    return [doubt for doubt, holds in doubts.items() if holds]


BY_API = ["Door een programma gestuurd."]  # the doubt about all that comes in by the API


def _texts(form) -> list[str]:
    """The answers in the contributor's own words; addresses have questions of their own."""
    answers = form.answers()
    return [
        text
        for name, text in answers.items()
        if isinstance(text, str) and name not in ("link", "wat", "bestand")
    ]


def links_in(form) -> int:
    return sum(len(ADDRESS.findall(text)) for text in _texts(form))


def _is_repeated(form) -> bool:
    """Tell whether a long text came in with several other cases of the past week."""
    week = timezone.now() - timedelta(days=7)
    recent = ContributionSubmission.objects.filter(submit_time__gt=week)
    return any(
        recent.filter(form_data__contains={name: text}).values("contribution").distinct().count()
        >= SAME_TEXTS
        for name, text in form.answers().items()
        if isinstance(text, str) and len(text) >= LONG_TEXT
    )


@transaction.atomic
def confirm(contribution: Contribution) -> bool:
    """
    Note that whoever reads the mail of this address sent it, and put it before the editors.

    A second click changes nothing. Return whether this one did.
    """
    contribution = lock_undecided(contribution)
    if not contribution.is_unconfirmed:
        return False
    contribution.confirmed_at = timezone.now()
    contribution.save(update_fields=["confirmed_at"])
    contribution.events.create(what=ContributionEvent.What.CONFIRMED)
    start_check(contribution, last_answers(contribution), last_document(contribution))
    tell_editors_of_new(contribution)
    return True
