"""
Which publications harvesters see, and when that last changed.

The datestamp of a record moves when something in it changes that a harvester can see, and only
then: a digest of the record tells. A publication that leaves the public site leaves its row behind.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

from django.apps import apps
from django.db import connection, transaction

from publications.citations.dublin_core import dublin_core_record
from publications.models.harvest import HarvestRecord

BATCH = 500


def bring_up_to_date(pages) -> int:
    """
    Bring the rows of these publications, a queryset, in line with what is public now. Return how
    many changed. Pages that never were public get no row.
    """
    names = sorted(pages.values_list("translation_key", "pk"))
    return sum(
        _bring_up_to_date(pages.model, dict(names[start : start + BATCH]))
        for start in range(0, len(names), BATCH)
    )


@transaction.atomic
def _bring_up_to_date(model, pages: dict) -> int:
    """Do so for some pages, given as {translation_key: pk}."""
    locked = HarvestRecord.objects.select_for_update().order_by("identifier")
    rows = locked.in_bulk(list(pages))
    gone = {name for name, row in rows.items() if not row.is_deleted}
    public = model.objects.harvestable().filter(pk__in=pages.values()).for_citation()
    changed = []
    for page in sorted(public, key=lambda page: page.translation_key):
        gone.discard(page.translation_key)
        row, sets = rows.get(page.translation_key), sets_of(page)
        digest = digest_of(page, sets)
        if row is None or row.is_deleted or row.digest != digest:
            changed.append(HarvestRecord(page.translation_key, None, sets, digest, False))
    now = database_time() if changed else None
    for row in changed:
        row.datestamp = now
    HarvestRecord.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["identifier"],
        update_fields=["datestamp", "sets", "digest", "is_deleted"],
    )
    return len(changed) + mark_deleted(gone)


def mark_deleted(identifiers: Iterable) -> int:
    """Let harvesters know that these are no longer public. Return how many were until now."""
    identifiers = list(identifiers)
    if not identifiers:
        return 0
    rows = HarvestRecord.objects.filter(identifier__in=identifiers, is_deleted=False)
    return rows.update(is_deleted=True, datestamp=database_time())


def bring_everything_up_to_date() -> int:
    """Go through the whole library, also for what left it behind our back. Return what changed."""
    model = apps.get_model("publications", "PublicationPage")
    changed = bring_up_to_date(model.objects.all())
    known = model.objects.values("translation_key")
    lost = HarvestRecord.objects.filter(is_deleted=False).exclude(identifier__in=known)
    return changed + mark_deleted(lost.values_list("identifier", flat=True))


def sets_of(page) -> list[str]:
    """Return the sets a publication is in: its kind and its pillars, and all kinds, all pillars."""
    terms = [*([page.kind] if page.kind else []), *page.pillars.all()]
    return sorted({name for term in terms for name in (term.vocabulary, set_name(term))})


def set_name(term) -> str:
    return f"{term.vocabulary}:{term.slug}"


def digest_of(page, sets: list[str]) -> str:
    said = "\n".join([dublin_core_record(page), *sets])
    return blake2b(said.encode(errors="replace"), digest_size=16).hexdigest()


def database_time() -> datetime:
    """Return the time in whole seconds, of the one clock that all processes share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT date_trunc('second', clock_timestamp())")
        return cursor.fetchone()[0]


def time_of_answer() -> datetime:
    """
    Return from which moment on a harvester must ask again. That is now, unless somebody is busy
    changing something that cannot be seen yet: then it is when they began. Otherwise such a change
    would appear with a datestamp that has been harvested already.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date_trunc('second', least(clock_timestamp(), min(xact_start)))"
            " FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]
