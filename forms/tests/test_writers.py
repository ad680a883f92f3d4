"""The writer's whole way, over a real mail server: asked, accepted, written, checked, published."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import TaskState
from wagtail.test.utils.form_data import (
    inline_formset,
    nested_form_data,
    rich_text,
    streamfield,
)

from forms.mail import deliver_due_mail
from forms.models import OutboxMail, WriterRequest
from forms.retention import erase_what_is_due
from forms.tests.factories import (
    CRITERIA,
    browser_of,
    make_article_index,
    make_editor,
    make_form_page,
    make_writer,
    told,
)
from forms.tests.mail_server import Mailbox, mail_server
from publications.tests.editing import send
from publications.tests.visits import queries_of
from stories.blocks import TEXT_FEATURES
from stories.models import ArticlePage
from stories.tests.factories import make_article, make_tip

pytestmark = pytest.mark.django_db

ADDRESS = "joke@voorbeeld.example"
LINK = re.compile(r"http://127\.0\.0\.1:8000(/\S+)")
PASSWORD = "een-bankje-voor-de-deur"


@pytest.fixture
def mailbox(settings):
    mailbox = Mailbox()
    with mail_server(mailbox, settings):
        yield mailbox


@pytest.fixture
def editor(db):
    make_form_page()
    make_writer()  # makes the group
    return browser_of(make_editor(username="redactie", email="redactie@voorbeeld.example"))


def ask(client, **answers):
    answers = {"naam": "Joke Visser", "email": ADDRESS, "waarover": "Bankjes.", **answers}
    return client.post("/schrijf-mee/", answers)


def decide(editor, **answers):
    request = WriterRequest.objects.latest("pk")
    return editor.post(reverse("writer_request", args=[request.pk]), answers)


def mails(mailbox, recipient=ADDRESS) -> list[str]:
    """Deliver what waits; return the subjects of what came for one address, and empty the box."""
    return [" ".join(message["Subject"].split()) for message in letters(mailbox, recipient)]


def letters(mailbox, recipient=ADDRESS) -> list:
    deliver_due_mail.call()
    found = [message for recipients, message in mailbox if recipients == [recipient]]
    mailbox.clear()
    return found


def link_in(message) -> str:
    return LINK.findall(message.get_body(("plain",)).get_content())[0]


def begin(client, editor, mailbox) -> Client:
    """Ask, be accepted, choose a password and log in."""
    ask(client)
    decide(editor, actie="aannemen")
    (welcome,) = letters(mailbox)
    writer = Client()
    form = writer.get(link_in(welcome), follow=True)
    address = form.redirect_chain[-1][0]
    answers = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert writer.post(address, answers).status_code == 302
    assert writer.login(username=ADDRESS, password=PASSWORD)
    return writer


def add_address() -> str:
    return reverse(
        "wagtailadmin_pages:add", args=["stories", "articlepage", make_article_index().pk]
    )


def written(**changes) -> dict:
    """Return what the editor of an article posts for a text under one of the headings."""
    body = [
        ("heading", "Wat deden jullie?"),
        ("text", rich_text("<p>Nu kent Joke iedereen.</p>", features=TEXT_FEATURES)),
    ]
    text = nested_form_data({"body": streamfield(body)})
    return {"title": "Een bankje", "slug": "een-bankje", **text, **changes}


def check(editor, page, action: str, **answers):
    state = TaskState.objects.filter(revision__object_id=str(page.pk)).latest("pk")
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk])
    return editor.post(address, answers)


def approved() -> dict:
    return {f"criterium_{slug}": "ja" for slug in CRITERIA}


def test_whole_way_of_a_writer_from_asking_to_published(client, editor, mailbox):
    assert ask(client).status_code == 302
    assert mails(mailbox, "info@buurtwijs.nl") == ["Joke Visser wil meeschrijven"]
    assert "Joke Visser" in editor.get("/admin/forms/writerrequest/").content.decode()
    writer = begin(client, editor, mailbox)

    response = send(writer, add_address(), "action-submit", **written())
    page = ArticlePage.objects.get()
    assert response.status_code == 302
    assert (page.live, page.owner.username) == (False, ADDRESS)
    assert mails(mailbox) == ["We hebben je artikel ‘Een bankje’"]

    check(editor, page, "reject", reden="In welke straat staat het?")
    (question,) = letters(mailbox)
    assert question["Subject"] == "Een vraag over je artikel ‘Een bankje’"
    assert "In welke straat staat het?" in question.get_body(("plain",)).get_content()

    again = written(title="Een bankje aan de Dorpsstraat")
    send(writer, link_in(question), "action-submit", **again)
    page.refresh_from_db()
    assert page.current_workflow_state.status == "in_progress"
    assert mails(mailbox) == ["We hebben je artikel ‘Een bankje aan de Dorpsstraat’"]

    check(editor, page, "approve", **approved())
    page.refresh_from_db()
    assert (page.live, page.title) == (True, "Een bankje aan de Dorpsstraat")
    assert mails(mailbox) == ["Je artikel ‘Een bankje aan de Dorpsstraat’ staat online"]
    assert "Nu kent Joke iedereen." in Client().get(page.url).content.decode()


def test_new_article_begins_with_a_structure_and_tips_for_a_writer(editor):
    make_tip(title="Bouw je tekst op", slug="zes-stappen", intro="Met een vaste opbouw.")
    writer = browser_of(make_writer())

    for_writer = writer.get(add_address()).content.decode()
    for_editor = editor.get(add_address()).content.decode()

    assert "Wat deden jullie?" in for_writer
    assert "Bouw je tekst op" in for_writer
    assert 'name="is_example"' not in for_writer
    assert 'name="slug"' not in for_writer
    assert "Bouw je tekst op" not in for_editor
    assert 'name="slug"' in for_editor


def test_writer_meets_only_their_own_articles_and_the_way_to_a_new_one(editor):
    user = make_writer()
    make_article(title="Van mij", live=False, owner=user)
    make_article(title="Van een ander", live=False)
    writer = browser_of(user)

    html = writer.get("/admin/").content.decode()

    assert "Van mij" in html
    assert "Van een ander" not in html
    assert writer.get("/admin/artikelen/nieuw/").url == add_address()
    assert "/admin/reports/" not in html
    assert "/admin/artikelen/nieuw/" not in editor.get("/admin/").content.decode()


def test_queries_of_the_writers_dashboard_do_not_grow(editor):
    user = make_writer()
    writer = browser_of(user)
    asked = []
    for number in range(1, 13):
        page = make_article(live=False, owner=user)
        page.get_workflow().start(page, user)
        if number in (1, 12):
            asked.append(queries_of(writer, "/admin/"))

    assert asked[0] == asked[1]


def test_editor_comments_in_place_and_the_writer_reads_it_there(editor):
    user = make_writer(email=ADDRESS)
    page = make_article(title="Een bankje", live=False, owner=user)
    page.get_workflow().start(page, user)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    note = {"text": "Welke straat?", "contentpath": "title", "position": "", "id": ""}
    note |= {"resolved": "", "deleted": "", "replies": inline_formset([])}

    comments = nested_form_data({"comments": inline_formset([note])})
    response = send(editor, address, **written(), **comments)
    check(editor, page, "reject", reden="Zie de opmerkingen.")

    assert response.status_code == 302
    assert [comment.text for comment in page.wagtail_admin_comments.all()] == ["Welke straat?"]
    assert "Welke straat?" in browser_of(user).get(address).content.decode()


def test_writer_cannot_publish_by_any_button(editor):
    user = make_writer()
    page = make_article(title="Een bankje", live=False, owner=user)
    writer = browser_of(user)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])

    send(writer, address, "action-publish", **written())
    page.get_workflow().start(page, user)
    state = TaskState.objects.latest("pk")
    action = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    writer.post(action, approved())
    writer.post(f"/admin/bulk/wagtailcore/page/publish/?id={page.pk}")

    page.refresh_from_db()
    assert not page.live


def test_planned_article_tells_the_writer_when_and_again_when_it_is_there(editor, mailbox):
    user = make_writer(email=ADDRESS)
    page = make_article(title="Een bankje", live=False, owner=user)
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision()
    page.get_workflow().start(page, user)
    mails(mailbox)

    check(editor, page, "approve", **approved())
    planned = mails(mailbox)
    page.refresh_from_db()
    was_live = page.live
    page.revisions.update(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled", verbosity=0)

    assert planned == ["Je artikel ‘Een bankje’ komt online"]
    assert not was_live
    assert mails(mailbox) == ["Je artikel ‘Een bankje’ staat online"]


def test_second_version_of_a_writer_is_told_of_once(editor, mailbox):
    user = make_writer(email=ADDRESS)
    page = make_article(title="Een bankje", owner=user)
    mails(mailbox)
    page.save_revision()
    page.get_workflow().start(page, user)
    mails(mailbox)

    check(editor, page, "approve", **approved())

    assert mails(mailbox) == ["Je artikel ‘Een bankje’ staat online"]


def test_editor_hears_nothing_of_their_own_article(editor, mailbox):
    owner = make_editor(email="meta@voorbeeld.example")

    make_article(owner=owner)

    assert mails(mailbox, "meta@voorbeeld.example") == []


def test_password_link_works_once(client, editor, mailbox):
    ask(client)
    decide(editor, actie="aannemen")
    (welcome,) = letters(mailbox)
    address = Client().get(link_in(welcome), follow=True).redirect_chain[-1][0]
    first = Client()
    first.get(link_in(welcome))
    answers = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert first.post(address, answers).status_code == 302

    second = Client().get(link_in(welcome), follow=True)

    assert not second.context["validlink"]
    assert User.objects.get(username=ADDRESS).check_password(PASSWORD)


def test_same_answer_for_an_address_that_has_an_account(client, editor, mailbox):
    User.objects.create_user("iemand", email=ADDRESS)

    known = ask(client, email=ADDRESS.upper())
    unknown = ask(client, email="nieuw@voorbeeld.example")

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert WriterRequest.objects.get().email == "nieuw@voorbeeld.example"
    assert mails(mailbox) == ["Je kunt al meeschrijven op het Kennisplein"]


def test_bad_answers_stay_on_the_page(client, editor):
    response = ask(client, email="joke", waarover="")

    assert response.status_code == 200
    html = response.content.decode()
    assert "Vul een e-mailadres in, zoals naam@voorbeeld.nl." in html
    assert 'value="Joke Visser"' in html
    assert not WriterRequest.objects.exists()


def test_program_in_the_trap_gets_the_same_answer_and_leaves_nothing(client, editor):
    response = ask(client, website="https://reclame.example")

    assert response.url == "/schrijf-mee/gevraagd/"
    assert not WriterRequest.objects.exists()
    assert not OutboxMail.objects.exists()


def test_too_many_requests_wait_and_lose_nothing(client, editor, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 1
    ask(client)

    response = ask(client, waarover="Nog iets over bankjes.")

    assert response.status_code == 429
    assert response["Retry-After"]
    assert "Nog iets over bankjes." in response.content.decode()
    assert WriterRequest.objects.count() == 1


def test_request_is_decided_once(client, editor, mailbox):
    ask(client)
    decide(editor, actie="aannemen")
    decide(editor, actie="aannemen")

    refused = decide(editor, actie="afwijzen", reden="Toch niet.")

    assert told(refused) == ["Hier is al over beslist."]
    assert User.objects.filter(username=ADDRESS).count() == 1
    assert mails(mailbox) == ["Welkom als schrijver van het Kennisplein"]


def test_looking_at_a_request_decides_nothing(client, editor):
    ask(client)

    address = reverse("writer_request", args=[WriterRequest.objects.get().pk])
    html = editor.get(address, {"actie": "aannemen"}).content.decode()

    assert "Bankjes." in html
    assert WriterRequest.objects.get().decided_at is None


def test_declining_needs_a_reason_and_mails_it(client, editor, mailbox):
    ask(client)

    without = decide(editor, actie="afwijzen", reden="")
    decide(editor, actie="afwijzen", reden="Er zijn nu genoeg schrijvers.")

    assert "Schrijf in een of twee zinnen waarom niet." in without.content.decode()
    (letter,) = letters(mailbox)
    assert "Er zijn nu genoeg schrijvers." in letter.get_body(("plain",)).get_content()
    assert not User.objects.filter(username=ADDRESS).exists()


def test_account_that_was_switched_off_stays_off(client, editor):
    User.objects.create_user("iemand", email=ADDRESS, is_active=False)
    ask(client)

    response = decide(editor, actie="aannemen")

    assert told(response) == ["Dit account is uitgezet. Vraag de beheerder of het weer aan mag."]
    assert not User.objects.get(username="iemand").is_active


def test_requests_are_for_editors_only(client, editor):
    ask(client)
    address = reverse("writer_request", args=[WriterRequest.objects.get().pk])

    for browser in (Client(), browser_of(make_writer())):
        for path in (address, "/admin/forms/writerrequest/"):
            assert "Joke Visser" not in browser.get(path, follow=True).content.decode()
        browser.post(address, {"actie": "aannemen"})

    assert WriterRequest.objects.get().decided_at is None


def test_decided_requests_are_erased_in_time(client, editor):
    ask(client)
    ask(client, email="wacht@voorbeeld.example")
    long_ago = timezone.now() - timedelta(days=184)
    WriterRequest.objects.filter(email=ADDRESS).update(decided_at=long_ago)

    erase_what_is_due()

    assert WriterRequest.objects.get().email == "wacht@voorbeeld.example"
