"""What the editors' review view shows of a contribution, whatever its kind."""

from django.urls import reverse

from forms.comparison import compare
from forms.contributions import last_document, was_told
from forms.history import history
from forms.models import AddressCheck, Contribution, DocumentPreview
from forms.queue import Ages
from publications.documents import WARNINGS
from publications.duplicates import all_duplicates, description_of
from publications.models import PublicationPage

LIST = "forms_contribution_modeladmin_index"


def the_case(pk: int):
    """Return a queryset with this case, as the review view needs it."""
    cases = Contribution.objects.with_status().with_turns().filter(pk=pk)
    return cases.select_related("page", "form_page", "about", "decided_by", "claimed_by")


def shared_context(contribution: Contribution, user) -> dict:
    """Return what the screens of all kinds show; the case comes from `the_case`."""
    claimed_by = contribution.claimed_by if contribution.is_undecided else None
    return {
        "contribution": contribution,
        "status": contribution.current_status(),
        "age": Ages().of(contribution),
        "claimed_by": claimed_by,
        "is_mine": claimed_by == user,
        "is_claimed_by_other": bool(claimed_by and claimed_by != user),
        "contact": contribution.contact_or_none(),
        "submissions": list(contribution.submissions.select_related("document")),
        "history": history(contribution),
        "will_correct": not contribution.is_undecided and was_told(contribution),
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Dashboard"},
            {"url": reverse(LIST), "label": "Bijdragen"},
            {"url": "", "label": contribution.reference},
        ],
        "header_title": f"{contribution.reference}: {contribution.title}",
        "header_icon": "tasks",
    }


def draft_context(contribution: Contribution, submissions: list) -> dict:
    """Return what the screen shows of the draft page and of what comes with it."""
    draft = contribution.draft()
    document = last_document(contribution)
    rows = compare(contribution, draft, submissions)
    address = getattr(draft, "source_url", "")
    page = contribution.page
    return {
        "draft": draft,
        "rows": rows,
        "is_as_sent": all(row.is_same for row in rows),
        "has_changed": any(row.has_changed for row in rows),
        "duplicates": duplicates_of(draft),
        "missing": draft.missing_for_publication() if draft else [],
        "document": document,
        "document_warnings": [WARNINGS[w] for w in document.warnings] if document else [],
        "has_preview": DocumentPreview.objects.filter(document=document).exists(),
        "address": address,
        "address_check": AddressCheck.objects.filter(
            contribution=contribution, address=address
        ).first(),
        "revision": page.latest_revision_id if page else "",
        "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]) if page else "",
    }


def duplicates_of(draft) -> list:
    """Return what the library has already, or waits for, that a draft may be about."""
    if not isinstance(draft, PublicationPage):
        return []
    return all_duplicates(description_of(draft), apart_from=draft.pk)


def typed_in(form, note: str = "") -> list[tuple[str, str]]:
    """
    Return [(label, text)] of what an editor typed into a form that cannot be sent any more.

    `form` may be None; `note` is what was typed on reopening.
    """
    typed = [("Toelichting", note)]
    if form is not None and form.is_bound:
        names = ("reden", "citaat", "mail_tekst")
        names += tuple(name for name in form.fields if name.startswith("notitie_"))
        labels = {"mail_tekst": "Mail", "citaat": "Citaat"}
        for field in (form[name] for name in names if name in form.fields):
            text = (field.value() or "").replace("\r\n", "\n")
            if text != (field.initial or ""):
                typed.append((labels.get(field.name) or field.label, text))
    return [(label, text) for label, text in typed if text.strip()]
