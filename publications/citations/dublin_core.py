"""A publication in simple Dublin Core, as OAI-PMH writes it (`oai_dc`)."""

from xml.etree.ElementTree import Element, SubElement, tostring

from .csl import address_of, clean, csl_item, full_title, has_document, keywords_of
from .ris import inverted

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
NAMESPACES = {"xmlns:oai_dc": OAI_DC, "xmlns:dc": DC, "xmlns:xsi": XSI}


def dublin_core_element(publication) -> Element:
    """Return the `oai_dc:dc` element of one publication, with its namespaces on it."""
    dc = Element("oai_dc:dc", NAMESPACES | {"xsi:schemaLocation": f"{OAI_DC} {SCHEMA}"})
    for name, text in _statements(publication):
        if text:
            SubElement(dc, f"dc:{name}").text = text
    return dc


def dublin_core_record(publication) -> str:
    return tostring(dublin_core_element(publication), encoding="unicode")


def _statements(publication) -> list[tuple[str, str]]:
    item = csl_item(publication)
    terms = [
        *publication.pillars.all(),
        *publication.facilities.all(),
        *publication.themes.all(),
        *publication.actors.all(),
    ]
    identifiers = [
        publication.full_url or "",
        f"https://doi.org/{item['DOI']}" if "DOI" in item else "",
        f"urn:isbn:{item['ISBN']}" if "ISBN" in item else "",
        address_of(publication),
    ]
    journal = ", ".join(
        part
        for part in (
            item.get("container-title"),
            item.get("volume", "") + (f"({item['issue']})" if "issue" in item else ""),
            item.get("page"),
        )
        if part
    )
    rights = [publication.licence_address or publication.get_licence_display()]
    return [
        ("title", full_title(publication)),
        *(("creator", _name(name)) for name in item.get("author", [])),
        *(("contributor", _name(name)) for name in item.get("editor", [])),
        *(("subject", clean(term.label)) for term in terms),
        *(("subject", keyword) for keyword in keywords_of(publication)),
        ("description", clean(publication.summary)),
        ("publisher", item.get("publisher", "")),
        ("date", iso_date(item)),
        ("type", item.get("genre", "")),
        ("format", document_type(publication)),
        *(("identifier", text) for text in dict.fromkeys(identifiers)),
        ("source", journal if publication.journal else ""),
        ("language", publication.language),
        *(("rights", text) for text in rights if publication.licence),
    ]


def iso_date(item: dict) -> str:
    """Return the date of a CSL item as exact as it is known: “2024-03-05”, “2024-03”, “2024”."""
    year, *rest = [*item.get("issued", {"date-parts": [[]]})["date-parts"][0]] or [None]
    return "-".join([f"{year:04}", *(f"{part:02}" for part in rest)]) if year else ""


MEDIA_TYPES = {
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def document_type(publication) -> str:
    """Return the media type of the document that everyone may download, if there is one."""
    if not has_document(publication):
        return ""
    return MEDIA_TYPES.get(publication.document.file_extension.lower(), "")


def _name(name: dict) -> str:
    return name["literal"] if "literal" in name else inverted(name)
