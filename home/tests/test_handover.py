"""Handing over the work of a colleague who leaves."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from wagtail.models import APIToken, Comment, Page, PageSubscription, WorkflowState

from forms.tests.factories import browser_of, make_editor, make_editors, make_form_page, make_writer
from home.handover import HISTORY, WORK, is_claim, relations
from home.models import Handover
from home.setup.site import EDITORS_LATER, permission
from stories.tests.factories import make_article

pytestmark = pytest.mark.django_db

LIST = "/admin/collegas/"


@pytest.fixture
def editor(client):
    make_form_page()
    make_editors().permissions.add(*map(permission, EDITORS_LATER["mensen-en-privacy"]))
    client.force_login(make_editor(username="anna"))
    return client


def hand_over(browser: Client, leaver: User, colleague: User, **answers):
    answers = {"collega": str(colleague.pk), "zeker": "on", **answers}
    return browser.post(f"{LIST}{leaver.pk}/", answers, follow=True)


def test_every_relation_to_a_user_is_work_or_history():
    unknown = {name for name in relations() if not is_claim(name)} - set(WORK) - HISTORY

    assert unknown == set(), "Add these to WORK or to HISTORY in home/handover.py."
    assert set(WORK) | HISTORY <= set(relations())


def test_work_goes_to_a_colleague_and_the_account_ends(editor):
    leaver, colleague = make_writer(username="bert"), make_writer(username="carla")
    page = make_article(title="Half af", live=False, owner=leaver)
    shared = make_article(title="Samen")
    page.save_revision(user=leaver)
    page.get_workflow().start(page, leaver)
    Page.objects.filter(pk=page.pk).update(locked=True, locked_by=leaver)
    comments = [
        Comment.objects.create(
            page=page, user=leaver, text=text, contentpath="title", position="", resolved_at=when
        )
        for text, when in (("open", None), ("klaar", "2026-01-01T12:00Z"))
    ]
    for one, user in ((page, leaver), (shared, leaver), (shared, colleague)):
        PageSubscription.objects.create(page=one, user=user, comment_notifications=True)
    APIToken.objects.create(user=leaver, name="sleutel")
    session = browser_of(leaver)
    assert session.get("/admin/").status_code == 200

    shown = editor.get(f"{LIST}{leaver.pk}/").content.decode()
    assert "1 pagina’s" in shown
    assert "Half af" in shown
    refused = hand_over(editor, leaver, colleague, zeker="")
    assert "Zet eerst het vinkje." in refused.content.decode()
    done = hand_over(editor, leaver, colleague)

    assert "Het werk van bert is overgedragen." in done.content.decode()
    page.refresh_from_db()
    assert [page.owner, page.locked_by] == [colleague, colleague]
    assert WorkflowState.objects.get().requested_by == colleague
    assert [Comment.objects.get(pk=c.pk).user for c in comments] == [colleague, leaver]
    assert set(PageSubscription.objects.filter(user=colleague).values_list("page", flat=True)) == {
        page.pk,
        shared.pk,
    }
    assert not PageSubscription.objects.filter(user=leaver).exists()
    assert not APIToken.objects.exists()
    assert page.latest_revision.user == leaver
    assert session.get("/admin/").status_code == 302
    leaver.refresh_from_db()
    assert not leaver.is_active
    note = Handover.objects.get()
    assert [note.leaver, note.colleague, note.by.username] == [leaver, colleague, "anna"]
    assert note.counts["pagina’s"] == 1
    assert note.counts["sessies, beëindigd"] == 1
    again = hand_over(editor, leaver, colleague)
    assert "al uitgezet" in again.content.decode()
    assert Handover.objects.count() == 1


def test_editors_work_goes_to_an_editor_only(editor):
    leaver, writer = make_editor(username="bert"), make_writer(username="carla")

    response = hand_over(editor, leaver, writer)

    assert "Kies een collega uit de lijst." in response.content.decode()
    assert User.objects.get(pk=leaver.pk).is_active


def test_no_editor_ends_their_own_account_or_that_of_an_administrator(editor):
    boss = User.objects.create_superuser("baas")
    me = User.objects.get(username="anna")
    page = editor.get(LIST).content.decode()
    assert "baas" not in page

    for leaver in (me, boss):
        response = hand_over(editor, leaver, make_editor())
        assert "Dit account mag je niet uitzetten." in response.content.decode()

    assert User.objects.filter(is_active=True, username__in=["anna", "baas"]).count() == 2


def test_writer_and_visitor_hand_over_nothing(editor):
    leaver, colleague = make_writer(), make_writer()

    for browser in (browser_of(colleague), Client()):
        hand_over(browser, leaver, colleague)
        assert browser.get(LIST).status_code == 302

    assert User.objects.get(pk=leaver.pk).is_active


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_colleagues_asks_as_much_for_each_number(editor, count, django_assert_num_queries):
    for _ in range(count):
        make_writer()
    editor.get(LIST)

    with django_assert_num_queries(15):
        editor.get(LIST)
