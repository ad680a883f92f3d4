import pytest
from django.http import QueryDict

from publications.models import SynonymGroup, Takeaway, Vocabulary
from publications.search import LibraryQuery, search
from publications.tests.factories import make_document, make_publication, make_term
from stories.tests.factories import make_story

pytestmark = pytest.mark.django_db


def titles(words="", sort="", **chosen) -> list[str]:
    return [hit.title for hit in found(words, sort, **chosen).hits]


def found(words="", sort="", **chosen):
    values = {name: (v,) if isinstance(v, str) else v for name, v in chosen.items()}
    return search(LibraryQuery(words=words, chosen=values, sort=sort))


def test_exact_title_comes_first():
    make_publication(title="De kracht van de buurt", summary="Buurt, buurt en buurt. Kracht!")
    make_publication(title="Buurt en kracht, kracht en buurt", summary="Kracht van de buurt.")

    assert titles("de kracht van de buurt")[0] == "De kracht van de buurt"


@pytest.mark.parametrize(
    "title",
    [
        'Een "goed" gesprek - niet te lang',
        "Samen -alleen",
        "De van het",
        "???",
        "Wijk 2.0: co-creatie & e-mail",
        "Überhaupt: de Coöperatie’s kansen",
        "a " * 100 + "slot",
    ],
)
def test_every_title_finds_its_publication_first(title):
    make_publication(title="Een goed gesprek niet te lang samen alleen de van het wijk 2 0 a")
    make_publication(title=title.strip(), slug="de-titel")

    assert titles(title)[0] == title.strip()


def test_places_weigh_in_the_expected_order():
    make_publication(title="Text", summary="s", place="zorgzaam")
    make_publication(title="Takeaway", summary="s", takeaways=[Takeaway(text="zorgzaam")])
    make_publication(title="Samenvatting", summary="Een zorgzaam verhaal.")
    make_publication(
        title="Term", summary="s", themes=[make_term(vocabulary=Vocabulary.THEME, slug="zorgzaam")]
    )
    make_publication(title="Auteur", summary="s", organisation="Stichting Zorgzaam")
    make_publication(title="Trefwoord", summary="s", keywords=["zorgzaam"])
    make_publication(title="Zorgzaam", summary="s")

    assert titles("zorgzaam") == [
        "Zorgzaam",
        "Trefwoord",
        "Auteur",
        "Term",
        "Samenvatting",
        "Takeaway",
        "Text",
    ]


def test_all_words_must_be_there():
    make_publication(title="Eten in de wijk")
    make_publication(title="Eten in de stad")

    results = found("eten wijk")

    assert [hit.title for hit in results.hits] == ["Eten in de wijk"]
    assert results.notices == []


def test_without_all_words_the_best_partial_matches_are_given_with_a_notice():
    make_publication(title="Samen eten in de wijk")
    make_publication(title="Samen sparen")
    make_publication(title="Iets anders")

    results = found("samen eten zonnepaneel")

    assert [hit.title for hit in results.hits] == ["Samen eten in de wijk"]
    assert results.notices == ["Niets heeft al deze woorden. Dit komt er het dichtst bij."]


def test_phrase_in_quotes_wants_neighbours():
    make_publication(title="De sociale basis versterken")
    make_publication(title="Een basis voor sociale zaken")

    assert titles('"sociale basis"') == ["De sociale basis versterken"]
    assert titles("“sociale basis”") == ["De sociale basis versterken"]


def test_phrase_does_not_run_from_one_field_into_the_next():
    make_publication(title="Over sociale", summary="Basis van de wijk.")
    make_publication(title="Iets", summary="De sociale basis van de wijk.")

    assert titles('"sociale basis"') == ["Iets"]


def test_minus_leaves_out():
    make_publication(title="Buurthuis in beheer")
    make_publication(title="Buurthuis te koop")

    assert titles("buurthuis -koop") == ["Buurthuis in beheer"]
    assert titles('buurthuis -"te koop"') == ["Buurthuis in beheer"]


def test_last_word_may_be_unfinished():
    make_publication(title="Vrijwilligerswerk in de kern")
    make_publication(title="Werk in de kern")

    assert titles("kern vrijwill") == ["Vrijwilligerswerk in de kern"]
    assert titles("vrijw* kern") == ["Vrijwilligerswerk in de kern"]


@pytest.mark.parametrize(
    "typed",
    ["10.1234/Abc.5", "https://doi.org/10.1234/abc.5", "doi:10.1234/ABC.5", "zie 10.1234/abc.5."],
)
def test_doi_finds_its_publication(typed):
    make_publication(title="Zie met doi", doi="10.1234/abc.5")
    make_publication(title="Zie een ander", doi="10.1234/abc.6")

    assert titles(typed) == ["Zie met doi"]


@pytest.mark.parametrize("typed", ["978-90-5260-246-2", "9789052602462", "ISBN 90-5260-246-8"])
def test_isbn_finds_its_publication(typed):
    make_publication(title="Met isbn", isbn="9789052602462")
    make_publication(title="Zonder")

    assert titles(typed) == ["Met isbn"]


