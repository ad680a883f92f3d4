"""What happens when several people do something at the same moment. These tests really commit."""

import itertools
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connections, transaction
from django.test import Client

from forms.mail import deliver_due_mail
from forms.models import Contribution
from forms.tests.factories import (
    answers_for,
    browser_of,
    contribute,
    decision,
    hidden_answers,
    make_editor,
    make_form_page,
    review_url,
    told,
    upload,
)
from publications.models import LibraryDocument, PublicationPage
from publications.tests.factories import make_library, make_publication

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
make_stage = None


def at_once(*tasks) -> None:
    """Run each task in a thread of its own, all starting together."""
    barrier = Barrier(len(tasks))

    def run(task):
        barrier.wait()
        task()
        connections.close_all()

    threads = [Thread(target=run, args=[task]) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_same_form_sent_twice_at_once_is_one_contribution():
    make_form_page()
    answers = {**answers_for(recht="eigen"), **hidden_answers()}
    responses = []

    def post():
        sent = {**answers, "bestand": upload(b"%PDF-1.7")}
        responses.append(Client().post("/voeg-kennis-toe/", sent))

    at_once(post, post, post)

    contribution = Contribution.objects.get()
    assert [response.status_code for response in responses] == [302] * 3
    for response in responses:
        assert contribution.reference in Client().get(response.url).content.decode()
    assert [LibraryDocument.objects.count(), PublicationPage.objects.count()] == [1, 1]
    files = Path(LibraryDocument._meta.get_field("file").storage.location).rglob("*.pdf")
    assert len(list(files)) == 1


def test_different_forms_sent_at_once_each_get_their_own_reference():
    make_form_page()
    responses = []

    def post(number):
        answers = {**answers_for("tip", wat=f"Tip {number}"), **hidden_answers()}
        responses.append(Client().post("/voeg-kennis-toe/", answers).status_code)

    at_once(*(lambda n=n: post(n) for n in range(4)))

    references = Contribution.objects.order_by("reference").values_list("reference", flat=True)
    assert responses == [302] * 4
    assert [reference[-4:] for reference in references] == ["0001", "0002", "0003", "0004"]


def test_page_that_takes_the_place_in_the_tree_does_not_cost_a_contribution():
    make_form_page()
    library = make_library()
    responses = []

    def post():
        sent = {**answers_for(), **hidden_answers()}
        responses.append(Client().post("/voeg-kennis-toe/", sent).status_code)

    visitor = Thread(target=lambda: (post(), connections.close_all()))
    with transaction.atomic():
        make_publication(library=library, title="Van de redactie")
        visitor.start()
        visitor.join(timeout=2)  # it waits for the place that this transaction holds
        is_waiting = visitor.is_alive()
    visitor.join()

    assert is_waiting
    assert responses == [302]
    assert sorted(PublicationPage.objects.values_list("title", flat=True)) == [
        "Samen eten, samen weten",
        "Van de redactie",
    ]


def test_two_editors_deciding_at_once_decide_once():
    contribution, _ = contribute(Client())
    browsers = [browser_of(make_editor()) for _ in range(2)]
    answers = [decision(contribution, action) for action in ("approve", "decline")]
    responses = []

    def decide(browser, data):
        responses.append(browser.post(review_url(contribution), data))

    at_once(
        lambda: decide(browsers[0], answers[0]),
        lambda: decide(browsers[1], answers[1]),
    )

    contribution.refresh_from_db()
    assert sorted(response.status_code for response in responses) == [200, 302]
    refused = next(response for response in responses if response.status_code == 200)
    assert told(refused)[0].startswith("Deze bijdrage is al afgehandeld: ")
    decisions = contribution.mails.filter(template__in=["gepubliceerd", "niet-geplaatst"])
    assert decisions.count() == 1
    assert PublicationPage.objects.live().count() == (contribution.outcome == "gepubliceerd")


ENDS = {"approve": "gepubliceerd", "decline": "niet-geplaatst", "spam": "spam"}
# What two editors and the contributor do in a round; the rounds go through them in turn.
ROUNDS = list(
    itertools.product(
        ("approve", "decline", "spam", "reject"),
        ("decline", "approve", "reject"),
        ("weg", "anders"),
    )
)


def play(number: int, browsers, visitor) -> None:
    """One round: two editors decide while the contributor withdraws or changes; check the end."""
    first, second, third = ROUNDS[number % len(ROUNDS)]
    contribution, status_url = contribute(visitor, titel=f"Ronde {number}")
    texts = [f"Tekst {number} van {who}" for who in ("een", "twee")]
    sends = [
        decision(contribution, action, reden=text, mail_tekst=f"Mail {text} {{link}}")
        for action, text in zip((first, second), texts, strict=True)
    ]
    answers = contribution.submissions.get().form_data | {"bestand": "", "titel": "Ongezien"}
    responses = {}

    def decide(place):
        responses[place] = browsers[place].post(review_url(contribution), sends[place])

    def contributor():
        if third == "weg":
            visitor.post(status_url, {"actie": "intrekken"})
        else:
            responses["anders"] = visitor.post(f"{status_url}wijzigen/", answers)

    at_once(lambda: decide(0), lambda: decide(1), contributor)

    happened = list(contribution.events.values_list("what", flat=True))
    ends = [what for what in happened if what in (*ENDS.values(), "ingetrokken")]
    done = [response.status_code == 302 for response in (responses[0], responses[1])]
    by_editors = [ENDS.get(action, "gevraagd") for action in (first, second)]
    assert len(ends) <= 1, happened
    assert sum(done) == len([w for w in happened if w in (*ENDS.values(), "gevraagd")]), happened
    assert any(done) or ends or "gewijzigd" in happened, happened  # somebody gets through
    assert third != "weg" or ends, happened  # and who withdraws is never left with a question
    for place in (0, 1):
        if done[place]:
            assert by_editors[place] in happened
        else:  # told what happened, and what was typed is there
            shown = responses[place].content.decode()
            assert any(" door " in m or " heeft " in m for m in told(responses[place])), happened
            assert sends[place]["actie"] == "spam" or texts[place] in shown
    contribution.refresh_from_db()
    status = contribution.current_status()
    assert status == (ends[0] if ends else status)
    live = PublicationPage.objects.live()
    assert live.count() == (status == "gepubliceerd")
    assert not live.filter(title="Ongezien").exists()
    mails = contribution.mails.values_list("template", flat=True)
    assert sorted(set(mails) & {"gepubliceerd", "niet-geplaatst", "ingetrokken"}) == [
        what for what in ends if what != "spam"
    ]
    assert len(mails) == len(set(mails)) or list(mails).count("redactie") > 1
    live.delete()


@pytest.mark.parametrize("rounds", [5, pytest.param(200, marks=pytest.mark.judge)])
def test_two_editors_and_the_contributor_at_once_have_one_outcome(rounds, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = settings.CONTRIBUTIONS_IN_TOTAL = 10_000
    make_form_page()
    browsers = [browser_of(make_editor()) for _ in range(2)]
    step = max(len(ROUNDS) // rounds, 1)

    for number in range(rounds):
        play(number * step, browsers, Client())


def test_editor_and_contributor_at_once_never_publish_what_nobody_saw():
    contribution, status_url = contribute(Client())
    browser, visitor = browser_of(make_editor()), Client()
    approve = decision(contribution)
    form = visitor.get(f"{status_url}wijzigen/").context["form"]
    typed = {f.name: f.value() for f in form if f.value()} | {"titel": "Ongezien"}

    at_once(
        lambda: browser.post(review_url(contribution), approve),
        lambda: visitor.post(f"{status_url}wijzigen/", typed),
    )

    assert not PublicationPage.objects.live().filter(title="Ongezien").exists()


def test_two_workers_at_once_send_each_mail_once(client, mailbox):
    contributions = [contribute(client, titel=f"Nummer {n}")[0] for n in range(3)]

    at_once(*[deliver_due_mail.call] * 3)

    ids = [message["Message-ID"] for _, message in mailbox]
    assert len(ids) == len(set(ids)) == 2 * len(contributions)
