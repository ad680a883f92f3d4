import re
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publications import compounds, dutch
from publications.data.make_compounds import count, words_of
from publications.management.commands import score_dutch
from publications.management.commands.score_dutch import HELD_OUT, Judged, judged

HOSTILE = [
    "",
    "\x00",
    "buurt\x00huis",
    "'-'’-' | & ! <-> :* \\",
    "שלום עולם مرحبا",
    "👩‍👩‍👧 buurt🏘️huis",
    "e\u0301" * 2_500,
    "\u0301\u0308\u20dd",
    "a" * 5_000,
    "en" * 2_500,
    "tje" * 2_000,
    "a-" * 2_500,
    "ĳĲﬁﬀßŒøıİ",
    "²③½Ⅷ٣",
    "je jes etje een eeen ieen eren heden s ss n e",
]


def share_a_key(first, second):
    return bool(set(dutch.keys(first)) & set(dutch.keys(second)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # the spelling of the base form is restored
        ("zon", "zonnen"),
        ("zoon", "zonen"),
        ("huis", "huizen"),
        ("brief", "brieven"),
        # a vowel's length is dropped in words of more than one syllable
        ("sociaal", "sociale"),
        ("verdrag", "verdragen"),
        ("lokaal", "lokalen"),
        # ij is one letter
        ("partij", "partijen"),
        ("prijs", "prijzen"),
        ("vrij", "vrije"),
        # endings
        ("mogelijkheid", "mogelijkheden"),
        ("theorie", "theorieen"),
        ("moskee", "moskeeen"),
        ("initiatief", "initiatieven"),
        ("thema", "themas"),
        ("woning", "woninkje"),
        ("kaart", "kaartje"),
        ("cafe", "cafeetje"),
        # closed classes, also at the end of compounds
        ("binnenstad", "binnensteden"),
        ("gemeentelid", "gemeenteleden"),
        ("weg", "wegen"),
        ("museum", "musea"),
        # -er and -st of adjectives
        ("toegankelijk", "toegankelijker"),
        ("kwetsbaar", "kwetsbaarder"),
        ("effectief", "effectiefst"),
        # verbs, separable ones and those that no dictionary has
        ("opbouwen", "opgebouwd"),
        ("wonen", "woonde"),
        ("meebeslissen", "meebeslist"),
        ("wijkteam", "wijkteams"),
        # the accents went before, the dictionary still knows the word
        ("evalueren", "geevalueerd"),
    ],
)
def test_inflections_meet(first, second):
    assert share_a_key(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("gewoon", "wonen"),
        ("gezin", "zin"),
        ("relatie", "relatief"),
        ("markt", "mark"),
        ("kast", "kas"),
        ("man", "maan"),
        ("bom", "boom"),
        ("zonen", "zonnen"),
        ("geleden", "lid"),
        ("bewegen", "weg"),
        ("bewoner", "bewonen"),
        ("ouders", "ouderen"),
        ("jongen", "jong"),
        ("buurthuis", "huis"),
    ],
)
def test_look_alikes_stay_apart(first, second):
    assert not share_a_key(first, second)


def test_keys_are_the_base_form_by_rule_and_by_dictionary():
    assert dutch.keys("huizen") == ("huis",)
    assert dutch.keys("woonde") == ("woond", "woon")
    assert dutch.keys("2024") == ("2024",)
    assert dutch.keys("") == ()
    assert dutch.keys("café") == ()


def test_the_dictionary_is_not_believed_in_everything():
    assert dutch.keys("geloof") == ("gelof",)  # it says wangeloof
    assert dutch.keys("wolf") == ("wolf",)  # it says wolvin
    assert dutch.keys("leden") == ("lid",)  # it says lijden
    assert dutch.keys("eerste") == ("eerst",)  # it says een


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Één Café, twee cafés!", ["een", "cafe", "twee", "cafes"]),
        ("sociaal-economisch", ["sociaal", "economisch", "sociaaleconomisch"]),
        ("zorg- en welzijnswerk", ["zorg", "en", "welzijnswerk"]),
        ("foto's van programma’s", ["foto", "van", "programma"]),
        ("zzp'ers in zo'n wijk", ["zzper", "in", "zo", "wijk"]),
        ("'s-Hertogenbosch", ["s", "hertogenbosch", "shertogenbosch"]),
        ("65-plussers, 2024; 3,5", ["65", "plussers", "65plussers", "2024", "3", "5"]),
        ("a-b-c-d-e", ["a", "b", "c", "d", "e"]),
        ("Ĳmuiden ﬁets", ["ijmuiden", "fiets"]),
        ("buurt\u00adhuis", ["buurthuis"]),
        ("cafe\u0301", ["cafe"]),
        ("snake_case/pad.nl", ["snake", "case", "pad", "nl"]),
    ],
)
def test_words_are_folded_letters_and_digits(text, expected):
    assert dutch.words(text) == expected


def test_words_of_a_query_have_no_joined_word_beside_its_pieces():
    assert dutch.words("sociaal-economische e-mail", joined=False) == [
        "sociaal",
        "economische",
        "email",
    ]


