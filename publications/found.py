"""What was found out about a publication elsewhere, made clean: see `publications.prefill`."""

import calendar
import html
import re
from dataclasses import dataclass, field, fields

import nh3
from django.utils import timezone

from publications.models.publication import Language, Licence

MAX_AUTHORS = 30
LANGUAGES = {"nld": "nl", "dut": "nl", "eng": "en", "deu": "de", "ger": "de", "fra": "fr"} | {
    "fre": "fr",
    "fry": "fy",
}
CREATIVE_COMMONS = re.compile(
    r"creativecommons\.org/(?:licenses/(?P<terms>by[a-z-]*)/(?P<version>\d\.\d)(?:/(?P<land>nl))?"
    r"|publicdomain/(?P<zero>zero))",
    re.IGNORECASE,
)
# Titles that a program gave: they say nothing.
NO_TITLE = re.compile(
    r"^(untitled|naamloos|document\d*|titel|title|presentatie\d*|powerpoint-presentatie|"
    r"microsoft (word|powerpoint) - .*|.*\.(docx?|pdf|indd|pptx?|odt))$",
    re.IGNORECASE,
)


@dataclass
class Found:
    """
    What one source says of a publication. Everything may be empty, and is plain text.

    `authors` are names as people type them, one each; `source` says in Dutch where it is from.
    """

    source: str = ""
    title: str = ""
    subtitle: str = ""
    authors: list[str] = field(default_factory=list)
    organisation: str = ""
    journal: str = ""
    volume: str = ""
    page_range: str = ""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    language: str = ""
    page_count: int | None = None
    summary: str = ""
    doi: str = ""
    isbn: str = ""
    source_url: str = ""
    licence: str = ""

    def __bool__(self):
        return any(self.values().values())

    def values(self) -> dict:
        """Return all but the source that is not empty."""
        names = [one.name for one in fields(self) if one.name != "source"]
        return {name: getattr(self, name) for name in names if getattr(self, name)}


def clean_text(text, limit: int = 255) -> str:
    """Return `text` on one line, without markup, entities and characters that cannot be seen."""
    if not isinstance(text, str):
        return ""
    text = html.unescape(html.unescape(text[: 20 * limit]))
    if "<" in text:
        text = html.unescape(nh3.clean(text, tags=set()))
    text = "".join(" " if c.isspace() else c for c in text if c.isprintable() or c.isspace())
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"


def clean_title(text) -> str:
    title = clean_text(text).strip(" .|-–")
    return "" if NO_TITLE.match(title) else title


def clean_summary(text) -> str:
    """Return an abstract without the word “Abstract” that publishers put before it."""
    if not isinstance(text, str):
        return ""
    text = re.sub(r"<(?:jats:)?title>.*?</(?:jats:)?title>", " ", text[:20_000], flags=re.DOTALL)
    return re.sub(
        r"^(abstract|samenvatting|summary)[:.\s]+", "", clean_text(text, 4000), flags=re.I
    )


def date_in(text) -> tuple[int | None, int | None, int | None]:
    """Return (year, month, day) of “2024-03-05”, “D:20240305…” or a text with one year in it."""
    text = str(text or "")[:100]
    match = re.search(r"(?<!\d)((?:1[5-9]|20)\d\d)(?:[-/]?(\d\d)(?:[-/]?(\d\d))?)?", text)
    if not match or int(match[1]) > timezone.now().year + 1:
        return None, None, None
    year, month, day = (int(part) if part else None for part in match.groups())
    if not month or not 1 <= month <= 12:
        return year, None, None
    is_day = day and 1 <= day <= calendar.monthrange(year, month)[1]
    return year, month, day if is_day else None


def authors_in(text) -> list[str]:
    """Return the names in one text: “Jan Jansen, Piet de Vries en Meta de Lange”."""
    text = clean_text(text, 2000)
    if ";" in text:
        names = text.split(";")
    else:
        names = re.split(r"\s+(?:en|and|und|et|&)\s+", text)
        if text.count(",") and all(" " in part.strip() for part in text.split(",")):
            names = [part for name in names for part in name.split(",")]
    return clean_authors(names)


def clean_authors(names) -> list[str]:
    found = [clean_text(name, 200).strip(" ,;") for name in names]
    found = [name for name in found if re.search(r"[^\W\d_]{2}", name) and "://" not in name]
    return list(dict.fromkeys(found))[:MAX_AUTHORS]


def full_name(given: str, family: str) -> str:
    """Return a name from which `names.author_from` makes the same parts again."""
    given, family = clean_text(given, 100), clean_text(family, 150)
    if given and " " in family and family[0].isupper() and not family.startswith("Van "):
        return f"{family}, {given}"
    return f"{given} {family}".strip()


def language_from(text) -> str:
    """Return our own code for a language, or nothing."""
    code = clean_text(text, 20).lower().replace("_", "-").split("-")[0]
    code = LANGUAGES.get(code, code)
    return code if code in Language.values and code != Language.OTHER else ""


def licence_from(address) -> str:
    """Return which of our choices a Creative Commons address stands for, or nothing."""
    match = CREATIVE_COMMONS.search(address) if isinstance(address, str) else None
    if not match:
        return ""
    if match["zero"]:
        return Licence.CC0.value
    land = f" {match['land'].upper()}" if match["land"] else ""
    name = f"CC {match['terms'].upper()} {match['version']}{land}"
    return name if name in Licence.values else ""


def number_in(text) -> int | None:
    match = re.search(r"\d{1,5}", str(text or "")[:50])
    return int(match.group()) if match and 0 < int(match.group()) < 20_000 else None
