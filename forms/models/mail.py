"""Outgoing mail. A row is written in one transaction with its cause; the worker sends it."""

from django.db import models
from django.utils import timezone


class OutboxQuerySet(models.QuerySet):
    def due(self):
        """Mail that has yet to go and whose time has come, oldest first."""
        return self.filter(delivered_at=None, next_attempt_at__lte=timezone.now()).order_by("pk")

    def failing(self):
        return self.filter(delivered_at=None, attempts__gte=3)


class OutboxMail(models.Model):
    """
    One mail: to the contributor of a case, or to the editors.

    The contributor's address is not here but read from Contact at the last moment; when that has
    been erased, so has the mail. The body is blanked after delivery, since it holds a link.
    """

    class Audience(models.TextChoices):
        CONTRIBUTOR = "inzender", "inzender"
        EDITORS = "redactie", "redactie"

    contribution = models.ForeignKey(
        "forms.Contribution", models.CASCADE, verbose_name="bijdrage", related_name="mails"
    )
    audience = models.CharField("aan", max_length=10, choices=Audience)
    template = models.CharField("soort mail", max_length=30)
    subject = models.CharField("onderwerp", max_length=250)
    body = models.TextField("tekst", blank=True)
    # Made with the row and sent each time, so that a second delivery can be recognised as one.
    message_id = models.CharField(max_length=120, unique=True)
    queued_at = models.DateTimeField("klaargezet", default=timezone.now)
    attempts = models.PositiveSmallIntegerField("pogingen", default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField("bezorgd", null=True, blank=True)
    last_error = models.CharField("laatste fout", max_length=250, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = "mail"
        verbose_name_plural = "mails"
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(delivered_at=None),
                name="outbox_due",
            )
        ]

    def __str__(self):
        return self.subject
