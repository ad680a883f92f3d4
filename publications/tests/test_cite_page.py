"""How the page of a publication is cited, and what programs read on it."""

import json
from html import unescape

import extruct
import pypandoc
import pytest
import rispy
from bs4 import BeautifulSoup
from defusedxml.ElementTree import fromstring
from requests.utils import parse_header_links
from wagtail.models import PageViewRestriction

from publications.citations import FORMATS
from publications.models import Licence, PublicationAuthor, RightToShare, Vocabulary
from publications.tests.factories import (
    add_publication,
    make_document,
    make_image,
    make_publication,
    make_term,
    site_root,
)
from publications.tests.visits import text_of

pytestmark = pytest.mark.django_db

HOSTILE = "</script><script>alert(1)</script> \u2028<!-- & \"'"


@pytest.fixture(autouse=True)
def host(settings):
    settings.BASE_URL = "https://kennisplein.example"
    settings.WAGTAILADMIN_BASE_URL = settings.BASE_URL


@pytest.fixture
def site(host):
    site = site_root().sites_rooted_here.get()
    site.hostname, site.port = "kennisplein.example", 443
    site.save()
    return site


def make_article(**fields):
    return make_publication(
        **{
            "title": "Samen eten",
            "subtitle": "Over tafels",
            "slug": "samen-eten",
            "kind": make_term(
                vocabulary=Vocabulary.KIND, slug="wetenschappelijk-artikel", label="Artikel"
            ),
            "authors": [
                PublicationAuthor(given="Jan", particle="de", family="Vries"),
                PublicationAuthor(organisation="Movisie"),
            ],
            "organisation": "Uitgeverij Buurt",
            "journal": "Zorg en wijk",
            "volume": "12(3)",
            "page_range": "4-9",
            "year": 2024,
            "month": 3,
            "doi": "10.1234/eten",
            "licence": Licence.BY_SA,
            "keywords": ["eten"],
        }
        | fields
    )


def meta(response) -> dict[str, list[str]]:
    found = {}
    for tag in BeautifulSoup(response.content, "html.parser").find_all("meta"):
        found.setdefault(tag.get("name") or tag.get("property"), []).append(tag.get("content"))
    return found


def links(response) -> dict[str, list[dict]]:
    found = {}
    for link in parse_header_links(response["Link"]):
        found.setdefault(link["rel"], []).append(link)
    return found


def structured(response) -> dict:
    html = response.content.decode()
    read = extruct.extract(html, base_url="https://kennisplein.example/")
    assert len(read["json-ld"]) == 1
    return read | {"json-ld": read["json-ld"][0]}


def test_page_shows_the_reference_and_every_format(client):
    page = make_article()

    response = client.get(page.url)

    reference = "De Vries, J., & Movisie. (2024). Samen eten: Over tafels. Zorg en wijk, 12(3), 4–9"
    assert f"Zo verwijs je ernaar {reference}. https://doi.org/10.1234/eten" in text_of(response)
    html = BeautifulSoup(response.content, "html.parser")
    button = html.find("button", {"data-copy": True})
    assert html.find(id=button["data-copy"]).i.text == "Zorg en wijk"
    assert button.has_attr("hidden")  # until the script is there
    downloads = [link["href"] for link in html.select(".cite a[download]")]
    assert downloads == [f"{page.url}citeer/{name}/" for name in FORMATS]
    assert [client.get(address).status_code for address in downloads] == [200] * 4


@pytest.mark.parametrize(
    ("name", "media_type", "filename", "title_in"),
    [
        (
            "bibtex",
            "application/x-bibtex",
            "samen-eten.bib",
            lambda text: json.loads(pypandoc.convert_text(text, "csljson", "bibtex"))[0]["title"],
        ),
        (
            "ris",
            "application/x-research-info-systems",
            "samen-eten.ris",
            lambda text: rispy.loads(text)[0]["title"],
        ),
        (
            "csl",
            "application/vnd.citationstyles.csl+json",
            "samen-eten.json",
            lambda text: json.loads(text)[0]["title"],
        ),
        (
            "dublin-core",
            "application/xml",
            "samen-eten.xml",
            lambda text: fromstring(text.encode())[0][0].text,
        ),
    ],
)
def test_download_is_a_file_of_its_kind(client, name, media_type, filename, title_in):
    page = make_article()

    response = client.get(f"{page.url}citeer/{name}/")

    assert response["Content-Type"] == f"{media_type}; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{filename}"'
    assert response["X-Robots-Tag"] == "noindex"
    assert links(response)["describes"][0]["url"] == page.full_url
    assert title_in(response.content.decode()) == "Samen eten: Over tafels"


