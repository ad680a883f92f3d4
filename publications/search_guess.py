"""“Bedoelde je …?”: words of the library that look like words that are not in it."""

import re
import time
from collections.abc import Iterator

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from publications.dutch import words
from publications.models.search import SearchWord

FRESH_SECONDS = 60
MIN_LENGTH = 4
MAX_GUESSES = 3

_kept: tuple[float, list[str]] | None = None


def library_words() -> list[str]:
    """Return the words of the library, as they were at most a minute ago."""
    global _kept
    if not _kept or time.monotonic() - _kept[0] > FRESH_SECONDS:
        known = SearchWord.objects.order_by("word").values_list("word", flat=True).distinct()
        _kept = (time.monotonic(), list(known))
    return _kept[1]


def forget() -> None:
    global _kept
    _kept = None


def guess(copy, typed, text: str) -> Iterator[str]:
    """Yield `text` with every unknown word put right, the most likely first."""
    unknown = {}
    for typed_word, need in zip(typed.typed, typed.needs, strict=True):
        looked_for = [word for alternative in need for word in alternative]
        is_plain = words(typed_word, joined=False) == [typed_word]
        if is_plain and not any(map(copy.is_known, looked_for)):
            unknown[typed_word] = _like(typed_word)
    if not unknown or not all(unknown.values()):
        return
    for place in range(MAX_GUESSES):
        better = text
        for word, likely in unknown.items():
            replacement = likely[min(place, len(likely) - 1)]
            better = _replaced(better, word, replacement)
        if better != text and (place == 0 or place < max(map(len, unknown.values()))):
            yield better


def _like(word: str) -> list[str]:
    if len(word) < MIN_LENGTH:
        return []
    found = process.extract(
        word,
        library_words(),
        scorer=DamerauLevenshtein.distance,
        score_cutoff=1 if len(word) < 6 else 2 if len(word) < 10 else 3,
        limit=20,
    )
    # Of equally near words the one that begins alike: people seldom mistype the first letter.
    found.sort(key=lambda row: (row[1], row[0][0] != word[0], abs(len(row[0]) - len(word))))
    return [other for other, _, _ in found if other != word][:MAX_GUESSES]


def _replaced(text: str, word: str, replacement: str) -> str:
    """Replace a word in what was typed, where accents and capitals may differ."""
    return re.sub(
        r"\w+",
        lambda run: replacement if words(run[0], joined=False) == [word] else run[0],
        text,
    )
