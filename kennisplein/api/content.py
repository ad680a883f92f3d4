"""
The text of a page as blocks that say what they are, with clean HTML.

What a text points to is told only while everyone may see it: a link to anything else loses its
address and keeps its words.
"""

import re

import nh3
from bs4 import BeautifulSoup
from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils.html import linebreaks

from kennisplein.api.cards import LARGE, picture, references
from publications.models import CreditedImage, LibraryDocument

TAGS = set("p h2 h3 h4 ul ol li a b strong i em br hr blockquote sup sub code".split())
LINKED = re.compile(r'<a\b[^>]*\blinktype="(page|document)"[^>]*>')
ID = re.compile(r'\bid="(\d{1,18})"')
CARDS = {
    "publication": ("publication", "publicatie"),
    "story": ("page", "verhaal"),
    "article": ("article", "artikel"),
}


class Content:
    """
    The blocks of one page. Everything that they point to is asked for at once: at most five
    queries, however long the text.
    """

    def __init__(self, raw=(), *texts: str, pages=()):
        """`raw` is a body as stored, `texts` the rich texts beside it, `pages` ids beside it."""
        self.raw = [block for block in raw if isinstance(block.get("value"), dict | str)]
        sources = list(texts)
        page_ids, image_ids = set(pages), set()
        for block in self.raw:
            value = block["value"]
            if block["type"] == "text":
                sources.append(value)
            elif block["type"] == "video":
                sources.append(value.get("transcript") or "")
                image_ids.add(_image_id(value.get("picture")))
            elif block["type"] == "picture":
                image_ids.add(_image_id(value.get("image")))
            elif block["type"] in CARDS:
                page_ids.add(value.get(CARDS[block["type"]][0]))
        linked = {"page": set(), "document": set()}
        for tag in LINKED.finditer(" ".join(sources)):
            if number := ID.search(tag.group()):
                linked[tag[1]].add(int(number[1]))
        self.pages = references(page_ids | linked["page"])
        self.documents = _documents(linked["document"])
        self.images = _images(image_ids)

    def html(self, source: str) -> str:
        """Return rich text as clean HTML: known tags, no attributes but whole addresses."""
        soup = BeautifulSoup(source, "html.parser")
        for link in soup.find_all("a"):
            address = self._address(link)
            if address:
                link.attrs = {"href": address}
            else:
                link.unwrap()
        return nh3.clean(str(soup), tags=TAGS, attributes={"a": {"href"}}, link_rel=None)

    def _address(self, link) -> str:
        number = link.get("id", "")
        number = int(number) if number.isascii() and number.isdigit() else 0
        if link.get("linktype") == "page":
            return self.pages.get(number, {}).get("adres", "")
        if link.get("linktype") == "document":
            return self.documents.get(number, "")
        address = link.get("href", "").strip()
        if address.startswith("/") and not address.startswith("//"):
            return settings.BASE_URL + address
        return address if re.match("(https?|mailto|tel):", address, re.IGNORECASE) else ""

    def blocks(self) -> list[dict]:
        found = [self._block(block["type"], block["value"]) for block in self.raw]
        return [block for block in found if block]

    def _block(self, kind: str, value) -> dict | None:
        if kind in CARDS:
            field, name = CARDS[kind]
            return self.card(name, value.get(field), value.get("why", ""))
        return BLOCKS[kind](self, value) if kind in BLOCKS else None

    def card(self, name: str, pk: int | None, why: str) -> dict | None:
        told = self.pages.get(pk)
        return told and {"type": name, "pagina": told, "waarom": why}

    def text(self, source: str) -> dict | None:
        html = self.html(source or "")
        return {"type": "tekst", "html": html} if html else None

    def shown_picture(self, value) -> dict | None:
        image = self.images.get(_image_id(value))
        if image is None:
            return None
        told = picture(image, LARGE)
        if isinstance(value, dict):  # the words that this page has for it
            told["tekst"] = "" if value.get("decorative") else value.get("alt_text") or ""
        return told

    def _picture(self, value) -> dict | None:
        shown = self.shown_picture(value.get("image"))
        caption = value.get("caption", "")
        return shown and {"type": "afbeelding", "afbeelding": shown, "bijschrift": caption}

    def _video(self, value) -> dict:
        return {
            "type": "video",
            "titel": value.get("title", ""),
            "adres": value.get("url", ""),
            "minuten": value.get("minutes"),
            "afbeelding": self.shown_picture(value.get("picture")),
            "uitgeschreven": self.html(value.get("transcript") or ""),
        }


def plain(text: str) -> dict | None:
    """Return a text that somebody typed without markup as a block."""
    html = linebreaks(text.strip(), autoescape=True) if text else ""
    return {"type": "tekst", "html": html} if html else None


def heading(text: str) -> dict | None:
    return {"type": "kop", "tekst": text} if text else None


def _steps(_content, value) -> dict:
    steps = [item for item in _items(value.get("steps")) if isinstance(item, dict)]
    rows = [{"titel": step.get("title", ""), "tekst": step.get("text", "")} for step in steps]
    return {"type": "stappen", "titel": value.get("title", ""), "stappen": rows}


BLOCKS = {
    "heading": lambda content, value: heading(value),
    "text": Content.text,
    "picture": Content._picture,
    "quote": lambda content, value: {
        "type": "citaat",
        "citaat": value.get("quote", ""),
        "spreker": value.get("speaker", ""),
    },
    "works": lambda content, value: {
        "type": "werkt",
        "werkt": _items(value.get("works")),
        "werktNiet": _items(value.get("fails")),
    },
    "steps": _steps,
    "video": Content._video,
}


def _items(value) -> list:
    """Return the values of a list block, however it was stored."""
    rows = value if isinstance(value, list) else []
    return [row["value"] if isinstance(row, dict) and "value" in row else row for row in rows]


def _image_id(value) -> int | None:
    return value.get("image") if isinstance(value, dict) else value


def _images(ids: set) -> dict[int, CreditedImage]:
    wanted = {pk for pk in ids if pk}
    if not wanted:
        return {}
    found = CreditedImage.objects.in_bulk(wanted)
    prefetch_related_objects(list(found.values()), "renditions")
    return found


def _documents(ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    released = LibraryDocument.objects.released().filter(pk__in=ids).defer("page_texts")
    return {document.pk: settings.BASE_URL + document.url for document in released}


def path_of(page, root) -> str:
    """Return where a page stands below the start page, as /paginas names it."""
    return page.url_path[len(root.url_path) :].strip("/")
