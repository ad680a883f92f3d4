"""
A publication as a reference in APA 7, the Dutch way. citeproc-py does it; `apa-nl.csl` says how.

The style of our own is there because citeproc-py repeats what the official one puts in the place of
a missing author, and because Dutch writes “De Vries, J.” with a capital and sorts it under the D
(libguides.uvt.nl/apa-handleiding, scribbr.nl). “d’Ancona” keeps its small letter.
"""

import json
import re
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from .csl import csl_item, whole_family

STYLE = Path(__file__).parent / "apa-nl.csl"
SHOWN = (
    "id type title author editor issued publisher container-title volume issue page genre"
    " language DOI URL accessed"
).split()
# citeproc-py escapes only some of what it shows, and writes a dash between pages as a hyphen. These
# letters stand in for those signs until all is done.
SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "–": "–"}
STAND_INS = {sign: chr(0xE000 + number) for number, sign in enumerate(SIGNS)}
MEANT = {STAND_INS[sign]: shown for sign, shown in SIGNS.items()}
SECOND_FULL_STOP = re.compile(r"([?!.])(</i>)?\.(?=\s|$)")
_one_at_a_time = Lock()  # citeproc-py keeps what it is doing in its style


def apa(publication, today: date | None = None) -> SafeString:
    """
    Return the reference to one publication in APA, as HTML with nothing but `<i>` in it.

    APA wants the day somebody looked at it only for what has no date itself and is on the web.
    """
    item = csl_item(publication)
    if "issued" not in item and "URL" in item and "DOI" not in item:
        item = csl_item(publication, accessed=today or timezone.localdate())
    return mark_safe(_rendered(json.dumps(_for_apa(item))))  # noqa: S308 (escaped above)


def _for_apa(item: dict) -> dict:
    shown = {name: item[name] for name in SHOWN if name in item}
    first_role = "author" if "author" in shown else "editor"
    if first_role in shown:
        shown[first_role] = [_with_capital(name) for name in shown[first_role]]
    for role in ("author", "editor"):
        if role in shown:
            shown[role] = [_in_one(name) for name in shown[role]]
    if shown.get("author") == [{"literal": shown.get("publisher")}]:
        del shown["publisher"]  # APA names who is both once
    if "page" in shown:
        shown["page"] = re.sub(r"(?<=\w)-(?=\w)", "–", shown["page"])
    return _put(shown)


def _with_capital(name: dict) -> dict:
    """Return a name as it stands with the family name first: “De Vries, J.”, but “J. de Vries”."""
    particle = name.get("non-dropping-particle", "")
    if not particle or particle[-1] in "'’":
        return name
    return {**name, "non-dropping-particle": particle[0].upper() + particle[1:]}


def _in_one(name: dict) -> dict:
    """Return a name without its particle apart, if that ends in an apostrophe: “d’Ancona”."""
    if name.get("non-dropping-particle", " ")[-1] not in "'’":
        return name
    return {"family": whole_family(name), "given": name.get("given", "")}


def _put(value):
    """Put the stand-ins in every text of an item."""
    if isinstance(value, str):
        return value.translate(str.maketrans(STAND_INS))
    if isinstance(value, dict):
        return {name: _put(part) for name, part in value.items()}
    return [_put(part) for part in value] if isinstance(value, list) else value


@cache
def _style() -> CitationStylesStyle:
    return CitationStylesStyle(str(STYLE), locale="nl-NL", validate=False)


@lru_cache(maxsize=2_000)
def _rendered(item: str) -> str:
    source = json.loads(item)
    with _one_at_a_time:
        bibliography = CitationStylesBibliography(_style(), CiteProcJSON([source]), formatter.html)
        bibliography.register(Citation([CitationItem(source["id"])]))
        text = "".join(str(part) for part in bibliography.bibliography()[0])
    return SECOND_FULL_STOP.sub(r"\1\2", text).translate(str.maketrans(MEANT))
