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
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from wagtail.contrib.forms.models import AbstractFormSubmission
from wagtail.models import Page, TaskState, WorkflowState

from publications.models import PublicationPage


class Kind(models.TextChoices):
    PUBLICATION = "publicatie", "Publicatie"
    TIP = "tip", "Tip"
    ARTICLE = "artikel", "Artikel of verhaal"
    CORRECTION = "correctie", "Correctie"
    PRACTICE = "praktijk", "Gezien in de praktijk"
    QUESTION = "vraag", "Kennisvraag"


# About a publication that is there: no draft page and no workflow, an editor decides at once.
REMARKS = (Kind.CORRECTION, Kind.PRACTICE)
MAX_QUOTES = 3


class Outcome(models.TextChoices):
    PUBLISHED = "gepubliceerd", "Gepubliceerd"
    NOT_PLACED = "niet-geplaatst", "Niet geplaatst"
    PROCESSED = "verwerkt", "Verwerkt"
    NOT_ADOPTED = "niet-overgenomen", "Niet overgenomen"


class Status(models.TextChoices):
    RECEIVED = "ontvangen", "Ontvangen"
    IN_CHECK = "in-lichte-check", "In de lichte check"
    QUESTION = "aanvulling-gevraagd", "Aanvulling gevraagd"
    PUBLISHED = "gepubliceerd", "Gepubliceerd"
    NOT_PLACED = "niet-geplaatst", "Niet geplaatst"
    PROCESSED = "verwerkt", "Verwerkt"
    NOT_ADOPTED = "niet-overgenomen", "Niet overgenomen"
    WITHDRAWN = "ingetrokken", "Ingetrokken"
    SPAM = "spam", "Spam"
    UNCONFIRMED = "wacht-op-bevestiging", "Wacht op bevestiging"


UNCONFIRMED = ~Q(confirmation_asked_at=None) & Q(confirmed_at=None)


