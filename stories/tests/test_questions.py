import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from publications.tests.factories import (
    add_publication,
    make_pillar_page,
    make_publication,
    make_term,
)
from publications.tests.visits import queries_of, text_of
from stories.models import QuestionPage
from stories.tests.factories import make_article, make_question, make_question_index, make_story

pytestmark = pytest.mark.django_db


def listed(client, address="/vragen/", **query) -> list[str]:
    return [question.title for question in client.get(address, query).context["questions"]]


def item(client, question) -> dict:
    return client.get(f"/api/v2/pages/{question.pk}/").json()


def test_questions_are_listed_open_ones_first(client):
    make_question(title="Beantwoord", answers=[make_publication()])
    make_question(title="Oud")
    make_question(title="Nieuw")
    make_question(title="Concept", live=False)

    assert listed(client) == ["Nieuw", "Oud", "Beantwoord"]


def test_list_of_questions_has_pages(client):
    make_question_index()
    for number in range(14):
        make_question(title=f"Vraag {number:02}")

    assert listed(client, pagina="2") == ["Vraag 01", "Vraag 00"]
    assert listed(client, pagina="99") == ["Vraag 01", "Vraag 00"]
    assert len(listed(client, pagina="x")) == 12


@pytest.mark.parametrize("make", [make_publication, make_article])
def test_both_ends_show_the_answer_and_lose_it_together(client, make):
    pillar = make_pillar_page()
    answer = make(title="Zo begin je", pillars=[pillar.pillar])
    question = make_question(title="Hoe begin je?", answers=[answer], pillars=[pillar.pillar])

    def shown():
        return [
            "Zo begin je" in text_of(client.get(question.url)),
            item(client, question)["has_answer"],
            listed(client, pillar.url) == [],
        ]

    assert shown() == [True, True, True]
    assert "Beantwoordt de vraag Vraag Hoe begin je?" in text_of(client.get(answer.url))
    assert item(client, question)["answers"] == [
        {"title": "Zo begin je", "html_url": answer.full_url, "why": ""}
    ]

    answer.unpublish()
    assert shown() == [False, False, False]
    assert item(client, question)["answers"] == []
    assert "Weet jij het antwoord?" in text_of(client.get(question.url))

    answer.get_latest_revision().publish()
    question.unpublish()
    assert "Hoe begin je?" not in text_of(client.get(answer.url))


def test_pillar_page_shows_what_is_still_open(client):
    pillar = make_pillar_page()
    make_question(title="Open", pillars=[pillar.pillar])
    make_question(title="Beantwoord", pillars=[pillar.pillar], answers=[make_publication()])
    make_question(title="Andere pijler", pillars=[make_term(slug="sociale-inclusie")])
    make_question(title="Concept", pillars=[pillar.pillar], live=False)

    assert listed(client, pillar.url) == ["Open"]
    assert "Wie weet het antwoord?" in text_of(client.get(pillar.url))


def test_question_is_found_in_sitemap_and_api(client):
    question = make_question(title="Hoe begin je een buurtkamer?", explanation="In onze flat.")
    make_question(title="Concept", live=False)

    items = client.get("/api/v2/pages/?type=stories.QuestionPage&fields=*").json()["items"]

    assert question.url in client.get("/sitemap.xml").content.decode()
    assert [found["title"] for found in items] == ["Hoe begin je een buurtkamer?"]
    assert items[0]["explanation"] == "In onze flat."
    assert items[0]["pillar_slugs"] == ["sociale-cohesie"]
    assert items[0]["answers"] == []


@pytest.mark.parametrize("make", [make_story, make_question])
def test_only_publications_and_articles_are_answers(client, make):
    question = make_question(answers=[make()])

    messages = [answer_fault(answer) for answer in question.answers.all()]

    assert messages == ["Kies een publicatie of een artikel."]


def answer_fault(answer) -> str:
    try:
        answer.full_clean()
    except ValidationError as error:
        return error.message_dict["answer"][0]
    return ""


def test_answer_goes_with_its_page(client):
    publication = make_publication()
    question = make_question(answers=[publication])
    publication.delete()

    assert Client().get(question.url).status_code == 200
    assert "Open vraag" in text_of(client.get(question.url))
    question.get_latest_revision().publish()
    assert QuestionPage.objects.get().answers.count() == 0


def test_editor_answers_a_question_in_the_admin(admin_client):
    publication = make_publication(title="Zo begin je")
    question = make_question(title="Hoe begin je?")
    url = reverse("wagtailadmin_pages:edit", args=[question.pk])
    form = {
        "title": question.title,
        "slug": question.slug,
        "explanation": "",
        "pillars": [pillar.pk for pillar in question.pillars.all()],
        "answers-TOTAL_FORMS": "1",
        "answers-INITIAL_FORMS": "0",
        "answers-MIN_NUM_FORMS": "0",
        "answers-MAX_NUM_FORMS": "1000",
        "answers-0-answer": str(publication.pk),
        "answers-0-why": "Met een tafel en een kan koffie.",
        "answers-0-ORDER": "1",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "action-publish": "1",
    }

    assert admin_client.get(url).status_code == 200
    assert admin_client.post(url, form).status_code == 302

    shown = text_of(Client().get(question.url))
    assert "Publicatie Zo begin je Met een tafel en een kan koffie." in shown


@pytest.mark.parametrize("address", ["/vragen/", "question", "publication", "pillar", "api"])
def test_queries_do_not_grow_with_questions(client, address):
    pillar = make_pillar_page()
    publication = add_publication(pillars=[pillar.pillar])
    for _ in range(4):  # what stands beside it
        add_publication(pillars=[pillar.pillar])
    make_question(pillars=[pillar.pillar])
    addresses = {
        "publication": publication.get_url(),
        "pillar": pillar.url,
        "api": "/api/v2/pages/?type=stories.QuestionPage&fields=*",
    }
    asked = []
    for number in (1, 3):
        answers = [publication, *(add_publication() for _ in range(number - 1))]
        question = make_question(answers=answers, pillars=[pillar.pillar])
        for _ in range(number):
            make_question(pillars=[pillar.pillar])
        asked.append(
            queries_of(
                client,
                addresses.get(address) or (question.url if address == "question" else address),
            )
        )

    assert asked[0] == asked[1] <= 45


def test_preview_of_a_question_shows_the_answers_of_the_draft(admin_client):
    question = make_question(title="Hoe begin je?")
    draft = question.get_latest_revision_as_object()
    draft.answers.create(answer=make_publication(title="Zo begin je"))

    response = draft.make_preview_request()

    assert "Zo begin je" in text_of(response)


def test_all_questions_of_a_search_are_searched_and_keep_the_invitation(client):
    make_question(title="Hoe begin je een buurtkamer?")
    make_question(title="Wie betaalt de koffie?")

    section = client.get("/zoeken/", {"q": "buurtkamer"}).context["sections"][-1]
    response = client.get(section.url)

    assert [hit.title for hit in response.context["results"].hits] == [
        "Hoe begin je een buurtkamer?"
    ]
    assert "1 vraag gevonden" in text_of(response)
    for page in (response, client.get("/vragen/")):
        assert "Staat jouw vraag er niet bij?" in text_of(page)
