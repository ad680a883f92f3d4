import re

import pytest
from django.core import mail

from forms.mail_texts import MAILS, standard_text
from forms.models import MailText
from forms.tests.factories import (
    contribute,
    decision,
    make_editors,
    review_url,
    work,
)
from forms.tests.test_mail import body_of

pytestmark = pytest.mark.django_db


def text_url(template) -> str:
    text, _ = MailText.objects.get_or_create(template=template)
    return f"/admin/snippets/forms/mailtext/edit/{text.pk}/"


def edit(browser, template, **changes):
    """Change some of a text in the admin and save it. Return the response."""
    url = text_url(template)
    form = browser.get(url).context["form"]
    typed = {name: form[name].value() for name in ("subject", "body")} | changes
    return browser.post(url, typed)


def faults(response) -> dict[str, list[str]]:
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


@pytest.mark.parametrize("template", MAILS)
def test_standard_text_of_every_mail_is_as_an_editor_may_write_it(template):
    subject, body = standard_text(template)

    MailText(template=template, subject=subject, body=body).full_clean()

    assert subject
    assert "{{" not in body
    assert "{%" not in body


def test_mail_goes_out_in_the_editors_own_words(client, editor):
    own = {"subject": "Binnen: {kenmerk}", "body": "Dag!\r\n\r\nVolg het op {link}"}

    saved = edit(editor, "ontvangen", **own)
    contribution, _ = contribute(client)
    work()

    receipt = mail.outbox[0]
    assert saved.status_code == 302
    assert receipt.subject == f"Binnen: {contribution.reference}"
    assert re.fullmatch(
        r"Dag!\n\nVolg het op http://127\.0\.0\.1:8000/bijdragen/[\w-]+/", receipt.body
    )


def test_text_that_nobody_changed_stays_the_standard_one(editor):
    edit(editor, "vraag")

    text = MailText.objects.get()
    assert [text.subject, text.body, text.is_changed] == ["", "", False]


def test_emptied_text_is_the_standard_one_again(client, editor):
    edit(editor, "ontvangen", body="Dag! {link}")

    edit(editor, "ontvangen", body="")
    contribution, _ = contribute(client)

    assert contribution.mails.get(template="ontvangen").body.startswith("Hoi,\n\nWat fijn")


@pytest.mark.parametrize(
    ("template", "change", "said"),
    [
        ("vraag", {"body": "{reden} {link} {lnik}"}, "In deze mail kan {lnik} niet."),
        ("vraag", {"body": "{reden} {link} { naam }"}, "In deze mail kan { naam } niet."),
        ("vraag", {"body": "{reden}"}, "Laat {link} in de tekst staan. Zonder werkt de mail niet."),
        ("vraag", {"subject": "Vraag van {wie}"}, "In deze mail kan {wie} niet."),
        ("ontvangen", {"body": "Hoi {naam}, {titel} {link}"}, "kan {naam}, {titel} niet."),
        ("gepubliceerd", {"body": "Zie je pagina. {reden}"}, "Laat {pagina} in de tekst staan."),
    ],
)
def test_wrong_text_is_refused_and_nothing_typed_is_lost(editor, template, change, said):
    response = edit(editor, template, **change)

    (field, text), (errors,) = *change.items(), faults(response).values()
    assert said in errors[0]
    assert response.context["form"][field].value() == text
    assert not MailText.objects.get(template=template).is_changed


def test_text_is_seen_before_it_is_saved(editor):
    url = f"{text_url('vraag').replace('/edit/', '/preview/')}"
    typed = {"subject": "Over {kenmerk}", "body": "Hoi {naam},\n\n{reden}\n\n{link}"}

    editor.post(url, typed)
    html = editor.get(url, {"mode": "html"}).content.decode()
    text = editor.get(url, {"mode": "tekst"}).content.decode()

    assert "Over KP-2026-0042" in html
    assert "Hoi Fenna de Boer," in html
    assert "Hoi Fenna de Boer,\n\nOm welke wijk gaat het?\n\nhttp" in text
    assert not MailText.objects.get().is_changed


def test_editors_change_texts_and_neither_add_nor_delete_them(editor, superuser, writer):
    make_editors()
    url = text_url("vraag")
    add, delete = "/admin/snippets/forms/mailtext/add/", url.replace("/edit/", "/delete/")

    codes = {
        name: [browser.get(path).status_code for path in (url, add, delete)]
        for name, browser in (("editor", editor), ("superuser", superuser), ("writer", writer))
    }

    assert codes == {
        "editor": [200, 302, 302],
        "superuser": [200, 302, 302],
        "writer": [302, 302, 302],
    }


# As HTML


def test_mail_goes_as_text_and_as_html_with_the_same_words(client, editor, mailbox):
    contribution, _ = contribute(client, titel='<b>Samen</b> & "eten"')
    work()
    mailbox.clear()

    reason = "Zie https://elders.example/<script>.\n\nEn welk jaar?"
    editor.post(review_url(contribution), decision(contribution, "reject", reden=reason))
    work()

    message = mailbox[0][1]
    html = message.get_body(("html",)).get_content().replace("\r\n", "\n")
    link = re.search(r"http://127\.0\.0\.1:8000/bijdragen/[\w-]+/", body_of(message))[0]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert f'<a href="{link}" style="word-break:break-all">{link}</a>' in html
    assert "‘&lt;b&gt;Samen&lt;/b&gt; &amp; &quot;eten&quot;’" in html
    assert "https://elders.example/&lt;script&gt;" in html
    assert f"Kenmerk {contribution.reference}" in html
    assert html.startswith('<!doctype html>\n<html lang="nl">')
    assert set(re.findall(r'(?:href|src)="(https?://[^/"]+)', html)) == {"http://127.0.0.1:8000"}
    assert not re.search(r"<(img|script|link|style)", html)


def test_list_in_a_text_is_a_list_in_html(client, mailbox):
    contribute(client)
    work()

    html = mailbox[0][1].get_body(("html",)).get_content()
    assert '<p style="margin:0 0 4px">Dit gebeurt er nu:</p>' in html
    assert '<li style="margin:0 0 4px">Binnen 10 werkdagen hoor je van ons.</li>' in html


# Nobody can have us mail their words to somebody else


def test_mail_that_goes_by_itself_holds_no_words_of_whoever_filled_in_the_form(client, mailbox):
    words = {"titel": "WIN NU http://kwaad.example", "naam": "Gratis Geld"}
    _, status_url = contribute(client, **words)
    client.post(status_url, {"actie": "intrekken"})
    work()

    to_victim = [str(m) for to, m in mailbox if to == ["fenna@voorbeeld.example"]]
    assert len(to_victim) == 2
    assert not [text for text in to_victim if "WIN" in text or "kwaad" in text or "Gratis" in text]


def test_words_like_fields_are_not_filled_in(client, editor, mailbox):
    contribution, _ = contribute(client, titel="{link} {reden}", naam="{pagina}")
    work()
    mailbox.clear()

    editor.post(review_url(contribution), decision(contribution, "decline", reden="Past niet."))
    work()

    body = body_of(mailbox[0][1])
    assert body.startswith("Hoi {pagina},\n\nDank je wel dat je ‘{link} {reden}’ met ons deelde.")
