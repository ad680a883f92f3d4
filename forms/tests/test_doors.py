from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from forms.tests.doors import ALL_DOORS, IN_FILE, OWN, make_public_site, open_doors, trail
from forms.tests.factories import (
    contribute,
    decision,
    review_url,
    upload,
    work,
)
from publications.models import CreditedImage, LibraryDocument, RightToShare
from publications.tests.factories import make_document, pdf_bytes, private_path

pytestmark = pytest.mark.django_db
make_stage = make_public_site


@pytest.fixture
def contribution(client):
    """A publication with a document, that waits for its light check."""
    contribution, _ = contribute(
        client, **OWN, bestand=upload(pdf_bytes(f"Over {IN_FILE}")), recht="eigen"
    )
    work()
    return contribution


def decide(editor, contribution, action, **answers):
    response = editor.post(review_url(contribution), decision(contribution, action, **answers))
    assert response.status_code == 302
    work()


def test_contribution_is_behind_no_door_until_it_is_approved(contribution, editor):
    way = trail(contribution.page)

    before = open_doors(way)
    decide(editor, contribution, "approve")

    assert before == set()
    assert open_doors(way) == ALL_DOORS


# The document and what else lies on the disk


def test_document_is_there_for_editors_only_until_it_is_approved(
    client, contribution, editor, writer, superuser
):
    url = contribution.page.specific.document.url
    contributor, stranger = client, Client()

    def readers():
        people = [stranger, contributor, writer, editor, superuser]
        return [person.get(url).status_code for person in people]

    assert readers() == [404, 404, 404, 200, 200]
    assert [stranger.head(url).status_code, stranger.post(url).status_code] == [404, 404]
    decide(editor, contribution, "approve")
    assert readers() == [200, 200, 200, 200, 200]


def test_files_of_contributions_lie_where_no_web_server_looks(contribution, settings):
    document = contribution.page.specific.document

    assert private_path(document).read_bytes().startswith(b"%PDF")
    assert private_path(document).is_relative_to(settings.PRIVATE_ROOT)
    assert not Path(settings.PRIVATE_ROOT).is_relative_to(settings.MEDIA_ROOT)
    assert list(Path(settings.MEDIA_ROOT).rglob("*")) == []
    assert Client().get(f"/media/{document.file.name}").status_code == 404


def test_documents_have_a_storage_of_their_own():
    # As it is declared: the other tests put a folder of the test in its place.
    *_, options = LibraryDocument._meta.get_field("file").deconstruct()

    storage = options["storage"]()

    assert storage is storages["private"]
    assert storage.location != storages["default"].location


def test_released_document_never_lies_in_the_open(contribution, editor, settings):
    decide(editor, contribution, "approve")
    document = contribution.page.specific.document

    covers = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert [path.suffix for path in covers] == [".png"]
    assert Client().get(document.url).status_code == 200
    assert Client().get(f"/media/{document.file.name}").status_code == 404


def test_draft_opens_for_nobody_in_the_admin_but_editors(contribution, editor, writer):
    pk = contribution.page_id
    paths = [
        f"/admin/pages/{pk}/edit/",
        f"/admin/pages/{pk}/view_draft/",
        f"/admin/pages/{pk}/history/",
        f"/admin/pages/{pk}/revisions/{contribution.page.latest_revision_id}/view/",
        f"/admin/pages/{pk}/edit/preview/",
        f"/admin/bijdragen/{contribution.pk}/",
    ]

    assert [editor.get(path).status_code for path in paths] == [200] * 6
    assert [writer.get(path).status_code for path in paths] == [302] * 6
    assert [Client().get(path).status_code for path in paths] == [302] * 6


