"""Who asked to write for the Kennisplein as a regular."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from .retention import RetentionSettings


class WriterRequestQuerySet(models.QuerySet):
    def open(self):
        """Those that no editor has decided on, oldest first."""
        return self.filter(decided_at=None).order_by("asked_at")

    def to_erase(self, on=None):
        """Those that were decided on so long ago that nobody needs them any more."""
        days = RetentionSettings.load().not_placed
        return self.filter(decided_at__lt=(on or timezone.now()) - timedelta(days=days))


class WriterRequest(models.Model):
    """One request at /schrijf-mee/. What came of it are facts; a second decision is refused."""

    name = models.CharField("naam", max_length=150)
    email = models.EmailField("e-mailadres")
    about = models.TextField("waarover")
    asked_at = models.DateTimeField("gevraagd", default=timezone.now)
    decided_at = models.DateTimeField("besloten", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="besloten door",
        related_name="+",
    )
    is_accepted = models.BooleanField("aangenomen", default=False)

    objects = WriterRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "aanvraag van een schrijver"
        verbose_name_plural = "aanvragen van schrijvers"
        ordering = ["-asked_at"]

    def __str__(self):
        return self.name

    @property
    def status(self) -> str:
        """Return how it stands, in an editor's words."""
        if not self.decided_at:
            return "Wacht op antwoord"
        return "Aangenomen" if self.is_accepted else "Niet aangenomen"
