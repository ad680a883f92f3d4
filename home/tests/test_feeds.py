"""Every list and every search has a feed, at the same address with `feed/` behind it."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from django.core.cache import cache
from wagtail.models import PageViewRestriction

from home.feeds import FEED_LENGTH
from home.models import StandardPage
from publications.models import PublicationAuthor, Vocabulary
from publications.tests.factories import (
    add_publication,
    make_library,
    make_pillar_page,
    make_publication,
    make_term,
    site_root,
)
from publications.tests.visits import queries_of
from stories.tests.factories import (
    make_article,
    make_author,
    make_dossier,
    make_question,
    make_story,
    sign,
)

pytestmark = pytest.mark.django_db

LISTS = ["/bibliotheek/", "/verhalen/", "/artikelen/", "/pijlers/sociale-cohesie/", "/zoeken/"]


@pytest.fixture
def content():
    pillar = make_pillar_page()
    return [
        pillar,
        make_publication(
            title="Samen eten in de wijk & <meer>",
            authors=[
                PublicationAuthor(given="Anna", particle="van de", family="Bakker"),
                PublicationAuthor(organisation="Gemeente \x0bWaterveld"),
            ],
        ),
        make_story(title="Samen eten bij Joke"),
        make_article(title="Samen eten werkt", author_name="Ömer 'O' Šimić"),
    ]


def read(client, address, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == 200, address
    parsed = feedparser.parse(response.content)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def titles(client, address) -> list[str]:
    return [entry.title for entry in read(client, address).entries]


def test_each_list_has_a_feed_that_its_page_names_and_links_to(client, content):
    for address in LISTS:
        query = "?q=samen" if address == "/zoeken/" else ""
        html = client.get(address + query).content.decode()
        assert 'type="application/atom+xml" title="' in html
        feed = f"{address}feed/{query}"
        assert f'href="{feed}"' in html
        parsed = read(client, feed)
        assert parsed.version == "atom10"
        assert parsed.feed.id.startswith("tag:127.0.0.1,2026:/")
        assert parsed.feed.author == "Buurtwijs"
        assert parsed.entries


def test_feeds_hold_what_the_list_holds(client, content):
    publication, story, article = (page.title for page in content[1:])
    assert titles(client, "/bibliotheek/feed/") == [publication]
    assert titles(client, "/verhalen/feed/") == [story]
    assert titles(client, "/artikelen/feed/") == [article]
    everything = [article, story, publication]
    assert titles(client, "/zoeken/feed/?q=samen+eten") == everything
    assert titles(client, "/zoeken/feed/") == everything
    assert titles(client, "/pijlers/sociale-cohesie/feed/") == everything
    assert titles(client, "/zoeken/feed/?q=joke") == [story]
    assert titles(client, "/zoeken/feed/?q=samen+onbestaand") == []


def test_dossiers_and_questions_have_a_feed_and_come_by_in_the_others(client, content):
    pillar = content[0].pillar
    dossier = make_dossier(content[1], title="Samen eten: hoe begin je?", pillars=[pillar])
    question = make_question(
        title="Wie betaalt samen eten?", explanation="Dat vraagt men.", pillars=[pillar]
    )
    make_question(title="Nog niet", live=False)

    assert titles(client, "/dossiers/feed/") == [dossier.title]
    entry = read(client, "/vragen/feed/").entries[0]
    assert (entry.title, entry.summary) == (question.title, "Dat vraagt men.")
    for address in ("/pijlers/sociale-cohesie/feed/", "/zoeken/feed/", "/zoeken/feed/?q=samen"):
        assert titles(client, address)[:2] == [question.title, dossier.title], address


def test_sitemap_counts_dossiers_and_questions_of_a_pillar_too(client, content):
    question = make_question(pillars=[content[0].pillar])
    later = datetime(2027, 4, 1, tzinfo=UTC)
    type(question).objects.update(last_published_at=later)

    sitemap = client.get("/sitemap.xml").content.decode()
    pillar = sitemap.partition("/pijlers/sociale-cohesie/</loc>")[2]
    assert pillar.partition("</url>")[0].strip() == "<lastmod>2027-04-01</lastmod>"


def test_entry_says_who_what_and_when_in_a_way_that_stays(client, content):
    publication = content[1]
    entry = read(client, "/bibliotheek/feed/").entries[0]

    assert entry.id == f"tag:127.0.0.1,2026:pagina/{publication.translation_key}"
    assert [a.name for a in entry.authors] == ["Anna van de Bakker", "Gemeente  Waterveld"]
    assert [t.term for t in entry.tags] == ["Sociale cohesie", "Onderzoek"]
    assert entry.summary == publication.summary
    assert entry.link == publication.full_url
    publication.slug = "verhuisd"
    publication.save_revision().publish()
    again = read(client, "/bibliotheek/feed/").entries[0]
    assert (again.id, again.link != entry.link) == (entry.id, True)
    assert again.updated > entry.updated
    assert again.published == entry.published


def test_search_with_words_filters_and_order(client):
    book = make_term(vocabulary=Vocabulary.KIND, slug="boek")
    make_publication(title="Buurthuis oud", kind=book, year=1999)
    make_publication(title="Buurthuis nieuw", kind=book, year=2020)
    make_publication(title="Buurthuis onderzocht", year=2010)
    make_publication(title="Iets anders", kind=book)

    query = "?q=buurthuis&soort=boek"
    assert titles(client, f"/bibliotheek/feed/{query}") == ["Buurthuis nieuw", "Buurthuis oud"]
    assert titles(client, f"/bibliotheek/feed/{query}&sorteer=oudste") == [
        "Buurthuis oud",
        "Buurthuis nieuw",
    ]
    parsed = read(client, f"/bibliotheek/feed/{query}&pagina=9&soort=onzin")
    assert parsed.feed.title == "Nieuw op het Kennisplein Sociale basis: ‘buurthuis’, Boek"
    root = ElementTree.fromstring(client.get(f"/bibliotheek/feed/{query}").content)
    links = {e.get("rel"): e.get("href") for e in root if e.tag.endswith("}link")}
    assert links["self"] == f"http://testserver/bibliotheek/feed/{query}"
    assert links["alternate"].endswith(f"/bibliotheek/{query}")


def test_nothing_changed_answers_304(client, content):
    for address in [f"{address}feed/" for address in LISTS]:
        first = client.get(address)
        assert first["ETag"]
        assert first["Last-Modified"]
        assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
        since = {"If-Modified-Since": first["Last-Modified"]}
        assert client.get(address, headers=since).status_code == 304
        assert not first.cookies
    content[1].unpublish()
    etag = {"If-None-Match": client.get("/verhalen/feed/")["ETag"]}
    assert client.get("/verhalen/feed/", headers=etag).status_code == 304
    etag = {"If-None-Match": first["ETag"]}
    assert client.get("/zoeken/feed/", headers=etag).status_code == 200


def test_hidden_lists_and_pages_have_no_feed(client, content):
    home = site_root()
    home.add_child(instance=StandardPage(title="Over", slug="over", body="<p>Wij</p>"))
    over = StandardPage.objects.get()
    over.add_child(instance=StandardPage(title="Een pagina die feed heet", slug="feed", body="x"))
    library = make_library()

    assert "Een pagina die feed heet" in client.get("/over/feed/").content.decode()
    for address in ("/feed/", "/bestaat/niet/feed/", f"{content[1].url}feed/"):
        assert client.get(address).status_code == 404, address
    assert client.post("/bibliotheek/feed/").status_code == 405
    PageViewRestriction.objects.create(page=library, restriction_type=PageViewRestriction.LOGIN)
    cache.clear()
    assert client.get("/bibliotheek/feed/").status_code == 404
    assert titles(client, "/zoeken/feed/?q=wijk") == []


def test_a_feed_asks_as_much_for_one_as_for_many_and_holds_fifty(client):
    asked = []
    for number in range(1, 53):
        page = add_publication(title=f"Wijk {number}")
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
        type(page).objects.filter(pk=page.pk).update(
            first_published_at=moment, last_published_at=moment
        )
        if number in (1, 12):
            asked.append(queries_of(client, "/bibliotheek/feed/?q=wijk"))

    assert asked[0] == asked[1]
    assert titles(client, "/bibliotheek/feed/?q=wijk") == [
        f"Wijk {number}" for number in range(52, 52 - FEED_LENGTH, -1)
    ]


@pytest.mark.parametrize("address", [*LISTS, "/dossiers/", "dossier"])
def test_a_feed_of_signed_pages_takes_as_many_queries_for_one_as_for_three(client, address):
    make_pillar_page()
    asked, cards = [], []
    for number in (1, 2):
        for _ in range(number):
            cards += [add_publication(), make_story(), make_article()]
            for page in cards[-2:]:
                sign(page, make_author(), make_author())
        dossier = make_dossier(*cards)
        asked.append(queries_of(client, f"{dossier.url if address == 'dossier' else address}feed/"))

    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ff%fe", "q=" + "x" * 5000, "jaar=abc", "sorteer=%00", "q=%0b", "pijler="]
)
def test_hostile_queries_give_a_good_feed(client, content, query):
    read(client, f"/bibliotheek/feed/?{query}")
    read(client, f"/zoeken/feed/?{query}")


def test_sitemap_says_when_a_list_last_changed(client, content):
    def changed(address):
        root = ElementTree.fromstring(client.get("/sitemap.xml").content)
        found = {url[0].text: url[-1].text for url in root}
        return next(moment for place, moment in found.items() if place.endswith(address))

    _, publication, story, _ = content
    before = {address: changed(address) for address in LISTS[:4]}
    assert before["/verhalen/"] == story.last_published_at.date().isoformat()
    later = datetime(2027, 3, 1, tzinfo=UTC)
    type(publication).objects.update(last_published_at=later)

    assert changed("/bibliotheek/") == changed("/pijlers/sociale-cohesie/") == "2027-03-01"
    assert changed("/verhalen/") == before["/verhalen/"]
