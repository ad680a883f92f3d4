from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.models import GroupApprovalTask, WorkflowTask

from forms.models import Contact, Contribution, ContributionLink, Status
from forms.tests.factories import (
    answers_for,
    contribute,
    decision,
    edit_url,
    faults,
    hidden_answers,
    make_editor,
    make_form_page,
    page_form,
    review_url,
    sent_mail,
    upload,
    work,
)
from publications.models import LibraryDocument, PublicationPage
from publications.tests.factories import make_publication, make_term

pytestmark = pytest.mark.django_db


def row_counts() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def steps(client, status_url) -> list[tuple[str, str]]:
    return [(s["label"], s["state"]) for s in client.get(status_url).context["steps"]]


def notices(response) -> list[str]:
    page = BeautifulSoup(response.content, "html.parser")
    return [notice.get_text() for notice in page.find_all(class_="notice")]


def ask(editor, contribution, question="Om welke wijk gaat het?"):
    editor.post(review_url(contribution), decision(contribution, "reject", reden=question))


def answer(client, status_url, text="Om Waterveld."):
    return client.post(status_url, {"actie": "antwoord", "antwoord": text}, follow=True)


def change(client, status_url, **changes):
    """Open the form with what was sent, change some answers and send it."""
    form = client.get(f"{status_url}wijzigen/").context["form"]
    typed = {field.name: field.value() for field in form if field.value()} | changes
    typed = {name: value for name, value in typed.items() if value is not None}
    return client.post(f"{status_url}wijzigen/", typed, follow=True)


# Opening it


def test_opening_the_page_changes_nothing(client, editor):
    contribution, status_url = contribute(client)
    ask(editor, contribution)
    client.get(status_url)  # the first page of all makes the settings of the site
    before = row_counts()

    for path in (status_url, f"{status_url}wijzigen/", f"{status_url}?actie=intrekken"):
        assert [client.get(path).status_code, client.head(path).status_code] == [200, 200]

    assert row_counts() == before
    assert contribution.current_status() == Status.QUESTION


@pytest.mark.parametrize("token", ["verkeerd", "x" * 500, "%00", "é"])
def test_wrong_link_is_refused_politely(client, token):
    make_form_page()

    for path in (f"/bijdragen/{token}/", f"/bijdragen/{token}/wijzigen/"):
        for response in (client.get(path), client.post(path, {"actie": "intrekken"})):
            assert response.status_code == 404
            assert "Deze link werkt niet (meer)" in response.content.decode()
            assert response["Cache-Control"] == "no-store"


def test_revoked_link_is_refused(client):
    _, status_url = contribute(client)
    assert client.get(status_url).status_code == 200

    ContributionLink.objects.update(revoked_at=timezone.now())

    assert client.get(status_url).status_code == 404


