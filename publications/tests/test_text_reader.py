import io
import zipfile
from xml.sax.saxutils import escape

import pytest

from publications.models import LibraryDocument
from publications.search import LibraryQuery, search
from publications.tasks import read_document_file
from publications.tests.factories import make_document, make_publication

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
CONTAINER = '<c xmlns="urn:x"><rootfile full-path="OEBPS/content.opf"/></c>'
PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
    '<item id="b" href="two.xhtml"/><item id="a" href="one%20.xhtml"/></manifest>'
    '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
)


def archive(**members) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in members.items():
            zipped.writestr(name, content)
    return file.getvalue()


def docx(body: str, **more) -> bytes:
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return archive(**{"word/document.xml": document, **more})


def odt(body: str, **more) -> bytes:
    content = f'<office xmlns:text="{TEXT}">{body}</office>'
    mimetype = "application/vnd.oasis.opendocument.text"
    return archive(**{"mimetype": mimetype, "content.xml": content, **more})


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


EPUB = archive(
    **{
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/content.opf": PACKAGE,
        "OEBPS/two.xhtml": "<p>Het tweede hoofdstuk</p><script>weg()</script>",
        "OEBPS/one .xhtml": "<head><title>weg</title></head><h1>Begin</h1><p>Het wijkplan</p>",
    }
)


@pytest.fixture
def read(db):
    def read_file(content: bytes, name: str) -> LibraryDocument:
        document = make_document(content=content, name=name)
        make_publication(title="Met document", summary="s", document=document)
        read_document_file.call(document.pk)
        document.refresh_from_db()
        return document

    return read_file


@pytest.mark.parametrize(
    ("content", "name", "texts", "warnings"),
    [
        (
            docx(
                paragraph("Het wijkplan & meer")
                + "<w:p><w:r><w:lastRenderedPageBreak/><w:t>Blad</w:t><w:t>zijde</w:t></w:r></w:p>"
            ),
            "plan.docx",
            ["Het wijkplan & meer", "Bladzijde"],
            [],
        ),
        (
            odt(
                "<text:h>Het</text:h>"
                "<text:p>wijk<text:span>plan<text:s/>nu</text:span> dan</text:p>"
                "<text:soft-page-break/><text:p>Verder</text:p>"
            ),
            "plan.odt",
            ["Het\nwijkplan nu dan", "Verder"],
            [],
        ),
        (EPUB, "plan.epub", ["Begin\n\nHet wijkplan", "Het tweede hoofdstuk"], ["scripts"]),
    ],
)
def test_text_of_other_documents_is_read_and_found(read, content, name, texts, warnings):
    document = read(content, name)

    assert document.page_texts == texts
    assert document.warnings == warnings
    assert [hit.title for hit in search(LibraryQuery(words="wijkplan")).hits] == ["Met document"]


def test_where_line_counts_chapters_of_a_book(read):
    read(EPUB, "plan.epub")

    hit = search(LibraryQuery(words="hoofdstuk")).hits[0]

    assert hit.where == ("het document, deel 2", "Het tweede <mark>hoofdstuk</mark>")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


@pytest.mark.parametrize(
    ("content", "name", "warnings"),
    [
        (docx(""), "leeg.docx", ["geen-tekst"]),
        (docx(paragraph("a"), **{"word/vbaProject.bin": b"x"}), "macro.docx", ["scripts"]),
        (docx(paragraph("a"), **{"word/embeddings/b.bin": b"x"}), "in.docx", ["bijlagen"]),
        (
            odt("", **{"META-INF/manifest.xml": "<m><encryption-data/></m>"}),
            "slot.odt",
            ["versleuteld"],
        ),
        (archive(**{"word/document.xml": f"{BOMB}]><x>&j;</x>"}), "bom.docx", ["onleesbaar"]),
        (
            archive(
                **{
                    "word/document.xml": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
                    "<x>&e;</x>"
                }
            ),
            "wijs.docx",
            ["onleesbaar"],
        ),
        (docx(" " * 150_000_000), "zip-bom.docx", ["onleesbaar"]),
        (docx("<w:p>" * 3_000_000), "diep.docx", ["onleesbaar"]),
        (archive(**{"word/document.xml": "geen xml"}), "kapot.docx", ["onleesbaar"]),
        (b"PK\x03\x04 half", "half.docx", ["onleesbaar"]),
        (archive(mimetype="application/epub+zip"), "kaal.epub", ["onleesbaar"]),
    ],
)
def test_hostile_or_broken_file_costs_its_text_and_nothing_more(read, content, name, warnings):
    document = read(content, name)

    assert document.warnings == warnings
    assert "".join(document.page_texts) in ("", "a")
    assert [hit.title for hit in search(LibraryQuery(words="document")).hits] == ["Met document"]


def test_text_is_read_when_the_document_may_be_shared_later_than_publication(db):
    document = make_document(
        content=docx(paragraph("wijkplan")), name="plan.docx", right_to_share="geen"
    )
    make_publication(title="Met document", document=document)
    read_document_file.call(document.pk)
    document.refresh_from_db()
    assert document.page_texts == []
    assert search(LibraryQuery(words="wijkplan")).total == 0

    document.right_to_share = "eigen"
    document.save()
    read_document_file.call(document.pk)

    assert search(LibraryQuery(words="wijkplan")).total == 1
    document.refresh_from_db()

    document.right_to_share = "geen"
    document.save()

    assert search(LibraryQuery(words="wijkplan")).total == 0


def test_read_text_of_an_unreleased_document_is_not_kept(db):
    document = make_document(content=docx(paragraph("geheim")), name="plan.docx")
    make_publication(title="Nog niet", document=document, live=False)

    read_document_file.call(document.pk)

    document.refresh_from_db()
    assert document.page_texts == []
    assert document.page_count == 1
