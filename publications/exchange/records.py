"""
A publication as a record: a dict of plain values, the same in JSON, in a spreadsheet and between
reading a file and making its drafts.
"""

from dataclasses import dataclass

from django.conf import settings

from publications.citations.csl import has_document
from publications.models import PublicationPage, Term, Vocabulary

# How the value of a column is made and read.
TEXT, NUMBER, CHOICE, TERM, TERMS, LIST, AUTHORS, YES_NO = range(8)


@dataclass(frozen=True)
class Column:
    """One part of a record: its name in JSON, and its heading in a spreadsheet."""

    name: str
    heading: str
    kind: int = TEXT
    vocabulary: str = ""
    is_about_us: bool = False  # says where the record stands here, and is not read back


COLUMNS = (
    Column("title", "titel"),
    Column("subtitle", "ondertitel"),
    Column("kind", "soort", TERM, Vocabulary.KIND),
    Column("authors", "auteurs", AUTHORS),
    Column("organisation", "organisatie"),
    Column("year", "jaar", NUMBER),
    Column("month", "maand", NUMBER),
    Column("day", "dag", NUMBER),
    Column("summary", "samenvatting"),
    Column("takeaways", "wat je ermee kunt", LIST),
    Column("source_url", "link"),
    Column("doi", "doi"),
    Column("isbn", "isbn"),
    Column("journal", "tijdschrift"),
    Column("volume", "jaargang en nummer"),
    Column("page_range", "bladzijden"),
    Column("page_count", "aantal bladzijden", NUMBER),
    Column("language", "taal", CHOICE),
    Column("licence", "licentie", CHOICE),
    Column("access", "vrij te lezen", CHOICE),
    Column("pillars", "pijlers", TERMS, Vocabulary.PILLAR),
    Column("facilities", "voorzieningen", TERMS, Vocabulary.FACILITY),
    Column("actors", "spelers", TERMS, Vocabulary.ACTOR),
    Column("themes", "thema's", TERMS, Vocabulary.THEME),
    Column("readers", "voor wie", TERMS, Vocabulary.READER),
    Column("area", "gebied", TERM, Vocabulary.AREA),
    Column("place", "plaats"),
    Column("keywords", "trefwoorden", LIST),
    Column("builds_on", "bouwt voort op", LIST),
    Column("document", "bestand"),
    Column("is_example", "voorbeeld", YES_NO),
    Column("old_addresses", "oude adressen", LIST),
    Column("id", "vaste naam", is_about_us=True),
    Column("address", "adres", is_about_us=True),
    Column("first_published", "op de site sinds", is_about_us=True),
    Column("last_changed", "laatst gewijzigd", is_about_us=True),
)
BY_NAME = {column.name: column for column in COLUMNS}
AUTHOR_PARTS = ("given", "particle", "family", "organisation", "is_editor")
PLAIN = [
    column.name
    for column in COLUMNS
    if column.kind in (TEXT, NUMBER, CHOICE)
    and not column.is_about_us
    and column.name not in ("document",)
]


def record_of(page: PublicationPage) -> dict:
    """
    Return the record of a page that everyone may see. No queries for pages of `for_exchange()`.

    Without what only editors may see, and without drafts that it builds on.
    """
    document = page.document
    record = {name: getattr(page, name) for name in PLAIN}
    record |= {
        "kind": page.kind.slug if page.kind else "",
        "area": page.area.slug if page.area else "",
        "authors": [
            {part: getattr(author, part) for part in AUTHOR_PARTS} for author in page.authors.all()
        ],
        "takeaways": page.takeaway_texts,
        "keywords": sorted(tagged.tag.name for tagged in page.tagged_keywords.all()),
        "builds_on": [relation.earlier.full_url for relation in page.builds_on.all()],
        "document": settings.BASE_URL + document.url if has_document(page) else "",
        "is_example": page.is_example,
        "old_addresses": [],
        "id": str(page.translation_key),
        "address": page.full_url,
        "first_published": _moment(page.first_published_at),
        "last_changed": _moment(page.last_published_at),
    }
    for column in COLUMNS:
        if column.kind == TERMS:
            record[column.name] = [term.slug for term in getattr(page, column.name).all()]
    return {column.name: record[column.name] for column in COLUMNS}


def _moment(moment) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


class TermNames:
    """What the terms are called, for going from names to slugs and back. One query."""

    def __init__(self):
        self.labels, self.slugs, also = {}, {}, {}
        for term in Term.objects.select_related("merged_into"):
            current = (term.vocabulary, term.current().slug)
            self.labels[current] = term.current().label
            self.slugs[term.vocabulary, term.slug] = current[1]
            for name in (term.label, *term.alternative_labels.splitlines()):
                also.setdefault((term.vocabulary, _folded(name)), set()).add(current[1])
        for (vocabulary, name), slugs in also.items():
            if len(slugs) == 1:
                self.slugs.setdefault((vocabulary, name), slugs.pop())

    def slug_of(self, vocabulary: str, name: str) -> str:
        """Return the slug of the term with this slug, label or other word; or nothing."""
        found = self.slugs.get((vocabulary, name.strip()))
        return found or self.slugs.get((vocabulary, _folded(name)), "")

    def name_of(self, vocabulary: str, slug: str) -> str:
        """Return the label of a term, or its slug where the label could mean another one too."""
        label = self.labels.get((vocabulary, slug), slug)
        return label if self.slug_of(vocabulary, label) == slug else slug


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
