"""
Read one DOCX, ODT or EPUB: `python text_reader.py FILE FOLDER` writes reading.json in FOLDER.

A program of its own, because `publications.documents.read_document` runs it in a child process that
may die at any moment. It imports nothing of the project, opens no address and follows no reference
out of the file.
"""

import json
import posixpath
import resource
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from defusedxml.ElementTree import iterparse

# For the program itself. What needs more is hostile, or nothing that we can use.
LIMITS = {
    resource.RLIMIT_AS: 512 * 1024 * 1024,
    resource.RLIMIT_CPU: 60,
    resource.RLIMIT_FSIZE: 64 * 1024 * 1024,
    resource.RLIMIT_CORE: 0,
}
MAX_MEMBER_BYTES = 100 * 1024 * 1024
MAX_PARTS = 2_000
MAX_CHARACTERS = 2_000_000

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
BLOCKS = {"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "br", "section"}


class TooLarge(Exception):
    """A part of the archive unpacks to more than we read."""


class Member:
    """One file of an archive, of which no more can be read than we allow."""

    def __init__(self, archive: zipfile.ZipFile, name: str):
        self.file, self.room = archive.open(name), MAX_MEMBER_BYTES

    def read(self, size: int = -1) -> bytes:
        found = self.file.read(min(size, self.room + 1) if size >= 0 else self.room + 1)
        self.room -= len(found)
        if self.room < 0:
            raise TooLarge
        return found


class Text:
    """The text of a document in parts: pages, or chapters. Takes no more than there is room for."""

    def __init__(self):
        self.parts, self.room = [[]], MAX_CHARACTERS
        self.has_scripts = False  # of a chapter in an EPUB

    def add(self, piece: str) -> None:
        piece = piece.replace("\x00", "")[: self.room]
        self.room -= len(piece)
        self.parts[-1].append(piece)

    def next_part(self) -> None:
        if len(self.parts) < MAX_PARTS:
            self.parts.append([])

    def read(self) -> list[str]:
        return ["".join(part).strip() for part in self.parts]


def read_docx(archive: zipfile.ZipFile, text: Text) -> None:
    for name in ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml"):
        if name not in archive.namelist():
            continue
        for _, element in iterparse(Member(archive, name), events=("end",)):
            if element.tag == f"{WORD}t":
                text.add(element.text or "")
            elif element.tag in (f"{WORD}tab", f"{WORD}cr"):
                text.add(" ")
            elif element.tag == f"{WORD}p":
                text.add("\n")
                element.clear()
            elif element.tag == f"{WORD}lastRenderedPageBreak":
                text.next_part()
            elif element.tag == f"{WORD}br":
                text.add("\n")


def read_odt(archive: zipfile.ZipFile, text: Text) -> None:
    events = iterparse(Member(archive, "content.xml"), events=("start", "end"))
    depth = 0  # within a paragraph or a heading: what stands elsewhere is not text
    for event, element in events:
        is_block = element.tag in (f"{ODF_TEXT}p", f"{ODF_TEXT}h")
        if event == "start":
            depth += is_block
            if element.tag == f"{ODF_TEXT}soft-page-break" and not depth:
                text.next_part()
        elif is_block:
            depth -= 1
            if not depth:
                _add_paragraph(element, text)
                element.clear()


def _add_paragraph(paragraph, text: Text) -> None:
    waiting = [paragraph]  # elements, and the texts behind them; a stack, since depth is unlimited
    while waiting:
        element = waiting.pop()
        if isinstance(element, str):
            text.add(element)
            continue
        if element.tag == f"{ODF_TEXT}soft-page-break":
            text.next_part()
        elif element.tag in (f"{ODF_TEXT}s", f"{ODF_TEXT}tab", f"{ODF_TEXT}line-break"):
            text.add(" ")
        text.add(element.text or "")
        for child in reversed(element):
            waiting += [child.tail or "", child]
    text.add("\n")


def read_epub(archive: zipfile.ZipFile, text: Text) -> None:
    for number, name in enumerate(chapters(archive)):
        if number:
            text.next_part()
        page = Page()
        page.feed(Member(archive, name).read().decode("utf-8", "replace"))
        text.add("".join(page.pieces))
        text.has_scripts |= page.has_scripts


def chapters(archive: zipfile.ZipFile) -> list[str]:
    """Return the names of the chapters in reading order."""
    package = next(
        element.get("full-path")
        for _, element in iterparse(Member(archive, "META-INF/container.xml"))
        if element.tag.endswith("}rootfile")
    )
    addresses, order = {}, []
    for _, element in iterparse(Member(archive, package)):
        if element.tag.endswith("}item"):
            addresses[element.get("id")] = element.get("href", "")
        elif element.tag.endswith("}itemref"):
            order.append(element.get("idref"))
    folder = posixpath.dirname(package)
    names = [
        posixpath.normpath(posixpath.join(folder, unquote(addresses[one].partition("#")[0])))
        for one in order
        if one in addresses
    ]
    there = set(archive.namelist())
    return [name for name in names if name in there][:MAX_PARTS]


class Page(HTMLParser):
    """The text of one chapter."""

    def __init__(self):
        super().__init__()
        self.pieces, self.hidden, self.has_scripts = [], 0, False

    def handle_starttag(self, tag, attrs):
        self.has_scripts |= tag == "script"
        self.hidden += tag in ("script", "style", "head")
        if tag in BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style", "head") and self.hidden > 0
        if tag in BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data):
        if not self.hidden:
            self.pieces.append(data)


