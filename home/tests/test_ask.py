"""From a search that found nothing to a question, over HTTP and on a phone in a real browser."""

import os
import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import expect, sync_playwright

from forms.models import Contribution, PracticeUse
from forms.tests.factories import make_form_page
from publications.tests.factories import make_library, make_publication
from stories.tests.factories import make_question, make_question_index, make_story

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None
)


def asks(response) -> list[str]:
    page = BeautifulSoup(response.content, "html.parser")
    return [link["href"] for link in page.find_all("a", string="Stel je vraag")]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/zoeken/", "/bibliotheek/"])
def test_search_that_finds_nothing_offers_to_ask(client, address):
    make_question_index()
    make_form_page()
    make_publication(title="Samen eten")

    nothing = client.get(address, {"q": 'zwaluw & "nest"'})

    assert asks(nothing) == ["/bijdragen/vraag/?vraag=zwaluw%20%26%20%22nest%22"]
    form = client.get(asks(nothing)[0]).context["form"]
    assert form["vraag"].value() == 'zwaluw & "nest"'
    assert not nothing.cookies
    assert asks(client.get(address, {"q": "samen eten"})) == []
    assert asks(client.get(address)) == []
    assert asks(client.get(address, {"q": "samen zwaluwnest"})) == [
        "/bijdragen/vraag/?vraag=samen%20zwaluwnest"
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/zoeken/", "/bibliotheek/"])
def test_search_offers_no_form_that_is_not_there(client, address):
    make_question_index().unpublish()
    make_publication(title="Samen eten")

    assert asks(client.get(address, {"q": "zwaluw"})) == []
    assert asks(client.get(address, {"q": "samen zwaluwnest"})) == []


@pytest.mark.django_db
def test_search_finds_questions_among_the_rest(client):
    make_library()
    make_story(title="De buurtkamer")
    make_question(title="Hoe begin je een buurtkamer?", explanation="Met een berging.")
    make_question(title="Nog een buurtkamer", live=False)

    sections = client.get("/zoeken/", {"q": "buurtkamer"}).context["sections"]

    found = {section.many: [hit.title for hit in section.results.hits] for section in sections}
    assert found["vragen"] == ["Hoe begin je een buurtkamer?"]
    assert found["verhalen"] == ["De buurtkamer"]
    by_words = client.get("/zoeken/", {"q": "berging"}).content.decode()
    assert "Gevonden in" in by_words
    library = client.get("/bibliotheek/", {"q": "buurtkamer"}).context["results"]
    assert library.total == 0


@pytest.fixture
def phone(live_server, monkeypatch):
    # Playwright's own event loop makes Django think that the tests are asynchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or CHROMIUM
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        size = {"width": 360, "height": 740}
        page = browser.new_context(base_url=live_server.url, viewport=size).new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda message: page.faults.append(message.text))
        yield page
        browser.close()


def assert_good_on_a_phone(page):
    assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    heights = page.locator("main :is(.btn, .input, .more)").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


@pytest.mark.browser
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_reader_tells_on_a_phone_where_a_publication_was_used(phone):
    make_form_page()
    publication = make_publication(title="Samen eten")
    phone.goto(publication.get_url())
    assert phone.context.cookies() == []

    phone.get_by_role("link", name="Ik heb dit gebruikt").click()
    assert_good_on_a_phone(phone)
    phone.get_by_role("button", name="Verstuur").click()
    expect(phone.locator(".errors a")).to_have_text(
        ["Schrijf in twee regels waar en hoe je het gebruikte."]
    )
    assert_good_on_a_phone(phone)
    phone.get_by_label("Waar en hoe heb je het gebruikt?").fill("In het buurthuis, met soep.")
    expect(phone.get_by_label(re.compile("Zet mijn naam erbij"))).not_to_be_checked()
    phone.get_by_role("button", name="Verstuur").dblclick()

    phone.wait_for_url("**/bijdragen/*/")
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert_good_on_a_phone(phone)
    assert [use.text for use in PracticeUse.objects.all()] == ["In het buurthuis, met soep."]
    assert Contribution.objects.get().about == publication
    assert phone.faults == []
