import json

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from wagtail.models import GroupPagePermission

from publications.models import PublicationPage
from publications.prefill import LOOKUP_LOCK
from publications.tests.factories import make_library, make_publication, pdf_bytes, site_root
from publications.tests.web_server import web_server

pytestmark = pytest.mark.django_db

PREFILL, DOUBLE = "/admin/publicaties/invullen/", "/admin/publicaties/dubbel/"
WORK = {
    "title": ["Samen eten"],
    "author": [{"given": "Jan", "family": "van der Berg"}, {"name": "Movisie"}],
    "publisher": "De Brug",
    "published": {"date-parts": [[2021, 3]]},
    "language": "en",
    "license": [{"URL": "https://creativecommons.org/licenses/by-nc-nd/3.0/nl/"}],
}


@pytest.fixture
def web(settings):
    with web_server(settings) as server:
        settings.CROSSREF_API = settings.DOI_RESOLVER = server.url("")
        server.json("/works/10.5555%2Feten", json.dumps({"message": WORK}))
        yield server


def browser_of(*codenames) -> Client:
    group = Group.objects.create(name=f"groep {codenames}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in codenames:
        permission = Permission.objects.get(
            content_type__app_label="wagtailcore", codename=codename
        )
        GroupPagePermission.objects.create(group=group, page=site_root(), permission=permission)
    user = User.objects.create_user(username=f"iemand {codenames}")
    user.groups.add(group)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor():
    make_library()
    return browser_of("add_page", "change_page")


def notices(response) -> list[str]:
    page = BeautifulSoup(response.content, "html.parser")
    return [li.get_text() for li in page.select(".help-warning li")]


def test_doi_becomes_a_filled_in_draft(editor, web):
    response = editor.post(PREFILL, {"begin": "10.5555/eten"})

    page = PublicationPage.objects.get()
    assert response.url == f"/admin/pages/{page.pk}/edit/"
    assert (page.title, page.live, page.year, page.month) == ("Samen eten", False, 2021, 3)
    assert (page.language, page.licence) == ("en", "CC BY-NC-ND 3.0 NL")
    assert (page.organisation, page.doi) == ("De Brug", "10.5555/eten")
    assert page.author_names == ["Jan van der Berg", "Movisie"]
    assert page.authors.first().family == "Berg"
    assert page.owner.username == "iemand ('add_page', 'change_page')"
    shown = BeautifulSoup(editor.get(response.url).content, "html.parser")
    assert shown.select_one("[name=title]")["value"] == "Samen eten"


def test_title_without_latin_letters_becomes_a_draft_twice(editor, web):
    web.page("/a", '<meta name="citation_title" content="共に食べる">')

    editor.post(PREFILL, {"begin": web.url("/a")})
    editor.post(PREFILL, {"begin": web.url("/a"), "toch": "1"})

    assert [page.title for page in PublicationPage.objects.all()] == ["共に食べる"] * 2


@pytest.mark.parametrize(
    "work",
    [
        {"url": "https://x" + ".example" * 200},
        {"identifier": f"10.5555/{'a' * 300}"},
        {"url": "\ud800", "identifier": "10.5555/\ud800"},
    ],
)
def test_what_does_not_fit_its_field_is_left_out(editor, web, work):
    work = {"@type": "Report", "name": "Buurtkracht", "datePublished": "2023-02-28"} | work
    path = "/" + "lang" * 300  # longer than a source may be
    script = f'<script type="application/ld+json">{json.dumps(work)}</script>'
    web.page(path, script)

    editor.post(PREFILL, {"begin": web.url(path)})

    page = PublicationPage.objects.get()
    assert (page.title, page.year, page.source_url) == ("Buurtkracht", 2023, "")
    assert len(page.doi) < 20


def test_second_click_leads_to_the_same_draft(editor, web):
    form = BeautifulSoup(editor.get(PREFILL).content, "html.parser")
    sent = {"sleutel": form.select_one("[name=sleutel]")["value"], "begin": "10.5555/eten"}

    clicks = [editor.post(PREFILL, sent) for _ in range(2)]

    page = PublicationPage.objects.get()
    assert [click.url for click in clicks] == [f"/admin/pages/{page.pk}/edit/"] * 2
    assert page.revisions.count() == 1
    assert form.select_one("script[src*=submit-once]")
    other = editor.post(PREFILL, sent | {"begin": "10.5555/ander"})  # back, and something else
    assert other.status_code == 200


def test_look_ups_of_editors_wait_their_turn(editor, web, settings):
    settings.LOOKUPS_AT_ONCE = 1
    elsewhere = connection.copy()
    with elsewhere.cursor() as cursor:  # another process that looks something up
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [LOOKUP_LOCK])

        busy = editor.post(PREFILL, {"begin": "10.5555/eten"})

    elsewhere.close()
    assert "Er wordt net heel veel opgezocht." in busy.content.decode()
    assert web.requests == []


