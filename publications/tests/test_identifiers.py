import random

import pytest

from publications.identifiers import doi_from, isbn_from


@pytest.mark.parametrize(
    ("typed", "doi"),
    [
        ("10.1234/abc", "10.1234/abc"),
        (" 10.1234/abc ", "10.1234/abc"),
        ("https://doi.org/10.1234/abc", "10.1234/abc"),
        ("http://dx.doi.org/10.1234/abc", "10.1234/abc"),
        ("https://www.doi.org/10.1234/abc", "10.1234/abc"),
        ("doi.org/10.1234/abc", "10.1234/abc"),
        ("DOI: 10.1234/ABC(2)-x_1", "10.1234/ABC(2)-x_1"),
        ("doi:10.123456789/a/b.c", "10.123456789/a/b.c"),
        ("10.1234/abc.", "10.1234/abc"),
        ("10.123/abc", ""),
        ("10.1234/", ""),
        ("10.1234 /abc", ""),
        ("11.1234/abc", ""),
        ("https://voorbeeld.example/10.1234/abc", ""),
        ("javascript:10.1234/abc", ""),
        ("", ""),
    ],
)
def test_doi_comes_out_bare(typed, doi):
    assert doi_from(typed) == doi


@pytest.mark.parametrize(
    ("typed", "isbn"),
    [
        ("978-90-123-4567-6", ""),
        ("9789012345675", "9789012345675"),
        ("978 90 123 4567 5", "9789012345675"),
        ("ISBN 978-90-123-4567-5", "9789012345675"),
        ("ISBN-13: 978-90-123-4567-5", "9789012345675"),
        ("978‐90‑123–4567—5", "9789012345675"),
        ("9012345677", "9012345677"),
        ("ISBN-10 90-1234-567-7", "9012345677"),
        ("080442957x", "080442957X"),
        ("9770123456789", ""),
        ("123", ""),
        ("", ""),
    ],
)
def test_isbn_comes_out_as_bare_digits(typed, isbn):
    assert isbn_from(typed) == isbn


def test_isbn_with_one_wrong_digit_or_two_swapped_is_refused():
    chance = random.Random(7)
    for _ in range(200):
        body = "978" + "".join(str(chance.randrange(10)) for _ in range(9))
        right = [f"{body}{digit}" for digit in range(10) if isbn_from(f"{body}{digit}")]
        assert len(right) == 1
        place = chance.randrange(13)
        wrong_digit = str((int(right[0][place]) + chance.randrange(1, 10)) % 10)
        wrong = right[0][:place] + wrong_digit + right[0][place + 1 :]
        assert isbn_from(wrong) == ""
