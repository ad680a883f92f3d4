"""PDFs that no ordinary program makes."""

import zlib

CATALOG = "<< /Type /Catalog /Pages 2 0 R %s >>"
PAGES = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] %s >>"
SCRIPT = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def raw_pdf(*objects: str | bytes) -> bytes:
    """Write objects, numbered from 1, into a PDF as they are. The first is its catalog."""
    pdf, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, as_bytes(content))
    table = len(pdf)
    pdf += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    pdf += b"".join(b"%010d 00000 n \n" % place for place in places)
    pdf += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
    )
    return bytes(pdf)


def one_page_pdf(*, catalog="", page="", others=()) -> bytes:
    return raw_pdf(CATALOG % catalog, PAGES, PAGE % page, *others)


def stream(content: bytes, entries="") -> bytes:
    head = b"<< /Length %d %s >>" % (len(content), as_bytes(entries))
    return head + b"\nstream\n" + content + b"\nendstream"


def bomb_pdf(size: int) -> bytes:
    """Return a small PDF whose one page unpacks to `size` bytes."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(b"BT ET ".ljust(65_536)) for _ in range(size // 65_536)]
    packed = b"".join([*parts, packer.flush()])
    return one_page_pdf(page="/Contents 4 0 R", others=[stream(packed, "/Filter /FlateDecode")])


def packed_pdf(*objects: str) -> bytes:
    """Write objects, numbered from 1, in a compressed part, where no search of bytes sees them."""
    places, body = "", ""
    for number, content in enumerate(objects, 1):
        places += f"{number} {len(body)} "
        body += content + " "
    pdf = bytearray(b"%PDF-1.7\n")
    inside, table = len(objects) + 1, len(objects) + 2
    inside_at = len(pdf)
    pdf += b"%d 0 obj\n%s\nendobj\n" % (
        inside,
        stream(
            zlib.compress((places + body).encode()),
            f"/Type /ObjStm /N {len(objects)} /First {len(places)} /Filter /FlateDecode",
        ),
    )
    table_at = len(pdf)
    rows = [bytes(4)]
    rows += [bytes([2, 0, inside, place]) for place in range(len(objects))]
    rows += [bytes([1, *place.to_bytes(2, "big"), 0]) for place in (inside_at, table_at)]
    pdf += b"%d 0 obj\n%s\nendobj\n" % (
        table,
        stream(
            zlib.compress(b"".join(rows)),
            f"/Type /XRef /Size {table + 1} /W [1 2 1] /Root 1 0 R /Filter /FlateDecode",
        ),
    )
    return bytes(pdf + b"startxref\n%d\n%%%%EOF" % table_at)


def as_bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
