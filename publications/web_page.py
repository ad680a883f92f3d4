"""What a web page says of the publication on it: `citation_*`, JSON-LD, Dublin Core, Open Graph."""

import json
import re
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from publications.found import (
    Found,
    authors_in,
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
from publications.identifiers import doi_from, doi_in, isbn_from

MAX_PAGE_BYTES = 1_500_000
MAX_DEPTH = 6
WORKS = {
    "ScholarlyArticle", "Report", "Book", "Thesis", "Article", "TechArticle", "Chapter",
    "PublicationIssue", "DigitalDocument", "CreativeWork", "Dataset", "NewsArticle", "BlogPosting",
}  # fmt: skip
# Of what the tags of a page are called, best first. The last column is for any page at all.
TITLES = ("citation_title", "dc.title", "dcterms.title", "og:title", "twitter:title")
AUTHORS = ("citation_author", "citation_authors", "dc.creator", "dcterms.creator", "author")
DATES = (
    "citation_publication_date", "citation_date", "citation_online_date", "dc.date",
    "dcterms.issued", "dc.date.issued", "article:published_time",
)  # fmt: skip
ORGANISATIONS = (
    "citation_publisher", "citation_technical_report_institution", "dc.publisher",
    "dcterms.publisher", "og:site_name",
)  # fmt: skip
SUMMARIES = ("citation_abstract", "dc.description", "dcterms.abstract", "og:description")
LANGUAGES = ("citation_language", "dc.language", "dcterms.language", "og:locale")


def read_page(body: bytes, address: str, charset: str = "") -> Found:
    """Return what the page `body` at `address` says; an empty Found for anything unreadable."""
    try:
        parser = lxml_html.HTMLParser(encoding=charset or None)
        root = lxml_html.document_fromstring(body[:MAX_PAGE_BYTES], parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, LookupError, ValueError):
        return Found()
    host = urlsplit(address).hostname or ""
    best = from_tags(root, address)
    rest = from_json_ld(root, address)
    found = Found(source=f"de pagina op {host.removeprefix('www.')}")
    is_cited = bool(meta_of(root).get("citation_title"))
    first, second = (best, rest) if is_cited or not rest.title else (rest, best)
    for name in found.values() | first.values() | second.values():
        setattr(found, name, getattr(first, name) or getattr(second, name))
    found.source_url = found.source_url or address
    return found


def meta_of(root) -> dict[str, list[str]]:
    """Return the <meta> tags, as lists by name in lower case."""
    metas = {}
    for tag in root.iter("meta"):
        name = (tag.get("name") or tag.get("property") or "").strip().lower()
        if name and tag.get("content"):
            metas.setdefault(name, []).append(tag.get("content"))
    return metas


def from_tags(root, address: str) -> Found:
    metas = meta_of(root)

    def first(names):
        return next((metas[name][0] for name in names if name in metas), "")

    title = clean_title(first(TITLES))
    if not title:
        element = root.find(".//title")
        title = clean_title(element.text_content() if element is not None else "")
    names = next((metas[name] for name in AUTHORS if name in metas), [])
    year, month, day = date_in(first(DATES))
    pages = [first(["citation_firstpage"]), first(["citation_lastpage"])]
    canonical = root.xpath("//link[@rel='canonical']/@href")
    licences = root.xpath("//a[contains(@rel, 'license')]/@href | //link[@rel='license']/@href")
    return Found(
        title=without_site_name(title, clean_text(first(["og:site_name"]))),
        authors=authors_in(names[0]) if len(names) == 1 else clean_authors(names),
        organisation=clean_text(first(ORGANISATIONS)),
        journal=clean_text(first(["citation_journal_title", "citation_conference_title"])),
        volume=volume_of(first(["citation_volume"]), first(["citation_issue"])),
        page_range=clean_text("–".join(page for page in pages if page), 50),
        year=year,
        month=month,
        day=day,
        language=language_from(first(LANGUAGES) or root.get("lang", "")),
        page_count=number_in(first(["citation_num_pages"])),
        summary=clean_summary(first(SUMMARIES) or first(["description"])),
        doi=doi_from(first(["citation_doi"])) or doi_in(first(["dc.identifier", "prism.doi"])),
        isbn=isbn_from(first(["citation_isbn", "book:isbn", "og:isbn"])),
        source_url=same_site(canonical, address),
        licence=next(filter(None, map(licence_from, [*licences, first(["dc.rights"])])), ""),
    )


def without_site_name(title: str, site: str) -> str:
    """Return “Samen eten | Movisie” without the name of the site."""
    if site:
        title = re.sub(rf"\s+[|–—:·-]\s+{re.escape(site)}$", "", title, flags=re.IGNORECASE)
    return title


def volume_of(volume, issue) -> str:
    volume, issue = clean_text(str(volume or ""), 20), clean_text(str(issue or ""), 20)
    return f"{volume}({issue})" if volume and issue else volume or issue


def same_site(addresses, address: str) -> str:
    """Return the address the page gives itself, if that is on the same site and not its front."""
    for one in addresses[:1]:
        whole = urljoin(address, one.strip())
        parts, own = urlsplit(whole), urlsplit(address)
        is_web = parts.scheme in ("http", "https") and len(whole) <= 1000
        if is_web and parts.hostname == own.hostname and (parts.path.strip("/") or parts.query):
            return whole
    return ""


def from_json_ld(root, address: str) -> Found:
    """Return what the first description of a work in the page's JSON-LD says."""
    for script in root.xpath("//script[@type='application/ld+json']/text()")[:20]:
        try:
            data = json.loads(script)
        except (ValueError, RecursionError):
            continue
        works = [thing for thing in things_in(data) if types_of(thing) & WORKS]
        works.sort(key=lambda thing: "CreativeWork" in types_of(thing))
        for work in works:
            found = from_work(work, address)
            if found.title:
                return found
    return Found()


def things_in(data, depth: int = 0):
    if depth > MAX_DEPTH:
        return
    if isinstance(data, list):
        for one in data[:100]:
            yield from things_in(one, depth + 1)
    elif isinstance(data, dict):
        yield data
        for name in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            if name in data:
                yield from things_in(data[name], depth + 1)


def types_of(thing: dict) -> set[str]:
    kinds = thing.get("@type", "")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {kind for kind in kinds if isinstance(kind, str)}


def from_work(work: dict, address: str) -> Found:
    year, month, day = date_in(text_in(work.get("datePublished") or work.get("dateCreated")))
    identifiers = [text_in(one) for one in listed(work.get("identifier"))]
    identifiers += [text_in(one) for one in listed(work.get("sameAs"))]
    journal = work.get("isPartOf")
    journal = next(iter(listed(journal)), {})
    is_journal = isinstance(journal, dict) and "Periodical" in types_of(journal)
    own = text_in(work.get("url")) or text_in(work.get("@id"))
    return Found(
        title=clean_title(text_in(work.get("name") or work.get("headline"))),
        subtitle=clean_text(text_in(work.get("alternativeHeadline"))),
        authors=clean_authors([name_of(one) for one in listed(work.get("author"))]),
        organisation=clean_text(name_of(next(iter(listed(work.get("publisher"))), ""))),
        journal=clean_text(name_of(journal)) if is_journal else "",
        year=year,
        month=month,
        day=day,
        language=language_from(text_in(work.get("inLanguage"))),
        page_count=number_in(text_in(work.get("numberOfPages"))),
        summary=clean_summary(text_in(work.get("abstract") or work.get("description"))),
        doi=next(filter(None, map(doi_from, identifiers)), ""),
        isbn=isbn_from(text_in(work.get("isbn"))),
        source_url=same_site([own] if own else [], address),
        licence=licence_from(text_in(work.get("license"))),
    )


def listed(value) -> list:
    return value[:100] if isinstance(value, list) else [value] if value else []


def text_in(value) -> str:
    """Return the text of a JSON-LD value, however it is wrapped."""
    for _ in range(MAX_DEPTH):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            keys = ("@value", "value", "url", "@id", "name", "alternateName")
            value = next((value[key] for key in keys if value.get(key)), "")
        else:
            break
    text = str(value) if isinstance(value, (str, int)) else ""
    # JSON can hold half a character and characters that nobody sees; neither can be kept.
    return "".join(c for c in text if c.isprintable() or c.isspace())


def name_of(thing) -> str:
    if isinstance(thing, dict) and thing.get("familyName"):
        return full_name(text_in(thing.get("givenName")), text_in(thing["familyName"]))
    return text_in(thing.get("name")) if isinstance(thing, dict) else text_in(thing)
