"""Following a list by mail, over a real mail server: asked, confirmed, told, stopped."""

import re
import time
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from unittest import mock

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, Site

from forms.tests.mail_server import Mailbox, mail_server
from home import following
from home.following import ask_to_follow, forget_unconfirmed
from home.models import SiteSettings, Subscription
from publications.tests.factories import (
    make_library,
    make_pillar_page,
    make_publication,
    make_term,
    work,
)
from publications.tests.visits import text_of
from stories.tests.factories import make_dossier, make_story

pytestmark = pytest.mark.django_db

FOLLOWER = "fenna@voorbeeld.example"
ADDRESS = re.compile(r"http://127\.0\.0\.1:8000(/\S+)")


@pytest.fixture
def mailbox(settings):
    mailbox = Mailbox()
    with mail_server(mailbox, settings):
        yield mailbox


def body_of(message) -> str:
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def ask(client, list_address="/bibliotheek/", **answers):
    answers = {"email": FOLLOWER, "ritme": "week", **answers}
    return client.post(f"/volgen{list_address}", answers)


def link_in(message) -> str:
    return next(link for link in ADDRESS.findall(body_of(message)) if "/volgen/" in link)


def start(client, mailbox, list_address="/bibliotheek/", capture=None, **answers) -> Subscription:
    """Follow a list: ask, open the mail, press the button."""
    with capture(execute=True):
        assert ask(client, list_address, **answers).status_code == 302
    work()
    _, message = mailbox.pop()
    assert client.post(link_in(message)).status_code == 200
    return Subscription.objects.get()


def let_pass(days: int) -> None:
    """Move everything that somebody follows into the past."""
    for followed in Subscription.objects.all():
        followed.seen_until -= timedelta(days=days)
        followed.asked_at -= timedelta(days=days)
        followed.save()


def daily() -> None:
    """Do what the night does, some minutes after the last page came in."""
    for page in Page.objects.exclude(first_published_at=None):
        Page.objects.filter(pk=page.pk).update(
            first_published_at=page.first_published_at - timedelta(minutes=6),
            last_published_at=page.last_published_at
            and page.last_published_at - timedelta(minutes=6),
        )
    call_command("daily", verbosity=0)


