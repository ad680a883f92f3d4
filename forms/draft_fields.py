"""What each answer of a contribution becomes on its draft page."""

from django.utils.html import escape
from wagtail.rich_text import RichText

from publications.models import (
    PublicationAuthor,
    PublicationPage,
    Term,
    Vocabulary,
)
from publications.names import author_or_organisation


def fill_draft(page, answers: dict, document=None, before: dict | None = None) -> None:
    """
    Write answers of the form into an unsaved or draft page.

    With `before`, the answers of the previous send, only what the contributor changed since is
    written, so that the editors' own corrections stay.
    """
    for name, value in answers.items():
        if name in DRAFT_FIELDS and (before is None or value != before.get(name)):
            DRAFT_FIELDS[name](page, value)
    if document and isinstance(page, PublicationPage):
        page.document = document


def _set(field: str):
    return lambda page, value: setattr(page, field, value or "")


def _set_terms(field: str, vocabulary: str):
    return lambda page, slugs: setattr(page, field, Term.objects.named(vocabulary, slugs or []))


def _set_kind(page, slug) -> None:
    page.kind = next(iter(Term.objects.named(Vocabulary.KIND, [slug])), None)


def _set_year(page, text) -> None:
    page.year = int(text) if text and text.isdigit() else None
    if page.year is None:
        page.month = page.day = None


def _set_authors(page, text) -> None:
    names = [line.strip() for line in (text or "").splitlines() if line.strip()]
    page.authors = [
        PublicationAuthor(sort_order=place, **author_or_organisation(name))
        for place, name in enumerate(names)
    ]


def _set_text(page, text) -> None:
    paragraphs = [p.strip() for p in (text or "").replace("\r", "").split("\n\n") if p.strip()]
    html = "".join(f"<p>{escape(p).replace(chr(10), '<br/>')}</p>" for p in paragraphs)
    page.body = [("text", RichText(html))] if html else []


def _set_tip(page, text) -> None:
    page.title = text[:255]
    page.source_url = text if text.lower().startswith(("http://", "https://")) else ""


DRAFT_FIELDS = {
    "titel": _set("title"),
    "soort": _set_kind,
    "jaar": _set_year,
    "auteurs": _set_authors,
    "organisatie": _set("organisation"),
    "samenvatting": _set("summary"),
    "link": _set("source_url"),
    "doi": _set("doi"),
    "isbn": _set("isbn"),
    "pijlers": _set_terms("pillars", Vocabulary.PILLAR),
    "voorzieningen": _set_terms("facilities", Vocabulary.FACILITY),
    "spelers": _set_terms("actors", Vocabulary.ACTOR),
    "themas": _set_terms("themes", Vocabulary.THEME),
    "tekst": _set_text,
    "wat": _set_tip,
    "waarom": _set("editor_note"),
    "vraag": _set("title"),
    "toelichting": _set("explanation"),
}
