"""All that happened to a contribution: its log, its mail, and the edits of its draft."""

from django.urls import reverse

from forms.claims import name_of
from forms.models import Contribution


def history(contribution: Contribution) -> list[dict]:
    """Return what happened as [{"at", "text", "note", "link", "link_text"}], oldest first."""
    rows = [*_events(contribution), *_mails(contribution), *_edits(contribution)]
    return sorted(rows, key=lambda row: row["at"])


def _row(at, text: str, note: str = "", link: str = "", link_text: str = "") -> dict:
    return {"at": at, "text": text, "note": note, "link": link, "link_text": link_text}


def _events(contribution: Contribution):
    for event in contribution.events.select_related("by"):
        by = f" door {name_of(event.by)}" if event.by else ""
        yield _row(event.at, f"{event.get_what_display()}{by}", event.text)


def _mails(contribution: Contribution):
    for mail in contribution.mails.all():
        text = f"Mail aan {mail.get_audience_display()}: {mail.subject}"
        link = reverse("outbox_mail", args=[mail.pk])
        yield _row(mail.queued_at, text, link=link, link_text=str(mail.delivery).lower())


def _edits(contribution: Contribution):
    """Edits by people with an account; those of the contributor stand in the log."""
    page, earlier = contribution.page, None
    revisions = page.revisions.select_related("user").order_by("pk") if page else ()
    for revision in revisions:
        if revision.user and earlier:
            pair = [page.pk, earlier.pk, revision.pk]
            link = reverse("wagtailadmin_pages:revisions_compare", args=pair)
            text = f"Concept bewerkt door {name_of(revision.user)}"
            yield _row(revision.created_at, text, link=link, link_text="bekijk het verschil")
        earlier = revision
