"""How long personal data of contributors is kept, and its erasure when the time has come."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from forms.contributions import Refused, locked
from forms.mail import NO_ADDRESS
from forms.models import (
    Contact,
    Contribution,
    ContributionEvent,
    OutboxMail,
    Outcome,
    RetentionSettings,
    SendCount,
    WriterRequest,
)

What = ContributionEvent.What
WITHDRAW_FIRST = "Trek je bijdrage eerst in. Daarna kun je je gegevens wissen."
TAKEN_UP = (Outcome.PUBLISHED, Outcome.PROCESSED)
TURNED_DOWN = (Outcome.NOT_PLACED, Outcome.NOT_ADOPTED)


def limits(on=None) -> dict:
    """Return the moment before which each kind goes, today or at the moment `on`."""
    kept = RetentionSettings.load()
    names = ("published", "not_placed", "question", "spam", "unconfirmed")
    return {name: (on or timezone.now()) - timedelta(days=getattr(kept, name)) for name in names}


def contacts_to_erase(on=None):
    """
    Return the contacts whose time has come, by what became of their contribution.

    Who asked for the yearly mail is kept until they stop it, while there is a page to tell of.
    """
    before = limits(on)
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


def spam_to_erase(on=None):
    """Return the spam whose time has come; nothing of it stays."""
    return Contribution.objects.filter(spam_at__lt=limits(on)["spam"])


def unconfirmed_to_erase(on=None):
    """Return what nobody confirmed in time; nothing of it stays."""
    unproven = Contribution.objects.filter(confirmed_at=None, outcome="", page=None)
    return unproven.filter(confirmation_asked_at__lt=limits(on)["unconfirmed"])


def what_comes(on=None) -> dict:
    """Return what goes at the moment `on`, or now, as querysets by what they are."""
    contacts = contacts_to_erase(on).select_related("contribution").order_by("contribution")
    return {
        "contacts": contacts,
        "spam": spam_to_erase(on).order_by("spam_at"),
        "unconfirmed": unconfirmed_to_erase(on).order_by("confirmation_asked_at"),
        "writers": WriterRequest.objects.to_erase(on).order_by("decided_at"),
    }


@transaction.atomic
def erase_contact(contribution: Contribution) -> None:
    """
    Erase the contributor's name and address now, as they ask. All their links stop working.

    Raise Refused while the case is open: nobody could be told what became of it.
    """
    contribution = locked(contribution)
    if contribution.is_undecided:
        raise Refused(WITHDRAW_FIRST)
    contact = Contact.objects.filter(contribution=contribution).first()
    if contact:
        forget(contact)
        contribution.events.create(what=What.ERASED)
    blank_mail_to_nobody()


def forget(contact: Contact) -> None:
    """Delete a contact. The same send by the same person is a new case from then on."""
    case = contact.contribution
    case.idempotency_key = get_random_string(64)
    case.save(update_fields=["idempotency_key"])
    contact.delete()


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
    """Erase it. Return how many of each kind, by its name in `what_comes`."""
    due = {name: list(rows) for name, rows in what_comes().items()}
    for contribution in {*due["spam"], *due["unconfirmed"]}:
        erase_whole(contribution)
    for contact in due["contacts"]:
        forget(contact)
    for request in due["writers"]:
        request.delete()
    blank_mail_to_nobody()
    SendCount.objects.filter(hour__lt=timezone.now() - timedelta(days=2)).delete()
    return {name: len(rows) for name, rows in due.items()}


def erase_whole(contribution: Contribution) -> None:
    """Erase a case that has no page any more, with the files that came with it."""
    documents = {s.document for s in contribution.submissions.all() if s.document}
    contribution.delete()
    for document in documents:
        document.delete()
