"""What was sent beside what will be published, with the differences marked word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from forms.draft_fields import fill_draft
from forms.models import Contribution

# Comparing takes the product of both lengths. Longer texts are compared line by line.
MAX_WORDS_TIMES_WORDS = 4_000_000
WORDS = re.compile(r"\s+|[^\s]+")
LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass
class Row:
    """
    One question: what was sent, with what changed since the time before, and what will be
    published, with what the editors changed since it was sent. Both are HTML.
    """

    label: str
    sent: SafeString
    published: SafeString
    is_same: bool
    has_changed: bool  # since the time before
    link: str = ""


def compare(contribution: Contribution, draft, submissions) -> list[Row]:
    """
    Return a row for each question that has an answer. [] without a draft.

    What was sent is put through the same function as the draft was, so both are in the same words.
    """
    if draft is None:
        return []
    whole = [s.form_data for s in submissions if set(s.form_data) - {"antwoord"}]
    sent = texts_of(as_page(draft, whole[-1] if whole else {}))
    before = texts_of(as_page(draft, whole[-2])) if len(whole) > 1 else sent
    published = texts_of(draft)
    rows = []
    for label, text in published.items():
        if text or sent[label] or before[label]:
            row = Row(
                label=label,
                sent=marked(before[label], sent[label]),
                published=marked(sent[label], text),
                is_same=sent[label] == text,
                has_changed=before[label] != sent[label],
                link=text if label == "Link" else "",
            )
            rows.append(row)
    return rows


def as_page(draft, answers: dict):
    """Return an unsaved page like `draft` that holds just these answers."""
    page = type(draft)()
    fill_draft(page, answers)
    return page


def texts_of(page) -> dict[str, str]:
    """Return {label: text} of what a draft of any kind says."""
    kind = getattr(page, "kind", "")
    return {
        "Titel": page.title,
        "Ondertitel": getattr(page, "subtitle", ""),
        "Soort": page.get_kind_display() if hasattr(page, "get_kind_display") else str(kind or ""),
        "Auteurs": "; ".join(getattr(page, "author_names", [])),
        "Organisatie": getattr(page, "organisation", ""),
        "Jaar": page.published_on if getattr(page, "year", None) else "",
        "Samenvatting": getattr(page, "summary", ""),
        "Toelichting": getattr(page, "explanation", ""),
        "Tekst": text_of(getattr(page, "body", None)),
        "Link": getattr(page, "source_url", ""),
        "DOI": getattr(page, "doi", ""),
        "ISBN": getattr(page, "isbn", ""),
        "Pijlers": labels(page, "pillars"),
        "Voorzieningen": labels(page, "facilities"),
        "Spelers": labels(page, "actors"),
        "Thema’s": labels(page, "themes"),
        "Notitie": getattr(page, "editor_note", ""),
    }


def labels(page, field: str) -> str:
    return ", ".join(str(term) for term in getattr(page, field).all())


def text_of(body) -> str:
    """Return the words of a StreamField, with a line for each paragraph."""
    html = "\n".join(str(block.value) for block in body or ())
    lines = strip_tags(re.sub(r"</p>|<br ?/?>", "\n", html)).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def marked(before: str, after: str) -> SafeString:
    """Return `after` as HTML, with <ins> around what is new and <del> around what has gone."""
    before, after = before.replace("\r", ""), after.replace("\r", "")
    if before == after:
        return _html(after)
    old, new = WORDS.findall(before), WORDS.findall(after)
    if len(old) * len(new) > MAX_WORDS_TIMES_WORDS:
        old, new = LINES.findall(before), LINES.findall(after)
    if len(old) * len(new) > MAX_WORDS_TIMES_WORDS:
        old, new = [before], [after]
    parts = []
    for what, start, end, new_start, new_end in SequenceMatcher(None, old, new).get_opcodes():
        gone, come = "".join(old[start:end]), "".join(new[new_start:new_end])
        if what == "equal":
            parts.append(_html(come))
            continue
        if gone:
            parts.append(format_html("<del>{}</del>", _html(gone)))
        if come:
            parts.append(format_html("<ins>{}</ins>", _html(come)))
    return mark_safe("".join(parts))  # noqa: S308 (each part is escaped)


def _html(text: str) -> SafeString:
    return mark_safe(escape(text).replace("\n", "<br>"))  # noqa: S308 (escaped)
