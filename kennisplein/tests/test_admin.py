"""What editors and writers, who are no superusers, can do and see in the admin."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from forms.tests.factories import contribute, make_editor, make_editors, make_form_page, make_writer
from publications.models import PublicationPage, Vocabulary
from publications.tests.editing import send
from publications.tests.factories import add_publication, make_library, make_publication, make_term
from publications.tests.visits import queries_of
from stories.tests.factories import make_article

pytestmark = pytest.mark.django_db

LIST = "/admin/publications/publicationpage/"


def listed(response) -> list[str]:
    return [page.title for page in response.context["object_list"]]


@pytest.fixture
def editor_client(client):
    make_form_page()
    client.force_login(make_editor())
    return client


@pytest.fixture
def writer_client(client):
    make_form_page()
    client.force_login(make_writer())
    return client


def test_editor_enters_a_publication_without_being_a_superuser(editor_client):
    pillar, kind = make_term(slug="sociale-cohesie"), make_term(vocabulary="soort", slug="boek")
    args = ["publications", "publicationpage", make_library().pk]

    response = send(
        editor_client,
        reverse("wagtailadmin_pages:add", args=args),
        "action-publish",
        title="Samen eten",
        slug="samen-eten",
        kind=str(kind.pk),
        summary="Over tafels.",
        organisation="Movisie",
        pillars=[str(pillar.pk)],
    )

    assert response.status_code == 302
    assert PublicationPage.objects.live().get().title == "Samen eten"


def test_editor_lists_searches_and_filters_publications(editor_client):
    book = make_term(vocabulary=Vocabulary.KIND, slug="boek", label="Boek")
    make_publication(title="Samen eten", kind=book, year=2020)
    make_publication(title="Samen sparen", live=False, year=2024)

    assert sorted(listed(editor_client.get(LIST))) == ["Samen eten", "Samen sparen"]
    assert listed(editor_client.get(LIST, {"q": "sparen"})) == ["Samen sparen"]
    assert listed(editor_client.get(LIST, {"soort": "boek"})) == ["Samen eten"]
    assert listed(editor_client.get(LIST, {"live__exact": "0"})) == ["Samen sparen"]
    assert listed(editor_client.get(LIST, {"year": "2020"})) == ["Samen eten"]
    html = editor_client.get(LIST).content.decode()
    assert "Boek" in html
    assert 'href="?soort=boek"' in html


def test_queries_of_the_list_of_publications_do_not_grow(editor_client):
    asked = []
    for number in range(1, 13):
        add_publication(kind=make_term(vocabulary=Vocabulary.KIND, slug=f"soort-{number % 2}"))
        if number in (2, 12):
            asked.append(queries_of(editor_client, LIST))

    assert asked[0] == asked[1]


def test_writer_sees_no_drafts_of_publications(writer_client):
    draft = make_publication(title="Nog geheim", live=False)
    make_publication(title="Voor iedereen")
    contribution, _ = contribute(writer_client, titel="Ingezonden geheim")
    library = draft.get_parent().pk
    chooser = "/admin/choose-page/?page_type=publications.publicationpage"
    assert "Voor iedereen" in writer_client.get(chooser).content.decode()

    for address in (
        "/admin/",
        LIST,
        f"{LIST}?q=geheim",
        f"{LIST}history/{draft.pk}/",
        f"{LIST}inspect/{draft.pk}/",
        f"{LIST}edit/{draft.pk}/",
        f"/admin/pages/{library}/",
        f"/admin/pages/{draft.pk}/edit/",
        f"/admin/pages/{draft.pk}/view_draft/",
        f"/admin/pages/{draft.pk}/history/",
        "/admin/pages/search/?q=geheim",
        chooser,
        f"{chooser}&q=geheim",
        f"/admin/choose-page/{library}/",
        "/admin/choose-page/search/?q=geheim",
        "/admin/api/main/pages/?search=geheim",
        f"/admin/api/main/pages/?child_of={library}",
        "/admin/forms/contribution/",
        f"/admin/bijdragen/{contribution.pk}/",
    ):
        html = writer_client.get(address, follow=True).content.decode()
        assert "Nog geheim" not in html, address
        assert "Ingezonden geheim" not in html, address
    assert LIST not in writer_client.get("/admin/").content.decode()


def test_writer_can_point_an_article_to_a_publication_and_to_a_draft_of_their_own(client):
    writer = make_writer()
    client.force_login(writer)
    make_publication(title="Voor iedereen")
    make_article(title="Mijn concept", live=False, owner=writer)

    chooser = "/admin/choose-page/?page_type="
    publications = client.get(f"{chooser}publications.publicationpage").content.decode()
    articles = client.get(f"{chooser}stories.articlepage").content.decode()

    assert "Voor iedereen" in publications
    assert "Mijn concept" in articles


def test_editor_chooses_among_drafts_too(editor_client):
    make_publication(title="Nog niet", live=False)

    html = editor_client.get("/admin/choose-page/?page_type=publications.publicationpage").content

    assert "Nog niet" in html.decode()


def test_editor_renames_a_term_and_cannot_delete_it(editor_client):
    names = ("view_term", "add_term", "change_term", "delete_term")
    make_editors().permissions.add(*Permission.objects.filter(codename__in=names))
    term = make_term(vocabulary=Vocabulary.FACILITY, slug="buurthuis", label="Buurthuis")
    edit = reverse(term.snippet_viewset.get_url_name("edit"), args=[term.pk])
    answers = {
        "vocabulary": "voorziening",
        "slug": "buurthuis",
        "label": "Huis van de buurt",
        "order": "0",
    }

    assert editor_client.post(edit, answers).status_code == 302
    deleted = editor_client.post(edit.replace("/edit/", "/delete/"))

    term.refresh_from_db()
    assert term.label == "Huis van de buurt"
    assert deleted.status_code == 302
    assert "/delete/" not in editor_client.get(edit).content.decode()
    page = make_publication(facilities=[term])
    assert "Huis van de buurt" in editor_client.get(page.url).content.decode()
