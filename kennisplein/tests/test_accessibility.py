"""What axe finds, the keyboard, no script, and weight: a sample of test_look_judge."""

import gzip
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from playwright.sync_api import expect

from forms.models import Contribution
from forms.tests.factories import make_form_page
from home.tests.test_home import make_home
from kennisplein.tests.browsing import accessibility_faults, chromium, new_tab
from publications.models import Vocabulary
from publications.tests.factories import make_publication, make_term

STATIC = Path(settings.BASE_DIR) / "static"
LONG = "Meerjarenuitvoeringsprogrammaondersteuningsstructuren in " * 4


@pytest.fixture(autouse=True)
def allow_orm_beside_a_browser(monkeypatch):
    """Playwright's own event loop makes Django think that the tests are asynchronous."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_sample_of_pages_has_no_accessibility_faults(live_server):
    home = make_home()
    make_form_page()
    publication = make_publication(title=LONG[:250], language="en")
    sample = {
        home.get_url(): (1280, "dark"),
        publication.get_url(): (320, "light"),
        "/zoeken/?q=zzzz": (1280, "light"),
        f"/leeslijst/?publicaties={publication.pk}": (320, "dark"),
        "/bestaat-niet/": (1280, "dark"),
    }
    found = {}

    with chromium() as browser:
        for address, (width, scheme) in sample.items():
            tab = new_tab(
                browser,
                live_server.url,
                viewport={"width": width, "height": 800},
                color_scheme=scheme,
            )
            tab.goto(address)
            faults = accessibility_faults(tab)
            found[address] = faults + [f for f in tab.faults if "404" not in f]

    assert {address: faults for address, faults in found.items() if faults} == {}


def press_until(tab, locator, key="Tab", most=150):
    """Walk with the keyboard until this has the focus."""
    for _ in range(most):
        if locator.evaluate("element => element === document.activeElement"):
            return
        tab.keyboard.press(key)
    raise AssertionError(f"never reached {locator}")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_keyboard_alone_is_enough_from_home_to_sent(live_server, has_script):
    home = make_home()
    make_form_page()
    kind = make_term(vocabulary=Vocabulary.KIND, slug="monitor", label="Monitor")
    make_publication(title="Bankjes tellen", kind=kind)
    make_publication(title="Bankjes in de straat")

    with chromium() as browser:
        tab = new_tab(
            browser,
            live_server.url,
            viewport={"width": 1280, "height": 800},
            java_script_enabled=has_script,
        )
        tab.set_default_timeout(15_000)
        tab.goto(home.get_url())
        press_until(tab, tab.locator("main input[name=q]"))
        tab.keyboard.type("bankjes")
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("heading", name="2 publicaties gevonden")).to_be_visible()
        press_until(tab, tab.get_by_role("checkbox", name="Monitor"))
        tab.keyboard.press("Space")
        press_until(tab, tab.get_by_role("button", name="Pas filters toe"))
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("heading", name="1 publicatie gevonden")).to_be_visible()
        press_until(tab, tab.get_by_role("link", name="Bankjes tellen"))
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("heading", level=1)).to_have_text("Bankjes tellen")
        press_until(tab, tab.locator(".site-head .btn--head"))
        tab.keyboard.press("Enter")
        press_until(tab, tab.locator(".doors a[href*='deur=tip']"))
        tab.keyboard.press("Enter")
        press_until(tab, tab.locator("[name=wat]"))
        tab.keyboard.type("https://voorbeeld.example/bankjes")
        press_until(tab, tab.locator("[name=waarom]"))
        tab.keyboard.type("Er wordt veel op gezeten.")
        press_until(tab, tab.locator("[name=email]"))
        tab.keyboard.type("fenna@voorbeeld.example")
        press_until(tab, tab.locator(".form__send button"))
        tab.keyboard.press("Enter")
        expect(tab).to_have_url(re.compile("/bijdragen/"))
        assert tab.faults == []

    assert Contribution.objects.count() == 1


@pytest.mark.django_db
def test_first_visit_is_light(client, settings):
    """Everything but pictures that the first page brings, as WhiteNoise and a proxy send it."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    make_publication()
    response = client.get("/bibliotheek/")
    soup = BeautifulSoup(response.content, "html.parser")
    addresses = {link["href"] for link in soup.select("link[rel=stylesheet], link[rel=preload]")}
    addresses |= {script["src"] for script in soup.select("script[src]")}
    addresses |= {use["href"].partition("#")[0] for use in soup.select("use[href]")}

    sent = {"/bibliotheek/": len(gzip.compress(response.content))}
    for address in addresses:
        path = urlsplit(urljoin("/bibliotheek/", address)).path
        content = (STATIC / path.removeprefix("/static/")).read_bytes()
        sent[path] = len(content if path.endswith(".woff2") else gzip.compress(content))

    assert any(path.endswith("icons.svg") for path in sent)
    assert sum(sent.values()) <= 120_000, sent


def test_style_sheets_and_modules_stay_small():
    """Forty kilobytes of our own style, as it stands; twenty of modules, as they are sent."""
    sheets = {p.name: p.stat().st_size for p in STATIC.glob("css/*.css")}
    public = {name: size for name, size in sheets.items() if not name.startswith("admin-")}
    modules = [p for p in STATIC.glob("js/*.js") if not p.name.startswith("admin-")]

    assert len(public) == 7
    assert sum(public.values()) <= 40_000, public
    assert sum(len(gzip.compress(p.read_bytes())) for p in modules) <= 20_000
