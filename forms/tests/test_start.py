"""The form that fills itself in, and “Staat dit er al?”, with a web server that plays the web."""

import io
import json
import zipfile

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from fpdf import FPDF
from PIL import Image

from forms.models import Contribution
from forms.tests.factories import (
    contribute,
    hidden_answers,
    make_form_page,
    publication_answers,
    review_url,
    send,
    tip_answers,
    upload,
)
from publications.models import LibraryDocument
from publications.prefill import LOOKUP_LOCK
from publications.tests.factories import make_document, make_publication, pdf_bytes
from publications.tests.web_server import web_server

pytestmark = pytest.mark.django_db

ARTICLE = {
    "message": {
        "type": "journal-article",
        "title": ["<i>Samen</i> eten &amp; samen weten"],
        "subtitle": ["Een studie"],
        "author": [
            {"given": "Jan", "family": "van der Berg"},
            {"given": "Gabriel", "family": "García Márquez"},
            {"name": "Movisie"},
        ],
        "publisher": "Uitgeverij De Brug",
        "container-title": ["Tijdschrift voor de buurt"],
        "volume": "12",
        "issue": "3",
        "page": "14-29",
        "published": {"date-parts": [[2021, 3, 31]]},
        "language": "nl",
        "abstract": "<jats:title>Abstract</jats:title><jats:p>Wie samen eet, kent elkaar.</jats:p>",
        "license": [{"URL": "http://creativecommons.org/licenses/by/4.0/legalcode"}],
    }
}
CITED = """<!doctype html><html lang="nl"><head><title>Home</title>
<meta name="citation_title" content="Krachtige kernen">
<meta name="citation_author" content="Lange, Meta de"><meta name="citation_author" content="P. Bos">
<meta name="citation_publication_date" content="2019/05/01">
<meta name="citation_doi" content="10.5555/kernen"><meta property="og:site_name" content="Dorpen">
<meta property="og:description" content="Wat dorpen samen kunnen.">
<script type="application/ld+json">{"@type": "WebPage", "name": "Iets anders"}</script>"""
JSON_LD = """<html><head><title>Rapport | Movisie</title>
<meta property="og:title" content="Rapport | Movisie">
<meta property="og:site_name" content="Movisie">
<script type="application/ld+json">{niet goed</script>
<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "Movisie"},
 {"@type": ["Report"], "name": "Buurtkracht", "author": [{"@type": "Person", "name": "An Vos"}],
  "publisher": {"@type": "Organization", "name": "Movisie"}, "datePublished": "2023-02-28",
  "inLanguage": "nl-NL", "isbn": "978-90-277-3944-5", "license":
  "https://creativecommons.org/licenses/by-nc/4.0/", "abstract": "Kort &amp; goed."}]}</script>"""
OPEN_GRAPH = """<html><head><title>x</title><meta property="og:title" content="Buurttuinen | Groen">
<meta property="og:site_name" content="Groen"><meta property="og:description" content="Over tuinen">
"""


@pytest.fixture
def web(settings):
    with web_server(settings) as server:
        settings.CROSSREF_API = server.url("")
        settings.DOI_RESOLVER = server.url("/doi")
        settings.OPEN_LIBRARY = server.url("")
        yield server


def fill_in(client, begin="", **more):
    return client.post("/bijdragen/vul-in/", {"begin": begin, **more})


def found_by(client, begin="", **more) -> dict:
    answer = fill_in(client, begin, **more)
    assert answer.status_code == 200
    return answer.json()


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def pdf_of(*, title="", author="", text="Buurtkeukens in Nederland") -> bytes:
    pdf = FPDF()
    pdf.set_title(title)
    pdf.set_author(author)
    pdf.add_page()
    pdf.set_font("Helvetica", size=28)
    pdf.multi_cell(0, 12, text, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=11)
    pdf.multi_cell(
        0, 6, "Amsterdam, 2024. ISBN 978-90-277-3944-5 https://doi.org/10.5555/keuken.1."
    )
    return bytes(pdf.output())


