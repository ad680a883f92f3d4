"""What /api/v1 tells: all that is public and nothing else, the same as the site, in few queries."""

import pytest
from wagtail.rich_text import RichText

from home.models import StandardPage
from kennisplein.tests.api_answers import LISTS, ask, document, faults_of, make_content
from kennisplein.tests.test_api import CANARY, plant
from publications.models import PublicationPage, Vocabulary
from publications.tests.factories import (
    add_publication,
    make_document,
    make_image,
    make_publication,
    make_term,
    site_root,
)
from publications.tests.visits import queries_of
from stories.tests.factories import (
    make_article,
    make_dossier,
    make_link,
    make_question,
    make_story,
)

pytestmark = pytest.mark.django_db

OTHERS = ("zoek", "schrijftips", "pijlers", "begrippen", "kenniskaart", "navigatie")
OTHERS += ("startpagina", "paginas", "bijdragen")


def answers_of(client, pages: dict) -> dict[str, str]:
    """Return addresses with the path of the OpenAPI document that describes them."""
    found = {name: f"/{name}" for name in (*LISTS, *OTHERS)}
    for name in LISTS:
        found[f"{name}/{pages[name].pk}"] = f"/{name}/{{sleutel}}"
        found[f"{name}/{pages[name].slug}"] = f"/{name}/{{sleutel}}"
    for place in ask(client, "paginas", aantal=100)["resultaten"]:
        path = place["pad"]
        found[f"paginas/{path}" if path else "startpagina"] = "/paginas/{pad}"
    return found


def test_every_answer_is_as_the_document_says(client):
    pages = make_content()
    whole = document(client)

    answers = answers_of(client, pages)

    assert len(answers) > 30
    for address, path in answers.items():
        described = whole["paths"][path]["get"]["responses"]["200"]
        assert faults_of(ask(client, address), described, whole) == [], address


WORDS = ("", "buurt", "bewoner", '"samen koken"', "kookt -bankje", "bewnoers", "zwaluw", "ond")
FILTERS = (
    "",
    "pijler=sociale-cohesie",
    "jaar=2010&jaar=2012",
    "soort=boek&taal=nl",
    "sorteer=titel",
    "sorteer=oudste&vrij=ja",
    "pijler=bestaat-niet",
)
EACH_ONCE = [f"q={word}&{rest}" for word, rest in zip(WORDS, (*FILTERS, ""), strict=True)]
EVERY_PAIR = [f"q={word}&{rest}" for word in WORDS for rest in FILTERS]


@pytest.mark.parametrize(
    "queries", [EACH_ONCE, pytest.param(EVERY_PAIR, marks=pytest.mark.judge)], ids=["some", "all"]
)
def test_lists_tell_what_the_site_shows_for_the_same_question(client, queries):
    make_content()
    for number in range(8):
        add_publication(
            title=f"Onderzoek {number} naar bewoners",
            year=2010 + number % 4,
            summary="Bewoners koken samen." if number % 2 else "Over bankjes en pleinen.",
            pillars=[make_term(slug=("sociale-cohesie", "sociale-inclusie")[number % 2])],
            kind=make_term(vocabulary=Vocabulary.KIND, slug=("boek", "advies")[number % 2]),
            language="en" if number == 3 else "nl",
        )
    for query in queries:
        shown = client.get(f"/bibliotheek/?{query}").context["results"]
        told = client.get(f"/api/v1/publicaties?{query.rstrip('&')}").json()
        assert [one["id"] for one in told["resultaten"]] == [hit.pk for hit in shown.hits], query
        assert (told["totaal"], told["meldingen"]) == (shown.total, shown.notices), query
        assert told["isGedeeltelijk"] == shown.is_partial, query
        assert {
            (facet["sleutel"], option["waarde"], option["aantal"], option["isGekozen"])
            for facet in told["facetten"]
            for option in facet["opties"]
        } == {
            (facet.name, option.value, option.count, option.is_selected)
            for facet in shown.facets
            for option in facet.options
        }, query
        meant = told["suggestie"] and told["suggestie"]["woorden"]
        assert meant == (shown.suggestion and shown.suggestion.words), query


def test_pages_of_a_list_follow_each_other(client):
    for number in range(5):
        add_publication(title=f"Boek {number}")

    seen, address = [], "/api/v1/publicaties?sorteer=titel&aantal=2"
    while address:
        response = client.get(address)
        answer = response.json()
        seen += [one["titel"] for one in answer["resultaten"]]
        following = answer["_links"].get("next")
        assert ('rel="next"' in response["Link"]) == bool(following)
        address = (
            following
            and following["href"].partition("/api")[2]
            and ("/api" + following["href"].partition("/api")[2])
        )

    assert seen == [f"Boek {number}" for number in range(5)]
    assert answer["_links"]["prev"]["href"].endswith("sorteer=titel&aantal=2&pagina=2")
    assert ask(client, "publicaties", 404, pagina=99)["detail"].startswith("Pagina 99 is er niet")


def test_fields_leave_out_the_rest(client):
    add_publication(title="Samen eten", year=2024)

    [told] = ask(client, "publicaties", fields="titel,jaar")["resultaten"]

    assert (told.pop("id") > 0, told) == (True, {"titel": "Samen eten", "jaar": 2024})
    assert ask(client, "publicaties", 400, fields="titel,geheim")["errors"][0]["location"] == {
        "name": "fields"
    }


