"""What a story or article can be made of, as its readers see it, and who signs it."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import nested_form_data, streamfield

from publications.search import LibraryQuery, search
from publications.tests.editing import opened
from publications.tests.factories import add_publication, make_image, make_publication
from publications.tests.visits import queries_of, text_of
from stories.models import ArticlePage, Author, StoryPage
from stories.tests.factories import make_article, make_author, make_story, sign

pytestmark = pytest.mark.django_db

VIDEO = {
    "title": "Een dag op het plein",
    "url": "https://www.youtube.com/watch?v=abc",
    "minutes": 4,
    "picture": None,
    "transcript": RichText("<p>Kinderen rennen.</p>"),
}


@pytest.mark.parametrize("make", [make_story, make_article])
def test_every_block_shows_what_was_put_in(client, make):
    publication = make_publication(title="Het onderzoek")
    story = make_story(title="Een ander verhaal", neighbourhood="De Haven")
    page = make(
        body=[
            ("works", {"works": ["Koffie", "Een sleutel"], "fails": ["Een enquête"]}),
            (
                "steps",
                {
                    "title": "Zo begin je",
                    "steps": [{"title": "Bel aan", "text": "Bij drie buren."}, {"title": "Kook"}],
                },
            ),
            ("publication", {"publication": publication, "why": "Hier staat hoe."}),
            ("story", {"page": story, "why": ""}),
            ("video", {**VIDEO, "picture": make_image(credit="Foto: Jo")}),
        ]
    )

    response = client.get(page.url)

    text = text_of(response)
    for words in (
        "Wat werkt Koffie Een sleutel Wat werkt niet Een enquête",
        "Zo begin je Bel aan",
        "Bij drie buren.",
        "Lees ook Het onderzoek Hier staat hoe.",
        "Lees ook Een ander verhaal Verhaal: De Haven",
        "Bekijk ‘Een dag op het plein’ video van 4 minuten op YouTube",
        "Kinderen rennen.",
        "Foto: Jo",
    ):
        assert words in text
    html = response.content.decode()
    for end in (publication, story):
        assert f'href="{end.url}"' in html


def test_video_is_a_link_and_loads_nothing_from_elsewhere(client):
    page = make_story(body=[("video", VIDEO)])

    response = client.get(page.url)

    html = BeautifulSoup(response.content, "html.parser")
    assert html.select_one(f'a[href="{VIDEO["url"]}"]')
    assert html.select("iframe, video, embed, object") == []
    loaded = [
        tag.get("src") or tag.get("href")
        for tag in html.select("script, img, link[rel=stylesheet]")
    ]
    assert [address for address in loaded if address.startswith(("http", "//"))] == []
    assert "youtube" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://b.example/film", "onzin"])
def test_video_takes_a_web_address_only(admin_client, address):
    page = make_article(live=False, title="Met film")
    screen = reverse("wagtailadmin_pages:edit", args=[page.pk])
    answers = opened(admin_client, screen)
    block = {"title": "Film", "url": address, "minutes": "", "transcript": "null"}
    block["picture"] = {"image": "", "alt_text": ""}
    answers.update(nested_form_data({"body": streamfield([("video", block)])}))
    answers["action-publish"] = "action-publish"

    assert admin_client.post(screen, answers).status_code == 200
    assert not ArticlePage.objects.live().exists()


def test_card_shows_only_while_its_page_is_public(client):
    publication, story = make_publication(title="Het onderzoek"), make_story(title="De praktijk")
    page = make_article(
        body=[
            ("text", RichText("<p>Tekst.</p>")),
            ("publication", {"publication": publication, "why": "Omdat."}),
            ("story", {"page": story, "why": "Daarom."}),
        ]
    )
    assert {"Het onderzoek", "De praktijk"} <= {
        w for w in ("Het onderzoek", "De praktijk") if w in text_of(client.get(page.url))
    }

    publication.unpublish()
    text = text_of(client.get(page.url))
    assert "Omdat." not in text
    assert "Daarom." in text
    story.delete()
    assert "Daarom." not in text_of(client.get(page.url))


@pytest.mark.parametrize("make", [make_story, make_article])
def test_queries_of_a_page_with_cards_and_authors_do_not_grow(client, make):
    publications = [add_publication() for _ in range(12)]
    stories = [make_story(picture=make_image()) for _ in range(12)]
    authors = [
        make_author(portrait=make_image(), consent_by="Zelf", consent_on=datetime.date(2026, 1, 1))
        for _ in range(12)
    ]
    asked = []
    sign(make(picture=make_image()), authors[0])
    for count in (1, 12):
        cards = [("publication", {"publication": p, "why": ""}) for p in publications[:count]]
        cards += [("story", {"page": s, "why": ""}) for s in stories[:count]]
        page = make(body=[("text", RichText("<p>Tekst.</p>")), *cards])
        sign(page, *authors[:count])
        asked.append(queries_of(client, page.url))

    assert len(text_of(client.get(page.url)).split("Lees ook")) == 25
    assert asked[0] == asked[1] <= 50


def test_authors_sign_with_role_and_with_a_portrait_while_there_is_consent(client):
    agreed = make_author(
        name="Anna Bakker",
        role="opbouwwerker",
        portrait=make_image("Anna", description="Anna lacht"),
        consent_by="Anna Bakker",
        consent_on=datetime.date(2026, 1, 1),
    )
    not_asked = make_author(name="Bo de Wit", portrait=make_image("Bo", description="Bo kijkt"))
    article = make_article(author_name="Iemand anders")
    sign(article, agreed, not_asked)

    response = client.get(article.url)

    assert "Anna Bakker opbouwwerker Bo de Wit" in text_of(response)
    assert "Iemand anders" not in text_of(response)
    html = response.content.decode()
    assert 'alt="Anna lacht"' in html
    assert "Bo kijkt" not in html
    assert "Anna Bakker en Bo de Wit" in text_of(client.get("/artikelen/"))

    agreed.consent_on = None
    agreed.save()
    assert "Anna lacht" not in client.get(article.url).content.decode()


def test_portrait_needs_who_agreed_and_when(admin_client):
    picture = make_image()
    form = reverse(Author.snippet_viewset.get_url_name("add"))
    typed = {"name": "Anna", "role": "", "portrait": picture.pk, "consent_by": "Anna"}

    refused = admin_client.post(form, {**typed, "consent_on": ""})
    taken = admin_client.post(form, {**typed, "consent_on": "2026-01-31"})

    assert "Leg vast wie toestemming gaf voor het portret, en wanneer." in refused.content.decode()
    assert taken.status_code == 302
    assert Author.objects.get().shown_portrait == picture


def test_text_is_found_by_its_author_also_after_a_change_of_name():
    story = make_story(title="Zonder naam")
    author = make_author(name="Anna Bakker")
    sign(story, author)

    def found(words):
        return [hit.pk for hit in search(LibraryQuery(words), StoryPage.objects.all()).hits]

    assert found("bakker") == [story.pk]
    author.name = "Anna Timmerman"
    author.save()
    assert found("bakker") == []
    assert found("timmerman") == [story.pk]


def test_story_with_a_text_says_how_long_reading_takes(client):
    long = make_story(body=[("text", RichText("<p>" + "woord " * 700 + "</p>"))])

    assert "3 minuten lezen" in text_of(client.get(long.url))
    assert "lezen" not in text_of(client.get(make_story(title="Kort").url))