@pytest.fixture
def capture(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


def test_from_asking_to_a_mail_with_what_is_new_to_stopping(client, mailbox, capture):
    make_library()
    make_publication(title="Er was al iets")
    site = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    site.digest_intro = "Het was een drukke week."
    site.save()

    page = client.get("/volgen/bibliotheek/")
    assert "Nieuw op het Kennisplein" in text_of(page)
    with capture(execute=True):
        response = client.post("/volgen/bibliotheek/", {"email": FOLLOWER, "ritme": "week"})
    assert "Kijk in je mail" in text_of(client.get(response.url))
    work()
    (recipients, question), *rest = mailbox
    assert (recipients, rest) == ([FOLLOWER], [])
    daily()
    assert len(mailbox) == 1  # nothing is sent to who has not confirmed

    link = link_in(question)
    assert client.get(link).status_code == 200
    assert Subscription.objects.get().confirmed_at is None  # opening changes nothing
    assert "Je volgt deze lijst" in text_of(client.post(link))

    let_pass(8)
    make_publication(title="Iets nieuws over de buurttuin")
    Subscription.objects.update(seen_until=timezone.now() - timedelta(days=8))
    daily()
    _, news = mailbox[1]
    assert "Nieuw op het Kennisplein" in news["Subject"]
    assert "Het was een drukke week." in body_of(news)
    assert re.search(r"Iets nieuws over de buurttuin\nhttps?://\S+/bibliotheek/iets", body_of(news))
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = news.get_body(("html",)).get_content()
    assert "Iets nieuws over de buurttuin" in html

    one_click = Client(enforce_csrf_checks=True)
    stop = ADDRESS.search("".join(news["List-Unsubscribe"].split())).group(1).strip(">")
    assert one_click.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscription.objects.exists()
    assert one_click.post(stop).status_code == 200  # the second click says the same


def test_only_what_is_new_and_only_when_there_is_something(client, mailbox, capture):
    make_publication(title="Oud")
    start(client, mailbox, capture=capture)
    let_pass(8)
    # Oud came in before: only the clock of the follower moved
    Subscription.objects.update(seen_until=timezone.now() - timedelta(days=7, minutes=1))
    before = timezone.now() - timedelta(days=30)
    type(make_publication(title="Ook oud")).objects.update(first_published_at=before)

    daily()
    assert len(mailbox) == 0

    let_pass(8)
    make_publication(title="Nieuw")
    make_publication(title="Concept", live=False)
    daily()
    daily()
    (_, news), *more = mailbox
    assert more == []
    assert "Nieuw\n" in body_of(news)
    assert "Oud" not in body_of(news)
    assert "Concept" not in body_of(news)


def test_a_search_a_pillar_and_a_dossier_can_be_followed(client, mailbox, capture):
    cohesion, inclusion = make_term(slug="sociale-cohesie"), make_term(slug="sociale-inclusie")
    make_pillar_page(slug="sociale-inclusie")
    dossier = make_dossier(make_publication(title="Eerste"), title="Hoe begin je?")
    for address in ("/bibliotheek/?q=moestuin", "/pijlers/sociale-inclusie/", dossier.url):
        with capture(execute=True):
            assert ask(client, address).status_code == 302, address
    work()
    questions = [mailbox.pop() for _ in range(3)]
    for _, question in questions:
        client.post(link_in(question))
    let_pass(8)
    past = timezone.now() - timedelta(days=30)
    type(dossier).objects.update(last_published_at=past)
    type(make_publication()).objects.update(first_published_at=past)
    make_publication(title="Samen in de moestuin", pillars=[cohesion])
    make_story(title="Iedereen mag mee", pillars=[inclusion])

    daily()

    news = {message["Subject"].split(" op het ")[0]: body_of(message) for _, message in mailbox}
    assert len(mailbox) == 2  # nothing happened in the dossier
    assert any("Samen in de moestuin" in text for text in news.values())
    assert "Iedereen mag mee" in news["Sociale inclusie"]
    assert "moestuin" not in news["Sociale inclusie"]

    dossier.refresh_from_db()
    dossier.save_revision().publish()
    let_pass(8)
    Subscription.objects.filter(page=dossier).update(seen_until=timezone.now() - timedelta(days=8))
    mailbox.clear()
    daily()
    assert ["Hoe begin je?" in body_of(message) for _, message in mailbox].count(True) == 1


def test_every_month_is_not_every_week(client, mailbox, capture):
    make_library()
    start(client, mailbox, capture=capture, ritme="maand")
    let_pass(8)
    make_publication()
    daily()
    assert len(mailbox) == 0
    let_pass(23)
    daily()
    assert len(mailbox) == 1


def test_who_does_not_confirm_is_forgotten(client, mailbox, capture):
    make_library()
    with capture(execute=True):
        ask(client)
    work()
    let_pass(8)
    daily()
    assert not Subscription.objects.exists()
    assert "werkt niet meer" in client.post(link_in(mailbox[0][1])).content.decode()


def test_a_mail_server_that_refuses_loses_nothing(client, mailbox, capture):
    make_library()
    start(client, mailbox, capture=capture)
    let_pass(8)
    make_publication(title="Nieuw")
    Subscription.objects.update(seen_until=timezone.now() - timedelta(days=8))
    mailbox.answer = "451 Later please"
    daily()
    assert len(mailbox) == 0
    mailbox.answer = "250 OK"
    daily()
    daily()
    assert len(mailbox) == 1


def test_one_list_that_breaks_keeps_nobody_elses_mail_back(client, mailbox, capture, monkeypatch):
    make_library()
    start(client, mailbox, capture=capture)
    start_of = Subscription.objects.get()
    Subscription.objects.create(
        email="eerder@voorbeeld.example",
        rhythm=start_of.rhythm,
        confirmed_at=start_of.confirmed_at,
        seen_until=start_of.seen_until,
    )
    let_pass(8)
    make_publication(title="Nieuw")
    Subscription.objects.update(seen_until=timezone.now() - timedelta(days=8))
    whole = following.list_of

    def break_one(page, path, params):
        if page is not None:
            raise ValueError("kapot")
        return whole(page, path, params)

    monkeypatch.setattr(following, "list_of", break_one)
    daily()
    assert [message["To"] for _, message in mailbox] == ["eerder@voorbeeld.example"]
    monkeypatch.undo()
    daily()
    assert len(mailbox) == 2


def test_a_page_without_a_first_day_is_no_news(client, mailbox, capture):
    make_library()
    start(client, mailbox, capture=capture)
    let_pass(8)
    page = make_publication(title="Zonder dag")
    type(page).objects.update(first_published_at=None)
    Subscription.objects.update(seen_until=timezone.now() - timedelta(days=8))

    daily()
    assert len(mailbox) == 0


def test_the_answer_does_not_tell_who_follows(client, mailbox, capture):
    make_library()
    start(client, mailbox, capture=capture)
    known, unknown = ask(client), ask(client, email="iemand@voorbeeld.example")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"email": ""}, "Vul je e-mailadres in."),
        ({"email": "geen adres"}, "Vul een e-mailadres in, zoals naam@voorbeeld.nl."),
        ({"email": f"{FOLLOWER}\nBcc: x@y.nl"}, "Vul een e-mailadres in"),
        ({"ritme": "elk uur"}, "Kies elke week of elke maand."),
    ],
)
def test_wrong_answers_get_a_sentence_and_no_row(client, answers, sentence):
    make_library()
    response = ask(client, **answers)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not Subscription.objects.exists()


