"""
Citing publications. `csl_item` is the one mapping; every format is made from what it returns.

A format takes publications, loaded by `PublicationPage.objects.for_citation()`, and yields text:
one publication or ten thousand, never more than one of them in memory. Ask it of publications that
their reader may see.
"""

from .apa import apa
from .csl import csl_item
from .formats import FORMATS, Format, bibtex, csl_json, dublin_core, ris

__all__ = [
    "FORMATS",
    "Format",
    "apa",
    "bibtex",
    "csl_item",
    "csl_json",
    "dublin_core",
    "ris",
]
