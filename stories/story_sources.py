"""
Stories that live elsewhere: reading a page or a feed, and making drafts of what it says.

No picture comes along. A page or a feed says where a picture is, not who made it and what it
shows, and without those it cannot go online: an editor adds one with its maker.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import feedparser
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import connection, transaction
from django.utils.text import Truncator, slugify
from wagtail.coreutils import find_available_slug

from publications.web import fetch
from stories.models import ImportedStory, StoryIndexPage, StoryPage

MAX_INTRO_WORDS = 80
NEW_STORY = 0x6B70_57A1  # a lock; any number that nothing else in this database uses
MAX_FEED_BYTES = 5_000_000
FEED_TYPES = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
is_address = URLValidator(schemes=["http", "https"])


class Unusable(ValueError):
    """What was read is of no use. The message says why, in English, for a report."""


@dataclass(frozen=True)
class StoryCard:
    """What another site tells of one story, as plain text. `entry_id` is its id in a feed."""

    title: str
    intro: str
    address: str
    entry_id: str = ""


def plain(html: str, length: int | None = None) -> str:
    """Return HTML, or a text, as one line of text without marks that a database refuses."""
    text = " ".join(BeautifulSoup(html or "", "html.parser").get_text(" ").split())
    return text.replace("\x00", "")[:length]


def read_page(address: str) -> StoryCard:
    """
    Return what the page at `address` says of itself, for search engines and other sites.

    Raise NotReached when there is no page there, and Unusable when it has no title.
    """
    reply = fetch(address, accept="text/html")
    if reply.status != 200:
        raise Unusable(f"Status {reply.status} at {reply.address}")
    page = BeautifulSoup(reply.body, "html.parser", from_encoding=reply.charset or None)
    title = said_in(page, "og:title") or plain(page.title and page.title.get_text())
    if not title:
        raise Unusable(f"No title at {reply.address}")
    intro = said_in(page, "og:description") or said_in(page, "description")
    return StoryCard(title[:255], shortened(intro), canonical_of(page, reply.address))


def said_in(page: BeautifulSoup, name: str) -> str:
    """Return what a page says in its <meta> with this name or property."""
    meta = page.find("meta", attrs={"property": name}) or page.find("meta", attrs={"name": name})
    return plain(meta.get("content", "")) if meta else ""


def canonical_of(page: BeautifulSoup, address: str) -> str:
    """Return the address that a page gives as its own, if that is on the same site."""
    link = page.find("link", rel="canonical", href=True)
    canonical = urljoin(address, link["href"].strip()) if link else address
    is_own = urlsplit(canonical).netloc == urlsplit(address).netloc
    return canonical if is_own and is_web_address(canonical) else address


def shortened(text: str) -> str:
    return Truncator(text).words(MAX_INTRO_WORDS, truncate=" …")


def is_web_address(text: str) -> bool:
    try:
        is_address(text)
    except (ValidationError, ValueError):
        return False
    return len(text) <= StoryPage._meta.get_field("canonical_url").max_length


def read_feed(source: str) -> list[dict]:
    """
    Return the entries of an RSS or Atom feed, as feedparser gives them, from an address or a file.

    Raise NotReached, OSError, or Unusable when it is not a feed.
    """
    if "://" in source:
        reply = fetch(source, accept=FEED_TYPES, max_bytes=MAX_FEED_BYTES, timeout=30)
        if reply.status != 200:
            raise Unusable(f"Status {reply.status} at {reply.address}")
        body, headers = reply.body, {"content-location": reply.address}
        headers["content-type"] = reply.headers.get("content-type", "")
    else:
        body, headers = Path(source).read_bytes(), {}
    feed = feedparser.parse(BytesIO(body), response_headers=headers)
    if not feed.version:
        raise Unusable(f"{source} is not an RSS or Atom feed")
    return feed.entries


def card_of(entry: dict) -> StoryCard:
    """Return what a feed tells of one story. Raise Unusable when it lacks a title or a link."""
    title, address = plain(entry.get("title"), 255), entry.get("link", "").strip()
    if not title:
        raise Unusable(f"no title: {address or 'no link either'}")
    if not is_web_address(address):
        raise Unusable(f"no web address: {title}")
    intro = plain(entry.get("summary")) or title
    entry_id = entry.get("id") or address
    if ":" not in entry_id:  # a number, which another site may use too
        entry_id = f"{urlsplit(address).hostname} {entry_id}"
    if len(entry_id) > 1000:
        entry_id = hashlib.sha256(entry_id.encode(errors="replace")).hexdigest()
    return StoryCard(title, shortened(intro), address, entry_id.replace("\x00", ""))


def story_at(address: str) -> StoryPage | None:
    """Return the story that we have of this address already, draft or not."""
    same = [address.rstrip("/"), address.rstrip("/") + "/"]
    return StoryPage.objects.filter(canonical_url__in=same).first()


def make_draft(card: StoryCard, index: StoryIndexPage, user=None) -> StoryPage:
    """Make a draft of a story that lives elsewhere. Its address there becomes its canonical one."""
    slug = slugify(card.title, allow_unicode=True)
    story = StoryPage(
        title=card.title,
        slug="" if slug else find_available_slug(index, "verhaal"),
        intro=card.intro,
        canonical_url=card.address,
        owner=user,
        live=False,
        has_unpublished_changes=True,
    )
    index.add_child(instance=story)
    story.save_revision(user=user, log_action=True)
    return story


@transaction.atomic
def find_or_draft(card: StoryCard, index: StoryIndexPage, user=None) -> tuple[StoryPage, bool]:
    """
    Return the story at the address of `card`, and whether it was made now. Who asks at the same
    moment waits for the other, so that an address gets one story.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NEW_STORY])
    existing = story_at(card.address)
    return existing or make_draft(card, index, user), existing is None


def import_entries(entries: list[dict], index: StoryIndexPage) -> Iterator[tuple[str, str]]:
    """
    Make a draft of each entry that never came before. Yield per entry what became of it ("new",
    "known" or "skipped") and its title, or why it was skipped.

    What comes is remembered by the entry's own id, so a story that was renamed, moved, published
    or thrown away does not come twice. Each entry is a transaction: a run that is cut short can
    be done over.
    """
    for entry in entries:
        try:
            card = card_of(entry)
        except Unusable as reason:
            yield "skipped", str(reason)
            continue
        is_new = False
        try:
            with transaction.atomic():
                record, never_came = ImportedStory.objects.get_or_create(entry_id=card.entry_id)
                if never_came:
                    record.story, is_new = find_or_draft(card, index)
                    record.save()
        except ValidationError as fault:
            yield "skipped", f"not valid: {card.title}: {' '.join(fault.messages)}"
            continue
        yield ("new" if is_new else "known"), card.title
