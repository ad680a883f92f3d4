r"""
A record as cells of a spreadsheet, and back without loss.

More values in one cell are separated by “|”. An author is “Achternaam, Voornaam” or “Achternaam,
Voornaam, tussenvoegsel”, an organisation “{Gemeente Utrecht}”; an editor has “(red.)” behind it. A
backslash takes away the meaning of the sign behind it. What a spreadsheet would take for a formula
gets an apostrophe in front of it, which goes when the file is read here.
"""

import re

from publications.exchange.records import AUTHORS, COLUMNS, LIST, TERM, TERMS, YES_NO, TermNames
from publications.names import author_from

FORMULA = re.compile(r"'*[=+\-@\t\r]")
EDITOR = "(red.)"


def safe_cell(text: str) -> str:
    """Return the text such that no spreadsheet takes it for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def text_of_cell(cell: str) -> str:
    """Return what `safe_cell` was given."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def row_of(record: dict, names: TermNames) -> list[str]:
    """Return the cells of a record, in the order of COLUMNS."""
    return [safe_cell(_cell(column, record[column.name], names)) for column in COLUMNS]


def _cell(column, value, names: TermNames) -> str:
    if value in (None, "", []):
        return ""
    if column.kind == AUTHORS:
        return " | ".join(map(author_text, value))
    if column.kind == TERM:
        return names.name_of(column.vocabulary, value)
    if column.kind == TERMS:
        return " | ".join(escaped(names.name_of(column.vocabulary, slug)) for slug in value)
    if column.kind == LIST:
        return " | ".join(map(escaped, value))
    if column.kind == YES_NO:
        return "ja" if value else "nee"
    return str(value)


def escaped(text: str, signs: str = "|;") -> str:
    return re.sub(f"[{re.escape(signs)}\\\\]", r"\\\g<0>", text)


def split(cell: str, sign: str) -> list[str]:
    """Split at a sign without a backslash before it. The parts keep their backslashes."""
    parts, is_escaped = [""], False
    for character in cell:
        if character == sign and not is_escaped:
            parts.append("")
        else:
            parts[-1] += character
        is_escaped = character == "\\" and not is_escaped
    return [part.strip() for part in parts]


def plain(text: str) -> str:
    """Take the backslashes away."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def values_of(cell: str, other_sign: str = ";") -> list[str]:
    """Return the values in one cell: between “|”, or else between `other_sign`."""
    parts = split(cell, "|")
    if len(parts) == 1 and other_sign:
        parts = split(cell, other_sign)
    return [plain(part) for part in parts if part]


def authors_of(cell: str) -> list[dict]:
    parts = split(cell, "|")
    if len(parts) == 1:
        parts = split(cell, ";")
    return [author_of(part) for part in parts if part]


def author_of(text: str) -> dict:
    """Return the parts of an author as `author_text` wrote it, or as people type a name."""
    is_editor = text.endswith(EDITOR) and not text.endswith(f"\\{EDITOR}")
    text = text.removesuffix(EDITOR).strip() if is_editor else text
    author = {"given": "", "particle": "", "family": "", "organisation": "", "is_editor": is_editor}
    if text.startswith("{") and text.endswith("}"):
        return author | {"organisation": plain(text[1:-1])}
    parts = [plain(part) for part in split(text, ",")]
    if len(parts) == 3:
        return author | dict(zip(("family", "given", "particle"), parts, strict=True))
    return author | author_from(", ".join(parts))


def author_text(author: dict) -> str:
    ending = f" {EDITOR}" if author["is_editor"] else ""
    if author["organisation"]:
        return "{" + escaped(author["organisation"]).replace(EDITOR, f"\\{EDITOR}") + "}" + ending
    parts = [
        escaped(author[part], "|;,{").replace(EDITOR, f"\\{EDITOR}")
        for part in ("family", "given", "particle")
    ]
    short = f"{parts[0]}, {parts[1]}" + ending
    return short if author_of(short) == author else ", ".join(parts) + ending
