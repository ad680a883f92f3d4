"""
How well words of one meaning meet and others stay apart: ours beside PostgreSQL's `dutch`,
Kraaij-Pohlmann and simplemma, on the judged set `publications/data/dutch_judged.tsv`.

The set is split in two halves. Rules and numbers were fitted on the one; the other only reports.
"""

import time
from collections.abc import Callable
from typing import NamedTuple
from zlib import crc32

import simplemma
from django.core.management.base import BaseCommand
from django.db import connection

from publications import compounds, dutch

try:
    import snowballstemmer
except ImportError:  # a development dependency
    snowballstemmer = None

JUDGED = compounds.COUNTS.with_name("dutch_judged.tsv")
FIT, HELD_OUT = "fit", "held out"
HALVES = (FIT, HELD_OUT)
TIMED_WORDS = 5_000

Keys = Callable[[list[str]], list[set[str]]]


class Judged(NamedTuple):
    """
    One row: two words that must `meet` or stay `apart`, a `compound` and its parts with spaces
    between them, or a `whole` word that has none.
    """

    kind: str
    family: str
    first: str
    second: str

    @property
    def half(self) -> str:
        return HALVES[crc32(f"{self.first} {self.second}".encode()) & 1]


def judged(kind: str, half: str | None = None) -> list[Judged]:
    """Return the judged rows of a kind, of one half or of both, as they are in the file."""
    lines = JUDGED.read_text(encoding="utf-8").splitlines()[1:]
    rows = [Judged(*line.split("\t")) for line in lines]
    return [row for row in rows if row.kind == kind and half in (None, row.half)]


def own_keys(texts: list[str]) -> list[set[str]]:
    return [{key for word in dutch.words(text) for key in dutch.keys(word)} for text in texts]


def pairs_that_meet(rows: list[Judged], keys: Keys = own_keys) -> list[Judged]:
    """Return the rows of which both words share a key; `keys` gives those of many words."""
    firsts, seconds = keys([row.first for row in rows]), keys([row.second for row in rows])
    return [row for row, a, b in zip(rows, firsts, seconds, strict=True) if a & b]


def compounds_found(rows: list[Judged]) -> list[Judged]:
    """Return the compounds of which every expected part meets one of the parts found."""
    return [
        row for row in rows if all(own & _parts(row.first) for own in own_keys(row.second.split()))
    ]


def false_splits(rows: list[Judged]) -> list[Judged]:
    return [row for row in rows if _parts(row.first)]


def _parts(text: str) -> set[str]:
    return {key for word in dutch.words(text) for key in dutch.parts(word)}


