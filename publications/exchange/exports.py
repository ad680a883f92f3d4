"""
Any search of the library as a file: `<address of the library>export.csv?<the same query>`.

All hits, in the order of the list, written while they are read: memory and queries do not grow with
their number, but for one query for each batch of each kind of part. Only the library has them:
“zoeken” finds stories and questions too, and these forms are for publications.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from publications.citations import FORMATS
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
    write: Callable[[Iterable[PublicationPage]], Iterator[str]]
    extension: str  # of the file; two forms are JSON


def _as_export(ending: str, name: str) -> Export:
    """Return the form in which one publication is cited, for a whole list."""
    form = FORMATS[name]
    media_type = f"{form.media_type}; charset=utf-8"
    return Export(ending, form.label, media_type, form.write, form.extension)


EXPORTS = {
    export.ending: export
    for export in (
        Export("csv", "CSV", "text/csv; charset=utf-8", as_csv, "csv"),
        Export("json", "JSON", "application/json", as_json, "json"),
        _as_export("bib", "bibtex"),
        _as_export("ris", "ris"),
        _as_export("csl", "csl"),
        _as_export("xml", "dublin-core"),
    )
}


@require_safe
def export(request, path: str, ending: str):
    """Answer with everything that the library at `path` finds for the query in the address."""
    library = page_at(request, path)
    if not isinstance(library, LibraryPage) or ending not in EXPORTS:
        raise Http404
    ids, _ = find_all(LibrarySearchForm(request.GET).to_query())
    return as_file(ids, ending)


def as_file(ids: list[int], ending: str) -> StreamingHttpResponse:
    """Answer with these publications, in this order and in the form of this ending."""
    chosen = EXPORTS[ending]
    pieces = chosen.write(in_batches(ids))
    response = StreamingHttpResponse(pieces, content_type=chosen.content_type)
    name = f"kennisplein-{timezone.localdate():%Y-%m-%d}.{chosen.extension}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    return response
