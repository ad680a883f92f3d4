"""
Read what one file says about itself: `python properties_reader.py FILE FOLDER` writes reading.json.

Quick, for somebody who waits: the properties, what people left in it (comments, changes, places),
and the text of the first pages. A program of its own, because
`publications.documents.read_properties` runs it in a child process that may die at any moment. It
imports nothing of the project and follows no reference out of the file.
"""

import contextlib
import ctypes
import json
import re
import resource
import sys
import zipfile
from itertools import groupby
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from defusedxml.ElementTree import iterparse
from PIL import Image

# For the program itself. What needs more is hostile, or nothing that we can use.
LIMITS = {
    resource.RLIMIT_AS: 512 * 1024 * 1024,
    resource.RLIMIT_CPU: 8,
    resource.RLIMIT_FSIZE: 4 * 1024 * 1024,
    resource.RLIMIT_CORE: 0,
}
FIRST_PAGES = 3
MAX_PAGES_FOR_NOTES = 300
MAX_CHARACTERS = 20_000
MAX_MEMBER_BYTES = 50 * 1024 * 1024
MAX_PICTURES = 40
GPS = 0x8825  # the part of Exif with the place
PICTURES = (".jpg", ".jpeg", ".tif", ".tiff", ".png", ".webp")

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Elements of core.xml, app.xml, meta.xml and the package of an EPUB, by their name without prefix.
NAMES = {
    "creator": "authors",
    "initial-creator": "authors",
    "lastModifiedBy": "last_modified_by",
    "Company": "company",
    "Manager": "authors",
    "Template": "template",
    "HyperlinkBase": "template",
    "title": "title",
    "description": "description",
    "publisher": "publisher",
    "language": "language",
    "identifier": "identifier",
    "date": "date",
    "created": "date",
    "creation-date": "date",
    "Pages": "page_count",
}
# What people do in a file and forget, by the name of its element.
NOTES = {"comment": "comments", "annotation": "comments"}
CHANGES = {f"{WORD}ins", f"{WORD}del", f"{WORD}moveFrom", f"{WORD}moveTo"}
# Kinds of PDF annotation that somebody typed or drew: not links, form fields or pop-ups.
NO_NOTES = {
    pdfium.FPDF_ANNOT_LINK,
    pdfium.FPDF_ANNOT_WIDGET,
    pdfium.FPDF_ANNOT_POPUP,
    pdfium.FPDF_ANNOT_FILEATTACHMENT,
}


def read_pdf(path: str) -> dict:
    document = pypdfium2.PdfDocument(path)
    said = document.get_metadata_dict()
    pages = range(min(len(document), FIRST_PAGES))
    return {
        "title": said.get("Title", ""),
        "authors": [said.get("Author", "")],
        "description": said.get("Subject", ""),
        "date": said.get("CreationDate", ""),
        "page_count": len(document),
        "language": language_of(document),
        "comments": comments_in(document),
        "attachments": attachments_of(document),
        "places": places_in(Path(path).read_bytes()),
        "headline": headline_of(document[0]),
        "text": "\n".join(text_of(document[number]) for number in pages)[:MAX_CHARACTERS],
    }


def text_of(page) -> str:
    text = page.get_textpage().get_text_bounded()
    return re.sub("[\x02\ufffe]\r?\n?", "", text).replace("\x00", "")


def language_of(document) -> str:
    get = getattr(pdfium, "FPDFCatalog_GetLanguage", None)
    if get is None:
        return ""
    size = get(document.raw, None, 0)
    buffer = ctypes.create_string_buffer(min(size, 200))
    get(document.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), len(buffer))
    return buffer.raw.decode("utf-16-le", "ignore").strip("\x00")


def comments_in(document) -> int:
    count = 0
    for number in range(min(len(document), MAX_PAGES_FOR_NOTES)):
        page = document[number]
        for place in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), 1000)):
            note = pdfium.FPDFPage_GetAnnot(page.raw, place)
            if note:
                count += pdfium.FPDFAnnot_GetSubtype(note) not in NO_NOTES
                pdfium.FPDFPage_CloseAnnot(note)
        page.close()
    return count


