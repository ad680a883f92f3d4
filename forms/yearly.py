"""The yearly mail “je publicatie werd gebruikt”, to contributors who asked for it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from forms.mail import YEARLY, queue_mail, stop_address
from forms.models import Contact, Outcome, PracticeUse

A_YEAR = timedelta(days=365)


def contacts_to_tell():
    """Return the contacts who asked, got no such mail for a year, and for whom there is news."""
    since = Coalesce(OuterRef("use_mail_sent_at"), OuterRef("contribution__received_at"))
    news = PracticeUse.objects.accepted().filter(
        contribution__about=OuterRef("contribution__page"), contribution__decided_at__gt=since
    )
    return Contact.objects.filter(
        Q(use_mail_sent_at=None) | Q(use_mail_sent_at__lt=timezone.now() - A_YEAR),
        Exists(news),
        wants_use_mail=True,
        contribution__outcome=Outcome.PUBLISHED,
        contribution__page__live=True,
    )


def tell_of_uses() -> int:
    """Queue the mails that are due, each in a transaction with the note that it was sent."""
    told = 0
    for pk in contacts_to_tell().values_list("pk", flat=True):
        with transaction.atomic():
            contact = contacts_to_tell().select_for_update(of=["self"]).filter(pk=pk).first()
            told += bool(contact) and _tell(contact)
    return told


def _tell(contact: Contact) -> bool:
    contribution = contact.contribution
    news = PracticeUse.objects.accepted().filter(
        contribution__about=contribution.page_id,
        contribution__decided_at__gt=contact.use_mail_sent_at or contribution.received_at,
    )
    count = news.count()
    contact.use_mail_sent_at = timezone.now()
    contact.save(update_fields=["use_mail_sent_at"])
    queue_mail(contribution, YEARLY, aantal=count, stop=stop_address(contribution.pk))
    return True
