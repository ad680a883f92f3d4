import json
from datetime import date, timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.tests.factories import make_editor
from home.views import SECTIONS
from publications.models import PublicationAuthor, SearchedWords, SynonymGroup, Vocabulary
from publications.tests.factories import make_library, make_publication, make_term
from stories.tests.factories import make_article, make_dossier, make_question, make_story

pytestmark = pytest.mark.django_db


def soup_of(response) -> BeautifulSoup:
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def proposals(client, text):
    return json.loads(client.get("/zoeken/suggesties/", {"q": text}).content)["voorstellen"]


def test_search_everything_keeps_the_kinds_apart(client):
    make_publication(title="Publicatie over eenzaamheid")
    make_story(title="Verhaal over eenzaamheid")
    make_article(title="Artikel over eenzaamheid")

    soup = soup_of(client.get("/zoeken/", {"q": "eenzaamheid"}))

    shown = {
        section.h2.get_text(strip=True): [h.get_text(strip=True) for h in section.find_all("h3")]
        for section in soup.find_all("section")
    }
    assert shown == {
        "1 publicatie": ["Publicatie over eenzaamheid"],
        "1 verhaal": ["Verhaal over eenzaamheid"],
        "1 artikel": ["Artikel over eenzaamheid"],
    }


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.__name__)
def test_every_kind_of_page_is_shown_by_its_own_card(client, model):
    make = {
        "PublicationPage": make_publication,
        "StoryPage": make_story,
        "ArticlePage": make_article,
        "DossierPage": lambda **fields: make_dossier(make_story(title="Erbij"), **fields),
        "QuestionPage": make_question,
    }[model.__name__]
    page = make(title="Hoe begin je een buurtkamer?")

    response = client.get("/zoeken/", {"q": "buurtkamer"})

    (section,) = soup_of(response).find_all("section")
    assert section.h2.get_text(strip=True) == f"1 {SECTIONS[model][1]}"
    assert [(a.get_text(strip=True), a["href"]) for a in section.select("h3 a")] == [
        (page.title, page.url)
    ]


@pytest.mark.parametrize(
    "phrase", ["van de Bakker", "gemeente waterveld", "open deur", "aan tafel"]
)
def test_a_quoted_author_organisation_keyword_or_subtitle_is_found(client, phrase):
    wanted = make_publication(
        title="Samen",
        subtitle="Aan tafel",
        keywords=["open deur"],
        organisation="Gemeente Waterveld",
        authors=[PublicationAuthor(given="Anna", particle="van de", family="Bakker")],
    )
    make_publication(title="Los", organisation="Waterveld", keywords=["deur open"])

    found = client.get("/bibliotheek/", {"q": f'"{phrase}"'}).context["results"]

    assert [hit.title for hit in found.hits] == [wanted.title]


def test_lists_of_stories_and_articles_filter_the_same_way(client):
    cohesion, inclusion = make_term(slug="sociale-cohesie"), make_term(slug="sociale-inclusie")
    make_story(title="Samen eten", pillars=[cohesion])
    make_story(title="Samen sparen", pillars=[inclusion])
    make_article(title="Samen denken", pillars=[cohesion], kind="opinie")
    make_article(title="Samen doen", pillars=[cohesion], kind="artikel")

    stories = client.get("/verhalen/", {"q": "samen", "pijler": "sociale-cohesie"})
    articles = client.get("/artikelen/", {"q": "samen", "vorm": "opinie"})

    assert [hit.title for hit in stories.context["results"].hits] == ["Samen eten"]
    assert [hit.title for hit in articles.context["results"].hits] == ["Samen denken"]
    assert "1 artikel gevonden" in articles.content.decode()


