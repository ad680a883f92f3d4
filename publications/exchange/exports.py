"""
Any search of the library as a file: `<address of the library>export.csv?<the same query>`.

All hits, in the order of the list, written while they are read: memory and queries do not grow with
their number, but for one query for each batch of each kind of part.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from publications.citations import bibtex, ris
from publications.exchange.cells import row_of
from publications.exchange.records import COLUMNS, TermNames, record_of
from publications.models import LibraryPage, PublicationPage
from publications.paging import page_at
from publications.search import LibrarySearchForm, find_all

BATCH = 200
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads “é” as two other signs


def in_batches(ids: list[int]) -> Iterator[PublicationPage]:
    """Yield these publications in this order, as far as everyone may see them by then."""
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        found = PublicationPage.objects.live().public().for_exchange().in_bulk(some)
        yield from (found[pk] for pk in some if pk in found)


def as_csv(publications: Iterable[PublicationPage]) -> Iterator[str]:
    """RFC 4180: commas, which is what other programs expect. Excel asks which sign it is."""
    names, buffer = TermNames(), io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.heading for column in COLUMNS])
    yield BYTE_ORDER_MARK + buffer.getvalue()
    for publication in publications:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(row_of(record_of(publication), names))
        yield buffer.getvalue()


def as_json(publications: Iterable[PublicationPage]) -> Iterator[str]:
    before = "["
    for publication in publications:
        yield f"{before}\n{json.dumps(record_of(publication), ensure_ascii=False)}"
        before = ","
    yield "\n]\n" if before == "," else "[]\n"


def as_json_lines(publications: Iterable[PublicationPage]) -> Iterator[str]:
    for publication in publications:
        yield f"{json.dumps(record_of(publication), ensure_ascii=False)}\n"


@dataclass(frozen=True)
class Export:
    """One form in which a list can be taken along."""

    ending: str
    label: str
    content_type: str
    write: object  # function from publications to pieces of text


EXPORTS = {
    export.ending: export
    for export in (
        Export("csv", "CSV", "text/csv; charset=utf-8", as_csv),
        Export("json", "JSON", "application/json", as_json),
        Export("bib", "BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
        Export("ris", "RIS", "application/x-research-info-systems; charset=utf-8", ris),
    )
}


@require_safe
def export(request, path: str, ending: str):
    """Answer with everything that the library at `path` finds for the query in the address."""
    library = page_at(request, path)
    if not isinstance(library, LibraryPage) or ending not in EXPORTS:
        raise Http404
    ids, _ = find_all(LibrarySearchForm(request.GET).to_query())
    chosen = EXPORTS[ending]
    pieces = chosen.write(in_batches(ids))
    response = StreamingHttpResponse(pieces, content_type=chosen.content_type)
    name = f"kennisplein-{timezone.localdate():%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    return response
