"""Terms and keywords in the admin: how often they are used, renaming them, and merging two."""

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from taggit.models import Tag

from publications.models import PublicationPage, SynonymGroup, Term
from publications.tests.editing import send
from publications.tests.factories import (
    make_document,
    make_pillar_page,
    make_publication,
    make_term,
)
from publications.tests.visits import text_of

pytestmark = pytest.mark.django_db


def facility(slug, **fields) -> Term:
    return make_term(vocabulary="voorziening", slug=slug, **fields)


def list_of(client, model) -> dict[str, object]:
    response = client.get(reverse(model.snippet_viewset.get_url_name("list")))
    return {str(one): one.uses for one in response.context["object_list"]}


def merge_url(old) -> str:
    return reverse("merge_term" if isinstance(old, Term) else "merge_keyword", args=[old.pk])


def preview(client, old, new) -> dict[str, int]:
    response = client.get(merge_url(old), {"met": new.pk})
    return {change.label: change.count for change in response.context["changes"]}


def merge(client, old, new):
    return client.post(f"{merge_url(old)}?met={new.pk}")


def titles(client, **query) -> list[str]:
    results = client.get("/bibliotheek/", query).context["results"]
    return sorted(hit.title for hit in results.hits) if not results.is_partial else []


def keywords(page) -> list[str]:
    return sorted(PublicationPage.objects.get(pk=page.pk).keywords.names())


def test_lists_say_how_often_each_is_used(admin_client):
    house, garden = facility("buurthuis"), facility("tuin")
    kind = make_term(vocabulary="soort", slug="boek")
    make_publication(facilities=[house], kind=kind, keywords=["eten"])
    make_publication(facilities=[house], kind=kind, keywords=["eten", "tafels"])
    make_document().tags.add("tafels")

    terms = list_of(admin_client, Term)

    assert (terms["Buurthuis"], terms["Tuin"], terms["Boek"]) == (2, 0, 2)
    assert list_of(admin_client, Tag) == {"eten": 2, "tafels": 2}
    assert garden.pk


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("model", "queries"), [(Term, 11), (Tag, 11)])
def test_lists_take_as_many_queries_for_one_as_for_three(
    admin_client, django_assert_num_queries, model, queries, number
):
    for one in range(number):
        make_publication(facilities=[facility(f"plek-{one}")], keywords=[f"woord-{one}"])
    address = reverse(model.snippet_viewset.get_url_name("list"))
    admin_client.get(address)

    with django_assert_num_queries(queries):
        admin_client.get(address)


def test_merging_terms_shows_first_what_changes_and_breaks_no_address(client, admin_client):
    old, new, oldest = facility("clubhuis"), facility("buurthuis"), facility("soos")
    merge(admin_client, oldest, old)
    page = make_publication(title="In het clubhuis", facilities=[old])
    make_publication(title="In het buurthuis", facilities=[new])
    assert titles(client, voorziening="soos") == ["In het clubhuis"]

    counts = preview(admin_client, old, new)
    chosen = admin_client.get(merge_url(old), {"met": new.pk})

    assert counts == {
        "Publicaties": 1,
        "Concepten en eerdere versies": 1,
        "Eerder hiermee samengevoegd": 1,
    }
    assert "In het clubhuis" in text_of(chosen)
    assert Term.objects.get(pk=old.pk).merged_into is None
    assert merge(admin_client, old, new).status_code == 302
    assert merge(admin_client, old, new).status_code == 404  # a second click
    both = ["In het buurthuis", "In het clubhuis"]
    for slug in ("soos", "clubhuis", "buurthuis"):
        assert titles(client, voorziening=slug) == both
    assert titles(client, q="clubhuis") == both
    assert client.get("/bibliotheek/feed/?voorziening=clubhuis").content.count(b"<entry>") == 2
    assert [*PublicationPage.objects.get(pk=page.pk).facilities.all()] == [new]
    assert Term.objects.get(pk=oldest.pk).merged_into == new


def test_terms_of_two_lists_and_pillars_are_not_merged(admin_client):
    old, actor = facility("clubhuis"), make_term(vocabulary="speler", slug="gemeente")
    pillar, other = make_pillar_page().pillar, make_term(slug="sociale-inclusie")

    for target in (actor.pk, old.pk, 999_999, "x", "1 OR 1"):
        response = admin_client.post(f"{merge_url(old)}?met={target}")
        assert (response.status_code, target) == (200, target)
    assert admin_client.post(merge_url(old)).status_code == 200
    assert merge(admin_client, pillar, other).status_code == 404
    assert merge(admin_client, other, pillar).status_code == 404
    assert not Term.objects.exclude(merged_into=None).exists()


