"""What was sent is never overwritten, and nothing that was acknowledged is ever lost."""

from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from wagtail.models import Page

from forms.models import (
    Contribution,
    ContributionFormPage,
    ContributionSubmission,
    OutboxMail,
)
from forms.tests.factories import (
    answers_for,
    contribute,
    decision,
    edit_url,
    hidden_answers,
    make_article_index,
    make_form_page,
    page_form,
    review_url,
    told,
    upload,
)
from publications.models import LibraryDocument, PublicationPage
from publications.tests.factories import make_document, make_library, site_root

pytestmark = pytest.mark.django_db


# Deleting


def delete(browser, page):
    return browser.post(f"/admin/pages/{page.pk}/delete/")


def delete_in_bulk(browser, page):
    return browser.post(f"/admin/bulk/wagtailcore/page/delete/?id={page.pk}")


@pytest.mark.parametrize("remove", [delete, delete_in_bulk])
def test_form_page_and_what_is_above_it_stay_while_there_are_contributions(
    client, editor, superuser, remove
):
    form_page = make_form_page()
    decided, _ = contribute(client)
    editor.post(review_url(decided), decision(decided, "decline"))

    for browser in (editor, superuser):
        for page in (form_page, site_root()):
            assert remove(browser, page).status_code == 302

    assert ContributionFormPage.objects.count() == 1
    assert decided.submissions.count() == 1


def test_editor_is_told_why_the_form_page_stays(client, editor):
    contribution, _ = contribute(client)

    response = delete(editor, contribution.form_page)

    why = "Deze pagina blijft staan: er horen bijdragen bij het formulier."
    assert told(response) == [f"{why} Haal de pagina van de site als niemand haar mag zien."]


@pytest.mark.parametrize("remove", [delete, delete_in_bulk])
def test_form_page_without_contributions_can_be_deleted(editor, remove):
    remove(editor, make_form_page())

    assert ContributionFormPage.objects.count() == 0


def test_form_page_stays_when_code_deletes_it(client):
    form_page = make_form_page()
    contribute(client)

    for page in (form_page, Page.objects.get(pk=form_page.pk), site_root()):
        with pytest.raises(ProtectedError), transaction.atomic():
            page.delete()

    assert client.get("/voeg-kennis-toe/").status_code == 200
    assert PublicationPage.objects.count() == 1


def test_stock_list_of_submissions_is_closed(client, editor, superuser):
    form_page = make_form_page()
    contribution, _ = contribute(client)
    submission = contribution.submissions.get()

    for browser in (editor, superuser):
        assert "Voeg kennis toe" not in browser.get("/admin/forms/").content.decode()
        listing = f"/admin/forms/submissions/{form_page.pk}/"
        assert browser.get(listing).status_code == 302
        removal = browser.post(f"{listing}delete/?selected-submissions={submission.pk}")
        assert removal.status_code == 302

    assert contribution.submissions.count() == 1


def delete_document(browser, document):
    return browser.post(f"/admin/documents/delete/{document.pk}/")


def delete_document_in_bulk(browser, document):
    return browser.post(f"/admin/bulk/publications/librarydocument/delete/?id={document.pk}")


@pytest.mark.parametrize("remove", [delete_document, delete_document_in_bulk])
def test_document_that_was_sent_stays_and_others_can_be_deleted(client, editor, remove):
    contribution, _ = contribute(client, bestand=upload(b"%PDF-1.7"), recht="eigen")
    editor.post(review_url(contribution), decision(contribution, "decline"))
    sent, own = contribution.submissions.get().document, make_document(content=b"%PDF-1.7")

    asked = editor.get(f"/admin/documents/delete/{sent.pk}/").content.decode()
    for document in (sent, own):
        assert remove(editor, document).status_code == 302

    assert (
        "Document kan niet verwijderd worden omdat er een of meer verwijzingen naar bestaan."
        in asked
    )
    assert list(LibraryDocument.objects.all()) == [sent]
    assert Path(sent.file.path).read_bytes() == b"%PDF-1.7"


def test_indexes_above_decided_contributions_can_be_deleted(client, editor):
    contribution, status_url = contribute(client, deur="artikel")
    editor.post(review_url(contribution), decision(contribution, "decline"))

    delete(editor, make_article_index())

    assert not Page.objects.filter(slug="artikelen").exists()
    assert client.get(status_url).status_code == 200


# Sending twice