def docx_of(**members) -> bytes:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    core = (
        '<c:p xmlns:c="urn:c" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Ons dorp'
        "</dc:title><dc:creator>Jan Jansen</dc:creator><c:lastModifiedBy>Piet de Vries"
        "</c:lastModifiedBy></c:p>"
    )
    parts = {
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body><w:p><w:ins><w:r><w:t>Hallo'
        "</w:t></w:r></w:ins></w:p></w:body></w:document>",
        "word/comments.xml": f'<w:comments xmlns:w="{word}"><w:comment/><w:comment/></w:comments>',
        "docProps/core.xml": core,
        "docProps/app.xml": "<P><Company>Gemeente Waterveld</Company>"
        "<Template>C:\\Users\\jan\\sjabloon.dotx</Template></P>",
        "word/embeddings/begroting.xlsx": "cijfers",
        "word/media/foto.jpg": photo_with_place(),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (parts | members).items():
            archive.writestr(name, content)
    return file.getvalue()


def photo_with_place() -> bytes:
    file, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 5.0, 30.0)
    Image.new("RGB", (8, 8)).save(file, "JPEG", exif=exif)
    return file.getvalue()


# From a DOI, ISBN or address


def test_doi_fills_in_from_crossref(client, web):
    web.json("/works/10.5555%2Feten", json.dumps(ARTICLE))

    found = found_by(client, "https://doi.org/10.5555/eten")

    assert found["source"] == "Crossref"
    assert found["answers"] == {
        "titel": "Samen eten & samen weten: Een studie",
        "jaar": "2021",
        "auteurs": "Jan van der Berg\nGarcía Márquez, Gabriel\nMovisie",
        "organisatie": "Uitgeverij De Brug",
        "samenvatting": "Wie samen eet, kent elkaar.",
        "link": "https://doi.org/10.5555/eten",
        "doi": "10.5555/eten",
    }


def test_doi_that_crossref_does_not_know_leads_to_its_own_page(client, web):
    web.redirect("/doi/10.5555/kernen", "/dorpen/kernen")
    web.page("/dorpen/kernen", CITED)

    found = found_by(client, "10.5555/kernen")

    assert web.requests[0] == "GET /works/10.5555%2Fkernen"
    assert found["answers"] == {
        "titel": "Krachtige kernen",
        "jaar": "2019",
        "auteurs": "Lange, Meta de\nP. Bos",
        "organisatie": "Dorpen",
        "samenvatting": "Wat dorpen samen kunnen.",
        "link": web.url("/dorpen/kernen"),
        "doi": "10.5555/kernen",
    }


def test_json_ld_of_a_page_wins_from_its_open_graph(client, web):
    answers = found_by(client, web.page("/rapport", JSON_LD))["answers"]

    assert answers == {
        "titel": "Buurtkracht",
        "jaar": "2023",
        "auteurs": "An Vos",
        "organisatie": "Movisie",
        "samenvatting": "Kort & goed.",
        "link": web.url("/rapport"),
        "isbn": "9789027739445",
    }


def test_open_graph_is_better_than_nothing(client, web):
    answers = found_by(client, web.page("/tuin", OPEN_GRAPH))["answers"]

    assert answers == {
        "titel": "Buurttuinen",
        "organisatie": "Groen",
        "samenvatting": "Over tuinen",
        "link": web.url("/tuin"),
    }


def test_isbn_fills_in_from_open_library(client, web):
    book = {
        "title": "De buurt",
        "publishers": ["Van Gennep"],
        "publish_date": "March 2014",
        "number_of_pages": 210,
        "languages": [{"key": "/languages/dut"}],
        "authors": [{"key": "/authors/OL1A"}],
    }
    web.json("/isbn/9789027739445.json", json.dumps(book))
    web.json("/authors/OL1A.json", '{"name": "Meta de Lange"}')

    found = found_by(client, "ISBN 978-90-277-3944-5")

    assert found["source"] == "Open Library"
    assert found["answers"] == {
        "titel": "De buurt",
        "jaar": "2014",
        "auteurs": "Meta de Lange",
        "organisatie": "Van Gennep",
        "isbn": "9789027739445",
    }


def test_address_of_a_pdf_is_read_as_a_file(client, web):
    pdf = pdf_of(title="Buurtkeukens", author="Jan Jansen en Piet de Vries")
    address = web.page("/rapport.pdf", pdf, content_type="application/octet-stream")

    found = found_by(client, address)

    assert found["source"] == "het bestand achter de link"
    assert found["answers"]["titel"] == "Buurtkeukens"
    assert found["answers"]["auteurs"] == "Jan Jansen\nPiet de Vries"
    assert found["answers"]["link"] == address


