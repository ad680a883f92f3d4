"""
Every way in which a visitor or a program could come across a publication.

`open_doors()` tries them all for one publication, as somebody who is not logged in, and returns the
names of those that lead to it. It goes by a Trail, which also works when the page itself has gone.
"""

from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.test import Client
from wagtail.models import Site

from forms.tests.factories import make_form_page
from publications.models import LibraryDocument, PublicationPage
from publications.tests.factories import make_pillar_page, make_publication

SECRET = "zwaluwnest"  # a word of the summary
IN_FILE = "heidebrem"  # a word of the document
PILLAR = "sociale-inclusie"
OWN = {
    "titel": "Vogels kijken met de buren",
    "samenvatting": f"Wie een {SECRET} ziet, belt bij de buren aan.",
    "pijlers": ["sociale-cohesie", PILLAR],
    "jaar": "1987",
}


@dataclass
class Trail:
    page_id: int
    path: str
    title: str
    document_id: int
    document_url: str
    cover: str


def trail(page) -> Trail:
    document = page.specific.document
    cover = f"omslag-{document.fingerprint[:24]}"
    return Trail(page.pk, page.get_url(), page.title, document.pk, document.url, cover)


def make_public_site() -> None:
    """Make a home page, a pillar page and a public publication, on which others can show up."""
    site = Site.objects.get(is_default_site=True)
    home = apps.get_model("home", "HomePage")(title="Kennisplein", slug="kennisplein")
    site.root_page.get_parent().add_child(instance=home)
    site.root_page = home
    site.save()
    make_pillar_page(slug=PILLAR)
    make_publication(title="Een andere publicatie", summary="Over iets anders.")
    make_form_page()


def open_doors(trail: Trail) -> set[str]:
    client = Client()

    def titles(path, **query) -> bool:
        hits = client.get(path, query).context["results"].hits
        return trail.title in [hit.title for hit in hits]

    def shows(path) -> bool:
        return trail.title in client.get(path).content.decode()

    def api(**query) -> bool:
        items = client.get("/api/v2/pages/", query).json()["items"]
        return trail.title in [item["title"] for item in items]

    def count(facet, value) -> bool:
        facets = client.get("/bibliotheek/").context["results"].facets
        options = next(f.options for f in facets if f.name == facet)
        return value in [option.value for option in options if option.count]

    neighbour = PublicationPage.objects.live().exclude(pk=trail.page_id).first()
    found = {
        "page": client.get(trail.path).status_code == 200,
        "library": titles("/bibliotheek/"),
        "search by title": titles("/bibliotheek/", q="vogels"),
        "search by summary": titles("/bibliotheek/", q=SECRET),
        "search by text of the document": titles("/bibliotheek/", q=IN_FILE),
        "filter": titles("/bibliotheek/", pijler=PILLAR),
        "count of a facet": count("pijler", PILLAR),
        "count of a year": count("jaar", "1987"),
        "feed": shows("/bibliotheek/feed/"),
        "sitemap": trail.path in client.get("/sitemap.xml").content.decode(),
        "api list": api(),
        "api of publications": api(type="publications.PublicationPage", fields="*"),
        "api search": api(search=SECRET),
        "api page": client.get(f"/api/v2/pages/{trail.page_id}/").status_code == 200,
        "api find": client.get("/api/v2/pages/find/", {"html_path": trail.path}).status_code == 302,
        "api images": trail.cover in client.get("/api/v2/images/?fields=*").content.decode(),
        "document": client.get(trail.document_url).status_code == 200,
        "text of the document": LibraryDocument.objects.exclude(page_texts=[])
        .filter(pk=trail.document_id)
        .exists(),
        "cover": any(Path(settings.MEDIA_ROOT).rglob(f"{trail.cover}*")),
        "related publication": shows(neighbour.get_url()),
        "pillar page": shows(f"/pijlers/{PILLAR}/"),
        "home page": shows("/"),
    }
    return {door for door, is_open in found.items() if is_open}


ALL_DOORS = {
    "page",
    "library",
    "search by title",
    "search by summary",
    "search by text of the document",
    "filter",
    "count of a facet",
    "count of a year",
    "feed",
    "sitemap",
    "api list",
    "api of publications",
    "api search",
    "api page",
    "api find",
    "api images",
    "document",
    "text of the document",
    "cover",
    "related publication",
    "pillar page",
    "home page",
}
