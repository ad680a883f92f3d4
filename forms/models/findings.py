"""What the worker found out about a contribution, for the editors only."""

from django.db import models
from django.utils import timezone

from publications.models import LibraryDocument

from .contribution import Contribution


class AddressCheck(models.Model):
    """
    Whether the address of a contribution answered. One row each: the latest check.

    `checked_at` is empty while the worker has yet to look. `message` is a Dutch sentence.
    """

    contribution = models.OneToOneField(
        Contribution, models.CASCADE, primary_key=True, related_name="address_check"
    )
    address = models.CharField(max_length=2000)
    asked_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    has_answered = models.BooleanField(default=False)
    message = models.CharField(max_length=250, blank=True)

    class Meta:
        verbose_name = "linkcontrole"
        verbose_name_plural = "linkcontroles"

    def __str__(self):
        return f"linkcontrole bij {self.contribution_id}"


class DocumentPreview(models.Model):
    """
    The first page of a document that was sent in, as PNG.

    In the database, not among the images: what nobody has approved yet has no public address.
    """

    document = models.OneToOneField(
        LibraryDocument, models.CASCADE, primary_key=True, related_name="preview"
    )
    png = models.BinaryField()

    class Meta:
        verbose_name = "voorbeeld van een bestand"
        verbose_name_plural = "voorbeelden van bestanden"

    def __str__(self):
        return f"eerste bladzijde van {self.document_id}"