class ContributionQuerySet(models.QuerySet):
    def undecided(self):
        """Cases that still wait for an answer of the editors or the contributor."""
        return self.filter(outcome="", withdrawn_at=None, spam_at=None)

    def with_status(self):
        """
        Annotate `status`: what the stored facts and the workflow add up to.

        What the light check let through is published when its page is public: a workflow can have
        more steps behind the light check.
        """
        workflow = WorkflowState.objects.filter(
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id=Cast(OuterRef("page_id"), models.CharField()),
        )
        under_way = workflow.filter(
            status__in=[WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES]
        )
        return self.annotate(
            status=Case(
                When(~Q(spam_at=None), then=Value(Status.SPAM)),
                When(~Q(withdrawn_at=None), then=Value(Status.WITHDRAWN)),
                When(
                    Q(outcome=Outcome.PUBLISHED, page__live=False) & Exists(under_way),
                    then=Value(Status.IN_CHECK),
                ),
                When(outcome=Outcome.PUBLISHED, then=Value(Status.PUBLISHED)),
                When(outcome=Outcome.NOT_PLACED, then=Value(Status.NOT_PLACED)),
                When(outcome=Outcome.PROCESSED, then=Value(Status.PROCESSED)),
                When(outcome=Outcome.NOT_ADOPTED, then=Value(Status.NOT_ADOPTED)),
                When(UNCONFIRMED, then=Value(Status.UNCONFIRMED)),
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

    def with_turns(self):
        """
        Annotate `turn_began`, when it was last the editors' turn, and `asked_at`, when they asked
        their last question.
        """
        events = ContributionEvent.objects.filter(contribution=OuterRef("pk")).order_by("-pk")

        def last(*whats):
            return Subquery(events.filter(what__in=whats).values("at")[:1])

        return self.annotate(
            turn_began=Coalesce(last(*TURNS), F("received_at")),
            asked_at=last(ContributionEvent.What.ASKED),
        )

    def unconfirmed(self):
        """Undecided cases of which the address has yet to be confirmed; editors wait with them."""
        return self.undecided().filter(UNCONFIRMED)

    def waiting_for_editors(self):
        """What is in the editors' hands now, oldest first."""
        waiting = self.with_status().filter(status__in=[Status.RECEIVED, Status.IN_CHECK])
        return waiting.order_by("received_at")

    def uses_to_show(self) -> dict:
        """Return the accepted uses in practice: {"count": how many, "quotes": the newest few}."""
        uses = self.filter(
            kind=Kind.PRACTICE,
            outcome=Outcome.PUBLISHED,
            withdrawn_at=None,
            spam_at=None,
            practice_use__isnull=False,
        )
        rows = list(
            uses.select_related("practice_use", "contact")
            .annotate(total=Window(Count("pk")), has_quote=Q(practice_use__quote__gt=""))
            .order_by("-has_quote", "-decided_at", "-pk")[:MAX_QUOTES]
        )
        quotes = [use.practice_use for use in rows if use.has_quote]
        return {"count": rows[0].total if rows else 0, "quotes": quotes}


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
    # The publication that a correction or a use in practice is about.
    about = models.ForeignKey(
        PublicationPage,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="over",
        related_name="contributions_about",
    )
    title = models.CharField("titel", max_length=255)
    # A digest of the form that was opened and of what was sent: the same send twice is one case.
    idempotency_key = models.CharField(max_length=64, unique=True, editable=False)
    received_at = models.DateTimeField("ontvangen", default=timezone.now)
    confirmation_asked_at = models.DateTimeField("bevestiging gevraagd", null=True, blank=True)
    confirmed_at = models.DateTimeField("bevestigd", null=True, blank=True)
    withdrawn_at = models.DateTimeField("ingetrokken", null=True, blank=True)
    spam_at = models.DateTimeField("spam", null=True, blank=True)
    outcome = models.CharField("uitkomst", max_length=20, choices=Outcome, blank=True)
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
    # Which editor works on it. A courtesy between colleagues: see forms.claims.
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="opgepakt door",
        related_name="+",
    )
    claimed_at = models.DateTimeField("opgepakt", null=True, blank=True)

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

    @property
    def is_remark(self) -> bool:
        """Tell whether this is about a publication and has no draft page of its own."""
        return self.kind in REMARKS

    @property
    def is_unproven(self) -> bool:
        """Tell whether we asked the address to be confirmed, and heard nothing."""
        return bool(self.confirmation_asked_at and not self.confirmed_at)

    @property
    def is_unconfirmed(self) -> bool:
        return self.is_unproven and self.is_undecided

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
    # Empty when somebody chose to leave none; without this row it has been erased.
    email = models.EmailField("e-mailadres", blank=True)
    # Asked apart and never ticked beforehand: a mail a year when the publication was used.
    wants_use_mail = models.BooleanField("mail over gebruik", default=False, db_default=False)
    use_mail_sent_at = models.DateTimeField(null=True, blank=True)

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
        TO_CONFIRM = "te-bevestigen", "Bevestiging gevraagd"
        CONFIRMED = "bevestigd", "E-mailadres bevestigd"
        CHANGED = "gewijzigd", "Gewijzigd door de inzender"
        ANSWERED = "beantwoord", "Beantwoord door de inzender"
        ASKED = "gevraagd", "Aanvulling gevraagd"
        APPROVED = "goedgekeurd", "Goedgekeurd in de lichte check"
        PUBLISHED = "gepubliceerd", "Gepubliceerd"
        NOT_PLACED = "niet-geplaatst", "Niet geplaatst"
        WITHDRAWN = "ingetrokken", "Ingetrokken"
        ERASED = "gewist", "Gegevens gewist door de inzender"
        SPAM = "spam", "Als spam gemarkeerd"
        REOPENED = "heropend", "Heropend"
        PROCESSED = "verwerkt", "Verwerkt"
        NOT_ADOPTED = "niet-overgenomen", "Niet overgenomen"
        QUOTE_CHANGED = "citaat", "Citaat gewijzigd"
        LEAD = "aanknopingspunt", "Aanknopingspunt"
        ANSWER_FOUND = "antwoord-gevonden", "Antwoord gevonden"
        CLAIMED = "opgepakt", "Opgepakt"
        TAKEN_OVER = "overgenomen", "Overgenomen"
        GIVEN_BACK = "teruggegeven", "Teruggegeven"

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


# From these on it is the editors' turn.
TURNS = (
    ContributionEvent.What.RECEIVED,
    ContributionEvent.What.CONFIRMED,
    ContributionEvent.What.CHANGED,
    ContributionEvent.What.ANSWERED,
    ContributionEvent.What.REOPENED,
)


class ContributionLinkQuerySet(models.QuerySet):
    def for_token(self, token: str):
        """The link of this token, while it works: not revoked, and we still know whose it is."""
        is_valid = models.Q(revoked_at=None, contribution__contact__isnull=False)
        return self.filter(is_valid, digest=digest_of(token))

    def of_erased_contact(self, token: str):
        """The link of this token, when it stopped working because the contact was erased."""
        return self.filter(contribution__contact__isnull=True, digest=digest_of(token))


class ContributionLink(models.Model):
    """
    A way in to the status page. The token is in one mail only, or in the address of the page after
    sending; here stands its digest. Who has one from a mail reads the mail of that address.
    """

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    by_mail = models.BooleanField(default=False)

    objects = ContributionLinkQuerySet.as_manager()

    def __str__(self):
        return f"link naar {self.contribution}"

    @classmethod
    def make(cls, contribution: Contribution, *, by_mail: bool = False) -> str:
        """Make a new link and return its token, which cannot be had again."""
        token = secrets.token_urlsafe(24)
        digest = digest_of(token)
        cls.objects.create(contribution=contribution, digest=digest, by_mail=by_mail)
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
