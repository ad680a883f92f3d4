"""
What is wrong with a row, and what is there already. Everything is asked of the database at once, so
that five thousand rows take as many queries as one.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from publications.duplicates import NEAR, YEARS_APART, folded, likeness, normal_address
from publications.exchange.cells import authors_of, values_of
from publications.exchange.records import (
    AUTHOR_PARTS,
    AUTHORS,
    BY_NAME,
    CHOICE,
    COLUMNS,
    LIST,
    NUMBER,
    PLAIN,
    TERM,
    TERMS,
    YES_NO,
    TermNames,
)
from publications.identifiers import doi_from
from publications.models import (
    Access,
    Licence,
    PublicationAuthor,
    PublicationPage,
    Takeaway,
    Verdict,
)
from publications.models.publication import Language
from publications.search_table import identifier_key

MAX_TAKEAWAYS = 3
RARE_WORDS = 3
MAX_CANDIDATES = 200
UNKNOWN_YEARS = {"", "z.d.", "zd", "onbekend", "n.d.", "s.d."}
LANGUAGES = {
    "nl": "nederlands dutch nld dut nl-nl flemish vlaams",
    "en": "engels english eng en-gb en-us american british ukenglish usenglish",
    "de": "duits german ger deu de-de ngerman deutsch",
    "fr": "frans french fre fra fr-fr francais",
    "fy": "fries frisian fry",
}
CHOICES = {
    "language": {
        **{value: value for value in Language.values},
        **{label.lower(): value for value, label in Language.choices},
        **{word: value for value, words in LANGUAGES.items() for word in words.split()},
    },
    "licence": {
        **{value.lower(): value for value in Licence.values},
        **{label.lower(): value for value, label in Licence.choices},
        **{
            Licence(v).address.removesuffix("deed.nl"): v
            for v in Licence.values
            if Licence(v).address
        },
    },
    "access": {
        **{value: value for value in Access.values},
        **{label.lower(): value for value, label in Access.choices},
        "ja": Access.OPEN,
    },
}
OF_CLEANING = {field.name for field in PublicationPage._meta.get_fields()} - set(PLAIN)


@dataclass
class Row:
    """One row of a file: what it says, what is wrong ([heading, sentence]), what is double."""

    number: int
    facts: dict
    problems: list[list[str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    verdict: str = Verdict.NEW
    duplicate_of: int | None = None
    duplicate_why: str = ""


def check_rows(numbered: list[tuple[int, dict]]) -> list[Row]:
    """Return the rows of a file with their verdicts. The same number of queries for any file."""
    names, known = TermNames(), Known()
    rows = [_checked(number, raw, names) for number, raw in numbered]
    _check_old_addresses(rows)
    for row in rows:
        if row.problems:
            row.verdict = Verdict.WRONG
        else:
            row.verdict, row.duplicate_of, row.duplicate_why = known.verdict_on(row.facts)
            known.add(row.facts, None, f"rij {row.number}")
    return rows


# --- One row ------------------------------------------------------------------------------------


def _checked(number: int, raw: dict, names: TermNames) -> Row:
    row = Row(number, {})
    is_tolerant = bool(raw.get("is_tolerant"))  # a file of another program, with words of its own
    for column in COLUMNS:
        if not column.is_about_us:
            try:
                row.facts[column.name] = _value(column, raw.get(column.name), names)
            except ValueError as wrong:
                row.facts[column.name] = _empty(column)
                if is_tolerant:
                    row.notices.append(f"{column.heading}: {wrong} We laten het weg.")
                else:
                    row.problems.append([column.heading, str(wrong)])
    if raw.get("surplus"):
        row.problems.append(["", "Deze rij heeft meer vakken dan er koppen zijn."])
    if not row.facts["title"] and not any(heading == "titel" for heading, _ in row.problems):
        row.problems.append(["titel", "De titel ontbreekt."])
    _check_as_publication(row, is_tolerant)
    _check_parts(row)
    return row


def _empty(column):
    if column.kind in (TERMS, LIST, AUTHORS):
        return []
    return {NUMBER: None, YES_NO: False}.get(column.kind, "nl" if column.name == "language" else "")


def _value(column, value, names: TermNames):
    """Return the value of a column. Raise ValueError with a sentence when it makes no sense."""
    if value is None or value == "":
        return _empty(column)
    if column.kind in (LIST, AUTHORS, TERMS):
        return _list_value(column, value, names)
    if column.kind == TERM and isinstance(value, list):  # the first one that we know
        slugs = [names.slug_of(column.vocabulary, str(name)) for name in value if name]
        unknown = [name for name in value if name]
        if unknown and not any(slugs):
            raise ValueError(f"‘{str(unknown[0])[:50]}’ kennen we niet.")
        return next((slug for slug in slugs if slug), "")
    if not isinstance(value, str | int) or (isinstance(value, bool) and column.kind != YES_NO):
        raise ValueError("Hier hoort tekst te staan.")
    text = str(value).replace("\x00", "").strip()
    if column.kind == NUMBER:
        return _number(column, text)
    if column.kind == YES_NO:
        if text.lower() not in ("ja", "nee", "true", "false", ""):
            raise ValueError("Hier hoort ‘ja’ of ‘nee’ te staan.")
        return text.lower() in ("ja", "true")
    if column.kind == TERM:
        if slug := names.slug_of(column.vocabulary, text):
            return slug
        raise ValueError(f"‘{text[:50]}’ kennen we niet.")
    if column.kind == CHOICE:
        known = CHOICES[column.name]
        folded = text.lower().removesuffix("deed.nl")
        if folded in known:
            return known[folded]
        raise ValueError(f"‘{text[:50]}’ kennen we niet.")
    return " ".join(text.splitlines()) if column.name != "summary" else text


def _number(column, text: str) -> int | None:
    if column.name == "year" and text.lower() in UNKNOWN_YEARS:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError(f"‘{text[:50]}’ is geen getal.")
    return int(text)


def _list_value(column, value, names: TermNames) -> list:
    if column.kind == AUTHORS:
        return _authors(value)
    if isinstance(value, str):
        # A sentence may have a “;” in it.
        value = values_of(value, "" if column.name == "takeaways" else ";")
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError("Hier hoort een lijst van teksten te staan.")
    texts = [text.replace("\x00", "").strip() for text in value]
    texts = list(dict.fromkeys(text for text in texts if text))
    if column.kind == LIST:
        return [old_path(text) for text in texts] if column.name == "old_addresses" else texts
    slugs = [names.slug_of(column.vocabulary, text) for text in texts]
    if "" in slugs:
        raise ValueError(f"‘{texts[slugs.index('')][:50]}’ kennen we niet.")
    return list(dict.fromkeys(slugs))


def _authors(value) -> list[dict]:
    if isinstance(value, str):
        value = authors_of(value.replace("\x00", ""))
    if not isinstance(value, list) or not all(isinstance(author, dict) for author in value):
        raise ValueError("Hier hoort een lijst van auteurs te staan.")
    authors = []
    for author in value:
        given = {part: author.get(part) or "" for part in AUTHOR_PARTS}
        if not all(isinstance(given[part], str) for part in AUTHOR_PARTS[:-1]):
            raise ValueError("De delen van een naam moeten tekst zijn.")
        parts = {
            part: " ".join(given[part].replace("\x00", "").split()) for part in AUTHOR_PARTS[:-1]
        }
        authors.append(parts | {"is_editor": given["is_editor"] is True})
    return authors


def old_path(address: str) -> str:
    """Return an address as Wagtail's redirects hold it. Raise ValueError when it is none."""
    if not re.match(r"(https?:/)?/[^/\s]", address):
        raise ValueError(f"‘{address[:50]}’ moet met / of https:// beginnen.")
    path = Redirect.normalise_path(address)
    if path in ("", "/") or len(path) > 255:
        raise ValueError(f"‘{address[:50]}’ kan geen oud adres zijn.")
    return path


