"""What may come in as a document, and what is read from it: from honest files and hostile ones."""

import io
import random
import subprocess
import sys
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image

from publications import pdf_reader
from publications.documents import WARNINGS, DocumentFault, Reading, check_document, read_document
from publications.tests.factories import pdf_bytes
from publications.tests.hostile_files import crowded_archive
from publications.tests.pdfs import (
    CATALOG,
    PAGE,
    PAGES,
    SCRIPT,
    bomb_pdf,
    one_page_pdf,
    packed_pdf,
    raw_pdf,
    stream,
)

ODT = "application/vnd.oasis.opendocument.text"
EPUB = "application/epub+zip"


def archive(members: dict[str, str], compression=zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return file.getvalue()


DOCX_BYTES = archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"})
ODT_BYTES = archive({"mimetype": ODT, "content.xml": "<office:document-content/>"})
EPUB_BYTES = archive({"mimetype": EPUB, "META-INF/container.xml": "<container/>"})


def fault(content: bytes, name: str) -> str:
    """Return what `check_document` says of a file, or nothing when it may come in."""
    file = io.BytesIO(content)
    try:
        check_document(file, name)
    except DocumentFault as refused:
        return str(refused)
    assert file.tell() == 0
    return ""


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (pdf_bytes(), "rapport.pdf"),
        (pdf_bytes(), "RAPPORT.PDF"),
        (DOCX_BYTES, "verslag.docx"),
        (ODT_BYTES, "verslag.odt"),
        (EPUB_BYTES, "boek.epub"),
        (archive({"mimetype": EPUB}, zipfile.ZIP_DEFLATED), "boek.epub"),
        (DOCX_BYTES, "naam met spaties en 日本 ✓.docx"),
    ],
)
def test_real_documents_may_come_in(content, name):
    assert fault(content, name) == ""


NO_PDF = "Dit bestand heet .pdf, maar het is geen pdf."
NO_DOCX = "Dit bestand heet .docx, maar het is geen Word-document."
NO_ODT = "Dit bestand heet .odt, maar het is geen ODT-document."
NO_EPUB = "Dit bestand heet .epub, maar het is geen epub-boek."
ONLY = "Alleen pdf, docx, odt of epub."


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"MZ\x90", "virus.exe", ONLY),
        (pdf_bytes(), "rapport", ONLY),
        (pdf_bytes(), "rapport.pdf.exe", ONLY),
        (pdf_bytes(), ".pdf", ONLY),
        (b"<svg onload=alert(1)>", "plaat.svg", ONLY),
        (DOCX_BYTES, "macro.docm", ONLY),
        (b"", "leeg.pdf", "Dit bestand is leeg."),
        (b"<html><script>alert(1)</script>", "pagina.pdf", NO_PDF),
        (b"\n%PDF-1.7", "later.pdf", NO_PDF),
        (DOCX_BYTES, "verslag.pdf", NO_PDF),
        (pdf_bytes(), "verslag.docx", NO_DOCX),
        (EPUB_BYTES, "boek.docx", NO_DOCX),
        (DOCX_BYTES, "verslag.odt", NO_ODT),
        (EPUB_BYTES, "boek.odt", NO_ODT),
        (archive({"mimetype": ODT + "-template"[:0]}), "verslag.epub", NO_EPUB),
        (b"PK\x03\x04" + b"\x00" * 100, "half.docx", NO_DOCX),
        (b"PK\x05\x06" + b"\x00" * 18, "niets-erin.odt", NO_ODT),
        (DOCX_BYTES[:-30], "afgekapt.docx", NO_DOCX),
        (archive({f"x{n}": "" for n in range(5001)}), "veel.docx", NO_DOCX),
        (archive({"../../etc/passwd": "x"}), "pad.docx", NO_DOCX),
    ],
)
def test_other_files_are_refused_in_words(content, name, message):
    assert fault(content, name) == message


@pytest.mark.parametrize("says", [None, 2])
def test_overfull_archive_is_refused_before_its_directory_is_read(says):
    file = io.BytesIO(crowded_archive(450_000, says=says))
    tracemalloc.start()

    with pytest.raises(DocumentFault, match="geen Word-document"):
        check_document(file, "vol.docx")

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024


