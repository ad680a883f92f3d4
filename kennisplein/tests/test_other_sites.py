"""The example front end and the list for other sites, in a real browser on another origin."""

import os
import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as project
from django.core import mail
from playwright.sync_api import expect, sync_playwright

from forms.models import Contribution, Status
from forms.tests.factories import CRITERIA, browser_of, make_editor, make_form_page, work
from kennisplein.tests.other_site import other_site
from publications.models import Vocabulary
from publications.previews import ELSEWHERE
from publications.tests.factories import make_publication, make_term, pdf_bytes
from stories.tests.factories import make_link, make_story

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

EXAMPLE = Path(project.BASE_DIR) / "examples" / "front-end"
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None
)


@pytest.fixture
def tab(live_server, monkeypatch, settings):
    # Playwright's own event loop makes Django think that the tests are asynchronous.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.BASE_URL = live_server.url
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or CHROMIUM
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        tab = browser.new_context(viewport={"width": 360, "height": 800}).new_page()
        tab.faults = []
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))
        tab.on("console", lambda message: tab.faults.append(message.text))
        yield tab
        browser.close()


@pytest.fixture
def front_end(live_server, tmp_path):
    folder = tmp_path / "front-end"
    shutil.copytree(EXAMPLE, folder)
    (folder / "config.js").write_text(f'export const KENNISPLEIN = "{live_server.url}";')
    with other_site(folder) as address:
        yield address


def is_accessible(tab) -> bool:
    found = [rule["id"] for rule in Axe().run(tab).response["violations"]]
    assert found == []
    return True


