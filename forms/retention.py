"""How long personal data of contributors is kept, and its erasure when the time has come."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from forms.contributions import Refused, locked
from forms.mail import NO_ADDRESS
from forms.models import (
    Contact,
    Contribution,
    ContributionEvent,
    OutboxMail,
    Outcome,
    SendCount,
    WriterRequest,
)

What = ContributionEvent.What
WITHDRAW_FIRST = "Trek je bijdrage eerst in. Daarna kun je je gegevens wissen."
TAKEN_UP = (Outcome.PUBLISHED, Outcome.PROCESSED)
TURNED_DOWN = (Outcome.NOT_PLACED, Outcome.NOT_ADOPTED)


def contacts_to_erase():
    """
    Return the contacts whose time has come, by what became of their contribution.

    Who asked for the yearly mail is kept until they stop it, while there is a page to tell of.
    """
    now = timezone.now()
    before = {case: now - timedelta(days=days) for case, days in settings.RETENTION_DAYS.items()}
    asked = Contribution.objects.undecided().annotate(
        asked_at=Max("events__at", filter=Q(events__what=What.ASKED)),
        heard_at=Max("events__at", filter=~Q(events__what=What.ASKED)),
    )
    unanswered = asked.filter(asked_at__lt=before["question"], heard_at__lt=before["question"])
    to_tell = Q(
        wants_use_mail=True,
        contribution__outcome=Outcome.PUBLISHED,
        contribution__page__live=True,
    )
    # As keys: excluding by what is joined would leave out who has no page at all.
    kept = Contact.objects.filter(to_tell).values("pk")
    return Contact.objects.exclude(pk__in=kept).filter(
        Q(contribution__outcome__in=TAKEN_UP, contribution__decided_at__lt=before["published"])
        | Q(
            contribution__outcome__in=TURNED_DOWN,
            contribution__decided_at__lt=before["not_placed"],
        )
        | Q(contribution__withdrawn_at__lt=before["not_placed"])
        | Q(contribution__in=unanswered.values("pk"))
    )


def spam_to_erase():
    """Return the spam whose time has come; nothing of it stays."""
    limit = timezone.now() - timedelta(days=settings.RETENTION_DAYS["spam"])
    return Contribution.objects.filter(spam_at__lt=limit)


def unconfirmed_to_erase():
    """Return what nobody confirmed in time; nothing of it stays."""
    limit = timezone.now() - timedelta(days=settings.RETENTION_DAYS["unconfirmed"])
    unproven = Contribution.objects.filter(confirmed_at=None, outcome="", page=None)
    return unproven.filter(confirmation_asked_at__lt=limit)


@transaction.atomic
def erase_contact(contribution: Contribution) -> None:
    """
    Erase the contributor's name and address now, as they ask. All their links stop working.

    Raise Refused while the case is open: nobody could be told what became of it.
    """
    contribution = locked(contribution)
    if contribution.is_undecided:
        raise Refused(WITHDRAW_FIRST)
    if Contact.objects.filter(contribution=contribution).delete()[0]:
        contribution.events.create(what=What.ERASED)
    blank_mail_to_nobody()


def blank_mail_to_nobody() -> None:
    """
    Empty the mails that wait for a contributor who was erased: they hold the name and a link.

    Most would be emptied when their time comes; those that were given up, or that wait for a
    publication, may never be tried again.
    """
    OutboxMail.objects.filter(
        audience=OutboxMail.Audience.CONTRIBUTOR,
        contribution__contact__isnull=True,
        delivered_at=None,
    ).update(
        body="",
        last_error=NO_ADDRESS,
        delivered_at=timezone.now(),
        waits_for_publication=False,
    )


@transaction.atomic
def erase_what_is_due() -> dict[str, int]:
    """Erase it. Return how many of each: {"contacts": n, "spam": n, "unconfirmed": n}."""
    spam, unconfirmed = list(spam_to_erase()), list(unconfirmed_to_erase())
    for contribution in {*spam, *unconfirmed}:
        documents = [s.document for s in contribution.submissions.all() if s.document]
        contribution.delete()
        for document in documents:
            document.delete()
    contacts = contacts_to_erase().delete()[0]
    WriterRequest.objects.to_erase().delete()
    blank_mail_to_nobody()
    SendCount.objects.filter(hour__lt=timezone.now() - timedelta(days=2)).delete()
    return {"contacts": contacts, "spam": len(spam), "unconfirmed": len(unconfirmed)}
