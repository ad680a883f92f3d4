"""The status page: where a contributor follows, answers, changes and withdraws a contribution."""

from functools import wraps

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from forms.confirmation import confirm
from forms.contributions import (
    NO_QUESTION,
    Refused,
    answer,
    change,
    last_answers,
    last_document,
    withdraw,
)
from forms.decision import ReplyForm
from forms.limits import TOO_MANY, refuse_for_now, seconds_to_wait
from forms.links import MAIL, LinkRequestForm, digest_of_address, send_links
from forms.models import (
    Contribution,
    ContributionEvent,
    ContributionLink,
    Kind,
    Outcome,
    Status,
)
from forms.progress import DECISIONS, answer_expected_on, hears_by_mail, promise, steps
from forms.retention import WITHDRAW_FIRST, erase_contact
from forms.small_forms import SMALL_FORMS

CHANGEABLE = (Status.RECEIVED, Status.IN_CHECK, Status.QUESTION)
WITHDRAWABLE = (*CHANGEABLE, Status.UNCONFIRMED)
TAKEN_UP = (Status.PUBLISHED, Status.PROCESSED)
EXPLAINED = (Status.NOT_PLACED, Status.NOT_ADOPTED, Status.PROCESSED)
TOO_MANY_LINKS = "Er is net heel vaak om links gevraagd. Wacht een uur en probeer het dan opnieuw."


def private(view):
    """For whoever has the link only: not kept by caches, found by robots or told to others."""

    @wraps(view)
    def wrapped(request, token):
        links = ContributionLink.objects.select_related("contribution__form_page")
        link = links.for_token(token).first()
        response = view(request, token, link) if link else dead_link(request, token)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        # Not no-referrer: browsers would send “Origin: null” with the forms, which Django refuses.
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


def dead_link(request, token: str) -> TemplateResponse:
    """Say what to do with a link that was never any good, or is not any more."""
    is_erased = ContributionLink.objects.of_erased_contact(token).exists()
    context = {"is_erased": is_erased}
    status = 410 if is_erased else 404
    return TemplateResponse(request, "forms/link_unknown.html", context, status=status)


@private
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def contribution_status(request, token, link):
    """Show where a contribution stands. Opening it changes nothing; a POST does what it says."""
    contribution = link.contribution
    action = request.POST.get("actie", "")
    reply = ReplyForm(request.POST if action == "antwoord" else None)
    wait, unsent = 0, ""
    try:
        if action in ACTIONS:
            done = ACTIONS[action](link)
            if done:
                messages.success(request, done)
            return redirect("contribution_status", token=token)
        if reply.is_valid():
            wait = seconds_to_wait(request)
            if not wait:
                if contribution.spam_at:
                    raise Refused(NO_QUESTION)
                answer(contribution, reply.cleaned_data["antwoord"])
                messages.success(request, "Bedankt. Je antwoord is binnen.")
                return redirect("contribution_status", token=token)
            reply.add_error(None, TOO_MANY)
    except Refused as refusal:
        messages.error(request, str(refusal))
        if not reply.is_bound:
            return redirect("contribution_status", token=token)
        unsent, reply = reply.cleaned_data["antwoord"], ReplyForm()
    context = status_context(contribution) | {"answer_form": reply, "token": token, "link": link}
    context["unsent"] = unsent
    response = TemplateResponse(request, "forms/contribution_status.html", context)
    return refuse_for_now(response, wait) if wait else response


def confirm_by_mail(link: ContributionLink) -> str:
    """Confirm the address. Only for who came by a mail: the page after sending proves nothing."""
    if not link.by_mail:
        raise Refused("Gebruik de link in onze mail. Zo weten we dat het adres van jou is.")
    if not link.contribution.spam_at and confirm(link.contribution):
        return "Bedankt. Je e-mailadres klopt. De redactie gaat kijken."
    return "Je e-mailadres was al bevestigd."


def take_back(link: ContributionLink) -> None:
    if not link.contribution.spam_at:
        withdraw(link.contribution)


def erase(link: ContributionLink) -> None:
    if link.contribution.spam_at:
        raise Refused(WITHDRAW_FIRST)
    erase_contact(link.contribution)


# What a button on the status page does. Each returns what to say. Spam gets the answers of a case
# that has just come in, and nothing happens: telling would teach whoever sent it.
ACTIONS = {"intrekken": take_back, "bevestigen": confirm_by_mail, "wissen": erase}


@private
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def contribution_change(request, token, link):
    """The same questions again, filled in, for as long as nobody has decided."""
    contribution = link.contribution
    closed = why_closed(contribution)
    if closed and not request.POST:
        messages.error(request, closed)
        return redirect("contribution_status", token=token)
    form = change_form(contribution, request.POST or None, request.FILES or None)
    wait, refused = 0, closed
    if form.is_valid():
        wait = seconds_to_wait(request)
        refused = TOO_MANY if wait else closed or save_change(contribution, form)
        if not refused:
            messages.success(request, "Je wijziging is binnen.")
            return redirect("contribution_status", token=token)
    if refused:
        form.add_error(None, refused)
    context = {
        "contribution": contribution,
        "form": form,
        "door": form.door,
        "token": token,
        "document": last_document(contribution),
        "keep": f"wijzig:{contribution.reference}",
    }
    response = TemplateResponse(request, "forms/contribution_change.html", context)
    return refuse_for_now(response, wait) if wait else response


