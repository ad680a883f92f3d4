"""
Every page type and screen of ours in the admin, in a finished site with examples: axe in each width
and colour scheme, the Nu checker, Lighthouse. New page types and screens join in by themselves.
"""

import inspect
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import get_resolver
from wagtail.models import Page, get_page_models

from kennisplein.tests.browsing import CHROMIUM, MODES, accessibility_faults, chromium, new_tab
from kennisplein.tests.test_headers import address_of, names_in
from publications.models import PublicationPage

pytestmark = [pytest.mark.judge, pytest.mark.browser]

OURS = ("home", "forms", "stories", "publications")
TOOLS = Path(settings.BASE_DIR) / ".local" / "tools" / "node_modules"
NAME, PASSWORD = "beheerder", "een-lang-wachtwoord"
LIGHTHOUSE_PAGES = ("/", "/bibliotheek/", "{publication}", "/pijlers/sociale-cohesie/")
LEAST = 98
LONG = "Meerjarenuitvoeringsprogrammaondersteuningsstructuren in de wijk " * 3


@pytest.fixture
def allow_orm_beside_a_browser(monkeypatch):
    """Playwright's own event loop makes Django think that the tests are asynchronous."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def furnished_site(running_site, allow_orm_beside_a_browser):
    """The finished site, with examples, and a publication that is as large as they come."""
    site = running_site(has_worker=False)
    site.manage("setup_site", "--example")
    get_user_model().objects.create_superuser(NAME, "beheerder@voorbeeld.example", PASSWORD)
    large = PublicationPage.objects.live().filter(is_example=True).first()
    large.title, large.subtitle, large.language = LONG, LONG, "en"
    for number in range(40):
        large.authors.create(given="Wilhelmina", family=f"Achternaam-{number}", sort_order=number)
    large.save_revision().publish()
    return site


def public_addresses() -> dict[str, str]:
    """Return a page of every type there is, and every state that is no type."""
    pages = {}
    for model in get_page_models():
        page = model.objects.live().public().first() if model is not Page else None
        if page and model._meta.app_label in OURS:
            pages[model.__name__] = page.get_url()
    missing = {m.__name__ for m in get_page_models() if m._meta.app_label in OURS} - set(pages)
    assert missing == set(), "the examples have no page of these types"
    numbers = PublicationPage.objects.live().values_list("pk", flat=True)[:20]
    large = PublicationPage.objects.live().get(title=LONG.strip())
    return {
        **pages,
        "long texts": large.get_url(),
        "one result": f"/bibliotheek/?q={large.title.split()[0]}",
        "found nothing": "/bibliotheek/?q=zzqqxx",
        "empty list": "/verhalen/?q=zzqqxx",
        "everything": "/zoeken/?q=buurt",
        "nothing at all": "/zoeken/?q=zzqqxx",
        "missing": "/bestaat-niet/",
        "reading list": f"/leeslijst/?publicaties={','.join(map(str, numbers))}",
        "no reading list": "/leeslijst/",
        "open data": "/open-data/",
        "follow": "/volgen/",
        "write along": "/schrijf-mee/",
        "tip": "/voeg-kennis-toe/?deur=tip",
        "article": "/voeg-kennis-toe/?deur=artikel",
        "my link": "/bijdragen/mijn-link/",
        "unknown link": "/bijdragen/onbekend/",
        "sign in": "/admin/login/",
    }


def admin_addresses() -> list[str]:
    """Return the screens that we made ourselves, and the lists of our models."""
    resolver = get_resolver()
    admin = next(part for part in resolver.url_patterns if str(part.pattern) == "admin/")
    found = {address for name in names_in(admin) if (address := address_of(name))}
    return sorted(address for address in found if is_ours(resolver.resolve(address).func, address))


def is_ours(view, address: str) -> bool:
    plain = inspect.unwrap(view)
    module = getattr(plain, "view_class", plain).__module__.partition(".")[0]
    labels = [f"/{app}/" for app in OURS]
    is_list = any(label in address for label in labels) and "/1/" not in address
    return module in OURS or (is_list and address.startswith("/admin/"))


def sign_in(tab) -> None:
    tab.goto("/admin/login/")
    tab.get_by_label("Gebruikersnaam").fill(NAME)
    tab.get_by_label("Wachtwoord").fill(PASSWORD)
    tab.get_by_role("button", name="Inloggen").click()
    tab.wait_for_url("**/admin/")


def test_axe_finds_nothing_on_any_public_page(furnished_site):
    found = {}
    with chromium() as browser:
        for width, scheme in MODES:
            view = {"width": width, "height": 900}
            tab = new_tab(browser, furnished_site.url, viewport=view, color_scheme=scheme)
            for name, address in public_addresses().items():
                tab.faults.clear()
                tab.goto(address)
                faults = accessibility_faults(tab)
                if name == "sign in":  # a page of Wagtail; its console is not ours
                    tab.faults.clear()
                faults += [fault for fault in tab.faults if "404" not in fault]
                if faults:
                    found[f"{name}, {width}, {scheme}"] = faults

            tab.goto("/voeg-kennis-toe/?deur=tip")
            tab.get_by_role("button", name="Verstuur").click()
            tab.locator(".errors").wait_for()
            if faults := accessibility_faults(tab):
                found[f"errors, {width}, {scheme}"] = faults

    assert found == {}


def test_axe_finds_nothing_on_our_screens_in_the_admin(furnished_site):
    found, seen = {}, 0
    with chromium() as browser:
        for width, scheme in MODES:
            view = {"width": width, "height": 900}
            tab = new_tab(browser, furnished_site.url, viewport=view, color_scheme=scheme)
            sign_in(tab)
            for address in admin_addresses():
                answer = tab.request.get(address)
                if not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
                    continue  # asks for a number that is not there, or answers a program
                if "<main" not in answer.text():
                    continue  # a part of a screen
                seen += 1
                tab.goto(address)
                if faults := accessibility_faults(tab, "main"):
                    found[f"{address}, {width}, {scheme}"] = faults

    assert seen >= 40
    assert found == {}


def test_nu_checker_finds_nothing_in_any_public_page(furnished_site, tmp_path):
    java = shutil.which("java")
    assert java, "install a Java runtime: apt-get install default-jre-headless"
    visitor = furnished_site.visitor()
    for name, address in public_addresses().items():
        if name != "sign in":
            page = tmp_path / f"{name.replace(' ', '-')}.html"
            page.write_text(visitor.get(address).text)

    checker = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
    pages = sorted(map(str, tmp_path.glob("*.html")))
    command = [java, "-jar", str(checker), "--errors-only", "--format", "json", *pages]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300)

    messages = json.loads(answer.stderr)["messages"]
    assert [f"{Path(m['url']).name}: {m['message']}" for m in messages] == []


def test_lighthouse_gives_at_least_98(furnished_site, tmp_path):
    """On gunicorn, with collected and compressed files, as an operator runs it."""
    furnished_site.stop()
    furnished_site.environment |= {
        "DEBUG": "false",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "false",
        "STATIC_ROOT": str(tmp_path / "collected"),
    }
    furnished_site.manage("collectstatic", "--noinput", "-v0")
    furnished_site.application = "kennisplein.tests.behind_web_server"
    furnished_site.start_web()
    essay = PublicationPage.objects.get(slug="sociale-kwaliteit-in-de-sociale-basis")
    scores = {}
    for page in LIGHTHOUSE_PAGES:
        address = furnished_site.url + page.format(publication=essay.get_url())
        report = tmp_path / "report.json"
        command = [
            str(TOOLS / ".bin" / "lighthouse"),
            address,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            "--only-categories=performance,accessibility,best-practices,seo",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        ]
        environment = {**os.environ, "CHROME_PATH": CHROMIUM or ""}
        subprocess.run(command, check=True, env=environment, timeout=240)
        categories = json.loads(report.read_text())["categories"]
        scores[page] = {name: round(100 * part["score"]) for name, part in categories.items()}
    print(scores)

    low = {page: score for page, score in scores.items() if min(score.values()) < LEAST}
    assert low == {}
