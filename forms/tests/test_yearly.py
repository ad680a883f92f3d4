import re
from datetime import timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from forms.models import Contact, Contribution, OutboxMail
from forms.tests.factories import contribute, decision, make_form_page, review_url, work
from forms.tests.remarks import remark_decision, tell
from publications.models import PublicationPage

pytestmark = pytest.mark.django_db
CONSENT = {"jaarbericht": "on"}


def daily() -> list:
    """Run what runs once a day. Return the mails “je publicatie werd gebruikt” that went."""
    mail.outbox.clear()
    call_command("daily", stdout=StringIO())
    return [sent for sent in mail.outbox if sent.subject == "Je publicatie werd gebruikt"]


def published(client, editor, **changes) -> PublicationPage:
    contribution, _ = contribute(client, toch="1", **changes)
    editor.post(review_url(contribution), decision(contribution))
    work()
    return contribution.page.specific


def use(client, editor, publication, **changes):
    contribution, _ = tell(client, "praktijk", publication, **changes)
    editor.post(review_url(contribution), remark_decision(contribution))
    work()
    return contribution


def move_back(days):
    """Let the last mail and the uses have been `days` ago."""
    ago = timezone.now() - timedelta(days=days)
    Contact.objects.exclude(use_mail_sent_at=None).update(use_mail_sent_at=ago)
    Contribution.objects.filter(kind="praktijk").update(decided_at=ago - timedelta(minutes=1))


def test_consent_is_asked_apart_and_never_ticked_beforehand(client):
    contribute(client, titel="Zonder vinkje")
    contribute(client, titel="Met vinkje", **CONSENT)

    form = client.get("/voeg-kennis-toe/")

    box = BeautifulSoup(form.content, "html.parser").find("input", {"name": "jaarbericht"})
    assert box["type"] == "checkbox"
    assert not box.has_attr("checked")
    consents = Contact.objects.order_by("pk").values_list("wants_use_mail", flat=True)
    assert list(consents) == [False, True]
    for door in ("tip", "artikel"):
        assert "jaarbericht" not in client.get(f"/voeg-kennis-toe/?deur={door}").content.decode()
    assert not any(
        "jaarbericht" in submission.form_data
        for contribution in Contribution.objects.all()
        for submission in contribution.submissions.all()
    )


def test_mail_goes_once_a_year_and_only_with_news(client, editor):
    publication = published(client, editor, **CONSENT)
    nothing_yet = daily()
    use(client, editor, publication)

    first, again = daily(), daily()
    use(client, editor, publication, gebruik="Nog een keer")
    too_soon = daily()
    Contact.objects.update(use_mail_sent_at=timezone.now() - timedelta(days=366))
    a_year_later = daily()
    Contact.objects.update(use_mail_sent_at=timezone.now() - timedelta(days=366))
    Contribution.objects.filter(kind="praktijk").update(
        decided_at=timezone.now() - timedelta(days=367)
    )
    no_news = daily()

    assert [nothing_yet, again, too_soon, no_news] == [[], [], [], []]
    assert [sent.to for sent in first] == [["fenna@voorbeeld.example"]]
    assert "sindsdien 1 keer dat" in first[0].body
    assert publication.full_url in first[0].body
    assert len(a_year_later) == 1
    assert "sindsdien 2 keer dat" in a_year_later[0].body


def test_uses_that_nobody_accepted_are_no_news(client, editor):
    publication = published(client, editor, **CONSENT)
    tell(client, "praktijk", publication)
    declined, _ = tell(client, "praktijk", publication, gebruik="Afgewezen")
    editor.post(review_url(declined), remark_decision(declined, "decline"))

    assert daily() == []


def test_without_consent_address_or_publication_there_is_no_mail(client, editor):
    without = published(client, editor, titel="Zonder vinkje")
    erased = published(client, editor, titel="Gewist", **CONSENT)
    gone = published(client, editor, titel="Van de site", **CONSENT)
    for publication in (without, erased, gone):
        use(client, editor, publication)
    Contact.objects.filter(contribution__page=erased.pk).delete()
    gone.unpublish()

    assert daily() == []


def test_one_click_stops_it_and_opening_the_link_does_not(client, editor):
    publication = published(client, editor, **CONSENT)
    use(client, editor, publication)
    sent = daily()[0]
    address = re.search(r"https?://[^/]+(/bijdragen/stop/\S+)", sent.body)
    path = address[1]
    stranger = Client(enforce_csrf_checks=True)

    opened = stranger.get(path)
    still = Contact.objects.get(contribution__page=publication.pk).wants_use_mail
    stopped = [stranger.post(path, {"List-Unsubscribe": "One-Click"}) for _ in range(2)]
    move_back(400)
    use(client, editor, publication, gebruik="Nieuws")

    assert [opened.status_code, still] == [200, True]
    assert not opened.cookies
    assert "Geen mail meer?" in opened.content.decode()
    assert ["De mail is gestopt" in response.content.decode() for response in stopped] == [True] * 2
    assert sent.extra_headers["List-Unsubscribe"] == f"<{address[0]}>"
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert daily() == []


@pytest.mark.parametrize("token", ["x", "1", "MQ:1abc:def", "%00", "é" * 200])
def test_made_up_links_stop_nothing(client, editor, token):
    published(client, editor, **CONSENT)

    for method in (client.get, client.post):
        assert method(f"/bijdragen/stop/{token}/").status_code == 404

    assert Contact.objects.get().wants_use_mail


def test_other_mail_has_no_header_to_stop(client, editor):
    published(client, editor, **CONSENT)

    assert mail.outbox
    assert not any("List-Unsubscribe" in sent.extra_headers for sent in mail.outbox)


def decided_long_ago(publication, days):
    Contribution.objects.filter(page=publication.pk).update(
        decided_at=timezone.now() - timedelta(days=days)
    )


def test_who_asked_hears_in_the_second_year_too_and_is_erased_after_stopping(client, editor):
    publication = published(client, editor, **CONSENT)
    use(client, editor, publication)
    first = daily()
    decided_long_ago(publication, 400)
    move_back(366)
    use(client, editor, publication, gebruik="Een jaar later", email="", naam="")

    second = daily()
    stop = re.search(r"/bijdragen/stop/\S+", second[0].body)[0]
    still_there = Contact.objects.filter(contribution__page=publication.pk).exists()
    Client().post(stop)
    daily()

    assert [len(first), len(second), still_there] == [1, 1, True]
    assert not Contact.objects.filter(contribution__page=publication.pk).exists()


def test_tick_box_says_how_long_the_address_is_kept(client):
    make_form_page()
    page = BeautifulSoup(client.get("/voeg-kennis-toe/").content, "html.parser")

    assert "tot je deze mail stopt" in page.get_text()


def test_address_goes_when_the_publication_is_gone(client, editor):
    publication = published(client, editor, **CONSENT)
    use(client, editor, publication, email="", naam="")
    decided_long_ago(publication, 366)
    publication.unpublish()

    assert daily() == []
    assert not Contact.objects.filter(wants_use_mail=True).exists()
    assert not OutboxMail.objects.filter(template="jaarbericht").exists()
