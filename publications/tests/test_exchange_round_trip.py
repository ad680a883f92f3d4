"""What we export we import without loss."""

import csv
import io
import json

import openpyxl
import pytest
from django.test import Client

from publications.exchange.importing import import_rows, read_import
from publications.exchange.records import BY_NAME, record_of
from publications.models import ImportFormat, ImportJob, PublicationPage, Verdict
from publications.tests.nasty_rows import make_nasty

pytestmark = pytest.mark.django_db

FEW, MANY = 15, 120
OF_OUR_ADDRESS = {name for name, column in BY_NAME.items() if column.is_about_us}
# What BibTeX and RIS have no place for.
NOT_IN_CITATIONS = set(
    "takeaways pillars facilities actors themes readers area place access builds_on document"
    " is_example old_addresses".split()
)


def records_of(pages) -> list[dict]:
    records = [record_of(page) for page in pages.for_exchange().order_by("path")]
    return [
        {name: value for name, value in record.items() if name not in OF_OUR_ADDRESS}
        for record in records
    ]


def exported(ending: str) -> bytes:
    response = Client().get(f"/bibliotheek/export.{ending}?sorteer=titel")
    return b"".join(response.streaming_content)


def imported(content: bytes, file_format: str) -> list[dict]:
    """Empty the library, import a file, and return the records of what was made."""
    PublicationPage.objects.all().delete()
    job = ImportJob.objects.create(file_name="x", format=file_format, content=content)
    read_import.call(job.pk)
    wrong = {row.number: row.problems for row in job.rows.filter(verdict=Verdict.WRONG)}
    job.refresh_from_db()
    assert (job.fault, wrong, job.notices) == ("", {}, [])
    ImportJob.objects.update(approved_at=job.read_at, with_possible=True)
    import_rows.call(job.pk)
    assert not job.rows.filter(page=None).exists(), job.rows.filter(page=None).values()
    return records_of(PublicationPage.objects.all())


def in_order(records: list[dict]) -> list[dict]:
    return sorted(records, key=lambda record: record["title"])


def without(record: dict, names: set[str]) -> dict:
    return {name: value for name, value in record.items() if name not in names}


def make(count: int) -> list[dict]:
    for number in range(count):
        make_nasty(number)
    return in_order(records_of(PublicationPage.objects.all()))


counts = pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.judge)])


@counts
@pytest.mark.parametrize("ending", ["csv", "json"])
def test_tables_and_json_come_back_without_loss(ending, count):
    before = make(count)

    assert in_order(imported(exported(ending), ending)) == before


@counts
def test_an_excel_file_made_of_the_csv_comes_back_without_loss(count):
    before = make(count)
    book = openpyxl.Workbook()
    text = exported("csv").decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline="")):
        book.active.append(
            [int(cell) if cell.isdigit() and len(cell) < 5 else cell for cell in row]
        )
    content = io.BytesIO()
    book.save(content)

    assert in_order(imported(content.getvalue(), ImportFormat.XLSX)) == before


def as_cited(record: dict, *, is_ris: bool) -> dict:
    """
    A record as BibTeX and RIS can hold it: an organisation that is its own only author is the
    author of what has none; RIS has one line for each value.
    """
    record = without(record, NOT_IN_CITATIONS)
    if [a["organisation"] for a in record["authors"]] == [record["organisation"]]:
        record["authors"] = []
    authors = [a for a in record["authors"] if not a["is_editor"]]
    record["authors"] = authors + [a for a in record["authors"] if a["is_editor"]]
    if is_ris:
        record["summary"] = " ".join(record["summary"].split())
    return record


@counts
@pytest.mark.parametrize("ending", ["bib", "ris"])
def test_citations_come_back_without_losing_what_they_hold(ending, count):
    before = [as_cited(record, is_ris=ending == "ris") for record in make(count)]

    after = [
        as_cited(record, is_ris=ending == "ris") for record in imported(exported(ending), ending)
    ]

    assert in_order(after) == in_order(before)


def test_the_json_lines_of_the_open_data_set_are_read_too():
    before = make(3)
    lines = "\n".join(json.dumps(record) for record in json.loads(exported("json")))

    assert in_order(imported(lines.encode(), ImportFormat.JSON)) == before
