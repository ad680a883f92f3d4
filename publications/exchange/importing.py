"""
The worker's part of an import: read the file, make the drafts, undo them.

Each is a task that goes on where it was when it is run again. A batch and what it made are one
transaction, and the import is locked meanwhile: two workers never make the same draft.
"""

import logging

from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, transaction
from django.utils import timezone
from django_tasks import task
from wagtail.models import Page, ReferenceIndex

from publications.exchange.checking import check_rows
from publications.exchange.drafts import make_drafts
from publications.exchange.readers import Unreadable, read_file
from publications.models import ImportJob, ImportRow, LibraryPage, PublicationPage, Verdict

logger = logging.getLogger(__name__)

BATCH = 100
UNREADABLE = "Dit bestand kunnen we niet lezen. Vraag het je beheerder."
REFUSED = "Van deze rij lukte het niet een concept te maken. Vraag het je beheerder."


@task(backend="background")
def read_import(job_id: int) -> None:
    """Take the file apart and judge each row. Afterwards the file itself is not kept."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().filter(pk=job_id).first()
        if job is None or job.read_at or job.fault:
            return
        try:
            with transaction.atomic():
                _read(job)
            return
        except OperationalError:  # it is the database, not the file
            raise
        except Unreadable as unreadable:
            fault = str(unreadable)
            logger.warning("Import %s unreadable: %s", job_id, unreadable.__cause__ or unreadable)
        except Exception:
            fault = UNREADABLE
            logger.exception("Import %s: the file breaks what reads it", job_id)
        ImportJob.objects.filter(pk=job_id).update(fault=fault, content=b"")


def _read(job: ImportJob) -> None:
    contents = read_file(bytes(job.content), job.format)
    ImportRow.objects.bulk_create(
        (
            ImportRow(
                job=job,
                number=row.number,
                facts=row.facts,
                problems=row.problems,
                notices=row.notices,
                verdict=row.verdict,
                duplicate_of_id=row.duplicate_of,
                duplicate_why=row.duplicate_why,
            )
            for row in check_rows(contents.rows)
        ),
        batch_size=500,
    )
    job.notices, job.content, job.read_at = contents.notices, b"", timezone.now()
    job.save()


@task(backend="background")
def import_rows(job_id: int) -> None:
    """Make a draft of each row that was approved."""
    while _import_batch(job_id):
        pass


@transaction.atomic
def _import_batch(job_id: int) -> bool:
    """Make the next drafts. Return False when there is nothing left to do."""
    job = ImportJob.objects.select_for_update().filter(pk=job_id).first()
    if job is None or not job.approved_at or job.imported_at or job.undo_asked_at:
        return False
    rows = list(ImportRow.objects.to_import(job)[:BATCH])
    job.worked_at = timezone.now()
    if not rows:
        job.imported_at = job.worked_at
    job.save(update_fields=["worked_at", "imported_at"])
    if rows:
        _make_what_can_be_made(job, rows)
    return bool(rows)


def _make_what_can_be_made(job: ImportJob, rows: list[ImportRow]) -> None:
    library = LibraryPage.objects.get()
    try:
        with transaction.atomic():
            make_drafts(library, rows, job.by)
        return
    except Exception:
        logger.exception("Import %s: a batch failed, going on row by row", job.pk)
    for row in rows:
        try:
            with transaction.atomic():
                make_drafts(library, [row], job.by)
        except Exception:
            logger.exception("Import %s: row %s failed", job.pk, row.number)
            row.refresh_from_db()
            row.verdict, row.problems = Verdict.WRONG, [["", REFUSED]]
            row.save(update_fields=["verdict", "problems"])


@task(backend="background")
def undo_import(job_id: int) -> None:
    """Delete the drafts of an import that nobody has touched. The others stay, and say why."""
    while _undo_batch(job_id):
        pass


@transaction.atomic
def _undo_batch(job_id: int) -> bool:
    job = ImportJob.objects.select_for_update().filter(pk=job_id).first()
    if job is None or not job.undo_asked_at or job.undone_at:
        return False
    rows = ImportRow.objects.filter(job=job, kept_because="").exclude(page=None)
    # Backwards, so that what builds on another draft of this import goes before that one.
    rows = list(rows.select_related("page").order_by("-number")[:BATCH])
    job.worked_at = timezone.now()
    if not rows:
        job.undone_at = job.worked_at
    job.save(update_fields=["worked_at", "undone_at"])
    linked = _linked_to([row.page for row in rows])
    untouched = []
    for row in rows:
        row.kept_because = _why_kept(row, linked)
        if not row.kept_because:
            untouched.append(row.page_id)
    ImportRow.objects.bulk_update([row for row in rows if row.kept_because], ["kept_because"])
    if untouched:
        PublicationPage.objects.filter(pk__in=untouched).delete()
    return bool(rows)


def _why_kept(row: ImportRow, linked: set[int]) -> str:
    page = row.page
    if page.live or page.first_published_at:
        return "staat of stond online"
    if page.latest_revision_id != row.revision_id:
        return "is daarna bewerkt"
    if page.current_workflow_state:
        return "ligt in de lichte check"
    if page.pk in linked:
        return "er verwijst iets naar"
    return ""


def _linked_to(pages: list[PublicationPage]) -> set[int]:
    """Return which of these publications something else holds: a story, a dossier, a question."""
    ids = {page.pk for page in pages}
    references = ReferenceIndex.get_references_to_in_bulk(pages)
    places = references.values_list("to_object_id", "base_content_type", "object_id")
    kind = ContentType.objects.get_for_model(Page).pk
    # What belongs to the page itself, such as its authors, goes with it.
    return ids & {int(pk) for pk, base, place in places if (base, str(place)) != (kind, str(pk))}
