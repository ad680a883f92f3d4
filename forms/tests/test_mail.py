import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import GroupApprovalTask, Workflow, WorkflowTask

from forms.mail import deliver_due_mail, queue_mail
from forms.models import Contact, ContributionLink, OutboxMail, StandardReason, Status
from forms.tests.factories import (
    contribute,
    decision,
    edit_url,
    make_editors,
    make_form_page,
    page_form,
    review_url,
    sent_mail,
    upload,
    work,
)
from forms.tests.mail_server import Mailbox, free_port, mail_server

pytestmark = pytest.mark.django_db

LINK = re.compile(r"http://127\.0\.0\.1:8000(/bijdragen/\S+/)")


def body_of(message) -> str:
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


# Delivery


def test_mail_is_delivered_and_its_text_forgotten(client, mailbox):
    contribution, _ = contribute(client)
    queued = {m.template: m.body for m in OutboxMail.objects.all()}

    work()

    receipt, notice = (message for _, message in mailbox)
    assert [recipients for recipients, _ in mailbox] == [
        ["fenna@voorbeeld.example"],
        ["info@buurtwijs.nl"],
    ]
    assert receipt["Subject"] == f"We hebben je bijdrage ontvangen ({contribution.reference})"
    assert receipt["From"] == "Kennisplein Sociale basis <info@buurtwijs.nl>"
    assert receipt["To"] == "fenna@voorbeeld.example"
    assert receipt["Auto-Submitted"] == "auto-generated"
    assert body_of(receipt).strip() == queued["ontvangen"].strip()
    assert "Fenna" not in str(receipt)
    assert f"http://127.0.0.1:8000{review_url(contribution)}" in body_of(notice)
    assert "Fenna" not in str(notice)
    rows = OutboxMail.objects.order_by("pk")
    assert [row.message_id for row in rows] == [receipt["Message-ID"], notice["Message-ID"]]
    assert all(row.delivered_at and not row.body for row in rows)
    assert [(row.attempts, row.last_error) for row in rows] == [(1, ""), (1, "")]


def test_delivered_mail_is_not_sent_again(client, mailbox):
    contribute(client)
    work()
    assert len(mailbox) == 2

    assert deliver_due_mail.call() == 0
    assert len(mailbox) == 2


