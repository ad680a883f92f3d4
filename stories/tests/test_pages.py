"""Stories, articles and writing tips as their readers see them."""

import re

import pytest
from django.urls import reverse
from wagtail.models import PageViewRestriction
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from publications.tests.editing import opened
from publications.tests.factories import (
    add_publication,
    make_image,
    make_pillar_page,
    make_publication,
    make_term,
)
from publications.tests.visits import queries_of, text_of
from stories.models import ArticlePage, WritingTipPage
from stories.tests.factories import make_article, make_link, make_story, make_tip

pytestmark = pytest.mark.django_db


def canonical(response) -> list[str]:
    return re.findall(r'<link rel="canonical" href="([^"]*)">', response.content.decode())


def make_private(page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def test_story_that_lives_on_buurtwijs_is_short_and_points_there(client):
    story = make_story(
        title="Het bankje van Joke",
        intro="Joke zette een bankje neer.",
        canonical_url="https://buurtwijs.example/bankje?a=1&b=2",
        neighbourhood="De Haven",
        municipality="Waterveld",
        picture=make_image(credit="Foto: Jo Jansen"),
        is_example=True,
    )

    response = client.get(story.url)

    assert canonical(response) == ["https://buurtwijs.example/bankje?a=1&amp;b=2"]
    text = text_of(response)
    assert "Verhaal: De Haven, Waterveld voorbeeld Het bankje van Joke Joke zette een" in text
    assert "Foto: Jo Jansen" in text
    assert "Lees het hele verhaal op Buurtwijs" in text
    assert 'alt="Een bankje voor een deur"' in response.content.decode()


def test_story_of_our_own_has_its_text_here(client):
    picture = make_image(credit="Foto: Jo Jansen")
    story = make_story(
        body=[
            ("heading", "Hoe het begon"),
            ("text", RichText("<p>Met <b>een</b> stoel.</p>")),
            ("picture", {"image": picture, "caption": "De eerste stoel"}),
            ("quote", {"quote": "Kom zitten!", "speaker": "Joke"}),
        ]
    )

    response = client.get(story.url)

    assert canonical(response) == [story.full_url]
    text = text_of(response)
    for words in ("Hoe het begon", "Met een stoel.", "De eerste stoel", "Kom zitten!", "Joke"):
        assert words in text
    assert "Buurtwijs" not in text
    assert "voorbeeld" not in text
    assert "<h2>Hoe het begon</h2>" in response.content.decode()


def test_article_shows_its_kind_its_author_and_how_long_it_takes(client):
    article = make_article(
        title="Wat werkt?",
        kind=ArticlePage.Kind.REFLECTION,
        author_name="Anna Bakker",
        intro="Over wat werkt.",
        body=[("text", RichText("<p>" + "woord " * 700 + "</p>"))],
        is_example=True,
    )

    response = client.get(article.url)

    text = text_of(response)
    assert text.startswith("Reflectie voorbeeld Wat werkt? Over wat werkt. Tekst: Anna Bakker")
    assert "3 minuten lezen" in text
    assert canonical(response) == [article.full_url]


@pytest.mark.parametrize(
    ("body", "minutes"),
    [
        ([], 1),
        ([("text", RichText("<p>kort</p>"))], 1),
        ([("text", RichText("<p>" + '<b class="x y z">woord</b> ' * 440 + "</p>"))], 2),
        ([("heading", "kop"), ("quote", {"quote": "woord " * 1099, "speaker": ""})], 5),
    ],
)
def test_reading_time_counts_words_and_not_their_markup(body, minutes):
    assert ArticlePage(body=body).reading_minutes == minutes


def test_article_without_a_text_is_a_draft():
    article = make_article(title="Leeg", body=[], live=False)

    assert article.missing_for_publication() == ["Schrijf de tekst."]
    article.body = [("text", RichText("<p>Daar is hij.</p>"))]
    assert article.missing_for_publication() == []


def test_writing_tips_stand_in_their_groups_in_the_order_of_the_tree(client):
    make_tip(title="Zinnen", group=WritingTipPage.Group.WRITE, intro="Schrijf kort.")
    last = make_tip(title="Alinea's", group=WritingTipPage.Group.WRITE)
    make_tip(title="Begin", group=WritingTipPage.Group.BEGIN)
    first = WritingTipPage.objects.get(title="Begin")
    first.move(WritingTipPage.objects.get(title="Zinnen"), pos="left")
    hidden = make_tip(title="Geheim", group=WritingTipPage.Group.WRITE)
    assert "Geheim" in text_of(client.get("/schrijftips/"))
    make_private(hidden)

    text = text_of(client.get("/schrijftips/"))
    site = "http://localhost/schrijftips"  # for who prints them

    begin = f"Voor je begint Begin Schrijf korte zinnen. {site}/begin/ Terwijl je schrijft Zinnen"
    assert begin in text
    assert f"Schrijf kort. {site}/zinnen/ Alinea's" in text
    assert "Geheim" not in text
    assert "info@buurtwijs.nl" in text
    assert "Schrijf korte zinnen." in text_of(client.get(last.url))


@pytest.mark.parametrize(
    ("make", "address", "name"),
    [(make_story, "/verhalen/", "stories"), (make_article, "/artikelen/", "articles")],
)
def test_list_shows_what_is_public_newest_first_in_pages(client, make, address, name):
    asked = []
    for number in range(13):
        if number in (1, 12):
            asked.append(queries_of(client, address))
        make(title=f"Nummer {number:02}", picture=make_image())
    make(title="Nog niet", live=False)
    secret = make(title="Besloten")
    assert client.get(address).context[name][0].title == "Besloten"
    make_private(secret)

    pages = [client.get(address, {"pagina": page}) for page in ("1", "2", "99", "onzin")]

    shown = [[page.title for page in response.context[name]] for response in pages]
    assert shown[0] + shown[1] == [f"Nummer {number:02}" for number in reversed(range(13))]
    assert shown[2:] == [shown[1], shown[0]]
    assert 'href="?pagina=2" rel="next"' in pages[0].content.decode()
    assert text_of(pages[0]).count("Nummer") == 12
    assert asked[0] == asked[1] <= 25


def test_queries_of_the_tips_do_not_grow(client):
    make_tip()
    asked = queries_of(client, "/schrijftips/")
    for _ in range(11):
        make_tip()

    assert queries_of(client, "/schrijftips/") == asked <= 20


def test_queries_of_a_page_do_not_grow(client):
    pillars = [make_term(slug=f"pijler-{n}") for n in range(4)]
    publications = [add_publication(pillars=pillars) for _ in range(12)]
    for make in (make_story, make_article):
        asked = []
        make()
        for number in (1, 12):
            page = make(pillars=pillars[:number])
            for publication in publications[:number]:
                make_link(page, publication)
            page.save_revision().publish()
            asked.append(queries_of(client, page.url))
        assert asked[0] == asked[1] <= 45


def test_page_suggests_others_of_its_kind(client):
    stories = [make_story(title=f"Verhaal {n}") for n in range(5)]
    make_private(stories[4])

    more = client.get(stories[3].url).context["more"]

    assert [story.title for story in more] == ["Verhaal 2", "Verhaal 1", "Verhaal 0"]


def test_card_without_a_picture_draws_the_first_pillar(client):
    make_story(title="Zonder", pillars=[make_term(slug="sociale-inclusie")])

    html = client.get("/verhalen/").content.decode()

    assert "story-card__img--drawn p-inclusie" in html


def typed(*, title, body) -> dict:
    """Return what the editor's browser would send for these."""
    text = rich_text(f"<p>{body}</p>")
    return nested_form_data({"title": title, "body": streamfield([("text", text)])})


@pytest.mark.parametrize("make", [make_story, make_article])
def test_preview_shows_a_draft_with_its_links_to_what_is_public(admin_client, make):
    make_pillar_page()
    page = make(title="Zoals het is", live=False)
    make_link(page, make_publication(title="Het onderzoek"), why="Daar staat het.")
    make_link(page, make_publication(title="Nog niet", live=False), why="Daar staat het ook.")
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    answers = opened(admin_client, reverse("wagtailadmin_pages:edit", args=[page.pk]))
    answers.update(typed(title="Zoals het wordt", body="Net getypt."))

    assert admin_client.post(address, answers).json() == {"is_valid": True, "is_available": True}
    text = text_of(admin_client.get(address))

    assert "Zoals het wordt" in text
    assert "Net getypt." in text
    assert "Het onderzoek Daar staat het." in text
    assert "Nog niet" not in text
