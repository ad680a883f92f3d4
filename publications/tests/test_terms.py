import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.urls import reverse
from wagtail.models import ReferenceIndex

from publications.models import PillarFacility, PublicationPage, SynonymGroup, Term, Vocabulary
from publications.tests.factories import (
    make_library,
    make_pillar_page,
    make_publication,
    make_term,
)

pytestmark = pytest.mark.django_db


def facility(slug, **fields) -> Term:
    return make_term(vocabulary=Vocabulary.FACILITY, slug=slug, **fields)


def merge(old: Term, new: Term) -> None:
    old.merged_into = new
    old.full_clean()
    old.save()


def faults(term) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as error:
        term.full_clean()
    return error.value.message_dict


def test_slug_and_vocabulary_of_a_term_never_change():
    term = facility("buurthuis", label="Buurthuis")
    term.label = "Huis van de buurt"
    term.full_clean()

    term.slug = "huis-van-de-buurt"
    assert faults(term) == {"slug": ["De vaste naam kan niet veranderen."]}

    term.slug, term.vocabulary = "buurthuis", Vocabulary.ACTOR
    assert faults(term) == {"vocabulary": ["De woordenlijst kan niet veranderen."]}


def test_same_slug_may_stand_in_two_vocabularies_but_not_twice_in_one():
    facility("bibliotheek")
    Term(vocabulary=Vocabulary.ACTOR, slug="bibliotheek", label="Bibliotheek").full_clean()

    twice = Term(vocabulary=Vocabulary.FACILITY, slug="bibliotheek", label="Bibliotheek")

    assert list(faults(twice)) == ["__all__"]


def test_merging_has_rules():
    old, new, other = facility("clubhuis"), facility("buurthuis"), facility("tuin")
    actor = make_term(vocabulary=Vocabulary.ACTOR, slug="gemeente")
    pillar, second_pillar = make_pillar_page().pillar, make_term(slug="sociale-inclusie")

    old.merged_into = old
    assert faults(old) == {"merged_into": ["Kies een term die zelf niet is samengevoegd."]}
    old.merged_into = actor
    assert faults(old) == {"merged_into": ["Kies een term uit dezelfde woordenlijst."]}
    merge(old, new)
    other.merged_into = old
    assert faults(other) == {"merged_into": ["Kies een term die zelf niet is samengevoegd."]}
    pillar.merged_into = second_pillar
    assert faults(pillar) == {"merged_into": ["Deze pijler heeft een eigen pagina."]}


def test_merged_term_gives_way_everywhere(client):
    old, new = facility("clubhuis"), facility("buurthuis")
    old_kind = make_term(vocabulary=Vocabulary.KIND, slug="rapport")
    new_kind = make_term(vocabulary=Vocabulary.KIND, slug="onderzoek")
    pillar_page = make_pillar_page()
    PillarFacility.objects.create(page=pillar_page, term=old, sentence="Een dak boven je hoofd.")
    one = make_publication(facilities=[old], kind=old_kind)
    both = make_publication(facilities=[new, old])
    one.title = "Later"
    draft = one.save_revision()

    merge(old, new)
    merge(old_kind, new_kind)

    for page in (one, both):
        stored = PublicationPage.objects.get(pk=page.pk)
        assert [term.slug for term in stored.facilities.all()] == ["buurthuis"]
    assert PublicationPage.objects.get(pk=one.pk).kind == new_kind
    assert [hand.term for hand in pillar_page.facilities.all()] == [new]
    opened = draft.as_object()
    assert ([*opened.facilities.all()], opened.kind) == ([new], new_kind)
    draft.publish()
    published = PublicationPage.objects.get(pk=one.pk)
    assert (published.title, [*published.facilities.all()]) == ("Later", [new])
    assert [hand.term.label for hand in client.get(pillar_page.url).context["facilities"]] == [
        "Buurthuis"
    ]


def test_named_terms_come_once_in_their_own_order():
    second = facility("tuin", order=2)
    first = facility("buurthuis", order=1)
    merge(facility("clubhuis"), first)

    named = Term.objects.named(Vocabulary.FACILITY, ["tuin", "clubhuis", "buurthuis", "onzin"])

    assert named == [first, second]
    assert list(Term.objects.filter(vocabulary=Vocabulary.FACILITY).current()) == [first, second]


def test_unused_term_can_be_deleted():
    facility("buurthuis").delete()

    assert Term.objects.count() == 0


@pytest.mark.parametrize("use", ["live", "never published", "draft", "kind", "merged", "pillar"])
def test_used_term_cannot_be_deleted(use):
    term = facility("buurthuis")
    if use == "live":
        make_publication(facilities=[term])
    elif use == "never published":
        make_publication(facilities=[term], live=False)
    elif use == "draft":
        page = make_publication()
        page.facilities = [term]
        page.save_revision()
        ReferenceIndex.create_or_update_for_object(page)
    elif use == "kind":
        term = make_term(vocabulary=Vocabulary.KIND, slug="rapport")
        page = make_publication()
        page.kind = term
        page.save_revision()
    elif use == "merged":
        merge(facility("clubhuis"), term)
    else:
        term = make_pillar_page().pillar

    with pytest.raises(ProtectedError, match="in gebruik"):
        term.delete()

    assert Term.objects.filter(pk=term.pk).exists()


def test_nobody_is_offered_to_delete_a_term(admin_client):
    term = facility("buurthuis", label="Buurthuis")
    edit = reverse(term.snippet_viewset.get_url_name("edit"), args=[term.pk])
    delete = reverse(term.snippet_viewset.get_url_name("delete"), args=[term.pk])
    bulk = reverse("wagtail_bulk_action", args=["publications", "term", "delete"])
    assert "Buurthuis" in admin_client.get(edit).content.decode()

    assert delete not in admin_client.get(edit).content.decode()
    listing = admin_client.get(reverse(term.snippet_viewset.get_url_name("list")))
    assert "Buurthuis" in listing.content.decode()
    assert delete not in listing.content.decode()
    admin_client.post(delete)
    admin_client.post(f"{bulk}?id={term.pk}")
    assert Term.objects.get() == term


def test_editor_renames_a_term_in_the_admin(admin_client):
    term = facility("clubhuis")
    edit = reverse(term.snippet_viewset.get_url_name("edit"), args=[term.pk])
    answers = {
        "vocabulary": "voorziening",
        "slug": "clubhuis",
        "label": "Het clubhuis",
        "description": "",
        "alternative_labels": "",
        "order": "0",
    }

    wrong = admin_client.post(edit, {**answers, "slug": "anders"})
    right = admin_client.post(edit, answers)

    assert "De vaste naam kan niet veranderen." in wrong.content.decode()
    assert right.status_code == 302
    term.refresh_from_db()
    assert term.label == "Het clubhuis"


def test_editors_keep_groups_of_synonyms(admin_client):
    make_library()
    add = reverse(SynonymGroup.snippet_viewset.get_url_name("add"))

    response = admin_client.post(add, {"words": "buurt\nwijk"})

    assert response.status_code == 302
    assert [str(group) for group in SynonymGroup.objects.all()] == ["buurt, wijk"]
    assert "buurt, wijk" in admin_client.get(response.url).content.decode()
