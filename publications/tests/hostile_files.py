"""
Files that somebody could send to do harm, or that just are broken, each with the right verdict.

`HOSTILE_FILES` is the list. A file is made when it is asked for, since some unpack to a gigabyte.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from fpdf import FPDF

from publications.tests.factories import pdf_bytes
from publications.tests.pdfs import (
    CATALOG,
    PAGE,
    PAGES,
    SCRIPT,
    one_page_pdf,
    packed_pdf,
    raw_pdf,
    stream,
)

ONLY = "Alleen pdf, docx, odt of epub."
EMPTY = "Dit bestand is leeg."
TOO_LONG = "De naam van dit bestand is te lang."
NO_PDF = "Dit bestand heet .pdf, maar het is geen pdf."
NO_DOCX = "Dit bestand heet .docx, maar het is geen Word-document."
NO_ODT = "Dit bestand heet .odt, maar het is geen ODT-document."
NO_EPUB = "Dit bestand heet .epub, maar het is geen epub-boek."

MEGABYTE = 1024 * 1024
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
WORDS = f"<w:document {W}><w:body><w:p><w:r><w:t>Samen eten</w:t></w:r></w:p></w:body></w:document>"
ODT_WORDS = f"<office:document-content {ODF}><text:p>Samen eten</text:p></office:document-content>"
ODT_TYPE = "application/vnd.oasis.opendocument.text"
EPUB_TYPE = "application/epub+zip"
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY d SYSTEM "file:///etc/passwd">]>'


@dataclass
class HostileFile:
    """
    A file under the name with which it is sent.

    Either it is `refused` with a sentence, or it comes in and its reader finds `warnings`.
    """

    what: str
    name: str
    make: Callable[[], bytes]
    refused: str = ""
    warnings: tuple[str, ...] = ()

    def __str__(self):
        return self.what


def archive(members: dict[str, str | bytes], compression=zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return file.getvalue()


def docx(*, document: str | bytes = WORDS, **others: str | bytes) -> bytes:
    return archive({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **others})


def odt(*, content: str | bytes = ODT_WORDS, **others: str | bytes) -> bytes:
    return archive({"mimetype": ODT_TYPE, "content.xml": content, **others})


def epub(*, chapter: str | bytes = "<p>Samen eten</p>", href="een.xhtml", before="", **others):
    container = (
        f'{before}<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OPS/boek.opf"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
        f'<item id="een" href="{href}"/></manifest><spine><itemref idref="een"/></spine></package>'
    )
    return archive(
        {
            "mimetype": EPUB_TYPE,
            "META-INF/container.xml": container,
            "OPS/boek.opf": package,
            "OPS/een.xhtml": chapter,
            **others,
        }
    )


def deflated(piece: bytes, size: int, *, raw=False) -> bytes:
    """Return what unpacks to `piece` again and again, without packing all of it."""
    head = b"" if raw else b"\x78\x9c"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    megabyte = (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]
    packed = packer.compress(megabyte) + packer.flush(zlib.Z_FULL_FLUSH)
    tail = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    return head + packed * (size // MEGABYTE) + tail


def archive_bomb(kind: str, size: int) -> bytes:
    """Return a document of a few hundred kilobytes, one part of which unpacks to `size` bytes."""
    blank = b" "
    name, whole = {
        "docx": ("word/document.xml", docx(document=blank * 1000)),
        "odt": ("content.xml", odt(content=blank * 1000)),
        "epub": ("OPS/een.xhtml", epub(chapter=blank * 1000)),
    }[kind]
    bomb = deflated(blank, size, raw=True)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(file, "w") as after:
        for member in before.namelist():
            after.writestr(member, bomb if member == name else before.read(member))
        packed = after.getinfo(name)
        packed.compress_type, packed.file_size = zipfile.ZIP_DEFLATED, size
    content = bytearray(file.getvalue())
    # In its own header too, which was written when the member still was stored as it is.
    struct.pack_into("<H", content, packed.header_offset + 8, zipfile.ZIP_DEFLATED)
    struct.pack_into("<I", content, packed.header_offset + 22, size)
    return bytes(content)


def crowded_archive(members: int, *, says: int | None = None) -> bytes:
    """Return an archive whose directory lists one member very often, and says how often."""
    whole = docx()
    end = whole.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", whole, end + 12)
    directory = whole[start : start + size]
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *[20, 20, 0, 0, 0, 0], *[0] * 3, *[0] * 7)
    crowd = directory + entry * members
    count = min(members if says is None else says, 0xFFFF)
    last = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(crowd), start, 0)
    return whole[:start] + crowd + last


def packed_otherwise() -> bytes:
    return archive({"mimetype": EPUB_TYPE, "META-INF/container.xml": "<x/>"}, zipfile.ZIP_LZMA)


def with_password(content: bytes) -> bytes:
    """Set the bit that says that a member needs a password, everywhere."""
    marked = bytearray(content)
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(sign)
        while at >= 0:
            marked[at + place] |= 1
            at = marked.find(sign, at + 4)
    return bytes(marked)


def fpdf(prepare: Callable[[FPDF], object]) -> bytes:
    pdf = FPDF()
    pdf.set_font("Helvetica")
    prepare(pdf)
    pdf.add_page()
    pdf.cell(text="Samen eten")
    return bytes(pdf.output())


def locked(**passwords: str) -> bytes:
    return fpdf(lambda pdf: pdf.set_encryption(owner_password="baas", **passwords))


def attached() -> bytes:
    file = stream(b"MZ", "/Type /EmbeddedFile")
    names = "/Names << /EmbeddedFiles << /Names [(a.exe) 4 0 R] >> >>"
    entry = "<< /Type /Filespec /F (a.exe) /EF << /F 5 0 R >> >>"
    return one_page_pdf(catalog=names, others=[entry, file])


def form_pdf() -> bytes:
    xfa = stream(b'<xdp:xdp><script contentType="application/x-javascript">x()</script></xdp:xdp>')
    return one_page_pdf(catalog="/AcroForm << /Fields [] /XFA 4 0 R >>", others=[xfa])


def bomb_pdf(size: int) -> bytes:
    """Return a PDF whose one page unpacks to `size` bytes."""
    packed = deflated(b"BT ET ", size)
    return one_page_pdf(page="/Contents 4 0 R", others=[stream(packed, "/Filter /FlateDecode")])


def object_stream_bomb(size: int) -> bytes:
    """Return a PDF whose objects lie in a stream that unpacks to `size` bytes."""
    objects = [CATALOG % "", PAGES, PAGE % ""]
    places, body = "", ""
    for number, content in enumerate(objects, 1):
        places += f"{number} {len(body)} "
        body += content + " "
    start = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"\x78\x9c" + start.compress((places + body).encode())
    packed += start.flush(zlib.Z_FULL_FLUSH) + deflated(b" ", size, raw=True)
    pdf = bytearray(b"%PDF-1.7\n")
    inside_at = len(pdf)
    entries = f"/Type /ObjStm /N 3 /First {len(places)} /Filter /FlateDecode"
    pdf += b"4 0 obj\n%s\nendobj\n" % stream(packed, entries)
    table_at = len(pdf)
    rows = [bytes(6), *(bytes([2, 0, 0, 0, 4, place]) for place in range(3))]
    rows += [bytes([1, *place.to_bytes(4, "big"), 0]) for place in (inside_at, table_at)]
    entries = "/Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R /Filter /FlateDecode"
    pdf += b"5 0 obj\n%s\nendobj\n" % stream(zlib.compress(b"".join(rows)), entries)
    return bytes(pdf + b"startxref\n%d\n%%%%EOF" % table_at)


def many_pages(pages: int) -> bytes:
    tree = f"<< /Type /Pages /Kids [{'3 0 R ' * pages}] /Count {pages} >>"
    return raw_pdf(CATALOG % "", tree, PAGE % "")


def huge_picture() -> bytes:
    picture = stream(
        deflated(b"\0", 12_000 * 12_000),
        "/Type /XObject /Subtype /Image /Width 12000 /Height 12000 /ColorSpace /DeviceGray"
        " /BitsPerComponent 8 /Filter /FlateDecode",
    )
    return one_page_pdf(
        page="/Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >>",
        others=[stream(b"q 200 0 0 200 0 0 cm /I Do Q"), picture],
    )


def broken_table() -> bytes:
    return pdf_bytes("Samen eten").replace(b"startxref\n", b"startxref\n99")


def relations(target: str, kind: str) -> str:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="http://schemas.openxmlformats.org/x/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )


def hostile(what, name, make, refused="", *warnings) -> HostileFile:
    return HostileFile(what, name, make, refused, warnings)


ELSEWHERE = "http://203.0.113.1/x.dotm"
NESTED = archive({"binnen.zip": archive({"x.exe": b"MZ"})})
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
HTML = b"<html><script>alert(1)</script></html>"

HOSTILE_FILES = [
    # PDF
    hostile("pdf-with-a-password", "a.pdf", lambda: locked(user_password="x"), "", "versleuteld"),
    hostile("pdf-with-the-password-of-its-owner", "a.pdf", locked),
    hostile(
        "pdf-with-javascript",
        "a.pdf",
        lambda: one_page_pdf(catalog=f"/OpenAction {SCRIPT}"),
        "",
        "scripts",
        "geen-tekst",
    ),
    hostile(
        "pdf-with-hidden-javascript",
        "a.pdf",
        lambda: packed_pdf(CATALOG % "/OpenAction 4 0 R", PAGES, PAGE % "", SCRIPT),
        "",
        "scripts",
        "geen-tekst",
    ),
    hostile(
        "pdf-that-starts-a-program",
        "a.pdf",
        lambda: one_page_pdf(catalog="/OpenAction << /S /Launch /F (calc.exe) >>"),
        "",
        "scripts",
        "geen-tekst",
    ),
    hostile("pdf-with-a-program-inside", "a.pdf", attached, "", "bijlagen", "geen-tekst"),
    hostile("pdf-with-an-xfa-form", "a.pdf", form_pdf, "", "scripts", "geen-tekst"),
    hostile(
        "pdf-whose-objects-are-a-bomb",
        "a.pdf",
        lambda: object_stream_bomb(1024 * MEGABYTE),
        "",
        "onleesbaar",
    ),
    hostile(
        "pdf-whose-page-is-a-bomb", "a.pdf", lambda: bomb_pdf(1024 * MEGABYTE), "", "onleesbaar"
    ),
    hostile("pdf-with-100000-pages", "a.pdf", lambda: many_pages(100_000), "", "geen-tekst"),
    hostile(
        "pdf-that-says-2147483647-pages",
        "a.pdf",
        lambda: raw_pdf(CATALOG % "", PAGES.replace("/Count 1", "/Count 2147483647"), PAGE % ""),
        "",
        "geen-tekst",
    ),
    hostile(
        "pdf-whose-pages-go-round",
        "a.pdf",
        lambda: raw_pdf(CATALOG % "", "<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>", PAGE % ""),
        "",
        "onleesbaar",
    ),
    hostile(
        "pdf-nested-50000-deep",
        "a.pdf",
        lambda: one_page_pdf(page="/X " + "[" * 50_000 + "]" * 50_000),
        "",
        "geen-tekst",
    ),
    hostile("pdf-with-a-huge-picture", "a.pdf", huge_picture, "", "geen-tekst"),
    hostile("pdf-with-a-broken-table", "a.pdf", broken_table),
    hostile("pdf-cut-off", "a.pdf", lambda: pdf_bytes("Samen eten")[:600], "", "onleesbaar"),
    hostile(
        "pdf-of-noise",
        "a.pdf",
        lambda: b"%PDF-1.7\n" + random.Random(1).randbytes(50_000),
        "",
        "onleesbaar",
    ),
    hostile("pdf-behind-garbage", "a.pdf", lambda: b"\x00rommel\n" + pdf_bytes(), NO_PDF),
    # Two kinds at once
    hostile("pdf-and-zip", "a.pdf", lambda: pdf_bytes() + docx(), "", "bijlagen"),
    hostile("pdf-and-docx", "a.docx", lambda: pdf_bytes() + docx(), NO_DOCX),
    hostile(
        "pdf-and-html",
        "a.pdf",
        lambda: pdf_bytes().replace(b"\n", b"\n%" + HTML + b"\n", 1),
    ),
    hostile("html-and-pdf", "a.pdf", lambda: HTML + pdf_bytes(), NO_PDF),
    hostile("gif-and-pdf", "a.pdf", lambda: GIF + pdf_bytes(), NO_PDF),
    # Another kind than its name says
    hostile("docx-called-pdf", "a.pdf", docx, NO_PDF),
    hostile("pdf-called-docx", "a.docx", pdf_bytes, NO_DOCX),
    hostile("docx-called-odt", "a.odt", docx, NO_ODT),
    hostile("odt-called-epub", "a.epub", odt, NO_EPUB),
    hostile(
        "word-97-called-docx", "a.docx", lambda: b"\xd0\xcf\x11\xe0".ljust(4096, b"\0"), NO_DOCX
    ),
    hostile("program-called-pdf", "a.pdf", lambda: b"MZ\x90\x00".ljust(4096, b"\0"), NO_PDF),
    hostile("html-called-pdf", "a.pdf", lambda: HTML, NO_PDF),
    hostile("svg-called-pdf", "a.pdf", lambda: b"<svg onload='alert(1)'/>", NO_PDF),
    hostile("pdf-called-exe", "a.exe", pdf_bytes, ONLY),
    hostile("docx-called-docm", "a.docm", docx, ONLY),
    hostile("empty", "a.pdf", lambda: b"", EMPTY),
    hostile("one-byte", "a.pdf", lambda: b"%", NO_PDF),
    # Word
    hostile(
        "docx-with-macros", "a.docx", lambda: docx(**{"word/vbaProject.bin": b"x"}), "", "scripts"
    ),
    hostile(
        "docx-with-a-template-from-elsewhere",
        "a.docx",
        lambda: docx(**{"word/_rels/settings.xml.rels": relations(ELSEWHERE, "attachedTemplate")}),
        "",
        "verwijzingen",
    ),
    hostile(
        "docx-with-a-hidden-picture-from-elsewhere",
        "a.docx",
        lambda: docx(
            **{"word/_rels/document.xml.rels": relations(ELSEWHERE, "image").encode("utf-16")}
        ),
        "",
        "verwijzingen",
    ),
    hostile(
        "docx-with-an-ordinary-link",
        "a.docx",
        lambda: docx(**{"word/_rels/document.xml.rels": relations(ELSEWHERE, "hyperlink")}),
    ),
    hostile(
        "docx-with-an-object",
        "a.docx",
        lambda: docx(**{"word/embeddings/a.bin": b"x"}),
        "",
        "bijlagen",
    ),
    hostile(
        "docx-with-an-archive-inside",
        "a.docx",
        lambda: docx(**{"word/media/a.zip": NESTED}),
        "",
        "bijlagen",
    ),
    hostile("docx-with-a-password", "a.docx", lambda: with_password(docx()), NO_DOCX),
    hostile(
        "docx-that-is-a-bomb",
        "a.docx",
        lambda: archive_bomb("docx", 1024 * MEGABYTE),
        "",
        "onleesbaar",
    ),
    hostile(
        "docx-with-an-entity-bomb",
        "a.docx",
        lambda: docx(document=LAUGHS + WORDS.replace("Samen", "&d;")),
        "",
        "onleesbaar",
    ),
    hostile(
        "docx-that-wants-a-file-of-ours",
        "a.docx",
        lambda: docx(document=OUTSIDE + WORDS.replace("Samen", "&d;")),
        "",
        "onleesbaar",
    ),
    hostile(
        "docx-nested-a-million-deep",
        "a.docx",
        lambda: docx(document="<a>" * 1_000_000),
        "",
        "onleesbaar",
    ),
    hostile("docx-with-450000-members", "a.docx", lambda: crowded_archive(450_000), NO_DOCX),
    hostile(
        "docx-that-lies-about-450000-members",
        "a.docx",
        lambda: crowded_archive(450_000, says=2),
        NO_DOCX,
    ),
    hostile("docx-with-20000-members", "a.docx", lambda: crowded_archive(20_000), NO_DOCX),
    hostile("docx-that-climbs", "a.docx", lambda: docx(**{"../../etc/cron.d/x": "x"}), NO_DOCX),
    hostile(
        "docx-with-an-absolute-name", "a.docx", lambda: docx(**{"/etc/cron.d/x": "x"}), NO_DOCX
    ),
    hostile(
        "docx-that-climbs-in-windows", "a.docx", lambda: docx(**{"..\\..\\x.exe": "x"}), NO_DOCX
    ),
    hostile("docx-cut-off", "a.docx", lambda: docx()[:-30], NO_DOCX),
    # ODT
    hostile(
        "odt-with-macros", "a.odt", lambda: odt(**{"Basic/Standard/x.xml": "x"}), "", "scripts"
    ),
    hostile(
        "odt-with-an-object", "a.odt", lambda: odt(**{"Object 1/content.xml": "x"}), "", "bijlagen"
    ),
    hostile(
        "odt-with-a-password",
        "a.odt",
        lambda: odt(**{"META-INF/manifest.xml": "<encryption-data/>"}),
        "",
        "versleuteld",
    ),
    hostile(
        "odt-that-is-a-bomb",
        "a.odt",
        lambda: archive_bomb("odt", 1024 * MEGABYTE),
        "",
        "onleesbaar",
    ),
    hostile(
        "odt-with-an-entity-bomb",
        "a.odt",
        lambda: odt(content=LAUGHS + ODT_WORDS.replace("Samen", "&d;")),
        "",
        "onleesbaar",
    ),
    hostile(
        "odt-that-wants-a-file-of-ours",
        "a.odt",
        lambda: odt(content=OUTSIDE + ODT_WORDS.replace("Samen", "&d;")),
        "",
        "onleesbaar",
    ),
    hostile("odt-that-climbs", "a.odt", lambda: odt(**{"Pictures/../../x": "x"}), NO_ODT),
    # EPUB
    hostile(
        "epub-with-scripts",
        "a.epub",
        lambda: epub(chapter="<p>Samen</p><script>x()</script>"),
        "",
        "scripts",
    ),
    hostile(
        "epub-with-a-program-inside", "a.epub", lambda: epub(**{"OPS/a.exe": b"MZ"}), "", "bijlagen"
    ),
    hostile(
        "epub-that-is-a-bomb",
        "a.epub",
        lambda: archive_bomb("epub", 1024 * MEGABYTE),
        "",
        "onleesbaar",
    ),
    hostile("epub-with-an-entity-bomb", "a.epub", lambda: epub(before=LAUGHS), "", "onleesbaar"),
    hostile(
        "epub-whose-chapter-is-elsewhere",
        "a.epub",
        lambda: epub(href="../../../etc/passwd"),
        "",
        "geen-tekst",
    ),
    hostile("epub-that-climbs", "a.epub", lambda: epub(**{"../x": "x"}), NO_EPUB),
    hostile("epub-packed-in-another-way", "a.epub", packed_otherwise, NO_EPUB),
    # Names
    hostile("name-with-a-path", "../../../etc/rapport.pdf", pdf_bytes),
    hostile("name-with-a-path-of-windows", "C:\\Users\\..\\rapport.pdf", pdf_bytes),
    hostile("name-with-a-nul", "rapport\0.pdf", pdf_bytes),
    hostile("name-with-a-nul-before-exe", "rapport.pdf\0.exe", pdf_bytes, ONLY),
    hostile("name-that-turns-round", "rapport\u202efdp.exe", pdf_bytes, ONLY),
    hostile("name-that-turns-round-to-pdf", "rapport\u202excod.pdf", pdf_bytes),
    hostile("name-of-300-bytes", "v" * 296 + ".pdf", pdf_bytes, TOO_LONG),
    hostile("name-of-300-bytes-in-150-letters", "é" * 148 + ".pdf", pdf_bytes, TOO_LONG),
    hostile("name-with-two-extensions", "rapport.pdf.exe", pdf_bytes, ONLY),
    hostile("name-with-two-extensions-turned", "rapport.exe.pdf", pdf_bytes),
    hostile("name-that-is-only-an-extension", ".pdf", pdf_bytes, ONLY),
    hostile("name-with-a-script", '"><script>x()</script>.pdf', pdf_bytes),
]


def multipart(answers: dict, name: str, content: bytes) -> tuple[bytes, str]:
    """
    Return (body, content type) of a form with a file under exactly this name.

    Neither Django's test client nor `requests` sends every name as it is given.
    """
    pairs = [
        (key, value)
        for key, values in answers.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    parts = [f'name="{key}"\r\n\r\n{value}'.encode() for key, value in pairs]
    name = name.replace("\\", "\\\\").replace('"', '\\"')
    head = f'name="bestand"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    parts.append(head.encode() + content)
    line = b"--grens-van-dit-formulier"
    body = b"".join(
        line + b"\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts
    )
    return body + line + b"--\r\n", "multipart/form-data; boundary=grens-van-dit-formulier"