def test_page_is_not_kept_found_or_told(client):
    _, status_url = contribute(client)

    for response in (client.get(status_url), client.get(f"{status_url}wijzigen/")):
        headers = [response[n] for n in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")]
        assert headers == ["no-store", "noindex, nofollow", "same-origin"]
    assert client.put(status_url).status_code == 405
    assert "Disallow: /bijdragen/" in client.get("/robots.txt").content.decode()


def test_page_shows_what_was_sent_but_not_by_whom(client):
    contribution, status_url = contribute(client)

    text = BeautifulSoup(client.get(status_url).content, "html.parser").get_text()

    for part in (contribution.reference, "Samen eten, samen weten", "In de buurtkeuken leren"):
        assert part in text
    assert "fenna@voorbeeld.example" not in text
    assert "Fenna" not in text


def test_forms_need_the_token_against_forgery(client):
    _, status_url = contribute(client)
    strict = Client(enforce_csrf_checks=True)

    forged = [
        strict.post(status_url, {"actie": "intrekken"}).status_code,
        strict.post(f"{status_url}wijzigen/", {"titel": "Anders"}).status_code,
        strict.post("/voeg-kennis-toe/", {**answers_for(), **hidden_answers()}).status_code,
    ]
    page = BeautifulSoup(strict.get(status_url).content, "html.parser")
    token = page.find("input", {"name": "csrfmiddlewaretoken"})["value"]
    real = strict.post(status_url, {"actie": "intrekken", "csrfmiddlewaretoken": token})

    assert forged == [403, 403, 403]
    assert real.status_code == 302
    assert Contribution.objects.get().current_status() == Status.WITHDRAWN


# Where it stands


def test_track_follows_the_contribution(client, editor):
    contribution, status_url = contribute(client)

    received = steps(client, status_url)
    ask(editor, contribution)
    asked = steps(client, status_url)
    answer(client, status_url)
    answered = steps(client, status_url)
    editor.post(review_url(contribution), decision(contribution))
    published = steps(client, status_url)

    assert received == [
        ("Ontvangen", "done"),
        ("In de lichte check", "now"),
        ("Gepubliceerd", "todo"),
    ]
    assert asked == [
        ("Ontvangen", "done"),
        ("Aanvulling gevraagd", "now"),
        ("In de lichte check", "todo"),
        ("Gepubliceerd", "todo"),
    ]
    assert answered == [
        ("Ontvangen", "done"),
        ("Aanvulling gevraagd", "done"),
        ("Je antwoord ontvangen", "done"),
        ("In de lichte check", "now"),
        ("Gepubliceerd", "todo"),
    ]
    assert published == [
        ("Ontvangen", "done"),
        ("Aanvulling gevraagd", "done"),
        ("Je antwoord ontvangen", "done"),
        ("In de lichte check", "done"),
        ("Gepubliceerd", "now"),
    ]


def test_published_contribution_shows_its_address_while_it_is_there(client, editor):
    contribution, status_url = contribute(client)
    editor.post(review_url(contribution), decision(contribution))

    live = client.get(status_url)
    contribution.page.specific.unpublish()
    gone = client.get(status_url)

    assert f'href="{contribution.page.get_url()}"' in live.content.decode()
    assert "Je bijdrage staat op het Kennisplein" in live.content.decode()
    assert f'href="{contribution.page.get_url()}"' not in gone.content.decode()
    assert "Je bijdrage stond op het Kennisplein" in gone.content.decode()


def test_declined_contribution_shows_why(client, editor):
    contribution, status_url = contribute(client)
    decline = decision(contribution, "decline", reden="Het gaat niet over buurten.")

    editor.post(review_url(contribution), decline)

    page = client.get(status_url).content.decode()
    assert "Het gaat niet over buurten." in page
    assert steps(client, status_url)[-1] == ("Niet geplaatst", "now")


# Answering a question


def test_question_is_shown_and_answered(client, editor):
    contribution, status_url = contribute(client)
    ask(editor, contribution, "Om welke wijk gaat het?")
    shown = client.get(status_url).content.decode()

    response = answer(client, status_url, "Om <b>Waterveld</b>.")
    work()

    assert "Om welke wijk gaat het?" in shown
    assert notices(response) == ["Bedankt. Je antwoord is binnen."]
    assert contribution.current_status() == Status.IN_CHECK
    assert contribution.submissions.last().sent == [["Je antwoord", "Om <b>Waterveld</b>."]]
    review = editor.get(review_url(contribution)).content.decode()
    assert "Om &lt;b&gt;Waterveld&lt;/b&gt;." in review
    assert (
        sent_mail("info@buurtwijs.nl")
        == [f"Bijdrage {contribution.reference}: Samen eten, samen weten"] * 2
    )
    assert "De inzender heeft je vraag beantwoord." in mail.outbox[-1].body


def test_empty_answer_is_refused(client, editor):
    contribution, status_url = contribute(client)
    ask(editor, contribution)

    response = answer(client, status_url, "  ")

    assert response.context["answer_form"].errors == {"antwoord": ["Schrijf je antwoord."]}
    assert contribution.current_status() == Status.QUESTION


def test_second_answer_is_told_that_no_question_is_open(client, editor):
    contribution, status_url = contribute(client)
    ask(editor, contribution)
    answer(client, status_url)

    response = answer(client, status_url)

    assert notices(response) == ["Er staat geen vraag meer open. Je antwoord is niet nodig."]
    assert contribution.submissions.count() == 2


def test_several_questions_are_answered_one_after_the_other(client, editor):
    contribution, status_url = contribute(client)
    for question in ("Welke wijk?", "Welk jaar?"):
        ask(editor, contribution, question)
        assert question in client.get(status_url).content.decode()
        answer(client, status_url, f"Antwoord op: {question}")

    assert [s.sent[0][1] for s in contribution.submissions.all()[1:]] == [
        "Antwoord op: Welke wijk?",
        "Antwoord op: Welk jaar?",
    ]
    assert contribution.current_status() == Status.IN_CHECK


# Changing what was sent


@pytest.mark.parametrize("door", ["publicatie", "tip", "artikel"])
def test_form_of_each_door_is_filled_in_with_what_was_sent(client, door):
    contribution, status_url = contribute(client, deur=door)

    form = client.get(f"{status_url}wijzigen/").context["form"]

    filled = {field.name: field.value() for field in form if field.name != "sleutel"}
    assert filled == contribution.submissions.get().form_data | (
        {} if door == "tip" else {"bestand": None}
    )
    titles = {"publicatie": "Past het bij het Kennisplein?", "tip": "Je tip", "artikel": "Je tekst"}
    assert [form.parts[-1][1], form.parts[-1][2][-1].name] == [titles[door], list(filled)[-1]]


def test_change_is_a_new_submission_and_a_new_revision(client):
    contribution, status_url = contribute(client)
    revision = contribution.page.latest_revision_id

    response = change(client, status_url, samenvatting="Iedereen kookt mee.", jaar="onbekend")
    work()

    first, second = contribution.submissions.all()
    contribution.page.refresh_from_db()
    draft = contribution.draft()
    assert notices(response) == ["Je wijziging is binnen."]
    assert first.form_data["samenvatting"].startswith("In de buurtkeuken")
    assert second.form_data["samenvatting"] == "Iedereen kookt mee."
    assert [draft.summary, draft.year, draft.title] == [
        "Iedereen kookt mee.",
        None,
        "Samen eten, samen weten",
    ]
    assert contribution.page.latest_revision_id > revision
    assert contribution.current_status() == Status.IN_CHECK
    assert "De inzender heeft de bijdrage gewijzigd." in mail.outbox[-1].body


def test_term_that_was_merged_since_is_still_chosen(client):
    contribution, status_url = contribute(client, pijlers=["sociale-inclusie"])
    into = make_term(slug="meedoen")
    inclusion = make_term(slug="sociale-inclusie")
    inclusion.merged_into = into
    inclusion.save()

    shown = client.get(f"{status_url}wijzigen/").context["form"]["pijlers"].value()
    response = change(client, status_url, samenvatting="Iedereen kookt mee.")

    contribution.refresh_from_db()
    assert shown == ["meedoen"]
    assert notices(response) == ["Je wijziging is binnen."]
    assert contribution.draft().pillar_slugs == ["meedoen"]


def test_change_keeps_what_the_editor_corrected(client, editor):
    contribution, status_url = contribute(client)
    corrected = page_form(contribution.page, title="Samen eten in de wijk", year="2023", month="5")
    editor.post(edit_url(contribution.page), corrected)

    change(client, status_url, samenvatting="Iedereen kookt mee.")
    contribution.refresh_from_db()
    kept = contribution.draft()
    change(client, status_url, jaar="onbekend")
    contribution.refresh_from_db()
    changed = contribution.draft()

    assert [kept.title, kept.summary, kept.year, kept.month] == [
        "Samen eten in de wijk",
        "Iedereen kookt mee.",
        2023,
        5,
    ]
    assert [changed.title, changed.year, changed.month] == ["Samen eten in de wijk", None, None]


def test_change_is_published_as_the_editor_saw_it(client, editor):
    contribution, status_url = contribute(client)
    change(client, status_url, titel="Samen koken", pijlers=["sociale-inclusie"])

    editor.post(review_url(contribution), decision(contribution))

    page = PublicationPage.objects.get()
    assert [page.live, page.title, page.pillar_slugs] == [
        True,
        "Samen koken",
        ["sociale-inclusie"],
    ]


def test_change_counts_as_answer(client, editor):
    contribution, status_url = contribute(client)
    ask(editor, contribution)

    change(client, status_url)

    assert contribution.current_status() == Status.IN_CHECK
    assert contribution.submissions.count() == 2


def test_second_click_on_a_change_changes_nothing(client):
    contribution, status_url = contribute(client)
    typed = {"samenvatting": "Iedereen kookt mee.", "recht": "eigen"}
    change(client, status_url, **typed, bestand=upload(b"%PDF-1.7"))
    before = row_counts()

    response = change(client, status_url, **typed, bestand=upload(b"%PDF-1.7"))

    after = row_counts()
    assert notices(response) == ["Je wijziging is binnen."]
    assert {name for name in after if after[name] != before[name]} <= {"sessions.Session"}
    assert contribution.submissions.count() == 2


def test_change_that_is_wrong_is_told_and_nothing_is_lost(client):
    contribution, status_url = contribute(client)

    response = change(client, status_url, titel="", link="", samenvatting="Iedereen kookt mee.")

    assert response.status_code == 200
    assert faults(response) == {
        "titel": ["Vul de titel in."],
        "link": ["Geef een link, DOI, ISBN of bestand. Eén is genoeg."],
    }
    assert response.context["form"]["samenvatting"].value() == "Iedereen kookt mee."
    assert contribution.submissions.count() == 1


def test_new_file_takes_the_place_of_the_old_one_which_is_kept(client):
    contribution, status_url = contribute(
        client, link=None, bestand=upload(b"%PDF-1.7 oud", "oud.pdf"), recht="eigen"
    )

    shown = client.get(f"{status_url}wijzigen/").content.decode()
    change(client, status_url, bestand=upload(b"%PDF-1.7 nieuw", "nieuw.pdf"))

    assert "oud.pdf" in shown
    assert [s.document.file.read() for s in contribution.submissions.all()] == [
        b"%PDF-1.7 oud",
        b"%PDF-1.7 nieuw",
    ]
    assert contribution.page.specific.get_latest_revision_as_object().document.filename == (
        "nieuw.pdf"
    )


def test_right_to_share_can_be_corrected_without_sending_the_file_again(client):
    _, status_url = contribute(client, bestand=upload(b"%PDF-1.7"), recht="eigen")

    refused = change(client, status_url, recht=None)
    change(client, status_url, recht="licentie")

    assert faults(refused) == {
        "recht": ["Kies waarom we dit bestand mogen delen, of geef alleen een link."]
    }
    assert LibraryDocument.objects.get().right_to_share == "licentie"


def test_change_brings_a_cancelled_check_back(client, editor):
    contribution, status_url = contribute(client)
    cancel = {"action-cancel-workflow": "1"}
    editor.post(edit_url(contribution.page), page_form(contribution.page, **cancel))
    cancelled = contribution.current_status()

    change(client, status_url, samenvatting="Iedereen kookt mee.")

    assert cancelled == Status.RECEIVED
    assert contribution.current_status() == Status.IN_CHECK


def test_change_makes_a_draft_that_has_gone_again(client):
    contribution, status_url = contribute(client, bestand=upload(b"%PDF-1.7"), recht="eigen")
    contribution.page.specific.delete()

    change(client, status_url, samenvatting="Iedereen kookt mee.")

    page = PublicationPage.objects.get()
    assert [page.summary, page.document] == ["Iedereen kookt mee.", LibraryDocument.objects.get()]
    assert Contribution.objects.get().current_status() == Status.IN_CHECK


# Withdrawing


def test_withdrawing_takes_the_draft_away_and_is_confirmed(client, editor):
    contribution, status_url = contribute(client, bestand=upload(b"%PDF-1.7"), recht="eigen")
    other = make_publication()

    client.post(status_url, {"actie": "intrekken"})
    work()

    assert list(PublicationPage.objects.all()) == [other]
    assert contribution.current_status() == Status.WITHDRAWN
    assert contribution.submissions.count() == 1
    assert "Je hebt je bijdrage ingetrokken" in client.get(status_url).content.decode()
    assert steps(client, status_url)[-1] == ("Ingetrokken", "now")
    assert sent_mail("fenna@voorbeeld.example")[-1] == (
        f"Je hebt je bijdrage ingetrokken ({contribution.reference})"
    )


# When it is over


def publish(editor, client, contribution, status_url):
    editor.post(review_url(contribution), decision(contribution))


def decline(editor, client, contribution, status_url):
    editor.post(review_url(contribution), decision(contribution, "decline"))


def spam(editor, client, contribution, status_url):
    editor.post(review_url(contribution), {"actie": "spam"})


def withdraw(editor, client, contribution, status_url):
    client.post(status_url, {"actie": "intrekken"})


@pytest.mark.parametrize("end", [publish, decline, withdraw])
def test_nothing_can_be_changed_when_it_is_over(client, editor, end):
    contribution, status_url = contribute(client)
    open_page = client.get(status_url).content.decode()
    answers = contribution.submissions.get().form_data
    end(editor, client, contribution, status_url)
    before = [contribution.current_status(), row_counts() | {"sessions.Session": 0}]

    page = client.get(status_url).content.decode()
    said = [
        notices(client.post(status_url, {"actie": "intrekken"}, follow=True)),
        notices(answer(client, status_url)),
        notices(client.get(f"{status_url}wijzigen/", follow=True)),
    ]
    late = client.post(f"{status_url}wijzigen/", answers | {"bestand": ""})

    over = ["Deze bijdrage is al afgehandeld."]
    closed = ["Deze bijdrage is afgehandeld. Je kunt hem niet meer wijzigen."]
    assert said == [over, over, closed]
    assert faults(late)["__all__"] == closed
    for text in ("Trek je bijdrage in", "wijzigen/"):
        assert text in open_page
        assert text not in page
    counts = row_counts() | {"sessions.Session": 0, "forms.SendCount": before[1]["forms.SendCount"]}
    assert [contribution.current_status(), counts] == before


def test_spam_looks_like_what_waits_and_names_nobody(client, editor):
    contribution, status_url = contribute(client)
    shown = [client.get(status_url).context["status"], steps(client, status_url)]
    editor.force_login(make_editor(first_name="Eva", last_name="de Wit"))

    spam(editor, client, contribution, status_url)

    page = client.get(status_url)
    text = BeautifulSoup(page.content, "html.parser").get_text()
    assert shown[0] == Status.IN_CHECK
    assert [page.context["status"], steps(client, status_url)] == shown
    assert "spam" not in text.lower()
    assert "Eva" not in text


def test_dates_are_those_of_the_log(client, editor):
    contribution, status_url = contribute(client)
    week_ago = timezone.now() - timedelta(days=7)
    contribution.events.update(at=week_ago)
    editor.post(review_url(contribution), decision(contribution))

    dates = [step["date"] for step in client.get(status_url).context["steps"]]
    assert dates == [week_ago, None, contribution.events.last().at]


# When to expect an answer


@pytest.mark.parametrize(
    ("turn", "days", "expected"),
    [
        ("2026-12-14", 10, "2026-12-29"),
        ("2026-12-18", 10, "2027-01-05"),  # Christmas and New Year's Day
        ("2026-12-19", 1, "2026-12-21"),
        ("2027-04-26", 1, "2027-04-28"),  # King's Day
    ],
)
def test_answer_is_promised_in_working_days(client, turn, days, expected):
    contribution, status_url = contribute(client)
    contribution.form_page.answer_within_days = days
    contribution.form_page.save()
    contribution.events.update(at=datetime.fromisoformat(f"{turn}T12:00+01:00"))

    assert str(client.get(status_url).context["expected_on"]) == expected


def test_promise_counts_from_when_it_was_last_the_editors_turn(client, editor):
    contribution, status_url = contribute(client)
    contribution.events.update(at=timezone.now() - timedelta(days=60))
    late = client.get(status_url).context["steps"][1]["note"]
    ask(editor, contribution)
    answer(client, status_url)

    page = client.get(status_url)

    day = date_format(page.context["expected_on"], "l j F Y")
    assert late == "Het duurt langer dan we zeiden. Sorry daarvoor. Je hoort nog van ons"
    assert page.context["expected_on"] > timezone.localdate()
    assert page.content.decode().count(f"Je hoort het uiterlijk op {day}") == 2


# Wis mijn gegevens


@pytest.mark.parametrize("end", [publish, decline, withdraw])
def test_contributor_erases_name_and_address_when_it_is_over(client, editor, end):
    contribution, status_url = contribute(client)
    other, other_url = contribute(client, titel="Een andere")
    end(editor, client, contribution, status_url)
    shown = client.get(status_url).content.decode()

    response = client.post(status_url, {"actie": "wissen"}, follow=True)

    assert "Ja, wis mijn gegevens" in shown
    assert response.status_code == 410
    assert "Je gegevens zijn gewist" in response.content.decode()
    assert [c.contribution for c in Contact.objects.all()] == [other]
    assert client.post(status_url, {"actie": "wissen"}).status_code == 410
    assert client.get(other_url).status_code == 200
    assert contribution.submissions.count() == 1
    log = editor.get(review_url(contribution)).content.decode()
    assert "Gegevens gewist door de inzender" in log


def test_nothing_is_erased_while_it_is_open(client):
    _, status_url = contribute(client)

    page = client.get(status_url).content.decode()
    response = client.post(status_url, {"actie": "wissen"}, follow=True)

    assert "wis mijn gegevens" not in page.lower()
    assert notices(response) == ["Trek je bijdrage eerst in. Daarna kun je je gegevens wissen."]
    assert Contact.objects.count() == 1


def test_dead_link_says_how_to_get_another(client):
    _, status_url = contribute(client)
    ContributionLink.objects.update(revoked_at=timezone.now())

    page = client.get(status_url).content.decode()

    assert 'href="/bijdragen/mijn-link/"' in page


# Spam, a decision meanwhile, a second step


@pytest.mark.parametrize(
    "send",
    [
        {"actie": "intrekken"},
        {"actie": "wissen"},
        {"actie": "antwoord", "antwoord": "Om Waterveld."},
        {"actie": "bevestigen"},
    ],
)
def test_spam_gets_the_answers_of_what_just_came_in(client, editor, send):
    contribution, status_url = contribute(client)
    spam(editor, client, contribution, status_url)
    client.get(status_url)  # the first page of all makes the settings of the site
    before = row_counts()

    page = client.get(status_url).content.decode()
    form = client.get(f"{status_url}wijzigen/")
    answered = client.post(status_url, send, follow=True)
    changed = change(client, status_url, titel="Iets anders")

    assert "Trek je bijdrage in" in page
    assert "wijzigen/" in page
    assert "Wis mijn gegevens" not in page
    assert form.status_code == 200
    assert "afgehandeld" not in answered.content.decode()
    assert notices(changed) == ["Je wijziging is binnen."]
    after = row_counts() | {"forms.SendCount": before["forms.SendCount"]}
    assert after == before | {"sessions.Session": after["sessions.Session"]}
    assert contribution.current_status() == Status.SPAM


def test_change_that_comes_too_late_is_not_lost(client, editor):
    contribution, status_url = contribute(client)
    form = client.get(f"{status_url}wijzigen/").context["form"]
    typed = {field.name: field.value() for field in form if field.value()}
    editor.post(review_url(contribution), decision(contribution))

    late = client.post(f"{status_url}wijzigen/", typed | {"titel": "Mijn nieuwe titel"})

    assert faults(late) == {
        "__all__": ["Deze bijdrage is afgehandeld. Je kunt hem niet meer wijzigen."]
    }
    assert late.context["form"]["titel"].value() == "Mijn nieuwe titel"
    assert contribution.submissions.count() == 1


def test_approved_but_not_yet_published_says_so(client, editor):
    contribution, status_url = contribute(client)
    task = GroupApprovalTask.objects.create(name="Laatste controle")
    workflow = contribution.page.get_workflow()
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=9)
    editor.post(review_url(contribution), decision(contribution))

    waiting = client.get(status_url).content.decode()
    closed = client.get(f"{status_url}wijzigen/", follow=True)
    contribution.refresh_from_db()
    contribution.page.current_workflow_state.cancel()
    stopped = client.get(status_url).content.decode()

    assert "Je bijdrage is goedgekeurd" in waiting
    assert "Er is nog een laatste controle." in waiting
    assert notices(closed) == ["Deze bijdrage is afgehandeld. Je kunt hem niet meer wijzigen."]
    assert "staat nog niet op het Kennisplein" in stopped
    assert "stond op het Kennisplein" not in stopped
    assert "laatste controle" not in stopped
