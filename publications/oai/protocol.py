"""Answering a request of OAI-PMH 2.0. The errors are those of the specification, part 3.6."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from django.conf import settings
from django.core import signing
from django.db.models import Min, Q

from publications.citations.dublin_core import OAI_DC, SCHEMA, dublin_core_element
from publications.models import HarvestRecord, PublicationPage, Term, Vocabulary

from . import xml
from .records import set_name, time_of_answer

PAGE_SIZE = 100
PREFIX = "oai_dc"
PATH = "/oai"
SETS_OF = {Vocabulary.PILLAR: "Alle pijlers", Vocabulary.KIND: "Alle soorten publicaties"}
SALT = "publications.oai"
LIST = ({"metadataPrefix"}, {"from", "until", "set"})
# Verb → the arguments it needs, and those it may have.
ARGUMENTS = {
    "Identify": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "ListSets": (set(), set()),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListIdentifiers": LIST,
    "ListRecords": LIST,
}
RESUMABLE = {"ListSets", "ListIdentifiers", "ListRecords"}
# What the schema of an answer lets stand in it.
WELL_FORMED = {
    "identifier": re.compile(r"[\x21-\x7e]{1,300}"),
    "metadataPrefix": re.compile(r"[A-Za-z0-9\-_.!~*'()]{1,100}"),
    "set": re.compile(r"[A-Za-z0-9\-_.!~*'()]{1,100}(:[A-Za-z0-9\-_.!~*'()]{1,100})*"),
    "from": re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", re.ASCII),
    "until": re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", re.ASCII),
    "resumptionToken": re.compile(r"[\x21-\x7e]{1,2000}"),
}


class OaiError(Exception):
    """A request that cannot be answered, with one of the codes of the specification."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Selection:
    """
    Which records a list is of. `after` is the last one that was sent, as (datestamp, identifier);
    `sent` how many came before, `total` how many there were at the beginning.
    """

    start: str = ""
    until: str = ""
    set_name: str = ""
    after: tuple[str, str] | None = None
    sent: int = 0
    total: int | None = None


def respond(pairs: list[tuple[str, str]]) -> bytes:
    """Answer the arguments of a request, as (name, value), with an XML document."""
    now = time_of_answer()
    arguments = dict(pairs)
    try:
        _check(pairs, arguments)
        root = xml.answer(base_url(), now, arguments)
        VERBS[arguments["verb"]](root, arguments)
    except OaiError as error:
        is_understood = error.code not in ("badVerb", "badArgument")
        root = xml.answer(base_url(), now, arguments if is_understood else {})
        xml.add(root, "error", str(error), code=error.code)
    return xml.to_bytes(root)


def base_url() -> str:
    return settings.BASE_URL.rstrip("/") + PATH


def identifier_of(row) -> str:
    return f"oai:{urlsplit(settings.BASE_URL).hostname}:{row.identifier}"


def _check(pairs, arguments) -> None:
    verb = arguments.get("verb")
    if verb not in ARGUMENTS or sum(name == "verb" for name, _ in pairs) > 1:
        raise OaiError("badVerb", "Give exactly one verb: " + ", ".join(ARGUMENTS))
    if len(pairs) != len(arguments):
        raise OaiError("badArgument", "An argument is given more than once.")
    given = set(arguments) - {"verb"}
    needed, possible = ARGUMENTS[verb]
    if verb in RESUMABLE and "resumptionToken" in given:
        needed, possible = {"resumptionToken"}, set()
    if given - needed - possible:
        raise OaiError("badArgument", f"{verb} takes these arguments: {_listed(needed | possible)}")
    if needed - given:
        raise OaiError("badArgument", f"{verb} needs these arguments: {_listed(needed)}")
    for name in given:
        if not WELL_FORMED[name].fullmatch(arguments[name]):
            raise OaiError("badArgument", f"This is no value for the argument {name}.")


def _listed(names) -> str:
    return ", ".join(sorted(names)) or "none"


def _identify(root: Element, arguments) -> None:
    earliest = HarvestRecord.objects.aggregate(first=Min("datestamp"))["first"]
    said = xml.add(root, "Identify")
    xml.add(said, "repositoryName", settings.WAGTAIL_SITE_NAME)
    xml.add(said, "baseURL", base_url())
    xml.add(said, "protocolVersion", "2.0")
    xml.add(said, "adminEmail", settings.SERVER_EMAIL)
    xml.add(said, "earliestDatestamp", xml.utc(earliest or datetime.now(UTC)))
    xml.add(said, "deletedRecord", "persistent")
    xml.add(said, "granularity", "YYYY-MM-DDThh:mm:ssZ")


def _list_metadata_formats(root: Element, arguments) -> None:
    if "identifier" in arguments:
        _row(arguments["identifier"])
    form = xml.add(xml.add(root, "ListMetadataFormats"), "metadataFormat")
    xml.add(form, "metadataPrefix", PREFIX)
    xml.add(form, "schema", SCHEMA)
    xml.add(form, "metadataNamespace", OAI_DC)


def _list_sets(root: Element, arguments) -> None:
    if "resumptionToken" in arguments:
        raise OaiError("badResumptionToken", "The list of sets comes in one piece.")
    terms = Term.objects.current().filter(vocabulary__in=SETS_OF).order_by("order", "label")
    listed = xml.add(root, "ListSets")
    for vocabulary, label in SETS_OF.items():
        _add_set(listed, vocabulary.value, label)
        for term in terms:
            if term.vocabulary == vocabulary:
                _add_set(listed, set_name(term), term.label)


