"""The headers that keep a page from doing harm, on every route there is."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from wagtail.contrib.redirects.models import Redirect

from forms.tests.factories import contribute, make_editor, make_form_page
from home.models import StandardPage
from publications.tests.factories import (
    make_document,
    make_pillar_page,
    make_publication,
    site_root,
)
from stories.tests.factories import make_article, make_story, make_tip

pytestmark = pytest.mark.django_db

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


def policy(response) -> dict[str, list[str]]:
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {name: sources for name, *sources in parts}


def make_public_routes(client) -> dict[str, int]:
    """Make one of everything. Return addresses with the status that an anonymous visitor gets."""
    document = make_document()
    page = make_publication(document=document)
    hidden = make_document(right_to_share="geen")
    draft = make_publication(live=False)
    reading = [make_story(), make_article(), make_tip(), make_pillar_page()]
    standard = StandardPage(title="Over", slug="over", body="<p>x</p>")
    site_root().add_child(instance=standard)
    make_form_page()
    _, status_url = contribute(client)
    Redirect.objects.create(old_path="/vroeger", redirect_page=page)
    pages = [page, *reading, standard, *(p.get_parent() for p in reading[:3])]
    return {
        **{p.get_url(): 200 for p in pages},
        "/bibliotheek/?q=<script>&pijler=x": 200,
        "/voeg-kennis-toe/": 200,
        "/voeg-kennis-toe/?deur=tip": 200,
        status_url: 200,
        "/bijdragen/onbekend/": 404,
        document.url: 200,
        hidden.url: 404,
        draft.url_path.replace("/home", "", 1): 404,
        "/api/v2/pages/": 200,
        f"/api/v2/pages/{page.pk}/": 200,
        "/api/v2/pages/0/": 404,
        "/api/v2/images/": 200,
        "/bibliotheek/feed/": 200,
        "/oai": 200,
        f"{page.get_url()}citeer/ris/": 200,
        "/sitemap.xml": 200,
        "/robots.txt": 200,
        "/leeslijst/": 200,
        "/.well-known/security.txt": 200,
        "/static/css/base.css": 200,
        "/static/bestaat-niet.css": 404,
        "/media/bestaat-niet.png": 404,
        "/bestaat-niet/": 404,
        page.get_url().rstrip("/"): 301,
        "/vroeger/": 301,
    }


@pytest.fixture
def with_static_files(settings):
    """Serve static files as in production, straight from where they lie."""
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_AUTOREFRESH = True


def test_every_public_route_is_strict(client, with_static_files):
    routes = make_public_routes(Client())

    found = {address: client.get(address) for address in routes}

    assert {address: response.status_code for address, response in found.items()} == routes
    for address, response in found.items():
        headers = {name: response[name] for name in EVERYWHERE}
        assert headers == EVERYWHERE, address
        for feature in ("camera", "geolocation", "microphone", "payment", "usb"):
            assert f"{feature}=()" in response["Permissions-Policy"], address
        allowed = policy(response)
        if address.startswith("/documents/") and response.status_code == 200:
            assert allowed == {"default-src": ["'none'"]}
            continue
        assert allowed == {
            "default-src": ["'self'"],
            "img-src": ["'self'", "data:"],
            "object-src": ["'none'"],
            "base-uri": ["'self'"],
            "form-action": ["'self'"],
            "frame-ancestors": ["'self'"],
            "frame-src": ["'self'"],
        }, address
        if response["Content-Type"].startswith("text/html"):
            assert holds_nothing_inline_or_foreign(response.content.decode()), address
        if not address.startswith(("/voeg-kennis-toe/", "/bijdragen/")):
            assert not response.cookies, address


def holds_nothing_inline_or_foreign(html: str) -> bool:
    inline = (" style=", "<style", "<script>", " onclick=", " onload=", " onsubmit=")
    foreign = ('src="http', 'srcset="http', 'rel="stylesheet" href="http')
    return not any(sign in html for sign in (*inline, *foreign))


def test_refused_post_is_strict_too():
    make_form_page()

    response = Client(enforce_csrf_checks=True).post("/voeg-kennis-toe/", {})

    assert response.status_code == 403
    assert policy(response)["default-src"] == ["'self'"]
    assert "script-src" not in policy(response)


def admin_addresses() -> list[str]:
    """Return the address of every view of the admin, with a number where it wants one."""
    resolver = get_resolver()
    admin = next(part for part in resolver.url_patterns if str(part.pattern) == "admin/")
    return sorted({address for name in names_in(admin) if (address := address_of(name))})


def names_in(part, namespace="") -> list[str]:
    if not hasattr(part, "url_patterns"):
        return [f"{namespace}{part.name}"] if part.name else []
    inner = f"{namespace}{part.namespace}:" if part.namespace else namespace
    return [name for pattern in part.url_patterns for name in names_in(pattern, inner)]


def address_of(name: str) -> str:
    for arguments in ([], [1], [1, 1], ["publications", "publicationpage"]):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    return ""


def is_for_the_admin(response) -> bool:
    allowed = policy(response)
    return (
        allowed["script-src"] == allowed["style-src"] == ["'self'", "'unsafe-inline'"]
        and allowed["img-src"] == ["'self'", "data:", "blob:"]
        and allowed["default-src"] == ["'self'"]
        and allowed["frame-ancestors"] == allowed["frame-src"] == ["'self'"]
    )


def test_all_of_the_admin_has_its_own_policy(admin_client):
    make_publication()
    addresses = admin_addresses()
    for part in (
        "/admin/",
        "/admin/login/",
        "/admin/password_reset/",
        "/admin/publications/publicationpage/",
        "/admin/forms/contribution/",
        "/admin/bijdragen/1/",
        "/admin/snippets/publications/term/",
        "/admin/documents/",
        "/admin/images/",
    ):
        assert part in addresses
    assert len(addresses) > 200

    strict = []
    for address in addresses:
        if address not in ("/admin/logout/", "/admin/failwhale/"):
            response = admin_client.get(address)
            if not is_for_the_admin(response):
                strict.append((address, response.status_code))

    assert strict == []


def test_admin_has_its_policy_for_whoever_is_not_logged_in(client):
    for address in ("/admin/", "/admin/login/", "/admin/password_reset/", "/admin/pages/1/"):
        assert is_for_the_admin(client.get(address))
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/").status_code == 200


def test_editor_of_the_site_gets_the_review_under_the_policy(client):
    contribution, _ = contribute(client)
    client.force_login(make_editor())

    response = client.get(f"/admin/bijdragen/{contribution.pk}/")

    assert response.status_code == 200
    assert is_for_the_admin(response)
