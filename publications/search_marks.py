"""The line below a hit that says where it matched, with the words marked. Safe against markup."""

import re

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from publications.dutch import keys, parts, spans
from publications.models.files import LibraryDocument
from publications.search_copy import Need
from publications.search_table import TEXT_ALL_OVER

EXCERPT = 150  # characters around the first word
MAX_PAGES_READ = 400
MAX_TEXT_READ = 20_000
SENTENCE_GAP = re.compile(r"\s+")


class Marker:
    """Knows which words of a text are among those that were looked for."""

    def __init__(self, needs: list[Need]):
        words = [word for need in needs for alternative in need for word in alternative]
        self.keys = {key for word in words for key in word.keys}
        self.prefixes = tuple(word.prefix for word in words if word.prefix)
        self._known = {}

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
        found = []
        for start, end, surfaces in spans(text[:MAX_TEXT_READ]):
            wanted = set().union(*map(self.wants, surfaces))
            if wanted:
                found.append((start, end, wanted))
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
        best = max(places, key=lambda place: (_different(_near(places, place)), -place[0]))
        start = max(0, best[0] - EXCERPT // 3)
        start = text.rfind(" ", 0, start) + 1 if start else 0
        end = text.find(" ", min(len(text), max(best[1], start + EXCERPT)))
        end = len(text) if end == -1 else end
        inside = [(a - start, b - start, k) for a, b, k in places if a >= start and b <= end]
        marked = self.marked(text[start:end], inside)
        before, behind = "… " if start else "", " …" if end < len(text) else ""
        return mark_safe(f"{before}{marked}{behind}"), _different(places)  # noqa: S308


def _near(places, place):
    return [other for other in places if place[0] <= other[0] < place[0] + EXCERPT * 2 // 3]


def _different(places) -> int:
    return len(set().union(*(wanted for _, _, wanted in places)))


def say_where(hits, levels: dict[int, list[int]], needs: list[Need], terms: dict[int, list[str]]):
    """
    Give each hit `where`: the best place outside its title, as (place, marked text), or None.

    `levels` and `terms` hold, per page, the level of each need and the terms that matched.
    """
    marker = Marker(needs)
    if not marker.keys and not marker.prefixes:
        for hit in hits:
            hit.where = None
        return
    in_document = []
    for hit in hits:
        hit.where = _in_fields(hit, marker, terms.get(hit.pk, []))
        is_in_text = any(0 < level <= TEXT_ALL_OVER for level in levels.get(hit.pk, ()))
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
    return best


def _look_in_documents(hits, marker: Marker) -> None:
    """Find the words in the text of documents, and say on which page."""
    beginnings = {re.escape(key[:3]) for key in marker.keys}
    candidate = re.compile(rf"\b(?:{'|'.join(sorted(beginnings))})\w*", re.IGNORECASE)
    readable = LibraryDocument.objects.released().filter(pk__in=[hit.document_id for hit in hits])
    documents = {document.pk: document for document in readable}
    for hit in hits:
        best, most = None, 0
        document = documents.get(hit.document_id)
        part = "deel" if document and document.file_extension.lower() == "epub" else "bladzijde"
        texts = document.page_texts[:MAX_PAGES_READ] if document else []
        for number, text in enumerate(texts, start=1):
            if candidate.search(text) and any(
                marker.wants(word)
                for run in {match[0] for match in candidate.finditer(text)}
                for _, _, surfaces in spans(run)
                for word in surfaces
            ):
                marked, count = marker.excerpt(text)
                if count > most:
                    best, most = (f"het document, {part} {number}", marked), count
        if best and (hit.where is None or most > hit.where[1].count("<mark>")):
            hit.where = best
        elif hit.where is None and marker.places(hit.title):
            hit.where = ("de titel", marker.marked(hit.title))
