"""The line below a hit that says where it matched, with the words marked. Safe against markup."""

import re

from django.db import connection
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from publications.dutch import keys, parts, spans
from publications.models.files import LibraryDocument
from publications.search_copy import Need
from publications.search_table import TEXT_ALL_OVER
from publications.search_words import SMALL_WORDS

EXCERPT = 150  # characters around the first word
MAX_PAGES_READ = 400
MAX_TEXT_READ = 20_000
SENTENCE_GAP = re.compile(r"\s+")
WHOLE_PHRASE = 100  # a place that has it counts for more than one with its words apart

PAGES_OF_PHRASE = r"""
SELECT id, length(before) - length(replace(before, E'\f', ''))
FROM publications_searchrow, left(text, strpos(text, %s)) before
WHERE id = ANY(%s) AND before <> ''
"""


class Marker:
    """Knows which words of a text are among those that were looked for."""

    def __init__(self, needs: list[Need], phrases: list[tuple[str, ...]] = ()):
        alternatives = [alternative for need in needs for alternative in need]
        words = [word for alternative in alternatives for word in alternative]
        self.keys = {key for word in words for key in word.keys}
        # In “huis van de wijk”, which somebody may have meant, “van” and “de” say nothing.
        alone = {key for some in alternatives if len(some) == 1 for key in some[0].keys}
        self.keys -= {key for word in SMALL_WORDS for key in keys(word)} - alone
        self.prefixes = tuple(word.prefix for word in words if word.prefix)
        self.phrases = list(phrases)
        self._known = {}

    def has_something(self) -> bool:
        return bool(self.keys or self.prefixes or self.phrases)

    def wants(self, surface: str) -> set[str]:
        """Return the keys of a word that were looked for."""
        found = self._known.get(surface)
        if found is None:
            found = self.keys.intersection((*keys(surface), *parts(surface)))
            if self.prefixes and surface.startswith(self.prefixes):
                found = found | {surface}
            self._known[surface] = found
        return found

    def places(self, text: str) -> list[tuple[int, int, set[str]]]:
        """Return (start, end, keys) of the words in `text` that were looked for."""
        found = {}
        for start, end, surfaces in spans(text[:MAX_TEXT_READ]):
            wanted = set().union(*map(self.wants, surfaces))
            if wanted:
                found[start] = (start, end, wanted)
        for start, end, _ in self.phrase_places(text):
            found.setdefault(start, (start, end, set()))
        return [found[start] for start in sorted(found)]

    def phrase_places(self, text: str) -> list[tuple[int, int, bool]]:
        """Return (start, end, is the first word) of the words of the phrases, where they stand."""
        if not self.phrases:
            return []
        places, words = [], []
        for start, end, surfaces in spans(text[:MAX_TEXT_READ], joined=False):
            places += [(start, end)] * len(surfaces)
            words += surfaces
        found = []
        for phrase in self.phrases:
            for place in range(len(words) - len(phrase) + 1):
                if tuple(words[place : place + len(phrase)]) == phrase:
                    inside = places[place : place + len(phrase)]
                    found += [(*inside[0], True), *((*p, False) for p in inside[1:])]
        return found

    def marked(self, text: str, places=None) -> SafeString:
        """Return `text` as HTML with the words marked."""
        pieces, done = [], 0
        for start, end, _ in self.places(text) if places is None else places:
            pieces.append(conditional_escape(str(text[done:start])))
            pieces.append(f"<mark>{conditional_escape(str(text[start:end]))}</mark>")
            done = end
        return mark_safe("".join([*pieces, conditional_escape(str(text[done:]))]))  # noqa: S308

    def excerpt(self, text: str) -> tuple[SafeString, int]:
        """Return a piece of `text` around what was found, marked, and how many keys are in it."""
        text = SENTENCE_GAP.sub(" ", text[:MAX_TEXT_READ]).strip()
        places = self.places(text)
        if not places:
            return SafeString(), 0
        starts = {start for start, _, is_first in self.phrase_places(text) if is_first}
        best = max(
            places,
            key=lambda p: (p[0] in starts, _different(_near(places, p)), -p[0]),
        )
        start = max(0, best[0] - EXCERPT // 3)
        start = text.rfind(" ", 0, start) + 1 if start else 0
        end = text.find(" ", min(len(text), max(best[1], start + EXCERPT)))
        end = len(text) if end == -1 else end
        inside = [(a - start, b - start, k) for a, b, k in places if a >= start and b <= end]
        marked = self.marked(text[start:end], inside)
        before, behind = "… " if start else "", " …" if end < len(text) else ""
        count = _different(places) + (WHOLE_PHRASE if starts else 0)
        return mark_safe(f"{before}{marked}{behind}"), count  # noqa: S308


def _near(places, place):
    return [other for other in places if place[0] <= other[0] < place[0] + EXCERPT * 2 // 3]


def _different(places) -> int:
    return len(set().union(*(wanted for _, _, wanted in places)))


def say_where(
    hits,
    levels: dict[int, list[int]],
    needs: list[Need],
    terms: dict[int, list[str]],
    phrases: list[tuple[str, ...]] = (),
) -> None:
    """
    Give each hit `where`: the best place outside its title, as (place, marked text), or None.

    `levels` and `terms` hold, per page, the level of each need and the terms that matched.
    """
    marker = Marker(needs, phrases)
    in_document = []
    for hit in hits:
        hit.where = None
        if not marker.has_something():
            continue
        hit.where, hit.where_count = _in_fields(hit, marker, terms.get(hit.pk, []))
        is_in_text = any(0 < level <= TEXT_ALL_OVER for level in levels.get(hit.pk, ()))
        is_in_text = is_in_text or (phrases and hit.where_count < WHOLE_PHRASE)
        if (hit.where is None or is_in_text) and getattr(hit, "document_id", None):
            in_document.append(hit)
        elif hit.where is None:
            text = marker.marked(hit.title) if marker.places(hit.title) else ""
            hit.where = ("de titel", text) if text else None
    if in_document:
        _look_in_documents(in_document, marker)


def _in_fields(hit, marker: Marker, terms: list[str]):
    texts = hit.search_texts()
    fields = [
        ("de samenvatting" if hasattr(hit, "document_id") else "de inleiding", [texts.summary]),
        ("wat je ermee kunt", texts.takeaways),
        ("de ondertitel", [texts.subtitle]),
        ("de tekst", [texts.text]),
        ("de trefwoorden", [", ".join(texts.keywords)]),
        ("de makers", [", ".join(filter(None, texts.authors))]),
        ("de onderwerpen", [", ".join(terms)]),
    ]
    best, most = None, 0
    for place, some_texts in fields:
        for text in some_texts:
            marked, count = marker.excerpt(text) if text else ("", 0)
            if count > most:
                best, most = (place, marked), count
    return best, most


def _look_in_documents(hits, marker: Marker) -> None:
    """Find the words in the text of documents, and say on which page."""
    beginnings = {re.escape(key[:3]) for key in marker.keys}
    beginnings |= {re.escape(phrase[0][:3]) for phrase in marker.phrases}
    candidate = re.compile(rf"\b(?:{'|'.join(sorted(beginnings))})\w*", re.IGNORECASE)
    readable = LibraryDocument.objects.released().filter(pk__in=[hit.document_id for hit in hits])
    documents = {document.pk: document for document in readable}
    page_of = _pages_of_phrase([hit.pk for hit in hits], marker)
    for hit in hits:
        best, most = None, hit.where_count
        document = documents.get(hit.document_id)
        part = "deel" if document and document.file_extension.lower() == "epub" else "bladzijde"
        texts = document.page_texts if document else []
        pages = list(enumerate(texts[:MAX_PAGES_READ], start=1))
        if number := page_of.get(hit.pk):
            pages = [(number, texts[number - 1])] if number <= len(texts) else []
        for number, text in pages:
            if page_of.get(hit.pk) or _may_have(text, candidate, marker):
                marked, count = marker.excerpt(text)
                if count > most:
                    best, most = (f"het document, {part} {number}", marked), count
        if best:
            hit.where = best
        elif hit.where is None and marker.places(hit.title):
            hit.where = ("de titel", marker.marked(hit.title))


def _may_have(text: str, candidate: re.Pattern, marker: Marker) -> bool:
    """Tell whether a page has one of the words, quicker than by reading all of it."""
    return any(
        marker.wants(word)
        for run in {match[0] for match in candidate.finditer(text)}
        for _, _, surfaces in spans(run)
        for word in surfaces
    )


def _pages_of_phrase(ids: list[int], marker: Marker) -> dict[int, int]:
    """Return on which page of its document each hit has the first phrase; 0 is not in there."""
    if not marker.phrases:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(PAGES_OF_PHRASE, [f" {' '.join(marker.phrases[0])} ", ids])
        return dict(cursor.fetchall())
