"""RIS, as we and other programs write it, to raw values. rispy reads it."""

import re

import rispy

from publications.citations.kinds import OF_SLUG
from publications.names import PARTICLES, with_particle_of_given

OF_TYPE = {kind.ris: slug for slug, kind in reversed(OF_SLUG.items())} | {
    "RPRT": "onderzoek",
    "CHAP": "boek",
    "EBOOK": "boek",
    "GEN": "",
}
PLAIN = {
    "journal": ("secondary_title", "journal_name", "alternate_title1", "alternate_title3"),
    "organisation": ("publisher",),
    "language": ("language",),
    "doi": ("doi",),
    "isbn": ("issn",),
    "summary": ("abstract", "notes_abstract"),
    "place": ("place_published",),
}
MAX_NOTICES = 20
TAG = re.compile(r"([A-Z][A-Z0-9])  -\s?(.*)")
COUNT = re.compile(r"\s*\d+\.\s*")  # some programs number their records
LONG = ("AB", "N1", "N2")  # a text of more than one paragraph
LABELLED = re.compile(r"(Aantal bladzijden|Licentie): (.+)")
# “King, Jr., Martin Luther”: the suffix belongs to the family name.
WITH_SUFFIX = re.compile(r"([^,]*(?:, *(?:Jr|Sr|II|III|IV)\b\.?)?),?(.*)")
PERSONS = ("authors", "first_authors")
EDITORS = ("secondary_authors", "editors", "tertiary_authors")


def ris_rows(text: str) -> tuple[list[tuple[int, dict]], list[str]]:
    """
    Return (number, raw values) for each record, counted from one, and sentences about what is lost.

    Each record is read alone: one without an end takes nothing of the next.
    """
    mapping = rispy.TAG_KEY_MAPPING | {"ED": "editors"}
    lists = [*rispy.LIST_TYPE_TAGS, "ED"]
    blocks, notices = _blocks(text)
    records = (rispy.loads("\n".join(block), mapping=mapping, list_tags=lists) for block in blocks)
    return [(number, _raw(record)) for number, (record,) in enumerate(records, start=1)], notices[
        :MAX_NOTICES
    ]


def _blocks(text: str) -> tuple[list[list[str]], list[str]]:
    """Return the lines of each record, from TY to ER, and a sentence for each text that is none."""
    blocks, notices = [], []
    is_inside, was_outside, was_blank, tag = False, False, False, ""
    for number, line in enumerate(text.splitlines(), start=1):
        found = TAG.match(line)
        tag = found[1] if found else tag
        if found and tag == "TY":
            blocks.append([f"TY  - {found[2]}"])
            is_inside, was_outside = True, False
        elif is_inside and found and tag == "ER":
            is_inside = False
        elif not line.strip() or COUNT.fullmatch(line):
            was_blank = not line.strip()
            continue
        elif is_inside and (found or not was_blank or tag in LONG):
            blocks[-1].append(f"{tag}  - {found[2]}" if found else line)
        elif not was_outside:
            place = "zonder veld" if is_inside else "buiten een publicatie (van TY tot ER)"
            notices.append(f"De tekst op regel {number} staat {place}. We laten die weg.")
            was_outside = not is_inside
        was_blank = False
    return [[*block, "ER  - "] for block in blocks], notices


def _raw(record: dict) -> dict:
    raw = {
        name: next((record[key] for key in keys if record.get(key)), "")
        for name, keys in PLAIN.items()
    }
    raw["title"], raw["subtitle"] = _titles(record)
    raw["kind"] = [record.get("type_of_work"), OF_TYPE.get(record.get("type_of_reference"), "")]
    raw["authors"] = [
        *(_person(name, False) for key in PERSONS for name in record.get(key, [])),
        *(_person(name, True) for key in EDITORS for name in record.get(key, [])),
    ]
    raw["year"], raw["month"], raw["day"] = _date(record)
    number = record.get("number", "")
    raw["volume"] = f"{record.get('volume', '')}({number})" if number else record.get("volume", "")
    pages = [record.get("start_page"), record.get("end_page")]
    raw["page_range"] = "-".join(filter(None, pages))
    raw["keywords"] = record.get("keywords", [])
    raw["source_url"] = next(iter(record.get("urls", [])), "") or record.get("url", "")
    for note in record.get("notes", []):
        if match := LABELLED.fullmatch(note):
            raw["page_count" if match[1] == "Aantal bladzijden" else "licence"] = match[2]
    return {name: value for name, value in raw.items() if value} | {"is_tolerant": True}


def _titles(record: dict) -> tuple[str, str]:
    title = record.get("title") or record.get("primary_title") or ""
    short = record.get("short_title", "")
    if short and title.startswith(short) and title != short:
        return short, title.removeprefix(short).removeprefix(":").strip()
    return title, ""


def _date(record: dict) -> tuple[str, str, str]:
    dates = [record.get(name, "") for name in ("date", "publication_year", "year")]
    parts = [*re.split("[/-]", max(dates, key=len)), "", "", ""][:3]
    return parts[0].strip(), parts[1].strip().lstrip("0"), parts[2].strip().lstrip("0")


def _person(name: str, is_editor: bool) -> dict:
    """A person has a comma, an institution none; a comma of its own is doubled."""
    author = {"given": "", "particle": "", "family": "", "organisation": "", "is_editor": is_editor}
    if "," not in name or ",," in name:
        return author | {"organisation": name.replace(",,", ",", 1)}
    family, given = WITH_SUFFIX.match(name).groups()
    words, count = family.split(), 0
    while count < len(words) - 1 and words[count] in PARTICLES:
        count += 1
    particle, family = " ".join(words[:count]), " ".join(words[count:])
    given, particle = with_particle_of_given(given.strip(), particle)
    return author | {"particle": particle, "family": family, "given": given}
