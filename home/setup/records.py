"""Making each thing once: what has a record is never made again, changed or brought back."""

import hashlib
from collections import Counter
from collections.abc import Callable

from django.apps import apps
from django.db import connection, models, transaction
from wagtail.models import Page

from home.models import SetupRecord

# What people can change of an image, a document or an author; other fields follow from the file.
EDITABLE = (
    "title",
    "file",
    "collection_id",
    "description",
    "credit",
    "is_decorative",
    "right_to_share",
    "accessible",
    "name",
    "role",
    "portrait_id",
    "consent_by",
)
LOCK = 0x6B70_5E70  # any number that nothing else in this database uses


class Run:
    """
    One run of the command.

    `once` makes a thing in a transaction with its record, so that a run that is cut short can be
    done over. `made` counts what this run made, per group.
    """

    def __init__(self):
        self.known = set(SetupRecord.objects.values_list("name", flat=True))
        self.made = Counter()

    def has(self, name: str) -> bool:
        return name in self.known

    def once(
        self,
        name: str,
        make: Callable[[], models.Model | None],
        *,
        group: str = "",
        is_example: bool = False,
    ) -> None:
        """Make a thing, unless something was made under this name before."""
        if name in self.known:
            return
        with transaction.atomic():
            take_turns()
            if not SetupRecord.objects.filter(name=name).exists():
                self.record(name, make(), group=group, is_example=is_example)
        self.known.add(name)

    def record(
        self, name: str, thing: models.Model | None, *, group: str, is_example: bool = False
    ) -> None:
        """Note down that `thing` was made. Call it in the transaction that makes it."""
        record = SetupRecord(name=name, is_example=is_example)
        if thing:
            record.model, record.object_id = thing._meta.label, thing.pk
        if thing and is_example:
            record.fingerprint = fingerprint(thing_of(record))
        record.save()
        self.known.add(name)
        self.made[group] += bool(group)


def take_turns() -> None:
    """Wait until no other run is making something. Holds until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def find(name: str) -> models.Model | None:
    """Return what was made under this name, or None when it was not, or is gone."""
    record = SetupRecord.objects.filter(name=name).first()
    return record and thing_of(record)


def thing_of(record: SetupRecord) -> models.Model | None:
    if not record.model:
        return None
    return apps.get_model(record.model)._base_manager.filter(pk=record.object_id).first()


def fingerprint(thing: models.Model) -> str:
    """
    Return what changes when people change this thing.

    Every change of a page in the admin makes a revision or takes the page off the site; that holds
    across upgrades, which a digest of all its fields would not.
    """
    if isinstance(thing, Page):
        return f"revision {thing.latest_revision_id}, {'live' if thing.live else 'not live'}"
    values = [str(getattr(thing, name, "")) for name in EDITABLE]
    return hashlib.sha256("\n".join(values).encode()).hexdigest()
