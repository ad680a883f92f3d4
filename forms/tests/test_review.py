"""The review view: differences, findings, history, reopening, and who comes too late."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from forms.comparison import marked
from forms.models import AddressCheck, DocumentPreview
from forms.tests.factories import (
    browser_of,
    contribute,
    decision,
    edit_url,
    make_editor,
    page_form,
    review_url,
    told,
    upload,
    work,
)
from publications.tests.factories import make_publication, pdf_bytes
from publications.tests.web_server import web_server

pytestmark = pytest.mark.django_db


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def compared(browser, contribution) -> dict[str, list[str]]:
    """Return the rows of the comparison, as {label: HTML of its cells}."""
    rows = soup(browser.get(review_url(contribution))).select(".review__compare tbody tr")
    return {
        row.th.get_text(): [cell.div.decode_contents() for cell in row("td") if cell.div]
        for row in rows
    }


def change(client, status_url, **changes):
    form = client.get(f"{status_url}wijzigen/").context["form"]
    typed = {field.name: field.value() for field in form if field.value()}
    return client.post(f"{status_url}wijzigen/", typed | changes)


# What was sent beside what will be published


def test_clean_contribution_shows_each_answer_once_without_marks(client, editor):
    contribution, _ = contribute(client)

    rows = compared(editor, contribution)

    assert rows["Titel"] == ["Samen eten, samen weten"]
    assert rows["Auteurs"] == ["Meta de Lange; Movisie"]
    assert all(len(cells) == 1 for label, cells in rows.items() if label != "Linkcontrole")
    assert "<ins>" not in str(rows)


def test_change_of_the_contributor_and_edit_of_a_colleague_are_marked(client, editor):
    contribution, status_url = contribute(client, titel="Samen eten in de buurt")
    change(client, status_url, titel="Samen koken in de buurt")
    contribution.refresh_from_db()
    edited = page_form(contribution.page, title="Samen koken in de wijk")
    editor.post(edit_url(contribution.page), edited)

    rows = compared(editor, contribution)

    assert rows["Titel"] == [
        "Samen <del>eten</del><ins>koken</ins> in de buurt",
        "Samen koken in de <del>buurt</del><ins>wijk</ins>",
    ]
    assert len(rows["Samenvatting"]) == 1


def test_html_that_somebody_sends_stays_text(client, editor):
    contribution, status_url = contribute(client, samenvatting="<script>alert(1)</script> oud")
    change(client, status_url, samenvatting="<img src=x onerror=alert(1)> nieuw")

    page = editor.get(review_url(contribution)).content.decode()

    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "&lt;img" in page


@pytest.mark.parametrize(
    ("before", "after", "html"),
    [
        ("", "een twee", "<ins>een twee</ins>"),
        ("een twee", "", "<del>een twee</del>"),
        ("<b>", "<i>", "<del>&lt;b&gt;</del><ins>&lt;i&gt;</ins>"),
        ("a\r\nb", "a\nb", "a<br>b"),
    ],
)
def test_marks(before, after, html):
    assert marked(before, after) == html


def test_very_long_texts_are_compared_by_line():
    lines = [f"regel {n} " + "woord " * 30 for n in range(100)]
    changed = [*lines[:50], "anders", *lines[51:]]

    html = marked("\n".join(lines), "\n".join(changed))

    assert html.count("<ins>") == html.count("<del>") == 1
    assert "<ins>anders<br></ins>" in html


# The link, the file, possible duplicates


@pytest.fixture
def web(settings):
    with web_server(settings) as server:
        yield server


def page_of(text: bytes):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        if handler.command == "GET":
            handler.wfile.write(text)

    return answer


def says_of_link(browser, contribution) -> str:
    rows = soup(browser.get(review_url(contribution))).select(".review__compare tbody tr")
    return next(row.td.get_text(" ", strip=True) for row in rows if row.th.string == "Linkcontrole")


def test_link_is_checked_by_the_worker_and_again_on_demand(client, editor, web):
    address = f"http://127.0.0.1:{web.port}/rapport"
    contribution, _ = contribute(client, link=address)
    arrived = says_of_link(editor, contribution)
    asked_before = list(web.requests)

    work()
    dead = says_of_link(editor, contribution)
    web.answers["/rapport"] = page_of(b"Het rapport")
    asked = editor.post(review_url(contribution), {"actie": "kijk-na"})
    work()

    assert arrived == "Nog niet nagekeken. Kijk na"
    assert asked_before == []  # nobody waited for it
    assert dead.startswith("De pagina achter deze link bestaat niet. Nagekeken ")
    assert told(asked)[0].startswith("We kijken de link en het bestand na.")
    assert says_of_link(editor, contribution).startswith("De link werkt. Nagekeken ")
    assert web.requests == ["HEAD /rapport", "GET /rapport", "HEAD /rapport"]


def test_link_inside_our_own_network_is_not_asked(client, editor, web, settings):
    settings.WEB_TEST_ENDPOINTS = frozenset()
    contribute(client, link=f"http://127.0.0.1:{web.port}/geheim")

    work()

    assert AddressCheck.objects.get().has_answered is False
    assert web.requests == []


def test_new_link_is_not_shown_with_the_result_of_the_old_one(client, editor, web):
    web.answers["/goed"] = page_of(b"goed")
    contribution, status_url = contribute(client, link=f"http://127.0.0.1:{web.port}/goed")
    work()

    change(client, status_url, link=f"http://127.0.0.1:{web.port}/weg")
    waiting = says_of_link(editor, contribution)
    work()

    assert waiting == "Nog niet nagekeken. Kijk na"
    assert says_of_link(editor, contribution).startswith("De pagina achter deze link bestaat niet.")


def test_first_page_of_the_file_is_for_editors_only(client, editor, writer, superuser):
    pdf = upload(pdf_bytes())
    contribution, _ = contribute(client, bestand=pdf, recht="eigen")
    url = f"{review_url(contribution)}voorblad/"
    too_early = editor.get(url).status_code

    work()

    image = soup(editor.get(review_url(contribution))).find("img", src=url)
    shown = editor.get(url)
    assert too_early == 404
    assert image["alt"].startswith("De eerste bladzijde van ")
    assert shown.content.startswith(b"\x89PNG")
    assert shown["Content-Type"] == "image/png"
    assert {"private", "no-store"} <= set(shown["Cache-Control"].split(", "))
    others = [browser.get(url).status_code for browser in (superuser, writer, Client())]
    assert others == [200, 302, 302]
    assert editor.post(url).status_code == 405
    assert DocumentPreview.objects.count() == 1


def test_duplicates_that_are_not_public_are_shown_as_well(client, editor):
    make_publication(title="Samen eten, samen weten", year=2024, live=False)
    contribution, _ = contribute(client)

    page = soup(editor.get(review_url(contribution))).get_text()

    assert "Mogelijk dubbel" in page
    assert "concept)" in page


# What happened, all of it


def test_history_holds_events_mails_and_edits_in_order(client, editor):
    contribution, _ = contribute(client)
    editor.post(edit_url(contribution.page), page_form(contribution.page, title="Beter"))
    editor.post(review_url(contribution), {"actie": "pak"})
    editor.post(review_url(contribution), decision(contribution, "reject"))

    rows = soup(editor.get(review_url(contribution))).select(".review__history li")
    texts = [" ".join(row.get_text().split()[4:]) for row in rows]
    who = contribution.events.last().by.username

    assert texts == [
        "Ontvangen",
        texts[1],
        texts[2],
        f"Concept bewerkt door {who} (bekijk het verschil)",
        f"Opgepakt door {who}",
        f"Aanvulling gevraagd door {who}: Kun je iets meer vertellen?",
        texts[6],
    ]
    assert texts[1].startswith("Mail aan inzender: We hebben je bijdrage ontvangen")
    assert texts[2].startswith("Mail aan redactie")
    assert texts[6].startswith("Mail aan inzender: ")
    assert editor.get(rows[3].a["href"]).status_code == 200


# Reopening


def reopen(browser, contribution, **data):
    return browser.post(review_url(contribution), {"actie": "heropen", **data})


def test_reopened_page_stays_online_when_the_editor_says_so(client, editor):
    contribution, status_url = contribute(client)
    page_url = contribution.page.get_url()
    editor.post(review_url(contribution), decision(contribution))
    choices = soup(editor.get(review_url(contribution))).select("[name=pagina]")

    reopen(editor, contribution, pagina="blijft", notitie="We kijken nog eens naar de link.")

    shown = client.get(status_url).content.decode()
    mail = contribution.mails.get(template="heropend")
    assert [choice["value"] for choice in choices] == ["weg", "blijft"]
    assert [contribution.current_status(), client.get(page_url).status_code] == [
        "in-lichte-check",
        200,
    ]
    assert "We kijken opnieuw naar je bijdrage" in shown
    assert "blijft intussen op het Kennisplein staan" in shown
    assert "Je bijdrage blijft intussen op het Kennisplein staan." in mail.body
    assert "We kijken nog eens naar de link." in mail.body
    change(client, status_url, titel="Ongezien")
    assert "Ongezien" not in client.get(page_url).content.decode()


@pytest.mark.parametrize(
    ("action", "code", "status"),
    [("approve", 200, "gepubliceerd"), ("decline", 410, "niet-geplaatst")],
)
def test_what_stayed_online_is_decided_anew(client, editor, action, code, status):
    contribution, _ = contribute(client)
    page_url = contribution.page.get_url()
    editor.post(review_url(contribution), decision(contribution))
    reopen(editor, contribution, pagina="blijft")

    editor.post(review_url(contribution), decision(contribution, action))

    assert [contribution.current_status(), client.get(page_url).status_code] == [status, code]


def test_reopened_page_that_goes_offline_says_so_to_the_contributor(client, editor):
    contribution, status_url = contribute(client)
    editor.post(review_url(contribution), decision(contribution))

    reopen(editor, contribution, pagina="weg")

    assert "staat intussen niet op het Kennisplein" in client.get(status_url).content.decode()
    mail = contribution.mails.get(template="heropend")
    assert "Je bijdrage staat intussen niet op het Kennisplein." in mail.body


def test_who_had_no_mail_about_the_outcome_gets_none_that_corrects_it(client, editor):
    contribution, _ = contribute(client)
    editor.post(review_url(contribution), decision(contribution, mail_versturen=""))

    said = editor.get(review_url(contribution)).content.decode()
    reopen(editor, contribution)

    assert "krijgt er nu ook geen" in said
    assert not contribution.mails.filter(template="heropend").exists()


# Who comes too late loses nothing


def test_late_decision_comes_back_with_what_was_typed(client, editor):
    contribution, _ = contribute(client)
    late = decision(contribution, "decline", reden="Mijn lange uitleg.", mail_tekst="Mijn mail.")
    first = browser_of(make_editor(first_name="Eva", last_name="de Wit"))
    first.post(review_url(contribution), decision(contribution))

    response = editor.post(review_url(contribution), late)

    kept = [area.get_text(strip=True) for area in soup(response).select(".review__typed textarea")]
    assert told(response) == ["Deze bijdrage is al afgehandeld: gepubliceerd door Eva de Wit."]
    assert kept == ["Mijn lange uitleg.", "Mijn mail."]


def test_late_decision_is_told_of_a_question_and_by_whom(client, editor):
    contribution, _ = contribute(client)
    notes = {"criterium_buurten": "nee", "notitie_buurten": "Het mag wel."}
    late = decision(contribution, **notes)
    first = browser_of(make_editor(first_name="Eva", last_name="de Wit"))
    first.post(review_url(contribution), decision(contribution, "reject"))

    response = editor.post(review_url(contribution), late)

    kept = [area.get_text(strip=True) for area in soup(response).select(".review__typed textarea")]
    said = "Eva de Wit heeft net een vraag gesteld. De inzender is aan zet."
    assert told(response) == [said]
    assert kept == ["Het mag wel."]


def test_late_decision_is_told_that_the_contributor_withdrew(client, editor):
    contribution, status_url = contribute(client)
    late = decision(contribution)
    client.post(status_url, {"actie": "intrekken"})

    response = editor.post(review_url(contribution), late)

    assert told(response) == ["Deze bijdrage is al afgehandeld: ingetrokken door de inzender."]


def test_late_note_on_reopening_comes_back(client, editor):
    contribution, _ = contribute(client)
    editor.post(review_url(contribution), decision(contribution, "decline"))
    reopen(editor, contribution)
    editor.post(review_url(contribution), decision(contribution, "reject"))

    response = reopen(editor, contribution, notitie="Dit wilde ik nog zeggen.")

    assert told(response)[-1] == "Deze bijdrage is al open."
    assert soup(response).select_one(".review__typed textarea").get_text(strip=True) == (
        "Dit wilde ik nog zeggen."
    )


def test_answer_that_comes_too_late_comes_back(client, editor):
    contribution, status_url = contribute(client)
    editor.post(review_url(contribution), decision(contribution, "reject"))
    editor.post(review_url(contribution), {"actie": "opnieuw"})

    late = client.post(
        status_url, {"actie": "antwoord", "antwoord": "Het gaat om <b>Waterveld</b>."}
    )

    page = late.content.decode()
    assert "Er staat geen vraag meer open. Je antwoord is niet nodig." in page
    assert "Het gaat om &lt;b&gt;Waterveld&lt;/b&gt;." in page
    assert contribution.submissions.count() == 1
