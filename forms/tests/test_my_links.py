import re
import statistics
import time
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from forms import links
from forms.links import PAUSE
from forms.models import Contribution, OutboxMail
from forms.tests.factories import (
    contribute,
    decision,
    make_form_page,
    review_url,
    sent_mail,
    work,
)
from forms.tests.test_mail import LINK, rows_with

pytestmark = pytest.mark.django_db

ASK = "/bijdragen/mijn-link/"
SENT = "/bijdragen/mijn-link/verstuurd/"
SUBJECT = "De links naar je bijdragen"


def ask(client, email="fenna@voorbeeld.example"):
    response = client.post(ASK, {"email": email})
    work()  # finds the cases and queues the mail
    work()
    return response


def test_one_mail_brings_working_links_to_all_cases(client, editor):
    published, _ = contribute(client, titel="Eerste", naam="Fenna")
    editor.post(review_url(published), decision(published))
    open_case, _ = contribute(client, titel="Tweede")
    spam, _ = contribute(client, titel="Derde")
    editor.post(review_url(spam), {"actie": "spam"})
    contribute(client, titel="Van Joke", email="joke@voorbeeld.example")
    work()
    mail.outbox.clear()

    response = ask(client, "  FENNA@voorbeeld.example ")

    (message,) = mail.outbox
    paths = LINK.findall(message.body)
    assert [response.status_code, response.url] == [302, SENT]
    assert [message.subject, message.to] == [SUBJECT, ["fenna@voorbeeld.example"]]
    assert [client.get(path).context["contribution"] for path in paths] == [open_case, published]
    assert re.findall(r"KP-\S+(?=,)", message.body) == [
        open_case.reference,
        published.reference,
    ]
    assert not {"Eerste", "Tweede", "Derde", "Fenna"} & set(re.findall(r"\w+", message.body))


def test_unknown_address_gets_the_same_answer_and_no_mail(client):
    contribute(client)
    work()
    mail.outbox.clear()

    known, unknown = ask(client), ask(client, "wie@voorbeeld.example")

    answers = [(r.status_code, r.url, r.content, dict(r.headers)) for r in (known, unknown)]
    assert answers[0] == answers[1]
    assert [m.to for m in mail.outbox] == [["fenna@voorbeeld.example"]]
    assert "Kijk in je mail" in client.get(SENT).content.decode()


def test_address_that_was_asked_about_is_kept_nowhere(client):
    contribute(client)

    client.post(ASK, {"email": "wie@voorbeeld.example"})

    assert DBTaskResult.objects.filter(task_path="forms.links.send_links").count() == 1
    assert rows_with("wie@voorbeeld.example") == set()


def test_answer_takes_as_long_for_unknown_addresses(client, settings, monkeypatch):
    monkeypatch.setattr(links, "PAUSE", timedelta(0))  # so that every request finds work to do
    settings.CONTRIBUTIONS_PER_ADDRESS = settings.CONTRIBUTIONS_IN_TOTAL = 1000
    for number in range(5):
        contribute(client, titel=f"Nummer {number}")
    taken = {"fenna@voorbeeld.example": [], "wie@voorbeeld.example": []}
    ask(client)

    for _ in range(60):
        for email, times in taken.items():
            began = time.perf_counter()
            client.post(ASK, {"email": email})
            times.append(time.perf_counter() - began)

    known, unknown = map(statistics.median, taken.values())
    assert 0.8 < known / unknown < 1.25


@pytest.mark.parametrize(
    ("email", "said"),
    [("", "Vul je e-mailadres in."), ("fenna", "Vul een e-mailadres in, zoals")],
)
def test_wrong_address_is_told_and_stays(client, email, said):
    response = client.post(ASK, {"email": email})

    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 200
    assert said in page.find(class_="field__error").get_text()
    assert page.find(id="id_email").get("value", "") == email
    assert not DBTaskResult.objects.exists()


def test_second_click_sends_no_second_mail_and_later_it_does(client):
    contribute(client)
    ask(client)
    ask(client)
    at_once = sent_mail("fenna@voorbeeld.example").count(SUBJECT)

    OutboxMail.objects.update(queued_at=timezone.now() - PAUSE)
    ask(client)

    assert [at_once, sent_mail("fenna@voorbeeld.example").count(SUBJECT)] == [1, 2]


def test_too_often_has_to_wait_for_known_and_unknown_alike(client, settings):
    contribute(client)
    settings.CONTRIBUTIONS_PER_ADDRESS = 1
    ask(client)
    client.defaults["REMOTE_ADDR"] = "192.0.2.9"

    known = ask(client)
    unknown = ask(client, "wie@voorbeeld.example")

    for refused in (known, unknown):
        assert refused.status_code == 429
        assert 0 < int(refused["Retry-After"]) <= 3600
        assert "Wacht een uur" in refused.content.decode()


def test_asking_for_links_leaves_room_to_contribute(client, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 1
    make_form_page()
    ask(client)

    contribute(client)

    assert Contribution.objects.count() == 1


def test_page_is_one_click_from_where_people_look(client):
    make_form_page()

    for path in ("/voeg-kennis-toe/", "/bijdragen/onbekend/", ASK):
        page = BeautifulSoup(client.get(path).content, "html.parser")
        places = [page.main, page.footer]
        assert [bool(place.find("a", href=ASK)) for place in places] == [path != ASK, True]
    assert client.get(ASK)["Cache-Control"] == "no-store"
    assert "sessionid" not in client.get(SENT).cookies
