"""
What may come in as a document, and what is read from it.

`check_document` looks at the name and the first bytes only, so it may run in a request. Everything
that parses a file runs in a child process with limits: `pdf_reader` and `text_reader`, called by
`read_document`.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

EXTENSIONS = {"pdf": "pdf", "docx": "Word-document", "odt": "ODT-document", "epub": "epub-boek"}
# What a file of each kind that is a zip archive has inside: a member, and how it begins.
ARCHIVE_MARKS = {
    "docx": ("word/document.xml", b""),
    "odt": ("mimetype", b"application/vnd.oasis.opendocument.text"),
    "epub": ("mimetype", b"application/epub+zip"),
}
MAX_ARCHIVE_MEMBERS = 5_000

READ_SECONDS = 90

WARNINGS = {
    "versleuteld": "Het bestand heeft een wachtwoord.",
    "scripts": "Er zitten scripts in het bestand.",
    "bijlagen": "Er zitten andere bestanden in dit bestand.",
    "geen-tekst": "Het bestand heeft geen tekstlaag: het is niet te doorzoeken of voor te lezen.",
    "onleesbaar": "Het bestand is niet te lezen. Misschien is het kapot.",
}


class DocumentFault(ValueError):
    """A file was refused. The message says why, in words for the person who chose it."""


def check_document(file, name: str) -> None:
    """
    Raise DocumentFault unless `file` is a PDF, DOCX, ODT or EPUB by name and by content.

    Reads the first bytes, or the directory of an archive; leaves the file at its beginning.
    """
    extension = Path(name).suffix.lower().lstrip(".")
    if extension not in EXTENSIONS:
        raise DocumentFault("Alleen pdf, docx, odt of epub.")
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if not size:
        raise DocumentFault("Dit bestand is leeg.")
    if size > settings.CONTRIBUTION_MAX_FILE_BYTES:
        raise DocumentFault("Dit bestand is te groot (maximaal 20 MB).")
    is_right = _is_pdf(file) if extension == "pdf" else _is_archive(file, *ARCHIVE_MARKS[extension])
    file.seek(0)
    if not is_right:
        raise DocumentFault(
            f"Dit bestand heet .{extension}, maar het is geen {EXTENSIONS[extension]}."
        )


def _is_pdf(file) -> bool:
    return file.read(5) == b"%PDF-"


def _is_archive(file, member: str, beginning: bytes) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            if len(archive.infolist()) > MAX_ARCHIVE_MEMBERS:
                return False
            with archive.open(member) as inside:
                return inside.read(len(beginning)) == beginning
    except Exception:  # zipfile passes on whatever goes wrong in a broken archive
        return False


@dataclass
class Reading:
    """What a document holds: findings (keys of WARNINGS), pages, text per page, cover as PNG."""

    warnings: list[str] = field(default_factory=list)
    page_count: int | None = None
    page_texts: list[str] = field(default_factory=list)
    cover: bytes = b""


def read_document(path: str) -> Reading:
    """
    Read the file at `path` in a child process, which limits its own memory and processor time.

    Never raises for what is in the file: a hostile or broken one gives the warning "onleesbaar".
    """
    is_pdf = Path(path).suffix.lower() == ".pdf"
    program = Path(__file__).with_name("pdf_reader.py" if is_pdf else "text_reader.py")
    with tempfile.TemporaryDirectory() as folder:
        reading, cover = Path(folder, "reading.json"), Path(folder, "cover.png")
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [sys.executable, "-I", str(program), path, folder],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=READ_SECONDS,
                env={},
            )
        if not reading.exists():
            return Reading(warnings=["onleesbaar"])
        found = json.loads(reading.read_text())
        return Reading(**found, cover=cover.read_bytes() if cover.exists() else b"")