def test_rich_text_is_clean_and_leads_to_public_pages_only(client):
    public, hidden = add_publication(title="Open"), make_publication(title="Dicht", live=False)
    released, secret = make_document(name="open.pdf"), make_document(name="dicht.pdf")
    add_publication(document=released)
    text = (
        f'<p data-block-key="x">Zie <a linktype="page" id="{public.pk}">open</a>, '
        f'<a id="{hidden.pk}" linktype="page">dicht</a>, '
        f'<a linktype="document" id="{released.pk}">pdf</a>, '
        f'<a linktype="document" id="{secret.pk}">geheim</a>, '
        '<a href="javascript:alert(1)">kwaad</a> en <a href="/over/">over</a>.</p>'
        '<script>alert(1)</script><p onclick="x">Klaar</p>'
    )
    story = make_story(body=[("text", RichText(text))])

    [block] = ask(client, f"verhalen/{story.pk}")["blokken"]

    assert block == {
        "type": "tekst",
        "html": (
            f'<p>Zie <a href="{public.full_url}">open</a>, dicht, '
            f'<a href="http://127.0.0.1:8000{released.url}">pdf</a>, geheim, '
            'kwaad en <a href="http://127.0.0.1:8000/over/">over</a>.</p><p>Klaar</p>'
        ),
    }


def test_no_canary_is_heard_anywhere(client, admin_client):
    hidden = plant(client)
    dossier = make_dossier(*[p for p in hidden if isinstance(p, PublicationPage)][:2], title="Open")
    make_question(title="Open vraag", answers=hidden[:2])
    secret = StandardPage(title=f"{CANARY}-pagina", slug="dicht", body=f"{CANARY}", live=False)
    site_root().add_child(instance=secret)
    secret.add_child(instance=StandardPage(title="Kind", slug="kind", body="<p>Open.</p>"))
    asked = [*LISTS, *OTHERS, "openapi.json", "paginas?aantal=100", f"dossiers/{dossier.pk}"]
    asked += [f"{name}?q={CANARY}" for name in (*LISTS, "zoek")]
    asked += [f"{one}/{page['id']}" for one in LISTS for page in ask(client, one)["resultaten"]]
    asked += [
        f"paginas/{page['pad'] or page['id']}"
        for page in ask(client, "paginas", aantal=100)["resultaten"]
    ]

    for browser in (client, admin_client):  # being logged in makes no difference
        heard = {address: browser.get(f"/api/v1/{address}") for address in asked}
        assert {response.status_code for response in heard.values()} == {200}
        told = {address: response.content.decode() for address, response in heard.items()}
        # What was asked is told again in links.
        told = {name: text.replace(f"q={CANARY}", "") for name, text in told.items()}
        assert [name for name, text in told.items() if CANARY in text] == []
        for page in [*hidden, secret]:
            for path in ("publicaties", "verhalen", "paginas"):
                assert browser.get(f"/api/v1/{path}/{page.pk}").status_code == 404
                assert browser.get(f"/api/v1/{path}/{page.slug}").status_code == 404
    assert "Voor iedereen" in client.get("/api/v1/publicaties").content.decode()


def test_publishing_changing_and_taking_away_show_at_once_with_a_new_etag(client):
    make_publication(title="Blijft")
    page = make_publication(title="Eerst", live=False)
    addresses = ("/api/v1/publicaties", "/api/v1/zoek?q=eerst", "/api/v1/paginas")
    seen = {address: [] for address in addresses}

    def look() -> None:
        for address in addresses:
            response = client.get(address)
            again = client.get(address, headers={"If-None-Match": response["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
            assert (again["ETag"], again["API-Version"]) == (response["ETag"], "1.0.0")
            told = [name for name in ("Eerst", "Anders") if name in response.content.decode()]
            seen[address].append((response["ETag"], told))

    look()
    page.save_revision().publish()
    look()
    page.refresh_from_db()
    page.title = "Eerst Anders"
    page.save_revision().publish()
    look()
    page.unpublish()
    look()

    for found in seen.values():
        assert [told for _, told in found] == [[], ["Eerst"], ["Eerst", "Anders"], []]
        assert [found[0][0] == etag for etag, _ in found] == [True, False, False, True]


def add_one_of_each() -> None:
    publication = add_publication(
        cover=make_image(),
        keywords=["eten"],
        facilities=[make_term(vocabulary=Vocabulary.FACILITY)],
    )
    story = make_story(picture=make_image())
    make_link(story, publication)
    make_article(picture=make_image())
    make_dossier(publication, story)
    make_question(answers=[publication])


ALLOWED = {"zoek?q=buurt": 20, "kenniskaart": 30, "paginas": 8, "begrippen": 8, "pijlers": 8}


def test_a_list_of_twenty_takes_as_few_queries_as_a_list_of_one(client):
    add_one_of_each()
    asked = [*LISTS, *(f"{name}?q=buurt" for name in LISTS), *ALLOWED]
    before = {name: queries_of(client, f"/api/v1/{name}") for name in asked}
    for _ in range(2):
        add_one_of_each()
    for _ in range(17):
        add_publication(cover=make_image())

    after = {name: queries_of(client, f"/api/v1/{name}") for name in asked}

    assert after == before
    assert {name: n for name, n in after.items() if n > ALLOWED.get(name, 8)} == {}