def attachments_of(document) -> list[str]:
    count = min(document.count_attachments(), 20)
    return [document.get_attachment(number).get_name() for number in range(count)]


def headline_of(page) -> str:
    """Return the largest letters of the upper part of the page: most often the title."""
    text_page = page.get_textpage()
    letters = [
        (round(pdfium.FPDFText_GetFontSize(text_page.raw, place), 1), place)
        for place in range(min(text_page.count_chars(), 3000))
    ]
    runs = []
    for size, run in groupby(letters, key=lambda letter: letter[0]):
        places = [place for _, place in run]
        text = text_page.get_text_range(places[0], len(places))
        if len(re.sub(r"\W", "", text)) > 4:
            runs.append((size, re.sub("[\x02\ufffe]\r?\n?", "", text)))
    largest = max((size for size, _ in runs), default=0)
    return " ".join(text for size, text in runs if size == largest)[:400]


def read_archive(path: str) -> dict:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        found = {"authors": [], "comments": 0, "changes": 0, "text": ""}
        for name in ("docProps/core.xml", "docProps/app.xml", "meta.xml", package_of(archive)):
            if name in names:
                read_properties_of(Member(archive, name), found)
        for name in ("word/comments.xml", "word/document.xml", "content.xml"):
            if name in names:
                count_notes(Member(archive, name), found)
        found["attachments"] = [
            name.rpartition("/")[2]
            for name in names
            if "/embeddings/" in name and not name.endswith("/")
        ][:20]
        pictures = [name for name in names if name.lower().endswith(PICTURES)][:MAX_PICTURES]
        found["places"] = sum(has_place(Member(archive, name)) for name in pictures)
    return found


def package_of(archive: zipfile.ZipFile) -> str:
    with contextlib.suppress(KeyError):
        for _, element in iterparse(Member(archive, "META-INF/container.xml")):
            if element.tag.endswith("}rootfile"):
                return element.get("full-path", "")
    return ""


def read_properties_of(member, found: dict) -> None:
    for _, element in iterparse(member):
        name = NAMES.get(element.tag.rpartition("}")[2])
        text = (element.text or "").strip()[:2000]
        if name == "authors" and text:
            found["authors"].append(text)
        elif name and text:
            found.setdefault(name, text)


def count_notes(member, found: dict) -> None:
    for _, element in iterparse(member):
        kind = element.tag.rpartition("}")[2]
        if kind in NOTES:
            found[NOTES[kind]] += 1
        if element.tag in CHANGES or kind == "changed-region":
            found["changes"] += 1
        if kind in ("t", "p", "h") and element.text and len(found["text"]) < MAX_CHARACTERS:
            found["text"] += element.text + (" " if kind == "t" else "\n")
        if kind in ("p", "h", "tbl", "table"):
            element.clear()


class Member:
    """One file of an archive, of which no more can be read than we allow."""

    def __init__(self, archive: zipfile.ZipFile, name: str):
        self.file, self.room = archive.open(name), MAX_MEMBER_BYTES

    def read(self, size: int = -1) -> bytes:
        found = self.file.read(min(size, self.room + 1) if size >= 0 else self.room + 1)
        self.room -= len(found)
        if self.room < 0:
            raise MemoryError("A part of the archive unpacks to more than we read.")
        return found


def has_place(member) -> bool:
    return bool(places_in(member.read()))


def places_in(data: bytes) -> int:
    """Count the photos in `data` that say where they were taken."""
    count, at = 0, -1
    for _ in range(MAX_PICTURES):
        at = data.find(b"Exif\x00\x00", at + 1)
        if at < 0:
            break
        with contextlib.suppress(Exception):  # whatever Pillow thinks of a broken one
            exif = Image.Exif()
            exif.load(data[at : at + 65_536])
            count += bool(exif.get_ifd(GPS))
    return count


def write(folder: Path, properties: dict) -> None:
    (folder / "half.json").write_text(json.dumps(properties))
    (folder / "half.json").rename(folder / "reading.json")


if __name__ == "__main__":
    for kind, limit in LIMITS.items():
        resource.setrlimit(kind, (limit, limit))
    read = read_pdf if sys.argv[1].endswith(".pdf") else read_archive
    write(Path(sys.argv[2]), read(sys.argv[1]))