def test_synonyms_work_without_a_rebuild():
    make_publication(title="Het buurthuis")
    make_publication(title="De Wet maatschappelijke ondersteuning")
    assert titles("wijkgebouw") == []

    SynonymGroup.objects.create(words="buurthuis\nwijkgebouw")
    SynonymGroup.objects.create(words="wmo\nwet maatschappelijke ondersteuning")

    assert titles("wijkgebouw") == ["Het buurthuis"]
    assert titles("wmo") == ["De Wet maatschappelijke ondersteuning"]


def test_only_live_public_publications_are_found():
    make_publication(title="Geheim plan", live=False)
    publication = make_publication(title="Open plan")
    make_story(title="Plan van een verhaal")

    assert titles("plan") == ["Open plan"]

    publication.unpublish()

    assert titles("plan") == []


def test_draft_of_a_live_page_is_not_found():
    publication = make_publication(title="Oude titel")
    publication.title = "Nieuwe naam"
    publication.save_revision()

    assert titles("nieuwe naam") == []
    assert titles("oude titel") == ["Oude titel"]

    publication.get_latest_revision().publish()

    assert titles("nieuwe naam") == ["Nieuwe naam"]
    assert titles("oude") == []


def test_deleted_publication_is_gone():
    publication = make_publication(title="Weg ermee")
    assert titles("weg") == ["Weg ermee"]

    publication.delete()

    assert titles("weg") == []
    assert found().total == 0


def test_renamed_and_merged_terms_are_right_at_once():
    thuis = make_term(vocabulary=Vocabulary.THEME, slug="thuis", label="Thuis")
    wonen = make_term(vocabulary=Vocabulary.THEME, slug="wonen", label="Huisvesting")
    make_publication(title="Eerste", summary="s", themes=[thuis])
    make_publication(title="Tweede", summary="s", themes=[wonen])
    assert titles("huisvesting") == ["Tweede"]

    thuis.merged_into = wonen
    thuis.save()

    assert sorted(titles("huisvesting")) == ["Eerste", "Tweede"]
    assert sorted(titles(thema="thuis")) == ["Eerste", "Tweede"]
    themes = next(facet for facet in found().facets if facet.name == "thema")
    assert [(option.value, option.count) for option in themes.options] == [("wonen", 2)]


def test_facet_counts_ignore_their_own_selection():
    pillars = [make_term(slug=slug) for slug in ("sociale-cohesie", "sociale-inclusie")]
    make_publication(title="Samen eten", pillars=pillars[:1], year=2024)
    make_publication(title="Samen sparen", pillars=pillars[1:], year=2024)
    make_publication(title="Samen wonen", pillars=pillars, year=2020)

    results = found("samen", pijler="sociale-cohesie", jaar="2024")

    assert [hit.title for hit in results.hits] == ["Samen eten"]
    counts = {f.name: {o.value: o.count for o in f.options} for f in results.facets}
    assert counts["pijler"] == {"sociale-cohesie": 1, "sociale-inclusie": 1}
    assert counts["jaar"] == {"2024": 1, "2020": 1}
    assert counts["soort"] == {"onderzoek": 1}


def test_values_within_a_facet_add_up():
    make_publication(title="Van 2024", year=2024)
    make_publication(title="Van 2020", year=2020)
    make_publication(title="Ooit", year=None)

    assert titles(jaar=("2024", "onbekend")) == ["Van 2024", "Ooit"]


def test_more_filters():
    make_publication(title="Fries", language="fy", access="vrij")
    make_publication(title="Nederlands", language="nl", access="betaald")

    assert titles(taal="fy") == ["Fries"]
    assert titles(vrij="ja") == ["Fries"]
    assert {f.name for f in found().more_facets} == {"taal", "vrij"}


def test_unknown_values_are_ignored_with_a_notice():
    make_publication(title="Iets")

    results = found(pijler="bestaat-niet", jaar="20245", taal="xx")

    assert results.total == 1
    assert results.notices == [
        "We kennen het filter ‘bestaat-niet’ niet.",
        "We kennen het filter ‘20245’ niet.",
        "We kennen het filter ‘xx’ niet.",
    ]


def test_more_than_six_values_of_a_facet_are_refused_politely():
    make_publication(title="Van 2001", year=2001)
    make_publication(title="Van 2007", year=2007)

    results = found(jaar=tuple(str(year) for year in range(2001, 2008)))

    assert [hit.title for hit in results.hits] == ["Van 2001"]
    assert results.notices == ["Kies per filter hoogstens 6 mogelijkheden."]


def test_orders():
    make_publication(title="Élan", year=2020)
    make_publication(title="appel", year=None)
    make_publication(title="Zee", year=2024, month=2)
    make_publication(title="Boom", year=2024, month=3)

    assert titles(sort="titel") == ["appel", "Boom", "Élan", "Zee"]
    assert titles(sort="nieuwste") == ["Boom", "Zee", "Élan", "appel"]
    assert titles(sort="oudste") == ["Élan", "Zee", "Boom", "appel"]


