"""The reading list: in the address, as a file, and kept in the browser."""

import os
import re
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright
from wagtail.models import PageViewRestriction

from publications.tests.factories import make_publication
from publications.tests.visits import queries_of, text_of

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None
)


def titles_in(response) -> list[str]:
    return re.findall(r'class="card__title"[^>]*><a[^>]*>([^<]*)', response.content.decode())


def address_of(*publications) -> str:
    return f"/leeslijst/?publicaties={','.join(str(p.pk) for p in publications)}"


@pytest.mark.django_db
def test_list_shows_what_its_address_says_in_that_order(client):
    one, other = make_publication(title="Bankjes"), make_publication(title="Tuinen")
    make_publication(title="Niet gekozen")

    response = client.get(address_of(other, one))

    assert titles_in(response) == ["Tuinen", "Bankjes"]
    assert f"/leeslijst/?publicaties={other.pk},{one.pk}" in text_of(response)
    assert not response.cookies
    assert '<meta name="robots" content="noindex">' in response.content.decode()


@pytest.mark.django_db
def test_what_is_gone_or_not_for_everyone_is_left_out_and_counted(client):
    shown, draft = make_publication(title="Bankjes"), make_publication(live=False)
    hidden = make_publication(title="Besloten")
    PageViewRestriction.objects.create(
        page=hidden, restriction_type=PageViewRestriction.PASSWORD, password="x"
    )
    root = shown.get_parent()

    response = client.get(address_of(draft, shown, hidden, root) + ",999999999")

    assert titles_in(response) == ["Bankjes"]
    assert "4 publicaties uit deze lijst staan niet (meer)" in text_of(response)
    exported = client.get(f"/leeslijst/export.ris?publicaties={hidden.pk},{draft.pk}")
    assert exported.getvalue().decode().strip() == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value",
    ["", ",,,", "x", "-1", "1e9", "99999999999999999999", "²", "%00", "<script>", "1%0A2"],
)
def test_other_values_are_no_publications(client, value):
    response = client.get(f"/leeslijst/?publicaties={value}")

    assert response.status_code == 200
    assert titles_in(response) == []
    assert "Er staat nog niets op deze lijst" in text_of(response)
    assert client.get(f"/leeslijst/export.csv?publicaties={value}").status_code == 200


@pytest.mark.django_db
def test_list_ends_at_a_hundred_and_costs_the_same_for_many(client):
    few = [make_publication() for _ in range(2)]
    many = [make_publication() for _ in range(7)]
    long = ",".join(str(number) for number in range(100_000_001, 100_000_200))

    assert queries_of(client, address_of(*few)) == queries_of(client, address_of(*few, *many))
    response = client.get(f"{address_of(*few)},{few[0].pk},{long},{many[0].pk}")
    assert len(titles_in(response)) == 2
    assert "publicaties uit deze lijst staan niet (meer)" in text_of(response)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ending", "sign"), [("ris", "TI  - "), ("bib", "title = {"), ("csv", "Bankjes"), ("json", "[")]
)
def test_list_can_be_taken_along(client, ending, sign):
    one, other = make_publication(title="Tuinen"), make_publication(title="Bankjes")
    make_publication(title="Niet gekozen")

    page = client.get(address_of(other, one)).content.decode()
    link = re.search(rf"/leeslijst/export\.{ending}\?publicaties=[\d,]+", page).group()
    response = client.get(link)

    text = response.getvalue().decode()
    assert "attachment" in response["Content-Disposition"]
    assert sign in text
    assert text.index("Bankjes") < text.index("Tuinen")
    assert "Niet gekozen" not in text


@pytest.mark.django_db
def test_unknown_form_and_post_are_refused(client):
    assert client.get("/leeslijst/export.exe?publicaties=1").status_code == 404
    assert client.post("/leeslijst/", {"publicaties": "1"}).status_code == 405


@pytest.fixture
def browser(monkeypatch):
    # Playwright's own event loop makes Django think that the tests are asynchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or CHROMIUM
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_reader_marks_opens_shares_and_empties_a_list(browser, live_server, settings):
    settings.BASE_URL = live_server.url
    one, other = make_publication(title="Bankjes"), make_publication(title="Tuinen")
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.set_default_timeout(10_000)

    page.goto("/bibliotheek/")
    expect(page.get_by_role("link", name="Leeslijst (")).to_have_count(0)
    for title in ("Tuinen", "Bankjes"):
        page.get_by_role("button", name=re.compile(f"^Op mijn leeslijst.*{title}$")).press("Enter")
    expect(page.get_by_role("button", name="Tuinen")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Leeslijst (2)").click()

    expect(page).to_have_url(re.compile(f"publicaties={other.pk},{one.pk}$"))
    expect(page.get_by_role("heading", name="2 publicaties")).to_be_visible()
    expect(page.get_by_role("button", name="Zet alles op mijn leeslijst")).to_be_hidden()
    shared = page.locator("#adres").inner_text()
    page.get_by_role("button", name="Tuinen").click()
    expect(page.get_by_role("heading", name="1 publicatie")).to_be_visible()
    assert context.cookies() == []

    without_script = browser.new_context(java_script_enabled=False).new_page()
    without_script.goto(shared)
    expect(without_script.locator("h3")).to_have_text(["Tuinen", "Bankjes"])
    expect(without_script.locator("main button:visible")).to_have_count(0)

    friend = browser.new_context().new_page()
    friend.goto(shared)
    friend.get_by_role("button", name="Zet alles op mijn leeslijst").click()
    friend.get_by_role("link", name="Bekijk jouw lijst").click()
    expect(friend.get_by_role("heading", name="2 publicaties")).to_be_visible()
    friend.get_by_role("button", name="Maak mijn lijst leeg").click()
    expect(friend.get_by_text("Er staat nog niets op deze lijst.")).to_be_visible()
