"""The library through its own page: what is found, in which order, and how it is counted."""

import random

import pytest
from wagtail.models import PageViewRestriction

from publications.models import PublicationAuthor, PublicationPage, Term, Vocabulary
from publications.tests.factories import (
    add_publication,
    make_document,
    make_image,
    make_library,
    make_publication,
    make_term,
)
from publications.tests.visits import queries_of

pytestmark = pytest.mark.django_db


def results(client, **query):
    return client.get("/bibliotheek/", query).context["results"]


def titles(client, **query) -> list[str]:
    return [hit.title for hit in results(client, **query).hits]


def counts(client, name, **query) -> dict[str, int]:
    facets = {facet.name: facet for facet in results(client, **query).facets}
    return {option.value: option.count for option in facets[name].options}


def author(name) -> PublicationAuthor:
    given, _, family = name.rpartition(" ")
    return PublicationAuthor(given=given, family=family)


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("zwaluwen", {"title": "Zwaluwen tellen"}),
        ("zwaluwen", {"subtitle": "Over zwaluwen"}),
        ("zwaluwen", {"summary": "Wie telt de zwaluwen?"}),
        ("zwaluwen", {"organisation": "Vereniging Zwaluwen"}),
        ("zwaluwen", {"authors": [PublicationAuthor(organisation="De Zwaluwen")]}),
        ("de Zwaluw", {"authors": [PublicationAuthor(particle="de", family="Zwaluw")]}),
        ("zwaluwen", {"keywords": ["zwaluwen"]}),
        ("10.1234/zwaluw", {"doi": "10.1234/zwaluw"}),
        ("9789012345675", {"isbn": "978-90-1234567-5"}),
    ],
)
def test_search_finds_a_word_wherever_it_stands(client, words, where):
    expected = make_publication(**where)
    make_publication(title="Merels tellen")

    assert titles(client, q=words) == [expected.title]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("wijken", "wijk"),
        ("wijk", "wijken"),
        ("vrijwilligers", "vrijwilliger"),
        ("coördinatie", "coordinatie"),
        ("Vrijwilligers", "VRIJWILLIGER"),
    ],
)
def test_search_knows_dutch_endings(client, written, typed):
    add_publication(title="Gevonden", summary=f"Over {written} gesproken.")
    add_publication(title="Niet gevonden")

    assert titles(client, q=typed) == ["Gevonden"]


def test_every_word_must_occur_wherever(client):
    add_publication(title="Samen eten", summary="In de straat.")
    add_publication(title="Samen sparen", summary="In de wijk.")

    assert titles(client, q="samen straat") == ["Samen eten"]
    assert results(client, q="samen straat wijk").is_partial


def test_title_ranks_above_name_above_summary_above_document(client):
    make_publication(title="In de samenvatting", summary="Bankjes, bankjes en nog eens bankjes.")
    make_publication(title="Een studie naar wat er staat in de straten van een stad: bankjes")
    make_publication(title="Bij de auteur", authors=[PublicationAuthor(family="Bankjes")])
    make_publication(title="Bankjes")

    assert titles(client, q="bankjes") == [
        "Bankjes",
        "Een studie naar wat er staat in de straten van een stad: bankjes",
        "Bij de auteur",
        "In de samenvatting",
    ]


def test_nothing_found_is_said(client):
    add_publication(title="Samen eten")

    response = client.get("/bibliotheek/", {"q": "zwaluw"})

    assert response.context["results"].total == 0
    assert "Niets gevonden" in response.content.decode()


HOSTILE = [
    "'",
    '"',
    "'' OR 1=1 --",
    "%",
    "%s %(x)s %%",
    "\\",
    "\\' & | ! <-> :*",
    "-",
    "- -- ---",
    "&",
    "!!",
    "(((",
    "eten\x00samen",
    "\x00",
    "\x0b\x1b",
    "a" * 5000,
    "woord " * 1000,
    "😀",
    "👩‍👩‍👧‍👦 samen",
    "\u202egnimaz",
    "שלום עולם",
    "مرحبا",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7|add:7 }} {% debug %}",
    "de het een",
    "   ",
    "\ufffe\ufeff",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_gives_a_page_that_runs_nothing(client, typed):
    add_publication(title="Samen eten")

    names = ("soort", "pijler", "voorziening", "jaar", "sorteer", "pagina")
    for query in ({"q": typed}, dict.fromkeys(names, typed)):
        response = client.get("/bibliotheek/", query)

        assert response.status_code == 200
        page = response.content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "14" not in page.split("<main")[1].split("results__head")[0]


