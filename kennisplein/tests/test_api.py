"""Wagtail's API at /api/v2/: everything that everyone may read, and nothing else."""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction
from wagtail.rich_text import RichText

from forms.models import Contribution, OutboxMail
from forms.tests.factories import contribute, upload
from home.models import StandardPage
from publications.models import (
    CreditedImage,
    LibraryDocument,
    PublicationAuthor,
    PublicationPage,
    RightToShare,
    Takeaway,
    Vocabulary,
)
from publications.tests.factories import (
    add_publication,
    make_document,
    make_image,
    make_pillar_page,
    make_publication,
    make_term,
    pdf_bytes,
    site_root,
)
from publications.tests.visits import queries_of
from stories.tests.factories import (
    make_article,
    make_author,
    make_link,
    make_story,
    make_tip,
    sign,
)

pytestmark = pytest.mark.django_db

CANARY = "kanarie"


def get(client, path, **query) -> dict:
    response = client.get(f"/api/v2/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def listed(client, **query) -> list[str]:
    return [item["title"] for item in get(client, "pages/", **query)["items"]]


def test_publication_tells_all_that_its_page_tells(client):
    page = make_publication(
        title="Samen eten",
        subtitle="Over tafels",
        kind=make_term(vocabulary=Vocabulary.KIND, slug="visiestuk"),
        summary="Bewoners koken.",
        authors=[PublicationAuthor(given="Meta", particle="de", family="Lange")],
        organisation="Movisie",
        year=2024,
        month=3,
        doi="10.1234/eten",
        source_url="https://voorbeeld.example/eten",
        licence="CC BY 4.0",
        access="vrij",
        pillars=[make_term(slug="sociale-cohesie"), make_term(slug="sociale-inclusie")],
        facilities=[make_term(vocabulary=Vocabulary.FACILITY, slug="buurtkeuken")],
        keywords=["eten"],
        takeaways=[Takeaway(text="Zet een tafel neer.")],
        document=make_document(),
        is_example=True,
    )

    told = get(client, f"pages/{page.pk}/")

    meta = told.pop("meta")
    for name in ("kind", "pillars", "facilities", "authors", "takeaways"):
        for told_of in [told[name]] if name == "kind" else told[name]:
            assert told_of.pop("meta")["type"].startswith("publications.")
    assert told == {
        "id": page.pk,
        "title": "Samen eten",
        "subtitle": "Over tafels",
        "kind": {"id": page.kind_id},
        "kind_slug": "visiestuk",
        "summary": "Bewoners koken.",
        "authors": [
            {
                "id": page.authors.get().pk,
                "given": "Meta",
                "particle": "de",
                "family": "Lange",
                "organisation": "",
                "is_editor": False,
            }
        ],
        "author_names": ["Meta de Lange"],
        "organisation": "Movisie",
        "journal": "",
        "volume": "",
        "page_range": "",
        "year": 2024,
        "month": 3,
        "day": None,
        "language": "nl",
        "page_count": None,
        "doi": "10.1234/eten",
        "isbn": "",
        "source_url": "https://voorbeeld.example/eten",
        "licence": "CC BY 4.0",
        "access": "vrij",
        "pillars": [{"id": pillar.pk} for pillar in page.pillars.all()],
        "pillar_slugs": ["sociale-cohesie", "sociale-inclusie"],
        "facilities": [{"id": facility.pk} for facility in page.facilities.all()],
        "facility_slugs": ["buurtkeuken"],
        "keywords": ["eten"],
        "takeaways": [{"id": page.takeaways.get().pk, "text": "Zet een tafel neer."}],
        "takeaway_texts": ["Zet een tafel neer."],
        "document_address": page.document.url,
        "stories": [],
        "articles": [],
        "is_example": True,
    }
    assert meta["type"] == "publications.PublicationPage"
    assert meta["html_url"] == page.full_url
    assert set(meta) == {
        "type",
        "detail_url",
        "html_url",
        "slug",
        "show_in_menus",
        "seo_title",
        "search_description",
        "first_published_at",
        "alias_of",
        "parent",
    }


def test_other_kinds_of_page_tell_their_texts(client):
    picture = make_image(credit="Foto: Jo")
    text = RichText(f'<p>Zie <a linktype="page" id="{site_root().pk}">hier</a>.</p>')
    story = make_story(
        intro="Joke.", neighbourhood="De Haven", picture=picture, canonical_url="https://b.example/"
    )
    article = make_article(kind="opinie", author_name="Anna", intro="Kort.", body=[("text", text)])
    tip = make_tip(group="begin", intro="Begin.", body="<p>Zo.</p>")
    pillar = make_pillar_page(question="Wie?", intro="Over.", body="<p>Wat.</p>")

    def told(page, *names):
        answer = get(client, f"pages/{page.pk}/")
        return {name: answer[name] for name in names}

    assert told(story, "intro", "place", "canonical_url", "pillar_slugs", "is_example") == {
        "intro": "Joke.",
        "place": "De Haven",
        "canonical_url": "https://b.example/",
        "pillar_slugs": ["sociale-cohesie"],
        "is_example": False,
    }
    assert told(story, "picture")["picture"]["title"] == "Bankje"
    assert told(article, "kind", "author_name", "intro") == {
        "kind": "opinie",
        "author_name": "Anna",
        "intro": "Kort.",
    }
    [block] = told(article, "body")["body"]
    assert (block["type"], "linktype" in block["value"]) == ("text", False)
    assert told(tip, "group", "intro", "body") == {
        "group": "begin",
        "intro": "Begin.",
        "body": "<p>Zo.</p>",
    }
    assert told(pillar, "pillar_slug", "question", "intro") == {
        "pillar_slug": "sociale-cohesie",
        "question": "Wie?",
        "intro": "Over.",
    }
    image = get(client, f"images/{picture.pk}/")
    assert (image["credit"], image["description"]) == ("Foto: Jo", "Een bankje voor een deur")


def test_lists_filter_order_and_search(client):
    make_publication(title="Oud", year=2001, keywords=["eten"])
    make_publication(title="Nieuw", year=2024, summary="Over bankjes.")
    make_story(title="Bankje")
    kind = {"type": "publications.PublicationPage"}

    assert sorted(listed(client, **kind)) == ["Nieuw", "Oud"]
    assert listed(client, **kind, order="-year") == ["Nieuw", "Oud"]
    assert listed(client, **kind, year=2001) == ["Oud"]
    assert listed(client, **kind, keywords="eten") == ["Oud"]
    assert listed(client, **kind, search="bankjes") == ["Nieuw"]
    assert listed(client, **kind, order="year", limit=1, offset=1) == ["Nieuw"]
    assert client.get("/api/v2/pages/?limit=101").status_code == 400
    assert client.get("/api/v2/pages/?editor_note=x").status_code == 400
    assert client.get("/api/v2/pages/", {**kind, "editor_note": "x"}).status_code == 400
    assert client.get("/api/v2/pages/", {**kind, "fields": "editor_note"}).status_code == 400


@pytest.mark.parametrize(("make", "name"), [(make_story, "stories"), (make_article, "articles")])
def test_both_ends_of_a_link_tell_of_each_other_while_both_are_public(client, make, name):
    publication, page = make_publication(title="Het onderzoek"), make(title="De praktijk")
    make_link(page, publication, why="Omdat het daar gebeurt.", relation="laat-zien")
    link = {"relation": "laat-zien", "why": "Omdat het daar gebeurt."}

    def told() -> list:
        heard = []
        for end, field in ((publication, name), (page, "publications")):
            in_detail = client.get(f"/api/v2/pages/{end.pk}/")
            kind = type(end)._meta.label
            [*in_list] = get(client, "pages/", type=kind, fields=field, id=end.pk)["items"]
            assert [item[field] for item in in_list] == (
                [in_detail.json()[field]] if in_detail.status_code == 200 else []
            )
            heard += [item[field] for item in in_list]
        return heard

    assert told() == [
        [{"id": page.pk, "title": "De praktijk", "html_url": page.full_url, **link}],
        [
            {
                "id": publication.pk,
                "title": "Het onderzoek",
                "html_url": publication.full_url,
                **link,
            }
        ],
    ]
    for end in (page, publication):
        end.unpublish()
        assert told() == [[]]
        end.get_latest_revision().publish()
        end.refresh_from_db()
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.LOGIN
    )
    assert told() == [[]]
    restriction.delete()
    assert len(told()) == 2


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed(admin_client, method):
    page, image = make_publication(title="Blijft"), make_image()

    for path in ("pages/", f"pages/{page.pk}/", "images/", f"images/{image.pk}/"):
        response = getattr(admin_client, method)(f"/api/v2/{path}", {"title": "Anders"})
        assert response.status_code == 405

    assert PublicationPage.objects.get().title == "Blijft"