def change_form(contribution: Contribution, data, files):
    """Return the form the contribution came in by, filled in with what was sent last."""
    door = contribution.kind
    options = {"is_change": True, "initial": last_answers(contribution) | {"bestand": None}}
    if door in SMALL_FORMS:
        page, about = contribution.form_page, contribution.about
        return SMALL_FORMS[door](data, page=page, about=about, **options)
    if door != Kind.TIP:
        options["has_document"] = last_document(contribution) is not None
    return contribution.form_page.door_form(door, data, files, **options)


def why_closed(contribution: Contribution) -> str:
    """Return why a contribution cannot be changed, or nothing. Spam looks as if it can."""
    if contribution.is_unconfirmed:
        return "Bevestig eerst je e-mailadres. Gebruik de link in onze mail."
    if contribution.is_undecided or contribution.spam_at:
        return ""
    return "Deze bijdrage is afgehandeld. Je kunt hem niet meer wijzigen."


def save_change(contribution: Contribution, form) -> str:
    """Take in a change. Return why it was refused, or nothing: then what was typed can go."""
    if contribution.spam_at:
        return ""
    try:
        change(contribution, form)
    except Refused as refusal:
        return str(refusal)
    return ""


def kept_as(door: str, about) -> str:
    """Return under which name a browser keeps what was typed: one for each publication."""
    return f"{door}:{about.pk}" if about else door


def typed_under(contribution: Contribution) -> str:
    """Return those names for all that can be typed for one contribution."""
    sent_as = kept_as(contribution.kind, contribution.about)
    return f"{sent_as} wijzig:{contribution.reference} antwoord:{contribution.reference}"


def status_context(contribution: Contribution) -> dict:
    """Return what the status page shows. Shapes: see templates/forms/contribution_status.html."""
    contribution = (
        Contribution.objects.with_status()
        .select_related("page", "form_page", "about")
        .get(pk=contribution.pk)
    )
    status = contribution.current_status()
    # A case marked as spam looks like one that waits: telling would teach whoever sent it.
    waiting = Status.RECEIVED if contribution.is_remark else Status.IN_CHECK
    shown = waiting if status == Status.SPAM else status
    question = contribution.question()
    shown_page = contribution.about or contribution.page
    is_live = status in TAKEN_UP and shown_page and shown_page.live
    # Looked at again, while what everybody reads stays as it was.
    stays_online = contribution.is_undecided and contribution.page and contribution.page.live
    looks_open = contribution.is_undecided or status == Status.SPAM
    # The light check let it through, and a later step of the workflow did not, or has yet to.
    page = contribution.page
    is_approved = contribution.outcome == Outcome.PUBLISHED and not (
        contribution.is_remark or page is None or page.first_published_at
    )
    return {
        "contribution": contribution,
        "about": contribution.about,
        "is_small": contribution.kind in SMALL_FORMS,
        "status": shown,
        "steps": steps(contribution, shown),
        "expected_on": answer_expected_on(contribution),
        "promise": promise(contribution),
        "question": question,
        "submissions": list(contribution.submissions.all()),
        "hears_by_mail": hears_by_mail(contribution),
        "can_change": shown in CHANGEABLE and looks_open,
        "can_withdraw": shown in WITHDRAWABLE and looks_open,
        "can_erase": not looks_open,
        "is_approved": is_approved,
        "typed_under": typed_under(contribution),
        "live_url": shown_page.url if is_live or stays_online else "",
        "is_reopened": is_reopened(contribution, shown),
        "stays_online": stays_online,
        "is_gone": status == Status.PUBLISHED and not is_live,
        "reason": contribution.outcome_reason if status in EXPLAINED else "",
    }


def is_reopened(contribution: Contribution, shown: Status) -> bool:
    """Tell whether the editors look again at what they, or the contributor, had ended."""
    if shown not in (Status.RECEIVED, Status.IN_CHECK):
        return False
    ends = (*DECISIONS, ContributionEvent.What.WITHDRAWN)
    events = [event.what for event in contribution.events.all()]
    return ContributionEvent.What.REOPENED in events and any(what in ends for what in events)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def my_links(request):
    """Ask for the links to one's contributions. What happens is the same for every address."""
    form = LinkRequestForm(request.POST if request.method == "POST" else None)
    wait = 0
    if form.is_valid():
        email = form.cleaned_data["email"]
        wait = seconds_to_wait(request, email=email, purpose=MAIL)
        if not wait:
            send_links.enqueue(digest_of_address(email))
            return redirect("my_links_sent")
        form.add_error(None, TOO_MANY_LINKS)
    response = TemplateResponse(request, "forms/my_links.html", {"form": form})
    response["Cache-Control"] = "no-store"
    return refuse_for_now(response, wait) if wait else response


@require_safe
def my_links_sent(request):
    return TemplateResponse(request, "forms/my_links_sent.html")
