import pytest
from django.core import mail
from django.test import Client

from forms.models import Contribution, Status
from forms.tests.factories import decision, edit_url, review_url, work
from forms.tests.remarks import make_question_stage, tell
from publications.tests.factories import make_publication
from publications.tests.visits import text_of
from stories.models import QuestionAnswer
from stories.tests.factories import make_article, make_question

pytestmark = pytest.mark.django_db
make_stage = make_question_stage

ASKER = ["fenna@voorbeeld.example"]


def ask(client, editor, **changes):
    """Ask a question and let an editor place it. Return the case."""
    contribution, _ = tell(client, "vraag", **changes)
    editor.post(review_url(contribution), decision(contribution))
    work()
    return contribution


def answer_with(contribution, page, why=""):
    """Put an answer below a question in its editor, and publish it."""
    question = contribution.page.specific.get_latest_revision_as_object()
    question.answers.add(QuestionAnswer(answer=page, why=why))
    question.save_revision().publish()
    work()


def subjects() -> list[str]:
    return [sent.subject.rpartition(" (")[0] for sent in mail.outbox if sent.to == ASKER]


def test_placed_question_is_public_without_a_name(client, editor):
    contribution, status_url = tell(client, "vraag", pijlers=["sociale-cohesie"])
    editor.post(review_url(contribution), decision(contribution))
    work()

    assert contribution.current_status() == Status.PUBLISHED
    page = Client().get(contribution.page.get_url())
    assert "Open vraag" in text_of(page)
    assert "Hoe begin je een buurtkamer?" in text_of(page)
    assert "fenna" not in page.content.decode().lower()
    assert "Hoe begin je een buurtkamer?" in text_of(Client().get("/vragen/"))
    assert subjects() == ["We hebben je vraag ontvangen", "Je vraag staat op het Kennisplein"]
    assert contribution.page.full_url in mail.outbox[-1].body
    assert client.get(status_url).context["live_url"] == contribution.page.url


def test_declined_question_leaves_nothing(client, editor):
    contribution, _ = tell(client, "vraag")
    editor.post(review_url(contribution), decision(contribution, "decline", reden="Staat er al."))
    work()

    contribution.refresh_from_db()
    assert contribution.page is None
    assert subjects()[-1] == "Over je vraag"
    assert "Staat er al." in mail.outbox[-1].body


def test_question_is_only_published_by_its_light_check(client, editor, superuser):
    contribution, _ = tell(client, "vraag")

    for browser in (editor, superuser):
        browser.post(
            edit_url(contribution.page),
            {
                "title": "Anders",
                "slug": "anders",
                "action-publish": "1",
                **{
                    f"{name}-{count}": "0"
                    for name in ("answers", "comments")
                    for count in ("TOTAL_FORMS", "INITIAL_FORMS")
                },
            },
        )
        browser.post(f"/admin/bulk/wagtailcore/page/publish/?id={contribution.page_id}")

    contribution.page.refresh_from_db()
    assert not contribution.page.live


@pytest.mark.parametrize("make", [make_publication, make_article])
def test_asker_hears_of_the_answer_once(client, editor, make):
    contribution = ask(client, editor)
    answer = make(title="Zo begin je")
    mail.outbox.clear()

    answer_with(contribution, answer)
    contribution.page.specific.save_revision().publish()
    answer.save_revision().publish()
    answer_with(contribution, make(title="En zo ook"))

    assert subjects() == ["Er is een antwoord op je vraag"]
    assert answer.full_url in mail.outbox[0].body
    assert contribution.page.full_url in mail.outbox[0].body
    assert "Beantwoord" in text_of(Client().get(contribution.page.get_url()))
    assert contribution.events.filter(what="antwoord-gevonden").count() == 1


def test_answer_that_is_not_public_yet_is_told_when_it_is(client, editor):
    contribution = ask(client, editor)
    answer = make_publication(title="Nog geheim", live=False)
    mail.outbox.clear()

    answer_with(contribution, answer)
    before = subjects()
    answer.get_latest_revision().publish()
    work()

    assert before == []
    assert subjects() == ["Er is een antwoord op je vraag"]


def test_nobody_is_mailed_without_an_address(client, editor):
    contribution = ask(client, editor, email="")
    answer_with(contribution, make_publication())

    assert subjects() == []
    assert contribution.events.filter(what="antwoord-gevonden").exists()


def test_question_of_the_editors_themselves_mails_nobody(client):
    make_question(answers=[make_publication()])
    work()

    assert mail.outbox == []
    assert not Contribution.objects.exists()


def test_form_page_for_questions_stays_while_a_question_waits(client, editor):
    contribution, _ = tell(client, "vraag")
    index = contribution.page.get_parent()

    editor.post(f"/admin/pages/{index.pk}/delete/")

    contribution.refresh_from_db()
    assert contribution.page is not None
