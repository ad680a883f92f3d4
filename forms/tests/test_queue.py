"""The editors' queue: its views, ages and claims, and the same figures on the dashboard."""

from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from forms.models import Contribution
from forms.queue import Ages
from forms.tests.factories import (
    browser_of,
    contribute,
    decision,
    make_editor,
    make_form_page,
    make_writer,
    review_url,
    told,
)
from forms.tests.remarks import remark_decision, tell
from publications.tests.factories import make_publication

pytestmark = pytest.mark.django_db

LIST = "/admin/forms/contribution/"


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def titles(browser, **query) -> list[str]:
    page = soup(browser.get(LIST, query))
    return [cell.get_text(strip=True) for cell in page.select("td.field-title_link")]


def cells(browser, name, **query) -> list[str]:
    page = soup(browser.get(LIST, query))
    return [cell.get_text(" ", strip=True) for cell in page.select(f"td.field-{name}")]


def counts(page) -> dict[str, str]:
    links = page.select(".queue__views a")
    return {
        link.get_text(strip=True).lstrip("0123456789"): link.b.string for link in links if link.b
    }


def waited(contribution, days: int) -> None:
    """Let a contribution have come in some days ago."""
    past = timezone.now() - timedelta(days=days)
    contribution.events.update(at=past)
    Contribution.objects.filter(pk=contribution.pk).update(received_at=past)


@pytest.fixture
def one_of_each(client, editor):
    """One contribution in each view, by its name; “Laat” is new and too long open as well."""
    cases = {name: contribute(client, titel=name)[0] for name in ("Vers", "Laat", "Gevraagd")}
    cases |= {name: contribute(client, titel=name)[0] for name in ("Geplaatst", "Rommel")}
    waited(cases["Laat"], 30)
    editor.post(review_url(cases["Gevraagd"]), decision(cases["Gevraagd"], "reject"))
    editor.post(review_url(cases["Geplaatst"]), decision(cases["Geplaatst"]))
    editor.post(review_url(cases["Rommel"]), {"actie": "spam"})
    return cases


def test_each_view_holds_its_own_and_the_figures_are_the_same_everywhere(editor, one_of_each):
    views = ("nieuw", "wacht", "te-lang", "afgehandeld", "spam")

    assert [titles(editor, werk=view) for view in views] == [
        ["Laat", "Vers"],  # who waits longest comes first
        ["Gevraagd"],
        ["Laat"],
        ["Geplaatst"],
        ["Rommel"],
    ]
    assert titles(editor) == ["Laat", "Vers"]
    assert len(titles(editor, werk="alle")) == 5
    figures = {"Nieuw": "2", "Wacht op bijdrager": "1", "Te lang open": "1"}
    figures |= {"Afgehandeld": "1", "Spam": "1"}
    assert counts(soup(editor.get(LIST))) == counts(soup(editor.get("/admin/"))) == figures


def test_search_looks_in_all_views(editor, one_of_each):
    assert titles(editor, q="Rommel") == ["Rommel"]
    assert titles(editor, werk="nieuw", q="Rommel") == []
    assert titles(editor, werk="' OR 1=1") == titles(editor, werk="alle")


def test_kinds_stand_apart_with_their_counts(client, editor):
    contribute(client, titel="Rapport")
    contribute(client, deur="tip", wat="Een tip")
    tell(client, "correctie", make_publication())

    page = soup(editor.get(LIST))
    kinds = {link.get_text(strip=True): link["href"] for link in page.select(".queue__kinds a")}

    assert list(kinds) == ["Alle soorten (3)", "Publicatie (1)", "Tip (1)", "Correctie (1)"]
    assert titles(editor, werk="nieuw", kind__exact="tip") == ["Een tip"]
    assert kinds["Tip (1)"] == "?werk=nieuw&kind__exact=tip"


def test_age_counts_working_days_against_the_promise(client, editor, one_of_each):
    promised = make_form_page().answer_within_days
    late = Ages().of(Contribution.objects.with_status().with_turns().get(pk=one_of_each["Laat"].pk))

    ages = cells(editor, "age", werk="nieuw")

    assert ages == [
        f"te lang: {late['days']} van {promised} werkdagen",
        f"0 van {promised} werkdagen",
    ]
    assert 15 <= late["days"] <= 22
    assert cells(editor, "age", werk="wacht") == ["wacht 0 werkdagen"]
    assert cells(editor, "age", werk="afgehandeld") == ["na 0 werkdagen"]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-06-05", "2026-06-08", 1),  # a weekend in between
        ("2026-04-02", "2026-04-07", 1),  # Good Friday and Easter Monday in between
        ("2026-04-24", "2026-04-28", 1),  # King's Day in between
        ("2026-06-08", "2026-06-08", 0),
    ],
)
def test_weekends_and_dutch_holidays_do_not_count(first, last, days):
    first, last = (datetime.fromisoformat(day).date() for day in (first, last))

    assert Ages().days_between(first, last) == days


def test_list_and_dashboard_agree_about_late_on_the_day_itself(client, editor):
    contribution, _ = contribute(client)
    ages, promised = Ages(), make_form_page().answer_within_days
    last_day = ages.calendar.get_nth_working_day(timezone.localdate(), -promised)
    shown = []
    for back in range(4):
        waited(contribution, (timezone.localdate() - last_day).days + back)
        row = Contribution.objects.with_status().with_turns().get()
        shown.append([ages.of(row)["is_late"], bool(titles(editor, werk="te-lang"))])

    assert all(by_row == by_filter for by_row, by_filter in shown)
    assert shown[3] == [True, True]


