"""What the quality audit found: about links, about publications, and about its own runs."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

DEAD_AFTER_FAILURES = 3
DEAD_AFTER = timedelta(days=7)
STOPPED_AFTER = timedelta(days=2)


class AuditRun(models.Model):
    """One time that the audit went through the library. Without an end it was cut off."""

    started_at = models.DateTimeField("begonnen", default=timezone.now)
    finished_at = models.DateTimeField("klaar", null=True, db_index=True)
    publications = models.PositiveIntegerField("publicaties", default=0)
    links = models.PositiveIntegerField("links", default=0)

    class Meta:
        verbose_name = "ronde van de keuring"
        verbose_name_plural = "rondes van de keuring"
        ordering = ["-started_at"]

    def __str__(self):
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @classmethod
    def last_finished(cls) -> "AuditRun | None":
        return cls.objects.exclude(finished_at=None).order_by("-finished_at").first()


class AuditRecord(models.Model):
    """
    When a publication was last gone through, and when an editor last said that it still holds.

    Not on the page: publishing an old draft would bring back an old date.
    """

    publication = models.OneToOneField(
        "publications.PublicationPage", models.CASCADE, related_name="audit_record"
    )
    audited_at = models.DateTimeField("gekeurd op", null=True)
    looked_at = models.DateTimeField("bekeken op", null=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "keuring van een publicatie"
        verbose_name_plural = "keuringen van publicaties"

    def __str__(self):
        return str(self.publication)

    @property
    def last_checked(self):
        """The last time that a program or an editor looked, or None."""
        return max(filter(None, [self.audited_at, self.looked_at]), default=None)


class LinkState(models.TextChoices):
    GOOD = "goed", "werkt"
    MOVED = "verhuisd", "verhuisd"
    FAILING = "hapert", "geeft nu een fout"
    DEAD = "dood", "werkt niet meer"
    UNKNOWN = "onbekend", "laat zich niet controleren"


class LinkCheck(models.Model):
    """What came of the last look at one address of a publication."""

    publication = models.ForeignKey(
        "publications.PublicationPage", models.CASCADE, related_name="link_checks"
    )
    address = models.CharField("adres", max_length=1000)
    state = models.CharField(
        "toestand", max_length=10, choices=LinkState, default=LinkState.UNKNOWN
    )
    detail = models.CharField("bijzonderheden", max_length=200, blank=True)
    moved_to = models.CharField("nieuw adres", max_length=2000, blank=True)
    checked_at = models.DateTimeField("gecontroleerd", null=True, db_index=True)
    failures = models.PositiveSmallIntegerField("keer mislukt", default=0)
    first_failed_at = models.DateTimeField("sinds", null=True)
    last_failed_at = models.DateTimeField("voor het laatst mislukt", null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "gecontroleerde link"
        verbose_name_plural = "gecontroleerde links"
        constraints = [
            models.UniqueConstraint(fields=["publication", "address"], name="link_checked_once")
        ]

    def __str__(self):
        return self.address


class FindingKind(models.TextChoices):
    DEAD_LINK = "link-dood", "dode link"
    MOVED_LINK = "link-verhuisd", "verhuisde link"
    NO_SUMMARY = "samenvatting", "geen samenvatting"
    NO_FACILITY = "voorziening", "geen voorziening"
    NO_LICENCE = "licentie", "geen licentie"
    NO_ALT = "alt-tekst", "omslag zonder beschrijving"
    DOUBLE = "dubbel", "misschien dubbel"
    NO_TEXT = "tekstlaag", "pdf zonder tekst"
    FUTURE = "toekomst", "datum in de toekomst"
    OLD = "actueel", "nog actueel?"


class FindingQuerySet(models.QuerySet):
    def open(self):
        return self.filter(dismissed_at=None)

    def dismiss(self, user, reason: str = "") -> int:
        """Put these away. What may be double is put away at the other publication too."""
        doubles = self.filter(kind=FindingKind.DOUBLE, dismissed_at=None)
        mirrored = models.Q(pk__in=list(self.values_list("pk", flat=True)))
        for page, other in doubles.values_list("publication_id", "subject"):
            mirrored |= models.Q(
                kind=FindingKind.DOUBLE, publication_id=int(other), subject=str(page)
            )
        return (
            self.model.objects.filter(mirrored)
            .open()
            .update(dismissed_at=timezone.now(), dismissed_by=user, dismissed_reason=reason)
        )

    def bring_back(self) -> int:
        return self.exclude(dismissed_at=None).update(
            dismissed_at=None, dismissed_by=None, dismissed_reason=""
        )


class Finding(models.Model):
    """
    Something to look at on one publication. The row goes when it no longer holds; one that an
    editor dismissed stays away for as long as it does hold.
    """

    publication = models.ForeignKey(
        "publications.PublicationPage", models.CASCADE, related_name="findings"
    )
    kind = models.CharField("wat", max_length=20, choices=FindingKind)
    # What it is about, when a publication may have several of a kind: an address, another page.
    subject = models.CharField("waarover", max_length=1000, blank=True)
    detail = models.TextField("bijzonderheden", blank=True)
    found_at = models.DateTimeField("gevonden", default=timezone.now)
    dismissed_at = models.DateTimeField("genegeerd op", null=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    dismissed_reason = models.CharField("reden", max_length=200, blank=True)

    wagtail_reference_index_ignore = True

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "bevinding"
        verbose_name_plural = "bevindingen"
        default_permissions = ["view", "change"]
        ordering = ["kind", "-found_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "kind", "subject"], name="finding_once")
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.publication.title}"