def test_bytes_that_are_no_text_give_a_page(client):
    make_library()

    assert client.get("/bibliotheek/?q=%ff%fe&jaar=%ed%a0%80&pijler=%c0").status_code == 200


def make_thirty(chance):
    """Make random publications on few enough terms that every combination of filters has hits."""
    terms = {
        vocabulary: [make_term(vocabulary=vocabulary, slug=f"{vocabulary}-{n}") for n in range(3)]
        for vocabulary in (Vocabulary.KIND, Vocabulary.PILLAR, Vocabulary.FACILITY)
    }
    for number in range(30):
        page = add_publication(
            title=f"Publicatie {number:02}",
            summary=chance.choice(["Over bankjes.", "Over straten.", "Over bankjes en straten."]),
            kind=chance.choice(terms[Vocabulary.KIND]),
            pillars=chance.sample(terms[Vocabulary.PILLAR], chance.randint(1, 3)),
            facilities=chance.sample(terms[Vocabulary.FACILITY], chance.randint(0, 3)),
            year=chance.choice([2022, 2023, 2024, None]),
        )
        if number % 7 == 0:
            page.unpublish()
    return terms


def values_by_facet(publication) -> dict[str, set[str]]:
    return {
        "soort": {publication.kind.slug},
        "pijler": {term.slug for term in publication.pillars.all()},
        "voorziening": {term.slug for term in publication.facilities.all()},
        "jaar": {str(publication.year or "onbekend")},
        "q": set(publication.summary.lower().strip(".").split()),
    }


def fitting(held, asked) -> set[int]:
    """Return which publications fit: the plain way, without a query."""
    return {
        pk
        for pk, values in held.items()
        if all(not wanted or values[name] & set(wanted) for name, wanted in asked.items())
    }


def test_totals_and_counts_are_exact(client):
    chance = random.Random(20)
    terms = make_thirty(chance)
    held = {p.pk: values_by_facet(p) for p in PublicationPage.objects.live()}
    choices = {
        "soort": [term.slug for term in terms[Vocabulary.KIND]],
        "pijler": [term.slug for term in terms[Vocabulary.PILLAR]],
        "voorziening": [term.slug for term in terms[Vocabulary.FACILITY]],
        "jaar": ["2022", "2023", "2024", "onbekend"],
    }
    assert 20 < len(held) < 30

    for _ in range(25):
        chosen = {
            name: chance.sample(values, chance.randint(0, 2)) for name, values in choices.items()
        }
        words = chance.choice(["", "", "bankjes", "straten"])
        asked = {**chosen, "q": [words] if words else []}
        found = results(client, **chosen, q=words)

        expected = fitting(held, asked)
        assert found.total == len(expected)
        assert {hit.pk for hit in found.hits} <= expected
        assert len(found.hits) == min(len(expected), 20)
        for facet in [facet for facet in found.facets if facet.name in choices]:
            countable = fitting(held, {**asked, facet.name: []})
            assert {(o.value, o.count, o.is_selected) for o in facet.options} == {
                (value, count, value in chosen[facet.name])
                for value in choices[facet.name]
                if (count := sum(value in held[pk][facet.name] for pk in countable))
                or value in chosen[facet.name]
            }


