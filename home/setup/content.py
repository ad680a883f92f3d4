"""The texts of `home/content/`, and how they become fields of pages."""

import json
import re
from functools import cache
from pathlib import Path

from publications.models import Term

from .records import find

FOLDER = Path(__file__).resolve().parent.parent / "content"
LINK = re.compile(r'<a href="([^"]+)">(.*?)</a>', re.DOTALL)
BLOCKS = {
    "heading": lambda block: block["text"],
    "text": lambda block: with_page_links(block["html"]),
    "quote": lambda block: {"quote": block["text"], "speaker": block["who"]},
    "works": lambda block: {name: block[name] for name in ("works", "fails")},
    "steps": lambda block: {name: block[name] for name in ("title", "steps")},
    "publication": lambda block: card(
        "publication", publication_named(block["publication"]), block["why"]
    ),
    "story": lambda block: card("page", find(f"example:story/{block['story']}"), block["why"]),
}


@cache
def content(name: str):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def terms(vocabulary: str, slugs) -> list[Term]:
    """Return what the slugs stand for today; a term that people deleted is left out."""
    return Term.objects.named(vocabulary, slugs)


def one_term(vocabulary: str, slug: str) -> Term | None:
    return next(iter(terms(vocabulary, [slug])), None)


def publication_named(slug: str):
    """Return a publication of the site or of the examples, or None when it is gone."""
    return find(f"page:bibliotheek/{slug}") or find(f"example:publication/{slug}")


def page_named(kind: str, slug: str):
    """Return a publication, or an example story or article, or None when it is gone."""
    return publication_named(slug) if kind == "publication" else find(f"example:{kind}/{slug}")


def with_page_links(html: str) -> str:
    """
    Turn links to our own pages into Wagtail's, which survive a move.

    A link to a publication that is not in the library becomes plain text; an address that is not
    a page stays as it is.
    """
    return LINK.sub(_page_link, html)


def _page_link(match: re.Match) -> str:
    address, text = match.groups()
    scheme, _, slug = address.partition(":")
    if scheme == "publication":
        page = publication_named(slug)
        return _link_to(page, text) if page else text
    page = find(f"page:{address.strip('/')}") if re.fullmatch(r"/[\w/-]+/", address) else None
    return _link_to(page, text) if page else match[0]


def _link_to(page, text: str) -> str:
    return f'<a linktype="page" id="{page.pk}">{text}</a>'


def body_of(blocks: list[dict]) -> list[tuple]:
    """Return the blocks of a story or article as its body takes them; no cards of what is gone."""
    body = [(block["type"], BLOCKS[block["type"]](block)) for block in blocks]
    return [block for block in body if block[1] is not None]


def card(end: str, page, why: str) -> dict | None:
    return {end: page, "why": why} if page else None
