import pytest
from bs4 import BeautifulSoup

from publications.models import NotReadyForPublication
from publications.tests.factories import make_pillar_page, make_publication, make_term
from publications.tests.visits import queries_of, text_of
from stories.tests.factories import make_article, make_dossier, make_story

pytestmark = pytest.mark.django_db


def titles_in(response):
    soup = BeautifulSoup(response.content, "html.parser")
    return [title.get_text(strip=True) for title in soup.select(".prose h2, .bridge__title")]


def test_a_dossier_shows_its_pages_in_order_each_with_a_line(client):
    dossier = make_dossier(
        "Begin hier",
        make_publication(title="Wie zit er niet aan tafel"),
        make_story(title="Acht stoelen"),
        "En dan",
        make_article(title="Klein en vast"),
        still_missing="Kennis over kamers die sloten.",
    )

    response = client.get(dossier.url)

    assert titles_in(response) == [
        "Begin hier",
        "Wie zit er niet aan tafel",
        "Acht stoelen",
        "En dan",
        "Klein en vast",
    ]
    text = text_of(response)
    assert "Lees dit om acht stoelen." in text
    assert "1 publicatie · 1 verhaal · 1 artikel" in text
    assert "Kennis over kamers die sloten." in text


def test_what_is_not_public_is_left_out_and_comes_back(client):
    shown, hidden = make_publication(title="Zichtbaar"), make_publication(title="Verborgen")
    dossier = make_dossier(shown, hidden)
    hidden.unpublish()

    assert titles_in(client.get(dossier.url)) == ["Zichtbaar"]
    assert "1 publicatie" in text_of(client.get(dossier.url))

    hidden.refresh_from_db()
    hidden.save_revision().publish()

    assert titles_in(client.get(dossier.url)) == ["Zichtbaar", "Verborgen"]


def test_a_dossier_without_anything_to_read_is_not_published():
    with pytest.raises(NotReadyForPublication, match="Kies een publicatie"):
        make_dossier("Alleen een kop")


def test_search_lists_and_filters_dossiers(client):
    inclusion = make_term(slug="sociale-inclusie")
    make_dossier(make_publication(), title="Hoe begin je een buurtkamer?")
    make_dossier(make_publication(), title="Hoe houd je een tuin?", pillars=[inclusion])

    found = client.get("/dossiers/", {"q": "buurtkamers"}).context["results"]
    filtered = client.get("/dossiers/", {"pijler": "sociale-inclusie"}).context["results"]

    assert [hit.title for hit in found.hits] == ["Hoe begin je een buurtkamer?"]
    assert [hit.title for hit in filtered.hits] == ["Hoe houd je een tuin?"]
    library = client.get("/bibliotheek/", {"q": "buurtkamers"}).context["results"]
    assert library.total == 0


def test_a_pillar_page_names_its_dossiers(client):
    pillar_page = make_pillar_page(slug="sociale-cohesie")
    dossier = make_dossier(make_publication())

    assert dossier.title in text_of(client.get(pillar_page.url))

    dossier.unpublish()

    assert dossier.title not in text_of(client.get(pillar_page.url))


def test_the_api_gives_a_dossier(client):
    publication = make_publication()
    dossier = make_dossier("Begin", publication)

    found = client.get(f"/api/v2/pages/{dossier.pk}/").json()

    assert found["intro"] == dossier.intro
    assert [block["type"] for block in found["body"]] == ["heading", "publication"]
    assert found["body"][1]["value"]["title"] == publication.title


def test_as_many_queries_for_twelve_pages_as_for_one(client):
    few = make_dossier(make_publication(), make_story(), make_article())
    twelve = [make() for make in (make_publication, make_story, make_article) for _ in range(4)]
    many = make_dossier(*twelve, title="Twaalf")

    assert queries_of(client, many.url) == queries_of(client, few.url)


def test_as_many_queries_for_twelve_dossiers_as_for_one(client):
    publication = make_publication()
    make_dossier(publication)
    few = queries_of(client, "/dossiers/")
    for number in range(11):
        make_dossier(publication, title=f"Vraag {number}")

    assert queries_of(client, "/dossiers/") == few


def test_api_names_the_cards_that_are_public_and_search_leaves_out_why(client):
    shown, hidden = make_publication(title="Openbaar"), make_publication(title="Geheim")
    dossier = make_dossier("Eerst dit", shown, hidden)
    hidden.unpublish()

    body = client.get(f"/api/v2/pages/{dossier.pk}/").json()["body"]

    assert [block["value"] for block in body] == [
        "Eerst dit",
        {"title": "Openbaar", "html_url": shown.full_url, "why": "Lees dit om openbaar."},
    ]
    found = client.get("/dossiers/", {"q": "geheim"}).context["results"]
    assert [hit.title for hit in found.hits] == []
