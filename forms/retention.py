"""How long personal data of contributors is kept, and its erasure when the time has come."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from forms.models import Contact, Contribution, ContributionEvent, Outcome, SendCount

What = ContributionEvent.What


def contacts_to_erase():
    """Return the contacts whose time has come, by what became of their contribution."""
    now = timezone.now()
    before = {case: now - timedelta(days=days) for case, days in settings.RETENTION_DAYS.items()}
    asked = Contribution.objects.undecided().annotate(
        asked_at=Max("events__at", filter=Q(events__what=What.ASKED)),
        heard_at=Max("events__at", filter=~Q(events__what=What.ASKED)),
    )
    unanswered = asked.filter(asked_at__lt=before["question"], heard_at__lt=before["question"])
    return Contact.objects.filter(
        Q(contribution__outcome=Outcome.PUBLISHED, contribution__decided_at__lt=before["published"])
        | Q(
            contribution__outcome=Outcome.NOT_PLACED,
            contribution__decided_at__lt=before["not_placed"],
        )
        | Q(contribution__withdrawn_at__lt=before["not_placed"])
        | Q(contribution__in=unanswered.values("pk"))
    )


def spam_to_erase():
    """Return the spam whose time has come; nothing of it stays."""
    limit = timezone.now() - timedelta(days=settings.RETENTION_DAYS["spam"])
    return Contribution.objects.filter(spam_at__lt=limit)


@transaction.atomic
def erase_what_is_due() -> dict[str, int]:
    """Erase it. Return how many of each: {"contacts": n, "spam": n}."""
    spam = list(spam_to_erase())
    for contribution in spam:
        documents = [s.document for s in contribution.submissions.all() if s.document]
        contribution.delete()
        for document in documents:
            document.delete()
    contacts = contacts_to_erase().delete()[0]
    SendCount.objects.filter(hour__lt=timezone.now() - timedelta(days=2)).delete()
    return {"contacts": contacts, "spam": len(spam)}
