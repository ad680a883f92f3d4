"""DOIs and ISBNs as people type them, and as they stand in a text."""

import re

DOI = re.compile(
    r"^(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S*[^\s.,;])[.,;]*$",
    re.IGNORECASE,
)


def doi_from(text: str) -> str:
    """Return the bare DOI in `text` (“https://doi.org/10.1234/a” gives “10.1234/a”), or nothing."""
    match = DOI.match(text.strip())
    return match.group(1) if match else ""


def isbn_from(text: str) -> str:
    """Return the ISBN in `text` as 10 or 13 characters, or nothing when it is not one."""
    digits = re.sub(r"^ISBN(?:-1[03])?:?|[\s‐-―-]", "", text.strip().upper())
    if re.fullmatch(r"\d{9}[\dX]", digits):
        total = sum((10 - i) * (10 if d == "X" else int(d)) for i, d in enumerate(digits))
        return digits if total % 11 == 0 else ""
    if re.fullmatch(r"97[89]\d{10}", digits):
        total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
        return digits if total % 10 == 0 else ""
    return ""


def doi_in(text: str) -> str:
    """Return the first DOI somewhere in `text`, or nothing."""
    match = re.search(r"\b10\.\d{4,9}/[^\s\"'<>|{}]+", text)
    return doi_from(match.group().rstrip(").]")) if match else ""


def isbn_in(text: str) -> str:
    """Return the first correct ISBN that is called so somewhere in `text`, or nothing."""
    for match in re.finditer(r"ISBN(?:-1[03])?:?\s*([\dXx][\dXx\s‐-―-]{8,20})", text):
        digits = re.sub(r"[^\dX]", "", match.group(1).upper())
        found = isbn_from(digits[:13]) or isbn_from(digits[:10])
        if found:
            return found
    return ""


def isbn_13(isbn: str) -> str:
    """Return an ISBN of 10 or 13 characters as one of 13."""
    if len(isbn) != 10:
        return isbn
    digits = f"978{isbn[:9]}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def isbn_10(isbn: str) -> str:
    """Return an ISBN as one of 10 characters, or nothing when it has no such form."""
    if len(isbn) == 10 or not isbn.startswith("978"):
        return isbn if len(isbn) == 10 else ""
    total = sum((10 - place) * int(digit) for place, digit in enumerate(isbn[3:12]))
    return f"{isbn[3:12]}{'0123456789X'[-total % 11]}"
