"""A publication in the editor: drafts may lack anything, publishing asks for what is missing."""

import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from publications.models import PublicationAuthor, PublicationPage
from publications.tests.editing import opened, send
from publications.tests.factories import make_library, make_publication, make_term
from publications.tests.visits import text_of

pytestmark = pytest.mark.django_db


def add_address() -> str:
    args = ["publications", "publicationpage", make_library().pk]
    return reverse("wagtailadmin_pages:add", args=args)


def edit_address(page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def bulk_publish(client, *pages, **answers):
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    ids = "&".join(f"id={page.pk}" for page in pages)
    return client.post(f"{address}?{ids}", answers)


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def live_titles() -> list[str]:
    return [page.title for page in PublicationPage.objects.live().order_by("pk")]


def test_editor_writes_and_publishes_a_first_publication(admin_client):
    pillar, kind = make_term(slug="sociale-cohesie"), make_term(vocabulary="soort", slug="boek")

    response = send(
        admin_client,
        add_address(),
        "action-publish",
        title="Samen eten",
        slug="samen-eten",
        kind=str(kind.pk),
        summary="Over tafels.",
        organisation="Movisie",
        pillars=[str(pillar.pk)],
        keywords="eten, tafels",
        isbn="ISBN 978-90-123-4567-5",
    )

    assert response.status_code == 302
    page = PublicationPage.objects.live().get()
    assert (page.kind, [*page.pillars.all()], page.isbn) == (kind, [pillar], "9789012345675")
    assert sorted(page.keywords.names()) == ["eten", "tafels"]
    found = admin_client.get("/bibliotheek/", {"q": "tafels"}).context["results"]
    assert [hit.title for hit in found.hits] == ["Samen eten"]


def test_incomplete_publication_is_kept_as_a_draft_and_not_published(admin_client):
    page = make_publication(title="Nog niet af", live=False)

    lacking = {"kind": "", "summary": " ", "pillars": [], "organisation": ""}
    draft = send(admin_client, edit_address(page), place="Waterveld", **lacking)
    refused = send(admin_client, edit_address(page), "action-publish")

    assert draft.status_code == 302
    assert PublicationPage.objects.get().get_latest_revision_as_object().place == "Waterveld"
    assert refused.status_code == 200
    for message in (
        "Kies de soort.",
        "Schrijf de samenvatting.",
        "Kies minstens één pijler.",
        "Geef een link, DOI, ISBN, document of organisatie.",
    ):
        assert message in refused.content.decode()
    assert live_titles() == []


def test_live_publication_keeps_its_text_while_a_draft_is_incomplete(admin_client):
    page = make_publication(title="Staat er al", summary="Zoals het was.")

    send(admin_client, edit_address(page), summary="")
    refused = send(admin_client, edit_address(page), "action-publish")

    assert "Schrijf de samenvatting." in refused.content.decode()
    assert "Zoals het was." in text_of(admin_client.get(page.url))


def test_wrong_values_are_refused_in_dutch_in_a_draft_too(admin_client):
    page = make_publication(live=False)

    response = send(admin_client, edit_address(page), doi="abc")

    assert response.status_code == 200
    assert "Een DOI begint met 10., zoals 10.1234/abc." in response.content.decode()


def test_bulk_publishing_says_what_is_missing(admin_client):
    whole = make_publication(title="Klaar", live=False)
    incomplete = make_publication(title="Half", live=False, organisation="", summary="")

    response = bulk_publish(admin_client, whole, incomplete)

    assert response.status_code == 302
    reason = "Schrijf de samenvatting. Geef een link, DOI, ISBN, document of organisatie."
    assert said(response) == [f"‘Half’ kan nog niet online. {reason}"]
    assert live_titles() == []

    bulk_publish(admin_client, whole)
    assert live_titles() == ["Klaar"]


def test_bulk_publishing_the_library_with_all_below_it_says_what_is_missing(admin_client):
    make_publication(title="Klaar", live=False)
    make_publication(title="Half", live=False, summary="")

    response = bulk_publish(admin_client, make_library(), include_descendants="on")

    assert response.status_code == 302
    assert said(response) == ["‘Half’ kan nog niet online. Schrijf de samenvatting."]
    assert live_titles() == []


def test_preview_of_a_new_publication_shows_what_was_typed(admin_client):
    address = reverse(
        "wagtailadmin_pages:preview_on_add",
        args=["publications", "publicationpage", make_library().pk],
    )
    answers = opened(admin_client, add_address())
    answers.update(
        {
            "title": "Straks te zien",
            "slug": "straks",
            "summary": "Net getypt.",
            "takeaways-TOTAL_FORMS": "1",
            "takeaways-0-text": "Begin vandaag.",
            "takeaways-0-ORDER": "1",
        }
    )

    assert admin_client.post(address, answers).json()["is_valid"] is True
    text = text_of(admin_client.get(address))

    for words in ("Straks te zien", "Net getypt.", "Begin vandaag."):
        assert words in text


def test_preview_of_a_draft_shows_the_draft_and_leaves_the_page(admin_client):
    page = make_publication(title="Zoals het is", authors=[PublicationAuthor(family="Bakker")])
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    answers = opened(admin_client, edit_address(page))
    answers["title"] = "Zoals het wordt"

    assert admin_client.post(address, answers).json()["is_valid"] is True

    preview = admin_client.get(address)
    assert "Zoals het wordt Bakker" in text_of(preview)
    assert "wagtail-userbar" in preview.content.decode()  # which has the content checks
    assert "wagtail-userbar" not in admin_client.get(page.url).content.decode()
    assert "Zoals het is Bakker" in text_of(admin_client.get(page.url))


def test_first_publication_shows_the_form_in_dutch(admin_client):
    html = admin_client.get(add_address()).content.decode()

    for words in (
        "Wat betekent dit voor mijn buurt?",
        "Waar is het te vinden?",
        "Waar hoort het bij?",
        "Wie, wanneer en waar?",
        "notitie voor de redactie",
    ):
        assert words.lower() in html.lower()


def options_of(html: str, name: str) -> list[str]:
    select = html.split(f'<select name="{name}"')[1].split("</select>")[0]
    return re.findall(r"<option[^>]*>([^<]*)</option>", select)


def test_editor_chooses_one_term_from_its_own_vocabulary(admin_client):
    book = make_term(vocabulary="soort", slug="boek", label="Boek")
    make_term(vocabulary="soort", slug="boekje", label="Boekje", merged_into=book)
    make_term(vocabulary="gebied", slug="dorp", label="Dorp")
    make_term(vocabulary="pijler", slug="sociale-cohesie", label="Sociale cohesie")

    html = admin_client.get(add_address()).content.decode()

    assert options_of(html, "kind") == ["---------", "Boek"]
    assert options_of(html, "area") == ["---------", "Dorp"]
    assert html.count('name="pillars"') == 1
