"""Stories that live elsewhere: drafts from a feed, and a draft from one address."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from publications.tests.web_server import web_server
from stories.models import ImportedStory, StoryIndexPage, StoryPage
from stories.story_sources import StoryCard, find_or_draft
from stories.tests.factories import make_article, make_story
from stories.tests.people import somebody_who_may

pytestmark = pytest.mark.django_db

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Buurtwijs</title><id>b</id>
<entry><id>tag:buurtwijs,1</id>
<title type="html">Joke &amp;amp; het &lt;b&gt;bankje&lt;/b&gt;</title>
<link href="https://buurtwijs.example/bankje"/><summary type="html">&lt;p&gt;Koffie &lt;img
src="https://buurtwijs.example/foto.jpg"&gt; voor de deur.&lt;/p&gt;</summary></entry>
<entry><id>tag:buurtwijs,2</id><title>De tuin</title><link href="/tuin"/>
<summary>{summary}</summary></entry>
<entry><id>tag:buurtwijs,3</id><title></title><link href="https://buurtwijs.example/leeg"/></entry>
<entry><id>tag:buurtwijs,4</id><title>Kwaad</title><link href="javascript:alert(1)"/></entry>
</feed>"""
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>B</title>
<item><title>Uit RSS</title>
<link>https://buurtwijs.example/rss</link><description>Een alinea.</description></item>
</channel></rss>"""
PAGE = """<html><head><meta charset="utf-8"><title>Het bankje | Buurtwijs</title>
<meta property="og:title" content="Het bankje van Joke">
<meta property="og:description" content="Joke zette een &lt;em&gt;bankje&lt;/em&gt; neer.">
<meta property="og:image" content="/foto.jpg"><link rel="canonical" href="/bankje"></head></html>"""


@pytest.fixture
def web(settings):
    with web_server(settings) as server:
        yield server


@pytest.fixture
def stories():
    make_story(title="Het was er al", canonical_url="https://buurtwijs.example/al/").delete()
    return StoryIndexPage.objects.get()


def run(capsys, feed) -> tuple[str, str]:
    call_command("import_stories", str(feed))
    said = capsys.readouterr()
    return said.out, said.err


def test_feed_becomes_drafts_once_however_often_it_runs(web, stories, client, capsys):
    feed = web.page(
        "/feed", ATOM.format(summary="woord " * 100), content_type="application/atom+xml"
    )

    first, errors = run(capsys, feed)
    second, _ = run(capsys, feed)

    assert first.splitlines()[-1] == ("4 entries: 2 new drafts, 0 were here already, 2 skipped.")
    assert first.splitlines()[0] == "1 of 4: new, Joke & het bankje"
    assert errors.splitlines() == [
        "Entry 3 skipped, no title: https://buurtwijs.example/leeg",
        "Entry 4 skipped, no web address: Kwaad",
    ]
    assert second.splitlines()[-1] == ("4 entries: 0 new drafts, 2 were here already, 2 skipped.")
    bench, garden = StoryPage.objects.order_by("pk")
    assert (bench.title, bench.intro) == ("Joke & het bankje", "Koffie voor de deur.")
    assert bench.canonical_url == "https://buurtwijs.example/bankje"
    assert garden.canonical_url == web.url("/tuin")
    assert garden.intro == "woord " * 80 + "…"
    assert (bench.live, bench.picture, bench.get_latest_revision().object_str) == (
        False,
        None,
        bench.title,
    )
    assert client.get(bench.url).status_code == 404
    assert web.requests == ["GET /feed", "GET /feed"]


def test_what_an_editor_did_with_an_imported_story_stays(web, stories, capsys):
    feed = web.page("/feed", ATOM.format(summary="Kort."), content_type="application/atom+xml")
    run(capsys, feed)
    bench, garden = StoryPage.objects.order_by("pk")
    bench.title, bench.canonical_url = "Een ander hoofd", "https://buurtwijs.example/verhuisd"
    bench.save_revision().publish()
    garden.delete()

    run(capsys, feed)

    assert [story.title for story in StoryPage.objects.all()] == ["Een ander hoofd"]
    assert ImportedStory.objects.count() == 2


def test_story_that_an_editor_made_by_hand_does_not_come_again(stories, capsys, tmp_path):
    make_story(title="Met de hand", canonical_url="https://buurtwijs.example/rss/", live=False)
    file = tmp_path / "feed.xml"
    file.write_text(RSS)

    out, _ = run(capsys, file)

    assert out.splitlines()[-1] == "1 entries: 0 new drafts, 1 were here already, 0 skipped."
    assert [story.title for story in StoryPage.objects.all()] == ["Met de hand"]


def test_imported_draft_goes_online_like_any_other(client, stories, capsys, tmp_path):
    file = tmp_path / "feed.xml"
    file.write_text(RSS)
    run(capsys, file)
    story = StoryPage.objects.get()

    story.get_latest_revision().publish()

    html = client.get(StoryPage.objects.get().url).content.decode()
    assert '<link rel="canonical" href="https://buurtwijs.example/rss">' in html


def test_what_is_not_a_feed_is_said_in_one_line(web, stories, tmp_path):
    web.page("/weg", "nee", status=404)
    web.page("/pagina", "<title>Geen feed</title>")
    with pytest.raises(CommandError, match=r"^http.*/weg was not read: Status 404"):
        call_command("import_stories", web.url("/weg"))
    with pytest.raises(CommandError, match="is not an RSS or Atom feed"):
        call_command("import_stories", web.url("/pagina"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_stories", str(tmp_path / "nergens.xml"))
    with pytest.raises(CommandError, match="not public"):
        call_command("import_stories", "http://10.0.0.1/feed")
    assert not StoryPage.objects.exists()


def test_story_from_an_address_is_prefilled_and_opens_in_the_editor(web, stories, admin_client):
    asked = web.page("/bankje?utm=x", PAGE)
    explorer = admin_client.get(reverse("wagtailadmin_explore", args=[stories.pk]))
    form = reverse("story_from_address", args=[stories.pk])
    assert form in explorer.content.decode()

    response = admin_client.post(form, {"address": asked})

    story = StoryPage.objects.get()
    assert response.url == reverse("wagtailadmin_pages:edit", args=[story.pk])
    assert (story.title, story.intro) == ("Het bankje van Joke", "Joke zette een bankje neer.")
    assert story.canonical_url == web.url("/bankje")
    assert (story.live, story.picture) == (False, None)
    assert "Het bankje van Joke" in admin_client.get(response.url).content.decode()
    again = admin_client.post(form, {"address": asked})
    assert again.url == response.url
    assert StoryPage.objects.count() == 1
    assert web.requests == ["GET /bankje?utm=x"] * 2


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("http://127.0.0.1:1/prive", "Dit adres is niet openbaar."),
        ("/weg", "Op dit adres staat geen pagina met een titel."),
        ("/leeg", "Op dit adres staat geen pagina met een titel."),
        ("javascript:alert(1)", "Plak een link die begint met https://."),
        ("", "Dit is een verplicht veld."),
    ],
)
def test_address_without_a_story_is_said_and_stays_in_the_form(
    web, stories, admin_client, path, sentence
):
    web.page("/weg", PAGE, status=404)
    web.page("/leeg", "<p>Geen titel</p>")
    address = web.url(path) if path.startswith("/") else path
    if "127.0.0.1:1/" in path:
        address = "http://192.168.1.1/prive"

    response = admin_client.post(
        reverse("story_from_address", args=[stories.pk]), {"address": address}
    )

    html = response.content.decode()
    assert sentence in html
    assert f'value="{address}"' in html or not address
    assert not StoryPage.objects.exists()


def test_only_who_may_add_stories_begins_with_an_address(web, stories, client):
    articles = make_article().get_parent()
    form = reverse("story_from_address", args=[stories.pk])
    client.force_login(somebody_who_may("add", articles))

    for response in (client.get(form), client.post(form, {"address": web.url("/")})):
        assert response.status_code == 302
    assert web.requests == []
    assert (
        form not in client.get(reverse("wagtailadmin_explore", args=[articles.pk])).content.decode()
    )
    client.force_login(somebody_who_may("add", stories))
    assert client.get(form).status_code == 200
    assert client.get(reverse("story_from_address", args=[articles.pk])).status_code == 404


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_clicks_at_once_make_one_draft():
    index = make_story().get_parent().specific
    card = StoryCard("Het bankje", "Koffie.", "https://buurtwijs.example/bankje")

    def click(_):
        try:
            return find_or_draft(card, index)[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(click, range(4)))

    assert sorted(made) == [False, False, False, True]
    assert StoryPage.objects.filter(canonical_url=card.address).count() == 1


def test_titles_without_letters_and_bare_ids_of_two_sites_all_come_in(stories, capsys, tmp_path):
    item = (
        "<item><guid isPermaLink='false'>7</guid><title>!!!</title><link>https://{}/a</link></item>"
    )
    for host in ("een.example", "twee.example"):
        file = tmp_path / f"{host}.xml"
        file.write_text(f'<rss version="2.0"><channel>{item.format(host)}</channel></rss>')
        for counted in ("1 new drafts, 0 were", "0 new drafts, 1 were"):
            assert counted in run(capsys, file)[0]

    assert [story.slug for story in StoryPage.objects.order_by("pk")] == ["verhaal", "verhaal-1"]
