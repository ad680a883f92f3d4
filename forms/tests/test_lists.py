import csv
import io

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from forms.models import Contribution, RetentionSettings
from forms.tests.factories import (
    contribute,
    decision,
    make_form_page,
    make_writer,
    review_url,
    told,
    work,
)
from stories.tests.factories import make_article

pytestmark = pytest.mark.django_db

LIST = "/admin/forms/contribution/"
MAILS = "/admin/forms/outboxmail/"


def titles(browser, **query) -> list[str]:
    page = BeautifulSoup(browser.get(LIST, query).content, "html.parser")
    return [cell.get_text(strip=True) for cell in page.select("td.field-title_link")]


def export(browser, url=LIST) -> list[list[str]]:
    content = b"".join(browser.get(f"{url}?export=csv").streaming_content)
    return list(csv.reader(io.StringIO(content.decode())))


def test_contributions_are_listed_newest_first_with_their_status(client, editor):
    first, _ = contribute(client, titel="Eerste")
    contribute(client, deur="tip", wat="Tweede")
    editor.post(review_url(first), decision(first, "reject"))

    page = BeautifulSoup(editor.get(LIST, {"werk": "alle"}).content, "html.parser")

    rows = [
        [cell.get_text(strip=True) for cell in row.find_all("td")]
        for row in page.select("table.listing tbody tr")
    ]
    year = first.reference[3:7]
    assert [row[:4] for row in rows] == [
        [f"KP-{year}-0002", "Tweede", "Tip", "In de lichte check"],
        [f"KP-{year}-0001", "Eerste", "Publicatie", "Aanvulling gevraagd"],
    ]
    assert page.find("a", string=first.reference)["href"] == review_url(first)


def test_list_is_searched_and_filtered(client, editor):
    first, _ = contribute(client, titel="Buurtmoestuin")
    contribute(client, titel="Wijkrestaurant")
    contribute(client, deur="tip", wat="Leeskring")
    editor.post(review_url(first), decision(first))

    assert titles(editor, q="moestuin") == ["Buurtmoestuin"]
    assert titles(editor, q=first.reference) == ["Buurtmoestuin"]
    assert titles(editor, kind__exact="tip") == ["Leeskring"]
    assert titles(editor, outcome__exact="gepubliceerd") == ["Buurtmoestuin"]
    assert titles(editor, q="bestaat niet") == []


def test_export_holds_the_facts_and_no_personal_data(client, editor):
    contribution, _ = contribute(client)
    editor.post(review_url(contribution), decision(contribution, "decline", reden="Past niet."))

    heading, row = export(editor)

    assert heading == [
        "Kenmerk",
        "Titel",
        "Soort",
        "Status",
        "Ontvangen",
        "Besloten",
        "Reden",
        "Open",
        "Opgepakt door",
    ]
    assert row[:4] == [
        contribution.reference,
        "Samen eten, samen weten",
        "publicatie",
        "Niet geplaatst",
    ]
    assert row[-3:-1] == ["Past niet.", "na 0 werkdagen"]
    assert "fenna" not in str(row).lower()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_export_holds_no_formulas(client, editor, start):
    form_page = make_form_page()
    text = f'{start}HYPERLINK("https://kwaad.example";"klik")'
    Contribution.objects.create(
        reference="KP-2026-0001", kind="tip", form_page=form_page, title=text, idempotency_key="1"
    )

    _, row = export(editor)

    assert row[1] == f"'{text}"


def test_spreadsheet_export_works_too(client, editor):
    contribute(client, titel="=1+1")

    response = editor.get(f"{LIST}?export=xlsx")

    assert b"".join(response.streaming_content).startswith(b"PK")


def test_mail_list_shows_subjects_and_no_texts(client, editor):
    contribution, _ = contribute(client)
    work()

    text = editor.get(MAILS).content.decode()

    assert f"We hebben je bijdrage ontvangen ({contribution.reference})" in text
    assert "/bijdragen/" not in BeautifulSoup(text, "html.parser").find("table").get_text()
    assert "fenna@voorbeeld.example" not in text


def test_dashboard_leads_to_the_review_in_two_clicks(client, editor):
    older, _ = contribute(client, titel="Oudste")
    newer, _ = contribute(client, titel="Nieuwste")
    answered, _ = contribute(client, titel="Beantwoord")
    editor.post(review_url(answered), decision(answered))

    dashboard = BeautifulSoup(editor.get("/admin/").content, "html.parser")
    links = [link["href"] for link in dashboard.select("td a[href^='/admin/bijdragen/']")]

    assert links == [review_url(older), review_url(newer)]
    all_of_them = dashboard.find_all("a", string="Alle bijdragen")
    assert [link["href"] for link in all_of_them] == [f"{LIST}?werk=alle"]
    assert older.reference in editor.get(links[0]).content.decode()


def test_articles_of_writers_wait_in_the_panel_of_wagtail_and_contributions_do_not(client, editor):
    contribute(client)
    article = make_article(title="Van een schrijver", live=False)
    article.get_workflow().start(article, make_writer())

    page = BeautifulSoup(editor.get("/admin/").content, "html.parser")

    waiting = page.find(id="awaiting-review-section")
    assert "Van een schrijver" in waiting.get_text()
    assert "Samen eten, samen weten" not in waiting.get_text()


def test_empty_dashboard_says_so(editor):
    assert "Er wacht niets." in editor.get("/admin/").content.decode()


