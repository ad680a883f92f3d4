"""Wagtail's API v3 at /api/v3-preview/: who has a token does what they may do in the admin."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.models import APIToken, ModelLogEntry, Page

from forms.models import Contribution
from forms.tests.factories import (
    browser_of,
    contribute,
    make_article_index,
    make_editor,
    make_editors,
    make_form_page,
    make_writer,
)
from publications.models import LibraryDocument, PublicationPage, Vocabulary
from publications.tests.factories import (
    make_document,
    make_library,
    make_publication,
    make_term,
    pdf_bytes,
)
from stories.models import ArticlePage
from stories.tests.factories import make_article

pytestmark = pytest.mark.django_db

ROOT = "/api/v3-preview/"


class Tool(Client):
    """A program that writes with a token of `user`."""

    def __init__(self, user=None, token=None):
        if user:
            _, token = APIToken.create_token(user=user, name="Proef")
        self.token = token
        super().__init__(headers={"Authorization": f"Bearer {token}"} if token else None)

    def call(self, method, path, data=None):
        body = {"data": json.dumps(data), "content_type": "application/json"} if data else {}
        return getattr(self, method)(ROOT + path, **body)


def draft(parent, page_type="publications.PublicationPage", action=None, **fields):
    return {
        "title": "Samen tuinieren",
        "meta": {"type": page_type, "parent_id": parent.pk, "action": action},
        **fields,
    }


def whole_publication(**changes):
    facts = {
        "kind_id": make_term(vocabulary=Vocabulary.KIND, slug="onderzoek").pk,
        "summary": "Over een moestuin.",
        "organisation": "Gemeente Waterveld",
        "pillars": [make_term(slug="sociale-cohesie").pk],
        "facilities": [],
        "authors": [{"given": "Meta", "particle": "de", "family": "Lange"}],
        "takeaways": [{"text": "Begin klein."}],
        "year": 2024,
    }
    return draft(make_library(), action="publish", **facts | changes)


def test_editor_publishes_a_publication_and_changes_it():
    editor = Tool(make_editor())

    made = editor.call("post", "pages/", whole_publication())

    assert made.status_code == 201, made.content
    page = PublicationPage.objects.get()
    assert (page.live, page.author_names, page.takeaway_texts) == (
        True,
        ["Meta de Lange"],
        ["Begin klein."],
    )
    assert page.pillar_slugs == ["sociale-cohesie"]
    shown = Client().get(page.get_url()).content.decode()
    assert "Over een moestuin." in shown
    change = {"summary": "Over koken.", "meta": {"action": "publish"}}
    changed = editor.call("patch", f"pages/{page.pk}/", change)
    assert changed.status_code == 200, changed.content
    assert "Over koken." in Client().get(page.get_url()).content.decode()


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"kind_id": None}, "Kies de soort."),
        ({"pillars": []}, "Kies minstens één pijler."),
        ({"summary": ""}, "Schrijf de samenvatting."),
        ({"organisation": ""}, "Geef een link, DOI, ISBN, document of organisatie."),
    ],
)
def test_what_is_missing_keeps_a_publication_from_being_published(changes, missing):
    answer = Tool(make_editor()).call("post", "pages/", whole_publication(**changes))

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert missing in answer.content.decode()
    assert not PublicationPage.objects.exists()


def test_draft_that_lacks_something_is_not_published_by_its_action_either():
    page = make_publication(live=False, summary="")

    answer = Tool(make_editor()).call("post", f"pages/{page.pk}/actions/publish/")

    assert (answer.status_code, answer.json()["detail"]) == (422, "Schrijf de samenvatting.")
    page.refresh_from_db()
    assert not page.live


def test_contribution_in_the_light_check_stays_there(client):
    contribution, _ = contribute(client)
    page = contribution.page
    editor = Tool(make_editor(is_superuser=True))

    answers = [
        editor.call("post", f"pages/{page.pk}/actions/publish/"),
        editor.call("patch", f"pages/{page.pk}/", {"meta": {"action": "publish"}, "title": "x"}),
        editor.call("delete", f"pages/{page.pk}/actions/delete/"),
        editor.call("delete", f"pages/{page.pk}/"),
        editor.call("post", f"pages/{page.pk}/actions/copy/", {"slug": "kopie"}),
        editor.call("delete", f"pages/{page.get_parent().pk}/"),
    ]

    assert [answer.status_code for answer in answers] == [422, 403, 409, 409, 403, 409]
    assert "lichte check" in answers[5].json()["detail"]
    assert Contribution.objects.get().is_undecided
    assert not PublicationPage.objects.get().live
    assert client.get(page.get_url()).status_code == 404


def test_writer_writes_articles_of_their_own_only(client):
    user = make_writer()
    others = make_article(title="Van een ander", live=False, owner=make_writer())
    online = make_article(title="Staat online", owner=make_writer())
    writer, index = Tool(user), make_article_index()
    kind = "stories.ArticlePage"

    made = writer.call("post", "pages/", draft(index, kind, intro="Kort.", pillars=[]))
    refused = [
        writer.call("post", "pages/", draft(index, kind, action="publish", pillars=[])),
        writer.call("post", "pages/", draft(make_library(), pillars=[], facilities=[])),
        writer.call("post", f"pages/{made.json()['id']}/actions/publish/"),
    ]

    page = ArticlePage.objects.get(owner=user)
    assert (made.status_code, page.live, page.intro) == (201, False, "Kort.")
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    listed = [item["id"] for item in writer.call("get", "pages/").json()["items"]]
    assert listed == [page.pk]
    for target in (others, online):
        for method, path in [
            ("get", ""),
            ("patch", ""),
            ("delete", ""),
            ("get", "revisions/"),
            ("post", "actions/copy/"),
            ("post", "actions/create_alias/"),
        ]:
            data = {"title": "Gekaapt"} if method == "patch" else None
            answer = writer.call(method, f"pages/{target.pk}/{path}", data)
            assert answer.status_code == 404, (method, path, answer.content)
    assert ArticlePage.objects.count() == 3


def test_writer_leaves_an_article_alone_that_is_in_the_check():
    make_form_page()
    user = make_writer()
    page = make_article(live=False, owner=user)
    page.get_workflow().start(page, user)

    answer = Tool(user).call("patch", f"pages/{page.pk}/", {"title": "Nog even dit"})

    assert answer.status_code == 403
    assert page.get_latest_revision_as_object().title != "Nog even dit"


def test_documents_are_for_their_editors():
    make_document(title="Nog niet van iedereen")
    editor, writer, visitor = Tool(make_editor()), Tool(make_writer()), Tool()

    for path in ("documents/", f"documents/{LibraryDocument.objects.get().pk}/"):
        assert visitor.call("get", path).status_code == 401
        assert writer.call("get", path).status_code == 403
        assert editor.call("get", path).status_code == 200
    sent = SimpleUploadedFile("nieuw.pdf", pdf_bytes())
    added = editor.post(f"{ROOT}documents/", {"title": "Nieuw", "file": sent})
    assert added.status_code == 201, added.content
    assert added.json()["meta"]["download_url"].endswith(LibraryDocument.objects.last().url)
    assert Client().get(LibraryDocument.objects.last().url).status_code == 404
    wrong = SimpleUploadedFile("fout.pdf", b"geen pdf")
    assert editor.post(f"{ROOT}documents/", {"title": "x", "file": wrong}).status_code == 422


def test_visitor_reads_what_is_public_and_writes_nothing():
    page = make_publication(title="Voor iedereen")
    make_publication(title="Nog niet", live=False)

    visitor = Tool()

    items = visitor.call("get", "pages/?type=publications.PublicationPage").json()["items"]
    assert [item["title"] for item in items] == ["Voor iedereen"]
    for method, path in [
        ("post", "pages/"),
        ("patch", f"pages/{page.pk}/"),
        ("delete", f"pages/{page.pk}/"),
        ("post", f"pages/{page.pk}/actions/unpublish/"),
        ("get", "whoami/"),
        ("get", "schema/"),
        ("get", "redirects/"),
    ]:
        assert visitor.call(method, path).status_code == 401, path
    session = browser_of(make_editor(is_superuser=True))
    assert session.get(f"{ROOT}whoami/").status_code == 401


def test_token_that_is_not_valid_is_refused_everywhere_and_then_slowed_down(settings):
    make_publication()
    user = make_editor()
    active, revoked = Tool(user), Tool(user)
    APIToken.objects.last().revoke()
    gone = make_editor(is_active=False)

    for tool in (revoked, Tool(gone), Tool(token="wagtail_verzonnen")):
        answer = tool.call("get", "pages/")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")

    settings.WRONG_TOKENS_PER_ADDRESS = 4
    answers = [revoked.call("get", "pages/") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [401, 429]
    assert int(answers[1]["Retry-After"]) > 0
    assert active.call("get", "pages/").status_code == 200


@pytest.mark.parametrize("path", ["pages/", "images/"])
def test_number_that_is_far_too_large_is_a_fault_of_the_question(path):
    for offset in ("1000001", "9" * 19, "9" * 5000):
        answer = Tool().call("get", f"{path}?offset={offset}")
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert Tool().call("get", f"{path}?offset=1000000").json()["items"] == []
    assert Tool().call("get", f"{path}?search=%00").status_code == 400
    assert Tool().call("get", f"{path}{'9' * 30}/").status_code in (404, 422)
    nul = Tool(make_editor()).call("post", "pages/", draft(make_library(), summary="a\x00"))
    assert nul.status_code == 400


def test_administrator_makes_a_token_that_is_shown_once_and_revokes_it():
    admin, owner = browser_of(make_editor(is_superuser=True)), make_writer()

    shown = admin.post("/admin/api-tokens/new/", {"name": "Tekstverwerker", "user": owner.pk})

    token = shown.context["token"]
    tool, kept = Tool(token=token), APIToken.objects.get()
    assert tool.call("get", "whoami/").json()["user"]["username"] == owner.username
    assert token not in json.dumps(APIToken.objects.values().get(), default=str)
    for address in ("/admin/api-tokens/", f"/admin/api-tokens/edit/{kept.pk}/"):
        assert token not in admin.get(address).content.decode()
    admin.post(f"/admin/api-tokens/delete/{kept.pk}/")
    assert tool.call("get", "whoami/").status_code == 401
    log = ModelLogEntry.objects.filter(content_type__model="apitoken").order_by("pk")
    assert [entry.action for entry in log] == [
        "wagtail.apitoken.create",
        "wagtail.apitoken.revoke",
    ]


def test_editor_makes_tokens_for_themselves_and_a_writer_none():
    make_editors().permissions.add(
        *Permission.objects.filter(content_type__model="apitoken"),
    )
    user, other = make_editor(), make_editor()
    editor, writer = browser_of(user), browser_of(make_writer())

    editor.post("/admin/api-tokens/new/", {"name": "Van mij", "user": user.pk})
    editor.post("/admin/api-tokens/new/", {"name": "Van een ander", "user": other.pk})
    writer.post("/admin/api-tokens/new/", {"name": "x", "user": user.pk})

    assert [(token.name, token.user) for token in APIToken.objects.all()] == [("Van mij", user)]


def test_description_is_open_and_asks_no_other_host():
    answer = Tool().call("get", "openapi.json")

    assert answer.status_code == 200
    paths = answer.json()["paths"]
    assert all(path.startswith(ROOT) for path in paths)
    assert Client().get(f"{ROOT}docs/").status_code == 404


def test_refused_change_leaves_nothing_behind():
    page = make_publication()
    before = list(Page.objects.order_by("pk").values("pk", "latest_revision_id"))

    change = {"summary": "", "meta": {"action": "publish"}}
    answer = Tool(make_editor()).call("patch", f"pages/{page.pk}/", change)

    assert answer.status_code == 422
    assert list(Page.objects.order_by("pk").values("pk", "latest_revision_id")) == before
