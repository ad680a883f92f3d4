"""
What may come in as a document, and what is read from it.

`check_document` looks at the name and the first bytes only, so it may run in a request. Everything
that parses a file runs in a child process with limits: `pdf_reader` and `text_reader`, called by
`read_document`, and `properties_reader`, called by `read_properties`.
"""

import contextlib
import json
import shutil
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
MAX_ARCHIVE_READ_BYTES = 1024 * 1024  # room for the names of that many members
MAX_NAME_BYTES = 200  # a disk counts bytes, and takes at most 255

READ_SECONDS = 90
PROPERTIES_SECONDS = 10  # somebody waits

WARNINGS = {
    "versleuteld": "Het bestand heeft een wachtwoord.",
    "scripts": "Er zitten scripts in het bestand.",
    "bijlagen": "Er zitten andere bestanden in dit bestand.",
    "verwijzingen": "Het bestand haalt iets van een ander adres als je het opent.",
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
    if len(name.encode()) > MAX_NAME_BYTES:
        raise DocumentFault("De naam van dit bestand is te lang.")
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


class _SmallReads:
    """
    A file of which nobody can read much at once.

    zipfile reads the directory of an archive in one piece, and makes an object of each entry before
    anyone can count them. 450,000 of them fit in a file that is small enough to send.
    """

    def __init__(self, file):
        self.file = file

    def __getattr__(self, name):
        return getattr(self.file, name)

    def read(self, size: int = -1) -> bytes:
        if size > MAX_ARCHIVE_READ_BYTES:
            raise zipfile.BadZipFile(f"wants {size} bytes at once")
        return self.file.read(size if size >= 0 else MAX_ARCHIVE_READ_BYTES)


def _is_archive(file, member: str, beginning: bytes) -> bool:
    if file.read(4) != b"PK\x03\x04":  # zipfile takes whatever stands before an archive
        return False
    try:
        with zipfile.ZipFile(_SmallReads(file)) as archive:
            members = archive.infolist()
            if len(members) > MAX_ARCHIVE_MEMBERS or any(map(_climbs, archive.namelist())):
                return False
            # The only two ways of packing that these kinds know; others can ask for gigabytes.
            if archive.getinfo(member).compress_type not in (
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
            ):
                return False
            with archive.open(member) as inside:
                return inside.read(len(beginning)) == beginning
    except Exception:  # zipfile passes on whatever goes wrong in a broken archive
        return False


def _climbs(name: str) -> bool:
    """Tell whether a member would land outside the folder in which somebody unpacks it."""
    name = name.replace("\\", "/")
    return name.startswith("/") or name[1:2] == ":" or ".." in name.split("/")


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
    with _run("pdf_reader.py" if is_pdf else "text_reader.py", path, READ_SECONDS) as folder:
        reading, cover = folder / "reading.json", folder / "cover.png"
        if not reading.exists():
            return Reading(warnings=["onleesbaar"])
        found = json.loads(reading.read_text())
        return Reading(**found, cover=cover.read_bytes() if cover.exists() else b"")


def read_properties(file, name: str) -> dict:
    """
    Return what an uploaded file says about itself, quickly; {} when it cannot be read.

    Any of: title, authors, last_modified_by, company, template, description, publisher, language,
    identifier, date, page_count, headline, text (of the first pages), attachments (names), and the
    numbers of comments, changes and places. Keeps nothing; leaves `file` at its beginning.
    """
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix.lower()) as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        file.seek(0)
        with _run("properties_reader.py", copy.name, PROPERTIES_SECONDS) as folder:
            reading = folder / "reading.json"
            return json.loads(reading.read_text()) if reading.exists() else {}


@contextlib.contextmanager
def _run(program: str, path: str, seconds: int):
    """Run one of our readers on a file, and give the folder in which it wrote what it found."""
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [sys.executable, "-I", str(Path(__file__).with_name(program)), path, folder],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                env={},
            )
        yield Path(folder)
