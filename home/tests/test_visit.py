"""A visitor, in a real browser: home, search, filter, publication, form, sent."""

import os
import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from forms.models import Contribution
from forms.tests.factories import make_form_page
from publications.models import Vocabulary
from publications.tests.factories import make_publication, make_term

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

CHROMIUM = next(
    (
        path
        for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
        if name and (path := shutil.which(name))
    ),
    None,  # the one that Playwright installed
)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(autouse=True)
def allow_orm_beside_a_browser(monkeypatch):
    """Playwright's own event loop makes Django think that the tests are asynchronous."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(params=[(360, True), (1280, True), (360, False)], ids=["phone", "desktop", "no-js"])
def page(request, browser, live_server):
    """A tab that remembers what went wrong in it: console, failed requests, other hosts."""
    width, has_javascript = request.param
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 800},
        java_script_enabled=has_javascript,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.faults = []
    page.has_javascript = has_javascript
    page.on("console", lambda message: page.faults.append(message.text))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    # A proposal that is no longer wanted is called off; that is no fault.
    page.on(
        "requestfailed",
        lambda r: (
            None if r.failure == "net::ERR_ABORTED" else page.faults.append(f"failed: {r.url}")
        ),
    )
    page.on(
        "request",
        lambda r: None if r.url.startswith(live_server.url) else page.faults.append(r.url),
    )
    yield page
    context.close()


def test_visitor_finds_reads_and_contributes(page):
    make_form_page()
    make_publication(title="De stoep als huiskamer", summary="Over bankjes in de straat.")
    make_publication(
        title="Bankjes tellen",
        kind=make_term(vocabulary=Vocabulary.KIND, slug="monitor"),
        summary="Cijfers over bankjes.",
    )

    page.goto("/bibliotheek/")
    page.get_by_role("searchbox").or_(page.locator("input[name=q]")).first.fill("bankjes")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 publicaties", exact=False).first).to_be_visible()

    page.goto("/bibliotheek/?q=bankjes&soort=monitor")
    page.get_by_role("link", name="Bankjes tellen").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bankjes tellen")

    page.goto("/voeg-kennis-toe/")
    fill_in(page)
    expect(page).to_have_url(re.compile("/bijdragen/"))
    expect(page.get_by_text("Samen eten, samen weten").first).to_be_visible()

    page.get_by_text("Trek je bijdrage in").click()
    page.get_by_role("button", name="Ja, trek in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Je hebt je bijdrage ingetrokken")

    assert Contribution.objects.get().withdrawn_at is not None
    assert page.faults == []


@pytest.mark.parametrize("page", [(1280, True)], indirect=True, ids=["desktop"])
def test_triple_click_sends_once(page):
    make_form_page()
    sent = []
    page.on("request", lambda request: sent.append(request.method))

    page.goto("/voeg-kennis-toe/")
    fill_in(page, clicks=3)
    expect(page).to_have_url(re.compile("/bijdragen/"))

    assert sent.count("POST") == 1
    assert Contribution.objects.count() == 1
    assert page.faults == []


def test_pages_have_no_accessibility_faults(page):
    make_form_page()
    make_publication(title="Bankjes", language="en")
    found = {}

    for path in (
        "/bibliotheek/",
        "/bibliotheek/?q=x",
        "/bibliotheek/bankjes/",
        "/voeg-kennis-toe/",
    ):
        page.goto(path)
        violations = Axe().run(page).response["violations"] if page.has_javascript else []
        found[path] = [(fault["id"], fault["nodes"][0]["html"]) for fault in violations]
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]

    assert {path: faults for path, faults in found.items() if faults} == {}


def fill_in(page, clicks=1):
    """Answer every question of the first door, step by step where there are steps."""

    def onwards():
        if page.has_javascript:
            page.get_by_role("button", name="Volgende").click()

    page.get_by_label("Titel").fill("Samen eten, samen weten")
    page.get_by_label("Wat voor publicatie is het?").select_option("onderzoek")
    page.get_by_label("Jaar van verschijnen").fill("2024")
    onwards()
    page.get_by_label("Link naar de publicatie").fill("https://voorbeeld.example/eten")
    onwards()
    page.locator("input[name=pijlers]").first.check()
    page.locator("input[name=voorzieningen]").first.check()
    for yes in page.locator("input[type=radio][value=ja]").all():
        yes.check()
    onwards()
    page.get_by_label("Je naam").fill("Fenna de Boer")
    page.get_by_label("Je e-mailadres").fill("fenna@voorbeeld.example")
    page.get_by_role("button", name="Verstuur je bijdrage").click(click_count=clicks)