def test_file_over_the_limit_is_refused(settings):
    settings.CONTRIBUTION_MAX_FILE_BYTES = 1024

    assert fault(b"%PDF-".ljust(1024), "past.pdf") == ""
    assert fault(b"%PDF-".ljust(1025), "te-groot.pdf") == (
        "Dit bestand is te groot (maximaal 20 MB)."
    )


@pytest.mark.parametrize("compression", [0, 8, 12, 14])
def test_broken_archives_never_break_the_check(compression):
    chance = random.Random(compression)
    whole = archive({"mimetype": EPUB, "a.xml": "<a/>" * 50}, compression)
    for _ in range(500):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        assert fault(bytes(broken[: chance.randint(1, len(broken))]), "boek.epub") in ("", NO_EPUB)


@pytest.fixture
def read(tmp_path):
    def read(content: bytes) -> Reading:
        path = tmp_path / "rapport.pdf"
        path.write_bytes(content)
        return read_document(str(path))

    return read


def cover_size(reading: Reading) -> tuple[int, int]:
    return Image.open(io.BytesIO(reading.cover)).size


def fpdf(prepare=None) -> bytes:
    pdf = FPDF()
    pdf.set_font("Helvetica")
    if prepare:
        prepare(pdf)
    pdf.add_page()
    pdf.cell(text="Samen eten")
    return bytes(pdf.output())


UNREADABLE = Reading(warnings=["onleesbaar"])


def test_text_comes_page_by_page_with_a_cover(read):
    reading = read(pdf_bytes("Samen eten", "In de wijk"))

    assert (reading.warnings, reading.page_count) == ([], 2)
    assert [text.strip() for text in reading.page_texts] == ["Samen eten", "In de wijk"]
    assert cover_size(reading) == (900, 1273)


def test_word_broken_at_the_end_of_a_line_is_made_whole(read):
    reading = read(pdf_bytes("Over buurt-\nkeukens in de wijk"))

    assert reading.page_texts == ["Over buurtkeukens in de wijk"]


def test_file_with_a_password_is_not_read(read):
    locked = fpdf(lambda pdf: pdf.set_encryption(owner_password="baas", user_password="geheim"))

    assert read(locked) == Reading(warnings=["versleuteld"])


def test_file_that_only_its_owner_may_change_is_read(read):
    reading = read(fpdf(lambda pdf: pdf.set_encryption(owner_password="baas")))

    assert (reading.warnings, reading.page_texts) == ([], ["Samen eten"])


@pytest.mark.parametrize(
    "content",
    [
        one_page_pdf(catalog=f"/OpenAction {SCRIPT}"),
        one_page_pdf(catalog=f"/Names << /JavaScript << /Names [(a) {SCRIPT}] >> >>"),
        one_page_pdf(page=f"/AA << /O {SCRIPT} >>"),
        one_page_pdf(page=f"/AA << /O {SCRIPT.replace('JavaScript', 'J#61vaScript')} >>"),
        one_page_pdf(
            page="/Annots [4 0 R]",
            others=[f"<< /Subtype /Link /Rect [0 0 9 9] /A {SCRIPT} >>"],
        ),
        packed_pdf(CATALOG % "/OpenAction 4 0 R", PAGES, PAGE % "", SCRIPT),
        one_page_pdf(catalog="/OpenAction << /S /Launch /F (calc.exe) >>"),
    ],
    ids=["open", "names", "page", "escaped", "link", "packed", "launch"],
)
def test_scripts_are_found_wherever_they_hide(read, content):
    assert read(content).warnings == ["scripts", "geen-tekst"]


def test_attachments_are_found(read, tmp_path):
    (tmp_path / "bijlage.txt").write_text("hallo")

    attached = fpdf(lambda pdf: pdf.embed_file(tmp_path / "bijlage.txt"))

    assert read(attached).warnings == ["bijlagen"]


def test_scanned_page_has_no_text_but_a_cover(read):
    def scan(pdf):
        pdf.add_page()
        pdf.image(Image.new("RGB", (40, 40), "grey"))

    pdf = FPDF()
    scan(pdf)
    reading = read(bytes(pdf.output()))

    assert (reading.warnings, reading.page_count, reading.page_texts) == (["geen-tekst"], 1, [""])
    assert cover_size(reading) == (900, 1273)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 rommel",
        pdf_bytes()[:600],
        b"%PDF-1.7\n" + random.Random(1).randbytes(50_000),
        raw_pdf(CATALOG % "", "<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>", PAGE % ""),
        raw_pdf(CATALOG % "", "<< /Type /Pages /Kids [] /Count 0 >>"),
    ],
    ids=["empty", "rubbish", "cut off", "noise", "loop", "no pages"],
)
def test_broken_file_gives_a_reading_too(read, content):
    assert read(content) == UNREADABLE


