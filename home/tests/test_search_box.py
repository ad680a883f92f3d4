"""Proposals while typing, in a real browser, by keyboard."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from publications.models import Vocabulary
from publications.tests.factories import make_publication, make_term

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None
)


@pytest.fixture
def page(live_server, monkeypatch):
    # Playwright's own event loop makes Django think that the tests are asynchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or CHROMIUM
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_context(base_url=live_server.url).new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda message: page.faults.append(message.text))
        yield page
        browser.close()


def test_proposals_are_chosen_by_keyboard_and_announced(page):
    theme = make_term(vocabulary=Vocabulary.THEME, slug="buurtkeuken", label="Buurtkeuken")
    publication = make_publication(title="Eten in de buurt", themes=[theme])
    page.goto("/zoeken/")
    box = page.get_by_role("combobox")

    box.press_sequentially("buurt")

    options = page.get_by_role("option")
    expect(options).to_have_text(["Eten in de buurt titel", "Buurtkeuken onderwerp"])
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text("2 voorstellen, kies met de pijltjes")).to_be_attached()
    assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("k")
    expect(options).to_have_text(["Buurtkeuken onderwerp"])
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    page.wait_for_url("**/zoeken/?q=Buurtkeuken")
    expect(page.locator("h3")).to_have_text([publication.title])
    assert page.faults == []