def test_unknown_values_are_ignored_with_a_notice(client):
    add_publication(title="Samen eten", year=2024)

    response = client.get(
        "/bibliotheek/",
        {
            "pijler": ["bestaat-niet"],
            "jaar": ["2024", "morgen", "²⁰²⁴", "20245"],
            "sorteer": "raar",
        },
    )

    found = response.context["results"]
    assert [hit.title for hit in found.hits] == ["Samen eten"]
    assert found.notices == [
        "We kennen het filter ‘bestaat-niet’ niet.",
        "We kennen het filter ‘morgen’ niet.",
        "We kennen het filter ‘²⁰²⁴’ niet.",
        "We kennen het filter ‘20245’ niet.",
    ]
    assert [chip.value for chip in found.chips] == ["2024"]
    assert "We kennen het filter ‘morgen’ niet." in response.content.decode()


def test_a_flood_of_unknown_values_gives_a_few_notices(client):
    add_publication()

    found = results(client, pijler=[f"onzin-{n}" for n in range(500)], jaar=["x", "y"])

    assert found.total == 1
    assert len(found.notices) <= 10


def test_no_more_than_six_values_of_one_facet_count(client):
    for n in range(8):
        pillar = make_term(slug=f"pijler-{n}", order=n)
        add_publication(title=f"Over {n}", pillars=[pillar])

    found = results(client, pijler=[f"pijler-{n}" for n in range(8)])

    assert found.total == 6
    assert found.notices == ["Kies per filter hoogstens 6 mogelijkheden."]
    assert [chip.value for chip in found.chips] == [f"pijler-{n}" for n in range(6)]


def test_filter_of_a_merged_term_finds_what_either_term_holds(client):
    old = make_term(vocabulary=Vocabulary.FACILITY, slug="clubhuis", label="Clubhuis")
    new = make_term(vocabulary=Vocabulary.FACILITY, slug="buurthuis", label="Buurthuis")
    make_publication(title="Onder de oude", facilities=[old], year=2022)
    make_publication(title="Onder de nieuwe", facilities=[new], year=2021)
    make_publication(title="Onder beide", facilities=[old, new], year=2020)
    draft = make_publication(title="Nog niet klaar", facilities=[old], year=2019, live=False)
    old.merged_into = new
    old.save()
    draft.get_latest_revision().publish()

    expected = ["Onder de oude", "Onder de nieuwe", "Onder beide", "Nog niet klaar"]
    assert titles(client, voorziening="clubhuis") == expected
    assert titles(client, voorziening="buurthuis") == expected
    assert titles(client, voorziening=["clubhuis", "buurthuis"]) == expected
    assert counts(client, "voorziening") == {"buurthuis": 4}
    chips = results(client, voorziening="clubhuis").chips
    assert [(chip.value, chip.label) for chip in chips] == [("buurthuis", "Buurthuis")]


def test_renamed_term_keeps_its_address(client):
    pillar = make_term(slug="sociale-cohesie", label="Sociale cohesie")
    add_publication(title="Samen eten", pillars=[pillar])
    pillar.label = "Elkaar kennen"
    pillar.save()

    found = results(client, pijler="sociale-cohesie")

    assert [hit.title for hit in found.hits] == ["Samen eten"]
    assert [chip.label for chip in found.chips] == ["Elkaar kennen"]


def test_unknown_year_is_a_choice_and_stands_last(client):
    add_publication(title="Van toen", year=1998)
    add_publication(title="Van nu", year=2025)
    add_publication(title="Van wanneer?", year=None)

    assert titles(client, jaar="onbekend") == ["Van wanneer?"]
    assert titles(client, jaar=["onbekend", "1998"]) == ["Van toen", "Van wanneer?"]
    assert list(counts(client, "jaar")) == ["2025", "1998", "onbekend"]


def test_sorting(client):
    add_publication(title="Zomer in de wijk", year=2020, month=3)
    add_publication(title="appels in de wijk", year=2020, month=9)
    add_publication(title="Économie in de wijk", year=None)
    add_publication(title="Eenzaam in de wijk", year=2024)

    newest = [
        "Eenzaam in de wijk",
        "appels in de wijk",
        "Zomer in de wijk",
        "Économie in de wijk",
    ]
    assert titles(client) == newest
    assert titles(client, q="wijk", sorteer="nieuwste") == newest
    assert titles(client, q="wijk", sorteer="oudste") == [
        "Zomer in de wijk",
        "appels in de wijk",
        "Eenzaam in de wijk",
        "Économie in de wijk",
    ]
    assert titles(client, q="wijk", sorteer="titel") == [
        "appels in de wijk",
        "Économie in de wijk",
        "Eenzaam in de wijk",
        "Zomer in de wijk",
    ]


