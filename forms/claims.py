"""
“Pak deze”: editors tell each other what they work on.

A courtesy, not a lock. Somebody else can take over at any time, but only knowingly: a decision
about what a colleague works on is refused until the editor says so.
"""

from django.db import transaction
from django.utils import timezone

from forms.contributions import Refused, lock_undecided, name_of
from forms.models import Contribution, ContributionEvent

What = ContributionEvent.What


@transaction.atomic
def claim(contribution: Contribution, user, *, instead_of: str = "") -> None:
    """
    Note that `user` works on a case. `instead_of` is the key of the colleague to take over from.

    Raise Refused when somebody else works on it. A second click changes nothing.
    """
    contribution = lock_undecided(contribution, for_editor=True)
    if contribution.claimed_by_id == user.pk:
        return
    refuse_claimed(contribution, user, instead_of)
    _claim(contribution, user)


def _claim(contribution: Contribution, user) -> None:
    before = contribution.claimed_by
    contribution.claimed_by, contribution.claimed_at = user, timezone.now()
    contribution.save(update_fields=["claimed_by", "claimed_at"])
    if before:
        contribution.events.create(what=What.TAKEN_OVER, by=user, text=f"van {name_of(before)}")
    else:
        contribution.events.create(what=What.CLAIMED, by=user)


@transaction.atomic
def give_back(contribution: Contribution, user) -> None:
    """Leave a case to whoever comes. A second click changes nothing."""
    contribution = lock_undecided(contribution, for_editor=True)
    if contribution.claimed_by_id is None:
        return
    if contribution.claimed_by_id != user.pk:
        raise Refused(f"{name_of(contribution.claimed_by)} heeft deze bijdrage opgepakt, niet jij.")
    contribution.claimed_by = contribution.claimed_at = None
    contribution.save(update_fields=["claimed_by", "claimed_at"])
    contribution.events.create(what=What.GIVEN_BACK, by=user)


def refuse_claimed(contribution: Contribution, user, instead_of: str = "") -> None:
    """Raise Refused when another editor works on a locked case than the one to take over from."""
    other = contribution.claimed_by
    if other and other != user and str(other.pk) != instead_of:
        raise Refused(f"{name_of(other)} heeft deze bijdrage opgepakt. Neem hem eerst over.")


def take_on(contribution: Contribution, user, instead_of: str = "") -> None:
    """Before deciding on a locked case: refuse, or take over from whoever was named."""
    refuse_claimed(contribution, user, instead_of)
    if contribution.claimed_by_id not in (None, user.pk):
        _claim(contribution, user)
