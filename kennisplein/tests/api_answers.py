"""Asking /api/v1 and holding each answer to its OpenAPI document."""

from jsonschema import Draft202012Validator

from forms.tests.factories import make_form_page
from publications.models import PublicationAuthor, Takeaway, Vocabulary
from publications.tests.factories import (
    add_publication,
    make_document,
    make_image,
    make_pillar_page,
    make_term,
)
from stories.tests.factories import (
    make_article,
    make_author,
    make_dossier,
    make_link,
    make_question,
    make_story,
    make_tip,
    sign,
)

LISTS = ("publicaties", "verhalen", "artikelen", "dossiers", "vragen")
PROBLEM = "application/problem+json"


def document(client) -> dict:
    return client.get("/api/v1/openapi.json").json()


def ask(client, path: str, status: int = 200, **query) -> dict:
    """Return the answer to a GET, of which the status is as it should be."""
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == status, response.content
    return response.json()


def faults_of(answer, response: dict, whole: dict) -> list[str]:
    """Return what is wrong with an answer, by what the document says of that response."""
    [content] = response["content"].values()
    schema = {**content["schema"], "components": whole["components"]}
    errors = Draft202012Validator(schema).iter_errors(answer)
    return [f"{error.json_path}: {error.message[:200]}" for error in errors]


def make_content() -> dict:
    """Make one of everything, tied together. Return the pages by kind."""
    make_form_page()
    facility = make_term(vocabulary=Vocabulary.FACILITY, slug="buurthuis")
    publication = add_publication(
        title="Samen eten in de buurt",
        year=2024,
        authors=[PublicationAuthor(given="Meta", particle="de", family="Lange")],
        takeaways=[Takeaway(text="Zet een tafel neer.")],
        facilities=[facility],
        document=make_document(),
        cover=make_image("Omslag"),
        access="vrij",
    )
    other = add_publication(title="De buurtkamer", year=None)
    picture = make_image(credit="Foto: Jo")
    body = [
        ("heading", "Hoe het begon"),
        ("picture", {"image": picture, "caption": "Het bankje"}),
        ("quote", {"quote": "Nu kent ze iedereen.", "speaker": "een buurman"}),
        ("works", {"works": ["Elke week"], "fails": ["Een folder"]}),
        ("steps", {"title": "Zo", "steps": [{"title": "Begin", "text": "Klein."}]}),
        ("publication", {"publication": publication, "why": "Lees dit."}),
        ("video", {"title": "Een dag", "url": "https://v.example/1", "minutes": 4}),
    ]
    story = make_story(title="Een bankje in de buurt", picture=picture, body=body)
    article = make_article(title="Wat werkt in de buurt")
    sign(story, make_author(name="Joke", role="bewoner"))
    make_link(story, publication, relation="laat-zien")
    make_link(article, publication)
    return {
        "publicaties": publication,
        "verhalen": story,
        "artikelen": article,
        "dossiers": make_dossier("Begin", publication, story, article, title="Een buurt?"),
        "vragen": make_question(title="Wat kost een buurtkamer?", answers=[publication, other]),
        "schrijftips": make_tip(body="<p>Kort.</p>"),
        "pijlers": make_pillar_page(body="<p>Wat.</p>", featured=publication),
    }