def test_a_program_that_fills_in_everything_gets_no_mail(client, mailbox, capture):
    make_library()
    with capture(execute=True):
        assert ask(client, website="http://spam.example").status_code == 302
    work()
    assert len(mailbox) == 0


def test_too_many_requests_are_refused_with_a_time(client, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 2
    make_library()
    for _ in range(2):
        assert ask(client).status_code == 302
    response = ask(client)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert FOLLOWER in response.content.decode()


@pytest.mark.parametrize(
    "address",
    ["/volgen/bestaat-niet/", "/volgen/stop/verzonnen/", "/volgen/bevestig/verzonnen/"],
)
def test_made_up_addresses_do_nothing(client, address):
    assert client.post(address, {"email": FOLLOWER, "ritme": "week"}).status_code == 404
    assert not Subscription.objects.exists()


def test_what_is_not_public_cannot_be_followed(client):
    dossier = make_dossier(make_publication())
    dossier.unpublish()
    assert client.get(f"/volgen{dossier.url}").status_code == 404


def test_what_is_being_published_comes_in_the_next_mail(client, mailbox, capture):
    make_library()
    start(client, mailbox, capture=capture)
    page = make_publication(title="Zojuist")
    let_pass(8)

    call_command("daily", verbosity=0)
    assert len(mailbox) == 0

    dated = timezone.now() - timedelta(days=7, minutes=3)  # just before, and seen just after
    type(page).objects.filter(pk=page.pk).update(first_published_at=dated)
    let_pass(7)
    call_command("daily", verbosity=0)
    assert ["Zojuist" in body_of(message) for _, message in mailbox] == [True]


def test_every_week_stays_every_week_when_the_night_is_early(client, mailbox, capture):
    make_library()
    start(client, mailbox, capture=capture)
    make_publication(title="Nieuw")
    followed = Subscription.objects.get()
    followed.seen_until -= timedelta(days=6, hours=23, minutes=50)
    followed.save()

    daily()

    assert len(mailbox) == 1


def test_a_follower_stays_when_the_page_moves_and_goes_when_it_is_deleted(client, mailbox, capture):
    dossier = make_dossier(make_publication(title="Eerste"), title="Hoe begin je?")
    start(client, mailbox, dossier.url, capture)
    dossier.slug, dossier.title = "een-ander-adres", "Hoe begin je dan?"
    dossier.save_revision().publish()
    let_pass(8)

    daily()

    (_, news) = mailbox.pop()
    assert news["Subject"].startswith("Hoe begin je dan?")
    dossier.unpublish()
    let_pass(8)
    daily()
    assert (len(mailbox), Subscription.objects.count()) == (0, 1)
    dossier.delete()
    assert not Subscription.objects.exists()


def test_the_question_to_confirm_holds_no_words_of_who_asked(client, mailbox, capture):
    make_library(title="Bibliotheek")
    words = "?q=Gratis+geld+op+kwaad.example"
    for address in (f"/bibliotheek/{words}", f"/zoeken/{words}", "/bibliotheek/"):
        with capture(execute=True):
            assert ask(client, address).status_code == 302
    work()

    texts = [message.as_string() + body_of(message) for _, message in mailbox]
    assert ["kwaad" in text for text in texts] == [False] * 3
    about = [body_of(message).split("Het gaat om:")[1].split("\n")[2] for _, message in mailbox]
    assert about == ["een zoekvraag bij Bibliotheek", "een zoekvraag", "Bibliotheek"]


def test_who_follows_already_hears_that_nothing_changes(client, mailbox, capture):
    make_library()
    start(client, mailbox, capture=capture)
    with capture(execute=True):
        ask(client, ritme="maand")
    work()

    text = body_of(mailbox.pop()[1])
    assert "Je volgt dit al." in text
    assert "Er verandert niets." in text
    assert "wissen" not in text
    assert Subscription.objects.get().rhythm == "week"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/volgen/bibliotheek", 200),
        ("/volgen/zoeken", 200),
        ("/volgen/%00/", 404),
        ("/volgen/bibliotheek/%00", 404),
        ("/volgen/%ff%fe/", 404),
        ("/volgen/" + "x" * 3000 + "/", 404),
    ],
)
def test_addresses_without_a_slash_or_with_nonsense(client, address, status):
    make_library()
    assert client.get(address).status_code == status


