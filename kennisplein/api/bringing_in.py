"""Contributions by other programs: the form, sending it in, and where a contribution stands."""

import json

from django.conf import settings
from django.http import JsonResponse
from django.urls import reverse

from forms.by_api import FILE, FilledIn, limits, questions, schema_of
from forms.confirmation import BY_API, doubts_about
from forms.contributions import submit_for_review
from forms.doors import DOORS
from forms.limits import TOO_MANY, seconds_to_wait, seconds_to_wait_while_typing
from forms.models import ContributionFormPage, ContributionLink, Status
from forms.start import there_already
from forms.views import status_context
from kennisplein.api import asking
from kennisplein.api.cards import api_address, moment
from kennisplein.api.content import Content
from kennisplein.api.lists import answer
from kennisplein.api.problems import Problem, fault, not_valid

DATA = "gegevens"  # the part of a multipart body that holds the JSON
MARGIN = 3 * 1024 * 1024  # what a body may have besides the file
TYPES = ("application/json", "multipart/form-data")
CONFIRM = (
    "Bijna klaar. We sturen een mail naar het adres van de inzender. "
    "Na een klik op de link daarin gaat de redactie kijken."
)
KNOWN = "Deze bijdrage hadden we al. Waar ze staat:"
THERE_ALREADY = (
    "Dit is er misschien al: zie ‘dubbel’. Is het toch iets anders? Stuur het dan met ‘toch’: true."
)


def form_page() -> ContributionFormPage:
    page = ContributionFormPage.objects.live().public().first()
    if page is None:
        raise Problem(404, "Er is nu geen formulier voor bijdragen.")
    return page


def door_schemas(page: ContributionFormPage) -> dict[str, dict]:
    """Return per door what can be sent, as JSON Schema."""
    return {door: schema_of(door, page.door_form(door)) for door in DOORS}


def form(request) -> JsonResponse:
    """Tell what can be sent: the questions, their limits and the texts around them."""
    asking.Asked.of(request)
    page = form_page()
    texts = {
        "publicatie": (page.publication_intro, page.publication_side),
        "tip": (page.tip_intro, page.tip_side),
        "artikel": (page.article_intro, page.article_side),
    }
    sides = [side for _, side in texts.values()]
    content = Content((), *sides, page.thanks_text)
    doors = []
    for door, (intro, side) in texts.items():
        asked = page.door_form(door)
        doors.append(
            {
                "deur": door,
                "inleiding": intro,
                "html": content.html(side),
                "vragen": questions(asked),
                "schema": schema_of(door, asked),
            }
        )
    body = {
        "titel": page.title,
        "inleiding": page.intro,
        "lichteCheck": page.check_intro,
        "antwoordBinnenWerkdagen": page.answer_within_days,
        "bedankt": {"titel": page.thanks_title, "html": content.html(page.thanks_text)},
        "bevestigen": CONFIRM,
        "deuren": doors,
        "grenzen": limits(),
    }
    return answer(body)


def send_in(request) -> JsonResponse:
    """Take in a contribution, as the form does. The address is confirmed by mail, always."""
    asking.Asked.of(request)
    page = form_page()
    data, file = _read(request)
    filled = FilledIn(page, data, file)
    if not filled.is_valid:
        raise not_valid([fault("body", *one) for one in filled.faults])
    if filled.form.door != "artikel" and not filled.is_known:
        wait = seconds_to_wait_while_typing(request)
        if wait:
            raise Problem(429, TOO_MANY, headers={"Retry-After": str(wait)})
        duplicates = there_already(filled.sent, filled.form.cleaned_data.get(FILE))
        if duplicates:
            raise Problem(409, THERE_ALREADY, more={"dubbel": [_told(one) for one in duplicates]})
    wait = seconds_to_wait(request, email=filled.form.cleaned_data["email"])
    if wait:
        raise Problem(429, TOO_MANY, headers={"Retry-After": str(wait)})
    doubts = [*doubts_about(filled.form, request), *BY_API]
    token = submit_for_review(page, filled.form, doubts=doubts)
    contribution = ContributionLink.objects.for_token(token).get().contribution
    now = status_context(contribution)["status"]
    response = _private(
        {
            "kenmerk": contribution.reference,
            "status": now.value,
            "melding": CONFIRM if now == Status.UNCONFIRMED else f"{KNOWN} {now.label}.",
            "_links": _links(token),
        },
        status=201,
    )
    response["Location"] = api_address("bijdragen", token)
    return response


