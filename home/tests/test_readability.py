"""Our own Dutch is easy to read, and the figure that says so counts right."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from home.readability import score

PLAIN = 70  # “fairly easy”; language level B1 begins at about 60
LONGEST_SENTENCES = 12


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("De buurt is mooi. Iedereen doet mee.", (7, 2, 9)),
        ("<h2>Kop</h2><p>Wij eten samen soep.</p><ul><li>Kom je ook mee?</li></ul>", (8, 2, 10)),
        ("Bewoners beoordelen geëvalueerde initiatieven", (4, 1, 19)),
        ("Titel alleen", (0, 0, 0)),
    ],
)
def test_score_counts_words_sentences_and_syllables(text, expected):
    assert tuple(score([text])) == expected


def test_harder_text_scores_lower():
    easy = score(["De deur is open. Kom binnen en drink koffie."])
    hard = score(["Gemeentelijke beleidsverantwoordelijkheden interfereren met participatiedoelen"])

    assert easy.flesch_douma > 90
    assert hard.flesch_douma < 0


def test_every_text_of_the_site_is_easy_to_read():
    said = StringIO()

    call_command("score_readability", stdout=said)

    lines = re.findall(
        r"(\w+): Flesch-Douma (-?\d+), \d+ words, ([\d.]+) in a sentence", said.getvalue()
    )
    figures = {name: (int(points), float(length)) for name, points, length in lines}
    del figures["vocabularies"]  # terms, many of them long by law
    assert {"pages", "tips", "pillars", "all"} <= set(figures)
    hard = {
        name: figure
        for name, figure in figures.items()
        if figure[0] < PLAIN or figure[1] > LONGEST_SENTENCES
    }
    assert hard == {}
