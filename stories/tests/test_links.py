"""The road between knowledge and practice: seen from both ends, or from neither."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import PageViewRestriction

from publications.models import PublicationPage
from publications.tests.factories import make_publication
from publications.tests.visits import text_of
from stories.models import ArticleLink, StoryLink
from stories.tests.factories import make_article, make_link, make_story

pytestmark = pytest.mark.django_db


def both_ends(client, page, publication) -> list[bool]:
    """Tell of each end whether it shows the other with the reason."""
    ends = [(page, publication.title), (publication, page.title)]
    shown = []
    for shower, other in ends:
        response = client.get(shower.get_url())
        if response.status_code == 200:
            text = text_of(response)
            assert (other in text) == ("Omdat het daar gebeurt." in text)
            shown.append(other in text)
    return shown


@pytest.fixture(params=[make_story, make_article], ids=["story", "article"])
def linked(request):
    publication = make_publication(title="Het onderzoek")
    page = request.param(title="De praktijk")
    make_link(page, publication, why="Omdat het daar gebeurt.", relation="onderbouwt")
    return page, publication


def test_both_ends_show_each_other_and_why(client, linked):
    page, publication = linked

    assert both_ends(client, page, publication) == [True, True]
    for end in linked:
        html = client.get(end.url).content.decode()
        assert "Onderbouwt" in html
    assert f'href="{page.url}"' in client.get(publication.url).content.decode()
    assert f'href="{publication.url}"' in client.get(page.url).content.decode()


@pytest.mark.parametrize("end", [0, 1])
def test_link_is_gone_from_both_ends_while_one_is_not_public(client, linked, end):
    hidden = linked[end]
    hidden.unpublish()
    assert both_ends(client, *linked) == [False]

    hidden.get_latest_revision().publish()
    assert both_ends(client, *linked) == [True, True]

    restriction = PageViewRestriction.objects.create(
        page=hidden, restriction_type=PageViewRestriction.LOGIN
    )
    assert both_ends(client, *linked) == [False]

    restriction.delete()
    assert both_ends(client, *linked) == [True, True]


@pytest.mark.parametrize("end", [0, 1])
def test_deleting_one_end_leaves_the_other(client, linked, end):
    linked[end].delete()

    assert StoryLink.objects.count() + ArticleLink.objects.count() == 0
    response = client.get(linked[1 - end].url)
    assert response.status_code == 200
    assert "Omdat het daar gebeurt." not in text_of(response)


def test_publishing_an_old_draft_of_the_publication_keeps_the_link(client):
    publication = make_publication(title="Het onderzoek")
    publication.place = "Waterveld"
    old_draft = publication.save_revision()
    page = make_story(title="De praktijk")
    make_link(page, publication, why="Omdat het daar gebeurt.")

    old_draft.publish()

    assert PublicationPage.objects.get().place == "Waterveld"
    assert both_ends(client, page, publication) == [True, True]


def test_publishing_a_draft_of_the_story_keeps_the_links_it_has(client):
    one, other = make_publication(title="Het onderzoek"), make_publication(title="Het andere")
    page = make_story(title="De praktijk")
    make_link(page, one, why="Omdat het daar gebeurt.")
    page.refresh_from_db()
    page.title = "De praktijk, opnieuw"
    draft = page.save_revision()
    other.place = "Elders"
    other.save_revision().publish()

    draft.publish()

    page.refresh_from_db()
    assert page.title == "De praktijk, opnieuw"
    assert both_ends(client, page, one) == [True, True]


def test_one_publication_has_many_stories_and_the_reverse(client):
    publications = [make_publication(title=f"Onderzoek {n}") for n in range(2)]
    stories = [make_story(title=f"Praktijk {n}") for n in range(2)]
    for story in stories:
        for publication in publications:
            make_link(story, publication, why=f"{story.title} bij {publication.title}")

    for publication in publications:
        text = text_of(client.get(publication.url))
        for story in stories:
            assert f"{story.title} {story.title} bij {publication.title}" in text
    for story in stories:
        links = client.get(story.url).context["publication_links"]
        assert [link.publication.title for link in links] == ["Onderzoek 0", "Onderzoek 1"]


@pytest.mark.parametrize("why", ["", " \n "])
def test_link_needs_a_reason(why):
    link = StoryLink(page=make_story(), publication=make_publication(), why=why)

    with pytest.raises(ValidationError) as error:
        link.full_clean()

    assert list(error.value.message_dict) == ["why"]