@pytest.mark.parametrize("name", FORMATS)
def test_nobody_cites_what_they_may_not_see(client, name):
    draft, secret = make_publication(live=False, slug="concept"), make_publication(slug="besloten")
    open_address = f"{secret.url}citeer/{name}/"
    assert client.get(open_address).status_code == 200
    assert client.get(f"/bibliotheek/concept/citeer/{name}/").status_code == 404

    PageViewRestriction.objects.create(
        page=secret, restriction_type=PageViewRestriction.PASSWORD, password="x"
    )
    asked = client.get(open_address)
    assert "attachment" not in asked.headers.get("Content-Disposition", "")
    assert secret.title not in asked.content.decode()
    secret.unpublish()
    assert client.get(open_address).status_code == 404

    assert draft.get_latest_revision_as_object().title == draft.title


def test_unknown_format_and_other_places_below_a_publication_are_not_there(client):
    page = make_article()

    for path in ("citeer/", "citeer/mods/", "citeer/ris/x/", "citeer/%00/", "x/"):
        assert client.get(f"{page.url}{path}").status_code == 404
    assert client.get(f"{page.url}citeer/ris").status_code == 301


def test_scholar_and_zotero_find_the_date_of_publication_and_a_pdf_of_ours(client, site):
    page = make_article(document=make_document())

    tags = meta(client.get(page.url))

    said = {name: tags[name] for name in tags if name and name.startswith("citation_")}
    assert said == {
        "citation_title": ["Samen eten: Over tafels"],
        "citation_author": ["de Vries, Jan", "Movisie"],
        "citation_publication_date": ["2024/03"],
        "citation_journal_title": ["Zorg en wijk"],
        "citation_volume": ["12"],
        "citation_issue": ["3"],
        "citation_firstpage": ["4"],
        "citation_lastpage": ["9"],
        "citation_publisher": ["Uitgeverij Buurt"],
        "citation_doi": ["10.1234/eten"],
        "citation_language": ["nl"],
        "citation_keywords": ["eten"],
        "citation_abstract_html_url": ["https://kennisplein.example/bibliotheek/samen-eten/"],
        "citation_pdf_url": [f"https://kennisplein.example{page.document.url}"],
    }


def test_nothing_points_at_a_document_that_is_not_public_or_to_an_unknown_date(client):
    page = make_article(document=make_document(), year=None, month=None)
    assert page.document.url in client.get(page.url)["Link"]

    page.document.right_to_share = RightToShare.NONE
    page.document.save()

    response = client.get(page.url)
    tags, json_ld = meta(response), structured(response)["json-ld"]
    assert "citation_pdf_url" not in tags
    assert "citation_publication_date" not in tags
    assert "encoding" not in json_ld
    assert "datePublished" not in json_ld
    assert "item" not in links(response)
    assert "/documents/" not in response.content.decode()