def count_queries(django_assert_max_num_queries, browser, url) -> int:
    browser.get(url)  # fills what is cached once for all
    with django_assert_max_num_queries(200) as queries:
        assert browser.get(url).status_code == 200
    return len(queries)


def test_lists_take_as_many_queries_for_twelve_as_for_one(
    client, editor, django_assert_max_num_queries, settings
):
    settings.CONTRIBUTIONS_PER_ADDRESS = 12

    def counts():
        return [
            count_queries(django_assert_max_num_queries, editor, url)
            for url in (LIST, MAILS, "/admin/", f"{LIST}?export=csv")
        ]

    contribute(client, titel="Nummer 0")
    for_one = counts()
    for number in range(1, 12):
        contribute(client, titel=f"Nummer {number}", deur="tip", wat=f"Nummer {number}")

    assert counts() == for_one


# Spam, in one go


def test_chosen_contributions_are_marked_as_spam_in_one_go(client, editor):
    kept, *spam = [contribute(client, titel=title)[0] for title in ("Goed", "Nep", "Nog een")]
    decided, _ = contribute(client, titel="Geplaatst")
    shown = BeautifulSoup(editor.get(LIST).content, "html.parser")
    boxes = [box["value"] for box in shown.find_all("input", {"name": "bijdrage"})]
    editor.post(review_url(decided), decision(decided))

    chosen = [*(c.pk for c in spam), decided.pk, "x", "9" * 30]
    response = editor.post("/admin/bijdragen/spam/", {"bijdrage": chosen})

    cases = (kept, *spam, decided)
    statuses = [c.current_status() for c in cases]
    assert sorted(boxes) == sorted(str(c.pk) for c in cases)
    assert statuses == ["in-lichte-check", "spam", "spam", "gepubliceerd"]
    by = Contribution.objects.get(pk=decided.pk).decided_by
    refused = f"{decided.reference}: Deze bijdrage is al afgehandeld: gepubliceerd door {by}."
    done = "2 bijdragen staan bij de spam. Na 30 dagen wissen we dat."
    assert told(response)[-2:] == [refused, done]
    assert titles(editor, status="spam") == ["Nog een", "Nep"]
    assert [e.text for e in spam[0].events.filter(what="spam")] == [""]


def test_nothing_chosen_marks_nothing(client, editor, writer):
    contribution, _ = contribute(client)

    response = editor.post("/admin/bijdragen/spam/", {})
    writer.post("/admin/bijdragen/spam/", {"bijdrage": contribution.pk})

    assert told(response) == ["Kies eerst een of meer bijdragen."]
    assert editor.get("/admin/bijdragen/spam/").status_code == 405
    assert contribution.current_status() == "in-lichte-check"


@pytest.mark.parametrize(("days", "after"), [(1, "1 dag"), (45, "45 dagen")])
def test_spam_goes_after_the_days_that_the_editors_chose(client, editor, days, after):
    RetentionSettings.objects.update_or_create(pk=1, defaults={"spam": days})
    contribution, _ = contribute(client)

    response = editor.post("/admin/bijdragen/spam/", {"bijdrage": contribution.pk})

    assert told(response) == [f"1 bijdrage staat bij de spam. Na {after} wissen we dat."]


# Who may see what


def test_every_address_of_the_admin_asks_who_you_are(client, editor, superuser, writer):
    contribution, _ = contribute(client)
    mail = contribution.mails.first()
    mail_url = f"/admin/bijdragen/mail/{mail.pk}/"
    open_to_editors = [LIST, f"{LIST}?export=csv", MAILS, mail_url, review_url(contribution)]
    closed_to_all = [
        f"{LIST}create/",
        f"{LIST}edit/{contribution.pk}/",
        f"{LIST}delete/{contribution.pk}/",
        f"{LIST}history/{contribution.pk}/",
        f"{MAILS}create/",
        f"{MAILS}edit/{mail.pk}/",
        f"{MAILS}delete/{mail.pk}/",
        f"{MAILS}history/{mail.pk}/",
    ]

    def opened(browser):
        paths = [*open_to_editors, *closed_to_all]
        return [path for path in paths if browser.get(path).status_code == 200]

    assert [opened(browser) for browser in (editor, superuser)] == [open_to_editors] * 2
    assert [opened(browser) for browser in (writer, Client())] == [[], []]
    for browser in (editor, superuser):
        browser.post(f"{LIST}delete/{contribution.pk}/")
    assert Contribution.objects.count() == 1


def test_only_editors_see_contributions_in_menu_and_dashboard(client, editor, superuser, writer):
    contribution, _ = contribute(client)

    def sees(browser):
        page = browser.get("/admin/").content.decode()
        return [text in page for text in (contribution.reference, LIST, "Bijdragen")]

    assert sees(editor) == sees(superuser) == [True, True, True]
    assert sees(writer) == [False, False, False]


def test_review_of_what_does_not_exist_is_not_found(editor):
    assert editor.get(reverse("contribution_review", args=[404])).status_code == 404


def test_public_addresses_are_the_same_for_everybody(client, editor, superuser, writer):
    _, status_url = contribute(client)
    paths = ["/voeg-kennis-toe/", status_url, f"{status_url}wijzigen/"]

    for browser in (Client(), writer, editor, superuser):
        assert [browser.get(path).status_code for path in paths] == [200, 200, 200]