def test_spans_point_into_the_text_as_it_was_written():
    text = "Het Café-restaurant: één foto’s."

    assert [(text[start:end], words) for start, end, words in dutch.spans(text)] == [
        ("Het", ["het"]),
        ("Café-restaurant", ["cafe", "restaurant", "caferestaurant"]),
        ("één", ["een"]),
        ("foto’s", ["foto"]),
    ]


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("buurtcamping", ("buurt", "camping")),
        ("buurthuizen", ("buurt", "huis")),
        ("kinderopvang", ("kind", "opvang")),
        ("stadsvernieuwing", ("stad", "vernieuwing")),
        ("huiskamer", ("huis", "kamer")),
        ("buurtsportcoach", ("buurt", "sportcoach", "sport", "coach")),
        ("gemeente", ()),
        ("bestuur", ()),
        ("relatie", ()),
        ("onderzoek", ()),
        ("", ()),
    ],
)
def test_compounds_fall_into_the_keys_of_their_parts(compound, parts):
    assert dutch.parts(compound) == parts


def test_compounds_are_counted_by_their_likeliest_split():
    vocabulary = words_of(
        "buurt\nhuis\nfeest\nkamer\nbuurthuis\nbuurtfeest\nbuurtkamer\nhuiskamer\nBuurtland\nnv\n"
    )

    first, last = count(vocabulary, rounds=0)

    assert first == {"buurt": 3, "huis": 1}
    assert last == {"huis": 1, "feest": 1, "kamer": 2}


def test_an_s_links_two_parts_unless_it_belongs_to_the_first():
    last = {"stad": 9, "prijs": 5}

    assert ("stad", "plan") in compounds.possible_splits("stadsplan", last)
    assert ("prijs", "vraag") in compounds.possible_splits("prijsvraag", last)
    assert ("prij", "vraag") not in compounds.possible_splits("prijsvraag", last)


@given(st.text() | st.text("eentijsjhd'-’ëx", max_size=40))
@settings(max_examples=300, deadline=None, database=None)
def test_no_text_raises_or_gives_other_characters(text):
    words = dutch.words(text)
    given_out = [*words, *dutch.words(text, joined=False)]
    for word in [*words, text, dutch.fold(text)]:
        assert len(dutch.keys(word)) <= 2
        given_out += [*dutch.keys(word), *dutch.parts(word)]

    assert [word for word in given_out if not re.fullmatch("[a-z0-9]{1,80}", word)] == []
    assert all(dutch.keys(word) for word in words)


for hostile in HOSTILE:
    test_no_text_raises_or_gives_other_characters = example(hostile)(
        test_no_text_raises_or_gives_other_characters
    )


@given(st.text())
@settings(deadline=None, database=None)
@example("İ ΐ ŉ ß ﬃ")
def test_what_is_folded_and_split_stays_as_it_is(text):
    folded = dutch.fold(text)
    words = dutch.words(text, joined=False)

    assert dutch.fold(folded) == folded
    assert dutch.words(" ".join(words)) == words


def test_keys_of_a_key_still_meet_it():
    words = {word for row in judged("meet") for word in dutch.words(f"{row.first} {row.second}")}
    lost = [w for w in words if not any(share_a_key(w, key) for key in dutch.keys(w))]

    assert len(lost) <= len(words) / 100, lost


def test_judged_set_is_large_and_says_each_thing_once():
    sizes = {kind: len(judged(kind)) for kind in ("meet", "apart", "compound", "whole")}
    rows = [row for kind in sizes for row in judged(kind)]

    assert sizes["meet"] >= 250
    assert sizes["apart"] >= 120
    assert sizes["compound"] >= 60
    assert sizes["whole"] >= 60
    assert len({(row.kind, frozenset((row.first, row.second))) for row in rows}) == len(rows)


def test_half_of_a_row_follows_from_its_words():
    assert Judged("meet", "plural-en", "wijk", "wijken").half == "held out"
    assert Judged("meet", "another", "wijk", "wijken").half == "held out"
    assert Judged("meet", "plural-en", "straat", "straten").half == "fit"


def test_at_least_95_percent_of_the_held_out_pairs_meet():
    rows = judged("meet", HELD_OUT)

    assert len(score_dutch.pairs_that_meet(rows)) >= 0.95 * len(rows)


def test_at_most_3_percent_of_the_held_out_look_alikes_merge():
    rows = judged("apart", HELD_OUT)

    assert len(score_dutch.pairs_that_meet(rows)) <= 0.03 * len(rows)


def test_at_least_85_percent_of_the_held_out_compounds_are_found_whole():
    rows = judged("compound", HELD_OUT)

    assert len(score_dutch.compounds_found(rows)) >= 0.85 * len(rows)


def test_at_most_5_percent_of_the_held_out_other_words_are_split():
    rows = judged("whole", HELD_OUT)

    assert len(score_dutch.false_splits(rows)) <= 0.05 * len(rows)


@pytest.mark.django_db
def test_command_prints_every_method_and_both_halves():
    out = StringIO()

    call_command("score_dutch", "--misses", stdout=out)

    rows = re.findall(r"^\| ([^|]+?) +\| ([^|]*)\| ([^|]*)\|", out.getvalue(), re.MULTILINE)
    scores = {name: (fit.strip(), held_out.strip()) for name, fit, held_out in rows}
    assert [*score_dutch.METHODS] == [name for name in scores if name in score_dutch.METHODS]
    assert all("%" in part for name in score_dutch.METHODS for part in scores[name])
    assert all("%" in part for part in scores["every part found"] + scores["false splits"])
    assert "Wrong in the half that was fitted on:" in out.getvalue()
