"""Contributions by API: the questions, limits and light check of the form, confirmed by mail."""

import json
import re

import pytest
from django.core import mail

from forms.contributions import withdraw
from forms.forms import CRITERION
from forms.models import Contribution, ContributionEvent, ContributionFormField, Status
from forms.retention import erase_contact
from forms.tests.factories import (
    CRITERIA,
    answers_for,
    browser_of,
    contribute,
    decision,
    faults,
    make_editor,
    make_form_page,
    new_key,
    review_url,
    send,
    upload,
    work,
)
from kennisplein.tests.api_answers import ask, document, faults_of
from kennisplein.tests.test_api_rules import problem
from publications.models import PublicationPage
from publications.tests.factories import make_publication, pdf_bytes

pytestmark = pytest.mark.django_db


def as_data(**changes) -> dict:
    """Return complete answers for a door as the API takes them."""
    answers = answers_for(**changes)
    criteria = {name: answers.pop(name) for name in list(answers) if name.startswith(CRITERION)}
    if criteria:
        answers["criteria"] = {name.removeprefix(CRITERION): v for name, v in criteria.items()}
    return answers


def post(client, data, file=None):
    make_form_page()
    if file is None:
        return client.post("/api/v1/bijdragen", data, content_type="application/json")
    return client.post("/api/v1/bijdragen", {"gegevens": json.dumps(data), "bestand": file})


def told_faults(response) -> dict[str, str]:
    told = problem(response, 400)
    return {one["location"]["pointer"]: one["detail"] for one in told["errors"]}


def confirm_by_mail(client) -> None:
    work()
    [address] = re.findall(r"https?://[^/]+(/bijdragen/\S+/)", mail.outbox[-1].body)[:1]
    assert client.post(address, {"actie": "bevestigen"}).status_code == 302


def test_contribution_by_api_comes_through_the_light_check_into_the_library(client):
    file = upload(pdf_bytes("Over zwaluwen"), "rapport.pdf")

    response = post(client, as_data(recht="eigen"), file)

    assert response.status_code == 201, response.content
    whole = document(client)
    operations = whole["paths"]["/bijdragen"]
    assert faults_of(response.json(), operations["post"]["responses"]["201"], whole) == []
    case = Contribution.objects.get()
    assert response.json()["kenmerk"] == case.reference
    assert case.current_status() == Status.UNCONFIRMED
    asked = case.events.get(what=ContributionEvent.What.TO_CONFIRM)
    assert asked.text == "Door een programma gestuurd."
    status = response["Location"].partition("/api/v1/")[2]
    assert ask(client, status)["status"] == "wacht-op-bevestiging"
    confirm_by_mail(client)
    case.refresh_from_db()
    assert ask(client, status)["statusNaam"] == "In de lichte check"
    editor = browser_of(make_editor())
    assert case.reference in editor.get("/admin/forms/contribution/").content.decode()
    assert editor.post(review_url(case), decision(case)).status_code == 302
    [told] = ask(client, "publicaties", q="samen eten")["resultaten"]
    assert (told["titel"], told["organisatie"]) == ("Samen eten, samen weten", "")
    assert [one["naam"] for one in told["auteurs"]] == ["Meta de Lange", "Movisie"]
    assert client.get(told["document"].partition("8000")[2] or told["document"]).status_code == 200
    answer = ask(client, status)
    assert (
        faults_of(answer, whole["paths"]["/bijdragen/{token}"]["get"]["responses"]["200"], whole)
        == []
    )
    assert answer["status"] == "gepubliceerd"
    assert answer["adres"].endswith(PublicationPage.objects.get().get_url())


def test_the_form_tells_everything_that_can_be_sent(client):
    page = make_form_page()
    ContributionFormField.objects.create(
        page=page,
        label="Hoe ken je dit?",
        clean_name="bron",
        field_type="singleline",
        required=True,
    )

    told = ask(client, "bijdragen")

    publication = told["deuren"][0]
    names = [one["naam"] for one in publication["vragen"]]
    assert {"titel", "soort", "bestand", "extra.bron", "email"} <= set(names)
    assert {f"criteria.{slug}" for slug in CRITERIA} <= set(names)
    assert {"criteria", "extra"} <= set(publication["schema"]["required"])
    assert told["grenzen"]["bestandBytes"] == 20 * 1024 * 1024
    assert told_faults(post(client, as_data())) == {"#/extra/bron": "Dit is een verplicht veld."}
    assert post(client, as_data(extra={"bron": "Van een buur"})).status_code == 201
    assert Contribution.objects.get().submissions.get().form_data["extra_bron"] == "Van een buur"


WRONG = [
    {"titel": None, "jaar": "24", "email": "fenna", "criterium_volledig": None},
    {"link": None},
    {"doi": "abc", "isbn": "1", "soort": "gedicht", "pijlers": ["onzin"]},
    {"deur": "tip", "wat": "https://", "waarom": " ", "email": None},
    {"deur": "artikel", "tekst": "", "naam": "x" * 151},
]


