"""What publishing releases of a document, and what takes it back: file, text and cover."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from publications.models import CreditedImage, LibraryDocument, PublicationPage, RightToShare
from publications.tasks import read_document_file
from publications.tests.factories import (
    make_document,
    make_publication,
    pdf_bytes,
    private_path,
    work,
)
from publications.tests.pdfs import SCRIPT, one_page_pdf

pytestmark = pytest.mark.django_db

TEXT = "Zwaluwen onder de dakgoot"


def make_released(**fields) -> tuple[PublicationPage, LibraryDocument]:
    document = make_document(content=pdf_bytes(TEXT, "Bladzijde twee"), **fields)
    page = make_publication(title="Vogels in de wijk", document=document)
    work()
    document.refresh_from_db()
    return page, document


def is_found(client) -> bool:
    response = client.get("/bibliotheek/", {"q": "dakgoot"})
    return response.status_code == 200 and bool(response.context["results"].hits)


def what_is_out(document) -> dict[str, bool]:
    """Tell what everyone can get of a document, through every door there is."""
    client = Client()
    covers = CreditedImage.objects.filter(drawn_from=document.pk)
    stored = LibraryDocument.objects.filter(pk=document.pk).first()
    return {
        "file": client.get(document.url).status_code == 200,
        "search": is_found(client),
        "cover": covers.exists(),
        "cover file": any(Path(image.file.path).exists() for image in covers),
        "text": bool(stored and any(stored.page_texts)),
    }


NOTHING = dict.fromkeys(["file", "search", "cover", "cover file", "text"], False)
ALL = dict.fromkeys(NOTHING, True)


def test_publishing_releases_file_text_and_cover():
    document = make_document(content=pdf_bytes(TEXT, "Bladzijde twee"))
    page = make_publication(document=document, live=False)
    work()
    document.refresh_from_db()
    assert (document.page_count, document.page_texts, document.warnings) == (2, [], [])
    assert document.read_at
    assert what_is_out(document) == NOTHING

    page.get_latest_revision().publish()
    work()

    assert what_is_out(document) == ALL
    document.refresh_from_db()
    assert [text.strip() for text in document.page_texts] == [TEXT, "Bladzijde twee"]
    cover = document.drawn_cover
    assert (cover.title, cover.is_decorative, cover.width) == ("Omslag van Rapport", True, 900)


def without_right(page, document):
    document.right_to_share = RightToShare.NONE
    document.save()


def behind_password(page, document):
    PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.PASSWORD, password="geheim"
    )


def library_behind_login(page, document):
    PageViewRestriction.objects.create(
        page=page.get_parent(), restriction_type=PageViewRestriction.LOGIN
    )


def in_private_collection(page, document):
    document.collection = make_private(Collection.get_first_root_node().add_child(name="Intern"))
    document.save()


def collection_behind_login(page, document):
    document.collection = Collection.get_first_root_node().add_child(name="Rapporten")
    document.save()
    make_private(document.collection, CollectionViewRestriction.LOGIN)


def make_private(collection, kind=CollectionViewRestriction.PASSWORD):
    CollectionViewRestriction.objects.create(
        collection=collection, restriction_type=kind, password="geheim"
    )
    return collection


def another_document(page, document):
    page.document = make_document(title="Ander")
    page.save_revision().publish()


def no_document(page, document):
    page.document = None
    page.save_revision().publish()


def unpublish(page, document):
    page.unpublish()


def delete_page(page, document):
    page.delete()


def delete_document(page, document):
    document.delete()


@pytest.mark.parametrize(
    "take_back",
    [
        unpublish,
        delete_page,
        another_document,
        no_document,
        without_right,
        behind_password,
        library_behind_login,
        in_private_collection,
        collection_behind_login,
        delete_document,
    ],
)
def test_what_was_released_is_taken_back(take_back, django_capture_on_commit_callbacks):
    page, document = make_released()
    cover_path = Path(document.drawn_cover.file.path)
    assert what_is_out(document) == ALL

    with django_capture_on_commit_callbacks(execute=True):
        take_back(page, LibraryDocument.objects.get())

    assert what_is_out(document) == NOTHING
    assert not cover_path.exists()
    work()
    assert what_is_out(document) == NOTHING


def test_document_on_two_pages_stays_as_long_as_one_is_live():
    page, document = make_released()
    other = make_publication(document=document)
    page.unpublish()
    assert what_is_out(document) == ALL

    other.unpublish()

    assert what_is_out(document) == NOTHING


def test_what_was_taken_back_comes_back():
    page, document = make_released()
    page.unpublish()
    page.get_latest_revision().publish()
    work()
    assert what_is_out(document) == ALL

    without_right(page, document)
    document.right_to_share = RightToShare.OWN
    document.save()
    work()
    assert what_is_out(document) == ALL

    behind_password(page, document)
    PageViewRestriction.objects.all().delete()
    work()
    assert what_is_out(document) == ALL


def test_document_comes_back_when_its_collection_is_public_again(
    admin_client, django_capture_on_commit_callbacks
):
    _, document = make_released()
    collection = Collection.get_first_root_node().add_child(name="Rapporten")
    LibraryDocument.objects.update(collection=collection)
    privacy = reverse("wagtailadmin_collections:set_privacy", args=[collection.pk])

    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(privacy, {"restriction_type": "login"})
    assert what_is_out(document) == NOTHING
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(privacy, {"restriction_type": "none"})
    work()
    assert what_is_out(document) == ALL


def test_collection_moved_in_the_admin_takes_its_documents_along(
    admin_client, django_capture_on_commit_callbacks
):
    _, document = make_released()
    root = Collection.get_first_root_node()
    private = make_private(root.add_child(name="Intern"))
    collection = root.add_child(name="Rapporten")
    LibraryDocument.objects.update(collection=collection)
    edit = reverse("wagtailadmin_collections:edit", args=[collection.pk])

    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(edit, {"name": "Rapporten", "parent": private.pk})

    assert Collection.objects.get(pk=collection.pk).get_parent() == private
    assert what_is_out(document) == NOTHING


def test_name_too_long_for_the_disk_is_refused_in_the_admin_in_words(admin_client):
    answers = {"title": "Rapport", "right_to_share": "eigen", "accessible": "ja", "tags": ""}
    said = {}

    for name in ("é" * 120, "v" * 300):
        file = SimpleUploadedFile(f"{name}.pdf", pdf_bytes())
        response = admin_client.post(reverse("wagtaildocs:add"), {**answers, "file": file})
        said[name[0]] = (
            response.status_code,
            "De naam van dit bestand is te lang." in str(response.content.decode()),
        )
        several = admin_client.post(
            reverse("wagtaildocs:add_multiple"),
            {"files[]": SimpleUploadedFile(f"{name}.pdf", pdf_bytes())},
        )
        said[f"{name[0]}, several at once"] = (several.status_code, several.json()["success"])

    assert said == {
        "é": (200, True),
        "v": (200, True),
        "é, several at once": (200, False),
        "v, several at once": (200, False),
    }
    assert not LibraryDocument.objects.exists()


def test_another_file_in_a_document_is_read_anew(admin_client):
    _, document = make_released()
    old_print, old_cover = document.fingerprint, document.drawn_cover.pk
    edit = reverse("wagtaildocs:edit", args=[document.pk])
    (scripted := Path(document.file.path).parent / "nieuw.pdf").write_bytes(
        one_page_pdf(catalog=f"/OpenAction {SCRIPT}")
    )

    with scripted.open("rb") as file:
        answers = {"title": "Nieuw", "right_to_share": "eigen", "accessible": "ja", "tags": ""}
        response = admin_client.post(edit, {**answers, "file": file})

    assert response.status_code == 302
    assert not is_found(Client())
    assert not CreditedImage.objects.filter(pk=old_cover).exists()
    work()
    document.refresh_from_db()
    assert (document.warnings, document.page_count) == (["scripts", "geen-tekst"], 1)
    assert document.fingerprint != old_print
    assert document.drawn_cover.pk != old_cover


def test_reading_twice_changes_nothing_and_a_vanished_document_is_let_go():
    _, document = make_released()
    cover, texts = document.drawn_cover.pk, document.page_texts

    read_document_file.call(document.pk)
    read_document_file.call(document.pk)

    document = LibraryDocument.objects.get()
    assert (document.drawn_cover.pk, document.page_texts) == (cover, texts)
    assert CreditedImage.objects.count() == 1
    document.delete()
    read_document_file.call(document.pk)
    assert CreditedImage.objects.count() == 0


def test_file_that_vanished_from_the_disk_is_unreadable():
    document = make_document()
    private_path(document).unlink()

    work()

    document.refresh_from_db()
    assert document.warnings == ["onleesbaar"]


def test_enormous_text_is_kept_from_the_search_index_in_time(client):
    words = [*["beginwoord"] * 3, *(f"{n:044x}" for n in range(25_000))]
    document = make_document(content=pdf_bytes("Kort"))
    page = make_publication(title="Dik boek", document=document)
    work()
    LibraryDocument.objects.update(page_texts=[" ".join(words)])

    page.save_revision().publish()

    found = client.get("/bibliotheek/", {"q": words[0]}).context["results"]
    assert [hit.title for hit in found.hits] == ["Dik boek"]


def test_document_that_cannot_be_read_is_released_all_the_same():
    document = make_document(content=b"PK", name="verslag.docx")
    make_publication(document=document)

    work()

    document.refresh_from_db()
    assert (document.warnings, document.page_texts) == (["onleesbaar"], [])
    assert what_is_out(document) == {**NOTHING, "file": True}


def test_file_lies_where_nobody_can_guess_it(settings):
    content = pdf_bytes()  # which says in which second it was made
    one, other = make_document(content=content), make_document(content=content)

    folders = [private_path(document).parent for document in (one, other)]

    assert folders[0] != folders[1]
    for folder in folders:
        assert len(folder.name) == 24
        assert folder.is_relative_to(settings.PRIVATE_ROOT)
        assert not folder.is_relative_to(settings.MEDIA_ROOT)
    assert one.fingerprint == other.fingerprint
    assert len(one.fingerprint) == 64


def test_download_is_the_whole_file_and_runs_nothing(client):
    content = pdf_bytes("Samen eten")
    document = make_document(content=content, name="Ons rapport <é>.pdf")
    make_publication(document=document)

    response = client.get(document.url)

    assert b"".join(response.streaming_content) == content
    headers = {
        name: response[name]
        for name in (
            "Content-Type",
            "Content-Length",
            "Content-Security-Policy",
            "X-Content-Type-Options",
            "Cache-Control",
        )
    }
    assert headers == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(content)),
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }
    assert response["Content-Disposition"].startswith("attachment; filename")


def test_download_by_head_by_part_and_by_what_one_has(client):
    content = pdf_bytes("Samen eten")
    document = make_document(content=content)
    page = make_publication(document=document)
    first = client.get(document.url)

    head = client.head(document.url)
    assert (head.status_code, b"".join(head.streaming_content)) == (200, b"")
    assert head["Content-Length"] == str(len(content))
    part = client.get(document.url, headers={"Range": "bytes=0-9"})
    assert (part.status_code, b"".join(part.streaming_content)) == (200, content)
    known = {"If-None-Match": first["ETag"]}
    assert client.get(document.url, headers=known).status_code == 304

    page.unpublish()

    for headers in ({}, {"Range": "bytes=0-9"}, known, {"If-None-Match": "*"}):
        for method in (client.get, client.head, client.post):
            response = method(document.url, headers=headers)
            assert response.status_code == 404
            assert "ETag" not in response


def test_address_with_another_name_or_number_is_not_found(client):
    document = make_document()
    make_publication(document=document)
    assert client.get(document.url).status_code == 200

    for address in (
        f"/documents/{document.pk}/anders.pdf",
        f"/documents/{document.pk + 1}/rapport.pdf",
        f"/documents/{document.pk}/../../etc/passwd",
        f"/documents/{10**30}/rapport.pdf",
        f"/media/{document.file.name}",
        f"/media/../private/{document.file.name}",
    ):
        assert client.get(address).status_code in (400, 404)


def test_editor_reads_an_unreleased_document_and_no_cache_keeps_it(admin_client):
    document = make_document()
    make_publication(document=document, live=False)

    response = admin_client.get(document.url)

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-cache"
    assert Client().get(document.url).status_code == 404