def test_dead_server_loses_nothing_and_is_tried_less_and_less(client, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    contribute(client)
    before = OutboxMail.objects.get(template="ontvangen")
    waits = []

    for _ in range(11):
        started = timezone.now()
        deliver_due_mail.call()
        row = OutboxMail.objects.get(pk=before.pk)
        waits.append(round((row.next_attempt_at - started).total_seconds() / 60))
        OutboxMail.objects.update(next_attempt_at=timezone.now())

    row.refresh_from_db()
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert [row.body, row.message_id] == [before.body, before.message_id]
    assert row.delivered_at is None
    assert row.last_error == "ConnectionRefusedError: [Errno 111] Connection refused"
    assert "fenna@voorbeeld.example" not in caplog.text

    box = Mailbox()
    with mail_server(box, settings):
        deliver_due_mail.call()

    row.refresh_from_db()
    assert {message["Message-ID"] for _, message in box} >= {before.message_id}
    assert [row.last_error, row.body, bool(row.delivered_at)] == ["", "", True]


def test_mail_is_not_tried_before_its_time(client, mailbox):
    contribute(client)
    OutboxMail.objects.update(next_attempt_at=timezone.now() + timedelta(minutes=1))

    work()

    assert mailbox == []


def test_failed_mail_is_put_back_for_the_worker(client, mailbox):
    contribute(client)
    mailbox.answer = "451 Even niet"
    work()
    later = DBTaskResult.objects.filter(run_after__gt=timezone.now())

    assert mailbox == []
    assert later.count() == 2
    assert set(later.values_list("task_path", flat=True)) == {"forms.mail.deliver_due_mail"}

    mailbox.answer = "250 OK"
    OutboxMail.objects.update(next_attempt_at=timezone.now())
    deliver_due_mail.call()
    assert len(mailbox) == 2


def test_mail_that_cannot_be_sent_does_not_keep_others_back(client, mailbox):
    contribution, _ = contribute(client)
    contribute(client, email="joke@voorbeeld.example", titel="Een bankje")
    Contact.objects.filter(contribution=contribution).update(email="niet\nte versturen")

    work()

    assert [recipients[0] for recipients, _ in mailbox] == [
        "info@buurtwijs.nl",
        "joke@voorbeeld.example",
        "info@buurtwijs.nl",
    ]
    waiting = OutboxMail.objects.get(delivered_at=None)
    assert waiting.body
    assert waiting.last_error.startswith("ValueError: Invalid address")


def test_mail_to_erased_contact_is_not_sent_and_says_so(client, editor, mailbox):
    contribution, _ = contribute(client)
    Contact.objects.all().delete()

    work()

    row = OutboxMail.objects.get(template="ontvangen")
    assert [recipients for recipients, _ in mailbox] == [["info@buurtwijs.nl"]]
    assert [row.last_error, row.body] == ["Niet verstuurd: de contactgegevens zijn gewist.", ""]
    review = editor.get(review_url(contribution)).content.decode()
    assert "De contactgegevens zijn gewist." in review
    assert "niet verstuurd: geen adres" in review


def test_mail_is_queued_in_the_transaction_it_belongs_to(client):
    contribution, _ = contribute(client)

    sid = connection.savepoint()
    queue_mail(contribution, "vraag", reden="Welke wijk?")
    queued = OutboxMail.objects.filter(template="vraag").count()
    connection.savepoint_rollback(sid)

    assert queued == 1
    assert not OutboxMail.objects.filter(template="vraag").exists()


# What they say


def test_each_step_has_its_mail(client, editor):
    contribution, status_url = contribute(client)
    reference = contribution.reference

    editor.post(review_url(contribution), decision(contribution, "reject"))
    client.post(status_url, {"actie": "antwoord", "antwoord": "Om Waterveld."})
    editor.post(review_url(contribution), decision(contribution))
    editor.post(review_url(contribution), {"actie": "heropen"})
    editor.post(review_url(contribution), decision(contribution, "decline"))
    editor.post(review_url(contribution), {"actie": "heropen"})
    client.post(status_url, {"actie": "intrekken"})
    work()

    assert sent_mail("fenna@voorbeeld.example") == [
        f"We hebben je bijdrage ontvangen ({reference})",
        f"Vraag over je bijdrage ({reference})",
        f"Je bijdrage staat op het Kennisplein ({reference})",
        f"We kijken opnieuw naar je bijdrage ({reference})",
        f"Je bijdrage is niet geplaatst ({reference})",
        f"We kijken opnieuw naar je bijdrage ({reference})",
        f"Je hebt je bijdrage ingetrokken ({reference})",
    ]


def test_links_in_mail_work_and_only_their_digests_are_kept(client, editor):
    contribution, status_url = contribute(client)
    editor.post(review_url(contribution), decision(contribution, "reject"))
    work()

    paths = [path for m in mail.outbox for path in LINK.findall(m.body)]
    tokens = [path.split("/")[2] for path in [*paths, status_url]]
    assert [len(paths), len(set(tokens)), ContributionLink.objects.count()] == [2, 3, 3]
    for path in paths:
        assert contribution.reference in client.get(path).content.decode()
    assert rows_with("fenna@voorbeeld.example") == {"forms_contact"}
    assert [rows_with(token) for token in tokens] == [set()] * 3


def rows_with(text: str) -> set[str]:
    """Return the tables of the database in which `text` stands in any column of any row."""
    with connection.cursor() as cursor:
        found = set()
        for table in connection.introspection.table_names():
            cursor.execute(
                f"SELECT 1 FROM {connection.ops.quote_name(table)} t"
                " WHERE strpos(t::text, %s) > 0 LIMIT 1",
                [text],
            )
            found |= {table} if cursor.fetchone() else set()
    return found


def test_question_mail_has_the_chosen_sentences_and_the_reason(client, editor):
    page = make_form_page()
    standard = StandardReason.objects.create(
        page=page, used_for="aanvulling", label="Jaar", text="Uit welk jaar is het?"
    )
    contribution, _ = contribute(client)
    answers = {"zinnen": [f"reden_{standard.pk}", "criterium_buurten"], "reden": "En welke wijk?"}

    shown = editor.get(review_url(contribution)).content.decode()
    editor.post(review_url(contribution), decision(contribution, "reject", **answers))

    reason = "Het past niet bij buurten.\nUit welk jaar is het?\nEn welke wijk?"
    sentences = set(contribution.question().text.split("\n"))
    assert "Uit welk jaar is het?" in shown
    assert sentences == set(reason.split("\n"))
    assert contribution.question().text in contribution.mails.get(template="vraag").body


def test_standard_reason_for_declining_is_not_offered_for_a_question(client, editor):
    page = make_form_page()
    StandardReason.objects.create(page=page, used_for="afwijzen", label="Dubbel", text="Is er al.")
    contribution, _ = contribute(client)

    forms = editor.get(review_url(contribution)).context["forms"]

    offered = {name: "Is er al." in form.sentences.values() for name, form in forms.items()}
    assert offered == {"approve": False, "reject": False, "decline": True}


def test_mail_goes_out_as_the_editor_changed_it(client, editor):
    contribution, _ = contribute(client)
    text = "Dag!\r\n\r\n{reden}\r\n\r\nZie {link}"
    answers = {"reden": "Welke wijk?", "mail_tekst": text}

    editor.post(review_url(contribution), decision(contribution, "reject", **answers))
    work()

    body = mail.outbox[-1].body
    assert re.fullmatch(
        r"Dag!\n\nWelke wijk\?\n\nZie http://127\.0\.0\.1:8000/bijdragen/\S+/", body
    )
    assert client.get(LINK.search(body).group(1)).status_code == 200


@pytest.mark.parametrize("remark", ["", "We zetten het ook in de nieuwsbrief."])
def test_mail_as_the_review_shows_it_is_what_goes_out(client, editor, remark):
    contribution, _ = contribute(client)
    form = editor.get(review_url(contribution)).context["forms"]["approve"]
    shown = form["mail_tekst"].value()

    answers = decision(contribution, reden=remark, mail_tekst=shown.replace("\n", "\r\n"))
    editor.post(review_url(contribution), answers)

    sent = contribution.mails.get(template="gepubliceerd")
    before, after = shown.strip().split("\n\n{reden}\n\n")
    parts = [before, remark, after] if remark else [before, after]
    assert LINK.sub("{link}", sent.body) == "\n\n".join(parts)
    assert sent.subject == form.mail_subject
    assert contribution.page.get_url() in sent.body


@pytest.mark.parametrize("action", ["approve", "reject", "decline"])
def test_mail_can_be_left_out(client, editor, action):
    contribution, _ = contribute(client)
    before = contribution.mails.count()

    editor.post(review_url(contribution), decision(contribution, action, mail_versturen=""))

    assert contribution.mails.count() == before
    assert contribution.events.count() == 2


def test_contributor_without_a_name_is_greeted_too(client):
    contribution, _ = contribute(client, deur="tip")

    assert contribution.mails.get(template="ontvangen").body.startswith("Hoi,\n")


def test_files_do_not_go_with_the_mail(client):
    contribute(client, bestand=upload(b"%PDF-1.7"), recht="eigen")
    work()

    assert [m.attachments for m in mail.outbox] == [[], []]


# A workflow with another step behind the light check


def add_step_behind_light_check():
    task = GroupApprovalTask.objects.create(name="Eindredactie")
    task.groups.add(make_editors())
    WorkflowTask.objects.create(
        workflow=Workflow.objects.get(name="Lichte check"), task=task, sort_order=9
    )


def finish(editor, contribution, action="approve"):
    """Do the step behind the light check, in Wagtail's own page editor."""
    answers = page_form(contribution.page) | {
        "action-workflow-action": "1",
        "workflow-action-name": action,
        "workflow-action-extra-data": "{}",
    }
    editor.post(edit_url(contribution.page), answers)


def test_published_is_mailed_when_it_is_published(client, editor):
    contribution, status_url = contribute(client)
    add_step_behind_light_check()
    work()
    mail.outbox.clear()

    own_words = "Het staat er: {link}"
    editor.post(review_url(contribution), decision(contribution, mail_tekst=own_words))
    work()
    waiting = client.get(status_url)
    sent_before = list(mail.outbox)
    finish(editor, contribution)
    work()

    assert sent_before == []
    assert waiting.context["status"] == Status.IN_CHECK
    assert [s["label"] for s in waiting.context["steps"]] == [
        "Ontvangen",
        "In de lichte check",
        "Goedgekeurd",
        "Laatste controle",
        "Gepubliceerd",
    ]
    assert "Trek je bijdrage in" not in waiting.content.decode()
    assert [m.body[:13] for m in mail.outbox] == ["Het staat er:"]
    assert "Je bijdrage staat op het Kennisplein" in client.get(status_url).content.decode()
    assert [e.what for e in contribution.events.all()] == [
        "ontvangen",
        "goedgekeurd",
        "gepubliceerd",
    ]


def test_published_is_mailed_once_however_often_it_is_published(client, editor):
    contribution, _ = contribute(client)
    editor.post(review_url(contribution), decision(contribution))

    publish = {"action-publish": "1"}
    editor.post(edit_url(contribution.page), page_form(contribution.page, **publish))
    work()

    assert (
        sent_mail("fenna@voorbeeld.example").count(
            f"Je bijdrage staat op het Kennisplein ({contribution.reference})"
        )
        == 1
    )


def test_mail_that_waits_for_publication_goes_when_it_is_reopened(client, editor):
    contribution, _ = contribute(client)
    add_step_behind_light_check()
    editor.post(review_url(contribution), decision(contribution))
    waited = contribution.mails.filter(waits_for_publication=True).count()

    editor.post(review_url(contribution), {"actie": "heropen"})
    work()

    assert waited == 1
    assert not contribution.mails.filter(template="gepubliceerd").exists()
    assert contribution.current_status() == Status.IN_CHECK


def test_question_mail_keeps_its_link(client, editor):
    contribution, _ = contribute(client)
    answers = decision(contribution, "reject", mail_tekst="Om welke wijk gaat het?")

    page = editor.post(review_url(contribution), answers).content.decode()

    assert "Laat {link} in de mail staan." in page
    assert contribution.current_status() == Status.IN_CHECK
