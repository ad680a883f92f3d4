"""
Who may see and do what: every route there is, for every role. The routes are read from the URL
configuration, so that a new one is tried from the day it is there, with all that is not public.
"""

import io
import zipfile
from itertools import chain, product
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils.regex_helper import normalize
from wagtail.models import (
    Comment,
    Page,
    PageSubscription,
    Revision,
    Task,
    TaskState,
    Workflow,
    WorkflowState,
)

from forms.models import (
    Contact,
    Contribution,
    ContributionEvent,
    ContributionLink,
    OutboxMail,
    PracticeUse,
    WriterRequest,
)
from forms.tests.factories import (
    browser_of,
    contribute,
    make_article_index,
    make_editor,
    make_editors,
    make_form_page,
    make_writer,
    told,
)
from home.models import ErasureRecord, Handover, StandardPage, Subscription
from home.setup.site import EDITORS_LATER, permission
from publications.models import ImportJob, LibraryDocument, SearchedWords
from publications.tests.factories import make_document, make_publication, pdf_bytes, site_root
from stories.models import Author
from stories.tests.factories import make_article, make_story

pytestmark = pytest.mark.django_db

WORD, SECRET = "Zwerfkei", "kiezelpad"  # to search for, and what may not be seen then
CANARY = f"{WORD} {SECRET}"
SECRET_ADDRESS = f"{SECRET}@voorbeeld.example"
# They end the session, or break on purpose.
APART = ("/admin/logout", "/admin/login", "/admin/password_reset", "/admin/failwhale")
QUERIES = [
    "",
    f"?q={WORD}",
    f"?search={WORD}",
    "?search_all=1&has_child_pages=false",
    "?page_type=stories.articlepage",
    f"?page_type=wagtailcore.page&q={WORD}",
]


# What a POST sends: a bare one, and what the forms behind the buttons send.
ANSWERS = [
    {},
    {
        "title": "Gekaapt",
        "new_title": "Gekaapt",
        "slug": "gekaapt",
        "new_slug": "gekaapt",
        "body-count": "0",
        "action-publish": "1",
        "locked": "1",
        "reden": "Gekaapt",
        "comment": "Gekaapt",
    },
]


def routes() -> list[tuple[str, tuple[str, ...]]]:
    """Return every address of the site as (format, names of its parameters)."""
    found = []

    def walk(patterns, regex):
        for pattern in patterns:
            here = regex + pattern.pattern.regex.pattern.removeprefix("^")
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, here)
            else:
                found.extend((f"/{form}", tuple(names)) for form, names in normalize(here))

    walk(get_resolver().url_patterns, "")
    return found


def make_secrets(client) -> list[Page]:
    """Make one of everything that only editors have to do with, named after the canary."""
    editor, other = make_editor(), make_writer()
    pages = [
        make_article(title=f"{CANARY} concept", live=False, owner=other),
        make_article(title=f"{CANARY} in de check", live=False, owner=other),
        make_article(title="Staat online", owner=other),
        make_publication(title=f"{CANARY} publicatie", live=False),
        make_story(title=f"{CANARY} verhaal", live=False, owner=editor),
        site_root().add_child(
            instance=StandardPage(
                title=f"{CANARY} tekst", slug="tekst", body="<p>Tekst</p>", live=False
            )
        ),
    ]
    contribution, _ = contribute(client, deur="artikel", titel=f"{CANARY} bijdrage")
    pages.append(contribution.page)
    checked = pages[1]
    checked.get_workflow().start(checked, other)
    for page in pages:
        page = page.specific
        if page.live:
            page.title = f"{CANARY} nieuwe titel"
        page.save_revision(user=other, log_action=True)
        Comment.objects.create(
            page=page, user=editor, text=f"{CANARY} opmerking", contentpath="title", position=""
        )
        PageSubscription.objects.create(page=page, user=other, comment_notifications=True)
    make_more_secrets(editor, contribution)
    return pages


def make_more_secrets(editor, contribution) -> None:
    """Make what is not a page, and is for editors only."""
    live = make_publication(title="Voor iedereen", editor_note=CANARY)
    document = make_document(content=pdf_bytes(CANARY), title=CANARY, name=f"{SECRET}.pdf")
    LibraryDocument.objects.filter(pk=document.pk).update(page_texts=[CANARY])
    make_publication(title="Met een document", live=False, document=document)
    OutboxMail.objects.update(subject=CANARY, body=CANARY, last_error=CANARY)
    contribution.events.create(what=ContributionEvent.What.ASKED, text=CANARY, by=editor)
    Contact.objects.update(name=CANARY, email=SECRET_ADDRESS)
    PracticeUse.objects.create(contribution=contribution, text=CANARY)
    WriterRequest.objects.create(name=CANARY, email=SECRET_ADDRESS, about=CANARY)
    Subscription.objects.create(email=SECRET_ADDRESS, page=live)
    SearchedWords.objects.create(words=CANARY, day="2026-01-01")
    ImportJob.objects.create(file_name=CANARY, format="csv", notices=[CANARY])
    Author.objects.create(name="Meta", consent_by=CANARY)
    Handover.objects.create(leaver=editor, counts={CANARY: 1})
    ErasureRecord.objects.create(counts={CANARY: 1})
    User.objects.filter(pk=editor.pk).update(email=SECRET_ADDRESS)