def test_hits_show_kind_authors_year_pillars_stories_and_where_it_matched(client):
    publication = make_publication(
        title="Samen eten",
        summary="In het buurthuis.",
        year=2024,
        organisation="Gemeente Waterveld",
    )
    story = make_story(title="Aan tafel")
    story.publication_links.create(publication=publication, why="Zo gaat het.")
    story.save_revision().publish()

    card = soup_of(client.get("/bibliotheek/", {"q": "buurthuizen"})).find("article")

    text = card.get_text(" ", strip=True)
    for expected in ("Onderzoek", "Gemeente Waterveld", "2024", "Sociale cohesie", "1 verhaal uit"):
        assert expected in text
    assert str(card.find(class_="hit")) == (
        '<p class="hit"><b>Gevonden in de samenvatting:</b> In het <mark>buurthuis</mark>.</p>'
    )


def test_more_filters_are_folded_away_until_one_is_chosen(client):
    readers = make_term(vocabulary=Vocabulary.READER, slug="bewoners")
    make_publication(title="Samen", readers=[readers])

    soup = soup_of(client.get("/bibliotheek/"))
    chosen = soup_of(client.get("/bibliotheek/", {"lezer": "bewoners"}))

    folded = soup.find("details", class_="facet-more")
    assert folded.find("input", attrs={"name": "lezer"})["value"] == "bewoners"
    assert chosen.find("input", attrs={"name": "lezer"}).find_parent("details") is None
    assert [chip.span.get_text() for chip in chosen.find_all("a", class_="chip--x")] == ["Bewoners"]


def test_did_you_mean_is_a_link_that_finds_something(client):
    make_publication(title="Eenzaamheid")

    soup = soup_of(client.get("/bibliotheek/", {"q": "eenzaamhied"}))

    link = soup.find(class_="notice").a
    assert link.get_text() == "eenzaamheid"
    assert (
        soup_of(client.get(link["href"])).find(class_="results__count").get_text()
        == "1 publicatie gevonden"
    )


