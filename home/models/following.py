"""Who follows which list by mail."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from wagtail.models import Page

UNCONFIRMED_DAYS = 7
SLACK = timedelta(hours=12)  # `daily` is not at the same second each day


class Rhythm(models.TextChoices):
    WEEK = "week", "elke week"
    MONTH = "maand", "elke maand"


RHYTHM_DAYS = {Rhythm.WEEK: 7, Rhythm.MONTH: 30}


class SubscriptionQuerySet(models.QuerySet):
    def to_ask(self):
        """Those whose mail with the question to confirm has not gone out."""
        return self.exclude(asked_rhythm="")

    def never_confirmed(self):
        """Those that are forgotten: nobody confirmed them in time."""
        start = timezone.now() - timedelta(days=UNCONFIRMED_DAYS)
        return self.filter(confirmed_at=None, asked_at__lt=start)

    def due(self):
        """Those for which it is time to look whether something is new."""
        now = timezone.now()
        is_due = models.Q(pk=None)
        for rhythm, days in RHYTHM_DAYS.items():
            is_due |= models.Q(rhythm=rhythm, seen_until__lte=now - timedelta(days=days) + SLACK)
        return self.filter(is_due).exclude(confirmed_at=None)


class Subscription(models.Model):
    """
    Somebody who hears by mail what is new on one list. Nothing is sent before the address has been
    confirmed, and the row goes when it is stopped.

    `page` and `query` are the list: a page of LISTS, or the search when there is no page. The row
    goes with its page, and stays when that gets another address.
    """

    wagtail_reference_index_ignore = True  # who follows a page does not use it

    email = models.EmailField("e-mailadres")
    page = models.ForeignKey(
        Page, models.CASCADE, null=True, blank=True, verbose_name="lijst", related_name="+"
    )
    query = models.CharField("zoekvraag", max_length=1500, blank=True)
    rhythm = models.CharField("hoe vaak", max_length=5, choices=Rhythm, default=Rhythm.WEEK)
    # What was asked for and must still be confirmed by mail; empty when that mail has gone.
    asked_rhythm = models.CharField(max_length=5, choices=Rhythm, blank=True)
    asked_at = models.DateTimeField("aangevraagd", default=timezone.now)
    confirmed_at = models.DateTimeField("bevestigd", null=True, blank=True)
    # What came in later is new.
    seen_until = models.DateTimeField("bijgewerkt tot", default=timezone.now)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = "volger"
        verbose_name_plural = "volgers"
        constraints = [
            models.UniqueConstraint(
                fields=["email", "page", "query"], nulls_distinct=False, name="followed_once"
            )
        ]

    @classmethod
    def naming_in_address(cls, facet: str, slug: str):
        """Return those who follow a list that is narrowed to this term."""
        return cls.objects.filter(query__regex=rf"[?&]{facet}={slug}(&|$)")

    def __str__(self):
        return f"{self.page or 'zoeken'} {self.query}".strip()
