"""
Words planted in everything that is not for everyone are heard from no address of any API, whoever
asks. The addresses are read from the URL configuration: a new one is tried from its first day.
"""

from itertools import product

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils.regex_helper import normalize
from wagtail.models import APIToken, Page

from forms.models import ContributionLink
from forms.tests.factories import browser_of, contribute, make_editor, make_form_page, make_writer
from kennisplein.tests.test_api import CANARY, plant
from publications.models import CreditedImage, LibraryDocument, PublicationPage
from publications.previews import ELSEWHERE
from publications.tests.factories import make_publication
from stories.tests.factories import make_article

pytestmark = pytest.mark.django_db

# Never in any answer of an API, not even to an editor: it is on no page.
PERSONAL = [f"{CANARY}-{word}" for word in ("notitie", "wachtwoord", "naam", "gebruiker", "tekst")]
PERSONAL += [f"{CANARY}@mail.example", f"{CANARY}@inzender.example"]
QUERIES = ["", f"?search={CANARY}", f"?q={CANARY}", "?version=draft", "?fields=*"]
DRAFT = "Van de schrijver zelf"


def api_routes() -> list[tuple[str, tuple[str, ...]]]:
    """Return every address below /api/ as (format, names of its parameters)."""
    routes = set()

    def walk(patterns, regex):
        for pattern in patterns:
            here = regex + pattern.pattern.regex.pattern.removeprefix("^")
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, here)
            else:
                routes.update((f"/{form}", tuple(names)) for form, names in normalize(here))

    patterns = [
        p for p in get_resolver().url_patterns if str(p.pattern).startswith(("api/", "^api/"))
    ]
    walk(patterns, "")
    return sorted(routes)


def values_for(name: str, hidden, token: str) -> list:
    if name in ("document_id", "image_id"):
        model = LibraryDocument if name == "document_id" else CreditedImage
        return list(model.objects.values_list("pk", flat=True)) or [1]
    if name == "revision_id":
        return [page.latest_revision_id for page in hidden]
    if name == "token":
        return [token]
    if name in ("type", "type_name"):
        return ["publications.Term", "publications.PublicationPage", "forms.Contribution"]
    if name == "pad":
        return [page.url_path.removeprefix("/home/").strip("/") for page in hidden]
    pages = [*hidden, *PublicationPage.objects.live()[:1]]
    if name == "sleutel":
        return [page.slug for page in pages] + [page.pk for page in pages]
    return [page.pk for page in pages]


def addresses(hidden, token: str) -> list[str]:
    """Return every address of every API, for each of these pages."""
    found = {"/api/v1/bestaat-niet", f"/api/v2/page_preview/?token={token}&content_type=x.y"}
    for form, names in api_routes():
        for values in product(*(values_for(name, hidden, token) for name in names)):
            found.add(form % dict(zip(names, values, strict=True)))
    return sorted(found)


def bearer(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)


def heard(client: Client, asked: list[str], words=(CANARY,), rightly="") -> list[str]:
    """Return the addresses where one of these words is heard but not `rightly`, or that break."""
    lists = {form for form, names in api_routes() if not names}
    found = []
    for address in asked:
        for query in QUERIES if address in lists else ["", "?version=draft"]:
            response = client.get(address + query if "?" not in address else address)
            told = response.content.decode(errors="replace")
            for part in (address, query, rightly):  # an answer may repeat what was asked
                told = told.replace(part, "") if part else told
            is_echo = CANARY in query and response.status_code == 400
            if response.status_code >= 500 or (any(w in told for w in words) and not is_echo):
                found.append(address + query)
    return found


@pytest.fixture
def stage():
    make_form_page()
    hidden = [page.specific for page in plant(Client())]
    _, status = contribute(Client(), deur="tip", email="iemand@voorbeeld.example")
    return hidden, status.rstrip("/").rpartition("/")[2]


def test_the_walk_meets_every_api():
    routes = [form for form, _ in api_routes()]

    assert len(routes) > 60
    for address in (
        "/api/v2/pages/",
        "/api/v2/page_preview/",
        "/api/v3-preview/pages/%(page_id)s/revisions/",
        "/api/v1/publicaties",
    ):
        assert address in routes


def tokens(writer, editor) -> dict[str, str]:
    """Return a token of each kind that API v3 has."""
    left = make_editor()
    owners = {"writer": writer, "editor": editor, "revoked": editor, "left": left}
    made = {name: APIToken.create_token(user=user, name=name) for name, user in owners.items()}
    made["revoked"][0].revoke()
    left.is_active = False
    left.save()
    return {name: plain for name, (_, plain) in made.items()}


def preview_token(editor) -> str:
    page = make_publication(title="Voorbeeldig", live=False)
    request = browser_of(editor).get("/admin/").wsgi_request
    shown = page.make_preview_request(request, preview_mode=ELSEWHERE).content.decode()
    return shown.partition("token=")[2].partition('"')[0]


def hear_all(settings, hidden, status_token) -> None:
    """Let each kind of caller ask everything about these pages, and hear only what is theirs."""
    settings.WRONG_TOKENS_PER_ADDRESS = 1_000_000
    settings.PREVIEW_FRONT_END = "https://andere.example"
    settings.WAGTAIL_HEADLESS_PREVIEW = {"CLIENT_URLS": {"default": "https://andere.example"}}
    writer, editor = make_writer(), make_editor()
    make_article(title=DRAFT, live=False, owner=writer)
    by = tokens(writer, editor)
    asked = addresses(hidden, status_token)
    writing = [address for address in asked if "/api/v3-preview/" in address]

    assert ContributionLink.objects.for_token(status_token).exists()
    assert heard(Client(raise_request_exception=False), asked) == []
    for token in (by["revoked"], by["left"], preview_token(editor), status_token):
        assert heard(bearer(token), writing) == []
    # This picture is for everyone who can log in.
    assert heard(bearer(by["writer"]), writing, rightly=f"{CANARY}-plaatje") == []
    assert DRAFT in bearer(by["writer"]).get("/api/v3-preview/pages/").content.decode()
    assert heard(bearer(by["editor"]), writing, PERSONAL) == []
    assert heard(bearer(by["editor"]), [f"/api/v3-preview/pages/{hidden[0].pk}/"])  # their right


def test_no_kind_of_token_hears_more_than_its_right_of_one_page(stage, settings):
    hidden, token = stage

    hear_all(settings, hidden[-1:], token)


@pytest.mark.judge
def test_no_kind_of_token_hears_more_than_its_right(stage, settings):
    hear_all(settings, *stage)


def test_nothing_changes_without_a_right(stage):
    hidden, token = stage
    _, of_writer = APIToken.create_token(user=make_writer(), name="Schrijver")
    before = list(Page.objects.order_by("pk").values())
    asked = [address for address in addresses(hidden[-1:], token) if "/v3-preview/" in address]
    asked.remove("/api/v3-preview/openapi.json")  # answers any method alike

    for client in (Client(raise_request_exception=False), bearer(of_writer)):
        for address in asked:
            for method in ("post", "patch", "put", "delete"):
                data = {"title": "Gekaapt", "meta": {"action": "publish"}}
                response = getattr(client, method)(address, data, content_type="application/json")
                assert response.status_code in range(400, 500), (method, address)

    assert list(Page.objects.order_by("pk").values()) == before
