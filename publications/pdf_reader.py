"""
Read one PDF: `python pdf_reader.py FILE FOLDER` writes reading.json and cover.png in FOLDER.

A program of its own, because `publications.documents.read_document` runs it in a child process that
may die at any moment. It imports nothing of the project. It knows one reader of PDFs, the one that
browsers have, so that it warns of what others will open.
"""

import io
import json
import re
import resource
import sys
import zipfile
from pathlib import Path

import pypdfium2
from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_REMOVE_SECURITY

# For the program itself. What needs more is hostile, or nothing that we can use.
LIMITS = {
    resource.RLIMIT_AS: 512 * 1024 * 1024,
    resource.RLIMIT_CPU: 60,
    resource.RLIMIT_FSIZE: 64 * 1024 * 1024,
    resource.RLIMIT_CORE: 0,
}
MAX_PAGES = 2_000
MAX_CHARACTERS = 2_000_000
COVER_WIDTH = 900

SCRIPTS = re.compile(rb"/(JavaScript|Launch|XFA)\b")
ATTACHMENTS = re.compile(rb"/(EmbeddedFiles?|FileAttachment)\b")
# Where a word was broken at the end of a line, pdfium has one of these for the hyphen.
BROKEN_WORD = re.compile("[\x02\ufffe]\r?\n?")


def read(path: str, folder: Path) -> None:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code != FPDF_ERR_PASSWORD:
            raise
        write(folder, warnings=["versleuteld"], page_count=None, page_texts=[])
        return
    texts = read_texts(document)
    warnings = find_warnings(document)
    if zipfile.is_zipfile(path) and "bijlagen" not in warnings:
        warnings.append("bijlagen")
    if not "".join(texts).strip():
        warnings.append("geen-tekst")
    write(folder, warnings=warnings, page_count=len(document), page_texts=texts)
    draw_cover(document[0], folder)


def read_texts(document) -> list[str]:
    """Return the text of each page, as far as there is room for it."""
    texts, room = [], MAX_CHARACTERS
    for number in range(min(len(document), MAX_PAGES)):
        text = document[number].get_textpage().get_text_bounded()
        text = BROKEN_WORD.sub("", text).replace("\x00", "").replace("\r\n", "\n")
        texts.append(text[:room])
        room -= len(texts[-1])
    return texts


def find_warnings(document) -> list[str]:
    """
    Return what an editor should know before others open this file.

    Looks in a copy of it that is not encrypted and has its objects written out, so that nothing
    can hide in a compressed part or behind another way of writing a name.
    """
    copy = io.BytesIO()
    document.save(copy, flags=FPDF_REMOVE_SECURITY)
    signs = {"scripts": SCRIPTS, "bijlagen": ATTACHMENTS}
    return [warning for warning, sign in signs.items() if sign.search(copy.getbuffer())]


def draw_cover(page, folder: Path) -> None:
    """Draw the first page, unless it is a strip. Puts the picture in its place when it is whole."""
    scale = COVER_WIDTH / max(page.get_width(), 1)
    if page.get_height() * scale < 4 * COVER_WIDTH:
        picture = page.render(scale=scale).to_pil().convert("RGB")
        picture.save(folder / "half.png")
        (folder / "half.png").rename(folder / "cover.png")


def write(folder: Path, **reading) -> None:
    (folder / "half.json").write_text(json.dumps(reading))
    (folder / "half.json").rename(folder / "reading.json")


if __name__ == "__main__":
    for kind, limit in LIMITS.items():
        resource.setrlimit(kind, (limit, limit))
    read(sys.argv[1], Path(sys.argv[2]))