def test_nobody_can_try_out_passwords(client, admin_user):
    make_publication(title="Voor iedereen")
    secret = make_publication(title="Nog niet", live=False)
    wrong = {"Authorization": "Basic YWRtaW46Zm91dA=="}

    assert client.get("/api/v2/pages/", headers=wrong).status_code == 200
    client.force_login(admin_user)
    assert "Nog niet" not in listed(client)
    assert client.get(f"/api/v2/pages/{secret.pk}/").status_code == 404


def plant(client) -> list[Page]:
    """Put a canary in everything that is not for everyone. Return the pages that nobody may see."""
    owner = User.objects.create_user(f"{CANARY}-gebruiker", email=f"{CANARY}@mail.example")
    document = make_document(
        title=f"{CANARY}-document",
        name=f"{CANARY}-bestand.pdf",
        content=pdf_bytes(f"{CANARY}-tekst"),
        right_to_share=RightToShare.NONE,
    )
    LibraryDocument.objects.update(page_texts=[f"{CANARY}-tekst"], fingerprint=CANARY)
    page = make_publication(
        title="Voor iedereen", editor_note=f"{CANARY}-notitie", document=document, owner=owner
    )
    page.title = page.summary = f"{CANARY}-wijziging"
    page.save_revision(user=owner)
    draft = make_publication(title=f"{CANARY}-concept", live=False)
    secret = make_publication(title=f"{CANARY}-besloten")
    PageViewRestriction.objects.create(
        page=secret, restriction_type=PageViewRestriction.PASSWORD, password=f"{CANARY}-wachtwoord"
    )
    gone = make_publication(title=f"{CANARY}-weg")
    gone.unpublish()
    for make in (make_story, make_article):
        make_link(make(title=f"Praktijk {make.__name__}"), draft, why=f"{CANARY}-waarom")
    hidden_story = make_story(title=f"{CANARY}-verhaal", live=False)
    make_link(hidden_story, page, why=f"{CANARY}-ook")
    hidden_story.refresh_from_db()
    hidden_story.unpublish()
    contribution, _ = contribute(
        client,
        titel=f"{CANARY}-inzending",
        samenvatting=f"{CANARY}-samenvatting",
        naam=f"{CANARY}-naam",
        email=f"{CANARY}@inzender.example",
        bestand=upload(pdf_bytes(f"{CANARY}-inhoud"), f"{CANARY}-inzending.pdf"),
        recht="eigen",
    )
    collection = Collection.get_first_root_node().add_child(name=f"{CANARY}-map")
    CollectionViewRestriction.objects.create(
        collection=collection, restriction_type=CollectionViewRestriction.LOGIN
    )
    make_image(f"{CANARY}-plaatje", collection=collection)
    return [draft, secret, gone, hidden_story, contribution.page]