def _check_as_publication(row: Row, is_tolerant: bool) -> None:
    """Ask the publication itself: lengths, addresses, DOI, ISBN and dates. No queries."""
    page = PublicationPage(**{name: row.facts[name] for name in PLAIN})
    for check in (lambda: page.clean_fields(exclude=OF_CLEANING), page.clean_facts):
        for _ in range(2):  # a wrong ISBN that is left out may not hide what else is wrong
            try:
                check()
                break
            except ValidationError as error:
                wrong = error.message_dict
                left_out = is_tolerant and set(wrong) <= {"doi", "isbn", "source_url"}
                for name, sentences in wrong.items():
                    heading = BY_NAME[name].heading
                    if left_out:
                        setattr(page, name, "")
                        row.notices.append(f"{heading}: {' '.join(sentences)} We laten het weg.")
                    elif not any(heading == known for known, _ in row.problems):
                        row.problems.append([heading, " ".join(sentences)])
                if not left_out:
                    break
    row.facts |= {name: getattr(page, name) for name in PLAIN}


def _check_parts(row: Row) -> None:
    for author in row.facts["authors"]:
        try:
            part = PublicationAuthor(**author)
            part.clean_fields(exclude=["publication", "sort_order"])
            part.clean()
        except ValidationError as error:
            who = author["organisation"] or author["family"] or author["given"]
            row.problems.append(["auteurs", f"‘{who[:50]}’: {' '.join(error.messages)}"])
            break
    takeaways = row.facts["takeaways"]
    if len(takeaways) > MAX_TAKEAWAYS:
        row.problems.append(["wat je ermee kunt", f"Hoogstens {MAX_TAKEAWAYS} zinnen."])
    longest = Takeaway._meta.get_field("text").max_length
    if any(len(text) > longest for text in takeaways):
        row.problems.append(["wat je ermee kunt", f"Een zin is langer dan {longest} tekens."])
    if any(len(word) > 100 for word in row.facts["keywords"]):
        row.problems.append(["trefwoorden", "Een trefwoord is langer dan 100 tekens."])


