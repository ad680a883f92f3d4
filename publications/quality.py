"""
What is not as it should be with one publication: the rules of the quality audit, asked by the
nightly audit and by the editor's screen alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from publications.duplicates import all_duplicates, description_of
from publications.models.audit import FindingKind, LinkState

LOOK_AGAIN_AFTER = timedelta(days=3 * 365)


@dataclass(frozen=True)
class Fault:
    """One thing to mend. `subject` tells faults of one kind on one publication apart."""

    kind: FindingKind
    detail: str  # in an editor's words
    subject: str = ""


def faults_in_facts(
    *, summary, facilities, licence, cover, document, year, month=None, day=None
) -> list[Fault]:
    """Return what is wrong with these values, typed or saved. Asks nothing of the database."""
    rules = [
        (not (summary or "").strip(), FindingKind.NO_SUMMARY, "Schrijf de samenvatting."),
        (
            not facilities,
            FindingKind.NO_FACILITY,
            "Kies een voorziening, als het over een plek gaat: zo vinden lezers het.",
        ),
        (
            not licence,
            FindingKind.NO_LICENCE,
            "Kies de licentie. Weet je die niet? Kijk voorin of achterin het stuk.",
        ),
        (
            cover and not cover.description and not cover.is_decorative,
            FindingKind.NO_ALT,
            "Beschrijf de omslag in één zin, of kies ‘decoratief’.",
        ),
        (
            document and "geen-tekst" in document.warnings,
            FindingKind.NO_TEXT,
            "De pdf heeft geen tekst: vraag om een bestand dat je kunt doorzoeken en voorlezen.",
        ),
        (
            is_in_future(year, month, day),
            FindingKind.FUTURE,
            "De datum ligt in de toekomst. Klopt het jaar?",
        ),
    ]
    return [Fault(kind, detail) for is_wrong, kind, detail in rules if is_wrong]


def is_in_future(year, month, day) -> bool:
    if not year:
        return False
    try:
        return date(year, month or 1, day or 1) > timezone.localdate()
    except ValueError:  # the editor is still typing
        return False


def faults_of(publication, *, now: datetime | None = None) -> list[Fault]:
    """Return what is wrong with a saved publication, as its draft now is."""
    return [
        *faults_in_facts(
            **{name: getattr(publication, name) for name in FACTS},
            facilities=publication.facilities.all(),
        ),
        *faults_of_links(publication.link_checks.all()),
        *fault_of_age(publication, now or timezone.now()),
        *doubles_of(publication),
    ]


def faults_of_links(checks: Iterable) -> list[Fault]:
    found = []
    for link in checks:
        if link.state == LinkState.DEAD:
            since = f"{link.first_failed_at:%d-%m-%Y}"
            detail = f"{link.address} werkt niet meer, sinds {since}. {link.detail}"
            found.append(Fault(FindingKind.DEAD_LINK, detail, link.address))
        elif link.state == LinkState.MOVED:
            detail = f"{link.address} is verhuisd naar {link.moved_to}"
            found.append(Fault(FindingKind.MOVED_LINK, detail, link.address))
    return found


def last_look(publication) -> datetime | None:
    """Return when an editor last looked at it: published it, or said that it still holds."""
    record = getattr(publication, "audit_record", None)
    looks = [publication.first_published_at, publication.last_published_at]
    return max(filter(None, [*looks, record and record.looked_at]), default=None)


def fault_of_age(publication, now: datetime) -> list[Fault]:
    looked = last_look(publication)
    if not publication.live or not looked or now - looked < LOOK_AGAIN_AFTER:
        return []
    return [Fault(FindingKind.OLD, f"Voor het laatst bekeken in {looked:%Y}. Klopt het nog?")]


def doubles_of(publication) -> list[Fault]:
    """Return the live publications that may be the same one. Drafts are for their own editor."""
    described = description_of(publication)
    return [
        Fault(
            FindingKind.DOUBLE,
            f"{double.because.capitalize()} als ‘{double.publication.title}’.",
            str(double.publication.pk),
        )
        for double in all_duplicates(described, apart_from=publication.pk)
        if double.publication.live
    ]


@dataclass
class Advice:
    """
    What an editor can still do for a publication: what publishing asks for, and what would make it
    better, each with its finding, if the audit has kept one that can be dismissed.
    """

    missing: list[str]
    faults: list[tuple[Fault, int | None]]

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.faults)


def advice_on(publication, missing: list[str], **facts) -> Advice:
    """
    Return the advice on a publication with these values, typed or saved. `publication` is the
    saved one, or None: it tells what was found on its links, and what an editor dismissed.
    """
    faults = [f for f in faults_in_facts(**facts) if f.kind != FindingKind.NO_SUMMARY]
    if publication is None:
        return Advice(missing, [(fault, None) for fault in faults])
    faults += faults_of_links(publication.link_checks.all())
    faults += fault_of_age(publication, timezone.now())
    findings = {(one.kind, one.subject): one for one in publication.findings.all()}
    rows = [(fault, findings.get((fault.kind, fault.subject))) for fault in faults]
    return Advice(
        missing,
        [(fault, one and one.pk) for fault, one in rows if not (one and one.dismissed_at)],
    )


def advice_on_draft(publication) -> Advice:
    """Return the advice on a publication as it is opened in the editor."""
    return advice_on(
        publication if publication.pk else None,
        publication.missing_for_publication(),
        **{name: getattr(publication, name) for name in FACTS},
        facilities=publication.facilities.all(),
    )


FACTS = ("summary", "licence", "cover", "document", "year", "month", "day")