def test_compound_is_found_by_its_parts_but_not_the_other_way_round():
    make_publication(title="De buurtcamping")
    make_publication(title="Een tent")

    assert titles("camping") == ["De buurtcamping"]
    assert titles("buurthuis") == []


def test_did_you_mean_gives_words_that_find_something():
    make_publication(title="Eenzaamheid in de wijk")

    results = found("eenzaamhied wijk")

    assert results.suggestion.words == "eenzaamheid wijk"
    assert found(results.suggestion.words).total == 1
    assert found("qqqqqqqq").suggestion is None


def test_did_you_mean_never_proposes_what_is_no_longer_there():
    make_publication(title="Eenzaamheid in de wijk").unpublish()

    assert found("eenzaamhied").suggestion is None


def test_hit_says_where_it_matched():
    make_publication(title="Over iets", summary="Een bankje <b>voor</b> het buurthuis & de straat.")

    hit = found("buurthuizen").hits[0]

    assert hit.where == (
        "de samenvatting",
        "Een bankje &lt;b&gt;voor&lt;/b&gt; het <mark>buurthuis</mark> &amp; de straat.",
    )


def test_hit_in_document_says_on_which_page():
    document = make_document(read_at=None)
    type(document).objects.filter(pk=document.pk).update(
        page_texts=["Niets te zien", "Hier staat <i>wijkkas</i> bij"]
    )
    document.refresh_from_db()
    make_publication(title="Met document", summary="s", document=document)

    hit = found("wijkkas").hits[0]

    assert hit.where == (
        "het document, bladzijde 2",
        "Hier staat &lt;i&gt;<mark>wijkkas</mark>&lt;/i&gt; bij",
    )


def document_of(*pages: str):
    document = make_document(read_at=None)
    type(document).objects.filter(pk=document.pk).update(page_texts=list(pages))
    document.refresh_from_db()
    return document


def test_phrase_in_a_document_is_found_with_its_page_and_nothing_else_is():
    spread = "De wijk verandert. Van wie is de zorgzame buurt? Een zorgzame wijk is anders."
    make_publication(title="Apart", document=document_of("een zorgzame", "wijk van morgen", "slot"))
    make_publication(title="Samen", document=document_of("Wijk en zorgzame", "Leeg", spread))

    results = found('"zorgzame wijk"')

    assert [hit.title for hit in results.hits] == ["Samen"]  # not over the edge of a page
    place, text = results.hits[0].where
    assert place == "het document, bladzijde 3"
    assert "Een <mark>zorgzame</mark> <mark>wijk</mark> is anders" in text
    assert titles('zorgzame -"zorgzame wijk"') == ["Apart"]
    assert found('"van wie is de"').hits[0].where[0] == "het document, bladzijde 3"


def test_long_phrase_in_a_document_wants_every_word_in_order():
    make_publication(title="Door elkaar", document=document_of("b c a b", "a b x b c"))
    make_publication(title="In orde", document=document_of("x a b c x"))

    assert titles('"a b c"') == ["In orde"]


def test_rare_words_weigh_more_than_common_ones():
    make_publication(title="Zwaluw", summary="Over de wijk.")
    make_publication(title="Wijk", summary="Over een zwaluw.")
    for number in range(6):
        make_publication(title=f"Wijk {number}", summary="Iets.")

    assert titles("wijk zwaluw") == ["Zwaluw", "Wijk"]


def test_small_words_of_a_synonym_are_not_marked():
    SynonymGroup.objects.create(words="buurthuis\nhuis van de wijk")
    make_publication(title="Iets", summary="Van alles in het huis van de wijk, van de straat.")

    text = found("buurthuis").hits[0].where[1]

    assert "het <mark>huis</mark> van de <mark>wijk</mark>, van de straat" in text


def test_query_comes_from_an_address_or_from_a_plain_dict():
    make_publication(title="Samen eten", year=2024)
    address = QueryDict("q=samen&jaar=2024&jaar=2023&sorteer=titel&pagina=1&iets=anders")

    from_address = LibraryQuery.of(address)
    from_dict = LibraryQuery.of(
        {"q": "samen", "jaar": ["2024", "2023"], "sorteer": "titel", "pagina": 1}
    )

    assert search(from_address).total == search(from_dict).total == 1
    assert {**from_dict.__dict__, "page": "1"} == from_address.__dict__
    assert search(LibraryQuery.of({"jaar": "2024"})).total == 1
    assert search(LibraryQuery.of({})).total == 1


def test_unreleased_document_is_not_searched():
    document = make_document(right_to_share="geen")
    type(document).objects.filter(pk=document.pk).update(page_texts=["geheimtaal"])
    document.refresh_from_db()
    make_publication(title="Zonder recht", document=document)

    assert titles("geheimtaal") == []


def test_hits_tell_how_many_stories_belong_to_them():
    publication = make_publication(title="Met verhaal")
    story = make_story(title="Bij de publicatie")
    story.publication_links.create(publication=publication, why="Zo gaat het.")
    story.save_revision().publish()

    assert found("verhaal").hits[0].story_count == 1