@pytest.mark.parametrize(
    ("begin", "fault"),
    [
        ("", "Plak eerst een DOI, ISBN of webadres, of kies een bestand."),
        ("zomaar wat", "Dit is geen DOI, ISBN of webadres. Vul het zelf in."),
        ("978-90-277-3944-6", "Dit is geen DOI, ISBN of webadres. Vul het zelf in."),
        ("http://10.0.0.1/", "Dit adres is niet openbaar."),
        ("http://169.254.169.254/latest/meta-data", "Dit adres is niet openbaar."),
        ("file:///etc/passwd", "Dit is geen DOI, ISBN of webadres."),
        ("https://\x00/", "Dit is geen webadres dat we kunnen openen."),
    ],
)
def test_what_cannot_be_looked_up_says_why(client, begin, fault):
    found = found_by(client, begin)

    assert found["fault"].startswith(fault)
    assert found["answers"] == {}


@pytest.mark.parametrize(
    "way", ["endless_body", "gzip_bomb", "no_http", "broken_gzip", "short_body", "huge_headers"]
)
def test_hostile_server_gives_a_sentence(client, web, settings, way):
    settings.CONTRIBUTION_MAX_FILE_BYTES = 200_000

    found = found_by(client, getattr(web, way)("/kwaad"))

    assert found["fault"].endswith("Vul het zelf in.")
    assert found["answers"] == {}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\x00\x01\x02",
        "<" * 50_000,
        "<div>" * 50_000,
        "<title>" * 1000,
        '<script type="application/ld+json">' + "[" * 100_000,
        '<script type="application/ld+json">{"@type": {"@type": 1}, "@graph": 7, "author": 3}',
        '<script type="application/ld+json">{"@type": "Book", "name": {"@value": ["", 3]}}',
        '<meta name="citation_title" content="">',
    ],
)
def test_broken_page_is_no_error(client, web, body):
    address = web.page("/kapot", body, content_type="text/html; charset=klingon")

    assert found_by(client, address)["answers"].get("titel", "") == ""


def test_answers_of_a_hostile_page_are_plain_text_and_not_long(client, web):
    title = "&lt;script&gt;alert(1)&lt;/script&gt;<b>Buurt</b> \x07‮" + "lang " * 200
    web.page("/", f'<meta name="citation_title" content="{title}">'.replace("<b>", "&lt;b&gt;"))

    answer = found_by(client, web.url("/"))["answers"]["titel"]

    assert "<" not in answer
    assert "script" not in answer
    assert answer.startswith("Buurt lang lang")
    assert len(answer) <= 255


@pytest.mark.parametrize(
    "work",
    [
        '"url": "{0}/\\ud800"',
        '"url": "{0}/x\\u0000y"',
        '"identifier": "10.5555/\\ud800"',
        '"identifier": "10.5555/\\u0000"',
        '"isbn": "\\ud800", "datePublished": "\\ud800", "license": "\\ud800"',
    ],
)
def test_half_characters_of_a_hostile_page_are_no_error(client, web, work):
    make_form_page()
    json_ld = (
        f'{{"@type": "Book", "name": "Buurtkracht\\ud800", {work.replace("{0}", web.url(""))}}}'
    )
    address = web.page("/kwaad", f'<script type="application/ld+json">{json_ld}</script>')

    found = found_by(client, address)
    shown = client.post(
        "/voeg-kennis-toe/", {"deur": "publicatie", "begin": address, "vul_in": "1"}
    )

    assert found["answers"]["titel"] == "Buurtkracht"
    assert all(answer.isprintable() for answer in found["answers"].values())
    assert shown.context["form"]["titel"].value() == "Buurtkracht"


@pytest.mark.parametrize("answer", ["[]", '{"message": 3}', "{", '{"message": {"title": 3}}', ""])
def test_nonsense_of_a_catalogue_is_no_error(client, web, answer):
    web.json("/works/10.5555%2Fx", answer)

    assert found_by(client, "10.5555/x")["answers"] == {}


# From a file


def test_pdf_fills_in_from_its_properties_and_first_page(client):
    pdf = upload(
        name="verslag.pdf",
        content=pdf_of(title="Microsoft Word - versie3.docx", author="Jan Jansen"),
    )

    found = found_by(client, begin_bestand=pdf)

    assert found["source"] == "je bestand"
    assert found["answers"] == {
        "titel": "Buurtkeukens in Nederland",
        "jaar": "2024",
        "auteurs": "Jan Jansen",
        "doi": "10.5555/keuken.1",
        "isbn": "9789027739445",
    }
    assert found["contents"] == ["auteur: Jan Jansen", "titel: Microsoft Word - versie3.docx"]


