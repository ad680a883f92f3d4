"""
Looking whether the links of publications still lead somewhere.

Politely: one address at a time, a pause for each host, HEAD and only if that fails GET, of which
no body is read, and a DOI at its resolver only. One failure says nothing: a link is dead after
three on different days, over at least a week.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from publications.duplicates import normal_address
from publications.identifiers import doi_from
from publications.models.audit import (
    DEAD_AFTER,
    DEAD_AFTER_FAILURES,
    LinkCheck,
    LinkState,
)
from publications.models.publication import PublicationPage
from publications.web import MAX_ADDRESS_LENGTH, NotReached, fetch

logger = logging.getLogger(__name__)

DOI_PAGES = "https://doi.org/"
PERMANENT = {301, 308}
# What says that the server lets no program in, or not now: nothing about the page itself.
NOT_FOR_PROGRAMS = {401, 402, 403, 405, 406, 407, 408, 421, 425, 426, 429, 451, 501}
# Some servers understand HEAD so badly that only GET tells.
GET_MAY_HELP = {"answer", "connection", "timeout"}
# What a cut cable on our own side looks like as well.
PERHAPS_OURS = {"name", "connection", "timeout"}
HOSTS_TO_BLAME_OURSELVES = 3
ONCE_A_DAY = timedelta(hours=20)
ONCE_A_WEEK = timedelta(days=6, hours=12)


@dataclass(frozen=True)
class Outcome:
    state: LinkState
    detail: str = ""  # in an editor's words
    moved_to: str = ""
    perhaps_ours: bool = False  # it may be our own network that failed


def addresses_of(source_url: str, doi: str) -> list[str]:
    """Return the addresses to check of a publication; a DOI is one at doi.org, whoever wrote it."""
    dois = [doi_from(doi or ""), doi_from(source_url)]
    addresses = [DOI_PAGES + found for found in dois if found]
    if source_url and not dois[1]:
        addresses.append(source_url)
    unique = {}
    for address in addresses:
        unique.setdefault(address.lower() if doi_from(address) else address, address)
    return list(unique.values())


def look_at(address: str) -> Outcome:
    """Return how it is with one address now. Never raises for what the web answers."""
    doi = doi_from(address)
    if doi:
        address = f"{settings.DOI_RESOLVER}/{quote(doi)}"
    try:
        reply = answer_of(address, follow=not doi)
    except NotReached as failure:
        return Outcome(LinkState.FAILING, str(failure), "", failure.reason in PERHAPS_OURS)
    if reply.status in NOT_FOR_PROGRAMS:
        return Outcome(LinkState.UNKNOWN, f"De site laat onze controle niet toe ({reply.status}).")
    if reply.status >= 400:
        return Outcome(LinkState.FAILING, f"De site antwoordt met fout {reply.status}.")
    moved_to = "" if doi else moved(address, reply.led_by)
    if moved_to:
        return Outcome(LinkState.MOVED, f"Staat nu op {moved_to}"[:200], moved_to)
    return Outcome(LinkState.GOOD)


def answer_of(address: str, *, follow: bool):
    options = {"timeout": settings.AUDIT_LINK_SECONDS, "follow": follow, "max_bytes": None}
    try:
        reply = fetch(address, method="HEAD", **options)
        if reply.status < 400:
            return reply
    except NotReached as failure:
        if failure.reason not in GET_MAY_HELP:
            raise
    return fetch(address, **options)


def moved(address: str, led_by: Iterable[tuple[int, str]]) -> str:
    """
    Return where an address has gone for good: as far as the redirects that say so lead. Nothing
    when that is only another way to write the same, such as with https or a slash.
    """
    new = ""
    for status, where in led_by:
        if status not in PERMANENT:
            break
        new = where
    return new[:MAX_ADDRESS_LENGTH] if normal_address(new) != normal_address(address) else ""


def bring_rows_up_to_date(publications=None) -> None:
    """Keep one row for each address of these publications: of all live ones, if none are given."""
    if publications is None:
        publications = PublicationPage.objects.live()
        LinkCheck.objects.exclude(publication__in=publications).delete()
    wanted = {
        (pk, address)
        for pk, source_url, doi in publications.values_list("pk", "source_url", "doi")
        for address in addresses_of(source_url, doi)
    }
    rows = LinkCheck.objects.filter(publication__in=publications)
    there = {(page, address): pk for pk, page, address in rows.values_list(*ROW)}
    LinkCheck.objects.filter(pk__in=[there[key] for key in there.keys() - wanted]).delete()
    LinkCheck.objects.bulk_create(
        (
            LinkCheck(publication_id=pk, address=address)
            for pk, address in sorted(wanted - there.keys())
        ),
        ignore_conflicts=True,
    )


ROW = ("pk", "publication_id", "address")


def due(now: datetime):
    """Return the links whose turn it is, the longest waiting first: failing ones each night."""
    is_due = Q(checked_at=None) | Q(checked_at__lt=now - ONCE_A_WEEK)
    is_due |= Q(state=LinkState.FAILING, checked_at__lt=now - ONCE_A_DAY)
    return LinkCheck.objects.filter(is_due).order_by("checked_at", "pk")


def check(links: Iterable[LinkCheck]) -> int:
    """
    Look at these links and keep what came of it. Return how many were looked at.

    When nothing at all answers, on several hosts, nor does the resolver of DOIs, it is our own
    network: then nothing is kept, and no other link is asked.
    """
    free_at: dict[str, float] = {}
    held_back = []
    something_answers = False
    links = by_turns(links)
    for link in links:
        host = host_of(link.address)
        time.sleep(max(0, free_at.get(host, 0) - time.monotonic()))
        outcome = look_at(link.address)
        free_at[host] = time.monotonic() + settings.AUDIT_HOST_PAUSE_SECONDS
        if outcome.perhaps_ours and not something_answers:
            held_back.append((link, outcome))
            hosts = {host_of(one.address) for one, _ in held_back}
            if len(hosts) < HOSTS_TO_BLAME_OURSELVES:
                continue
            if not is_online():
                logger.error("No link on %s hosts answered: is this server online?", len(hosts))
                return 0
            something_answers = True
            continue
        something_answers = True
        note(link, outcome)
    for link, outcome in held_back:
        note(link, outcome)
    return len(links)


def is_online() -> bool:
    """Tell whether the resolver of DOIs says anything: that is hardly ever down."""
    return not look_at(settings.DOI_RESOLVER).perhaps_ours


def by_turns(links: Iterable[LinkCheck]) -> list[LinkCheck]:
    """Put the links of one host far apart, so that its pause costs no time."""
    earlier = Counter()
    turns = []
    for link in links:
        host = host_of(link.address)
        turns.append((earlier[host], link))
        earlier[host] += 1
    return [link for _, link in sorted(turns, key=lambda turn: turn[0])]


def host_of(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def note(link: LinkCheck, outcome: Outcome) -> None:
    """Keep the outcome. A failure counts once a day, however often somebody looks."""
    now = timezone.now()
    facts = {
        "state": outcome.state,
        "detail": outcome.detail,
        "moved_to": outcome.moved_to,
        "checked_at": now,
        "failures": 0,
        "first_failed_at": None,
        "last_failed_at": None,
    }
    if outcome.state == LinkState.FAILING:
        is_new_day = not link.last_failed_at or now - link.last_failed_at >= ONCE_A_DAY
        facts["first_failed_at"] = link.first_failed_at or now
        facts["last_failed_at"] = now if is_new_day else link.last_failed_at
        facts["failures"] = link.failures + is_new_day
        is_long_ago = now - facts["first_failed_at"] >= DEAD_AFTER
        if facts["failures"] >= DEAD_AFTER_FAILURES and is_long_ago:
            facts["state"] = LinkState.DEAD
    LinkCheck.objects.filter(pk=link.pk).update(**facts)  # it may have gone meanwhile
