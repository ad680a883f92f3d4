"""Find out about a publication from what somebody has of it: a DOI, ISBN, address or file."""

import io
import re
from contextlib import contextmanager
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from publications.catalogues import from_crossref, from_open_library
from publications.documents import DocumentFault, check_document, read_properties
from publications.found import (
    Found,
    authors_in,
    clean_summary,
    clean_text,
    clean_title,
    date_in,
    language_from,
    licence_from,
    number_in,
)
from publications.identifiers import doi_from, doi_in, isbn_from, isbn_in
from publications.web import NotReached, fetch
from publications.web_page import read_page

BARE_ADDRESS = re.compile(r"^[\w.-]+\.[a-z]{2,}(/\S*)?$", re.IGNORECASE)
HTML = ("text/html", "application/xhtml+xml", "")

BUSY = "Er wordt net heel veel opgezocht. Vul het zelf in, of probeer het zo nog eens."
LOOKUP_LOCK = 0x4B50  # of PostgreSQL's advisory locks; the second number is the slot


class NothingFound(Exception):
    """There is nothing to fill in. The message says why and what to do, in Dutch."""


@contextmanager
def lookup_slot():
    """
    Give whether there is room for one more look-up, in all processes together.

    A look-up waits for other servers, and somebody who makes many of those slow must not keep
    every process busy. The lock goes when its connection goes, so a crash leaves none behind.
    """
    slot = None
    with connection.cursor() as cursor:
        for number in range(settings.LOOKUPS_AT_ONCE):
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOOKUP_LOCK, number])
            if cursor.fetchone()[0]:
                slot = number
                break
    try:
        yield slot is not None
    finally:
        if slot is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOOKUP_LOCK, slot])


def look_up(text: str) -> Found:
    """
    Return what can be found out about the DOI, ISBN or web address in `text`.

    Asks other servers (see README), so count who does. Raises NothingFound.
    """
    text = text.strip()
    try:
        if doi := doi_from(text):
            found = from_crossref(doi) or from_address(f"{settings.DOI_RESOLVER}/{quote(doi)}")
            found.doi = doi
        elif isbn := isbn_from(text):
            found = from_open_library(isbn)
        elif address := address_from(text):
            found = from_address(address)
        else:
            raise NothingFound("Dit is geen DOI, ISBN of webadres. Vul het zelf in.")
    except NotReached as reason:
        raise NothingFound(f"{reason} Vul het zelf in.") from reason
    if not found.title:
        raise NothingFound("We vonden hier geen gegevens van een publicatie. Vul het zelf in.")
    return found


def address_from(text: str) -> str:
    if re.match(r"https?://\S+$", text, re.IGNORECASE):
        return text
    return f"https://{text}" if BARE_ADDRESS.match(text) else ""


def from_address(address: str) -> Found:
    """Return what the page or the document at `address` says of itself. Raises NotReached."""
    reply = fetch(
        address,
        accept="text/html, application/pdf;q=0.9, */*;q=0.1",
        max_bytes=settings.CONTRIBUTION_MAX_FILE_BYTES,
    )
    if reply.status != 200:
        raise NotReached("connection", f"Status {reply.status} from {reply.address}")
    if reply.body.startswith(b"%PDF-"):
        found, _ = look_into(io.BytesIO(reply.body), "bestand.pdf")
        found.source, found.source_url = "het bestand achter de link", address
        return found
    if reply.content_type not in HTML:
        return Found()
    return read_page(reply.body, reply.address, reply.charset)


def look_into(file, name: str) -> tuple[Found, list[str]]:
    """
    Return what a document says of the publication, and in Dutch what else is in it.

    Works on this machine only, in a limited child process, and keeps nothing. Raises NothingFound
    for a file that we do not take.
    """
    try:
        check_document(file, name)
    except DocumentFault as fault:
        raise NothingFound(str(fault)) from fault
    said = read_properties(file, name)
    text = said.get("text", "")
    year, month, day = date_in(said.get("date"))
    printed = year_on_page(text, year)
    found = Found(
        source="je bestand",
        title=clean_title(said.get("title")) or clean_title(said.get("headline")),
        authors=[one for names in said.get("authors", []) for one in authors_in(names)],
        organisation=clean_text(said.get("publisher") or said.get("company")),
        year=printed or year,
        month=month if printed in (None, year) else None,
        day=day if printed in (None, year) else None,
        language=language_from(said.get("language")),
        page_count=number_in(said.get("page_count")),
        summary=clean_summary(said.get("description")),
        doi=doi_in(text),
        isbn=isbn_in(text) or isbn_from(clean_text(said.get("identifier"))),
        licence=licence_from(text),
    )
    return found, contents_in_words(said)


def year_on_page(text: str, made: int | None) -> int | None:
    """Return the year that stands on the first page, when it is about when the file was made."""
    years = [int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text[:3000])]
    near = [year for year in years if made and 0 <= made - year <= 2]
    return max(near, default=None)


def contents_in_words(said: dict) -> list[str]:
    """Return what people may not know that their file tells, one Dutch phrase for each."""
    phrases = []
    authors = [clean_text(name, 100) for name in said.get("authors", [])]
    for label, values in (
        ("auteur", authors),
        ("laatst gewijzigd door", [clean_text(said.get("last_modified_by"), 100)]),
        ("organisatie", [clean_text(said.get("company"), 100)]),
        ("titel", [clean_text(said.get("title"), 150)]),
        ("beschrijving", [clean_text(said.get("description"), 150)]),
        ("een plek op een computer", [place_on_disk(said)]),
        ("bijlage", [clean_text(name, 100) for name in said.get("attachments", [])]),
    ):
        values = list(dict.fromkeys(value for value in values if value))
        if values:
            phrases.append(f"{label}: {', '.join(values)}")
    for name, one, more in (
        ("comments", "1 opmerking in de kantlijn", "{} opmerkingen in de kantlijn"),
        ("changes", "1 bijgehouden wijziging", "{} bijgehouden wijzigingen"),
        (
            "places",
            "1 foto die zegt waar hij is gemaakt",
            "{} foto’s die zeggen waar ze zijn gemaakt",
        ),
    ):
        count = said.get(name, 0)
        if count:
            phrases.append(one if count == 1 else more.format(count))
    return phrases


def place_on_disk(said: dict) -> str:
    """Return a path such as C:\\Users\\jan\\… that a program left in the properties, or nothing."""
    for name in ("template", "title", "description"):
        text = clean_text(said.get(name), 200)
        if re.search(r"^(file:|[A-Za-z]:\\|\\\\|/Users/|/home/)", text):
            return text
    return ""
