"""A publication as a CSL item (1.0.2, docs.citationstyles.org), which citation programs share."""

import re
from datetime import date
from urllib.parse import quote

from .kinds import kind_of_work

# Signs that no format can hold. They come along out of PDFs.
UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
VOLUME_AND_ISSUE = re.compile(r"(\d+)\((\d+)\)")
UNSAFE_IN_ADDRESS = re.compile(r'[\s<>"{}|\\^`\x00-\x1f]')
PAGE = r"[a-zA-Z]{0,3}\d+|[ivxlcdm]+"
PAGES = re.compile(rf"({PAGE})\s*[-‐‑‒–—−]+\s*({PAGE})")


def csl_item(publication, accessed: date | None = None) -> dict:
    """
    Return a publication as a CSL item. What is not known is left out.

    Without a person the organisation is the author; it is the publisher as well, so that nothing
    gets lost. `accessed` says when somebody looked at it: see `apa`. What CSL has no word for (the
    licence, the kind's fixed name) is in `custom`, where its schema lets one put it.
    """
    authors = [_name(author) for author in publication.authors.all() if not author.is_editor]
    editors = [_name(author) for author in publication.authors.all() if author.is_editor]
    if publication.organisation and not authors and not editors:
        authors = [{"literal": clean(publication.organisation)}]
    volume, issue = _volume_and_issue(clean(publication.volume))
    url = address_of(publication)
    item = {
        "id": publication.slug,
        "type": kind_of_work(publication).csl,
        "title": full_title(publication),
        "title-short": one_line(publication.title) if publication.subtitle else "",
        "author": authors,
        "editor": editors,
        "issued": _date(publication.year, publication.month, publication.day),
        "publisher": clean(publication.organisation),
        "container-title": clean(publication.journal),
        "volume": volume,
        "issue": issue,
        "page": page_range(clean(publication.page_range)),
        "number-of-pages": str(publication.page_count or ""),
        "genre": clean(publication.kind.label) if publication.kind else "",
        "language": publication.language,
        "DOI": re.sub(r"[\s{}\\]", "", clean(publication.doi)),
        "ISBN": publication.isbn,
        "URL": url,
        "accessed": _date(accessed.year, accessed.month, accessed.day) if accessed else None,
        "abstract": clean(publication.summary),
        "keyword": joined(keywords_of(publication)),
        "custom": {
            name: value
            for name, value in (
                ("kind", publication.kind_slug),
                ("licence", publication.licence),
                ("access", publication.access),
            )
            if value
        },
    }
    return {name: value for name, value in item.items() if value}


def clean(text: str) -> str:
    """Return a text without signs that formats refuse, and with one kind of line end."""
    return UNPRINTABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def full_title(publication) -> str:
    """Return title and subtitle as a library writes them, on one line."""
    title, subtitle = one_line(publication.title), one_line(publication.subtitle)
    if not subtitle:
        return title
    return f"{title}{'' if title[-1:] in '?!:' else ':'} {subtitle}"


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def joined(keywords: list[str]) -> str:
    """Return keywords on one line: with “;” between and behind them when one has a comma itself."""
    if any("," in keyword for keyword in keywords):
        return " ".join(f"{keyword};" for keyword in keywords)
    return ", ".join(keywords)


def keywords_of(publication) -> list[str]:
    return [clean(tagged.tag.name) for tagged in publication.tagged_keywords.all()]


def has_document(publication) -> bool:
    """
    Tell whether everyone may read the document of a publication. It takes no query for those of
    `for_citation()` and `for_exchange()`.
    """
    if not publication.document:
        return False
    known = getattr(publication, "document_is_released", None)
    return publication.document.is_released() if known is None else known


def address_of(publication) -> str:
    """Return where the work itself is: at its source, or here when we have the document."""
    if publication.source_url:
        return UNSAFE_IN_ADDRESS.sub(lambda match: quote(match[0]), publication.source_url)
    return publication.full_url or "" if has_document(publication) else ""


def page_range(text: str) -> str:
    """Return pages with a plain hyphen in each range (“4–9, 12” gives “4-9, 12”)."""
    return PAGES.sub(r"\1-\2", text)


def whole_family(name: dict) -> str:
    """Return the family name of a CSL name with its particle: “de Vries”, but “d’Ancona”."""
    particle = name.get("non-dropping-particle", "")
    gap = "" if not particle or particle[-1] in "'’" else " "
    return f"{particle}{gap}{name['family']}"


def _volume_and_issue(text: str) -> tuple[str, str]:
    match = VOLUME_AND_ISSUE.fullmatch(text)
    return match.groups() if match else (text, "")


def _name(author) -> dict[str, str]:
    if author.organisation:
        return {"literal": one_line(author.organisation)}
    name = {
        "family": one_line(author.family),
        "given": one_line(author.given),
        "non-dropping-particle": one_line(author.particle),
    }
    return {part: text for part, text in name.items() if text}


def _date(year, month, day) -> dict | None:
    parts = [year, month, day]
    known = parts[: parts.index(None)] if None in parts else parts
    return {"date-parts": [known]} if known else None