class Filling:
    """What to try for each parameter of an address, by its name. A new name must be added here."""

    def __init__(self, pages: list[Page], token: str = "onbekend"):
        live, draft = Page.objects.get(title="Voor iedereen"), pages[0]
        document = LibraryDocument.objects.get()
        paths = [page.url_path.removeprefix("/home/") for page in (*pages, live)]
        sections = ["bibliotheek/", "artikelen/", "verhalen/", "zoeken/"]
        other = ContributionLink.objects.earliest("pk").digest
        page_ids = [page.pk for page in pages]
        models = [Contribution, OutboxMail, WriterRequest, ImportJob, Author, LibraryDocument]
        rows = {row.pk for model in (*models, User, Comment) for row in model.objects.all()[:2]}
        ids = sorted({draft.pk, pages[1].pk, pages[6].pk, live.pk} | rows)
        tried = {
            "page_id parent_page_id page_to_move_id page_pk": page_ids,
            "pk object_id instance_pk": ids,
            "document_id doc_id": [document.pk],
            "destination_id": [make_article_index().pk, draft.pk],
            "revision_id": [pages[1].latest_revision_id],
            "revision_id_a": ["earliest"],
            "revision_id_b": ["latest"],
            "task_state_id": [TaskState.objects.latest("pk").pk],
            "workflow_state_id": [WorkflowState.objects.latest("pk").pk],
            "task_id": [Task.objects.latest("pk").pk],
            "workflow_pk": [Workflow.objects.latest("pk").pk],
            "action_name": ["approve", "reject"],
            "app_label content_type_app_name": ["stories", "wagtailcore"],
            "app_name": ["home", "forms", "taggit"],
            "content_type_model_name": ["articlepage", "page"],
            "model_name": ["articlepage", "page", "sitesettings", "retentionsettings", "tag"],
            "action": ["delete", "move", "publish", "unpublish"],
            "token": [token, other, "onbekend"],
            "uidb64": ["MQ"],
            "path": [*sections, *paths],
            "name": ["dashboard.png"],
            "ending": ["csv", "json", "bib", "ris", "xlsx"],
            "filter_spec": ["original"],
            # Page paths and documents, of which the parameters have no names.
            "_0": [*paths, document.pk],
            "pad": [path.rstrip("/") for path in paths],
            "sleutel": [page.slug for page in (*pages, live)] + page_ids,
            "type type_name": ["wagtailcore.Page", "stories.ArticlePage", "stories.Author"],
            "_1": [document.filename],
            "collection_id image_id redirect_id session_id site_id uploaded_file_id": [1],
            "page_view_restriction_id restriction_id": [1],
        }
        self.values = {name: tried[names] for names in tried for name in names.split()}

    def addresses(self, begin: str = "/") -> list[str]:
        """Return every address of the site below `begin`, filled in."""
        found = set()
        for form, names in routes():
            for values in product(*(self.values[name] for name in names)):
                found.add(form % dict(zip(names, values, strict=True)))
        below = [address for address in found if address.startswith(begin)]
        return sorted(address for address in below if not address.startswith(APART))


def state_of_everything() -> dict:
    """Return all that somebody could have changed, or added, about what is not theirs."""
    return {
        "pages": list(Page.objects.order_by("pk").values()),
        "revisions": list(Revision.objects.order_by("pk").values("pk", "content")),
        "checks": list(TaskState.objects.order_by("pk").values("pk", "status", "comment")),
        "workflows": list(WorkflowState.objects.order_by("pk").values("pk", "status")),
        "comments": list(Comment.objects.order_by("pk").values()),
        "followers": list(PageSubscription.objects.order_by("pk").values()),
        **{
            model.__name__: list(model.objects.order_by("pk").values())
            for model in (Contact, ContributionEvent, LibraryDocument, WriterRequest, Subscription)
        },
        "accounts": list(User.objects.order_by("pk").values("pk", "password", "is_active")),
    }


def text_of(response) -> str:
    streamed = getattr(response, "streaming_content", None)
    content = b"".join(streamed) if streamed else response.content
    if content.startswith(b"PK"):  # a spreadsheet, or the open data
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(map(archive.read, archive.namelist()))
    return content.decode(errors="replace")


def leaks(browser, secrets, tried: list[str]) -> list[str]:
    """Return the addresses in `tried` that show a secret, tell one afterwards, or break."""
    without_parameters = {form for form, names in routes() if not names}
    found = []
    for address in tried:
        queries = QUERIES if address in without_parameters else ["", QUERIES[1]]
        if address.startswith("/admin/bulk/"):
            everything = f"?id=all&parentId={make_article_index().pk}"
            queries = [everything, *(f"?id={page.pk}" for page in secrets)]
        for query in queries:
            response = browser.get(address + query)
            shown = text_of(response) + "".join(told(response))
            # An address that was typed, with a secret in it, may stand on the page that refuses.
            shown = shown.replace(address, "").replace(quote(address), "")
            if SECRET in shown or response.status_code >= 500:
                found.append(address + query)
    return found


