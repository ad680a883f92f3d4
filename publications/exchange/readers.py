"""
Taking a file apart: bytes in, numbered rows of raw values out. Nothing is judged here.

A raw value is what stands in the file, by the name of its column: text, or for JSON, BibTeX and RIS
also a number or a list. What we do not know is left out and named in `notices`.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import openpyxl

from publications.exchange.bibtex import bibtex_rows
from publications.exchange.cells import text_of_cell
from publications.exchange.records import BY_NAME, COLUMNS
from publications.exchange.ris import ris_rows
from publications.models import ImportFormat

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 200
MAX_SIGNS = 60 * MAX_ROWS  # braces or brackets in JSON: each costs far more than one byte
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # the database has no such characters
SIGNS = ",;\t"


class Unreadable(Exception):
    """The file cannot be taken apart. The message says why, in an editor's words."""


@dataclass
class Contents:
    """What is in a file: (number, raw values) for each row, and sentences about the whole."""

    rows: list[tuple[int, dict]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def read_file(content: bytes, file_format: str) -> Contents:
    """Take a file apart. Raise Unreadable, and nothing else, when it is not what it says it is."""
    reader = {
        ImportFormat.CSV: _read_csv,
        ImportFormat.XLSX: _read_xlsx,
        ImportFormat.JSON: _read_json,
        ImportFormat.BIBTEX: lambda data: Contents(*bibtex_rows(text_of(data))),
        ImportFormat.RIS: lambda data: Contents(*ris_rows(text_of(data))),
    }[file_format]
    contents = reader(content)
    if not contents.rows:
        raise Unreadable("Er staat geen enkele publicatie in dit bestand.")
    _refuse_too_many(contents.rows)
    return contents


def _refuse_too_many(rows: list) -> None:
    if len(rows) > MAX_ROWS:
        raise Unreadable(
            f"Dit bestand heeft meer dan {MAX_ROWS} rijen. Verdeel het over bestanden."
        )


def text_of(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or as old Windows wrote it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace").replace("\x00", "")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\x00", "")


def _read_csv(content: bytes) -> Contents:
    text = text_of(content)
    first = text.partition("\n")[0]
    sign = max(SIGNS, key=first.count)
    csv.field_size_limit(MAX_BYTES)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        return _of_table(enumerate(table, start=1))
    except csv.Error as error:
        raise Unreadable("Dit bestand is geen goede CSV: een aanhalingsteken mist.") from error


def _read_xlsx(content: bytes) -> Contents:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(member.file_size for member in package.infolist()) > MAX_UNPACKED_BYTES:
                raise Unreadable("Dit Excel-bestand is uitgepakt te groot.")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        cells = sheet.iter_rows(max_row=5 * MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
        return _of_table(enumerate((list(map(_text_of_value, row)) for row in cells), start=1))
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever its parts raise
        raise Unreadable("Dit is geen Excel-bestand dat we kunnen lezen.") from error


def _text_of_value(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return UNSTORABLE.sub("", str(value))


def _of_table(table) -> Contents:
    """Read a table of which the first row that is not empty holds the headings."""
    headings = {column.heading: column.name for column in COLUMNS} | {
        name: name for name in BY_NAME
    }
    names, contents = None, Contents()
    for number, cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        _refuse_too_many(contents.rows)
        if names is None:
            names = [headings.get(" ".join(cell.lower().split())) for cell in cells]
            unknown = [c for c, name in zip(cells, names, strict=True) if c.strip() and not name]
            if "title" not in names:
                raise Unreadable("De eerste rij moet koppen hebben, met in elk geval ‘titel’.")
            contents.notices += [f"De kolom ‘{h[:50]}’ kennen we niet." for h in unknown[:20]]
            continue
        # A list with no names for the last cells: a sign too many in the file.
        surplus = any(cell.strip() for cell in cells[len(names) :])
        pairs = zip(names, cells, strict=False)
        raw = {name: text_of_cell(cell) for name, cell in pairs if name and cell}
        contents.rows.append((number, raw | ({"surplus": True} if surplus else {})))
    return contents


def _read_json(content: bytes) -> Contents:
    """Read a JSON list of records, or JSON Lines: one record on each line."""
    text = text_of(content).strip()
    if max(text.count("{"), text.count("[")) > MAX_SIGNS:
        raise Unreadable("Deze JSON heeft te veel onderdelen. Verdeel het over bestanden.")
    try:
        if text.startswith("["):
            records = list(enumerate(_storable(json.loads(text)), start=1))
        else:
            records = list(_of_lines(text))
    except (ValueError, RecursionError) as error:
        raise Unreadable("Dit is geen goede JSON.") from error
    if not all(isinstance(record, dict) for _, record in records):
        raise Unreadable("Elk onderdeel van de lijst moet een publicatie zijn.")
    unknown = sorted({name for _, record in records for name in record} - set(BY_NAME))
    rows = [
        (number, {n: value for n, value in record.items() if n in BY_NAME})
        for number, record in records
    ]
    return Contents(rows, [f"Het veld ‘{name[:50]}’ kennen we niet." for name in unknown[:20]])


def _of_lines(text: str) -> Iterator[tuple[int, object]]:
    """Yield (line, record) of JSON Lines, and one more than may be there at most."""
    count = 0
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        if line.strip():
            yield number, _storable(json.loads(line))
            count += 1
        if count > MAX_ROWS:
            return


def _storable(value):
    """Return a value of JSON without the characters that the database does not have."""
    if isinstance(value, str):
        return UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_storable(part) for part in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(part) for name, part in value.items()}
    return value
