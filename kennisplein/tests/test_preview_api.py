"""Drafts that another front end shows: what a token opens, for whom and for how long."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.test import Client
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail_headless_preview.models import PagePreview

from forms.tests.factories import (
    browser_of,
    make_article_index,
    make_editor,
    make_form_page,
    make_writer,
    page_form,
)
from publications.models import LibraryPage, PublicationPage
from publications.previews import ELSEWHERE, PreviewedElsewhere
from publications.tests.factories import make_library, make_publication, make_term, site_root
from stories.models import ArticlePage
from stories.tests.factories import make_article, make_link, make_story

pytestmark = pytest.mark.django_db

FRONT_END = "https://andere.example/voorbeeld"


@pytest.fixture(autouse=True)
def front_end(settings):
    settings.PREVIEW_FRONT_END = FRONT_END
    settings.WAGTAIL_HEADLESS_PREVIEW = {"CLIENT_URLS": {"default": FRONT_END}}


def frame(response) -> str:
    """Return the address that a preview in the admin shows in its frame."""
    return unescape(re.search(r'<iframe src="([^"]+)"', response.content.decode()).group(1))


def asked(address: str) -> dict:
    """Return what the other front end is given to ask with."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def told(query):
    """Ask for a draft as the other front end does: without any login."""
    return Client().get("/api/v2/page_preview/", query)


def previewed(page, user) -> dict:
    request = browser_of(user).get("/admin/").wsgi_request
    response = page.make_preview_request(request, preview_mode=ELSEWHERE)
    return asked(frame(response))


def test_what_is_typed_in_the_editor_is_shown_on_the_other_website(settings):
    editor = browser_of(make_editor())
    page = make_publication(title="Online", live=True)
    address = f"/admin/pages/{page.pk}/edit/preview/"
    editor.post(address, page_form(page, title="Nog niet bewaard"))

    shown = editor.get(f"{address}?mode={ELSEWHERE}")

    assert frame(shown).startswith(f"{FRONT_END}/?content_type=publications.publicationpage&token=")
    assert "frame-src 'self' https://andere.example" in shown["Content-Security-Policy"]
    answer = told(asked(frame(shown)))
    assert answer.json()["title"] == "Nog niet bewaard"
    assert answer["Access-Control-Allow-Origin"] == "https://andere.example"
    assert answer["Cache-Control"] == "no-store"
    assert "Nog niet bewaard" not in Client().get(page.get_url()).content.decode()
    assert "Nog niet bewaard" in editor.get(f"{address}?mode=").content.decode()
    settings.PREVIEW_FRONT_END = ""
    here = editor.get(f"{address}?mode={ELSEWHERE}")
    assert "Nog niet bewaard" in here.content.decode()
    assert told(asked(frame(shown))).status_code == 404
    assert "Andere website" not in editor.get(f"/admin/pages/{page.pk}/edit/").content.decode()


def fill_in(page) -> None:
    """Give a new page what it cannot do without."""
    for name in ("intro", "body"):
        field = hasattr(page, name) and page._meta.get_field(name)
        if field and not field.blank:
            is_stream = isinstance(field, StreamField)
            setattr(page, name, [("heading", "Kop")] if is_stream else "<p>Tekst</p>")
    if hasattr(page, "pillar_id"):
        page.pillar = make_term()


def test_every_kind_of_page_is_shown_also_before_it_is_saved():
    user = make_editor(is_superuser=True)
    make_form_page()
    models = [m for m in apps.get_models() if issubclass(m, Page) and m is not Page]
    assert len(models) > 10

    for model in models:
        assert issubclass(model, PreviewedElsewhere), model
        fresh = model(title=f"Een {model.__name__}", slug=model.__name__.lower())
        fill_in(fresh)
        parent = site_root()
        fresh.depth, fresh.path = parent.depth + 1, parent.path + "9999"
        query = previewed(fresh, user)
        assert told(query).json()["title"] == fresh.title, model
        fresh.path = ""
        saved = model.objects.first() or parent.add_child(instance=fresh)
        saved.title = "Bewaard"
        assert told(previewed(saved, user)).json()["title"] == "Bewaard", model


def test_token_ends(settings):
    query = previewed(make_publication(live=False), make_editor())
    assert told(query).status_code == 200

    settings.PREVIEW_SECONDS = -1

    assert told(query).status_code == 404


def test_token_is_for_one_page():
    user = make_editor()
    query = previewed(make_publication(title="Deze", live=False), user)
    other = previewed(make_article(title="Een ander", live=False), user)
    kinds = [query["content_type"], other["content_type"]]
    assert [told(query).status_code, told(other).status_code] == [200, 200]

    crossed = [
        {"content_type": kinds[1], "token": query["token"]},
        {"content_type": kinds[0], "token": other["token"]},
        {"content_type": "auth.user", "token": query["token"]},
        {"content_type": "x", "token": query["token"]},
        {"token": query["token"]},
        {"content_type": kinds[0]},
        {"content_type": kinds[0], "token": query["token"] + "x"},
        {"content_type": kinds[0], "token": "\x00"},
    ]

    assert [told(one).status_code for one in crossed] == [404] * len(crossed)
    PagePreview.objects.update(
        content_json=PagePreview.objects.get(**other_row(other)).content_json
    )
    assert told(query).status_code == 404


def other_row(query) -> dict:
    return {"token": query["token"]}


def test_token_is_worth_what_its_maker_may_see():
    writer, editor = make_writer(), make_editor()
    own = make_article(title="Van mij", live=False, owner=writer)
    query, editors = previewed(own, writer), previewed(own, editor)
    assert told(query).json()["title"] == "Van mij"

    stolen = previewed(make_publication(title="Niet van mij", live=False), writer)
    own.owner = editor
    own.save()
    lost = told(query)
    editor.is_active = False
    editor.save()

    assert told(stolen).status_code == 404
    assert lost.status_code == 404
    assert told(editors).status_code == 404


def test_new_article_of_a_writer_is_shown_until_they_may_not_add_any():
    writer = make_writer()
    index = make_article_index()
    fresh = ArticlePage(title="Nieuw", slug="nieuw", owner=writer)
    fresh.depth, fresh.path = index.depth + 1, index.path + "0001"
    query = previewed(fresh, writer)
    assert told(query).json()["title"] == "Nieuw"

    writer.groups.clear()

    assert told(query).status_code == 404


def test_draft_tells_nothing_of_what_it_is_tied_to_and_is_not_public():
    publication = make_publication(title="Online")
    story = make_story(title="Kanarieverhaal", live=False)
    make_link(story, publication, why="Kanarieverband.")
    publication.editor_note = "Kanarienotitie"

    answer = told(previewed(publication, make_editor()))

    assert answer.json()["title"] == "Online"
    assert "anarie" not in answer.content.decode()


def test_token_opens_nothing_else():
    page = make_publication(live=False)
    token = previewed(page, make_editor())["token"]
    client = Client(headers={"Authorization": f"Bearer {token}"})

    for address in (f"/api/v2/pages/{page.pk}/", f"/api/v3-preview/pages/{page.pk}/"):
        assert client.get(address, {"token": token}).status_code in (400, 401, 404)
    assert PublicationPage.objects.get().live is False
    assert LibraryPage.objects.get() == make_library()
