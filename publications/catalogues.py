"""Descriptions from open catalogues: Crossref for a DOI, Open Library for an ISBN."""

import json
from urllib.parse import quote

from django.conf import settings

from publications.found import (
    Found,
    clean_authors,
    clean_summary,
    clean_text,
    clean_title,
    date_in,
    full_name,
    language_from,
    licence_from,
    number_in,
)
from publications.identifiers import isbn_from
from publications.web import NotReached, Reply, fetch
from publications.web_page import volume_of

MAX_BYTES = 1_000_000
SECONDS = 8
MAX_BOOK_AUTHORS = 3  # each is one more request


def from_crossref(doi: str) -> Found:
    """Return what Crossref knows of `doi`, empty when it does not know it. Raises NotReached."""
    reply = fetch(
        f"{settings.CROSSREF_API}/works/{quote(doi, safe='')}",
        accept="application/json",
        max_bytes=MAX_BYTES,
        timeout=SECONDS,
    )
    work = json_of(reply).get("message")
    if not isinstance(work, dict):
        return Found()
    names = [
        full_name(one.get("given") or "", one.get("family") or one.get("name") or "")
        for one in dictionaries(work.get("author") or work.get("editor"))
    ]
    year, month, day = date_of(work)
    journal = first_of(work.get("container-title"))
    is_article = work.get("type") in ("journal-article", "proceedings-article")
    licences = [one.get("URL") for one in dictionaries(work.get("license"))]
    return Found(
        source="Crossref",
        title=clean_title(first_of(work.get("title"))),
        subtitle=clean_text(first_of(work.get("subtitle"))),
        authors=clean_authors(names),
        organisation=clean_text(work.get("publisher")),
        journal=clean_text(journal) if is_article else "",
        volume=volume_of(work.get("volume"), work.get("issue")),
        page_range=clean_text(work.get("page"), 50).replace("-", "–"),
        year=year,
        month=month,
        day=day,
        language=language_from(work.get("language")),
        summary=clean_summary(work.get("abstract")),
        doi=doi,
        isbn=isbn_from(first_of(work.get("ISBN"))),
        source_url=f"https://doi.org/{doi}",
        licence=next(filter(None, map(licence_from, licences)), ""),
    )


def date_of(work: dict):
    for name in ("published", "issued", "published-print", "published-online"):
        parts = work.get(name)
        parts = parts.get("date-parts") if isinstance(parts, dict) else None
        parts = parts[0] if isinstance(parts, list) and parts else []
        if isinstance(parts, list) and parts and all(isinstance(part, int) for part in parts):
            return date_in("-".join(f"{part:02}" for part in parts))
    return None, None, None


def from_open_library(isbn: str) -> Found:
    """Return what Open Library knows of `isbn`, empty when it does not. Raises NotReached."""
    reply = fetch(
        f"{settings.OPEN_LIBRARY}/isbn/{isbn}.json",
        accept="application/json",
        max_bytes=MAX_BYTES,
        timeout=SECONDS,
    )
    book = json_of(reply)
    if not book.get("title"):
        return Found()
    year, month, day = date_in(book.get("publish_date"))
    languages = [one.get("key") or "" for one in dictionaries(book.get("languages"))]
    return Found(
        source="Open Library",
        title=clean_title(book["title"]),
        subtitle=clean_text(book.get("subtitle")),
        authors=clean_authors(book_authors(book)),
        organisation=clean_text(first_of(book.get("publishers"))),
        year=year,
        month=month,
        day=day,
        language=language_from(str(languages[0]).rpartition("/")[2]) if languages else "",
        page_count=number_in(book.get("number_of_pages")),
        isbn=isbn,
    )


def book_authors(book: dict) -> list[str]:
    names = []
    for author in dictionaries(book.get("authors"))[:MAX_BOOK_AUTHORS]:
        key = str(author.get("key") or "")
        if not key.startswith("/authors/"):
            continue
        try:
            reply = fetch(
                f"{settings.OPEN_LIBRARY}{quote(key)}.json", max_bytes=MAX_BYTES, timeout=3
            )
            names.append(json_of(reply).get("name") or "")
        except NotReached:
            break  # the book itself is worth more than its authors
    return names or [book.get("by_statement") or ""]


def json_of(reply: Reply) -> dict:
    """Return the JSON object in `reply`; {} when the catalogue does not know. Raises NotReached."""
    if reply.status == 404:
        return {}
    if reply.status != 200:
        raise NotReached("connection", f"Status {reply.status} from {reply.address}")
    try:
        data = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise NotReached("answer", f"No JSON from {reply.address}: {error}") from error
    return data if isinstance(data, dict) else {}


def dictionaries(value) -> list[dict]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def first_of(value) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""
