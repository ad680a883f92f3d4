"""What happens when several people do something at the same moment. These tests really commit."""

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