def _postgresql_keys(texts: list[str]) -> list[set[str]]:
    """Return what the dictionary `dutch_stem` gives; a stop word, for which it gives nothing, is
    its own key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select ts_lexize('dutch_stem', word)"
            " from unnest(%s::text[]) with ordinality as words(word, place) order by place",
            [[text.lower() for text in texts]],
        )
        return [set(row[0] or [text.lower()]) for row, text in zip(cursor, texts, strict=True)]


def _kraaij_pohlmann_keys(texts: list[str]) -> list[set[str]]:
    stemmer = snowballstemmer.stemmer("dutch")
    return [{stemmer.stemWord(text.lower())} for text in texts]


def _simplemma_keys(texts: list[str]) -> list[set[str]]:
    return [{dutch.fold(simplemma.lemmatize(text.lower(), lang="nl"))} for text in texts]


def _keys_and_parts(texts: list[str]) -> list[set[str]]:
    return [keys | _parts(text) for keys, text in zip(own_keys(texts), texts, strict=True)]


METHODS: dict[str, Keys] = {
    "PostgreSQL `dutch`": _postgresql_keys,
    "Kraaij-Pohlmann": _kraaij_pohlmann_keys,
    "simplemma, accents folded": _simplemma_keys,
    "ours": own_keys,
}


def different_words(number: int) -> list[str]:
    """Return different words: half of them from the word list, half compounds that are new."""
    first, last = compounds.counts()
    lefts, rights = sorted(first), sorted(last)
    new = (left + rights[7919 * place % len(rights)] for place, left in enumerate(lefts))
    mixed = (word for pair in zip(lefts, new, strict=False) for word in pair)
    return list(dict.fromkeys(mixed))[:number]


def words_a_second(keys: Keys) -> float:
    """
    Return how many words a second of processor time `keys` does, at best, of thrice 5,000 that are
    all different, so that nothing is remembered. PostgreSQL works elsewhere and goes by the clock.
    """
    clock = time.perf_counter if keys is _postgresql_keys else time.process_time
    words = different_words(3 * TIMED_WORDS)
    keys(["dorpshuizen"])  # loads what is loaded once
    dutch.forget()
    speeds = []
    for run in range(3):
        some = words[run::3]
        started = clock()
        keys(some)
        speeds.append(len(some) / (clock() - started))
    return max(speeds)


class Command(BaseCommand):
    help = "Scores the Dutch normaliser on the judged set, beside other stemmers."

    def add_arguments(self, parser):
        parser.add_argument(
            "--misses",
            action="store_true",
            help="also print what goes wrong in the half that was fitted on; "
            "the other half is not for looking at",
        )

    def handle(self, *args, misses=False, **options):
        self._print_pairs()
        self._print_compounds()
        if misses:
            self._print_misses()

    def _print_pairs(self):
        sizes = {kind: [len(judged(kind, half)) for half in HALVES] for kind in ("meet", "apart")}
        self.stdout.write(
            f"Meet: of {sizes['meet'][0]} + {sizes['meet'][1]} pairs that must. "
            f"Merged: of {sizes['apart'][0]} + {sizes['apart'][1]} pairs that must not.\n\n"
            "| method | meet, fit | meet, held out | merged, fit | merged, held out "
            "| different words a second |\n|---|---|---|---|---|---|"
        )
        for name, keys in METHODS.items():
            if keys is _kraaij_pohlmann_keys and snowballstemmer is None:
                self.stdout.write(f"| {name} | snowballstemmer is not installed |")
                continue
            shares = [
                _percentage(pairs_that_meet(judged(kind, half), keys), judged(kind, half))
                for kind in ("meet", "apart")
                for half in HALVES
            ]
            self.stdout.write(f"| {name} | {' | '.join(shares)} | {words_a_second(keys):,.0f} |")
        speed = words_a_second(_keys_and_parts)
        self.stdout.write(f"| ours, with the parts of compounds | | | | | {speed:,.0f} |")

    def _print_compounds(self):
        sizes = {k: [len(judged(k, half)) for half in HALVES] for k in ("compound", "whole")}
        self.stdout.write(
            f"\nCompounds: of {sizes['compound'][0]} + {sizes['compound'][1]}, all parts found. "
            f"False splits: of {sizes['whole'][0]} + {sizes['whole'][1]} words that are none.\n\n"
            "| | fit | held out |\n|---|---|---|"
        )
        for name, kind, right in (
            ("every part found", "compound", compounds_found),
            ("false splits", "whole", false_splits),
        ):
            shares = [_percentage(right(judged(kind, half)), judged(kind, half)) for half in HALVES]
            self.stdout.write(f"| {name} | {' | '.join(shares)} |")

    def _print_misses(self):
        self.stdout.write("\nWrong in the half that was fitted on:")
        meet, apart = judged("meet", FIT), judged("apart", FIT)
        met, found = pairs_that_meet(meet), compounds_found(judged("compound", FIT))
        wrong = [row for row in meet if row not in met]
        wrong += pairs_that_meet(apart)
        wrong += [row for row in judged("compound", FIT) if row not in found]
        wrong += false_splits(judged("whole", FIT))
        for row in wrong:
            self.stdout.write(f"{row.kind} ({row.family}): {row.first} {row.second}")


def _percentage(some: list, every: list) -> str:
    return f"{100 * len(some) / len(every):.1f}%"
