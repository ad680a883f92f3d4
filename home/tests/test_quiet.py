"""What the site says to programs about itself, and that it brings nothing from elsewhere."""

import hashlib
import json
from datetime import datetime, timedelta
from io import BytesIO, StringIO

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image
from wagtail.embeds.embeds import get_embed_hash
from wagtail.embeds.models import Embed

from home.models import StandardPage
from publications.tests.factories import make_pillar_page, make_publication, make_term, site_root

pytestmark = pytest.mark.django_db


def test_security_txt_says_what_the_rfc_wants(client, settings):
    settings.BASE_URL = "https://kennisplein.example"
    settings.SECURITY_CONTACT = ["mailto:veilig@kennisplein.example", "https://buurt.example/meld"]
    settings.SECURITY_TXT_EXPIRES = timezone.localdate() + timedelta(days=300)

    response = client.get("/.well-known/security.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = [line.partition(": ") for line in response.content.decode().splitlines()]
    assert [value for name, _, value in lines if name == "Contact"] == settings.SECURITY_CONTACT
    fields = {name: value for name, _, value in lines if name != "Contact"}
    assert fields["Canonical"] == "https://kennisplein.example/.well-known/security.txt"
    assert fields["Preferred-Languages"] == "nl, en"
    ends = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=300) <= ends - timezone.now() < timedelta(days=302)
    assert client.post("/.well-known/security.txt").status_code == 405


@pytest.mark.parametrize(
    ("days", "words"),
    [(300, ""), (20, "expires in 20 days"), (-1, "has expired"), (500, "for over a year")],
)
def test_check_warns_before_security_txt_expires(settings, days, words):
    settings.SECURITY_TXT_EXPIRES = timezone.localdate() + timedelta(days=days)
    settings.SECURITY_CONTACT = ["mailto:veilig@kennisplein.example"]
    said = StringIO()

    call_command("check", stderr=said)

    assert words in said.getvalue()
    assert ("security.txt" in said.getvalue()) == bool(words)


def test_check_refuses_a_contact_that_is_no_address(settings):
    settings.SECURITY_CONTACT = ["veilig@kennisplein.example"]

    with pytest.raises(CommandError, match="SECURITY_CONTACT is not an address"):
        call_command("check")


def test_manifest_and_icons_are_there(client, settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True

    head = BeautifulSoup(client.get("/leeslijst/").content, "html.parser").head
    manifest = client.get(head.find("link", rel="manifest")["href"])

    assert manifest["Content-Type"] == "application/manifest+json"
    for icon in json.loads(b"".join(manifest.streaming_content))["icons"]:
        response = client.get(f"/static/{icon['src']}")
        assert response["Content-Type"] == icon["type"]
        if icon["sizes"] != "any":
            picture = Image.open(BytesIO(b"".join(response.streaming_content)))
            assert "x".join(map(str, picture.size)) == icon["sizes"]
    assert client.get("/favicon.ico", follow=True)["Content-Type"] == "image/png"


def shared_picture(client, page) -> str:
    soup = BeautifulSoup(client.get(page.get_url()).content, "html.parser")
    return soup.find("meta", property="og:image")["content"]


def test_every_pillar_has_a_picture_of_its_own_to_share(client, settings):
    settings.BASE_URL = "https://kennisplein.example"
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    seen = set()
    for slug in (
        "sociaaleconomische-zekerheid",
        "sociale-inclusie",
        "sociale-cohesie",
        "sociale-empowerment",
    ):
        pillar = make_term(slug=slug)
        address = shared_picture(client, make_publication(pillars=[pillar]))
        name = address.removeprefix("https://kennisplein.example")
        content = b"".join(client.get(name).streaming_content)
        assert Image.open(BytesIO(content)).size == (1200, 630)
        seen.add(hashlib.sha256(content).hexdigest())
        page = make_pillar_page(slug=slug)
        assert shared_picture(client, page) == address

    assert len(seen) == 4
    other = make_publication(pillars=[make_term(slug="een-nieuwe-pijler")])
    assert shared_picture(client, other) == "https://kennisplein.example/static/img/share.png"


def test_embed_is_a_link_without_anything_from_elsewhere(client):
    address = "https://video.example/bankje"
    Embed.objects.create(
        url=address,
        hash=get_embed_hash(address),
        type="video",
        title="Het bankje",
        provider_name="Video",
        html='<iframe src="https://video.example/e" style="border:0"></iframe>',
        width=16,
        height=9,
    )
    body = f'<p>Kijk:</p><embed embedtype="media" url="{address}"/>'
    page = StandardPage(title="Film", slug="film", body=body)
    site_root().add_child(instance=page)

    soup = BeautifulSoup(client.get(page.get_url()).content, "html.parser").main

    assert soup.find("a", href=address).get_text(" ", strip=True) == "Bekijk ‘Het bankje’ Video"
    assert soup.find(["iframe", "script"]) is None
    assert soup.find(style=True) is None


@pytest.mark.parametrize("address", ["/open-data/", "/leeslijst/"])
def test_page_that_is_no_page_of_wagtail_has_one_address(client, settings, address):
    settings.BASE_URL = "https://kennisplein.example"

    soup = BeautifulSoup(client.get(f"{address}?utm=x").content, "html.parser")

    assert soup.find("link", rel="canonical")["href"] == f"https://kennisplein.example{address}"


def test_sign_in_is_ours_in_dutch_and_helps_a_password_manager(client):
    soup = BeautifulSoup(client.get("/admin/login/").content, "html.parser")

    assert soup.title.get_text(strip=True) == "Inloggen - Kennisplein"
    assert soup.h1.get_text(strip=True) == "Inloggen op het Kennisplein"
    assert soup.find("label", attrs={"for": "id_password"}).get_text(" ", strip=True) == (
        "Wachtwoord *"
    )
    assert soup.find(id="id_username")["autocomplete"] == "username"
    assert soup.find(id="id_password")["autocomplete"] == "current-password"
    assert "agtail" not in soup.main.get_text()
