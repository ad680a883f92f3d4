"""The manual in the admin: readable for editors only, and true to the screens it names."""

import re

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.admin.menu import admin_menu, settings_menu

from forms.tests.factories import browser_of, make_editor, make_editors, make_form_page, make_writer
from home.manual import FILE, PICTURES
from home.setup.site import EDITORS_LATER, EDITORS_MODELS, permission

pytestmark = pytest.mark.django_db

MANUAL = "/admin/handleiding/"


@pytest.fixture
def editor():
    make_form_page()
    names = [*EDITORS_MODELS, *(name for later in EDITORS_LATER.values() for name in later)]
    make_editors().permissions.add(*map(permission, names))
    return browser_of(make_editor())


def labels_in(menu, response) -> set[str]:
    request = response.wsgi_request
    found = set()
    for item in menu.menu_items_for_request(request):
        found.add(str(item.label))
        found |= labels_in(item.menu, response) if getattr(item, "menu", None) else set()
    return found


def test_editor_reads_the_manual_with_its_pictures(editor):
    page = BeautifulSoup(editor.get(MANUAL).content, "html.parser")

    asked = re.findall(r"^## (.+)$", FILE.read_text(), re.MULTILINE)
    assert [h.get_text() for h in page.select(".manual h2")] == asked
    pictures = [img["src"] for img in page.select(".manual img")]
    assert len(pictures) == len(re.findall(r"!\[", FILE.read_text()))
    for address in pictures:
        assert b"".join(editor.get(address).streaming_content).startswith(b"\x89PNG")
    assert all(img["alt"] for img in page.select(".manual img"))
    assert page.select_one(f'a[href="{MANUAL}"]') or MANUAL in str(page)
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 1_500_000


def test_manual_is_for_editors_only(client):
    make_form_page()
    for browser in (browser_of(make_writer()), client):
        for address in (MANUAL, reverse("manual_picture", args=["dashboard.png"])):
            assert browser.get(address).status_code == 302


def test_unknown_picture_is_not_found(editor):
    for name in ("..%2F..%2FREADME.md", "onbekend.png"):
        assert editor.get(f"{MANUAL}{name}", follow=True).status_code == 404


def test_every_menu_that_the_manual_names_is_there(editor):
    response = editor.get(MANUAL)
    known = labels_in(admin_menu, response) | labels_in(settings_menu, response)
    known = {label.lower() for label in known}

    table = FILE.read_text().partition("| Menu |")[2].partition("\n\n")[0]
    named = re.findall(r"^\| \*\*(.+?)\*\* \|", table, re.MULTILINE)
    named += ["Mailteksten", "Bewaartermijnen", "Privacy", "Collega’s", "Wil meeschrijven", "Mail"]
    named += ["Termen", "Synoniemen", "Handleiding"]

    assert [name for name in named if name.lower() not in known] == []


@pytest.mark.parametrize(
    ("address", "labels"),
    [
        ("/admin/privacy/", ["Zoek", "Wat komt eraan?"]),
        ("/admin/collegas/", ["Draag werk over"]),
    ],
)
def test_every_button_that_the_manual_names_is_on_its_screen(editor, address, labels):
    make_writer()
    shown = BeautifulSoup(editor.get(address).content, "html.parser").get_text(" ")

    for label in labels:
        assert f"**{label}**" in FILE.read_text(), label
        assert label.lower() in shown.lower(), label
