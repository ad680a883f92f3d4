"""What harvesters know of the library."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class HarvestRecord(models.Model):
    """
    One publication that harvesters may have seen. It stays when the publication goes, so that they
    hear of that too; nothing else of the publication stays with it.

    `publications.oai.records` keeps these rows, whatever changes a publication and by which route.
    """

    identifier = models.UUIDField("vaste naam", primary_key=True, help_text="translation_key")
    datestamp = models.DateTimeField("laatst veranderd", help_text="In hele seconden.")
    sets = ArrayField(models.CharField(max_length=80), verbose_name="verzamelingen", default=list)
    digest = models.CharField("vingerafdruk van wat er stond", max_length=32)
    is_deleted = models.BooleanField("weg", default=False)

    class Meta:
        verbose_name = "record voor oogsters"
        verbose_name_plural = "records voor oogsters"
        indexes = [
            models.Index(fields=["datestamp", "identifier"], name="harvest_in_order"),
            GinIndex(fields=["sets"], name="harvest_sets"),
        ]

    def __str__(self):
        return str(self.identifier)
