"""
Makes compounds.txt.gz from the word list of OpenTaal:
`python -m publications.data.make_compounds /usr/share/dict/dutch`. README.md tells the rest.
"""

import gzip
import sys
from collections import Counter
from pathlib import Path

from publications.compounds import (
    COUNTS,
    ONLY_FIRST,
    SHORTEST,
    best_split,
    possible_splits,
)
from publications.dutch import fold

LEAST_SEEN = 2  # times that a word begins or ends a compound, to be kept


def words_of(text: str) -> set[str]:
    """Return the folded words of a list with one word a line, without names and abbreviations."""
    folded = {fold(line) for line in text.splitlines() if line.islower() and line.isalpha()}
    return {word for word in folded if word.isascii() and len(word) >= SHORTEST} | ONLY_FIRST


def count(vocabulary: set[str], rounds: int = 4) -> tuple[Counter, Counter]:
    """
    Return how many words of `vocabulary` each word begins and ends.

    At first every possible split counts in part; each next round counts the best one only, by the
    counts of the round before.
    """
    words = sorted(vocabulary)  # in one order, so that the sums are the same each time
    first, last = Counter(), Counter()
    for word in words:
        options = [pair for pair in possible_splits(word, {}) if vocabulary.issuperset(pair)]
        for left, right in options:
            first[left] += 1 / len(options)
            last[right] += 1 / len(options)
    for _ in range(rounds):
        pairs = [pair for word in words if (pair := best_split(word, first, last)[1])]
        first = Counter(left for left, _ in pairs)
        last = Counter(right for _, right in pairs)
    return first, last


def write(first: Counter, last: Counter) -> None:
    """Write COUNTS, a line `word begins ends` per word. The same counts give the same bytes."""
    kept = sorted(word for word in {*first, *last} if first[word] + last[word] >= LEAST_SEEN)
    text = "".join(f"{word} {first[word]} {last[word]}\n" for word in kept)
    COUNTS.write_bytes(gzip.compress(text.encode("ascii"), mtime=0))


if __name__ == "__main__":
    write(*count(words_of(Path(sys.argv[1]).read_text(encoding="utf-8"))))
