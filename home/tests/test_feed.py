"""What machines read of the site: the feed, the sitemap and the file for robots."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from wagtail.models import PageViewRestriction

from publications.models import PublicationAuthor, PublicationPage
from publications.search import FACET_NAMES
from publications.tests.factories import (
    add_publication,
    make_document,
    make_pillar_page,
    make_publication,
    make_term,
)
from publications.tests.visits import queries_of
from stories.tests.factories import make_article, make_story, make_tip

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def feed(client) -> ElementTree.Element:
    return ElementTree.fromstring(client.get("/bibliotheek/feed/").content)


def feed_titles(client) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed(client).iter(f"{ATOM}entry")]


def published(page, day) -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day - 1)
    PublicationPage.objects.filter(pk=page.pk).update(
        first_published_at=moment, last_published_at=moment
    )


def make_private(page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def test_feed_says_what_came_in_newest_first(client):
    older = make_publication(title="Eerst")
    newer = make_publication(
        title="Daarna <b>&",
        summary="Over tafels & stoelen.",
        authors=[PublicationAuthor(given="Anna", family="Bakker")],
        pillars=[make_term(slug="sociale-cohesie", label="Sociale cohesie")],
    )
    published(older, 1)
    published(newer, 2)

    response = client.get("/bibliotheek/feed/")

    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "nl"
    assert root.findtext(f"{ATOM}title") == "Nieuw op het Kennisplein Sociale basis"
    assert feed_titles(client) == ["Daarna <b>&", "Eerst"]
    first = root.find(f"{ATOM}entry")
    assert {child.tag.removeprefix(ATOM): child.text for child in first} == {
        "title": "Daarna <b>&",
        "link": None,
        "published": "2026-01-02T12:00:00+00:00",
        "updated": "2026-01-02T12:00:00+00:00",
        "author": None,
        "id": f"tag:127.0.0.1,2026:pagina/{newer.translation_key}",
        "summary": "Over tafels & stoelen.",
        "category": None,
    }
    assert first.find(f"{ATOM}link").get("href") == newer.full_url
    assert first.findtext(f"{ATOM}author/{ATOM}name") == "Anna Bakker"
    assert [c.get("term") for c in first.findall(f"{ATOM}category")] == [
        "Sociale cohesie",
        "Onderzoek",
    ]
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {
        "alternate": newer.get_parent().full_url,
        "self": "http://testserver/bibliotheek/feed/",
    }


def test_feed_without_a_library_is_not_there(client):
    assert client.get("/bibliotheek/feed/").status_code == 404


def test_feed_leaves_out_what_is_not_public(client):
    make_publication(title="Voor iedereen")
    draft, secret = make_publication(title="Nog niet"), make_publication(title="Besloten")
    assert feed_titles(client) == ["Besloten", "Nog niet", "Voor iedereen"]

    draft.unpublish()
    make_private(secret)

    assert feed_titles(client) == ["Voor iedereen"]


def test_feed_holds_the_fifty_newest_and_asks_as_much_for_one(client):
    asked = []
    for number in range(1, 52):
        published(add_publication(title=f"Nummer {number}"), number)
        if number in (1, 12):
            asked.append(queries_of(client, "/bibliotheek/feed/"))

    assert feed_titles(client) == [f"Nummer {number}" for number in range(51, 1, -1)]
    assert asked[0] == asked[1] <= 12


def test_feed_survives_signs_that_xml_does_not_know(client):
    make_publication(
        title="Geplakt\x0buit een pdf",
        summary="Met\x02 een\x0c teken \ufffe\U0001f600",
        organisation="Mo\x1bvisie",
    )

    entry = feed(client).find(f"{ATOM}entry")

    assert entry.findtext(f"{ATOM}title") == "Geplakt uit een pdf"
    assert entry.findtext(f"{ATOM}summary") == "Met  een  teken  \U0001f600"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Mo visie"


def test_every_page_points_to_the_feed(client):
    page = make_publication()

    html = client.get(page.url).content.decode()

    assert (
        'type="application/atom+xml" title="Nieuw in de bibliotheek" href="/bibliotheek/feed/"'
        in (html)
    )


def sitemap(client) -> list[str]:
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    return [location.text for location in root.iter(f"{SITEMAP}loc")]


def test_sitemap_lists_live_public_pages_of_every_kind(client):
    pages = [make_publication(), make_story(), make_article(), make_tip(), make_pillar_page()]
    hidden = [make_publication(), make_story(), make_article()]
    assert {page.full_url for page in (*pages, *hidden)} <= set(sitemap(client))
    hidden[0].unpublish()
    hidden[1].unpublish()
    make_private(hidden[2])
    make_publication(live=False)

    listed = sitemap(client)

    expected = {page.full_url for page in pages}
    expected |= {page.get_parent().full_url for page in pages}
    expected.add(pages[0].get_parent().get_parent().full_url)
    assert set(listed) == expected
    assert len(listed) == len(expected)


def test_robots_may_read_all_but_private_parts(client, settings):
    settings.BASE_URL = "https://plein.example"

    response = client.get("/robots.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /bijdragen/",
        "Disallow: /documents/authenticate_with_password/",
        "Disallow: /zoeken/",
        "Disallow: /leeslijst/?",
        "Disallow: /*export.",
        *(f"Disallow: /*?*{name}=" for name in ("q", "sorteer", *FACET_NAMES)),
        "Sitemap: https://plein.example/sitemap.xml",
    ]
    assert client.post("/robots.txt").status_code == 405


def test_documents_stand_in_neither_feed_nor_sitemap(client):
    document = make_document()
    make_publication(document=document)

    assert document.url not in client.get("/bibliotheek/feed/").content.decode()
    assert not any("/documents/" in address for address in sitemap(client))
