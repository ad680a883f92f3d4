"""
What the page of a publication tells programs: Google Scholar, Zotero, search engines, harvesters.

Each function takes the publication, and `document_url`: the full address of its document if
everyone may download that, or nothing.
"""

import json
from urllib.parse import quote

from django.utils.safestring import SafeString, mark_safe

from publications.models.choices import Access, Licence

from .csl import csl_item, keywords_of, one_line, whole_family
from .dublin_core import document_type, iso_date
from .formats import FORMATS
from .kinds import kind_of_work
from .ris import inverted

INSTITUTION_TAGS = {
    "report": "citation_technical_report_institution",
    "thesis": "citation_dissertation_institution",
}
SCHEMA = "https://schema.org/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
# Signs that would end the script element or, in old browsers, the line.
UNSAFE_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def citation_tags(publication, document_url: str = "") -> list[tuple[str, str]]:
    """Return the `citation_*` meta tags as (name, content): scholar.google.com/intl/en/scholar."""
    item = csl_item(publication)
    first, _, last = item.get("page", "").partition("-")
    publisher = INSTITUTION_TAGS.get(item["type"], "citation_publisher")
    tags = [
        ("citation_title", item["title"]),
        *(("citation_author", _one_name(name)) for name in item.get("author", [])),
        *(("citation_editor", _one_name(name)) for name in item.get("editor", [])),
        ("citation_publication_date", iso_date(item).replace("-", "/")),
        ("citation_journal_title", item.get("container-title", "")),
        ("citation_volume", item.get("volume", "")),
        ("citation_issue", item.get("issue", "")),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        (publisher, item.get("publisher", "")),
        ("citation_doi", item.get("DOI", "")),
        ("citation_isbn", item.get("ISBN", "")),
        ("citation_language", publication.language),
        *(("citation_keywords", keyword) for keyword in keywords_of(publication)),
        ("citation_abstract_html_url", publication.full_url or ""),
        ("citation_pdf_url", document_url if _is_pdf(publication) else ""),
    ]
    return [(name, content) for name, content in tags if content]


def json_ld(publication, document_url: str = "", image_url: str = "") -> SafeString:
    """Return the publication as schema.org says it, safe inside a script element."""
    item, kind = csl_item(publication), kind_of_work(publication)
    doi = f"https://doi.org/{item['DOI']}" if "DOI" in item else ""
    said = {
        "@context": "https://schema.org",
        "@type": kind.schema,
        "@id": publication.full_url,
        "url": publication.full_url,
        "name": item["title"],
        "author": [_schema_name(name) for name in item.get("author", [])],
        "editor": [_schema_name(name) for name in item.get("editor", [])],
        "publisher": _organisation(item.get("publisher")),
        "datePublished": iso_date(item),
        "inLanguage": publication.language if publication.language != "mul" else "",
        "abstract": item.get("abstract"),
        "keywords": keywords_of(publication),
        "about": [_defined_term(pillar) for pillar in publication.pillars.all()],
        "genre": item.get("genre"),
        "isPartOf": _journal(item),
        "pagination": item.get("page"),
        "numberOfPages": publication.page_count,
        "isbn": item.get("ISBN"),
        "identifier": doi,
        "sameAs": [address for address in (doi, publication.source_url) if address],
        "license": canonical_licence(publication),
        "isAccessibleForFree": {Access.OPEN: True, Access.PAID: False}.get(publication.access),
        "image": image_url,
        "encoding": {
            "@type": "MediaObject",
            "contentUrl": document_url,
            "encodingFormat": document_type(publication),
        }
        if document_url
        else None,
    }
    known = {name: value for name, value in said.items() if value not in (None, "", [])}
    text = json.dumps(known, ensure_ascii=False).translate(UNSAFE_IN_SCRIPT)
    return mark_safe(text)  # noqa: S308 (nothing in it can end the script element)


def link_header(publication, document_url: str = "") -> str:
    """
    Return the `Link` header of Signposting (signposting.org/FAIR, level 1).

    There is no `author`: we know nobody's ORCID.
    """
    page = publication.full_url
    doi = csl_item(publication).get("DOI")
    links = [_link(f"https://doi.org/{quote(doi, safe='/():')}" if doi else page, "cite-as")]
    links += [_link(SCHEMA + kind_of_work(publication).schema, "type")]
    links += [_link(f"{SCHEMA}AboutPage", "type")]
    if document_url:
        links.append(_link(document_url, "item", type=document_type(publication)))
    if licence := canonical_licence(publication):
        links.append(_link(licence, "license"))
    for name, form in FORMATS.items():
        profile = {"profile": OAI_DC} if name == "dublin-core" else {}
        address = page + download_path(name)
        links.append(_link(address, "describedby", type=form.media_type, **profile))
    return ", ".join(links)


def download_path(name: str) -> str:
    """Return where a format stands, below the address of the publication."""
    return f"citeer/{name}/"


def canonical_licence(publication) -> str:
    """Return the address that means a licence to programs, without the language of its summary."""
    return Licence(publication.licence).address.removesuffix("deed.nl")


def _is_pdf(publication) -> bool:
    return document_type(publication) == "application/pdf"


def _link(address: str, relation: str, **attributes) -> str:
    said = "".join(f'; {name}="{value}"' for name, value in attributes.items() if value)
    # Many readers split this header at every comma and semicolon.
    return f'<{quote(address, safe="/:?#[]@!$&()*+=%~")}>; rel="{relation}"{said}'


def _one_name(name: dict) -> str:
    return name["literal"] if "literal" in name else inverted(name).rstrip(",")


def _schema_name(name: dict) -> dict:
    if "literal" in name:
        return _organisation(name["literal"])
    parts = {"givenName": name.get("given"), "familyName": whole_family(name)}
    full = " ".join(filter(None, parts.values()))
    return {"@type": "Person", "name": full} | {k: v for k, v in parts.items() if v}


def _organisation(name: str | None) -> dict | None:
    return {"@type": "Organization", "name": name} if name else None


def _defined_term(term) -> dict:
    return {"@type": "DefinedTerm", "name": one_line(term.label), "termCode": term.slug}


def _journal(item: dict) -> dict | None:
    """Return the journal an article is in, inside its volume and issue as far as they are known."""
    if "container-title" not in item:
        return None
    part = {"@type": "Periodical", "name": item["container-title"]}
    if "volume" in item:
        part = {
            "@type": "PublicationVolume",
            "volumeNumber": item["volume"],
            "isPartOf": part,
        }
    if "issue" in item:
        part = {"@type": "PublicationIssue", "issueNumber": item["issue"], "isPartOf": part}
    return part