def test_what_is_left_in_a_word_file_is_told(client):
    found = found_by(client, begin_bestand=upload(name="dorp.docx", content=docx_of()))

    assert found["answers"]["titel"] == "Ons dorp"
    assert found["contents"] == [
        "auteur: Jan Jansen",
        "laatst gewijzigd door: Piet de Vries",
        "organisatie: Gemeente Waterveld",
        "titel: Ons dorp",
        "een plek op een computer: C:\\Users\\jan\\sjabloon.dotx",
        "bijlage: begroting.xlsx",
        "2 opmerkingen in de kantlijn",
        "1 bijgehouden wijziging",
        "1 foto die zegt waar hij is gemaakt",
    ]


def test_nothing_of_a_file_is_kept(client):
    found_by(client, begin_bestand=upload(name="dorp.docx", content=docx_of()))

    assert LibraryDocument.objects.count() == 0
    assert Contribution.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("rapport.exe", b"MZ", "Alleen pdf, docx, odt of epub."),
        ("rapport.pdf", b"geen pdf", "Dit bestand heet .pdf, maar het is geen pdf."),
        ("rapport.pdf", b"%PDF-1.7 kapot", "In dit bestand staan geen gegevens. Vul het zelf in."),
    ],
)
def test_file_that_cannot_be_read_says_so(client, name, content, fault):
    found = found_by(client, begin_bestand=upload(content, name))

    assert (found["fault"], found["answers"]) == (fault, {})


# Who may ask, and how often


def test_looking_up_is_limited_apart_from_sending(client, settings, web):
    settings.LOOKUPS_PER_ADDRESS = 2
    settings.CONTRIBUTIONS_PER_ADDRESS = 1
    address = web.page("/", OPEN_GRAPH)
    found_by(client, address)
    found_by(client, address)

    refused = fill_in(client, address)

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert refused.json() == {
        "fault": "Er is net heel veel opgezocht. Vul het zelf in, of probeer het over een uur."
    }
    assert len(web.requests) == 2
    assert send(client, **publication_answers()).status_code == 302


def test_slow_look_ups_never_keep_every_process_busy(client, settings, web):
    settings.LOOKUPS_AT_ONCE = 1
    address = web.page("/", OPEN_GRAPH)
    elsewhere = connection.copy()
    with elsewhere.cursor() as cursor:  # another process that looks something up
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [LOOKUP_LOCK])

        assert found_by(client, address)["fault"].startswith("Er wordt net heel veel opgezocht.")
        assert web.requests == []
    elsewhere.close()
    assert found_by(client, address)["answers"]["titel"] == "Buurttuinen"


def test_opening_the_address_looks_nothing_up(client, web):
    assert client.get("/bijdragen/vul-in/", {"begin": web.url("/")}).status_code == 405
    assert web.requests == []


def test_other_sites_cannot_make_us_look_something_up(web):
    answer = Client(enforce_csrf_checks=True).post("/bijdragen/vul-in/", {"begin": web.url("/")})

    assert answer.status_code == 403
    assert web.requests == []


# Without JavaScript


def test_form_comes_back_filled_in_and_what_was_typed_wins(client, web):
    make_form_page()
    web.json("/works/10.5555%2Feten", json.dumps(ARTICLE))
    typed = {
        "deur": "publicatie",
        "begin": "10.5555/eten",
        "vul_in": "1",
        "titel": "Mijn eigen titel",
        "pijlers": ["sociale-cohesie", "sociale-inclusie"],
        "criterium_buurten": "nee",
        "email": "geen adres",
    }

    response = client.post("/voeg-kennis-toe/", typed | hidden_answers())

    form = response.context["form"]
    assert response.status_code == 200
    assert form["titel"].value() == "Mijn eigen titel"
    assert form["jaar"].value() == "2021"
    assert form["email"].value() == "geen adres"
    assert form["pijlers"].value() == ["sociale-cohesie", "sociale-inclusie"]
    assert form["criterium_buurten"].value() == "nee"
    assert form.errors == {}
    assert page_of(response).select_one("[data-said]").get_text(" ", strip=True) == (
        "Ingevuld uit Crossref: jaar, auteurs, organisatie, samenvatting, link en DOI."
        " Kijk het nog even na. Schrijf de samenvatting liefst in je eigen woorden."
    )
    assert Contribution.objects.count() == 0


