"""
Takes Dutch compounds apart: buurtcamping → buurt, camping.

How likely a word is to begin or to end a compound is counted in the word list of OpenTaal itself,
so that no frequencies of another source are needed. What was counted is `data/compounds.txt.gz`;
data/README.md says from which version, under which licence, and how to make it anew.
"""

import gzip
import math
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

COUNTS = Path(__file__).parent / "data" / "compounds.txt.gz"
SHORTEST = 3  # letters of a part
SHORTEST_COMPOUND = 7
ENOUGH = 13.0  # what a split must score; 12 to 14 judge alike
LEAST = 1.0  # added to every count: a word may come where it was not seen
PER_LETTER = 0.8  # longer parts come together less often by chance
LONGEST_REWARDED = 7
SHORT = 2.0  # what a part of three letters costs

Counts = dict[str, int]  # word → how many compounds it begins, or ends
IsWord = Callable[[str], bool]

# Verbal particles, prefixes and small words: what they begin is hardly ever a compound.
_NEVER_FIRST = frozenset(
    """
    aan achter af alle als ben bes best bij binnen boven buiten dan dat den der des dit door
    een eer ent haar heen heer her het hoe hun in infra inter los mede mee met mis na naar
    neder neer niet non om onder ons ont op open over pre pro ras ren rond samen sub tegen ten
    ter terug toe tot tra tussen uit van vast ver vers verst vol voor voort wan want wat weg
    wel wie zich
    """.split()
)
# How some plurals begin a compound, without being words themselves.
ONLY_FIRST = frozenset("kinder eier zonne kalver lammer runder hoender blader wieler".split())
# Endings and small words that are also words by themselves.
_NEVER_LAST = frozenset(
    """
    aan aar aard aarden aars abel achter ade af agen ant ante anten ator baar bare baren beren
    bij binnen boven buiten chap chappen de den dent der ding dom door eel eels een eerde
    eerden eert ees ele elen elend ellen els ende ene enen ens eraan ere eren erend erig ering
    ers ertje ertjes eten eur euse gen gene heden heer heid ica ien ier ieren ieve ige igen ijn
    ing ingen isch ische ist isten kanten ken laar lende lijk lijke ling lingen loos loze mate
    matig matige men ment mente naar nen nis nissen oen ons oor over pen ren rijk ring ringen
    ruim schap schappelijk schappelijke schappen sel sels sen sie sies ster sters tal teer teit
    ten ter teren tering ters tie tien ties tig ting tingen tje ton tor toren uit van ven vol
    volle voor willig willige willigen zaam zame
    """.split()
)


def nobody(word: str) -> bool:
    """Vouch for no word."""
    return False


def split(word: str, is_word: IsWord = nobody) -> list[str]:
    """
    Return the parts of a folded compound as they are spelt, without a linking s; [] for any other
    word. Parts that are compounds themselves come with their own parts behind them.

    `is_word` vouches for words that were never counted. Loads the counts once in a process.
    """
    first, last = counts()
    parts = best_split(word, first, last, is_word)[1] or _of_three(word, first, last, is_word)
    return [piece for part in parts for piece in (part, *split(part, is_word))]


def _of_three(word: str, first: Counts, last: Counts, is_word: IsWord) -> list[str]:
    """Return the two parts of a compound of which one is a compound that nobody vouches for."""
    if len(word) < SHORTEST_COMPOUND + SHORTEST:
        return []
    options = []
    for left, right in possible_splits(word, last):
        if left in first:
            inner, outer = best_split(right, first, last, is_word)[0], _likely(left, first)
        elif right in last:
            inner, outer = best_split(left, first, last, is_word)[0], _likely(right, last)
        else:
            continue
        if inner and outer >= ENOUGH / 2:
            options.append((inner + outer, [left, right]))
    return max(options)[1] if options else []


def best_split(
    word: str, first: Counts, last: Counts, is_word: IsWord = nobody
) -> tuple[float, list[str]]:
    """
    Return (score, the two parts) of the likeliest split that is likely enough, or (0, []).

    The score adds up how likely each part is; at least one of them was counted in its place.
    """
    best, parts = ENOUGH, []
    if len(word) < SHORTEST_COMPOUND:
        return 0, []
    for left, right in possible_splits(word, last):
        seen_left, seen_right = left in first, right in last
        if not (seen_left or (seen_right and is_word(left))):
            continue
        if not (seen_right or is_word(right)):
            continue
        score = _likely(left, first) + _likely(right, last)
        if score > best:
            best, parts = score, [left, right]
    return (best, parts) if parts else (0, [])


def _likely(part: str, counts: Counts) -> float:
    """Say how likely a part is: often seen in its place, and too long to be there by chance."""
    letters = PER_LETTER * min(len(part), LONGEST_REWARDED) - (SHORT if len(part) == 3 else 0)
    return math.log(counts.get(part, 0) + LEAST) + letters


def possible_splits(word: str, last: Counts) -> Iterator[tuple[str, str]]:
    """
    Yield every two parts `word` could have. An s between them links them, unless the left part
    is a word that ends compounds with that s (prijs, basis) more often than without.
    """
    for cut in range(SHORTEST, len(word) - SHORTEST + 1):
        left, right = word[:cut], word[cut:]
        if right in _NEVER_LAST:
            continue
        if left[-1] == "s" and cut > SHORTEST + 1:
            bare = left[:-1]
            if bare not in _NEVER_FIRST and last.get(bare, 0) >= last.get(left, 0):
                left = bare
        if left not in _NEVER_FIRST and left.removesuffix("s") not in _NEVER_FIRST:
            yield left, right


@cache
def counts() -> tuple[Counts, Counts]:
    """Return how many compounds each word begins and ends: 2 MB, loaded in 15 ms."""
    first, last = {}, {}
    with gzip.open(COUNTS, "rt", encoding="ascii") as lines:
        for line in lines:
            word, begins, ends = line.split()
            if begins != "0":
                first[word] = int(begins)
            if ends != "0":
                last[word] = int(ends)
    return first, last