READERS = {".docx": read_docx, ".odt": read_odt, ".epub": read_epub}


# A member that a word processor has no use for, and that somebody may be told to open.
FOREIGN = (".zip", ".7z", ".rar", ".gz", ".jar", ".exe", ".dll", ".bat", ".cmd", ".ps1", ".vbs")


def find_warnings(archive: zipfile.ZipFile, text: Text) -> list[str]:
    """Return what an editor should know before others open this file."""
    names = archive.namelist()
    has_scripts = text.has_scripts or any(
        name.endswith(("vbaProject.bin", ".js")) or name.startswith(("Basic/", "Scripts/"))
        for name in names
    )
    has_attachments = any(
        "/embeddings/" in name or name.startswith("Object ") or name.lower().endswith(FOREIGN)
        for name in names
    )
    fetches = any(fetches_from_elsewhere(archive, name) for name in names if is_relations(name))
    found = {"scripts": has_scripts, "bijlagen": has_attachments, "verwijzingen": fetches}
    return [warning for warning, is_there in found.items() if is_there]


def is_relations(name: str) -> bool:
    return name.lower().endswith(".rels")


def fetches_from_elsewhere(archive: zipfile.ZipFile, name: str) -> bool:
    """Tell whether Word opens another address by itself; an ordinary link waits for a click."""
    return any(
        element.get("TargetMode", "").lower() == "external"
        and not element.get("Type", "").endswith("/hyperlink")
        for _, element in iterparse(Member(archive, name))
    )


def is_encrypted(archive: zipfile.ZipFile) -> bool:
    """Tell whether one needs a password: of the archive, or as an ODT says in its list of files."""
    if any(member.flag_bits & 1 for member in archive.infolist()):
        return True
    name = "META-INF/manifest.xml"
    return name in archive.namelist() and b"encryption-data" in Member(archive, name).read()


def read(path: str, folder: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        if is_encrypted(archive):
            write(folder, warnings=["versleuteld"], page_count=None, page_texts=[])
            return
        text = Text()
        READERS[Path(path).suffix.lower()](archive, text)
        warnings, texts = find_warnings(archive, text), text.read()
    if not "".join(texts).strip():
        warnings.append("geen-tekst")
    write(folder, warnings=warnings, page_count=len(texts), page_texts=texts)


def write(folder: Path, **reading) -> None:
    (folder / "half.json").write_text(json.dumps(reading))
    (folder / "half.json").rename(folder / "reading.json")


if __name__ == "__main__":
    for kind, limit in LIMITS.items():
        resource.setrlimit(kind, (limit, limit))
    read(sys.argv[1], Path(sys.argv[2]))