def _add_set(listed: Element, name: str, label: str) -> None:
    described = xml.add(listed, "set")
    xml.add(described, "setSpec", name)
    xml.add(described, "setName", label)


def _get_record(root: Element, arguments) -> None:
    row = _row(arguments["identifier"])
    _check_format(arguments)
    _add_records(xml.add(root, "GetRecord"), [row])


def _list_identifiers(root: Element, arguments) -> None:
    rows, token = _rows(arguments)
    listed = xml.add(root, "ListIdentifiers")
    public = _public(rows)
    for row in rows:
        xml.add_header(listed, identifier_of(row), row, row.identifier not in public)
    listed.extend(token)


def _list_records(root: Element, arguments) -> None:
    rows, token = _rows(arguments)
    listed = xml.add(root, "ListRecords")
    _add_records(listed, rows)
    listed.extend(token)


def _add_records(parent: Element, rows) -> None:
    public = _public(rows, PublicationPage.objects.for_citation())
    for row in rows:
        record = xml.add(parent, "record")
        page = public.get(row.identifier)
        xml.add_header(record, identifier_of(row), row, page is None)
        if page:
            xml.add(record, "metadata").append(dublin_core_element(page))


def _public(rows, pages=None) -> dict:
    """
    Return the pages of these rows that may be harvested now, by their identifier. A row never
    makes anything public: whoever is not in here is shown as deleted.
    """
    pages = PublicationPage.objects.all() if pages is None else pages
    known = [row.identifier for row in rows if not row.is_deleted]
    public = pages.harvestable().filter(translation_key__in=known)
    return {page.translation_key: page for page in public}


def _row(identifier: str) -> HarvestRecord:
    name = identifier.rpartition(":")[2]
    try:
        row = HarvestRecord.objects.filter(pk=uuid.UUID(name)).first()
    except ValueError:
        row = None
    if row is None or identifier_of(row) != identifier:
        raise OaiError("idDoesNotExist", "There is no record with this identifier.")
    return row


def _check_format(arguments) -> None:
    if arguments["metadataPrefix"] != PREFIX:
        raise OaiError("cannotDisseminateFormat", f"The only metadataPrefix here is {PREFIX}.")


def _rows(arguments) -> tuple[list[HarvestRecord], list[Element]]:
    """Return the next records of a list, and the element that lets the harvester go on, if any."""
    selection = _selection(arguments)
    found = _matching(selection)
    total = found.count() if selection.total is None else selection.total
    rows = list(_beyond(found, selection.after)[: PAGE_SIZE + 1])
    has_more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    if not rows and selection.after:
        raise OaiError("badResumptionToken", "What this resumptionToken leads to is gone.")
    if not rows:
        raise OaiError("noRecordsMatch", "No record matches these arguments.")
    if not has_more and selection.after is None:
        return rows, []
    token = Element(
        "resumptionToken", {"completeListSize": str(total), "cursor": str(selection.sent)}
    )
    if has_more:
        last = rows[-1]
        token.text = signing.dumps(
            {
                "verb": arguments["verb"],
                "from": selection.start,
                "until": selection.until,
                "set": selection.set_name,
                "after": [last.datestamp.isoformat(), str(last.identifier)],
                "sent": selection.sent + len(rows),
                "total": total,
            },
            salt=SALT,
            compress=True,
        )
    return rows, [token]


def _selection(arguments) -> Selection:
    if "resumptionToken" not in arguments:
        _check_format(arguments)
        return Selection(
            arguments.get("from", ""), arguments.get("until", ""), arguments.get("set", "")
        )
    try:
        read = signing.loads(arguments["resumptionToken"], salt=SALT)
    except signing.BadSignature:
        read = {}
    if read.get("verb") != arguments["verb"]:
        raise OaiError("badResumptionToken", "This resumptionToken is not one of ours.")
    return Selection(
        read["from"], read["until"], read["set"], tuple(read["after"]), read["sent"], read["total"]
    )


def _matching(selection: Selection):
    start, until = _moment(selection.start), _moment(selection.until)
    if start and until:
        if len(selection.start) != len(selection.until):
            raise OaiError("badArgument", "Write from and until with the same granularity.")
        if start > until:
            raise OaiError("badArgument", "from is later than until.")
    rows = HarvestRecord.objects.all()
    if start:
        rows = rows.filter(datestamp__gte=start)
    if until:
        if "T" not in selection.until:
            until = until.replace(hour=23, minute=59, second=59)
        rows = rows.filter(datestamp__lte=until)
    if selection.set_name:
        rows = rows.filter(sets__contains=[_current_set(selection.set_name)])
    return rows


def _beyond(rows, after: tuple[str, str] | None):
    """Return the rows in the order they are sent, from the one behind the last that was."""
    rows = rows.order_by("datestamp", "identifier")
    if after is None:
        return rows
    moment, identifier = datetime.fromisoformat(after[0]), uuid.UUID(after[1])
    same_moment = Q(datestamp=moment, identifier__gt=identifier)
    return rows.filter(Q(datestamp__gte=moment) & (same_moment | Q(datestamp__gt=moment)))


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise OaiError("badArgument", "from or until is no date.") from None


def _current_set(name: str) -> str:
    """Return a set as it is called now: a term may have been merged into another one."""
    vocabulary, _, slug = name.partition(":")
    terms = Term.objects.named(vocabulary, [slug]) if slug else []
    return set_name(terms[0]) if terms else name


VERBS = {
    "Identify": _identify,
    "ListMetadataFormats": _list_metadata_formats,
    "ListSets": _list_sets,
    "GetRecord": _get_record,
    "ListIdentifiers": _list_identifiers,
    "ListRecords": _list_records,
}
