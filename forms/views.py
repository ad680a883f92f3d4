"""The status page: where a contributor follows, answers, changes and withdraws a contribution."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from forms.contributions import Refused, answer, change, last_answers, last_document, withdraw
from forms.decision import ReplyForm
from forms.limits import TOO_MANY, refuse_for_now, seconds_to_wait
from forms.models import Contribution, ContributionEvent, ContributionLink, Kind, Status

CHANGEABLE = (Status.RECEIVED, Status.IN_CHECK, Status.QUESTION)


def private(view):
    """For whoever has the link only: not kept by caches, found by robots or told to others."""

    def wrapped(request, token):
        link = ContributionLink.objects.for_token(token).select_related("contribution").first()
        if link is None:
            response = TemplateResponse(request, "forms/link_unknown.html", status=404)
        else:
            response = view(request, token, link.contribution)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        # Not no-referrer: browsers would send “Origin: null” with the forms, which Django refuses.
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


@private
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def contribution_status(request, token, contribution):
    """Show where a contribution stands. Opening it changes nothing; a POST answers or withdraws."""
    reply = ReplyForm(request.POST if request.POST.get("actie") == "antwoord" else None)
    wait = 0
    try:
        if request.POST.get("actie") == "intrekken":
            withdraw(contribution)
            return redirect("contribution_status", token=token)
        if reply.is_valid():
            wait = seconds_to_wait(request)
            if not wait:
                answer(contribution, reply.cleaned_data["antwoord"])
                messages.success(request, "Bedankt. Je antwoord is binnen.")
                return redirect("contribution_status", token=token)
            reply.add_error(None, TOO_MANY)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("contribution_status", token=token)
    context = status_context(contribution) | {"answer_form": reply, "token": token}
    response = TemplateResponse(request, "forms/contribution_status.html", context)
    return refuse_for_now(response, wait) if wait else response


@private
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def contribution_change(request, token, contribution):
    """The same questions again, filled in, for as long as nobody has decided."""
    if contribution.current_status() not in CHANGEABLE:
        messages.error(request, "Deze bijdrage is afgehandeld. Je kunt hem niet meer wijzigen.")
        return redirect("contribution_status", token=token)
    form = change_form(contribution, request.POST or None, request.FILES or None)
    wait = 0
    if form.is_valid():
        wait = seconds_to_wait(request)
        if not wait:
            return save_change(request, token, contribution, form)
        form.add_error(None, TOO_MANY)
    context = {
        "contribution": contribution,
        "form": form,
        "door": form.door,
        "token": token,
        "document": last_document(contribution),
    }
    response = TemplateResponse(request, "forms/contribution_change.html", context)
    return refuse_for_now(response, wait) if wait else response


def change_form(contribution: Contribution, data, files):
    """Return the form the contribution came in by, filled in with what was sent last."""
    door = contribution.kind if contribution.kind != Kind.CORRECTION else Kind.TIP
    options = {"is_change": True, "initial": last_answers(contribution) | {"bestand": None}}
    if door != Kind.TIP:
        options["has_document"] = last_document(contribution) is not None
    return contribution.form_page.door_form(door, data, files, **options)


def save_change(request, token, contribution: Contribution, form):
    try:
        change(contribution, form)
        messages.success(request, "Je wijziging is binnen.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("contribution_status", token=token)


def status_context(contribution: Contribution) -> dict:
    """Return what the status page shows. Shapes: see templates/forms/contribution_status.html."""
    contribution = (
        Contribution.objects.with_status()
        .select_related("page", "form_page")
        .get(pk=contribution.pk)
    )
    status = contribution.current_status()
    # A case marked as spam looks received: telling would teach whoever sent it.
    shown = Status.RECEIVED if status == Status.SPAM else status
    question = contribution.question()
    is_live = status == Status.PUBLISHED and contribution.page and contribution.page.live
    return {
        "contribution": contribution,
        "status": shown,
        "steps": steps(contribution, shown),
        "question": question,
        "submissions": list(contribution.submissions.all()),
        "can_change": status in CHANGEABLE,
        "live_url": contribution.page.url if is_live else "",
        "is_gone": status == Status.PUBLISHED and not is_live,
        "reason": contribution.outcome_reason if status == Status.NOT_PLACED else "",
    }


def steps(contribution: Contribution, status: Status) -> list[dict]:
    """Return the steps as [{label, date, state: done, now or todo, note}]."""
    ends = {
        Status.NOT_PLACED: ("Niet geplaatst", contribution.decided_at),
        Status.WITHDRAWN: ("Ingetrokken", contribution.withdrawn_at),
    }
    asked = contribution.events.filter(what=ContributionEvent.What.ASKED).order_by("-pk").first()
    days = contribution.form_page.answer_within_days
    rows = [
        ("Ontvangen", contribution.received_at, ""),
        ("In de lichte check", None, f"Binnen {days} werkdagen hoor je van ons"),
    ]
    if status == Status.QUESTION:
        rows.append(("Aanvulling gevraagd", asked.at, "Jij bent aan zet"))
    elif asked:
        rows.insert(1, ("Aanvulling gevraagd", asked.at, ""))
    end, end_date = ends.get(status, ("Gepubliceerd", contribution.decided_at))
    rows.append((end, end_date, "" if end_date else "Je krijgt bericht"))
    if status == Status.RECEIVED:
        now = 0
    else:
        now = len(rows) - (2 if status in (Status.IN_CHECK, Status.QUESTION) else 1)
    return [
        {
            "label": label,
            "date": date if place <= now else None,
            "state": "done" if place < now else "now" if place == now else "todo",
            "note": note if place >= now else "",
        }
        for place, (label, date, note) in enumerate(rows)
    ]
