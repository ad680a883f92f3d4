"""The editors' review view: everything about one contribution, and the decision, on one screen."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forms.claims import claim, give_back, refuse_claimed, take_on
from forms.contributions import (
    Refused,
    last_document,
    lock_undecided,
    mark_as_spam,
    name_of,
    reopen,
    restart_check,
)
from forms.decision import DecisionForm
from forms.findings import look_into
from forms.mail import REASON, compose
from forms.models import (
    Contribution,
    ContributionEvent,
    DocumentPreview,
    RetentionSettings,
    Status,
)
from forms.models.light_check import decision_context
from forms.permissions import may_review
from forms.remark_views import remark_review
from forms.review import LIST, draft_context, shared_context, the_case, typed_in

# What an editor can do, in the task's own words → its mail
DECISIONS = {"approve": "gepubliceerd", "reject": "vraag", "decline": "niet-geplaatst"}
DONE = {
    "approve": "‘{}’ staat online.",
    "reject": "Je vraag over ‘{}’ is klaar om te versturen.",
    "decline": "‘{}’ is niet geplaatst.",
}


@require_http_methods(["GET", "POST"])
def contribution_review(request, pk):
    """Show a contribution; a POST decides on it, or does what another button says."""
    if not may_review(request.user):
        raise PermissionDenied
    contribution = get_object_or_404(the_case(pk))
    action = request.POST.get("actie", "")
    if action in SHARED_ACTIONS:
        response = do(request, contribution, action)
        if response:
            return response
        contribution = the_case(pk).get()
    if contribution.is_remark:
        return remark_review(request, contribution)
    forms = {name: decision_form(name) for name in DECISIONS}
    if action in DECISIONS:
        forms[action] = decision_form(action, request.POST)
        if decided(request, contribution, action, forms[action]):
            return redirect(LIST)
        contribution = the_case(pk).get()  # as it is now
    context = review_context(request, contribution, forms, action)
    return TemplateResponse(request, "forms/admin/review.html", context)


def do_claim(request, contribution) -> str:
    claim(contribution, request.user, instead_of=request.POST.get("overnemen", ""))
    return f"Je hebt {contribution.reference} opgepakt."


def do_give_back(request, contribution) -> str:
    give_back(contribution, request.user)
    return f"Je hebt {contribution.reference} teruggegeven."


@transaction.atomic
def do_spam(request, contribution) -> str:
    row = lock_undecided(contribution, for_editor=True)
    take_on(row, request.user, request.POST.get("overnemen", ""))
    mark_as_spam(contribution, request.user)
    return f"{contribution.reference} staat bij de spam."


def do_reopen(request, contribution) -> str:
    note = request.POST.get("notitie", "").strip()
    stays_online = request.POST.get("pagina") == "blijft"
    reopen(contribution, request.user, note, stays_online=stays_online)
    return f"{contribution.reference} is weer open."


def do_restart(request, contribution) -> str:
    restart_check(contribution, request.user)
    return f"{contribution.reference} ligt weer in de lichte check."


def do_look(request, contribution) -> str:
    look_into(contribution, anew=True)
    return "We kijken de link en het bestand na. Ververs de pagina over een halve minuut."


# What the buttons of every kind of contribution do. Each returns what to say.
SHARED_ACTIONS = {
    "pak": do_claim,
    "geef-terug": do_give_back,
    "spam": do_spam,
    "heropen": do_reopen,
    "opnieuw": do_restart,
    "kijk-na": do_look,
}


def do(request, contribution: Contribution, action: str):
    """Carry out a button that is no decision. Return None when the screen must say why not."""
    try:
        messages.success(request, SHARED_ACTIONS[action](request, contribution))
    except PermissionDenied as refusal:
        messages.error(request, str(refusal))
        return None
    if action == "geef-terug" and request.POST.get("naar") == "lijst":
        return redirect(LIST)
    return redirect("contribution_review", pk=contribution.pk)


def decision_form(action: str, data=None) -> DecisionForm:
    return DecisionForm(
        data, action=action, prefix=None, auto_id=f"id_{action}_%s", **decision_context(action)
    )


def decided(request, contribution: Contribution, action: str, form: DecisionForm) -> bool:
    """Carry out a decision. Return False when the screen must be shown again, with why."""
    try:
        if not decide(request, contribution, action, form):
            return False
    except PermissionDenied as refusal:  # among them Refused and NotReadyForPublication
        messages.error(request, str(refusal))
        return False
    messages.success(request, DONE[action].format(contribution.title))
    return True


@transaction.atomic
def decide(request, contribution: Contribution, action: str, form: DecisionForm) -> bool:
    """
    Hand a decision to the light check. Return False when there is something to look at first.

    Locks the case before anything else, so that nothing changes between looking and deciding.
    """
    contribution = lock_undecided(contribution, for_editor=True)
    task_state = contribution.task_state()
    if task_state is None:
        raise Refused(why_not_now(contribution))
    refuse_claimed(contribution, request.user, request.POST.get("overnemen", ""))
    if not form.is_valid() or not is_current(request, contribution):
        return False
    take_on(contribution, request.user, request.POST.get("overnemen", ""))
    answers = form.answers_for_task()
    task_state.task.specific.on_action(task_state, request.user, action, **answers)
    return True


def why_not_now(contribution: Contribution) -> str:
    """Return who did what, so that an undecided case does not wait for the editors now."""
    if contribution.current_status() == Status.QUESTION:
        asked = contribution.events.filter(what=ContributionEvent.What.ASKED).last()
        if asked and asked.by:
            return f"{name_of(asked.by)} heeft net een vraag gesteld. De inzender is aan zet."
    return "Deze bijdrage wacht nu niet op de redactie."


def is_current(request, contribution: Contribution) -> bool:
    """Tell whether the editor saw the draft as it is now; if not, say so and decide nothing."""
    latest = contribution.page and contribution.page.latest_revision
    if str(latest.pk if latest else "") == request.POST.get("revisie", ""):
        return True
    who = name_of(latest.user) if latest and latest.user else "De inzender"
    messages.warning(
        request,
        f"{who} heeft het concept net veranderd. Kijk het nog eens na; je antwoorden staan er nog.",
    )
    return False


def review_context(request, contribution: Contribution, forms: dict, action: str) -> dict:
    for name, form in forms.items():
        form.mail_subject, text = compose(contribution, DECISIONS[name], reden=REASON)
        form.fields["mail_tekst"].initial = text
    shared = shared_context(contribution, request.user)
    task_state = contribution.task_state()
    can_decide = task_state is not None and contribution.is_undecided
    note = request.POST.get("notitie", "").strip()
    return {
        **shared,
        **draft_context(contribution, shared["submissions"]),
        "forms": forms,
        "action": action if action in DECISIONS else "",
        "can_decide": can_decide,
        "can_restart": task_state is None and contribution.is_undecided,
        "typed": [] if can_decide else typed_in(forms.get(action), note),
    }


@require_safe
def contribution_preview(request, pk):
    """The first page of the file that was sent in, for editors only."""
    if not may_review(request.user):
        raise PermissionDenied
    document = last_document(get_object_or_404(Contribution, pk=pk))
    preview = get_object_or_404(DocumentPreview, document=document)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(preview.png), content_type="image/png", headers=headers)


@require_POST
def contributions_spam(request):
    """Mark what was chosen in the list as spam. What was decided on meanwhile stays as it is."""
    if not may_review(request.user):
        raise PermissionDenied
    chosen = [pk for pk in request.POST.getlist("bijdrage") if pk.isdecimal() and len(pk) < 19]
    marked = 0
    for contribution in Contribution.objects.filter(pk__in=chosen).select_related("claimed_by"):
        try:
            if contribution.is_undecided:
                refuse_claimed(contribution, request.user)
            mark_as_spam(contribution, request.user)
            marked += 1
        except PermissionDenied as refusal:
            messages.warning(request, f"{contribution.reference}: {refusal}")
    if marked:
        which = "1 bijdrage staat" if marked == 1 else f"{marked} bijdragen staan"
        days = RetentionSettings.load().spam
        after = "1 dag" if days == 1 else f"{days} dagen"
        messages.success(request, f"{which} bij de spam. Na {after} wissen we dat.")
    elif not chosen:
        messages.info(request, "Kies eerst een of meer bijdragen.")
    return redirect(LIST)
