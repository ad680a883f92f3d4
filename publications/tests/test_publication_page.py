"""A publication as its readers see it, and the rules about one publication."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import PageViewRestriction

from publications.models import (
    Licence,
    PublicationAuthor,
    PublicationPage,
    PublicationRelation,
    RightToShare,
    Takeaway,
    Vocabulary,
)
from publications.tests.factories import (
    add_publication,
    make_document,
    make_image,
    make_pillar_page,
    make_publication,
    make_term,
)
from publications.tests.visits import queries_of, text_of

pytestmark = pytest.mark.django_db


def make_private(page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def term(vocabulary, label):
    return make_term(vocabulary=vocabulary, slug=label.lower().replace(" ", "-"), label=label)


def test_page_shows_all_that_is_known(client):
    make_pillar_page(slug="sociale-cohesie")
    earlier = make_publication(title="Waarmee het begon", language="en")
    page = make_publication(
        title="Samen eten",
        subtitle="Over tafels in de straat",
        kind=term(Vocabulary.KIND, "Visiestuk"),
        summary="Bewoners koken samen.\n\nDat helpt.",
        authors=[
            PublicationAuthor(given="Meta", particle="de", family="Lange", is_editor=True),
            PublicationAuthor(given="Anna", family="Bakker"),
            PublicationAuthor(organisation="Movisie"),
        ],
        organisation="Uitgeverij Buurt",
        journal="Tijdschrift voor de wijk",
        volume="12(3)",
        page_range="4-9",
        year=2024,
        month=3,
        day=5,
        page_count=44,
        doi="10.1234/eten",
        isbn="9789012345675",
        source_url="https://voorbeeld.example/eten",
        licence=Licence.BY_SA,
        access="vrij",
        takeaways=[Takeaway(text="Zet een tafel neer."), Takeaway(text="Vraag je buren.")],
        builds_on=[PublicationRelation(earlier=earlier)],
        pillars=[term(Vocabulary.PILLAR, "Sociale cohesie")],
        facilities=[term(Vocabulary.FACILITY, "Buurtkeuken")],
        actors=[term(Vocabulary.ACTOR, "Gemeente")],
        themes=[term(Vocabulary.THEME, "Voedsel")],
        readers=[term(Vocabulary.READER, "Bewoners")],
        area=term(Vocabulary.AREA, "Dorp"),
        place="Waterveld",
        keywords=["eten", "tafels"],
        is_example=True,
    )

    response = client.get(page.url)

    text = text_of(response)
    for words in (
        (
            "Visiestuk Samen eten Over tafels in de straat"
            " Meta de Lange (red.), Anna Bakker en Movisie"
            " Uitgeverij Buurt, 5 maart 2024 voorbeeld Sociale cohesie"
        ),
        "Wat betekent dit voor mijn buurt? Zet een tafel neer. Vraag je buren.",
        "Samenvatting Bewoners koken samen. Dat helpt.",
        "Gratis te lezen Ja, vrij te lezen Gebruik CC BY-SA 4.0",
        "Tijdschrift Tijdschrift voor de wijk 12(3), blz. 4-9",
        "Lengte 44 bladzijden",
        "Buurtkeuken",
        "Gemeente",
        "Voedsel",
        "Bewoners",
        "Dorp, Waterveld",
        "eten, tafels",
        "DOI 10.1234/eten ISBN 9789012345675",
        "Bouwt voort op Waarmee het begon",
    ):
        assert words in text
    html = response.content.decode()
    for part in (
        'href="https://voorbeeld.example/eten"',
        'href="https://doi.org/10.1234/eten"',
        'href="https://creativecommons.org/licenses/by-sa/4.0/deed.nl"',
        'href="/pijlers/sociale-cohesie/"',
        'href="/bibliotheek/?voorziening=buurtkeuken"',
        f'<li lang="en"><a href="{earlier.url}">',
        f'<link rel="canonical" href="{page.full_url}">',
    ):
        assert part in html
    assert "Taal" not in text


def test_page_with_only_what_publishing_needs(client):
    page = make_publication(
        title="Kaal", year=None, organisation="", source_url="https://a.example/"
    )

    text = text_of(client.get(page.url))

    assert text.startswith("Bibliotheek Onderzoek Kaal z.d. Sociale cohesie Open bij de bron")
    for label in ("Download", "DOI", "ISBN", "Bouwt voort", "Verhalen", "Lengte", "voorbeeld"):
        assert label not in text


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        ({}, "z.d."),
        ({"year": 2024}, "2024"),
        ({"year": 2024, "month": 3}, "maart 2024"),
        ({"year": 2024, "month": 2, "day": 29}, "29 februari 2024"),
    ],
)
def test_date_is_as_exact_as_it_is_known(date, shown):
    assert PublicationPage(**date).published_on == shown


@pytest.mark.parametrize(
    ("date", "message"),
    [
        ({"month": 3}, {"year": ["Vul ook het jaar en de maand in, of laat ze alle leeg."]}),
        (
            {"year": 2024, "day": 3},
            {"year": ["Vul ook het jaar en de maand in, of laat ze alle leeg."]},
        ),
        ({"year": 2023, "month": 2, "day": 29}, {"day": ["Deze dag bestaat niet in die maand."]}),
        ({"year": 2024, "month": 4, "day": 31}, {"day": ["Deze dag bestaat niet in die maand."]}),
    ],
)
def test_date_that_cannot_be_is_refused(date, message):
    with pytest.raises(ValidationError) as error:
        PublicationPage(title="Datum", slug="datum", **date).clean()

    assert error.value.message_dict == message


@pytest.mark.parametrize(
    "date", [{"year": 1400}, {"year": 9999}, {"year": 2024, "month": 13, "day": 1}]
)
def test_date_out_of_range_is_refused_by_its_field(date):
    page = make_publication()
    for name, value in date.items():
        setattr(page, name, value)

    with pytest.raises(ValidationError) as error:
        page.full_clean()

    assert len(error.value.message_dict) == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"doi": "https://doi.org/10.1234/abc"}, {"doi": "10.1234/abc"}),
        ({"isbn": "ISBN 978-90-123-4567-5"}, {"isbn": "9789012345675"}),
        ({"doi": "", "isbn": ""}, {"doi": "", "isbn": ""}),
    ],
)
def test_identifiers_are_kept_bare(typed, kept):
    page = make_publication(**typed)

    stored = PublicationPage.objects.get(pk=page.pk)

    assert {name: getattr(stored, name) for name in kept} == kept


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"doi": "abc"}, {"doi": ["Een DOI begint met 10., zoals 10.1234/abc."]}),
        ({"isbn": "978-90-123-4567-6"}, {"isbn": ["Dit ISBN klopt niet. Kijk de cijfers na."]}),
    ],
)
def test_wrong_identifiers_are_refused(typed, message):
    with pytest.raises(ValidationError) as error:
        PublicationPage(title="Nummer", slug="nummer", **typed).clean()

    assert error.value.message_dict == message


def test_author_is_a_person_or_an_organisation():
    for wrong in ({}, {"given": "Anna"}, {"family": "Bakker", "organisation": "Movisie"}):
        with pytest.raises(ValidationError, match="Vul een achternaam in, of een organisatie"):
            PublicationAuthor(**wrong).clean()

    PublicationAuthor(family="Bakker").clean()
    PublicationAuthor(organisation="Movisie").clean()


COMPLETE = {
    "title": "Samen eten",
    "kind": True,
    "summary": "Over tafels.",
    "pillars": True,
    "sources": [""],
}


@pytest.mark.parametrize(
    ("lacking", "messages"),
    [
        ({"sources": ["", "10.1/a"]}, []),
        ({}, ["Geef een link, DOI, ISBN, document of organisatie."]),
        ({"title": "  ", "sources": [1]}, ["Vul de titel in."]),
        ({"kind": None, "sources": [1]}, ["Kies de soort."]),
        ({"summary": " \n", "sources": [1]}, ["Schrijf de samenvatting."]),
        ({"pillars": [], "sources": [1]}, ["Kies minstens één pijler."]),
        (
            {"title": None, "kind": None, "summary": None, "pillars": None, "sources": []},
            [
                "Vul de titel in.",
                "Kies de soort.",
                "Schrijf de samenvatting.",
                "Kies minstens één pijler.",
                "Geef een link, DOI, ISBN, document of organisatie.",
            ],
        ),
    ],
)
def test_what_publishing_needs(lacking, messages):
    assert PublicationPage.missing(**{**COMPLETE, **lacking}) == messages


@pytest.mark.parametrize("source", ["source_url", "doi", "isbn", "organisation", "document"])
def test_one_source_of_any_kind_is_enough(source):
    values = {
        "source_url": "https://a.example/",
        "doi": "10.1234/a",
        "isbn": "9789012345675",
        "organisation": "Movisie",
        "document": make_document(),
    }
    page = make_publication(live=False, organisation="")
    assert page.missing_for_publication() == ["Geef een link, DOI, ISBN, document of organisatie."]

    setattr(page, source, values[source])

    assert page.missing_for_publication() == []


def test_text_in_another_language_says_so(client):
    page = make_publication(title="Eating together", subtitle="A study", language="en")
    other = make_publication(title="Samen eten", language="nl")
    mixed = make_publication(title="Eten allemaal", language="mul")

    html = client.get(page.url).content.decode()

    assert '<h1 class="title" lang="en">Eating together</h1>' in html
    assert 'lang="en">A study</p>' in html
    assert "Engels" in text_of(client.get(page.url))
    assert '<h1 class="title">Samen eten</h1>' in client.get(other.url).content.decode()
    assert '<h1 class="title">Eten allemaal</h1>' in client.get(mixed.url).content.decode()
    cards = client.get("/bibliotheek/").content.decode()
    assert f'lang="en"><a href="{page.url}">' in cards
    assert f'<h3 class="card__title"><a href="{other.url}">' in cards


def test_cover_is_the_chosen_one_or_the_drawn_one_or_a_drawing(client):
    page = make_publication(kind=make_term(vocabulary=Vocabulary.KIND, slug="visiestuk"))
    assert "#soort-visiestuk" in client.get(page.url).content.decode()

    page.document = make_document()
    page.save()
    drawn = make_image("Getekend", drawn_from=page.document)
    html = client.get(page.url).content.decode()
    assert drawn.get_rendition("width-640|format-webp").url in html

    page.cover = make_image("Gekozen")
    page.save()
    html = client.get(page.url).content.decode()
    assert page.cover.get_rendition("width-640|format-webp").url in html
    assert drawn.get_rendition("width-640|format-webp").url not in html


def test_document_is_offered_only_when_everyone_may_read_it(client):
    document = make_document()
    page = make_publication(document=document)
    assert f'href="{document.url}"' in client.get(page.url).content.decode()

    document.right_to_share = RightToShare.NONE
    document.save()

    response = client.get(page.url)
    assert document.url not in response.content.decode()
    assert "Download" not in text_of(response)


def test_document_says_its_kind_its_size_and_whether_it_is_accessible(client):
    document = make_document(content=b"%PDF-1.7".ljust(3 * 1024), accessible="ja")
    page = make_publication(document=document)

    text = text_of(client.get(page.url)).replace("\xa0", " ")

    assert "Download pdf, 3,0 KB, toegankelijk" in text


def test_builds_on_shows_public_publications_only(client):
    open_one, draft, secret = (
        make_publication(title="Voor iedereen"),
        make_publication(title="Nog niet"),
        make_publication(title="Besloten"),
    )
    page = make_publication(
        builds_on=[PublicationRelation(earlier=p) for p in (secret, draft, open_one)]
    )
    assert [p.title for p in client.get(page.url).context["earlier"]] == [
        "Besloten",
        "Nog niet",
        "Voor iedereen",
    ]

    draft.unpublish()
    make_private(secret)

    response = client.get(page.url)
    assert [p.title for p in response.context["earlier"]] == ["Voor iedereen"]


def test_related_are_the_newest_public_ones_at_the_same_knob(client):
    here, there = make_term(slug="sociale-cohesie"), make_term(slug="sociale-inclusie")
    for year in (2019, 2020, 2021, 2022):
        add_publication(title=f"Uit {year}", year=year, pillars=[here, there])
    make_publication(title="Andere knop", year=2025, pillars=[there])
    make_publication(title="Nog niet", year=2025, pillars=[here], live=False)
    make_private(make_publication(title="Besloten", year=2025, pillars=[here]))
    page = make_publication(year=2025, pillars=[here])

    related = client.get(page.url).context["related"]

    assert [publication.title for publication in related] == ["Uit 2022", "Uit 2021", "Uit 2020"]


def test_queries_do_not_grow_with_what_a_page_holds(client):
    asked = []
    earlier = [add_publication(title=f"Eerder {n}") for n in range(12)]
    for number in (1, 12):
        page = make_publication(
            title=f"Met {number}",
            document=make_document(),
            authors=[PublicationAuthor(given="Anna", family=f"B-{n}") for n in range(number)],
            takeaways=[Takeaway(text=f"Doe {n}") for n in range(number)],
            keywords=[f"woord-{number}-{n}" for n in range(number)],
            facilities=[
                make_term(vocabulary=Vocabulary.FACILITY, slug=f"plek-{n}") for n in range(number)
            ],
            pillars=[make_term(slug="sociale-cohesie")],
            builds_on=[
                PublicationRelation(earlier=publication) for publication in earlier[:number]
            ],
        )
        asked.append(queries_of(client, page.url))

    assert asked[0] == asked[1] <= 45