def test_search_engines_stay_out_of_the_endless_lists(client):
    make_library()

    def is_indexed(address):
        return soup_of(client.get(address)).find("meta", attrs={"name": "robots"}) is None

    assert is_indexed("/bibliotheek/")
    assert is_indexed("/bibliotheek/?pagina=2")
    assert not is_indexed("/bibliotheek/?q=samen")
    assert not is_indexed("/bibliotheek/?jaar=2024")
    assert not is_indexed("/zoeken/")
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /*?*pijler=" in robots
    assert "Disallow: /*?*q=" in robots


def test_proposals_while_typing(client):
    make_term(vocabulary=Vocabulary.THEME, slug="buurtkeuken", label="Buurtkeuken")
    publication = make_publication(
        title="Eten in de Buurtcamping",
        themes=[make_term(vocabulary=Vocabulary.THEME, slug="buurtkeuken")],
    )
    publication.authors.create(given="Anna", family="Buurtman")
    publication.save()
    make_publication(title="Buurtgeheim", live=False)

    assert proposals(client, "eten buurt") == [
        {"kind": "titel", "text": "Eten in de Buurtcamping", "url": publication.get_url()}
    ]
    assert [p["text"] for p in proposals(client, "Búurt")] == [
        "Eten in de Buurtcamping",
        "Buurtkeuken",
        "Anna Buurtman",
    ]
    assert proposals(client, "b") == []


def test_searches_are_counted_without_who_searched(client):
    make_publication(title="Samen eten")

    for words in ("Samen  eten", "samen eten", "bestaatniet", "jan@example.org", "0612345678"):
        client.get("/bibliotheek/", {"q": words})
    client.get("/bibliotheek/", {"q": "samen eten", "pagina": "1", "jaar": "2020"})

    rows = SearchedWords.objects.order_by("words").values_list("words", "count", "found", "day")
    today = timezone.localdate()
    assert list(rows) == [("bestaatniet", 1, 0, today), ("samen eten", 2, 1, today)]
    assert {f.name for f in SearchedWords._meta.fields} == {"id", "words", "day", "count", "found"}


def test_searches_are_forgotten_after_ninety_days():
    for days in (90, 91):
        day = timezone.localdate() - timedelta(days=days)
        SearchedWords.objects.create(words=f"{days} dagen", day=day)

    call_command("daily", stdout=StringIO())

    assert [row.words for row in SearchedWords.objects.all()] == ["90 dagen"]


def test_editors_make_a_synonym_of_what_found_nothing(client):
    SearchedWords.objects.create(words="wijkgebouw", day=date(2026, 1, 2), count=3)
    SearchedWords.objects.create(words="buurthuis", day=date(2026, 1, 2), count=9, found=4)
    editor = make_editor()
    editor.user_permissions.add(*Permission.objects.filter(codename__endswith="synonymgroup"))
    client.force_login(editor)

    soup = soup_of(client.get(reverse("search_report")))

    tables = soup.find_all("table", class_="listing")
    lists = [[row.td.get_text() for row in table.tbody("tr")] for table in tables]
    assert lists == [["wijkgebouw"], ["buurthuis", "wijkgebouw"]]
    form = soup_of(client.get(tables[0].a["href"]))
    assert form.find("textarea", attrs={"name": "words"}).get_text().strip() == "wijkgebouw"
    client.post(
        reverse(SynonymGroup.snippet_viewset.get_url_name("add")),
        {"words": "wijkgebouw\r\nbuurthuis"},
    )
    make_publication(title="Het buurthuis")
    found = client.get("/bibliotheek/", {"q": "wijkgebouw"}).context["results"]
    assert [hit.title for hit in found.hits] == ["Het buurthuis"]


def test_searches_are_not_shown_to_visitors_or_users_without_the_right(client, django_user_model):
    assert client.get(reverse("search_report")).status_code == 302
    client.force_login(django_user_model.objects.create_user("iemand", password="x"))
    assert client.get(reverse("search_report")).status_code == 302


@pytest.mark.parametrize("number", [1, 3])
def test_library_takes_the_same_number_of_queries_for_one_hit_and_three(
    client, django_assert_num_queries, number
):
    for n in range(number):
        make_publication(title=f"Samen {n}", keywords=["eten", "wijk"])
    client.get("/bibliotheek/", {"q": "samen"})

    with django_assert_num_queries(19):
        client.get("/bibliotheek/", {"q": "samen"})


TYPED = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            [
                *(
                    '"',
                    "-",
                    "*",
                    "samen",
                    "-eten",
                    '-"',
                    "'",
                    "\\",
                    "\x00",
                    "&",
                    "|",
                    "!",
                    ":*",
                    "<->",
                ),
                *("<script>alert(1)</script>", "<mark>", "{{", "%s", "שלום", "\u202e", "🎉", "é"),
                *("10.1/", "10.1234/a", "9789052602462", "(", ")", "/", "=", "~", "\ud800"),
            ]
        ),
        max_size=12,
    ).map(" ".join),
    st.sampled_from(["a" * 5000, '"' * 5000, "- " * 2500, "samen " * 900, "é" * 5000]),
)


@given(words=TYPED, pijler=TYPED, jaar=TYPED, pagina=TYPED)
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_query_breaks_or_reflects_markup(client, words, pijler, jaar, pagina):
    make_library()
    if not SearchedWords.objects.filter(words="-").exists():
        SearchedWords.objects.create(words="-", day=date(2026, 1, 1))
        make_publication(title="Samen <b>eten</b>", summary="Samen <script>alert(1)</script> eten")
    query = {"q": words, "pijler": pijler, "jaar": jaar, "pagina": pagina}
    query = {name: value.encode(errors="surrogatepass") for name, value in query.items()}

    response = client.get("/bibliotheek/", query)

    assert response.status_code == 200
    page = response.content.decode()
    assert "<script>alert" not in page
    assert "<b>eten" not in page
    assert client.get("/zoeken/suggesties/", {"q": query["q"]}).status_code == 200
