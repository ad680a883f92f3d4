"""Copying a reference, in a real browser."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from publications.models import PublicationAuthor
from publications.tests.factories import make_publication

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None
)
REFERENCE = "De Vries, J. (2024). Samen eten. Movisie."


@pytest.fixture
def browser(monkeypatch):
    # Playwright's own event loop makes Django think that the tests are asynchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or CHROMIUM
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def test_reference_is_copied_by_a_button_and_by_hand_without_a_script(browser, live_server):
    publication = make_publication(
        title="Samen eten",
        organisation="Movisie",
        year=2024,
        authors=[PublicationAuthor(given="Jan", particle="de", family="Vries")],
    )
    permissions = ["clipboard-read", "clipboard-write"]
    context = browser.new_context(base_url=live_server.url, permissions=permissions)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(publication.url)

    page.get_by_role("button", name="Kopieer").click()

    expect(page.get_by_role("button", name="Gekopieerd")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == REFERENCE
    html = "navigator.clipboard.read().then(i => i[0].getType('text/html')).then(b => b.text())"
    assert "<i>Samen eten</i>" in page.evaluate(html)
    assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []
    assert faults == []  # the policy lets the data block of JSON-LD be
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
    plain.goto(publication.url)
    expect(plain.locator("#verwijzing")).to_have_text(REFERENCE)
    expect(plain.locator("button[data-copy]")).to_be_hidden()