def _check_old_addresses(rows: list[Row]) -> None:
    """An address can lead to one page. What leads somewhere already stays as it is."""
    first = {}
    for row in rows:
        for path in row.facts["old_addresses"]:
            if path in first:
                sentence = f"‘{path}’ staat ook bij rij {first[path]}."
                row.problems.append(["oude adressen", sentence])
            first.setdefault(path, row.number)
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    taken = set(Redirect.objects.filter(old_path__in=first).values_list("old_path", flat=True))
    root = site.root_page.url_path.rstrip("/") if site else ""
    paths = {f"{root}{path}/": path for path in first}
    pages = Page.objects.filter(url_path__in=paths).values_list("url_path", flat=True)
    taken |= {paths[url_path] for url_path in pages}
    for row in rows:
        for path in row.facts["old_addresses"]:
            if path in taken:
                row.notices.append(f"Het adres ‘{path}’ is al in gebruik en blijft zoals het is.")


# --- What is there already ----------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """A publication that is there, or stands earlier in the same file."""

    page_id: int | None
    called: str
    year: int | None
    title: str
    subtitle: str


class Known:
    """
    Every publication by what makes it the same as another one; drafts too. One query.

    Certain: the same DOI, ISBN or address of the source. Possible: nearly the same title with the
    same numbers in it, at most two years apart.
    """

    def __init__(self):
        self.certain: dict[tuple[str, str], Held] = {}
        self.by_word: dict[str, list[Held]] = defaultdict(list)
        self.counts = Counter()
        fields = ("pk", "title", "subtitle", "year", "doi", "isbn", "source_url")
        for pk, *values in PublicationPage.objects.values_list(*fields).iterator():
            self.add(dict(zip(fields[1:], values, strict=True)), pk, "")

    def add(self, facts: dict, page_id: int | None, called: str) -> None:
        held = Held(page_id, called, facts["year"], facts["title"], facts["subtitle"])
        for key in _certain_keys(facts):
            self.certain.setdefault(key, held)
        for word in set(folded(f"{held.title} {held.subtitle}").split()):
            self.by_word[word].append(held)
            self.counts[word] += 1

    def verdict_on(self, facts: dict) -> tuple[str, int | None, str]:
        """Return the verdict on a record, the page that it doubles, and why."""
        for what, key in _certain_keys(facts):
            if held := self.certain.get((what, key)):
                return Verdict.DUPLICATE, held.page_id, _why(f"Dezelfde {what}", held)
        if held := self._nearest(facts):
            return Verdict.POSSIBLE, held.page_id, _why("Bijna dezelfde titel", held)
        return Verdict.NEW, None, ""

    def _nearest(self, facts: dict) -> Held | None:
        title, year = facts["title"], facts["year"]
        numbers = numbers_in(facts)
        candidates = {}
        # The rarest words of the title and of its first part: who has none of these differs.
        for part in (title, title.partition(":")[0]):
            words = [word for word in set(folded(part).split()) if self.counts[word]]
            for word in sorted(words, key=self.counts.get)[:RARE_WORDS]:
                for held in self.by_word[word][:MAX_CANDIDATES]:
                    is_near = not year or not held.year or abs(year - held.year) <= YEARS_APART
                    if is_near and numbers & numbers_in(vars(held)):  # part 1 is not part 2
                        candidates[id(held)] = held
        scores = {key: likeness(title, h.title, h.subtitle) for key, h in candidates.items()}
        best = max(scores, key=scores.get, default=None)
        return candidates[best] if best and scores[best] >= NEAR else None


def _certain_keys(facts: dict) -> list[tuple[str, str]]:
    keys = [
        ("DOI", identifier_key(facts["doi"])),
        ("DOI", identifier_key(doi_from(facts["source_url"]))),
        ("ISBN", identifier_key(facts["isbn"])),
        ("link", normal_address(facts["source_url"])),
    ]
    return [(what, key) for what, key in keys if key]


def _why(sentence: str, held: Held) -> str:
    return f"{sentence} als {held.called}." if held.called else f"{sentence}."


def numbers_in(facts: dict) -> set[tuple[str, ...]]:
    """Return the numbers in a title, without and with those in its subtitle."""
    title = facts["title"]
    return {tuple(re.findall(r"\d+", text)) for text in (title, f"{title} {facts['subtitle']}")}
