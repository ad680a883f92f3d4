"""Any search of the library as a file: everything that it finds, and nothing else."""

import csv
import io
import json
from xml.etree import ElementTree

import bibtexparser
import pytest
import rispy
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from publications.exchange.exports import BATCH, EXPORTS
from publications.models import PublicationAuthor, Vocabulary
from publications.tests.factories import (
    add_publication,
    make_document,
    make_library,
    make_publication,
    make_term,
)

pytestmark = pytest.mark.django_db

DC = "{http://purl.org/dc/elements/1.1/}"


def export(client, ending="csv", query="") -> str:
    response = client.get(f"/bibliotheek/export.{ending}{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def rows(text: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def titles(client, query="") -> list[str]:
    return [row["titel"] for row in rows(export(client, query=query))]


def test_every_form_of_the_same_list(client):
    make_publication(
        title="Samen é & <b>",
        year=2024,
        authors=[PublicationAuthor(given="Jan", particle="de", family="Vries")],
    )

    text = export(client)
    assert text.startswith("\ufefftitel,ondertitel,soort,auteurs,")
    row = rows(text)[0]
    assert (row["titel"], row["soort"], row["auteurs"]) == (
        "Samen é & <b>",
        "Onderzoek",
        "Vries, Jan, de",
    )
    assert row["adres"].startswith("http://localhost/bibliotheek/")
    record = json.loads(export(client, "json"))[0]
    assert (record["kind"], record["pillars"]) == ("onderzoek", ["sociale-cohesie"])
    assert record["authors"][0]["particle"] == "de"
    assert bibtexparser.parse_string(export(client, "bib")).entries[0]["year"] == "2024"
    assert rispy.loads(export(client, "ris"))[0]["authors"] == ["de Vries, Jan"]
    assert json.loads(export(client, "csl"))[0]["author"] == [
        {"family": "Vries", "given": "Jan", "non-dropping-particle": "de"}
    ]
    titled = ElementTree.fromstring(export(client, "xml").encode()).iter(f"{DC}title")
    assert [element.text for element in titled] == ["Samen é & <b>"]
    for ending, extension in (("csl", "json"), ("xml", "xml")):
        response = client.get(f"/bibliotheek/export.{ending}")
        assert response["Content-Disposition"].endswith(f'.{extension}"')


def test_it_has_all_hits_of_the_search_in_its_order(client):
    book = make_term(vocabulary=Vocabulary.KIND, slug="boek")
    for number in range(30):
        add_publication(title=f"Wijk {number:02}", kind=book, year=1990 + number)
    add_publication(title="Wijk onderzocht")
    add_publication(title="Iets anders", kind=book)

    wanted = [f"Wijk {number:02}" for number in range(30)]
    assert titles(client, "?q=wijk&soort=boek&sorteer=oudste&pagina=2") == wanted
    assert titles(client, "?q=wijk&soort=boek&sorteer=titel") == wanted
    assert titles(client, "?q=wijk&soort=boek&sorteer=nieuwste") == wanted[::-1]
    assert len(titles(client)) == 32
    assert titles(client, "?q=onbestaanbaar") == []
    assert json.loads(export(client, "json", "?q=onbestaanbaar")) == []


def test_the_library_links_to_the_exports_of_what_is_shown(client):
    add_publication(title="Wijk")

    html = client.get("/bibliotheek/?q=wijk&sorteer=titel").content.decode()

    for ending in EXPORTS:
        assert (
            f'href="/bibliotheek/export.{ending}?q=wijk&amp;sorteer=titel" rel="nofollow"' in html
        )
    assert "export." not in client.get("/bibliotheek/?q=niets-van-dit-al").content.decode()


def test_no_cell_is_a_formula(client):
    for sign in ("=", "+", "-", "@", "\t=", "'="):
        add_publication(title=f"{sign}1", organisation=f"{sign}2", summary=f"{sign}3")
    add_publication(title="'s Ochtends")

    for row in csv.reader(io.StringIO(export(client).removeprefix("\ufeff"), newline="")):
        assert not any(cell.startswith(tuple("=+-@\t\r")) for cell in row)
    assert "'s Ochtends" in titles(client)


def test_what_is_not_public_stays_out(client):
    make_publication(title="Openbaar", editor_note="Geheim")
    make_publication(title="Besloten concept", live=False)
    withdrawn = make_publication(title="Besloten en weg")
    restricted = make_publication(title="Besloten met wachtwoord")
    make_publication(title="Zonder recht", document=make_document(right_to_share="geen"))
    withdrawn.unpublish()
    PageViewRestriction.objects.create(page=restricted, restriction_type=PageViewRestriction.LOGIN)

    for ending in EXPORTS:
        text = export(client, ending)
        assert "Openbaar" in text
        assert "Zonder recht" in text
        for hidden in ("Besloten", "Geheim", "/documents/"):
            assert hidden not in text


def test_a_document_in_a_private_collection_is_told_nowhere(client):
    document = make_document()
    page = make_publication(title="Met bestand", document=document)
    assert "/documents/" in export(client)
    assert page.full_url in json.loads(export(client, "json"))[0]["address"]
    assert "UR  - " in export(client, "ris")
    assert "URL" in json.loads(client.get(f"{page.url}citeer/csl/").content)[0]
    closed = Collection.objects.get(depth=1).add_child(name="Besloten")
    CollectionViewRestriction.objects.create(
        collection=closed, restriction_type=CollectionViewRestriction.LOGIN
    )
    document.collection = closed
    document.save()

    for ending in ("csv", "json"):
        assert "Met bestand" in export(client, ending)
        assert "/documents/" not in export(client, ending)
    assert "UR  - " not in export(client, "ris")
    assert "URL" not in json.loads(client.get(f"{page.url}citeer/csl/").content)[0]


def test_hidden_libraries_and_unknown_forms_have_none(client):
    library = make_library()
    add_publication()
    for address in ("bibliotheek/export.zip", "export.csv", "verhalen/export.csv", "x/export.csv"):
        assert client.get(f"/{address}").status_code == 404
    assert client.post("/bibliotheek/export.csv").status_code == 405
    assert client.get("/bibliotheek/export.csv")["X-Robots-Tag"] == "noindex"
    PageViewRestriction.objects.create(page=library, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/bibliotheek/export.csv").status_code == 404


@pytest.mark.parametrize("query", ["?q=%00", "?q=%ff", "?pijler=zz&jaar=x", "?sorteer=%00"])
def test_hostile_queries_give_a_file(client, query):
    add_publication()
    for ending in EXPORTS:
        export(client, ending, query)


def test_a_batch_asks_as_much_as_one_publication(client):
    asked = []
    for count in (1, 11):
        for _ in range(count):
            publication = add_publication(authors=[PublicationAuthor(family="Vries")])
            publication.keywords.set(["buurt"])
            publication.save()
        export(client)
        for ending in EXPORTS:
            with CaptureQueriesContext(connection) as captured:
                export(client, ending)
            asked.append(len(captured))

    assert asked[: len(EXPORTS)] == asked[len(EXPORTS) :]


def test_more_than_one_batch_comes_whole(client):
    for number in range(BATCH + 5):
        add_publication(title=f"Nummer {number:04}")

    assert titles(client, "?sorteer=titel") == [f"Nummer {n:04}" for n in range(BATCH + 5)]