@pytest.mark.parametrize("changes", WRONG)
def test_what_the_form_refuses_the_api_refuses_in_the_same_words(client, changes):
    by_form = faults(send(client, **changes))
    by_api = problem(post(client, as_data(**changes)), 400)["errors"]

    expected = [
        ("#/" + name.replace(CRITERION, "criteria/"), message)
        for name, messages in by_form.items()
        for message in messages
    ]
    assert sorted((e["location"]["pointer"], e["detail"]) for e in by_api) == sorted(expected)
    assert Contribution.objects.count() == 0


def test_wrong_kinds_and_unknown_questions_are_told_with_the_rest(client):
    data = as_data(email="fenna") | {
        "titel": 7,
        "pijlers": "sociale-cohesie",
        "jaarbericht": "ja",
        "criteria": [],
        "website": "x",
        "naam": "half \ud800",
        "organisatie": "nul \x00",
        "sleutel": "x",
        "toch": 1,
    }

    found = told_faults(post(client, data))

    assert {name: detail for name, detail in found.items() if "criteria/" not in name} == {
        "#/titel": "Dit moet tekst zijn.",
        "#/pijlers": "Dit moet een lijst van teksten zijn.",
        "#/jaarbericht": "Dit moet true of false zijn.",
        "#/criteria": "Dit moet een object zijn.",
        "#/website": "Deze vraag is er niet.",
        "#/naam": "Hier staan tekens in die we niet kunnen lezen.",
        "#/organisatie": "Hier staan tekens in die we niet kunnen lezen.",
        "#/sleutel": "Dit moet een UUID zijn.",
        "#/toch": "Dit moet true of false zijn.",
        "#/email": "Vul een e-mailadres in, zoals naam@voorbeeld.nl.",
    }


@pytest.mark.parametrize("body", ["[]", "{", '"x"', "[" * 100_000, "9" * 5000, '{"deur": []}'])
def test_what_is_no_contribution_at_all_is_a_problem(client, body):
    make_form_page()

    problem(client.post("/api/v1/bijdragen", body, content_type="application/json"), 400)


def test_files_have_the_rules_of_the_form(client, settings):
    found = told_faults(post(client, as_data(recht="eigen"), upload(b"geen pdf")))
    assert list(found) == ["#/bestand"]
    assert list(told_faults(post(client, as_data(deur="tip"), upload(pdf_bytes())))) == [
        "#/bestand"
    ]
    settings.CONTRIBUTION_MAX_FILE_BYTES = 1000
    large = upload(b"%PDF-" + bytes(4 * 1024 * 1024))
    problem(post(client, as_data(), large), 413)
    text = client.post("/api/v1/bijdragen", "x", content_type="text/plain")
    problem(text, 415)


def test_the_same_contribution_sent_twice_is_one_case(client):
    first, again = post(client, as_data()), post(client, as_data())

    assert first.json()["kenmerk"] == again.json()["kenmerk"]
    assert first["Location"] != again["Location"]
    other = post(client, as_data(sleutel=new_key()))
    assert other.json()["kenmerk"] != first.json()["kenmerk"]
    assert Contribution.objects.count() == 2


def test_a_repeat_is_told_where_the_first_one_stands_and_after_erasure_is_new(client):
    post(client, as_data())
    confirm_by_mail(client)

    again = post(client, as_data()).json()

    assert again["status"] == "in-lichte-check"
    assert again["melding"] == "Deze bijdrage hadden we al. Waar ze staat: In de lichte check."
    [case] = Contribution.objects.all()
    withdraw(case)
    erase_contact(case)
    assert post(client, as_data()).json()["status"] == "wacht-op-bevestiging"
    assert Contribution.objects.count() == 2


def test_what_is_there_already_is_told_and_can_be_sent_all_the_same(client):
    page = make_publication(title="Samen eten, samen weten", year=2024)

    told = problem(post(client, as_data()), 409)

    assert [one["adres"] for one in told["dubbel"]] == [page.full_url]
    whole = document(client)
    described = whole["paths"]["/bijdragen"]["post"]["responses"]["409"]
    assert faults_of(told, described, whole) == []
    assert post(client, as_data(toch=True)).status_code == 201


def test_too_much_from_one_sender_waits_and_counts_with_the_form(client, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 2
    contribute(client, titel="Een")
    assert post(client, as_data(titel="Twee")).status_code == 201

    response = post(client, as_data(titel="Drie"))

    problem(response, 429)
    assert 0 < int(response["Retry-After"]) <= 3601
    assert Contribution.objects.count() == 2


def test_status_is_for_who_has_the_token_only(client):
    response = post(client, as_data(deur="tip"))
    status = response["Location"].partition("/api/v1/")[2]

    answer = client.get(f"/api/v1/{status}")

    assert (answer["Cache-Control"], "ETag" in answer) == ("no-store", False)
    assert "fenna" not in answer.content.decode().lower()
    for wrong in ("bijdragen/x", f"{status}x", "bijdragen/%00", "bijdragen/%C3%A9"):
        problem(client.get(f"/api/v1/{wrong}"), 404)
    Contribution.objects.get().contact.delete()
    problem(client.get(f"/api/v1/{status}"), 410)