def test_merging_keywords_moves_pages_drafts_and_files_and_the_old_word_still_finds(
    client, admin_client
):
    one = make_publication(title="Samen aan tafel", keywords=["maaltijd"])
    both = make_publication(title="Soep", keywords=["maaltijd", "eten"])
    draft = make_publication(title="Concept", keywords=["maaltijd"], live=False)
    document = make_document()
    document.tags.add("maaltijd")
    old, new = Tag.objects.get(name="maaltijd"), Tag.objects.get(name="eten")
    assert titles(client, q="eten") == ["Soep"]
    assert preview(admin_client, old, new) == {
        "Publicaties": 3,
        "Documenten": 1,
        "Concepten en eerdere versies": 3,
    }

    assert merge(admin_client, old, new).status_code == 302
    assert merge(admin_client, old, new).status_code == 404

    assert keywords(one) == keywords(both) == ["eten"]
    assert list(document.tags.names()) == ["eten"]
    assert titles(client, q="eten") == titles(client, q="maaltijd") == ["Samen aan tafel", "Soep"]
    assert client.get("/bibliotheek/feed/?q=maaltijd").content.count(b"<entry>") == 2
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert send(admin_client, edit, "action-publish").status_code == 302
    assert keywords(draft) == ["eten"]
    both.get_latest_revision().publish()
    assert keywords(both) == ["eten"]
    third = Tag.objects.create(name="voedsel", slug="voedsel")
    merge(admin_client, new, third)
    assert draft.revisions.first().as_object().tagged_keywords.first().tag == third
    assert [str(group) for group in SynonymGroup.objects.all()] == ["eten, maaltijd, voedsel"]
    assert titles(client, q="maaltijd") == ["Concept", "Samen aan tafel", "Soep"]


def test_renamed_keyword_is_found_by_both_names_at_once(client, admin_client):
    page = make_publication(title="Soep", keywords=["maaltijd"])
    make_publication(keywords=["eten"])
    keyword = Tag.objects.get(name="maaltijd")
    edit = reverse(Tag.snippet_viewset.get_url_name("edit"), args=[keyword.pk])

    taken = admin_client.post(edit, {"name": "ETEN"})
    done = admin_client.post(edit, {"name": " samen   dineren "})

    assert "Dit trefwoord is er al. Voeg de twee samen." in taken.content.decode()
    assert done.status_code == 302
    assert keywords(page) == ["samen dineren"]
    keyword.refresh_from_db()
    assert keyword.slug == "maaltijd"
    assert titles(client, q="dineren") == titles(client, q="maaltijd") == ["Soep"]


def test_keywords_are_not_added_or_deleted_by_hand(admin_client):
    keyword = Tag.objects.create(name="eten", slug="eten")
    viewset = Tag.snippet_viewset
    delete = reverse(viewset.get_url_name("delete"), args=[keyword.pk])

    admin_client.post(delete)
    admin_client.post(reverse(viewset.get_url_name("add")), {"name": "nieuw"})
    bulk = reverse("wagtail_bulk_action", args=["taggit", "tag", "delete"])
    admin_client.post(f"{bulk}?id={keyword.pk}")

    assert list(Tag.objects.values_list("name", flat=True)) == ["eten"]


def test_only_who_may_change_them_merges(client):
    old, new = facility("clubhuis"), facility("buurthuis")
    first, second = (Tag.objects.create(name=name, slug=name) for name in ("eten", "soep"))
    user = User.objects.create_user("iemand")
    codenames = ["access_admin", "view_term", "view_tag"]
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))

    for is_in in (False, True):
        if is_in:
            client.force_login(user)
        for one, other in ((old, new), (first, second)):
            assert client.get(merge_url(one), {"met": other.pk}).status_code == 302
            assert merge(client, one, other).status_code == 302

    assert Tag.objects.count() == 2
    assert not Term.objects.exclude(merged_into=None).exists()
    listing = client.get(reverse(Term.snippet_viewset.get_url_name("list")))
    assert "Clubhuis" in listing.content.decode()
    assert "Samenvoegen" not in listing.content.decode()
