"""The answers of OAI-PMH as XML: openarchives.org/OAI/2.0/OAI-PMH.xsd."""

from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from publications.citations.csl import clean

OAI = "http://www.openarchives.org/OAI/2.0/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def answer(base_url: str, now: datetime, arguments: dict[str, str]) -> Element:
    """Return the root of an answer. Of a request that was not understood it repeats nothing."""
    root = Element(
        "OAI-PMH",
        {
            "xmlns": OAI,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": f"{OAI} {OAI}OAI-PMH.xsd",
        },
    )
    add(root, "responseDate", utc(now))
    SubElement(root, "request", arguments).text = base_url
    return root


def add(parent: Element, name: str, text: str = "", **attributes) -> Element:
    element = SubElement(parent, name, attributes)
    element.text = clean(text) or None
    return element


def add_header(parent: Element, identifier: str, row, is_deleted: bool) -> None:
    header = add(parent, "header", **({"status": "deleted"} if is_deleted else {}))
    add(header, "identifier", identifier)
    add(header, "datestamp", utc(row.datestamp))
    for name in row.sets:
        if ":" in name:  # the sets above it are implied
            add(header, "setSpec", name)


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_bytes(root: Element) -> bytes:
    return tostring(root, encoding="utf-8", xml_declaration=True)