def _told(duplicate) -> dict:
    page = duplicate.publication
    return {
        "titel": page.title,
        "adres": page.full_url,
        "isZeker": duplicate.is_certain,
        "waarom": duplicate.because,
    }


def _read(request) -> tuple[dict, object]:
    """Return what was sent: the data, and the file or None."""
    if request.content_type not in TYPES:
        raise Problem(
            415, f"Stuur {' of '.join(TYPES)}.", headers={"Accept-Post": ", ".join(TYPES)}
        )
    most = settings.CONTRIBUTION_MAX_FILE_BYTES + MARGIN
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        raise Problem(413, f"Een bestand mag hoogstens {most // 1024**2 - 3} MB zijn.")
    if request.content_type == TYPES[0]:
        return _data(request.body), None
    parts, files = request.POST, request.FILES
    unknown = [name for name in (*parts, *files) if name not in (DATA, FILE)]
    if unknown:
        sentence = f"Stuur alleen de delen ‘{DATA}’ en ‘{FILE}’."
        raise not_valid(
            [fault("body", f"#/{name}", "extra_forbidden", sentence) for name in unknown]
        )
    if FILE in parts:
        raise not_valid([fault("body", f"#/{FILE}", "type", "Dit moet een bestand zijn.")])
    text = files[DATA].read() if DATA in files else parts.get(DATA, "")
    return _data(text), files.get(FILE)


def _data(text: str | bytes) -> dict:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise not_valid([fault("body", "#", "json", "Stuur een object in JSON.")])
    return data


def status(request, token: str) -> JsonResponse:
    """Tell where a contribution stands, to who has its token."""
    asking.Asked.of(request)
    token = token if token.isascii() and token.isprintable() else ""
    links = ContributionLink.objects.select_related("contribution__form_page")
    link = links.for_token(token).first()
    if link is None:
        if ContributionLink.objects.of_erased_contact(token).exists():
            raise Problem(410, "De gegevens bij deze bijdrage zijn gewist.")
        raise Problem(404, "Deze bijdrage is er niet, of de link werkt niet meer.")
    shown = status_context(link.contribution)
    contribution, question = shown["contribution"], shown["question"]
    body = {
        "kenmerk": contribution.reference,
        "soort": contribution.kind,
        "titel": contribution.title,
        "ontvangenOp": moment(contribution.received_at),
        "status": shown["status"].value,
        "statusNaam": shown["status"].label,
        "stappen": [
            {"naam": step["label"], "op": moment(step["date"]), "stand": STATES[step["state"]]}
            for step in shown["steps"]
        ],
        "vraag": question.text if question else "",
        "reden": shown["reason"],
        "antwoordUiterlijk": shown["expected_on"].isoformat(),
        "adres": settings.BASE_URL + shown["live_url"] if shown["live_url"] else None,
        "_links": _links(token),
    }
    return _private(body)


STATES = {"done": "gedaan", "now": "nu", "todo": "straks"}


def _links(token: str) -> dict:
    page = reverse("contribution_status", kwargs={"token": token})
    return {
        "self": {"href": api_address("bijdragen", token)},
        "pagina": {"href": settings.BASE_URL + page},
    }


def _private(body: dict, status: int = 200) -> JsonResponse:
    """For whoever has the token only: not kept by caches or found by robots."""
    response = answer(body, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