def test_failed_look_up_loses_nothing(client):
    response = client.post(
        "/voeg-kennis-toe/",
        {"deur": "publicatie", "begin": "http://10.0.0.1/", "vul_in": "1", "auteurs": "A\nB"},
    )

    assert response.context["form"]["auteurs"].value() == "A\nB"
    assert page_of(response).select_one("[name=begin]")["value"] == "http://10.0.0.1/"
    assert "Dit adres is niet openbaar." in response.content.decode()


def test_chosen_file_is_told_about_when_the_form_comes_back(client):
    response = client.post(
        "/voeg-kennis-toe/",
        publication_answers(titel="", bestand=upload(name="dorp.docx", content=docx_of())),
    )

    assert "laatst gewijzigd door: Piet de Vries" in response.content.decode()
    assert "Kies ook je bestand" in response.content.decode()


def test_file_to_begin_with_is_not_lost_when_only_that_was_chosen(client):
    file = upload(name="dorp.docx", content=docx_of())

    response = client.post(
        "/voeg-kennis-toe/", publication_answers(begin_bestand=file) | hidden_answers()
    )

    assert Contribution.objects.count() == 0
    assert response.context["form"]["titel"].value() == "Samen eten, samen weten"
    assert "laatst gewijzigd door: Piet de Vries" in response.content.decode()
    text = page_of(response).select_one("[data-said]").get_text()
    assert "Wil je dorp.docx ook meesturen? Kies het dan hieronder nog een keer." in text


# “Staat dit er al?”


def there(client, **typed) -> list[tuple]:
    found = client.get("/bijdragen/staat-dit-er-al/", typed).json()["duplicates"]
    return [(one["titel"], one["zeker"], one["waarom"]) for one in found]


@pytest.mark.parametrize(
    ("fields", "typed", "because"),
    [
        ({"doi": "10.5555/Eten"}, {"doi": "https://doi.org/10.5555/eten"}, "dezelfde DOI"),
        ({"doi": "10.5555/eten"}, {"link": "https://doi.org/10.5555/ETEN"}, "dezelfde DOI"),
        ({"isbn": "9027739447"}, {"isbn": "978-90-277-3944-5"}, "hetzelfde ISBN"),
        ({"isbn": "9789027739445"}, {"isbn": "90-277-3944-7"}, "hetzelfde ISBN"),
        (
            {"source_url": "https://www.movisie.nl/rapport/?utm_source=brief&id=3"},
            {"link": "http://movisie.nl/rapport?id=3#top"},
            "dezelfde link",
        ),
        (
            {"source_url": "https://beleid.example/?id=3&p=12"},
            {"link": "http://www.beleid.example?p=12&id=3"},
            "dezelfde link",
        ),
        ({"source_url": "http://a.nl/stuk"}, {"wat": "https://www.a.nl/stuk/"}, "dezelfde link"),
    ],
)
def test_same_source_is_certain(client, fields, typed, because):
    make_publication(title="Iets", **fields)
    make_publication(title="Een heel andere publicatie", source_url="https://www.movisie.nl/rest")

    assert there(client, **typed) == [("Iets", True, because)]


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ({"titel": "Samen eten in de wijken", "jaar": "2022"}, True),
        ({"titel": "samen éten in de wijk!", "jaar": "2018"}, True),
        ({"titel": "Samen eten in de wijk"}, True),
        ({"wat": "Samen eten in de wijk"}, True),
        ({"titel": "Samen eten in de wijk", "jaar": "2017"}, False),
        ({"titel": "Samen eten in de wijk", "jaar": "onbekend"}, True),
        ({"titel": "Samen leven met de wijk"}, False),
        ({"titel": "Samen"}, False),
        ({"titel": "%"}, False),
        ({"titel": "\x00 Samen eten in de wijk"}, True),
        ({"doi": "10.5555/\x00", "link": "https://a.nl/\x00", "isbn": "\x00"}, False),
        ({"titel": "x" * 5000, "link": "http://[", "doi": "10.", "isbn": "1", "jaar": "²"}, False),
    ],
)
def test_near_title_in_about_the_same_year_is_possible(client, typed, is_found):
    make_publication(title="Samen eten in de wijk", year=2020)

    found = there(client, **typed)

    assert found == ([("Samen eten in de wijk", False, "bijna dezelfde titel")] if is_found else [])


