import csv
import io

import pytest
from bs4 import BeautifulSoup

from forms.tests.factories import make_form_page
from home.models import KnowledgeMapPage
from publications.models import Vocabulary
from publications.tests.factories import (
    make_library,
    make_pillar_page,
    make_publication,
    make_term,
    site_root,
)
from publications.tests.visits import queries_of
from stories.tests.factories import make_story

pytestmark = pytest.mark.django_db

PILLARS = ("sociale-cohesie", "sociale-inclusie")
PLACES = ("buurthuis", "moestuin", "bibliotheek")


@pytest.fixture
def map_page():
    make_library()
    for slug in PILLARS:
        make_pillar_page(slug=slug)
    for slug in PLACES:
        place(slug)
    return site_root().add_child(instance=KnowledgeMapPage(title="Kenniskaart", slug="kenniskaart"))


def place(slug):
    return make_term(vocabulary=Vocabulary.FACILITY, slug=slug)


def publish(pillars, places, **fields):
    publication = make_publication(pillars=[make_term(slug=slug) for slug in pillars], **fields)
    publication.facilities = [place(slug) for slug in places]
    publication.save_revision().publish()
    publication.refresh_from_db()
    return publication


def publish_some():
    """Publications and stories over some of the cells, and a draft that counts nowhere."""
    report = make_term(vocabulary=Vocabulary.KIND, slug="monitor")
    publish(PILLARS, ["buurthuis", "moestuin"], year=2024)
    publish(PILLARS[:1], ["buurthuis"], year=2023, kind=report)
    publish(PILLARS[:1], ["buurthuis"], year=2024, kind=report)
    publish(PILLARS[:1], ["bibliotheek"]).unpublish()
    story = make_story(title="Samen eten", pillars=[make_term(slug=PILLARS[0])])
    story.facilities = [place("buurthuis")]
    story.save_revision().publish()


def cells_of(client, query=""):
    response = client.get(f"/kenniskaart/?formaat=json{query}")
    assert response.status_code == 200
    return response.json()


def path_of(address):
    return address.removeprefix("http://testserver")


@pytest.mark.parametrize("query", ["", "&jaar=2024", "&soort=monitor", "&soort=monitor&jaar=2023"])
def test_each_cell_equals_the_lists_that_it_links_to(client, map_page, query):
    publish_some()

    found = cells_of(client, query)

    assert len(found["cellen"]) == len(PILLARS) * len(PLACES)
    assert sum(cell["publicaties"] for cell in found["cellen"]) > 0
    for cell in found["cellen"]:
        library = client.get(path_of(cell["publicatieLijst"]))
        assert library.context["results"].total == cell["publicaties"], cell
        if cell["verhalen"] is not None:
            stories = client.get(path_of(cell["verhalenLijst"]))
            assert stories.context["results"].total == cell["verhalen"], cell


def test_counts_what_is_public(client, map_page):
    publish_some()

    counts = {
        (cell["pijler"], cell["term"]): (cell["publicaties"], cell["verhalen"])
        for cell in cells_of(client)["cellen"]
    }

    assert counts == {
        ("sociale-cohesie", "buurthuis"): (3, 1),
        ("sociale-cohesie", "moestuin"): (1, 0),
        ("sociale-cohesie", "bibliotheek"): (0, 0),
        ("sociale-inclusie", "buurthuis"): (1, 0),
        ("sociale-inclusie", "moestuin"): (1, 0),
        ("sociale-inclusie", "bibliotheek"): (0, 0),
    }


def test_the_table_shows_the_same_as_the_json(client, map_page):
    publish_some()

    soup = BeautifulSoup(client.get("/kenniskaart/").content, "html.parser")
    shown = [
        [cell.get_text(" ", strip=True).split()[0] for cell in row.find_all("td")]
        for row in soup.tbody.find_all("tr")
    ]

    rows = {row.th.get_text(strip=True): row for row in soup.tbody.find_all("tr")}
    assert set(rows) == {"Buurthuis", "Moestuin", "Bibliotheek"}
    assert sorted(shown) == sorted([["3", "1"], ["1", "1"], ["+", "+"]])
    most, less = (cell["class"] for cell in rows["Buurthuis"].find_all("td"))
    assert "map--4" in most
    assert "map--2" in less


