"""
The contribution: one case, from what somebody sent to what the editors decided.

What is stored are facts that do not change. The status is computed from them and from the workflow,
in `ContributionQuerySet.with_status()`; nobody writes it.
"""

import hashlib
import secrets

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast
from django.utils import timezone
from wagtail.contrib.forms.models import AbstractFormSubmission
from wagtail.models import Page, TaskState, WorkflowState


class Kind(models.TextChoices):
    PUBLICATION = "publicatie", "Publicatie"
    TIP = "tip", "Tip"
    ARTICLE = "artikel", "Artikel of verhaal"
    CORRECTION = "correctie", "Correctie"


class Outcome(models.TextChoices):
    PUBLISHED = "gepubliceerd", "Gepubliceerd"
    NOT_PLACED = "niet-geplaatst", "Niet geplaatst"


class Status(models.TextChoices):
    RECEIVED = "ontvangen", "Ontvangen"
    IN_CHECK = "in-lichte-check", "In de lichte check"
    QUESTION = "aanvulling-gevraagd", "Aanvulling gevraagd"
    PUBLISHED = "gepubliceerd", "Gepubliceerd"
    NOT_PLACED = "niet-geplaatst", "Niet geplaatst"
    WITHDRAWN = "ingetrokken", "Ingetrokken"
    SPAM = "spam", "Spam"


class ContributionQuerySet(models.QuerySet):
    def undecided(self):
        """Cases that still wait for an answer of the editors or the contributor."""
        return self.filter(outcome="", withdrawn_at=None, spam_at=None)

    def with_status(self):
        """Annotate `status`: what the stored facts and the workflow add up to."""
        workflow = WorkflowState.objects.filter(
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id=Cast(OuterRef("page_id"), models.CharField()),
        )
        return self.annotate(
            status=Case(
                When(~Q(spam_at=None), then=Value(Status.SPAM)),
                When(~Q(withdrawn_at=None), then=Value(Status.WITHDRAWN)),
                When(outcome=Outcome.PUBLISHED, then=Value(Status.PUBLISHED)),
                When(outcome=Outcome.NOT_PLACED, then=Value(Status.NOT_PLACED)),
                When(
                    Exists(workflow.filter(status=WorkflowState.STATUS_NEEDS_CHANGES)),
                    then=Value(Status.QUESTION),
                ),
                When(
                    Exists(workflow.filter(status=WorkflowState.STATUS_IN_PROGRESS)),
                    then=Value(Status.IN_CHECK),
                ),
                default=Value(Status.RECEIVED),
                output_field=models.CharField(choices=Status),
            )
        )

    def waiting_for_editors(self):
        """What is in the editors' hands now, oldest first."""
        waiting = self.with_status().filter(status__in=[Status.RECEIVED, Status.IN_CHECK])
        return waiting.order_by("received_at")


class Contribution(models.Model):
    """
    One case. Its facts are written once, by the functions of `forms.contributions`; only
    reopening takes an outcome back, and the log keeps what it was.
    """

    reference = models.CharField("kenmerk", max_length=20, unique=True)
    kind = models.CharField("soort", max_length=12, choices=Kind)
    form_page = models.ForeignKey(
        "forms.ContributionFormPage",
        models.PROTECT,
        verbose_name="formulier",
        related_name="received_contributions",
    )
    page = models.ForeignKey(
        Page,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="pagina",
        related_name="contributions",
    )
    title = models.CharField("titel", max_length=255)
    # A digest of the form that was opened and of what was sent: the same send twice is one case.
    idempotency_key = models.CharField(max_length=64, unique=True, editable=False)
    received_at = models.DateTimeField("ontvangen", default=timezone.now)
    confirmed_at = models.DateTimeField("bevestigd", null=True, blank=True)
    withdrawn_at = models.DateTimeField("ingetrokken", null=True, blank=True)
    spam_at = models.DateTimeField("spam", null=True, blank=True)
    outcome = models.CharField("uitkomst", max_length=15, choices=Outcome, blank=True)
    outcome_reason = models.TextField("reden", blank=True)
    decided_at = models.DateTimeField("besloten", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="besloten door",
        related_name="+",
    )

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = "bijdrage"
        verbose_name_plural = "bijdragen"
        ordering = ["-received_at"]

    def __str__(self):
        return f"{self.reference}: {self.title}"

    @property
    def is_undecided(self) -> bool:
        return not (self.outcome or self.withdrawn_at or self.spam_at)

    def current_status(self) -> Status:
        """Return the status, asking the database when this row was read without it."""
        row = self if hasattr(self, "status") else None
        row = row or Contribution.objects.with_status().get(pk=self.pk)
        return Status(row.status)

    def draft(self):
        """Return the page as its latest draft says, or None when there is no page any more."""
        return self.page and self.page.specific.get_latest_revision_as_object()

    def task_state(self):
        """Return the light check that waits for an editor now, if any."""
        if self.page is None:
            return None
        waiting = TaskState.objects.for_instance(self.page).filter(
            status=TaskState.STATUS_IN_PROGRESS, lightchecktaskstate__isnull=False
        )
        state = waiting.first()
        return state and state.specific

    def contact_or_none(self):
        return Contact.objects.filter(contribution=self).first()

    def question(self):
        """Return the event with the question that waits for the contributor, or None."""
        if self.current_status() != Status.QUESTION:
            return None
        return self.events.filter(what=ContributionEvent.What.ASKED).order_by("-pk").first()