@pytest.mark.parametrize(
    ("title", "subtitle", "typed", "is_found"),
    [
        ("Samen eten", "Een studie in drie wijken", "Samen eten: een studie in drie wijken", True),
        ("Samen eten in de wijk", "", "Samen eten in de wijk: een studie in drie steden", True),
        ("Samen eten: hoe het begon", "", "Samen eten", True),
        ("Verslag", "", "Verslag: de jaarmarkt van ons dorp", False),
        ("Samen leven: een lang verhaal", "", "Samen leven: iets heel anders", False),
    ],
)
def test_title_is_near_with_and_without_its_subtitle(client, title, subtitle, typed, is_found):
    make_publication(title=title, subtitle=subtitle)

    assert [found[0] for found in there(client, titel=typed)] == [title] * is_found


def test_same_address_is_found_among_many_of_one_site(client):
    for number in range(60):
        make_publication(title=f"Stuk {number}", source_url=f"https://a.example/?p={number}0")

    assert there(client, link="https://a.example/?p=590") == [("Stuk 59", True, "dezelfde link")]


def test_asking_while_typing_is_limited_apart_from_looking_up(client, settings, web):
    settings.LOOKALIKES_PER_ADDRESS = 2
    make_publication(title="Samen eten in de wijk")
    typed = {"titel": "Samen eten in de wijk"}
    assert [len(there(client, **typed)) for _ in range(2)] == [1, 1]

    refused = client.get("/bijdragen/staat-dit-er-al/", typed)

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert refused.json() == {"duplicates": []}
    assert found_by(client, web.page("/", OPEN_GRAPH))["answers"]["titel"] == "Buurttuinen"


def test_public_learns_nothing_of_what_is_not_published(client, django_assert_num_queries):
    make_publication(title="Geheim plan voor de wijk", doi="10.5555/geheim", live=False)

    there(client)  # the first question of the hour makes its count

    with django_assert_num_queries(5):
        assert there(client, titel="Geheim plan voor de wijk", doi="10.5555/geheim") == []


def test_duplicates_take_as_many_queries_for_many(client, django_assert_num_queries):
    for number in range(3):
        make_publication(title=f"Samen eten in de wijk {number}", doi="10.5555/eten")
    there(client)

    with django_assert_num_queries(6):
        assert len(there(client, titel="Samen eten in de wijk", doi="10.5555/eten")) == 3


def test_sending_what_is_there_shows_it_once_and_never_blocks(client):
    existing = make_publication(title="Samen eten, samen weten", year=2023)
    answers = publication_answers() | hidden_answers()

    asked = client.post("/voeg-kennis-toe/", answers)

    notice = page_of(asked).select_one("[role=alert]")
    assert notice.select_one("a")["href"] == existing.url
    assert notice.select_one("button")["name"] == "toch"
    assert asked.context["form"]["titel"].value() == "Samen eten, samen weten"
    assert Contribution.objects.count() == 0
    assert client.post("/voeg-kennis-toe/", answers | {"toch": "1"}).status_code == 302
    assert Contribution.objects.count() == 1


def test_same_file_is_certain(client):
    content = pdf_bytes("Een rapport")
    make_publication(title="Heel anders", document=make_document(content=content))
    answers = publication_answers(bestand=upload(name="kopie.pdf", content=content), recht="eigen")

    asked = client.post("/voeg-kennis-toe/", answers | hidden_answers())

    text = page_of(asked).select_one("[role=alert]").get_text(" ", strip=True)
    assert "Heel anders (hetzelfde bestand)" in text
    assert "Kies dan ook je bestand kopie.pdf opnieuw." in text


def test_tip_of_what_is_there_is_shown_too(client):
    make_publication(title="Iets", source_url="https://www.voorbeeld.example/tip")

    asked = client.post("/voeg-kennis-toe/", tip_answers() | hidden_answers())

    assert "Dit staat al op het Kennisplein:" in asked.content.decode()


def test_editors_see_possible_duplicates_on_the_review(client, editor):
    make_publication(title="Samen eten, samen weten!", year=2024)
    make_publication(title="Samen eten; samen weten", year=2024, live=False)
    contribution, _ = contribute(client, toch="1")

    page = page_of(editor.get(review_url(contribution)))

    assert [
        li.get_text() for li in page.select(".help-warning li") if "titel" in li.get_text()
    ] == [
        "Samen eten, samen weten! (bijna dezelfde titel, staat online)",
        "Samen eten; samen weten (bijna dezelfde titel, concept)",
    ]