def changes(browser, secrets, tried: list[str]) -> list[str]:
    """Post to every address in `tried`; return those that changed anything about a page."""
    before, found = state_of_everything(), []
    for address in tried:
        for answers in ANSWERS:
            query = f"?id={secrets[0].pk}" if address.startswith("/admin/bulk/") else ""
            browser.post(address + query, answers | {"page": secrets[0].pk})
            after = state_of_everything()
            if after != before:
                found.append(address)
                before = after
    return found


@pytest.fixture
def secrets():
    make_form_page()
    make_editors().permissions.add(*map(permission, chain(*EDITORS_LATER.values())))
    return make_secrets(Client())


def with_own_case() -> tuple[Client, str]:
    """Return the browser of somebody who contributed, and the token of their status page."""
    browser = Client()
    _, address = contribute(browser, deur="artikel", titel="Van mijzelf")
    return browser, address.strip("/").rpartition("/")[2]


@pytest.fixture
def role(request, secrets):
    """Return (browser, filling) of one role."""
    browser, token = Client(), "onbekend"
    if request.param == "contributor":
        browser, token = with_own_case()
    elif request.param == "writer":
        browser = browser_of(make_writer())
    browser.raise_request_exception = False
    return browser, Filling(secrets, token)


def roles(*names: str):
    return pytest.mark.parametrize("role", names, indirect=True)


EVERYONE_BUT_EDITORS = ("anonymous", "contributor", "writer")


def sample(secrets, filling) -> list[str]:
    """Return the addresses where Wagtail by itself would show or do something."""
    names = (
        "choose-page/",
        "bulk/wagtailcore/page/delete",
        "reports/page-types-usage",
        "api/main",
        "privacy",
        "collegas",
        "bijdragen",
        "documents/edit",
    )
    draft = f"/admin/pages/{secrets[1].pk}/"
    begin = (draft, "/admin/pages/workflow", *(f"/admin/{name}" for name in names))
    return [address for address in filling.addresses() if address.startswith(begin)]


def test_every_parameter_of_every_route_can_be_filled_in(secrets):
    known = Filling(secrets).values

    unknown = {name: form for form, names in routes() for name in names if name not in known}

    assert unknown == {}, "Say in Filling.values what to try for these parameters."


def test_editor_sees_the_secrets(secrets):
    editor = browser_of(make_editor())
    lists = [
        "/admin/documents/",
        "/admin/forms/outboxmail/",
        "/admin/forms/writerrequest/",
        "/admin/publications/importjob/",
        "/admin/collegas/",
        "/admin/privacy/",
    ]

    found = leaks(editor, secrets, [f"/admin/pages/{page.pk}/edit/" for page in secrets])
    in_lists = {address for address in lists if SECRET in text_of(editor.get(address))}

    assert len(found) == 2 * len(secrets)
    assert in_lists == set(lists)


@roles("anonymous", "contributor")
def test_visitor_sees_nothing_that_is_not_public_where_it_is_likeliest(role, secrets):
    browser, filling = role
    begin = (
        "/bijdragen/",
        "/documents/",
        "/bibliotheek/",
        "/artikelen/",
        f"/api/v2/pages/{secrets[0].pk}",
    )
    likely = [address for address in filling.addresses() if address.startswith(begin)]
    tried = [a for a in likely if not a.endswith("/feed/") and "/export." not in a]

    assert leaks(browser, secrets, [*tried, "/api/v2/pages/", "/oai"]) == []


@roles("writer")
def test_writer_sees_nothing_of_others_where_it_is_likeliest(role, secrets):
    browser, filling = role

    assert leaks(browser, secrets, sample(secrets, filling)) == []


@roles("writer")
def test_writer_changes_nothing_of_others_where_it_is_likeliest(role, secrets):
    browser, filling = role
    draft = f"/admin/pages/{secrets[1].pk}/"

    assert changes(browser, secrets, filling.addresses(draft)) == []


@pytest.mark.judge
@roles(*EVERYONE_BUT_EDITORS)
def test_no_route_shows_what_is_not_public(role, secrets):
    browser, filling = role

    assert leaks(browser, secrets, filling.addresses()) == []


@pytest.mark.judge
@roles(*EVERYONE_BUT_EDITORS)
def test_no_route_lets_anybody_change_what_is_not_theirs(role, secrets):
    browser, filling = role

    assert changes(browser, secrets, filling.addresses()) == []


def test_writer_finds_their_own_drafts_where_those_of_others_are_not(client):
    user = make_writer()
    make_article(title="Van mij", live=False, owner=user)
    make_article(title="Van een ander", live=False, owner=make_writer())
    client.force_login(user)

    for address in (
        f"/admin/pages/{make_article_index().pk}/",
        "/admin/pages/search/?q=van",
        "/admin/choose-page/?page_type=stories.articlepage",
        "/admin/api/main/pages/",
    ):
        html = client.get(address).content.decode()
        assert "Van mij" in html, address
        assert "Van een ander" not in html, address