def test_what_is_there_is_shown_before_a_draft_is_made(editor, web):
    make_publication(title="Eerste", doi="10.5555/ETEN", live=False)

    asked = editor.post(PREFILL, {"begin": "10.5555/eten"})

    assert notices(asked) == ["Eerste (dezelfde DOI, concept)"]
    assert PublicationPage.objects.count() == 1
    assert editor.post(PREFILL, {"begin": "10.5555/eten", "toch": "1"}).status_code == 302


@pytest.mark.parametrize("begin", ["", "zomaar", "http://127.0.0.1/", "http://10.0.0.1/"])
def test_nothing_found_says_so_and_leads_to_the_empty_form(editor, begin):
    response = editor.post(PREFILL, {"begin": begin})

    assert response.status_code == 200
    assert PublicationPage.objects.count() == 0
    text = response.content.decode()
    assert "Vul het zelf in." in text or "Plak een DOI" in text


def test_create_form_leads_to_it(editor):
    library = make_library()

    response = editor.get(f"/admin/pages/add/publications/publicationpage/{library.pk}/")

    assert PREFILL in response.content.decode()


@pytest.mark.parametrize("codenames", [[], ["change_page"], ["publish_page"]])
def test_only_who_may_add_publications_gets_in(codenames, web):
    make_library()
    make_publication(title="Geheim plan voor de wijk", live=False)
    client = browser_of(*codenames)

    answers = [
        client.get(PREFILL),
        client.post(PREFILL, {"begin": "10.5555/eten"}),
        client.get(DOUBLE, {"title": "Geheim plan voor de wijk"}),
    ]

    assert [a.status_code for a in answers] == [302] * 3
    assert not any(b"Geheim" in a.content for a in answers)
    assert web.requests == []
    assert Client().get(DOUBLE, {"title": "Geheim plan voor de wijk"}).status_code == 302


def test_editor_sees_drafts_while_typing_but_not_the_page_itself(editor):
    one = make_publication(title="Samen eten in de wijk", year=2020, live=False)
    make_publication(title="Samen eten in de wijk!", year=2021)

    found = notices(editor.get(DOUBLE, {"title": "Samen eten in de wijk", "page": str(one.pk)}))

    assert found == ["Samen eten in de wijk! (bijna dezelfde titel, staat online)"]


@pytest.mark.parametrize("value", ["\x00", "9" * 30, "²", "%", "http://["])
def test_hostile_values_are_no_error(editor, value):
    names = ("title", "year", "source_url", "doi", "isbn", "page")

    assert editor.get(DOUBLE, dict.fromkeys(names, value)).status_code == 200


def test_edit_screen_shows_duplicates(editor):
    one = make_publication(title="Samen eten in de wijk", isbn="9789027739445")
    make_publication(title="Anders", isbn="9027739447", live=False)

    assert notices(editor.get(f"/admin/pages/{one.pk}/edit/")) == [
        "Anders (hetzelfde ISBN, concept)"
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_duplicates_take_the_same_queries_for_one_and_three(
    editor, number, django_assert_num_queries
):
    for _ in range(number):
        make_publication(title="Samen eten in de wijk")
    editor.get(DOUBLE, {"title": "Samen eten in de wijk"})

    with django_assert_num_queries(10):
        found = editor.get(DOUBLE, {"title": "Samen eten in de wijk"})

    assert len(notices(found)) == number


def test_file_of_an_editor_is_read_and_not_kept(editor, tmp_path):
    file = tmp_path / "verslag.pdf"
    file.write_bytes(pdf_bytes("Buurtkeukens in Nederland"))
    with file.open("rb") as opened:
        editor.post(PREFILL, {"bestand": opened})

    page = PublicationPage.objects.get()
    assert (page.title, page.document) == ("Buurtkeukens in Nederland", None)
