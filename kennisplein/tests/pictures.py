"""
The pictures of the manual and of the README: `make pictures`. Not one of the tests, although it
uses the same running site, with the example content and a day that does not move.

Another picture is another row of PICTURES.
"""

import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from PIL import Image
from playwright.sync_api import sync_playwright

from forms.models import Contribution, Criterion
from forms.tests.factories import CRITERIA, publication_answers

DOCS = Path(__file__).resolve().parents[2] / "docs"
TODAY = "2026-03-02T09:00:00+01:00"
MOST_BYTES = 1_500_000  # all pictures of the manual together
CHROMIUM = next(
    (
        path
        for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
        if name and (path := shutil.which(name))
    ),
    None,
)


@dataclass(frozen=True)
class Picture:
    """One picture: its file below docs/, the page, and how large the window is."""

    file: str
    path: str
    width: int = 1280
    height: int = 800
    # What to do on the page first: ((selector, text to type, or nothing to click), …).
    steps: tuple = ()
    as_editor: bool = True


PICTURES = [
    Picture("handleiding/dashboard.png", "/admin/"),
    Picture(
        "handleiding/publicatie.png", "/admin/pages/add/publications/publicationpage/{library}/"
    ),
    Picture("handleiding/lichte-check.png", "/admin/bijdragen/{contribution}/", height=1000),
    Picture("handleiding/verbanden.png", "/admin/kennis-zonder-verhaal/"),
    Picture(
        "handleiding/privacy.png",
        "/admin/privacy/",
        height=900,
        steps=(("#id_email", "fenna@voorbeeld.example"), ("button[value=zoek]", None)),
    ),
    Picture("handleiding/collegas.png", "/admin/collegas/{leaver}/", height=700),
]


def test_make_pictures(running_site):
    """Not collected by `make test`: the name of this file is no test's."""
    site = running_site(workers=1, has_worker=False)
    site.manage("setup_site", "--example")
    keys = prepare(site)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, site, picture, keys)
        browser.close()

    made = [DOCS / picture.file for picture in PICTURES if picture.file.startswith("handleiding/")]
    assert sum(path.stat().st_size for path in made) < MOST_BYTES


def prepare(site) -> dict:
    """Make what the pictures show. Return what stands in their paths, and the editor's session."""
    editor = User.objects.create_user("anna", first_name="Anna", last_name="de Wit")
    editor.groups.set(Group.objects.filter(name="Redactie"))
    leaver = User.objects.create_user("bram", first_name="Bram", last_name="Smit")
    leaver.groups.set(Group.objects.filter(name="Schrijvers"))
    visitor = site.visitor()
    hidden = visitor.hidden("/voeg-kennis-toe/?deur=publicatie")
    checks = {f"criterium_{c.slug}": "ja" for c in Criterion.objects.all()}
    own = {f"criterium_{slug}" for slug in CRITERIA}
    answers = {k: v for k, v in publication_answers().items() if k not in own} | checks
    answered = visitor.post("/voeg-kennis-toe/", {**hidden, **answers})
    assert answered.status_code == 302, answered.text[:500]
    contribution = Contribution.objects.latest("pk")
    Contribution.objects.update(received_at=TODAY)
    contribution.submissions.update(submit_time=TODAY)
    contribution.events.update(at=TODAY)
    for page in contribution.page.get_siblings().filter(live=True)[:2]:
        page.owner = leaver
        page.save(update_fields=["owner"])
    session = SessionStore()
    session[SESSION_KEY] = str(editor.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = editor.get_session_auth_hash()
    session.save()
    connection.close()
    return {
        "library": contribution.page.get_parent().pk,
        "contribution": contribution.pk,
        "leaver": leaver.pk,
        "session": session.session_key,
    }


def take(browser, site, picture: Picture, keys: dict) -> None:
    size = {"width": picture.width, "height": picture.height}
    context = browser.new_context(viewport=size, locale="nl-NL", reduced_motion="reduce")
    context.clock.set_fixed_time(TODAY)
    if picture.as_editor:
        cookie = {"name": "sessionid", "value": keys["session"], "url": site.url}
        context.add_cookies([cookie])
    page = context.new_page()
    answer = page.goto(site.url + picture.path.format(**keys), wait_until="networkidle")
    assert answer.status == 200, picture
    for selector, text in picture.steps:
        if text is None:
            page.click(selector)
            page.wait_for_load_state("networkidle")
        else:
            page.fill(selector, text)
    shot = page.screenshot(animations="disabled", caret="hide")
    context.close()
    path = DOCS / picture.file
    path.parent.mkdir(exist_ok=True)
    with Image.open(io.BytesIO(shot)) as image:
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
