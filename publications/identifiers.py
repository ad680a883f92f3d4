"""DOIs and ISBNs as people type them."""

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