def test_second_click_gives_one_contribution_and_a_link_that_works(client):
    make_form_page()
    answers = {**answers_for(recht="eigen"), **hidden_answers()}

    links = [
        client.post("/voeg-kennis-toe/", {**answers, "bestand": upload(b"%PDF-1.7")}).url
        for _ in range(2)
    ]

    contribution = Contribution.objects.get()
    assert len(set(links)) == 2
    for link in links:
        assert contribution.reference in client.get(link).content.decode()
    counts = [model.objects.count() for model in (ContributionSubmission, LibraryDocument)]
    assert [*counts, PublicationPage.objects.count(), OutboxMail.objects.count()] == [1, 1, 1, 2]


@pytest.mark.parametrize(
    "changes",
    [
        {"samenvatting": "Iets anders."},
        {"email": "joke@voorbeeld.example"},
        {"naam": "Joke Visser"},
        {"bestand": b"%PDF-1.7 nog een"},
    ],
)
def test_same_form_with_other_answers_is_another_contribution(client, changes):
    make_form_page()
    answers = {**answers_for(recht="eigen"), **hidden_answers(), "bestand": b"%PDF-1.7"}

    for sent in (answers, answers | changes):
        client.post("/voeg-kennis-toe/", {**sent, "bestand": upload(sent["bestand"])})

    assert Contribution.objects.count() == 2
    assert ContributionSubmission.objects.count() == 2


def test_form_without_a_key_knows_a_second_click_by_its_time(client):
    make_form_page()
    answers = {**answers_for("tip"), **hidden_answers(), "sleutel": ""}

    for _ in range(2):
        assert client.post("/voeg-kennis-toe/", answers).status_code == 302

    assert Contribution.objects.count() == 1


def test_second_click_after_the_decision_leads_to_the_same_case(client, editor):
    make_form_page()
    answers = {**answers_for("tip"), **hidden_answers()}
    client.post("/voeg-kennis-toe/", answers)
    contribution = Contribution.objects.get()
    editor.post(review_url(contribution), decision(contribution, "decline"))

    again = client.post("/voeg-kennis-toe/", answers, follow=True)

    assert Contribution.objects.count() == 1
    assert "Je bijdrage is niet geplaatst" in again.content.decode()


def test_later_submissions_leave_the_first_as_it_was(client, editor):
    contribution, status_url = contribute(client)
    first = contribution.submissions.values().get()
    corrected = page_form(contribution.page, title="Verbeterd door de redactie")
    editor.post(edit_url(contribution.page), corrected)
    form = client.get(f"{status_url}wijzigen/").context["form"]
    typed = {f.name: f.value() for f in form if f.value()} | {"titel": "Anders"}
    client.post(f"{status_url}wijzigen/", typed)
    editor.post(review_url(contribution), decision(contribution))

    assert contribution.submissions.values().first() == first
    assert contribution.submissions.count() == 2


# When something breaks


def files_of_contributions() -> list[Path]:
    root = Path(LibraryDocument._meta.get_field("file").storage.location)
    return [path for path in root.rglob("*") if path.is_file()]


def test_file_does_not_stay_behind_when_storing_fails(client):
    make_form_page()
    make_library().delete()  # no place for the draft: everything is rolled back
    answers = {**answers_for(recht="eigen"), **hidden_answers()}

    with pytest.raises(Page.DoesNotExist):
        client.post("/voeg-kennis-toe/", {**answers, "bestand": upload(b"%PDF-1.7")})

    assert files_of_contributions() == []
    assert [Contribution.objects.count(), LibraryDocument.objects.count()] == [0, 0]


def test_file_of_a_change_does_not_stay_behind_when_storing_fails(client):
    contribution, status_url = contribute(client, bestand=upload(b"%PDF-1.7 een"), recht="eigen")
    contribution.page.specific.delete()
    make_library().delete()
    answers = answers_for(recht="eigen", bestand=upload(b"%PDF-1.7 twee"))

    with pytest.raises(Page.DoesNotExist):
        client.post(f"{status_url}wijzigen/", answers)

    assert [path.read_bytes() for path in files_of_contributions()] == [b"%PDF-1.7 een"]
    assert contribution.submissions.count() == 1


def test_reference_of_a_failed_send_is_used_for_the_next(client):
    make_form_page()
    sid = transaction.savepoint()
    contribute(client)
    transaction.savepoint_rollback(sid)

    contribution, _ = contribute(client)

    assert contribution.reference.endswith("-0001")
