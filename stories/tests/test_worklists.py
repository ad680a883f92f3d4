"""Knowledge without a story, stories without knowledge, and who may belong together."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from publications.models import Vocabulary
from publications.tests.factories import make_library, make_publication, make_term
from publications.tests.visits import queries_of, text_of
from stories.models import DismissedPair, StoryLink
from stories.tests.factories import make_article, make_link, make_story
from stories.tests.people import somebody_who_may

pytestmark = pytest.mark.django_db

KNOWLEDGE = "/admin/kennis-zonder-verhaal/"
STORIES = "/admin/verhalen-zonder-kennis/"


def proposed(client, address: str, **query) -> dict[str, list[str]]:
    """Return what a worklist proposes, by the title of the page that stands alone."""
    page = BeautifulSoup(client.get(address, query).content, "html.parser")
    return {
        row.h2.get_text(strip=True): [a.get_text() for a in row.select("li > p > a")]
        for row in page.select(".worklist__row")
    }


def answer(client, address: str, story, publication, what: str, **typed):
    ends = {"page": story.pk, "publication": publication.pk}
    return client.post(address, {**ends, "wat": what, **typed})


def test_likeliest_partners_share_terms_and_rare_words(admin_client):
    garden = make_term(vocabulary=Vocabulary.FACILITY, slug="buurttuin")
    publication = make_publication(
        title="Moestuinen in de wijk", summary="Wat tuinieren doet.", facilities=[garden]
    )
    both = make_story(title="Pompoenen en moestuinen", intro="Tuinieren.", facilities=[garden])
    term = make_story(title="Een hek minder", intro="Iets anders.", facilities=[garden])
    word = make_story(title="Onze moestuinen", intro="Zonder term.", pillars=[make_term()])
    nothing = make_story(title="Voetbal", intro="Een bal.", pillars=[make_term()])
    for number in range(8):
        make_story(title=f"Iets {number}", intro="De wijk.", pillars=[make_term()])

    first, *rest = proposed(admin_client, KNOWLEDGE)[publication.title]
    assert first == both.title
    assert set(rest) == {term.title, word.title}
    page = text_of(admin_client.get(KNOWLEDGE))
    assert "Delen: Sociale cohesie, Buurttuin" in page
    others = proposed(admin_client, STORIES)
    for story in (both, term, word):
        assert others[story.title] == [publication.title]
    assert others[nothing.title] == []


@pytest.mark.parametrize("address", [KNOWLEDGE, STORIES])
def test_link_from_a_worklist_shows_at_both_ends_and_takes_both_off(admin_client, client, address):
    publication = make_publication(title="Het onderzoek")
    story = make_story(title="De praktijk")
    alone = {KNOWLEDGE: publication.title, STORIES: story.title}
    assert list(proposed(admin_client, address)) == [alone[address]]

    answer(admin_client, address, story, publication, "leg", why="Omdat.", relation="laat-zien")

    assert "Omdat." in text_of(client.get(story.url))
    assert "Omdat." in text_of(client.get(publication.url))
    assert proposed(admin_client, KNOWLEDGE) == proposed(admin_client, STORIES) == {}
    assert "Mooi!" in text_of(admin_client.get(address))


def test_dismissed_pair_is_never_proposed_again_on_either_list(admin_client):
    publication, other = make_publication(title="Het onderzoek"), make_publication(title="Het boek")
    story = make_story(title="De praktijk")
    assert proposed(admin_client, KNOWLEDGE)[publication.title] == [story.title]

    for _ in range(2):
        response = answer(admin_client, KNOWLEDGE, story, publication, "weg")
        assert response.url == KNOWLEDGE

    assert DismissedPair.objects.count() == 1
    assert proposed(admin_client, KNOWLEDGE) == {publication.title: [], other.title: [story.title]}
    assert proposed(admin_client, STORIES) == {story.title: [other.title]}
    assert not StoryLink.objects.exists()


def test_link_without_a_reason_or_with_too_long_a_one_keeps_what_was_typed(admin_client):
    publication, story = make_publication(), make_story()

    empty = answer(admin_client, KNOWLEDGE, story, publication, "leg", why=" ")
    long = answer(admin_client, KNOWLEDGE, story, publication, "leg", why="w" * 301)

    assert "Dit is een verplicht veld." in empty.content.decode()
    assert "w" * 301 in long.content.decode()
    assert not StoryLink.objects.exists()


def test_second_click_on_the_same_link_makes_no_second_one(admin_client):
    publication, story = make_publication(), make_story()
    make_link(story, publication, why="De eerste.")

    response = answer(admin_client, KNOWLEDGE, story, publication, "leg", why="De tweede.")

    assert "Dit verband is er al." in response.content.decode()
    assert [link.why for link in StoryLink.objects.all()] == ["De eerste."]


def test_lists_hold_what_is_public_and_may_be_narrowed_to_a_pillar(admin_client):
    cohesion, inclusion = (make_term(slug=slug) for slug in ("sociale-cohesie", "sociale-inclusie"))
    story = make_story(title="Aan twee knoppen", pillars=[cohesion, inclusion])
    one = make_publication(title="Cohesie", pillars=[cohesion])
    other = make_publication(title="Inclusie", pillars=[inclusion])
    make_publication(title="Een concept", live=False)
    make_story(title="Ook een concept", live=False)

    assert proposed(admin_client, KNOWLEDGE) == {
        other.title: [story.title],
        one.title: [story.title],
    }
    assert list(proposed(admin_client, KNOWLEDGE, pijler="sociale-cohesie")) == [one.title]
    assert list(proposed(admin_client, STORIES, pijler="sociale-inclusie")) == [story.title]
    everything = proposed(admin_client, KNOWLEDGE, pijler="onzin", pagina="99")
    assert list(everything) == [other.title, one.title]


@pytest.mark.parametrize("address", [KNOWLEDGE, STORIES])
def test_worklists_are_for_editors(client, address):
    publication, story = make_publication(), make_story()
    ends = {"page": story.pk, "publication": publication.pk}
    writer = somebody_who_may("add", make_article().get_parent())

    for user in (None, writer):
        if user:
            client.force_login(user)
        assert client.get(address).status_code == 302
        for what in ("leg", "weg"):
            assert client.post(address, {**ends, "wat": what, "why": "Ja."}).status_code == 302
    assert not StoryLink.objects.exists()
    assert not DismissedPair.objects.exists()
    menu = client.get(reverse("wagtailadmin_home")).content.decode()
    assert address not in menu

    client.force_login(somebody_who_may("publish", make_library()))
    assert client.get(address).status_code == 200
    assert address in client.get(reverse("wagtailadmin_home")).content.decode()


def test_editor_ties_only_what_they_may_publish_an_end_of(client):
    publication, story = make_publication(), make_story()
    client.force_login(somebody_who_may("publish", make_article().get_parent()))

    for what in ("leg", "weg"):
        response = answer(client, KNOWLEDGE, story, publication, what, why="Ja.")
        assert response.status_code == 302
        assert response.url == reverse("wagtailadmin_home")
    assert not StoryLink.objects.exists()
    assert not DismissedPair.objects.exists()


@pytest.mark.parametrize("typed", ["", "x", "0", "99999999999999999999", "²"])
def test_nonsense_for_a_page_is_not_found(admin_client, typed):
    publication = make_publication()

    response = admin_client.post(
        KNOWLEDGE, {"page": typed, "publication": publication.pk, "wat": "leg", "why": "Ja."}
    )

    assert response.status_code == 404


@pytest.mark.parametrize("address", [KNOWLEDGE, STORIES])
def test_queries_of_a_worklist_do_not_grow(admin_client, address):
    asked = []
    for number in range(1, 13):
        make_publication(title=f"Over tuin nummer {number}")
        make_story(title=f"De tuin van nummer {number}")
        if number in (1, 12):
            asked.append(queries_of(admin_client, address))

    assert len(proposed(admin_client, address)) == 12
    assert all(len(found) == 5 for found in proposed(admin_client, address).values())
    assert asked[0] == asked[1]
