"""Keeping what is searched, for the editors: words and counts, nothing about who searched."""

import re
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from publications.models.search import SearchedWords

DAYS_KEPT = 90
MAX_ROWS_A_DAY = 5_000
# Addresses and long numbers may say who somebody is. DOIs and ISBNs need no synonym either.
PERSONAL = re.compile(r"@|(?:\d[\s.-]?){6}")


def record(results) -> None:
    """Count the words of a search, unless it was narrowed further or may tell who searched."""
    query = results.query
    words = " ".join(query.words.lower().split())[:100]
    is_first_page = results.page.number == 1 and str(query.page) == "1"
    if not words or not is_first_page or any(query.chosen.values()) or PERSONAL.search(words):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO publications_searchedwords (words, day, count, found)"
            " SELECT %(words)s, %(day)s, 1, %(found)s WHERE"
            " (SELECT count(*) FROM publications_searchedwords WHERE day = %(day)s) < %(most)s"
            " ON CONFLICT (words, day) DO UPDATE"
            " SET count = publications_searchedwords.count + 1, found = excluded.found",
            {
                "words": words,
                "day": timezone.localdate(),
                "found": results.total if not results.is_partial else 0,
                "most": MAX_ROWS_A_DAY,
            },
        )


def forget_old_searches() -> int:
    """Delete what was searched longer ago than we keep it. Return how many rows went."""
    last = timezone.localdate() - timedelta(days=DAYS_KEPT)
    return SearchedWords.objects.filter(day__lt=last).delete()[0]
