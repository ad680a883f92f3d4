"""What may concern every record, done by the worker."""

from django.db.models import Q
from django_tasks import task

from publications.models import PublicationPage, Term

from .records import bring_everything_up_to_date, bring_up_to_date


@task(backend="background")
def refresh_records(term_id: int | None = None) -> None:
    """Bring the records up to date of the pages that hold a term, or of all. Safe to repeat."""
    if term_id is None:
        bring_everything_up_to_date()
        return
    term = Term.objects.select_related("merged_into").filter(pk=term_id).first()
    if term is None:
        return
    held = Q(kind=term.current())
    for field in ("pillars", "facilities", "themes", "actors"):
        held |= Q(**{field: term.current()})
    bring_up_to_date(PublicationPage.objects.filter(held).distinct())
