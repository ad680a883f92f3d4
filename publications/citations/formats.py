"""The formats in which anybody takes publications along, all made in the same way."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from .bibtex import bibtex_entry
from .csl import csl_item, keywords_of
from .dublin_core import dublin_core_record
from .kinds import kind_of_work
from .ris import ris_record


def bibtex(publications: Iterable) -> Iterator[str]:
    """Yield BibTeX, an entry at a time."""
    for publication in publications:
        yield bibtex_entry(csl_item(publication), kind_of_work(publication)) + "\n"


def ris(publications: Iterable) -> Iterator[str]:
    """Yield RIS, a record at a time."""
    for publication in publications:
        item, kind = csl_item(publication), kind_of_work(publication)
        yield ris_record(item, kind, keywords_of(publication))


def csl_json(publications: Iterable) -> Iterator[str]:
    """Yield one JSON list of CSL items, an item at a time."""
    separator = "[\n"
    for publication in publications:
        yield separator + json.dumps(csl_item(publication), ensure_ascii=False)
        separator = ",\n"
    yield "\n]\n" if separator == ",\n" else "[]\n"


def dublin_core(publications: Iterable) -> Iterator[str]:
    """Yield one XML document with an `oai_dc:dc` element for each publication."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<records>\n'
    for publication in publications:
        yield dublin_core_record(publication) + "\n"
    yield "</records>\n"


class Format(NamedTuple):
    """One format: how it is called, what it is on the web, and the function that writes it."""

    label: str
    media_type: str
    extension: str
    write: Callable[[Iterable], Iterator[str]]


# By the name it has in addresses.
FORMATS = {
    "bibtex": Format("BibTeX", "application/x-bibtex", "bib", bibtex),
    "ris": Format("RIS", "application/x-research-info-systems", "ris", ris),
    "csl": Format("CSL", "application/vnd.citationstyles.csl+json", "json", csl_json),
    "dublin-core": Format("Dublin Core", "application/xml", "xml", dublin_core),
}
