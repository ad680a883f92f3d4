"""What is kept of erasing somebody's data, and of handing over the work of who leaves."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac


def digest_of(email: str) -> str:
    """Return a keyed hash of an address: only who has the address and the key can compare it."""
    return salted_hmac("home.gewist", email.strip().lower(), algorithm="sha256").hexdigest()


class ErasureRecord(models.Model):
    """
    The proof that everything about one address was erased, without anything of it: a keyed hash of
    the address and how many rows of each kind went.
    """

    digest = models.CharField(max_length=64, db_index=True)
    counts = models.JSONField("wat er gewist is", default=dict)
    at = models.DateTimeField("gewist op", default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name="door", related_name="+"
    )

    class Meta:
        verbose_name = "gewiste persoonsgegevens"
        verbose_name_plural = "gewiste persoonsgegevens"
        ordering = ["-pk"]

    def __str__(self):
        return f"gewist op {self.at:%d-%m-%Y}"

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class Handover(models.Model):
    """That the work of one user went to another, and how much of each kind."""

    leaver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name="van", related_name="+"
    )
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name="aan", related_name="+"
    )
    counts = models.JSONField("wat er is overgedragen", default=dict)
    at = models.DateTimeField("overgedragen op", default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name="door", related_name="+"
    )

    class Meta:
        verbose_name = "overdracht van werk"
        verbose_name_plural = "overdrachten van werk"
        ordering = ["-pk"]

    def __str__(self):
        return f"overdracht op {self.at:%d-%m-%Y}"
