"""A CSL item as a RIS record: two letters, a value, one line each."""

from .csl import whole_family
from .kinds import KindOfWork


def ris_record(item: dict, kind: KindOfWork, keywords: list[str]) -> str:
    """
    Return one record.

    A person always has a comma, also without a first name, and an institution never has a single
    one: RIS would take it for a person. Its own first comma is doubled, as EndNote does.
    """
    year, month, day, *_ = [*item.get("issued", {"date-parts": [[]]})["date-parts"][0], *[None] * 3]
    first, last = _pages(item.get("page", ""))
    notes = {"Aantal bladzijden": item.get("number-of-pages", "")}
    notes["Licentie"] = item.get("custom", {}).get("licence", "")
    lines = [
        ("TY", kind.ris),
        ("ID", item["id"]),
        *(("AU", inverted(name)) for name in item.get("author", [])),
        *(("ED", inverted(name)) for name in item.get("editor", [])),
        ("TI", item["title"]),
        ("ST", item.get("title-short", "")),
        ("T2", item.get("container-title", "")),
        ("VL", item.get("volume", "")),
        ("IS", item.get("issue", "")),
        ("SP", first),
        ("EP", last),
        ("PY", str(year or "")),
        ("DA", f"{year}/{month:02}/{f'{day:02}' if day else ''}/" if month else ""),
        ("PB", item.get("publisher", "")),
        ("M3", item.get("genre", "")),
        ("LA", item.get("language", "")),
        ("DO", item.get("DOI", "")),
        ("SN", item.get("ISBN", "")),
        ("UR", item.get("URL", "")),
        *(("KW", keyword) for keyword in keywords),
        *(("N1", f"{label}: {text}") for label, text in notes.items() if text),
        ("AB", item.get("abstract", "")),
    ]
    text = "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines if value)
    return f"{text}ER  - \r\n\r\n"


def inverted(name: dict) -> str:
    """Return a name as an index writes it: “de Vries, Jan”; an institution as it is."""
    if "literal" in name:
        return name["literal"].replace(",", ",,", 1)
    return f"{whole_family(name)}, {name.get('given', '')}".strip()


def _pages(text: str) -> tuple[str, str]:
    first, hyphen, last = text.partition("-")
    return (first, last) if hyphen and last.isalnum() and first.isalnum() else (text, "")
