"""Mail that does not arrive: what editors see of it, and what they can do."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from forms.mail import deliver_due_mail
from forms.models import OutboxMail
from forms.tests.factories import contribute, make_editor, told, work

pytestmark = pytest.mark.django_db

RETRY_ALL = "/admin/bijdragen/mail/opnieuw/"


def mail_url(mail) -> str:
    return f"/admin/bijdragen/mail/{mail.pk}/"


def try_to_deliver(times: int) -> None:
    for _ in range(times):
        deliver_due_mail.call()
        OutboxMail.objects.update(next_attempt_at=timezone.now())


def panel(browser) -> str:
    page = BeautifulSoup(browser.get("/admin/").content, "html.parser")
    found = page.find(id="mail-section")
    return found.get_text(" ", strip=True) if found else ""


def receipt() -> OutboxMail:
    return OutboxMail.objects.get(template="ontvangen")


def test_refused_recipient_is_given_up_after_three_tries(client, mailbox, editor, caplog):
    mailbox.refused = {"fenna@voorbeeld.example": "550 5.1.1 fenna@voorbeeld.example unknown"}
    contribute(client)

    try_to_deliver(2)
    before = receipt().given_up_at
    try_to_deliver(5)

    mail = receipt()
    assert before is None
    assert [mail.attempts, bool(mail.given_up_at), mail.delivered_at] == [3, True, None]
    assert mail.body
    assert [to for to, _ in mailbox] == [["info@buurtwijs.nl"]]
    log = "\n".join(r.getMessage() for r in caplog.records if r.name == "forms.mail")
    assert "fenna@voorbeeld.example" not in mail.last_error + log
    assert "given up: the recipient's server refuses it" in log
    shown = editor.get(mail_url(mail)).content.decode()
    assert "Geweigerd: we proberen het niet meer" in shown
    assert "Misschien klopt het adres niet." in shown
    assert "fenna@voorbeeld.example" not in shown


@pytest.mark.parametrize("answer", ["451 Even niet", "421 Te druk"])
def test_mail_is_not_given_up_for_what_may_pass(client, mailbox, answer):
    mailbox.refused = {"fenna@voorbeeld.example": answer}
    contribute(client)
    try_to_deliver(5)
    tried = [receipt().attempts, receipt().given_up_at]

    mailbox.refused = {}
    try_to_deliver(1)

    assert tried == [5, None]
    assert receipt().delivered_at
    assert len(mailbox) == 2


def test_mail_that_the_server_never_takes_is_given_up_too(client, mailbox):
    mailbox.answer = "554 Geen mail hier"
    contribute(client)

    try_to_deliver(4)

    assert [m.attempts for m in OutboxMail.objects.all()] == [3, 3]
    assert OutboxMail.objects.filter(given_up_at=None).count() == 0


def test_editors_are_warned_on_the_dashboard_from_the_third_failure(client, mailbox, editor):
    mailbox.answer = "451 Even niet"
    contribution, _ = contribute(client)
    seen = []
    for _ in range(3):
        seen.append(panel(editor))
        try_to_deliver(1)

    shown = panel(editor)

    assert seen == ["", "", ""]
    assert "Er zijn 2 mails die we niet kwijtraken." in shown
    assert f"We hebben je bijdrage ontvangen ({contribution.reference})" in shown
    assert "Nog niet gelukt na 3 keer" in shown


def test_editor_tries_all_again_with_one_button(client, mailbox, editor):
    mailbox.answer = "554 Geen mail hier"
    contribute(client)
    try_to_deliver(3)
    page = BeautifulSoup(editor.get("/admin/").content, "html.parser")
    form = page.find("form", action=RETRY_ALL)
    mailbox.answer = "250 OK"

    response = editor.post(RETRY_ALL)
    work()

    assert form.find("input", {"name": "csrfmiddlewaretoken"})["value"]
    assert told(response) == [
        "Deze 2 mails gaan zo opnieuw op weg. Kijk over een paar minuten nog eens."
    ]
    assert len(mailbox) == 2
    assert panel(editor) == ""


def test_editor_tries_one_again(client, mailbox, editor):
    mailbox.refused = {"fenna@voorbeeld.example": "550 Nee"}
    contribute(client)
    try_to_deliver(3)
    mailbox.refused = {}
    message_id = receipt().message_id

    response = editor.post(mail_url(receipt()))
    work()

    assert response.url == mail_url(receipt())
    assert [receipt().attempts, bool(receipt().delivered_at)] == [1, True]
    assert mailbox[-1][1]["Message-ID"] == message_id
    again = editor.post(mail_url(receipt()))
    work()
    assert told(again)[-1] == "Er is niets om opnieuw te versturen."
    assert len(mailbox) == 2


def test_only_editors_and_only_by_post(client, mailbox, editor, writer):
    mailbox.answer = "554 Geen mail hier"
    contribute(client)
    try_to_deliver(3)

    codes = [
        editor.get(RETRY_ALL).status_code,
        writer.get(mail_url(receipt())).status_code,
        writer.post(mail_url(receipt())).status_code,
        writer.post(RETRY_ALL).status_code,
    ]

    assert codes == [405, 302, 302, 302]
    assert panel(writer) == ""
    assert OutboxMail.objects.failing().count() == 2
    assert make_editor().has_perm("forms.change_contribution")