def test_search_engines_read_json_ld(client, site):
    page = make_article(document=make_document(), access="vrij")

    said = structured(client.get(page.url))["json-ld"]

    assert said["@type"] == "ScholarlyArticle"
    assert said["@id"] == said["url"] == "https://kennisplein.example/bibliotheek/samen-eten/"
    assert said["name"] == "Samen eten: Over tafels"
    assert said["author"] == [
        {"@type": "Person", "name": "Jan de Vries", "givenName": "Jan", "familyName": "de Vries"},
        {"@type": "Organization", "name": "Movisie"},
    ]
    assert said["datePublished"] == "2024-03"
    assert said["isPartOf"]["isPartOf"]["isPartOf"]["name"] == "Zorg en wijk"
    assert said["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert said["isAccessibleForFree"] is True
    assert said["sameAs"] == ["https://doi.org/10.1234/eten"]
    assert said["encoding"]["encodingFormat"] == "application/pdf"


def test_an_example_tells_programs_nothing_as_if_it_were_real(client):
    page = make_publication(title="Verzonnen", is_example=True)

    html = client.get(page.url).content.decode()
    assert "citation_" not in html
    assert "ld+json" not in html
    assert client.get(f"{page.url}citeer/ris/").status_code == 200


def test_json_ld_cannot_leave_its_element(client):
    page = make_article(
        title=HOSTILE,
        summary=HOSTILE,
        organisation=HOSTILE,
        authors=[PublicationAuthor(family=HOSTILE)],
    )

    response = client.get(page.url)

    html = response.content.decode()
    assert "<script>alert" not in html
    assert html.count("<script") == html.count("</script>")
    data = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert not set("<>&\u2028\u2029") & set(data)
    said = structured(response)["json-ld"]
    assert said["abstract"] == HOSTILE
    assert meta(response)["citation_title"][0].startswith("</script><script>alert(1)")


def test_open_graph_shows_the_cover_or_else_the_picture_of_the_site(client, site):
    page = make_article(cover=make_image())

    tags = meta(client.get(page.url))

    cover = page.cover.get_rendition("width-640|format-jpeg")
    assert tags["og:image"] == [f"https://kennisplein.example{cover.url}"]
    assert tags["og:title"] == ["Samen eten"]
    assert tags["og:description"] == ["Over tafels"]
    assert tags["og:url"] == ["https://kennisplein.example/bibliotheek/samen-eten/"]
    page.cover = None
    page.save()
    read = structured(client.get(page.url))
    assert dict(read["opengraph"][0]["properties"])["og:image"] == (
        "https://kennisplein.example/static/img/share-cohesie.png"
    )
    assert client.get("/bibliotheek/").content.decode().count('property="og:image"') == 1


def test_signposting_leads_programs_to_the_work_its_file_and_its_description(client, site):
    page = make_article(document=make_document())

    said = links(client.get(page.url))

    assert [link["url"] for link in said["cite-as"]] == ["https://doi.org/10.1234/eten"]
    assert [link["url"] for link in said["type"]] == [
        "https://schema.org/ScholarlyArticle",
        "https://schema.org/AboutPage",
    ]
    assert said["item"] == [
        {
            "url": f"https://kennisplein.example{page.document.url}",
            "rel": "item",
            "type": "application/pdf",
        }
    ]
    assert [link["url"] for link in said["license"]] == [
        "https://creativecommons.org/licenses/by-sa/4.0/"
    ]
    assert "author" not in said
    assert [(link["url"], link["type"]) for link in said["describedby"]] == [
        (f"https://kennisplein.example{page.url}citeer/{name}/", form.media_type)
        for name, form in FORMATS.items()
    ]


def test_address_that_would_break_the_header_is_encoded(client):
    page = make_article(doi='10.1002/(SICI)17:1<1::AID>3.0;"x"\u00e9#')

    said = links(client.get(page.url))

    assert [link["url"] for link in said["cite-as"]] == [
        "https://doi.org/10.1002/(SICI)17:1%3C1::AID%3E3.0%3B%22x%22%C3%A9%23"
    ]


def test_publication_without_a_doi_is_cited_by_its_own_address(client):
    page = make_article(doi="")

    assert links(client.get(page.url))["cite-as"][0]["url"] == page.full_url


def test_preview_shows_the_draft_and_gives_no_signposts(admin_client):
    page = make_article()
    draft = page.get_latest_revision_as_object()
    draft.authors = [PublicationAuthor(given="Anna", family="Bakker")]
    draft.save_revision()

    response = page.get_latest_revision_as_object().make_preview_request()

    assert "Bakker, A. (2024)" in unescape(response.content.decode())
    assert "De Vries" not in unescape(response.content.decode())
    assert "Link" not in response


def test_queries_of_a_download_do_not_grow(client, django_assert_max_num_queries):
    page = add_publication(
        authors=[PublicationAuthor(given="Anna", family=f"B{n}") for n in range(12)],
    )
    address = f"{page.url}citeer/bibtex/"
    client.get(address)

    with django_assert_max_num_queries(12):
        client.get(address)