def test_pages_of_a_long_list(client):
    for n in range(22):
        add_publication(title=f"Bankje {n:02}", year=2000 + n, organisation="Movisie")
    query = {"q": "bankje", "pijler": "sociale-cohesie", "sorteer": "oudste"}

    first, second = titles(client, **query), titles(client, **query, pagina=2)

    assert first + second == [f"Bankje {n:02}" for n in range(22)]
    assert titles(client, **query, pagina=99) == second
    assert titles(client, **query, pagina="0") == second
    assert titles(client, **query, pagina="niets") == first
    link = 'href="?q=bankje&amp;pijler=sociale-cohesie&amp;sorteer=oudste&amp;pagina=2" rel="next"'
    assert link in client.get("/bibliotheek/", query).content.decode()


def test_drafts_and_private_pages_are_nowhere_in_the_library(client):
    make_publication(title="Voor iedereen", year=2020)
    make_publication(title="Nog niet", year=2021, live=False)
    secret = make_publication(title="Besloten", year=2022)
    gone = make_publication(title="Weg", year=2023)
    assert titles(client) == ["Weg", "Besloten", "Voor iedereen"]
    PageViewRestriction.objects.create(page=secret, restriction_type=PageViewRestriction.LOGIN)
    gone.unpublish()

    for words in ("", "samenleven"):
        assert titles(client, q=words) == ["Voor iedereen"]
        assert counts(client, "jaar", q=words) == {"2020": 1}
    assert titles(client, q="besloten") == []


def test_what_changes_is_found_at_once(client):
    page = make_publication(
        title="Oude naam",
        keywords=["oudwoord"],
        authors=[author("Anna Oudmans")],
        organisation="Ou",
    )
    page.title = "Nieuwe naam"
    page.organisation = "Nieuworg"
    page.keywords.set(["nieuwwoord"])
    page.authors = [author("Bea Nieuwmans")]
    revision = page.save_revision()
    old, new = ["oude", "oudwoord", "oudmans"], ["nieuwe", "nieuwwoord", "nieuwmans", "nieuworg"]
    assert [titles(client, q=words) for words in old] == [["Oude naam"]] * 3
    assert [titles(client, q=words) for words in new] == [[]] * 4

    revision.publish()
    assert [titles(client, q=words) for words in new] == [["Nieuwe naam"]] * 4
    assert [titles(client, q=words) for words in old] == [[]] * 3

    page.refresh_from_db()
    page.unpublish()
    assert [titles(client, q=words) for words in new] == [[]] * 4

    page.get_latest_revision().publish()
    assert titles(client, q="nieuwe") == ["Nieuwe naam"]

    page.delete()
    assert titles(client, q="nieuwe") == []
    assert results(client).total == 0


def test_queries_do_not_grow_with_the_hits(client):
    addresses = ["/bibliotheek/", "/bibliotheek/?q=bankje&pijler=sociale-cohesie&jaar=2020"]
    asked = []
    for number in range(1, 31):
        add_publication(
            title=f"Bankje {number}",
            year=2020,
            authors=[author(f"Anna Bakker-{number}"), author("Bea de Boer")],
            cover=make_image() if number % 3 == 1 else None,
            document=make_image(drawn_from=make_document()).drawn_from if number % 3 < 2 else None,
        )
        if number in (1, 12, 30):
            asked.append([queries_of(client, address) for address in addresses])

    assert asked == [asked[0]] * 3
    assert max(asked[0]) <= 40


def test_term_named_twice_in_the_address_counts_once(client):
    add_publication(title="Samen eten", pillars=[make_term(slug="sociale-cohesie")])

    found = results(client, pijler=["sociale-cohesie", "sociale-cohesie"])

    assert found.total == 1
    assert [chip.value for chip in found.chips] == ["sociale-cohesie"]
    assert Term.objects.count() == 2
