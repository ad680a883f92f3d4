"""
What a writer may not see or do, by every route of the admin: the routes are read from the URL
configuration, so that a new one is tried from the day it is there.
"""

from itertools import product

import pytest
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
    WorkflowState,
)

from forms.tests.factories import (
    browser_of,
    contribute,
    make_article_index,
    make_editor,
    make_form_page,
    make_writer,
    told,
)
from home.models import StandardPage
from publications.tests.factories import make_publication, site_root
from stories.tests.factories import make_article, make_story

pytestmark = pytest.mark.django_db

WORD, SECRET = "Zwerfkei", "kiezelpad"  # to search for, and what may not be seen then
CANARY = f"{WORD} {SECRET}"
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


def admin_routes() -> list[tuple[str, tuple[str, ...]]]:
    """Return every address below /admin/ as (format, names of its parameters)."""
    routes = []

    def walk(patterns, regex):
        for pattern in patterns:
            here = regex + pattern.pattern.regex.pattern.removeprefix("^")
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, here)
            else:
                routes.extend((f"/{form}", tuple(names)) for form, names in normalize(here))

    admin = [p for p in get_resolver().url_patterns if str(p.pattern) == "admin/"]
    walk(admin, "")
    return routes


def make_secrets(client) -> list[Page]:
    """Make one of everything that a writer has nothing to do with, named after the canary."""
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
    return pages


def values_for(name: str, secrets: list[Page]) -> list:
    """Return what to try for one parameter of an address."""
    if name in ("page_id", "parent_page_id", "page_to_move_id"):
        return [page.pk for page in secrets]
    if name == "destination_id":
        return [make_article_index().pk, secrets[0].pk]
    if name == "revision_id":
        return [secrets[1].latest_revision_id]
    if name in ("revision_id_a", "revision_id_b"):
        return ["earliest" if name.endswith("a") else "latest"]
    if name in ("task_state_id", "workflow_state_id", "task_id"):
        model = {"task_state_id": TaskState, "workflow_state_id": WorkflowState, "task_id": Task}
        return [model[name].objects.latest("pk").pk]
    if name == "action_name":
        return ["approve", "reject"]
    if name in ("app_label", "content_type_app_name"):
        return ["stories", "wagtailcore"]
    if name in ("model_name", "content_type_model_name"):
        return ["articlepage", "page"]
    if name == "action":
        return ["delete", "move", "publish", "unpublish"]
    return [secrets[0].pk, secrets[1].pk, secrets[6].pk]


def addresses(secrets) -> list[str]:
    found = []
    for form, names in admin_routes():
        for values in product(*(values_for(name, secrets) for name in names)):
            found.append(form % dict(zip(names, values, strict=True)))
    return sorted(address for address in set(found) if not address.startswith(APART))


def state_of_everything() -> dict:
    """Return all that a writer could have changed, or added, about pages of others."""
    return {
        "pages": list(Page.objects.order_by("pk").values()),
        "revisions": list(Revision.objects.order_by("pk").values("pk", "content")),
        "checks": list(TaskState.objects.order_by("pk").values("pk", "status", "comment")),
        "workflows": list(WorkflowState.objects.order_by("pk").values("pk", "status")),
        "comments": list(Comment.objects.order_by("pk").values()),
        "followers": list(PageSubscription.objects.order_by("pk").values()),
    }


def text_of(response) -> str:
    streamed = getattr(response, "streaming_content", None)
    return (b"".join(streamed) if streamed else response.content).decode(errors="replace")


def leaks(writer, secrets, tried: list[str]) -> list[str]:
    """Return the addresses in `tried` that show a secret, tell one afterwards, or break."""
    without_parameters = {form for form, names in admin_routes() if not names}
    found = []
    for address in tried:
        queries = QUERIES if address in without_parameters else ["", QUERIES[1]]
        if address.startswith("/admin/bulk/"):
            everything = f"?id=all&parentId={make_article_index().pk}"
            queries = [everything, *(f"?id={page.pk}" for page in secrets)]
        for query in queries:
            response = writer.get(address + query)
            shown = text_of(response) + "".join(told(response))
            if SECRET in shown or response.status_code >= 500:
                found.append(address + query)
    return found


def changes(writer, secrets, tried: list[str]) -> list[str]:
    """Post to every address in `tried`; return those that changed anything about a page."""
    before, found = state_of_everything(), []
    for address in tried:
        for answers in ANSWERS:
            query = f"?id={secrets[0].pk}" if address.startswith("/admin/bulk/") else ""
            writer.post(address + query, answers | {"page": secrets[0].pk})
            after = state_of_everything()
            if after != before:
                found.append(address)
                before = after
    return found


@pytest.fixture
def secrets():
    make_form_page()
    return make_secrets(Client())


@pytest.fixture
def writer():
    browser = browser_of(make_writer())
    browser.raise_request_exception = False
    return browser


def sample(secrets) -> list[str]:
    """Return the addresses where Wagtail by itself would show or do something."""
    routes = (
        "choose-page/",
        "bulk/wagtailcore/page/delete",
        "reports/page-types-usage",
        "api/main",
    )
    draft = f"/admin/pages/{secrets[1].pk}/"
    begin = (draft, "/admin/pages/workflow", *(f"/admin/{route}" for route in routes))
    return [address for address in addresses(secrets) if address.startswith(begin)]


def test_editor_sees_the_secrets(secrets):
    editor = browser_of(make_editor())

    found = leaks(editor, secrets, [f"/admin/pages/{page.pk}/edit/" for page in secrets])

    assert len(found) == 2 * len(secrets)


def test_writer_sees_nothing_of_others_where_it_is_likeliest(secrets, writer):
    assert leaks(writer, secrets, sample(secrets)) == []


def test_writer_changes_nothing_of_others_where_it_is_likeliest(secrets, writer):
    draft = f"/admin/pages/{secrets[1].pk}/"

    assert changes(writer, secrets, [a for a in sample(secrets) if a.startswith(draft)]) == []


@pytest.mark.judge
def test_no_route_of_the_admin_shows_a_writer_what_is_not_theirs(secrets, writer):
    assert leaks(writer, secrets, addresses(secrets)) == []


@pytest.mark.judge
def test_no_route_of_the_admin_lets_a_writer_change_what_is_not_theirs(secrets, writer):
    assert changes(writer, secrets, addresses(secrets)) == []


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
