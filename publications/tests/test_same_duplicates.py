"""The form, the editor and an import find the same duplicates."""

import pytest

from publications.duplicates import Description, all_duplicates
from publications.exchange.checking import check_rows
from publications.models import Verdict
from publications.tests.factories import make_publication

pytestmark = pytest.mark.django_db

CERTAIN, POSSIBLE, NEW = Verdict.DUPLICATE, Verdict.POSSIBLE, Verdict.NEW
CASES = [
    ({"doi": "10.1234/a"}, {"doi": "https://doi.org/10.1234/A"}, CERTAIN),
    ({"source_url": "https://doi.org/10.1234/a"}, {"doi": "10.1234/A"}, CERTAIN),
    ({"doi": "10.1234/a"}, {"source_url": "https://doi.org/10.1234/a"}, CERTAIN),
    ({"isbn": "9789000000005"}, {"isbn": "90-00-00000-9"}, CERTAIN),
    ({"source_url": "https://www.x.nl/a/"}, {"source_url": "http://x.nl/a#top"}, CERTAIN),
    ({"source_url": "https://x.nl/a?b=1&c=2"}, {"source_url": "https://x.nl/a?c=2&b=1"}, CERTAIN),
    ({"source_url": "https://x.nl/a"}, {"source_url": "https://x.nl/a?utm_source=m"}, CERTAIN),
    ({"source_url": "https://x.nl/a"}, {"source_url": "https://x.nl/a/index.html"}, CERTAIN),
    ({"source_url": "https://x.nl/a?id=1"}, {"source_url": "https://x.nl/a?id=2"}, NEW),
    ({"source_url": "https://x.nl/"}, {"source_url": "https://x.nl"}, NEW),
    ({"title": "Dé sociale basis!"}, {"title": "De Sociale Basis"}, POSSIBLE),
    ({"title": "Sociale basis: over tafels"}, {"title": "Sociale basis"}, POSSIBLE),
    ({"title": "Sociale basis"}, {"title": "Sociale basis: over tafels"}, POSSIBLE),
    (
        {"title": "Sociale basis", "subtitle": "over tafels en koffie"},
        {"title": "Sociale basis over tafels en koffie"},
        POSSIBLE,
    ),
    ({"title": "De sociale basis", "year": 2018}, {"title": "De sociale basis"}, POSSIBLE),
    (
        {"title": "De sociale basis", "year": 2018},
        {"title": "De sociale basis", "year": 2020},
        POSSIBLE,
    ),
    ({"title": "De sociale basis", "year": 2017}, {"title": "De sociale basis", "year": 2020}, NEW),
    ({"title": "De sociale basis"}, {"title": "De sociale ladder"}, NEW),
]


@pytest.mark.parametrize(("there", "described", "verdict"), CASES)
def test_what_is_double_is_so_everywhere(there, described, verdict):
    page = make_publication(**{"title": "Zomaar iets", **there})
    described = {"title": "Heel wat anders", **described}
    link = described.get("source_url", "")

    row = check_rows([(1, described)])[0]
    told = {name: value for name, value in described.items() if name != "source_url"}
    found = all_duplicates(Description(**told, link=link))

    assert (row.verdict, row.problems) == (verdict, [])
    assert [(d.publication.pk, d.is_certain) for d in found] == (
        [] if verdict == NEW else [(page.pk, verdict == CERTAIN)]
    )
    assert row.duplicate_of == (None if verdict == NEW else page.pk)
