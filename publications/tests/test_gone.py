"""The address of a page that everyone could read once says that it is gone, when and why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction

from publications.models import GonePage, PublicationPage
from publications.tests.editing import send
from publications.tests.factories import make_library, make_publication
from publications.tests.visits import text_of

pytestmark = pytest.mark.django_db


def take_away(browser, page, name="unpublish"):
    return browser.post(reverse(f"wagtailadmin_pages:{name}", args=[page.pk]), follow=True)


@pytest.mark.parametrize("name", ["unpublish", "delete"])
def test_page_that_was_public_is_gone_with_when_and_why(client, admin_client, name):
    page = make_publication(title="Buurthuizen <nu>", summary="Over tafels.")
    new = make_publication(title="Buurthuizen later")

    answer = take_away(admin_client, page, name)

    gone = GonePage.objects.get()
    edit = reverse("publications_gonepage_modeladmin_edit", args=[gone.pk])
    assert edit in answer.content.decode()
    today = date_format(timezone.localtime(gone.withdrawn_at), "j F Y")
    response = client.get(page.url)
    assert response.status_code == 410
    assert f"Publicatie, weg sinds {today} Buurthuizen <nu>" in text_of(response)
    assert "de redactie heeft het van de site gehaald" in text_of(response)
    assert "Over tafels" not in response.content.decode()
    admin_client.post(
        edit, {"title": gone.title, "reason": "Er is een nieuwe.", "replaced_by": new.pk}
    )
    html = client.get(page.url.rstrip("/")).content.decode()
    assert "Er is een nieuwe." in html
    assert f'<a href="{new.url}">Buurthuizen later</a>' in html
    assert "heeft het van de site gehaald" not in html


def test_replacement_that_is_not_public_is_not_named(client):
    page, new = make_publication(), make_publication(title="Geheim plan", live=False)
    page.unpublish()
    GonePage.objects.update(replaced_by=new)

    assert "Geheim plan" not in client.get(page.url).content.decode()


def test_what_was_never_public_is_not_found(client):
    draft = make_publication(title="Nooit", live=False)
    secret = make_publication(title="Besloten")
    PageViewRestriction.objects.create(page=secret, restriction_type=PageViewRestriction.LOGIN)
    example = make_publication(title="Voorbeeld", is_example=True)
    for page in (draft, secret, example):
        page.delete()

    assert not GonePage.objects.exists()
    for page in (draft, secret, example):
        assert client.get(page.url).status_code == 404
    assert client.get("/bestaat%00niet/").status_code == 404


def test_publishing_again_ends_it(client, admin_client):
    page = make_publication()
    take_away(admin_client, page)
    assert client.get(page.url).status_code == 410

    send(admin_client, reverse("wagtailadmin_pages:edit", args=[page.pk]), "action-publish")

    assert client.get(page.url).status_code == 200
    assert not GonePage.objects.exists()


def test_another_page_at_the_same_address_is_simply_there(client):
    make_publication(slug="zelfde").delete()

    page = make_publication(slug="zelfde", title="Een ander")

    assert client.get(page.url).status_code == 200
    page.delete()
    assert "Een ander" in text_of(client.get(page.url))


def test_moved_page_redirects_and_a_redirect_of_editors_comes_first(
    client, admin_client, django_capture_on_commit_callbacks
):
    page, gone = make_publication(slug="oud"), make_publication()
    old_address = page.url
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    with django_capture_on_commit_callbacks(execute=True):
        send(admin_client, edit, "action-publish", slug="nieuw")
    gone.unpublish()
    Redirect.add_redirect(gone.url, page)

    moved = client.get(old_address)

    assert (moved.status_code, moved["Location"]) == (301, "/bibliotheek/nieuw/")
    assert client.get(gone.url).status_code == 301


def test_deleting_the_library_says_it_of_all_that_was_in_it(client):
    pages = [make_publication(), make_publication()]

    make_library().delete()

    assert not PublicationPage.objects.exists()
    assert [client.get(page.url).status_code for page in pages] == [410, 410]


def test_pages_that_are_there_ask_nothing_more(client):
    page = make_publication()
    client.get(page.url)

    with CaptureQueriesContext(connection) as captured:
        client.get(page.url)

    assert not any("gonepage" in query["sql"] for query in captured)


def test_only_editors_change_what_it_says(client, django_user_model):
    make_publication().unpublish()
    edit = reverse("publications_gonepage_modeladmin_edit", args=[GonePage.objects.get().pk])
    user = django_user_model.objects.create_user("schrijver")
    client.force_login(user)

    assert client.post(edit, {"title": "x", "reason": "x"}).status_code in (302, 403)
    assert GonePage.objects.get().reason == ""