def test_contributed_article_is_behind_no_door_until_it_is_approved(client, editor):
    contribution, _ = contribute(
        client, deur="artikel", titel="Zwaluwen tellen", pijlers=["sociale-inclusie"]
    )
    page = contribution.page

    def doors():
        paths = ["/artikelen/", "/pijlers/sociale-inclusie/", "/api/v2/pages/?search=zwaluwen"]
        shown = [page.title in Client().get(path).content.decode() for path in paths]
        mapped = page.get_url() in Client().get("/sitemap.xml").content.decode()
        return [*shown, mapped, Client().get(page.get_url()).status_code]

    assert doors() == [False, False, False, False, 404]
    decide(editor, contribution, "approve")
    assert doors() == [True, True, True, True, 200]


# What publishing released, its opposite takes back


def unpublish(editor, contribution):
    editor.post(f"/admin/pages/{contribution.page_id}/unpublish/")


def unpublish_in_bulk(editor, contribution):
    editor.post(f"/admin/bulk/wagtailcore/page/unpublish/?id={contribution.page_id}")


def delete(editor, contribution):
    editor.post(f"/admin/pages/{contribution.page_id}/delete/")


def delete_in_bulk(editor, contribution):
    editor.post(f"/admin/bulk/wagtailcore/page/delete/?id={contribution.page_id}")


def reopen(editor, contribution):
    editor.post(review_url(contribution), {"actie": "heropen"})


def expire(editor, contribution):
    Page.objects.update(expire_at=timezone.now() - timedelta(minutes=1))
    Page.objects.exclude(pk=contribution.page_id).update(expire_at=None)
    call_command("publish_scheduled")


def make_private(editor, contribution):
    PageViewRestriction.objects.create(page=contribution.page, restriction_type="login")


@pytest.mark.parametrize(
    "take_back",
    [unpublish, unpublish_in_bulk, delete, delete_in_bulk, reopen, expire, make_private],
)
def test_nothing_stays_in_the_open_after(
    contribution, editor, take_back, django_capture_on_commit_callbacks
):
    way = trail(contribution.page)
    decide(editor, contribution, "approve")
    assert open_doors(way) == ALL_DOORS

    with django_capture_on_commit_callbacks(execute=True):
        take_back(editor, contribution)
    work()

    assert open_doors(way) == set()
    assert CreditedImage.objects.count() == 0


def test_replaced_document_is_taken_back(contribution, editor, django_capture_on_commit_callbacks):
    way = trail(contribution.page)
    decide(editor, contribution, "approve")
    assert open_doors(way) == ALL_DOORS

    page = contribution.page.specific
    page.refresh_from_db()
    page.document = make_document(content=pdf_bytes("Een nieuwe druk"), title="Nieuwe druk")
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    work()

    assert ALL_DOORS - open_doors(way) == {
        "search by text of the document",
        "api images",
        "document",
        "text of the document",
        "cover",
    }
    assert Client().get(page.document.url).status_code == 200


def test_document_without_right_to_share_is_taken_back(
    contribution, editor, django_capture_on_commit_callbacks
):
    way = trail(contribution.page)
    decide(editor, contribution, "approve")
    assert open_doors(way) == ALL_DOORS

    with django_capture_on_commit_callbacks(execute=True):
        response = editor.post(
            f"/admin/documents/edit/{way.document_id}/",
            {"title": "Vogels", "collection": "1", "tags": "", "accessible": "onbekend"}
            | {"right_to_share": RightToShare.NONE},
        )
    assert response.status_code == 302
    work()

    assert ALL_DOORS - open_doors(way) == {
        "search by text of the document",
        "api images",
        "document",
        "text of the document",
        "cover",
    }


def test_document_without_right_to_share_is_never_released(client, editor):
    contribution, _ = contribute(client, bestand=upload(pdf_bytes(IN_FILE)), recht="eigen")
    LibraryDocument.objects.update(right_to_share=RightToShare.NONE)

    decide(editor, contribution, "approve")

    page = contribution.page.specific
    assert Client().get(page.get_url()).status_code == 200
    assert Client().get(page.document.url).status_code == 404
    assert LibraryDocument.objects.get().page_texts == []
    assert CreditedImage.objects.count() == 0