def test_front_end_finds_and_shows_publications_and_stories(tab, front_end):
    other = make_term(vocabulary=Vocabulary.KIND, slug="visiestuk")
    make_publication(title="Een visie", kind=other)
    publication = make_publication(title="Samen eten", takeaways=[])
    story = make_story(title="Bankje voor de deur")
    make_link(story, publication, why="Zo gaat dat daar.")

    tab.goto(front_end)

    expect(tab.locator(".cards h3")).to_have_count(2)
    assert is_accessible(tab)
    tab.locator("details", has=tab.locator("[name=soort]")).locator("summary").click()
    tab.get_by_label("Visiestuk").check()
    expect(tab.locator(".cards h3")).to_have_text(["Een visie"])
    expect(tab.get_by_role("status")).to_have_text("1 publicatie gevonden.")
    expect(tab.get_by_label("Visiestuk")).to_be_checked()
    tab.go_back()
    expect(tab.locator(".cards h3")).to_have_count(2)
    tab.get_by_label("Zoek in de bibliotheek").fill("eten")
    tab.keyboard.press("Enter")
    tab.get_by_role("link", name="Samen eten").click()
    expect(tab.locator("h1")).to_have_text("Samen eten")
    expect(tab.locator("h1")).to_be_focused()
    assert tab.title() == "Samen eten | Buurtkennis"
    assert is_accessible(tab)
    tab.get_by_role("link", name="Bankje voor de deur").click()
    expect(tab.locator("h1")).to_have_text("Bankje voor de deur")
    expect(tab.get_by_text("Zo gaat dat daar.")).to_be_visible()
    assert is_accessible(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert (tab.faults, tab.context.cookies()) == ([], [])


def fill_in(tab) -> None:
    tab.get_by_label("Titel").first.fill("Samen tuinieren")
    for name, value in {
        "samenvatting": "Bewoners delen een moestuin.",
        "link": "https://voorbeeld.example/tuin",
        "naam": "Fenna de Boer",
        "email": "fenna@voorbeeld.example",
        "auteurs": "Meta de Lange",
        "jaar": "2024",
    }.items():
        tab.locator(f"[name={name}]").fill(value)
    for name in [f"criteria.{slug}" for slug in CRITERIA]:
        tab.locator(f"[name='{name}'][value=ja]").check()
    tab.locator("[name=pijlers]").first.check()
    tab.locator("[name=voorzieningen]").first.check()
    choose_kind = tab.locator("[name=soort]").first
    if choose_kind.evaluate("one => one.tagName") == "SELECT":
        choose_kind.select_option("onderzoek")
    else:
        choose_kind.check()


def test_contribution_with_a_file_comes_from_the_front_end_into_the_queue(tab, front_end):
    make_form_page()
    tab.goto(f"{front_end}/#/bijdragen")
    tab.get_by_role("button", name="Verstuur je bijdrage").click()
    expect(tab.get_by_role("alert")).to_contain_text("Er klopt iets niet")
    assert tab.locator("[aria-invalid]").count() > 3
    assert is_accessible(tab)
    tab.faults.clear()  # the browser notes the 400

    fill_in(tab)
    tab.locator("[name=recht]").last.wait_for(state="attached")
    right = tab.locator("[name=recht][value=eigen]")
    if right.count():
        right.check()
    else:
        tab.locator("select[name=recht]").select_option("eigen")
    file = {"name": "tuin.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes("Een tuin")}
    tab.locator("[type=file]").set_input_files(file)
    tab.get_by_role("button", name="Verstuur je bijdrage").click()

    expect(tab.locator("h1")).to_have_text("Bijna klaar")
    assert tab.faults == []
    contribution = Contribution.objects.with_status().get()
    assert contribution.status == Status.UNCONFIRMED
    work()
    [letter] = mail.outbox
    confirm = re.search(r"https?://\S+", letter.body).group()
    tab.goto(re.sub(r"^https?://[^/]+", project.BASE_URL, confirm))
    tab.locator("main form button").first.click()
    expect(tab.locator("h1")).to_be_visible()
    contribution = Contribution.objects.with_status().get()
    assert contribution.status == Status.IN_CHECK
    assert contribution.page.get_latest_revision_as_object().document is not None
    editor = browser_of(make_editor())
    assert "Samen tuinieren" in editor.get("/admin/forms/contribution/").content.decode()


def test_editor_sees_a_draft_on_the_other_website(tab, front_end, settings):
    settings.PREVIEW_FRONT_END = front_end
    settings.WAGTAIL_HEADLESS_PREVIEW = {"CLIENT_URLS": {"default": front_end}}
    page = make_publication(title="Online")
    page.title = "Nog niet online"
    request = browser_of(make_editor()).get("/admin/").wsgi_request
    response = page.make_preview_request(request, preview_mode=ELSEWHERE)
    address = re.search(r'<iframe src="([^"]+)"', response.content.decode()).group(1)

    tab.goto(address.replace("&amp;", "&"))

    expect(tab.locator("h1")).to_have_text("Nog niet online")
    settings.PREVIEW_SECONDS = -1
    tab.reload()
    expect(tab.locator("h1")).to_have_text("Dit lukt nu niet")


HOST = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Town hall</title>
<link rel="stylesheet" href="host.css"><link rel="icon" href="data:,">
<script type="module" src="{kennisplein}/widget/kennisplein-lijst.js"></script></head>
<body><main><h1>Town hall</h1><h2 id="own">Ours</h2><ul id="list"><li>One</li></ul>
<kennisplein-lijst pijler="{pillar}" aantal="2" kopniveau="3"></kennisplein-lijst>
</main></body></html>"""
HOST_STYLE = "a { color: rgb(1, 2, 3) !important } h3, h4 { font-size: 99px !important }"


@pytest.fixture
def town_hall(live_server, tmp_path):
    """Open the page of a municipality, with a list about one pillar, under a strict policy."""
    allowed = live_server.url
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; "
        f"script-src {allowed}; connect-src {allowed}"
    )
    (tmp_path / "host.css").write_text(HOST_STYLE)

    def write(pillar: str) -> None:
        html = HOST.format(kennisplein=live_server.url, pillar=pillar)
        (tmp_path / "index.html").write_text(html)

    with other_site(tmp_path, Content_Security_Policy=policy) as address:
        yield lambda tab, pillar="sociale-cohesie": (write(pillar), tab.goto(address))


def style(locator, name: str) -> str:
    return locator.evaluate(f"element => getComputedStyle(element)['{name}']")


def test_list_on_another_site_is_live_and_keeps_to_itself(tab, town_hall):
    for number in range(3):
        make_publication(title=f"Samen {number}", year=2020 + number, language="en")
    make_publication(title="Over iets anders", pillars=[make_term(slug="sociale-inclusie")])

    town_hall(tab)

    links = tab.locator("kennisplein-lijst li a")
    expect(links).to_have_text(["Samen 2", "Samen 1"])
    expect(links.first).to_have_attribute("lang", "en")
    expect(tab.locator("kennisplein-lijst h3")).to_have_text("Uit de bibliotheek van Kennisplein")
    assert tab.locator("kennisplein-lijst h4").count() == 2
    expect(tab.locator("kennisplein-lijst .foot a")).to_have_text("Bekijk alle 3 op Kennisplein")
    assert tab.locator("kennisplein-lijst [lang=nl]").count() == 1
    assert style(links.first, "color") != "rgb(1, 2, 3)"
    assert style(tab.locator("kennisplein-lijst h3"), "fontSize") == "20px"
    assert style(tab.locator("kennisplein-lijst ul"), "listStyleType") == "none"
    assert style(tab.locator("#list"), "listStyleType") == "disc"
    assert is_accessible(tab)
    assert (tab.faults, tab.context.cookies()) == ([], [])
    tab.locator("kennisplein-lijst").evaluate(
        "one => one.setAttribute('pijler', 'sociale-inclusie')"
    )
    expect(links).to_have_text(["Over iets anders"])


def test_list_says_what_it_has_not_and_what_went_wrong(tab, town_hall, live_server):
    make_term(slug="sociale-inclusie")
    town_hall(tab, "sociale-inclusie")
    said = tab.locator("kennisplein-lijst [role=status]")
    expect(said).to_have_text("Er zijn nog geen publicaties over dit onderwerp.")
    assert is_accessible(tab)

    tab.route("**/api/v1/**", lambda route: route.abort())
    tab.reload()

    expect(said).to_have_text("De publicaties konden niet worden geladen.")
    assert is_accessible(tab)
    tab.unroute("**/api/v1/**")
    make_publication(title="Later", pillars=[make_term(slug="sociale-inclusie")])
    tab.get_by_role("button", name="Probeer het opnieuw").click()
    expect(tab.locator("kennisplein-lijst li a")).to_have_text(["Later"])


def test_script_is_small_and_may_be_kept_for_an_hour(client):
    answer = client.get("/widget/kennisplein-lijst.js")

    assert len(answer.content) <= 10_000
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert not answer.cookies
    again = client.get("/widget/kennisplein-lijst.js", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")
    assert client.post("/widget/kennisplein-lijst.js").status_code == 405
