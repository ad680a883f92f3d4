"""BibTeX, as we and other programs write it, to raw values. bibtexparser and pylatexenc read it."""

import logging
import re

import bibtexparser
from bibtexparser.middlewares.names import (
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from bibtexparser.model import DuplicateBlockKeyBlock
from pylatexenc import latex2text, latexwalker

from publications.citations.kinds import OF_SLUG
from publications.names import with_particle_of_given

logger = logging.getLogger(__name__)

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
OTHERS = "others"  # “and others”: there are more names, but not in the file
HAS_LATEX = re.compile(r"[\\{}$~%]")
# Dashes and quotes are left as they stand: two hyphens may be two hyphens.
NO_SPECIALS = {"exclude_categories": ["nonascii-specials"]}
WALKER = latexwalker.get_default_latex_context_db().filter_context(**NO_SPECIALS)
TEXTS = latex2text.get_default_latex_context_db().filter_context(**NO_SPECIALS)
TEXTS.add_context_category(
    "signs",
    macros=[
        latex2text.MacroTextSpec("textbraceleft", "{"),
        latex2text.MacroTextSpec("textbraceright", "}"),
        latex2text.MacroTextSpec("textasciicircum", "^"),
    ],
    prepend=True,
)
READER = latex2text.LatexNodes2Text(
    latex_context=TEXTS,
    math_mode="verbatim",
    keep_comments=True,
    strict_latex_spaces=False,
)
# The field that names who brought it out, in the order in which we look.
PUBLISHERS = ("publisher", "institution", "school", "organization", "howpublished")
PLAIN = {
    "journal": ("journal", "journaltitle", "booktitle"),
    "page_count": ("pagetotal",),
    "language": ("language", "langid"),
    "doi": ("doi",),
    "isbn": ("isbn",),
    "source_url": ("url",),
    "licence": ("copyright", "license"),
    "summary": ("abstract",),
    "place": ("location", "address"),
}
OF_ENTRY_TYPE = {kind.bibtex: slug for slug, kind in reversed(OF_SLUG.items())} | {
    "techreport": "onderzoek",
    "report": "onderzoek",
    "mastersthesis": "proefschrift-of-scriptie",
    "thesis": "proefschrift-of-scriptie",
    "misc": "",
}


def bibtex_rows(text: str) -> tuple[list[tuple[int, dict]], list[str]]:
    """Return (line, raw values) for each entry, and a sentence for each that cannot be read."""
    logging.getLogger("bibtexparser").setLevel(logging.ERROR)
    library = bibtexparser.parse_string(text)
    entries, notices = list(library.entries), []
    for block in library.failed_blocks:
        if isinstance(block, DuplicateBlockKeyBlock):  # the key says nothing to us
            entries.append(block.ignore_error_block)
        else:
            notices.append(f"Wat op regel {block.start_line + 1} begint, is geen goede BibTeX.")
    entries.sort(key=lambda entry: entry.start_line)
    rows, number = [], 0
    for entry in entries:
        line = entry.start_line + 1
        try:
            raw = _raw(entry)
        except Exception:  # what takes LaTeX and names apart raises whatever its parts raise
            logger.warning("BibTeX entry on line %s cannot be read", line, exc_info=True)
            notices.append(f"Wat op regel {line} begint, kunnen we niet lezen.")
            continue
        people = [f.value for f in entry.fields if f.key.lower() in ("author", "editor")]
        if any(OTHERS in split_multiple_persons_names(str(names)) for names in people):
            notices.append(f"Op regel {line} noemt het bestand niet alle namen (‘and others’).")
        number = max(line, number + 1)  # two may stand on one line
        rows.append((number, raw))
    return rows, notices[:20]


def decoded(text: str) -> str:
    """Return the text that LaTeX stands for: {\\"o} gives ö, \\% gives %, braces go."""
    if not HAS_LATEX.search(text):
        return text
    # A lone %, $ or & is itself here, whatever TeX would make of it.
    text = re.sub(r"(?<!\\)~", " ", re.sub(r"(?<!\\)([%$&])", r"\\\1", text))
    nodes, _, _ = latexwalker.LatexWalker(
        text, latex_context=WALKER, tolerant_parsing=True
    ).get_latex_nodes()
    return READER.nodelist_to_text(nodes)


def _raw(entry) -> dict:
    fields = {f.key.lower(): str(f.value) for f in entry.fields}
    text = {name: decoded(value).strip() for name, value in fields.items()}
    raw = {
        name: next((text[key] for key in keys if text.get(key)), "") for name, keys in PLAIN.items()
    }
    raw["title"], raw["subtitle"] = _titles(text)
    raw["kind"] = [text.get("type", ""), OF_ENTRY_TYPE.get(entry.entry_type.lower(), "")]
    raw["organisation"] = next((text[key] for key in PUBLISHERS if text.get(key)), "")
    raw["authors"] = [
        *_people(fields.get("author", ""), is_editor=False),
        *_people(fields.get("editor", ""), is_editor=True),
    ]
    raw["year"], raw["month"], raw["day"] = _date(text)
    number = text.get("number") or text.get("issue") or ""
    raw["volume"] = f"{text.get('volume', '')}({number})" if number else text.get("volume", "")
    raw["page_range"] = re.sub(r"-{2,}", "-", text.get("pages", ""))
    keywords = text.get("keywords", "")
    sign = ";" if ";" in keywords else ","  # with “;” between them, a keyword may have a comma
    raw["keywords"] = [word.strip() for word in keywords.split(sign) if word.strip()]
    raw["source_url"] = re.sub(r"\\([&%#_~])", r"\1", fields.get("url", ""))
    raw["doi"] = re.sub(r"\\([&%#_~])", r"\1", fields.get("doi", ""))
    return {name: value for name, value in raw.items() if value} | {"is_tolerant": True}


def _titles(text: dict) -> tuple[str, str]:
    """Return title and subtitle. `shorttitle` says where the one ends."""
    title = " ".join(text.get("title", "").split())
    short = " ".join(text.get("shorttitle", "").split())
    if short and title.startswith(short) and title != short:
        return short, title.removeprefix(short).removeprefix(":").strip()
    return title, text.get("subtitle", "")


def _date(text: dict) -> tuple[str, str, str]:
    year, month, day = [*text.get("date", "").split("-"), "", "", ""][:3]
    month = text.get("month", month).lower()
    if month[:3] in MONTHS:
        month = str(MONTHS.index(month[:3]) + 1)
    return text.get("year", year), month.lstrip("0"), text.get("day", day).lstrip("0")


def _people(names: str, is_editor: bool) -> list[dict]:
    people = split_multiple_persons_names(names)
    return [_person(name, is_editor) for name in people if name and name != OTHERS]


def _person(name: str, is_editor: bool) -> dict:
    author = {"given": "", "particle": "", "family": "", "organisation": "", "is_editor": is_editor}
    name = " ".join(name.split())
    if _is_braced(name):
        return author | {"organisation": decoded(name)}
    parts = parse_single_name_into_parts(name, strict=False)
    given, particle = with_particle_of_given(
        decoded(" ".join([*parts.first, *parts.jr])), decoded(" ".join(parts.von))
    )
    return author | {
        "given": given,
        "particle": particle,
        "family": decoded(" ".join(parts.last)),
    }


def _is_braced(name: str) -> bool:
    """Tell whether one pair of braces is around the whole of it: an institution."""
    depth, is_escaped = 0, False
    for place, character in enumerate(name):
        if not is_escaped:
            depth += (character == "{") - (character == "}")
        is_escaped = character == "\\" and not is_escaped
        if depth == 0 and place < len(name) - 1:
            return False
    return name.startswith("{") and name.endswith("}")
