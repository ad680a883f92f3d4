"""How hard our Dutch is to read: the Flesch-Douma score, from 0 (hard) to 100 (easy)."""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

# Vowels that sound as one: what stands between two of these is no break.
VOWELS = re.compile(
    r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ei|ij|ou|au|[aeiouyàáâäèéêëíîïóôöúûü]",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
END_OF_SENTENCE = re.compile(r"[.!?:]+(?:\s|$)")
BLOCK = re.compile(r"</?(?:p|li|ul|ol|h\d|div|br)\b[^>]*>", re.IGNORECASE)


class Score(NamedTuple):
    """What was counted in a text, and what that makes."""

    words: int
    sentences: int
    syllables: int

    @property
    def words_in_a_sentence(self) -> float:
        return self.words / self.sentences

    @property
    def flesch_douma(self) -> float:
        return 206.84 - 0.93 * self.words_in_a_sentence - 77 * self.syllables / self.words


def sentences_in(text: str) -> Iterator[str]:
    """Yield the sentences of a text, which may be HTML; a title or a term is none."""
    lines = unescape(re.sub(r"<[^>]+>", "", BLOCK.sub("\n", text))).splitlines()
    for line in lines:
        for sentence in END_OF_SENTENCE.split(line):
            if len(WORD.findall(sentence)) >= 3:
                yield sentence


def score(texts) -> Score:
    """Count all of these texts together."""
    sentences = [sentence for text in texts for sentence in sentences_in(text)]
    words = [word for sentence in sentences for word in WORD.findall(sentence)]
    syllables = sum(max(1, len(VOWELS.findall(word))) for word in words)
    return Score(len(words), len(sentences), syllables)


def texts_in(value) -> Iterator[str]:
    """Yield the running texts anywhere in a value as JSON has them."""
    if isinstance(value, dict):
        for part in value.values():
            yield from texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)
    elif isinstance(value, str) and (" " in value) and not value.startswith(("http", "/")):
        yield value
