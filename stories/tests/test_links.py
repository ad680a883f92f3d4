"""The road between knowledge and practice: seen from both ends, or from neither."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page, PageViewRestriction
from wagtail.test.utils.form_data import querydict_from_html

from publications.tests.factories import make_publication
from publications.tests.visits import text_of
from stories.models import ArticleLink, StoryLink
from stories.tests.factories import make_article, make_link, make_story
from stories.tests.people import somebody_who_may

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


@pytest.mark.parametrize("end", [0, 1], ids=["its own side", "the publication"])
@pytest.mark.parametrize("make", [make_story, make_article])
def test_publishing_an_old_draft_of_either_end_leaves_the_links_as_they_are(client, make, end):
    publication, gone = make_publication(title="Het onderzoek"), make_publication(title="Weg ermee")
    page = make(title="De praktijk")
    removed = make_link(page, gone, why="Omdat het kon.")
    changed = make_link(page, make_publication(title="Een derde"), why="Eerst dit.")
    ends = [page, publication]
    ends[end].search_description = "Een oud concept."
    old_draft = ends[end].save_revision()
    make_link(page, publication, why="Omdat het daar gebeurt.")
    removed.delete()
    changed.why = "Toen dat."
    changed.save()

    old_draft.publish()

    ends[end].refresh_from_db()
    assert ends[end].search_description == "Een oud concept."
    assert both_ends(client, page, publication) == [True, True]
    text = text_of(client.get(page.url))
    assert "Weg ermee" not in text
    assert "Toen dat." in text
    assert "Eerst dit." not in text


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


# --- From either side in the admin --------------------------------------------------------------


def edit_screen(page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def buttons(client, address: str) -> dict[str, str]:
    """Return where the buttons of the panel lead, by what they say."""
    panel = BeautifulSoup(client.get(address).content, "html.parser")
    links = panel.select("a.button-small")
    return {" ".join(a.get_text(" ").split()): a["href"] for a in links if "link/" in a["href"]}


def fill_in(client, address: str, **answers):
    """Open a form, change some of it and send it to where it says."""
    html = client.get(address).content.decode()
    form = BeautifulSoup(html, "html.parser").select_one("form[method=POST]")
    typed = querydict_from_html(html, form_id=form["id"])
    for name, value in answers.items():
        typed[name] = str(value)
    return client.post(form["action"], typed)


@pytest.mark.parametrize("make", [make_story, make_article])
@pytest.mark.parametrize("side", ["page", "publication"])
def test_link_is_made_changed_and_removed_from_either_side(admin_client, client, make, side):
    ends = {"page": make(title="De praktijk"), "publication": make_publication(title="Onderzoek")}
    here, there = ends[side], ends["publication" if side == "page" else "page"]
    screen, name = edit_screen(here), f"Leg een {StoryLink._meta.verbose_name}"
    if make is make_article:
        name = f"Leg een {ArticleLink._meta.verbose_name}"
    other = "publication" if side == "page" else "page"

    made = fill_in(
        admin_client,
        buttons(admin_client, screen)[name],
        why="Omdat het daar gebeurt.",
        relation="laat-zien",
        **{other: there.pk},
    )

    assert made.url == screen
    assert both_ends(client, ends["page"], ends["publication"]) == [True, True]
    change = buttons(admin_client, screen)[f"Wijzig het verband met {there.title}"]
    assert fill_in(admin_client, change, why="Toch anders.").url == screen
    assert "Toch anders." in text_of(client.get(here.url))
    assert "Toch anders." in text_of(client.get(there.url))
    remove = buttons(admin_client, screen)[f"Haal weg het verband met {there.title}"]
    assert "Toch anders." in text_of(client.get(here.url))  # asking for the form changes nothing
    sure = BeautifulSoup(admin_client.get(remove).content, "html.parser")
    gone = admin_client.post(sure.select_one("main form")["action"])
    assert gone.url == screen
    assert both_ends(client, ends["page"], ends["publication"]) == [False, False]


def test_the_same_two_are_tied_once_and_what_was_typed_stays(admin_client):
    story, publication = make_story(), make_publication()
    make_link(story, publication, why="De eerste.")

    response = fill_in(
        admin_client,
        f"/admin/storylink/new/?page={story.pk}",
        publication=publication.pk,
        why="Nog.",
    )

    assert response.status_code == 200
    assert "Dit verband is er al." in response.content.decode()
    assert 'value="Nog."' in response.content.decode()
    assert [link.why for link in StoryLink.objects.all()] == ["De eerste."]


@pytest.mark.parametrize("why", ["", "   "])
def test_link_without_a_reason_is_refused_in_its_form(admin_client, why):
    story, publication = make_story(), make_publication()

    response = fill_in(
        admin_client, f"/admin/storylink/new/?page={story.pk}", publication=publication.pk, why=why
    )

    assert "Dit is een verplicht veld." in response.content.decode()
    assert not StoryLink.objects.exists()


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x", "1 OR 1", "²", "\x00"])
def test_form_takes_no_notice_of_an_end_that_is_not_there(admin_client, page):
    response = admin_client.get("/admin/storylink/new/", {"page": page, "next": "//kwaad.example"})

    assert response.status_code == 200
    assert "kwaad.example" not in response.content.decode()


def test_who_may_not_publish_sees_the_links_of_their_page_and_no_way_to_change_them(client):
    article, publication = make_article(), make_publication(title="Het onderzoek")
    link = make_link(article, publication)
    writer = somebody_who_may("add", article.get_parent())
    Page.objects.filter(pk=article.pk).update(owner=writer)
    client.force_login(writer)

    screen = client.get(edit_screen(article)).content.decode()
    assert "Hier zie je het gebeuren." in screen
    assert buttons(client, edit_screen(article)) == {}
    for name, arguments in (
        ("index", []),
        ("index_results", []),
        ("add", []),
        ("edit", [link.pk]),
        ("delete", [link.pk]),
        ("history", [link.pk]),
        ("usage", [link.pk]),
    ):
        address = reverse(f"articlelink:{name}", args=arguments)
        assert client.get(address).status_code == 302, name
        assert client.post(address, {"why": "Gekaapt."}).status_code == 302, name
    link.refresh_from_db()
    assert link.why == "Hier zie je het gebeuren."


def test_a_link_takes_the_right_to_publish_one_of_its_ends(client):
    article, publication = make_article(), make_publication()
    story = make_story()
    others = make_link(story, publication)
    client.force_login(somebody_who_may("publish", article.get_parent()))

    made = fill_in(
        client, reverse("articlelink:add"), page=article.pk, publication=publication.pk, why="Ja."
    )
    refused = fill_in(
        client,
        reverse("storylink:add"),
        page=make_story().pk,
        publication=publication.pk,
        why="Nee.",
    )

    assert made.status_code == 302
    assert [link.why for link in article.publication_links.all()] == ["Ja."]
    assert "Je mag deze twee niet verbinden" in refused.content.decode()
    for name in ("edit", "delete"):
        address = reverse(f"storylink:{name}", args=[others.pk])
        assert client.get(address).status_code == 302
        assert client.post(address).status_code == 302
    assert StoryLink.objects.get() == others


@pytest.mark.parametrize("side", ["page", "publication"])
def test_panel_hides_drafts_of_others_and_why_they_are_tied(client, side):
    ends = {"page": make_story(), "publication": make_publication()}
    make_others = {"page": make_publication, "publication": make_story}[side]
    here = ends[side]
    user = somebody_who_may("change", here)
    others = [
        make_others(title="Openbaar"),
        make_others(title="Geheim concept", live=False),
        make_others(title="Achter een wachtwoord"),
        make_others(title="Mijn concept", live=False),
    ]
    PageViewRestriction.objects.create(page=others[2], restriction_type="login")
    mine = GroupPagePermission(page=others[3], group=user.groups.get())
    mine.permission = Permission.objects.get(codename="change_page")
    mine.save()
    for other in others:
        story, publication = (here, other) if side == "page" else (other, here)
        make_link(story, publication, why=f"Reden bij {other.title.lower()}.")
    client.force_login(user)

    screen = client.get(edit_screen(here)).content.decode()

    shown = [other.title for other in others if other.title in screen]
    assert shown == ["Openbaar", "Mijn concept"]
    assert [other.title for other in others if f"bij {other.title.lower()}" in screen] == shown
