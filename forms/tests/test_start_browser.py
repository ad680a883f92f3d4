"""The contribution form helping along, in a real browser, with and without JavaScript."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from forms.models import Contribution
from forms.tests.factories import make_form_page
from forms.tests.test_start import OPEN_GRAPH, docx_of, pdf_of
from publications.tests.factories import make_publication
from publications.tests.web_server import web_server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

make_stage = None
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None
)


@pytest.fixture
def open_browser(live_server, monkeypatch):
    # Playwright's own event loop makes Django think that the tests are asynchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    make_form_page()
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or CHROMIUM
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])

        def open_form(door="publicatie", **options):
            context = browser.new_context(base_url=live_server.url, **options)
            page = context.new_page()
            page.faults = []
            page.on("pageerror", lambda error: page.faults.append(str(error)))
            page.on("console", lambda message: page.faults.append(message.text))
            page.goto(f"/voeg-kennis-toe/?deur={door}")
            return page

        yield open_form
        browser.close()


@pytest.fixture
def web(settings):
    with web_server(settings) as server:
        yield server


def begin_with(page, text):
    page.get_by_label("DOI, ISBN of webadres").fill(text)
    page.get_by_label("DOI, ISBN of webadres").press("Enter")


def test_form_fills_itself_in_and_what_was_typed_wins(open_browser, web):
    page = open_browser()
    page.get_by_label("Titel").fill("Mijn titel")

    begin_with(page, web.page("/tuin", OPEN_GRAPH))

    expect(page.locator("[data-said] .notice")).to_contain_text("organisatie, samenvatting en link")
    expect(page.get_by_label("Titel")).to_have_value("Mijn titel")
    expect(page.get_by_label("Waar gaat het over?")).to_have_value("Over tuinen")
    assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []
    assert page.faults == []


def test_chosen_pdf_fills_in_goes_along_and_tells_what_is_in_it(open_browser):
    page = open_browser()
    pdf = {"name": "verslag.pdf", "mimeType": "application/pdf"}
    pdf["buffer"] = pdf_of(title="Buurtkeukens", author="Jan Jansen")

    page.get_by_label("Of kies je bestand").set_input_files(pdf)
    expect(page.locator("[data-said]")).to_contain_text("auteur: Jan Jansen")
    expect(page.get_by_label("Titel")).to_have_value("Buurtkeukens")
    assert page.evaluate("document.querySelector('#id_bestand').files[0].name") == "verslag.pdf"
    assert page.faults == []


def test_file_that_is_too_large_is_said_at_once(open_browser, tmp_path):
    page = open_browser()
    large = tmp_path / "groot.pdf"
    large.write_bytes(b"%PDF-" + bytes(20 * 1024 * 1024))

    page.get_by_label("Of kies je bestand").set_input_files(large)
    expect(page.locator("[data-said]")).to_contain_text("groter dan 20 MB")
    assert page.evaluate("document.querySelector('#id_bestand').files.length") == 0
    page.locator("#id_bestand").set_input_files(large)
    expect(page.locator("[data-beside]", has_text="groter dan 20 MB")).to_have_count(1)
    assert page.faults == []


def test_chosen_word_file_is_told_about_before_sending(open_browser):
    page = open_browser("artikel")
    word = {"name": "dorp.docx", "mimeType": "application/zip", "buffer": docx_of()}

    page.get_by_label("Bestand").set_input_files(word)

    expect(page.locator("[data-beside]")).to_contain_text("laatst gewijzigd door: Piet de Vries")
    assert page.faults == []


def test_title_that_is_there_is_announced_while_typing(open_browser):
    make_publication(title="Samen eten in de wijk", year=2024)
    page = open_browser()

    page.get_by_label("Titel").press_sequentially("Samen eten in de wijk")

    expect(page.locator("[role=status][data-beside] a")).to_have_text("Samen eten in de wijk")
    assert page.locator("input[name=toch]").count() == 1
    assert page.faults == []


def test_typed_text_survives_a_reload_until_it_was_sent(open_browser):
    page = open_browser("tip")
    page.get_by_label("Link of titel").fill("Het boek van de buurt")
    page.get_by_label("Waarom moet een ander").fill("Omdat het helpt.")

    page.reload()

    expect(page.get_by_label("Waarom moet een ander")).to_have_value("Omdat het helpt.")
    expect(page.get_by_text("Je was al begonnen.")).to_be_visible()
    assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []
    page.get_by_label("Je e-mailadres").fill("fenna@voorbeeld.example")
    page.route("**/voeg-kennis-toe/", lambda route: route.abort())
    page.get_by_role("button", name="Verstuur je tip").click()
    page.unroute("**/voeg-kennis-toe/")
    page.goto("/voeg-kennis-toe/?deur=tip")
    expect(page.get_by_label("Je e-mailadres")).to_have_value("fenna@voorbeeld.example")
    page.get_by_role("button", name="Verstuur je tip").click()
    page.wait_for_url("**/bijdragen/**")
    assert page.evaluate("Object.keys(localStorage)") == []
    assert Contribution.objects.get().title == "Het boek van de buurt"


def test_small_form_keeps_what_was_typed_for_its_own_publication(open_browser):
    one, other = make_publication(title="Samen eten"), make_publication(title="Samen koken")
    page = open_browser()
    page.goto(f"/bijdragen/correctie/{one.pk}/")
    page.get_by_label("Wat klopt er niet?").fill("Er staat 2019.")

    page.goto(f"/bijdragen/correctie/{other.pk}/")
    expect(page.get_by_label("Wat klopt er niet?")).to_have_value("")
    page.goto(f"/bijdragen/correctie/{one.pk}/")
    expect(page.get_by_label("Wat klopt er niet?")).to_have_value("Er staat 2019.")
    page.get_by_role("button", name="Verstuur").click()
    page.wait_for_url("**/bijdragen/*/")
    expect(page.get_by_text("Er staat 2019.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []

    page.get_by_role("link", name="Wijzig").click()
    page.get_by_label("Wat klopt er niet?").fill("Er staat 2018.")
    page.reload()
    expect(page.get_by_label("Wat klopt er niet?")).to_have_value("Er staat 2018.")
    page.get_by_role("button", name="Verstuur je wijziging").click()
    expect(page.get_by_text("Je wijziging is binnen.")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.faults == []


def test_typed_text_can_be_wiped_and_goes_after_a_week(open_browser):
    page = open_browser("tip")
    page.get_by_label("Link of titel").fill("Het boek van de buurt")
    page.reload()

    page.get_by_role("button", name="Wis wat ik typte").click()

    expect(page.get_by_label("Link of titel")).to_have_value("")
    expect(page.get_by_text("Wat je typte, is gewist.")).to_be_focused()
    assert page.evaluate("Object.keys(localStorage)") == []
    page.evaluate(
        "localStorage.setItem('getypt:tip', JSON.stringify("
        "{at: Date.now() - 8 * 24 * 3600 * 1000, answers: {wat: ['Oud']}}))"
    )
    page.goto("/voeg-kennis-toe/?deur=tip")
    expect(page.get_by_label("Link of titel")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_everything_works_without_javascript(open_browser, web):
    make_publication(title="Buurttuinen", year=2024)
    page = open_browser(java_script_enabled=False)
    page.get_by_label("Jaar van verschijnen").fill("2024")

    begin_with(page, web.page("/tuin", OPEN_GRAPH))

    expect(page.get_by_label("Titel")).to_have_value("Buurttuinen")
    expect(page.get_by_label("Jaar van verschijnen")).to_have_value("2024")
    expect(page.get_by_text("Ingevuld uit de pagina op 127.0.0.1")).to_be_visible()
    expect(page.locator("[data-said] a")).to_have_text("Buurttuinen")
    assert page.faults == []
