"""The light check in a real browser: how many clicks, and whether everything is in sight."""

import os

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import sync_playwright

from forms.tests.factories import browser_of, contribute, make_editor, make_form_page
from forms.tests.test_start_browser import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
make_stage = None

IN_SIGHT = """box => { const {top, bottom} = box.getBoundingClientRect();
  const panel = box.closest(".review__decision")?.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight && (!panel || bottom <= panel.bottom + 1); }"""
SCROLLED = """[scrollY, ...[...document.querySelectorAll(".review__decision, main")]
  .map(box => box.scrollTop)]"""


@pytest.fixture
def desk(live_server, monkeypatch):
    """A page at 1280×800 on which an editor is logged in. `page.clicks` counts."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    make_form_page()
    session = browser_of(make_editor()).cookies[settings.SESSION_COOKIE_NAME].value
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or CHROMIUM
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": 1280, "height": 800}
        )
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        yield page
        browser.close()


def click(page, box) -> None:
    """Click on what is in sight; a test fails on what one would have to scroll to."""
    assert box.evaluate(IN_SIGHT)
    box.click()
    assert not any(page.evaluate(SCROLLED))


def test_clean_contribution_takes_at_most_four_clicks_and_no_scrolling(desk):
    contribution, _ = contribute(Client())
    desk.goto("/admin/forms/contribution/")

    click(desk, desk.get_by_role("button", name="Pak deze"))
    desk.wait_for_url("**/admin/bijdragen/*/")
    mail = desk.locator("details[open] textarea[name=mail_tekst]")
    assert mail.evaluate(IN_SIGHT)
    assert "Goed nieuws" in mail.input_value()
    click(desk, desk.get_by_role("button", name="Alles ja"))
    publish = desk.get_by_role("button", name="Publiceren")
    click(desk, publish)
    desk.wait_for_url("**/admin/forms/contribution/")

    assert contribution.current_status() == "gepubliceerd"
    assert desk.faults == []


def test_no_prepares_its_sentence_in_the_mail(desk):
    contribution, _ = contribute(Client())
    desk.goto(f"/admin/bijdragen/{contribution.pk}/")

    desk.locator("[data-criterion=criterium_buurten] input[value=nee]").check()
    desk.locator("summary", has_text="Afwijzen").click()
    form = desk.locator("[data-decision=decline]")
    mail = form.locator("textarea[name=mail_tekst]")
    prepared = mail.input_value()
    form.locator("textarea[name=reden]").fill("Misschien iets voor een ander.")
    shown = mail.input_value()
    form.get_by_role("button", name="Afwijzen").click()
    desk.wait_for_url("**/admin/forms/contribution/")

    sentence = "Het past niet bij buurten."
    assert sentence in prepared
    assert f"{sentence}\nMisschien iets voor een ander." in shown
    sent = contribution.mails.get(template="niet-geplaatst").body
    assert f"{sentence}\nMisschien iets voor een ander." in sent
    assert desk.faults == []
