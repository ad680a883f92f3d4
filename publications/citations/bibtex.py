"""A CSL item as a BibTeX entry, in UTF-8."""

import re

from .csl import whole_family
from .kinds import KindOfWork

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
BABEL = {"nl": "dutch", "en": "english", "de": "german", "fr": "french"}
SPECIAL = str.maketrans(
    {
        "%": r"\%",
        "&": r"\&",
        "#": r"\#",
        "_": r"\_",
        "$": r"\$",
        "{": r"\{",
        "}": r"\}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        "\\": r"{\textbackslash}",
    }
)
# BibTeX counts braces, those with a backslash too. These it does not see.
UNCOUNTED_BRACES = {r"\{": r"{\textbraceleft}", r"\}": r"{\textbraceright}"}
WORDS = re.compile(r"(\w+)")
# A name that BibTeX would take apart: a space, a comma, or a beginning in small letters.
NEEDS_BRACES = re.compile(r"[\s,]|^[^A-ZÀ-ÖØ-Þ]")


def bibtex_entry(item: dict, kind: KindOfWork) -> str:
    """Return one entry. Institutions are in braces, and so are words that must keep a capital."""
    year, month, day, *_ = [*item.get("issued", {"date-parts": [[]]})["date-parts"][0], *[None] * 3]
    fields = {
        "author": names(item.get("author", [])),
        "editor": names(item.get("editor", [])),
        "title": title(item["title"]),
        "shorttitle": title(item.get("title-short", "")),
        "journal": escape(item.get("container-title", "")),
        "volume": escape(item.get("volume", "")),
        "number": escape(item.get("issue", "")),
        "pages": escape(re.sub(r"(?<=\w)-(?=\w)", "--", item.get("page", ""))),
        kind.publisher: escape(item.get("publisher", "")),
        "type": escape(item.get("genre", "")),
        "year": str(year or ""),
        "month": MONTHS[month - 1] if month else "",
        "day": str(day or ""),
        "pagetotal": item.get("number-of-pages", ""),
        "langid": BABEL.get(item.get("language"), ""),
        "language": item.get("language", ""),
        "doi": item.get("DOI", ""),
        "isbn": item.get("ISBN", ""),
        "url": item.get("URL", ""),
        "copyright": escape(item.get("custom", {}).get("licence", "")),
        "keywords": escape(item.get("keyword", "")),
        "abstract": escape(item.get("abstract", "")),
    }
    lines = [
        f"  {name} = {text if name == 'month' else f'{{{text}}}'}"
        for name, text in fields.items()
        if text
    ]
    return f"@{kind.bibtex}{{{item['id']},\n" + ",\n".join(lines) + "\n}\n"


def escape(text: str) -> str:
    return _count_safe(text.translate(SPECIAL), text)


def _count_safe(escaped: str, text: str) -> str:
    depth = 0
    for sign in re.findall("[{}]", text):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            break
    if depth:
        for brace, other in UNCOUNTED_BRACES.items():
            escaped = escaped.replace(brace, other)
    return escaped


def title(text: str) -> str:
    """Return a title in which styles that write titles small leave names as they are."""
    start, *rest = WORDS.split(text)
    parts = [start.translate(SPECIAL)]
    for number, part in enumerate(rest):
        is_word = number % 2 == 0
        looked_at = part[1:] if number == 0 else part
        has_capital = is_word and any(letter.isupper() for letter in looked_at)
        escaped = part.translate(SPECIAL)
        parts.append(f"{{{escaped}}}" if has_capital else escaped)
    return _count_safe("".join(parts), text)


def names(people: list[dict]) -> str:
    return " and ".join(_name(name) for name in people)


def _name(name: dict) -> str:
    if "literal" in name:
        return f"{{{escape(name['literal'])}}}"
    family = escape(name["family"])
    if NEEDS_BRACES.search(name["family"]):
        family = f"{{{family}}}"
    last = whole_family({**name, "family": family})
    given = escape(name.get("given", ""))
    if re.search(r",|\band\b", given):
        given = f"{{{given}}}"
    return f"{last}, {given}" if given else last