def next_reference() -> str:
    """
    Return the next free reference of this year: “KP-2026-0042”.

    Call it inside the transaction that saves the case: counting makes two at once take turns.
    """
    year = timezone.localdate().year
    counter, _ = ReferenceCounter.objects.get_or_create(year=year)
    counter.latest = F("latest") + 1
    counter.save()
    counter.refresh_from_db()
    return f"KP-{year}-{counter.latest:04}"


class ReferenceCounter(models.Model):
    """The highest number handed out in a year. Numbers of erased cases are never used again."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    latest = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.year}: {self.latest}"


class ContributionSubmission(AbstractFormSubmission):
    """
    What was sent, once per send, and never changed after.

    `form_data` holds the answers by field name; `sent` the same as [label, text] pairs in the words
    of that day. Name and e-mail are in neither: see Contact.
    """

    page = models.ForeignKey(
        "wagtailcore.Page", models.PROTECT, related_name="+", verbose_name="formulier"
    )
    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="submissions")
    document = models.ForeignKey(
        "publications.LibraryDocument",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="submissions",
    )
    sent = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "inzending"
        verbose_name_plural = "inzendingen"
        ordering = ["submit_time", "pk"]

    def __str__(self):
        return f"Inzending bij {self.contribution}"


class Contact(models.Model):
    """Who sent it. The only place with a name or an address, so that it can be erased alone."""

    contribution = models.OneToOneField(
        Contribution, models.CASCADE, primary_key=True, related_name="contact"
    )
    name = models.CharField("naam", max_length=150, blank=True)
    email = models.EmailField("e-mailadres")

    class Meta:
        verbose_name = "contactgegevens"
        verbose_name_plural = "contactgegevens"

    def __str__(self):
        return f"contactgegevens bij {self.contribution}"


class ContributionEvent(models.Model):
    """
    The log of a case. Only ever added to; holds no personal data of the contributor.

    `text` is what an editor asked, answered or gave as a reason.
    """

    class What(models.TextChoices):
        RECEIVED = "ontvangen", "Ontvangen"
        CHANGED = "gewijzigd", "Gewijzigd door de inzender"
        ANSWERED = "beantwoord", "Beantwoord door de inzender"
        ASKED = "gevraagd", "Aanvulling gevraagd"
        PUBLISHED = "gepubliceerd", "Gepubliceerd"
        NOT_PLACED = "niet-geplaatst", "Niet geplaatst"
        WITHDRAWN = "ingetrokken", "Ingetrokken"
        SPAM = "spam", "Als spam gemarkeerd"
        REOPENED = "heropend", "Heropend"

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="events")
    what = models.CharField(max_length=20, choices=What)
    text = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.get_what_display()} op {self.at:%d-%m-%Y}"


class ContributionLinkQuerySet(models.QuerySet):
    def for_token(self, token: str):
        return self.filter(digest=digest_of(token), revoked_at=None)


class ContributionLink(models.Model):
    """A way in to the status page. The token is in one mail only; here stands its digest."""

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ContributionLinkQuerySet.as_manager()

    def __str__(self):
        return f"link naar {self.contribution}"

    @classmethod
    def make(cls, contribution: Contribution) -> str:
        """Make a new link and return its token, which cannot be had again."""
        token = secrets.token_urlsafe(24)
        cls.objects.create(contribution=contribution, digest=digest_of(token))
        return token


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class SendCount(models.Model):
    """
    How often something was sent in one hour: by one address, or in total.

    `sender` is an HMAC of the address with a key of the day, so that it cannot be followed.
    """

    sender = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "hour"], name="one_count_per_hour")
        ]

    def __str__(self):
        return f"{self.count} keer in het uur van {self.hour}"
