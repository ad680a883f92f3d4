"""What follows from publishing a page, whoever did it and by which route."""

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import page_published

from forms.asked import tell_askers
from forms.mail import deliver_due_mail
from forms.models import ContributionEvent, Outcome

What = ContributionEvent.What


@receiver(page_published)
@transaction.atomic
def tell_of_publication(sender, instance, **kwargs):
    """
    Note that a contribution is public now, and let its mail go, when the workflow had more steps
    behind the light check. Otherwise the light check itself did so.
    """
    for contribution in instance.contributions.filter(outcome=Outcome.PUBLISHED):
        last = contribution.events.filter(what__in=[What.APPROVED, What.PUBLISHED]).last()
        if last and last.what == What.APPROVED:
            contribution.events.create(what=What.PUBLISHED)
            contribution.mails.filter(waits_for_publication=True).update(
                waits_for_publication=False, next_attempt_at=timezone.now()
            )
            deliver_due_mail.enqueue()


@receiver(page_published)
def tell_who_asked(sender, instance, **kwargs):
    """A question is answered by publishing it with its answer, or by publishing the answer."""
    tell_askers(instance)
