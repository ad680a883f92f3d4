"""The front page, pages with text, and the pages of the pillars, which show several kinds."""

import pytest
from wagtail.models import PageViewRestriction, Site

from home.models import HomePage, SiteSettings, StandardPage
from publications.models import PillarActor, PillarFacility, Vocabulary
from publications.tests.factories import (
    add_publication,
    make_pillar_page,
    make_publication,
    make_term,
    site_root,
)
from publications.tests.visits import queries_of, text_of
from stories.tests.factories import make_article, make_dossier, make_link, make_story

pytestmark = pytest.mark.django_db

PILLARS = (
    "sociale-cohesie",
    "sociale-inclusie",
    "sociale-empowerment",
    "sociaaleconomische-zekerheid",
)


def make_home(**fields) -> HomePage:
    """Put a front page at the root of the site, with the pillars, and everything below it."""
    site = Site.objects.get(is_default_site=True)
    fields.setdefault("title", "Kennisplein")
    home = site.root_page.get_parent().add_child(instance=HomePage(slug="voorkant", **fields))
    site.root_page = home
    site.save()
    for order, slug in enumerate(PILLARS):
        make_term(slug=slug, order=order)
        make_pillar_page(slug=slug)
    return home


def make_private(page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def test_home_shows_what_is_new_a_story_and_the_four_pillars(client):
    make_home(headline="Draai maar", intro="Zoek en vind.", invitation="Doe mee!")
    for number in range(7):
        make_publication(title=f"Publicatie {number}")
    publication = make_publication(title="De nieuwste", summary="Over een tafel.")
    story = make_story(title="Het bankje", neighbourhood="De Haven", is_example=True)
    make_link(story, publication, why="Hier staat die tafel.")

    response = client.get("/")

    assert [page.title for page in response.context["newest"]] == [
        "De nieuwste",
        "Publicatie 6",
        "Publicatie 5",
        "Publicatie 4",
        "Publicatie 3",
    ]
    assert [page.slug for page in response.context["pillars"]] == list(PILLARS)
    text = text_of(response)
    for words in (
        "Draai maar Zoek en vind.",
        "Zoek in 8 publicaties",
        "Over een tafel.",
        "Verhaal: De Haven voorbeeld Het bankje",
        "De nieuwste Hier staat die tafel.",
        "Sociale basis, wat is dat?",
        "Doe mee!",
    ):
        assert words in text
    assert '<form class="search" role="search" action="/bibliotheek/">' in response.content.decode()


def test_home_without_content_is_a_page(client):
    make_home()

    text = text_of(client.get("/"))

    assert text.startswith("Draai aan de knoppen van je buurt")
    assert "Nieuw in de bibliotheek" not in text


def test_chosen_story_stands_on_home_as_long_as_it_is_public(client):
    chosen = make_story(title="Gekozen")
    make_story(title="Nieuwer")
    make_home(featured_story=chosen)
    assert client.get("/").context["story"].title == "Gekozen"

    make_private(chosen)
    assert client.get("/").context["story"].title == "Nieuwer"

    chosen.delete()
    assert client.get("/").context["story"].title == "Nieuwer"


def test_home_shows_nothing_that_is_not_public(client):
    make_home()
    publication, secret = make_publication(title="Nog niet"), make_publication(title="Besloten")
    story = make_story(title="Verhaal weg")
    assert client.get("/").context["publication_count"] == 2

    publication.unpublish()
    make_private(secret)
    story.unpublish()

    response = client.get("/")
    assert (response.context["publication_count"], response.context["newest"]) == (0, [])
    assert response.context["story"] is None
    for title in ("Nog niet", "Besloten", "Verhaal weg"):
        assert title not in text_of(response)


def test_queries_of_home_do_not_grow(client):
    make_home()
    asked = []
    for number in range(1, 13):
        publication = add_publication()
        if number in (1, 2):
            make_link(make_story(), publication)
        if number in (1, 12):
            asked.append(queries_of(client, "/"))

    assert asked[0] == asked[1] <= 50


def test_standard_page_and_footer_say_what_editors_wrote(client):
    site = Site.objects.get(is_default_site=True)
    SiteSettings.objects.create(
        site=site, email="plein@voorbeeld.example", footer_text="Van ons.", example_notice="Let op!"
    )
    page = StandardPage(
        title="Over ons", slug="over", intro="Wie zijn wij?", body="<h2>Wij</h2><p>Zijn er.</p>"
    )
    site_root().add_child(instance=page)

    response = client.get("/over/")

    assert text_of(response) == "Over ons Wie zijn wij? Wij Zijn er."
    html = response.content.decode()
    assert "<title>Over ons | Kennisplein Sociale basis</title>" in html
    footer = html.split("<footer")[1]
    for words in ("Van ons.", "mailto:plein@voorbeeld.example", "Let op!"):
        assert words in footer


def test_menu_shows_the_pages_that_editors_put_in_it(client):
    make_home()
    for title, in_menu, live in (("In", True, True), ("Uit", False, True), ("Nog", True, False)):
        page = StandardPage(title=title, slug=title.lower(), body="x", show_in_menus=in_menu)
        page.live = live
        site_root().add_child(instance=page)

    html = client.get("/").content.decode()

    menu = html.split('aria-label="Hoofdmenu"')[1].split("</nav>")[0]
    assert '<a href="/in/">In</a>' in menu
    assert "Uit" not in menu
    assert "Nog" not in menu


def test_pillar_page_shows_its_hands_and_what_belongs_to_it(client):
    page = make_pillar_page(
        question="Kennen mensen elkaar?", intro="Over elkaar.", still_missing="Cijfers."
    )
    other = make_term(slug="sociale-inclusie")
    actor = make_term(vocabulary=Vocabulary.ACTOR, slug="gemeente")
    place = make_term(vocabulary=Vocabulary.FACILITY, slug="buurthuis")
    PillarActor.objects.create(page=page, term=actor, sentence="Geeft ruimte.")
    PillarFacility.objects.create(page=page, term=place, sentence="Daar kom je binnen.")
    for year in range(2000, 2008):
        add_publication(title=f"Uit {year}", year=year, pillars=[page.pillar])
    make_publication(title="Andere knop", pillars=[other])
    make_story(title="Ons verhaal")
    make_article(title="Ons artikel")
    make_story(title="Ander verhaal", pillars=[other])
    make_private(make_article(title="Besloten"))

    response = client.get(page.url)

    assert [p.title for p in response.context["publications"]] == [
        f"Uit {year}" for year in (2007, 2006, 2005, 2004, 2003, 2002)
    ]
    text = text_of(response)
    for words in (
        "Sociale cohesie Over elkaar. Volg met een feed Volg per mail 8 publicaties",
        "Kennen mensen elkaar?",
        "Gemeente Geeft ruimte.",
        "Buurthuis Daar kom je binnen.",
        "Cijfers.",
        "Ons verhaal",
        "Ons artikel",
        "Alle 8 publicaties",
    ):
        assert words in text
    for words in ("Andere knop", "Ander verhaal", "Besloten"):
        assert words not in text
    html = response.content.decode()
    assert 'href="/bibliotheek/?pijler=sociale-cohesie&amp;voorziening=buurthuis"' in html


def test_queries_of_a_pillar_page_do_not_grow(client):
    page = make_pillar_page()
    asked = []
    for number in range(1, 13):
        add_publication(pillars=[page.pillar, make_term(slug="sociale-inclusie")])
        if number < 4:
            make_story()
            make_article()
        if number in (1, 12):
            asked.append(queries_of(client, page.url))

    assert asked[0] == asked[1] <= 50


def test_pillar_index_shows_the_four_in_order(client):
    make_home()

    response = client.get("/pijlers/")

    assert [page.slug for page in response.context["pillars"]] == list(PILLARS)
    html = response.content.decode()
    assert all(f'href="/pijlers/{slug}/"' in html for slug in PILLARS)


def test_home_shows_the_newest_dossier_with_the_covers_of_what_is_public(client):
    make_home()
    hidden = make_publication(title="Verborgen")
    make_dossier(hidden, make_publication(title="Zichtbaar"), title="Hoe begin je een buurtkamer?")
    hidden.unpublish()

    response = client.get("/")

    assert "Hoe begin je een buurtkamer?" in text_of(response)
    assert [page.title for page in response.context["shelf"]] == ["Zichtbaar"]


def test_a_pillar_page_says_what_to_read_first_and_what_has_most_stories(client):
    first, told, often_told = (make_publication(title=t) for t in ("Eerst", "Eén", "Twee"))
    page = make_pillar_page(featured=first)
    for publication in (told, often_told, often_told):
        make_link(make_story(), publication)
    hidden = make_story()
    make_link(hidden, first)
    hidden.unpublish()

    context = client.get(page.url).context

    assert context["featured"] == first
    assert [p.title for p in context["publications"]] == ["Twee", "Eén"]
    assert [(p.title, p.story_count) for p in context["most_linked"]] == [("Twee", 2), ("Eén", 1)]


def test_a_pillar_page_asks_for_what_nobody_wrote_about(client):
    page = make_pillar_page()
    place = make_term(vocabulary=Vocabulary.FACILITY, slug="moestuin")
    known = make_term(vocabulary=Vocabulary.FACILITY, slug="buurthuis")
    publication = make_publication()
    publication.facilities = [known]
    publication.save_revision().publish()

    response = client.get(page.url)

    assert response.context["gaps"] == [place]
    assert "voeg-kennis-toe/?pijler=sociale-cohesie&amp;voorziening=moestuin" in (
        response.content.decode()
    )