def test_no_canary_is_heard_anywhere(client):
    hidden = plant(client)
    assert (Contribution.objects.count(), OutboxMail.objects.exists()) == (1, True)
    models = [model for model in apps.get_models() if issubclass(model, Page)]
    kinds = [model._meta.label for model in models]
    pages = Page.objects.live().exclude(pk__in=[page.pk for page in hidden]).exclude(depth=1)
    details = [f"pages/{page.pk}/" for page in pages]
    details += [f"images/{image.pk}/" for image in CreditedImage.objects.all()]
    nested = ["*", "*,-title", "_,parent(*)", "*,picture(*)", "_,owner(*)"]
    asked = [(address, {"fields": fields}) for address in details for fields in nested]
    asked += [(address, {"search": CANARY}) for address in ("pages/", "images/")]
    asked += [("images/", {"fields": "*"})]
    for kind in kinds:
        asked += [("pages/", {"type": kind, "fields": "*", "limit": 100})]
        asked += [("pages/", {"type": kind, "search": CANARY})]
    heard = [
        (address, query)
        for address, query in asked
        if CANARY in client.get(f"/api/v2/{address}", query).content.decode()
    ]

    assert heard == []
    assert "Voor iedereen" in listed(client)
    for page in hidden:
        for path in (f"{page.pk}/", f"find/?id={page.pk}", f"find/?html_path={page.url_path}"):
            assert client.get(f"/api/v2/pages/{path}").status_code == 404
    for path in ("documents/", "snippets/", "users/", "redirects/", "contributions/"):
        assert client.get(f"/api/v2/{path}").status_code == 404


def test_children_and_ancestors_of_what_is_hidden_stay_hidden(client):
    parent = StandardPage(title="Ouder", slug="ouder", body="<p>x</p>")
    site_root().add_child(instance=parent)
    parent.add_child(instance=StandardPage(title="Kind", slug="kind", body="<p>x</p>"))
    assert listed(client, child_of=parent.pk) == ["Kind"]

    PageViewRestriction.objects.create(page=parent, restriction_type=PageViewRestriction.LOGIN)

    assert client.get(f"/api/v2/pages/?child_of={parent.pk}").status_code == 400
    assert not {"Ouder", "Kind"} & set(listed(client))


def test_drawn_cover_is_told_only_while_its_document_is_released(client):
    image = make_image("Omslag", drawn_from=make_document())
    page = make_publication(document=image.drawn_from)
    assert get(client, "images/")["items"][0]["title"] == "Omslag"

    page.unpublish()

    assert get(client, "images/")["items"] == []


def test_queries_of_a_list_stay_within_bounds(client):
    asked = []
    for number in range(1, 13):
        publication = add_publication(
            authors=[PublicationAuthor(family=f"Bakker-{number}")],
            takeaways=[Takeaway(text="Doe het.")],
            facilities=[make_term(vocabulary=Vocabulary.FACILITY, slug=f"plek-{number}")],
        )
        story = make_story(picture=make_image())
        make_link(story, publication)
        sign(story, make_author())
        if number in (1, 12):
            asked.append(
                [
                    queries_of(client, f"/api/v2/pages/?type={kind}&fields=*")
                    for kind in ("publications.PublicationPage", "stories.StoryPage")
                ]
            )

    assert asked[0] == asked[1]
    assert max(asked[0]) <= 22