def test_a_link_to_confirm_works_as_long_as_the_address_is_kept(client, mailbox, capture, settings):
    make_library()
    with capture(execute=True):
        ask(client)
    week_ago = time.time() - 8 * 86_400
    with mock.patch("django.core.signing.time.time", return_value=week_ago):
        work()

    response = client.post(link_in(mailbox.pop()[1]))

    assert response.status_code == 404
    assert Subscription.objects.get().confirmed_at is None


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_who_confirms_while_the_unconfirmed_are_forgotten_stays():
    old = timezone.now() - timedelta(days=8)
    followed = Subscription.objects.create(email=FOLLOWER, asked_at=old, asked_rhythm="")
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Subscription.objects.filter(pk=followed.pk).update(confirmed_at=timezone.now())
        forgotten = pool.submit(in_a_connection_of_its_own, forget_unconfirmed)
        wait([forgotten], timeout=1)
        assert not forgotten.done()  # it waits for us

    assert (forgotten.result(), Subscription.objects.count()) == (0, 1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_asking_twice_at_once_makes_one_row():
    def ask_once(_):
        return in_a_connection_of_its_own(ask_to_follow, FOLLOWER, None, "?q=tuin", "week")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask_once, range(8)))

    assert Subscription.objects.count() == 1


def in_a_connection_of_its_own(function, *arguments):
    try:
        return function(*arguments)
    finally:
        connection.close()


@pytest.mark.parametrize("words", ["moestuin", "onvindbaar"])
def test_results_of_a_search_lead_to_following_it(client, words):
    make_publication(title="Samen in de moestuin")

    page = BeautifulSoup(client.get("/zoeken/", {"q": words}).content, "html.parser")

    (link,) = page.find_all("a", string="per mail")
    assert link["href"] == f"/volgen/zoeken/?q={words}"
    assert f"‘{words}’" in text_of(client.get(link["href"]))
    assert page.find("a", string="Volg deze zoekvraag")["href"] == f"/zoeken/feed/?q={words}"
