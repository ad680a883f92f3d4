"""
The quality audit: each night through the whole library, and on demand. `publications.quality` has
its rules, `publications.links` looks at the web.
"""

import logging

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django_tasks import task

from publications import links
from publications.models import (
    AuditRecord,
    AuditRun,
    Finding,
    LinkCheck,
    PublicationPage,
)
from publications.models.audit import STOPPED_AFTER
from publications.quality import faults_of

logger = logging.getLogger(__name__)

LOCK = 5_160_712  # any number that no other part of the site locks
RUNS_KEPT = 60
LINKS_AT_ONCE = 20


class AlreadyRunning(RuntimeError):
    """Another process is going through the library."""


def run_audit(*, has_links: bool = True) -> AuditRun:
    """
    Go through all live publications, and look at the links whose turn it is. Return the run.

    Raise AlreadyRunning when another run has not finished. What goes wrong with one publication
    is logged and keeps nobody else's from being audited.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning("Another audit is running.")
        try:
            return _run(has_links)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _run(has_links: bool) -> AuditRun:
    before = AuditRun.objects.first()
    if before and not before.finished_at:
        logger.error("The audit that began at %s never finished.", before.started_at)
    run = AuditRun.objects.create()
    publications = PublicationPage.objects.live()
    links.bring_rows_up_to_date()
    if has_links:
        turn = links.due(timezone.now())[: settings.AUDIT_LINKS_PER_RUN]
        run.links = links.check(list(turn))
    Finding.objects.exclude(publication__in=publications).delete()
    for pk in list(publications.order_by("pk").values_list("pk", flat=True)):
        run.publications += audit_facts(pk)
    run.finished_at = timezone.now()
    run.save()
    kept = AuditRun.objects.values("pk")[:RUNS_KEPT]
    AuditRun.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return run


def audit_facts(pk: int) -> bool:
    """Keep what is wrong now with one live publication. Return whether that was done."""
    try:
        with transaction.atomic():
            publication = (
                PublicationPage.objects.live()
                .select_related("cover", "document", "audit_record")
                .prefetch_related("facilities", "link_checks")
                .filter(pk=pk)
                .first()
            )
            if publication is None:
                Finding.objects.filter(publication=pk).delete()
                return False
            keep(publication, faults_of(publication))
            AuditRecord.objects.update_or_create(
                publication_id=pk, defaults={"audited_at": timezone.now()}
            )
            return True
    except (DatabaseError, ValueError):
        logger.exception("Publication %s could not be audited", pk)
        return False


def keep(publication, faults) -> None:
    """Make the findings on a publication these faults: new ones come, others go."""
    there = {(one.kind, one.subject): one for one in publication.findings.all()}
    wanted = {(fault.kind, fault.subject[:1000]): fault for fault in faults}
    gone = [there[key].pk for key in there.keys() - wanted.keys()]
    if gone:
        Finding.objects.filter(pk__in=gone).delete()
    for key in wanted.keys() & there.keys():
        if there[key].detail != wanted[key].detail:
            Finding.objects.filter(pk=there[key].pk).update(detail=wanted[key].detail)
    Finding.objects.bulk_create(
        (
            Finding(publication=publication, kind=kind, subject=subject, detail=fault.detail)
            for (kind, subject), fault in wanted.items()
            if (kind, subject) not in there
        ),
        ignore_conflicts=True,
    )


def audit_links(pk: int) -> None:
    """Look at the links of one live publication now, and keep what that says."""
    publications = PublicationPage.objects.live().filter(pk=pk)
    links.bring_rows_up_to_date(publications)
    links.check(LinkCheck.objects.filter(publication__in=publications))
    audit_facts(pk)


@task(backend="background")
def audit_library() -> None:
    """
    The whole audit, when somebody pressed the button: the facts at once, the links bit by bit.

    The worker that looks at links also sends the mail, which goes between the bits.
    """
    try:
        run_audit(has_links=False)
    except AlreadyRunning as running:
        logger.info("%s", running)
    else:
        look_at_due_links.enqueue(settings.AUDIT_LINKS_PER_RUN)


@task(backend="background")
def look_at_due_links(left: int) -> None:
    """Look at some links whose turn it is; the next task looks at others, `left` in all."""
    turn = list(links.due(timezone.now())[: min(left, LINKS_AT_ONCE)])
    looked = links.check(turn)
    for pk in {link.publication_id for link in turn}:
        audit_facts(pk)
    if looked and left > looked:
        look_at_due_links.enqueue(left - looked)


@task(backend="background")
def audit_publication(pk: int) -> None:
    audit_links(pk)


def say_still_holds(publication, user) -> None:
    """Note that an editor looked and found that this publication is still up to date."""
    AuditRecord.objects.update_or_create(
        publication=publication, defaults={"looked_at": timezone.now(), "looked_by": user}
    )
    audit_facts(publication.pk)


def has_stopped() -> bool:
    """Tell whether no audit finished in the last days, in a library that is older than that."""
    last = AuditRun.last_finished()
    limit = timezone.now() - STOPPED_AFTER
    if last:
        return last.finished_at < limit
    return PublicationPage.objects.live().filter(first_published_at__lt=limit).exists()