@pytest.mark.parametrize(
    "content",
    [
        one_page_pdf(page="/X " + "[" * 50_000 + "]" * 50_000),
        one_page_pdf(page="/MediaBox [0 0 1 90000]"),
        one_page_pdf(page="/MediaBox [0 0 90000000 90000000]"),
        raw_pdf("<< /Type /Catalog /Pages 1 0 R >>"),
    ],
    ids=["deep", "strip", "huge", "own parent"],
)
def test_strange_file_gives_a_reading(read, content):
    reading = read(content)

    assert (reading.warnings, reading.page_count) == (["geen-tekst"], 1)


def test_missing_file_gives_a_reading(tmp_path):
    assert read_document(str(tmp_path / "bestaat-niet.pdf")) == UNREADABLE


@pytest.mark.parametrize(
    "content",
    [
        bomb_pdf(1024 * 1024 * 1024),
        one_page_pdf(
            page="/Contents 4 0 R /Resources << /XObject << /F 4 0 R >> >>",
            others=[
                stream(
                    b"/F Do /F Do",
                    "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
                    " /Resources << /XObject << /F 4 0 R >> >>",
                )
            ],
        ),
    ],
    ids=["unpacks to a gigabyte", "draws itself"],
)
def test_file_that_wants_all_memory_is_stopped(read, content):
    assert len(content) < 2_000_000
    started = time.monotonic()

    reading = read(content)

    assert set(reading.warnings) <= {"onleesbaar", "geen-tekst"}
    assert time.monotonic() - started < 40


def test_huge_picture_is_drawn_within_the_limits(read):
    packed = zlib.compress(bytes(12_000 * 12_000), 9)
    picture = stream(
        packed,
        "/Type /XObject /Subtype /Image /Width 12000 /Height 12000 /ColorSpace /DeviceGray"
        " /BitsPerComponent 8 /Filter /FlateDecode",
    )
    reading = read(
        one_page_pdf(
            page="/Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >>",
            others=[stream(b"q 200 0 0 200 0 0 cm /I Do Q"), picture],
        )
    )

    assert (reading.warnings, cover_size(reading)) == (["geen-tekst"], (900, 900))


def test_reader_that_hangs_is_stopped(read, monkeypatch):
    monkeypatch.setattr("publications.documents.READ_SECONDS", 0.01)

    assert read(pdf_bytes()) == UNREADABLE


def test_reader_keeps_its_limits(tmp_path):
    limits = [f"resource.getrlimit({kind})" for kind in pdf_reader.LIMITS]
    program = (
        f"import resource, runpy, sys; sys.argv = ['x', {str(tmp_path / 'no.pdf')!r}, '.']\n"
        f"try: runpy.run_path({pdf_reader.__file__!r}, run_name='__main__')\n"
        f"except Exception: print([{', '.join(limits)}])"
    )

    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert said.stdout.strip() == str([(limit, limit) for limit in pdf_reader.LIMITS.values()])


def test_reader_takes_no_more_text_than_it_may(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf_reader, "MAX_CHARACTERS", 12)
    monkeypatch.setattr(pdf_reader, "MAX_PAGES", 3)
    path = tmp_path / "rapport.pdf"
    path.write_bytes(pdf_bytes("Samen eten", "In de wijk", "Drie", "Vier"))

    pdf_reader.read(str(path), tmp_path)

    assert (tmp_path / "reading.json").read_text() == (
        '{"warnings": [], "page_count": 4, "page_texts": ["Samen eten", "In", ""]}'
    )


def test_reader_knows_nothing_of_the_project():
    source = Path(pdf_reader.__file__).read_text()

    assert "django" not in source
    assert set(WARNINGS) == {
        "versleuteld",
        "scripts",
        "bijlagen",
        "geen-tekst",
        "onleesbaar",
        "verwijzingen",
    }
