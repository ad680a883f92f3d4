"""The editors' view of a correction or a use in practice, with the publication beside it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from forms.mail import REASON, compose
from forms.models import Contribution, Kind, PracticeUse
from forms.remarks import (
    DECISIONS,
    QuoteForm,
    RemarkDecisionForm,
    change_quote,
    decide_on_remark,
    follow_lead,
)
from forms.review import LIST, shared_context, the_case, typed_in


def remark_review(request, contribution: Contribution):
    """Show a remark to somebody who may review; a POST carries out one of the buttons."""
    data = request.POST if request.method == "POST" else None
    action = request.POST.get("actie", "")
    forms = {name: decision_form(contribution, name) for name in DECISIONS[contribution.kind]}
    if action in forms:
        forms[action] = decision_form(contribution, action, data)
    quote = quote_form(contribution, data if action == "citaat" else None)
    if data and (response := act(request, contribution, action, forms.get(action), quote)):
        return response
    contribution = the_case(contribution.pk).get()  # as it is now
    context = remark_context(request, contribution, forms, action) | {"quote_form": quote}
    return TemplateResponse(request, "forms/admin/remark.html", context)


def decision_form(contribution: Contribution, action: str, data=None) -> RemarkDecisionForm:
    form = RemarkDecisionForm(
        data,
        contribution=contribution,
        action=action,
        auto_id=f"id_{action}_%s",
        initial=quote_of(contribution),
    )
    form.mail_subject, text = compose(contribution, form.decision.mail, reden=REASON)
    form.fields["mail_tekst"].initial = text
    return form


def quote_form(contribution: Contribution, data=None) -> QuoteForm | None:
    if contribution.kind != Kind.PRACTICE:
        return None
    return QuoteForm(data, auto_id="id_quote_%s", initial=quote_of(contribution))


def quote_of(contribution: Contribution) -> dict:
    use = getattr(contribution, "practice_use", None)
    return {"toon_citaat": bool(use and use.quote), "citaat": use and (use.quote or use.text)}


def act(request, contribution: Contribution, action: str, form, quote):
    """Carry out one of the buttons. Return None when the screen must be shown again, with why."""
    try:
        if form:
            if not form.is_valid():
                return None
            seen, instead_of = (request.POST.get(name, "") for name in ("inzending", "overnemen"))
            decide_on_remark(contribution, request.user, form, seen, instead_of)
            messages.success(request, form.decision.done.format(contribution.reference))
            return redirect(LIST)
        if action == "citaat" and quote:
            if not quote.is_valid():
                return None
            change_quote(contribution, request.user, quote.quote())
            messages.success(request, "Het citaat is gewijzigd.")
        elif action == "aanknopingspunt" and request.POST.get("lead") in PracticeUse.Lead.values:
            follow_lead(contribution, request.user, request.POST["lead"])
            messages.success(request, "Genoteerd bij de aanknopingspunten.")
        else:
            return None
    except PermissionDenied as refusal:
        messages.error(request, str(refusal))
        return None
    return redirect("contribution_review", pk=contribution.pk)


def remark_context(request, contribution: Contribution, forms: dict, action: str) -> dict:
    """Return what the screen shows. Shapes: see templates/forms/admin/remark.html."""
    about = contribution.about
    is_open = contribution.is_undecided
    note = request.POST.get("notitie", "").strip()
    return {
        **shared_context(contribution, request.user),
        "about": about,
        "edit_url": about and reverse("wagtailadmin_pages:edit", args=[about.pk]),
        "use": getattr(contribution, "practice_use", None),
        "forms": forms,
        "action": action,
        "typed": [] if is_open else typed_in(forms.get(action), note),
    }