# Claims


def act(browser, contribution, action, **data):
    return browser.post(review_url(contribution), {"actie": action, **data})


def claimed_by(contribution) -> str:
    contribution.refresh_from_db()
    return contribution.claimed_by.get_full_name() if contribution.claimed_by else ""


@pytest.fixture
def eva():
    return browser_of(make_editor(first_name="Eva", last_name="de Wit"))


@pytest.fixture
def sem():
    return browser_of(make_editor(first_name="Sem", last_name="Bos"))


def events(contribution) -> list[str]:
    return list(contribution.events.exclude(what="ontvangen").values_list("what", flat=True))


def test_editor_claims_from_the_list_and_gives_back(client, eva, sem):
    contribution, _ = contribute(client)
    button = soup(sem.get(LIST)).find("button", attrs={"formaction": review_url(contribution)})

    opened = eva.post(button["formaction"], {button["name"]: button["value"]})
    act(eva, contribution, "pak")  # a second click
    seen = [cells(sem, "claim"), "Eva de Wit" in sem.get("/admin/").content.decode()]
    review = soup(sem.get(review_url(contribution))).select_one(".review__claim").get_text()
    act(eva, contribution, "geef-terug")
    act(eva, contribution, "geef-terug")

    assert opened.url == review_url(contribution)
    assert seen == [["Eva de Wit"], True]
    assert "Eva de Wit heeft deze opgepakt" in review
    assert claimed_by(contribution) == ""
    assert cells(sem, "claim") == [f"Pak deze ({contribution.reference})"]
    assert events(contribution) == ["opgepakt", "teruggegeven"]


def test_colleague_takes_over_only_knowingly(client, eva, sem):
    contribution, _ = contribute(client)
    act(eva, contribution, "pak")

    refused = [
        act(sem, contribution, "pak"),
        act(sem, contribution, "pak", overnemen="999999"),
        act(sem, contribution, "spam"),
    ]
    not_hers = act(sem, contribution, "geef-terug")
    before = claimed_by(contribution)
    shown = soup(sem.get(review_url(contribution))).select_one(
        ".review__claim input[name=overnemen]"
    )
    act(sem, contribution, "pak", overnemen=shown["value"])

    why = "Eva de Wit heeft deze bijdrage opgepakt. Neem hem eerst over."
    assert [told(response) for response in refused] == [[why]] * 3
    assert told(not_hers) == ["Eva de Wit heeft deze bijdrage opgepakt, niet jij."]
    assert [before, claimed_by(contribution)] == ["Eva de Wit", "Sem Bos"]
    assert contribution.events.last().text == "van Eva de Wit"


def test_decision_about_what_a_colleague_works_on_keeps_what_was_typed(client, eva, sem):
    contribution, _ = contribute(client)
    act(eva, contribution, "pak")
    answers = decision(contribution, "decline", reden="Past niet, echt niet.")

    refused = sem.post(review_url(contribution), answers)
    box = soup(refused).select_one("details[open] input[type=checkbox][name=overnemen]")
    kept = soup(refused).select_one("details[open] textarea[name=reden]").get_text(strip=True)
    before = contribution.current_status()
    sem.post(review_url(contribution), answers | {"overnemen": box["value"]})

    assert [kept, before] == ["Past niet, echt niet.", "in-lichte-check"]
    assert contribution.current_status() == "niet-geplaatst"
    assert events(contribution) == ["opgepakt", "overgenomen", "niet-geplaatst"]


def test_remark_of_a_colleague_is_taken_over_too(client, eva, sem):
    remark, _ = tell(client, "correctie", make_publication())
    act(eva, remark, "pak")
    sends = remark_decision(remark)

    refused = sem.post(review_url(remark), sends)
    before = remark.current_status()
    remark.refresh_from_db()
    sem.post(review_url(remark), sends | {"overnemen": str(remark.claimed_by_id)})

    assert told(refused) == ["Eva de Wit heeft deze bijdrage opgepakt. Neem hem eerst over."]
    assert before == "ontvangen"
    assert remark.current_status() == "verwerkt"


def test_spam_in_one_go_leaves_what_colleagues_work_on(client, eva, sem):
    contribution, _ = contribute(client)
    act(eva, contribution, "pak")

    response = sem.post("/admin/bijdragen/spam/", {"bijdrage": contribution.pk})

    why = "Eva de Wit heeft deze bijdrage opgepakt. Neem hem eerst over."
    assert told(response) == [f"{contribution.reference}: {why}"]
    assert contribution.current_status() == "in-lichte-check"


def test_what_is_decided_cannot_be_claimed(client, eva, sem):
    contribution, _ = contribute(client)
    eva.post(review_url(contribution), decision(contribution))

    response = act(sem, contribution, "pak")

    assert told(response) == ["Deze bijdrage is al afgehandeld: gepubliceerd door Eva de Wit."]
    assert claimed_by(contribution) == ""


def test_writers_and_visitors_claim_nothing_and_see_no_figures(client, writer):
    contribution, _ = contribute(client)

    for browser in (writer, Client(), client):
        for action in ("pak", "geef-terug", "kijk-na"):
            act(browser, contribution, action)

    assert claimed_by(contribution) == ""
    assert "queue__views" not in writer.get("/admin/").content.decode()
    assert browser_of(make_writer()).get(LIST).status_code == 302