def test_an_empty_cell_leads_to_the_form_with_both_chosen(client, map_page):
    publish_some()
    make_form_page()
    soup = BeautifulSoup(client.get("/kenniskaart/").content, "html.parser")
    row = next(row for row in soup.tbody.find_all("tr") if row.th.string == "Bibliotheek")

    link = row.td.a
    form = BeautifulSoup(client.get(link["href"]).content, "html.parser")

    assert "hier zoeken we nog kennis" in link.get_text()
    chosen = form.find_all("input", checked=True, type="checkbox")
    assert [(box["name"], box["value"]) for box in chosen] == [
        ("pijlers", "sociale-cohesie"),
        ("voorzieningen", "bibliotheek"),
    ]


def test_a_link_to_the_form_with_nonsense_chooses_nothing(client):
    make_form_page()

    response = client.get("/voeg-kennis-toe/?pijler=%00&pijler=<script>&voorziening=bestaat-niet")

    assert response.status_code == 200
    assert b"<script>" not in response.content
    soup = BeautifulSoup(response.content, "html.parser")
    assert not soup.find_all("input", checked=True, type="checkbox")


def test_pillars_against_actors_and_themes(client, map_page):
    actor = make_term(vocabulary=Vocabulary.ACTOR, slug="gemeente")
    publication = publish(PILLARS[:1], ["buurthuis"])
    publication.actors = [actor]
    publication.save_revision().publish()

    cells = cells_of(client, "&tegen=speler")["cellen"]

    assert {(c["pijler"], c["term"]): c["publicaties"] for c in cells} == {
        ("sociale-cohesie", "gemeente"): 1,
        ("sociale-inclusie", "gemeente"): 0,
    }


def test_what_does_not_exist_is_left_out_and_said(client, map_page):
    response = client.get("/kenniskaart/?tegen=maan&soort=praatje&jaar=2024")

    text = response.content.decode()
    assert "We kennen de indeling ‘maan’ niet." in text
    assert "We kennen het filter ‘praatje’ niet." in text
    assert "Collectieve voorzieningen" in text


def test_csv_opens_in_a_spreadsheet(client, map_page):
    place("buurthuis").__class__.objects.filter(slug="moestuin").update(label="=HYPERLINK(1)")
    publish_some()

    response = client.get("/kenniskaart/?formaat=csv")

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["pijler", "voorziening", "publicaties", "verhalen"]
    assert ["Sociale cohesie", "Buurthuis", "3", "1"] in rows
    assert ["Sociale cohesie", "'=HYPERLINK(1)", "1", "0"] in rows


def test_as_many_queries_for_much_knowledge_as_for_little(client, map_page):
    publish(PILLARS[:1], ["buurthuis"])
    few = queries_of(client, "/kenniskaart/")
    for _ in range(3):
        publish_some()

    assert queries_of(client, "/kenniskaart/") == few


@pytest.mark.parametrize(("axis", "field"), [("speler", "spelers"), ("thema", "themas")])
def test_an_empty_cell_of_another_axis_brings_its_term_to_the_form(client, axis, field):
    make_form_page()
    vocabulary = {"speler": Vocabulary.ACTOR, "thema": Vocabulary.THEME}[axis]
    make_term(vocabulary=vocabulary, slug="gemeente")

    response = client.get(f"/voeg-kennis-toe/?{axis}=gemeente&{axis}=%00")

    form = BeautifulSoup(response.content, "html.parser")
    carried = form.find_all("input", {"name": field})
    assert [(box["type"], box["value"]) for box in carried] == [("hidden", "gemeente")]
