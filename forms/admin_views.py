"""The editors' review view: everything about one contribution, and the decision, on one screen."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from forms.contributions import (
    Refused,
    last_document,
    lock_undecided,
    mark_as_spam,
    reopen,
    restart_check,
)
from forms.decision import DecisionForm
from forms.mail import REASON, compose
from forms.models import Contribution
from forms.models.light_check import decision_context
from forms.permissions import may_review
from forms.remark_views import remark_review
from publications.documents import WARNINGS
from publications.duplicates import all_duplicates, description_of
from publications.models import PublicationPage

# What an editor can do, in the task's own words → its mail
DECISIONS = {"approve": "gepubliceerd", "reject": "vraag", "decline": "niet-geplaatst"}
DONE = {
    "approve": "‘{}’ staat online.",
    "reject": "Je vraag over ‘{}’ is klaar om te versturen.",
    "decline": "‘{}’ is niet geplaatst.",
}


@require_http_methods(["GET", "POST"])
def contribution_review(request, pk):
    """Show a contribution; a POST decides on it, marks it as spam, or opens it again."""
    if not may_review(request.user):
        raise PermissionDenied
    contributions = Contribution.objects.with_status().select_related(
        "page", "form_page", "decided_by"
    )
    contribution = get_object_or_404(contributions, pk=pk)
    if contribution.is_remark:
        return remark_review(request, contribution)
    action = request.POST.get("actie", "")
    forms = {name: decision_form(name) for name in DECISIONS}
    if request.method == "POST":
        if action in DECISIONS:
            forms[action] = decision_form(action, request.POST)
        response = act(request, contribution, action, forms.get(action))
        if response:
            return response
        contribution = get_object_or_404(contributions, pk=pk)  # as it is now
    return TemplateResponse(
        request, "forms/admin/review.html", review_context(request, contribution, forms, action)
    )


def decision_form(action: str, data=None) -> DecisionForm:
    return DecisionForm(
        data, action=action, prefix=None, auto_id=f"id_{action}_%s", **decision_context(action)
    )


def act(request, contribution: Contribution, action: str, form: DecisionForm | None):
    """Carry out one of the buttons. Return None when the screen must be shown again, with why."""
    try:
        if action == "spam":
            mark_as_spam(contribution, request.user)
            messages.success(request, f"{contribution.reference} staat bij de spam.")
        elif action == "heropen":
            reopen(contribution, request.user, request.POST.get("notitie", "").strip())
            messages.success(request, f"{contribution.reference} is weer open.")
        elif action == "opnieuw":
            restart_check(contribution, request.user)
            messages.success(request, f"{contribution.reference} ligt weer in de lichte check.")
        elif form is None or not decide(request, contribution, action, form):
            return None
        else:
            messages.success(request, DONE[action].format(contribution.title))
            return redirect(reverse("forms_contribution_modeladmin_index"))
    except PermissionDenied as refusal:  # among them Refused and NotReadyForPublication
        messages.error(request, str(refusal))
        return None
    return redirect("contribution_review", pk=contribution.pk)


@transaction.atomic
def decide(request, contribution: Contribution, action: str, form: DecisionForm) -> bool:
    """
    Hand a decision to the light check. Return False when there is something to look at first.

    Locks the case before anything else, so that nothing changes between looking and deciding.
    """
    contribution = lock_undecided(contribution, for_editor=True)
    if not form.is_valid() or not is_current(request, contribution):
        return False
    task_state = contribution.task_state()
    if task_state is None:
        raise Refused("Deze bijdrage wacht nu niet op de redactie.")
    answers = form.answers_for_task()
    task_state.task.specific.on_action(task_state, request.user, action, **answers)
    return True


def is_current(request, contribution: Contribution) -> bool:
    """Tell whether the editor saw the draft as it is now; if not, say so and decide nothing."""
    latest = contribution.page and contribution.page.latest_revision_id
    if str(latest or "") == request.POST.get("revisie", ""):
        return True
    messages.warning(
        request, "Het concept is net veranderd. Kijk het nog eens na; je antwoorden staan er nog."
    )
    return False


def review_context(request, contribution: Contribution, forms: dict, action: str) -> dict:
    draft = contribution.draft()
    document = last_document(contribution)
    contact = contribution.contact_or_none()
    mails = {
        name: compose(contribution, template, reden=REASON) for name, template in DECISIONS.items()
    }
    for name, form in forms.items():
        form.fields["mail_tekst"].initial = mails[name][1]
        form.mail_subject = mails[name][0]
    task_state = contribution.task_state()
    return {
        "contribution": contribution,
        "status": contribution.current_status(),
        "contact": contact,
        "submissions": list(contribution.submissions.select_related("document")),
        "draft": draft,
        "duplicates": duplicates_of(draft),
        "missing": draft.missing_for_publication() if draft else [],
        "document": document,
        "document_warnings": [WARNINGS[w] for w in document.warnings] if document else [],
        "forms": forms,
        "action": action,
        "can_decide": task_state is not None,
        "can_restart": task_state is None and contribution.is_undecided,
        "events": list(contribution.events.select_related("by")),
        "mails": list(contribution.mails.all()),
        "revision": contribution.page.latest_revision_id if contribution.page else "",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Dashboard"},
            {"url": reverse("forms_contribution_modeladmin_index"), "label": "Bijdragen"},
            {"url": "", "label": contribution.reference},
        ],
        "header_title": f"{contribution.reference}: {contribution.title}",
        "header_icon": "tasks",
        "edit_url": (
            reverse("wagtailadmin_pages:edit", args=[contribution.page_id])
            if contribution.page_id
            else ""
        ),
    }


@require_POST
def contributions_spam(request):
    """Mark what was chosen in the list as spam. What was decided on meanwhile stays as it is."""
    if not may_review(request.user):
        raise PermissionDenied
    chosen = [pk for pk in request.POST.getlist("bijdrage") if pk.isdecimal() and len(pk) < 19]
    marked = 0
    for contribution in Contribution.objects.filter(pk__in=chosen):
        try:
            mark_as_spam(contribution, request.user)
            marked += 1
        except PermissionDenied as refusal:
            messages.warning(request, f"{contribution.reference}: {refusal}")
    if marked:
        which = "1 bijdrage staat" if marked == 1 else f"{marked} bijdragen staan"
        messages.success(request, f"{which} bij de spam. Na 30 dagen wissen we dat.")
    elif not chosen:
        messages.info(request, "Kies eerst een of meer bijdragen.")
    return redirect("forms_contribution_modeladmin_index")


def duplicates_of(draft) -> list:
    """Return what the library has already, or waits for, that a draft may be about."""
    if not isinstance(draft, PublicationPage):
        return []
    return all_duplicates(description_of(draft), apart_from=draft.pk)
