"""
“Staat dit er al?”: publications that are the same as, or look like, the one somebody describes.

The same DOI, address, ISBN or file is certain; a title that is nearly the same, in about the same
year, is possible. The database picks the candidates, so it stays quick with many publications.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.apps import apps
from django.db.models import Q
from rapidfuzz import fuzz

from publications.identifiers import doi_from, isbn_10, isbn_13, isbn_from

NEAR = 88  # of 100, as rapidfuzz counts
YEARS_APART = 2
RARE_WORDS = 3  # the longest words of a title: one of them stands in any title that is near
MIN_WORD = 4
MIN_TITLE = 8
MAX_CANDIDATES = 2_000
MAX_SHOWN = 5
TRACKING = re.compile(r"^(utm_.*|fbclid|gclid|msclkid|mc_[ce]id|_ga|igshid|ref|source)$", re.I)
ENDINGS = re.compile(r"/(index\.(html?|php|aspx?))?$", re.IGNORECASE)


@dataclass
class Description:
    """What somebody tells of a publication, as they typed it. `fingerprint` is of its file."""

    title: str = ""
    year: int | None = None
    link: str = ""
    doi: str = ""
    isbn: str = ""
    fingerprint: str = ""


@dataclass
class Duplicate:
    """A publication that is there already. `because` says why in Dutch."""

    publication: object  # a PublicationPage
    is_certain: bool
    because: str

    @property
    def status(self) -> str:
        """Where it stands, in an editor's words."""
        if self.publication.live:
            return "staat online"
        return "in de lichte check" if self.publication.is_awaiting_check() else "concept"


def publications():
    """Return all publications. By name, because their editor shows what this module finds."""
    return apps.get_model("publications", "PublicationPage").objects.all()


def public_duplicates(described: Description) -> list[Duplicate]:
    """Return the duplicates that everyone may see: nobody learns here what is not published."""
    return _duplicates(described, publications().live().public())


def all_duplicates(described: Description, apart_from: int | None = None) -> list[Duplicate]:
    """Return the duplicates for editors, drafts among them, but not the page itself."""
    pages = publications().exclude(pk=apart_from).prefetch_related("contributions")
    return _duplicates(described, pages)


def description_of(publication) -> Description:
    document = publication.document
    return Description(
        title=publication.title,
        year=publication.year,
        link=publication.source_url,
        doi=publication.doi,
        isbn=publication.isbn,
        fingerprint=document.fingerprint if document else "",
    )


def _duplicates(described: Description, pages) -> list[Duplicate]:
    certain = _certain(described, pages)
    known = {duplicate.publication.pk for duplicate in certain}
    possible = [d for d in _possible(described, pages) if d.publication.pk not in known]
    return [*certain, *possible][:MAX_SHOWN]


def _certain(described: Description, pages) -> list[Duplicate]:
    # A DOI may be typed as an address such as https://doi.org/10.1234/abc.
    doi = (doi_from(described.doi) or doi_from(described.link)).lower()
    isbn, address = isbn_from(described.isbn), normal_address(described.link)
    if not is_text(doi + address):
        return []
    conditions = Q()
    if doi:
        conditions |= Q(doi__iexact=doi) | Q(source_url__iendswith=doi)
    if isbn:
        conditions |= Q(isbn__in=[isbn_13(isbn), isbn_10(isbn) or isbn])
    if address:
        conditions |= Q(pk__in=pages_at(address, pages))
    if described.fingerprint:
        conditions |= Q(document__fingerprint=described.fingerprint)
    if not conditions:
        return []
    found = pages.filter(conditions).select_related("document").defer_streamfields()
    checks = (
        (lambda page: doi and doi in (page.doi.lower(), doi_from(page.source_url).lower()), "DOI"),
        (lambda page: isbn and isbn_13(isbn_from(page.isbn)) == isbn_13(isbn), "ISBN"),
        (lambda page: address and normal_address(page.source_url) == address, "link"),
        (
            lambda page: (
                described.fingerprint
                and page.document
                and page.document.fingerprint == described.fingerprint
            ),
            "bestand",
        ),
    )
    articles = {"DOI": "dezelfde", "link": "dezelfde"}
    duplicates = []
    for page in found.order_by("-live", "pk")[:50]:
        same = [name for is_same, name in checks if is_same(page)]
        if same:
            because = f"{articles.get(same[0], 'hetzelfde')} {same[0]}"
            duplicates.append(Duplicate(page, True, because))
    return duplicates


def is_text(text: str) -> bool:
    """Tell whether the database has all characters of `text`: not half ones, and not NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def pages_at(address: str, pages) -> list[int]:
    """Return the keys of the pages with this normal address, however they write it."""
    place, _, query = address.partition("?")
    conditions = Q(source_url__icontains=place)
    # Some sites have one path for everything, and the rest of the address tells pages apart.
    last = query.rpartition("=")[2]
    if re.fullmatch(r"[A-Za-z0-9_-]+", last):
        conditions &= Q(source_url__icontains=last)
    rows = pages.filter(conditions).values_list("pk", "source_url")
    return [pk for pk, source_url in rows if normal_address(source_url) == address]


def _possible(described: Description, pages) -> list[Duplicate]:
    if len(folded(described.title)) < MIN_TITLE:
        return []
    rare = sorted({w for w in title_words(described.title) if len(w) >= MIN_WORD}, key=len)
    if not rare:
        return []
    conditions = Q()
    for word in rare[-RARE_WORDS:]:
        conditions |= Q(title__icontains=word)
    if described.year:
        first, last = described.year - YEARS_APART, described.year + YEARS_APART
        conditions &= Q(year=None) | Q(year__range=(first, last))
    rows = pages.filter(conditions).values_list("pk", "title", "subtitle")[:MAX_CANDIDATES]
    scores = {pk: likeness(described.title, title, subtitle) for pk, title, subtitle in rows}
    best = sorted(scores, key=scores.get, reverse=True)[:MAX_SHOWN]
    near = [pk for pk in best if scores[pk] >= NEAR]
    if not near:
        return []
    found = {page.pk: page for page in pages.filter(pk__in=near).defer_streamfields()}
    return [Duplicate(found[pk], False, "bijna dezelfde titel") for pk in near if pk in found]


def likeness(wanted: str, title: str, subtitle: str = "") -> float:
    """
    Return 0 to 100: how much a title is like another.

    Either may have its subtitle behind a colon, or not at all.
    """
    whole, main, other, other_main = map(
        folded, (wanted, main_title(wanted), title, main_title(title))
    )
    with_subtitle = folded(f"{title} {subtitle}")
    pairs = {(whole, other), (whole, other_main), (whole, with_subtitle), (main, other)}
    return max(fuzz.token_sort_ratio(one, another) for one, another in pairs)


def main_title(title: str) -> str:
    """Return what stands before the colon, unless that is too short to know a title by."""
    main = title.partition(":")[0]
    return main if len(main) >= MIN_TITLE else title


def title_words(title: str) -> list[str]:
    return re.findall(r"\w+", title)


def folded(text: str) -> str:
    """Return `text` in small letters without accents and signs."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))


def normal_address(address: str) -> str:
    """
    Return what two ways of writing one address share: “movisie.nl/rapport?id=3”.

    Leaves out the scheme, www., the last slash, the fragment and what trackers add.
    """
    try:
        parts = urlsplit(address.strip())
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return ""
    host = parts.hostname.removeprefix("www.") + port
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True)]
    kept = sorted((k, v) for k, v in kept if not TRACKING.match(k))
    path = ENDINGS.sub("", parts.path)
    if not path and not kept:
        return ""  # the front page of a site is not a publication
    return f"{host}{path}" + (f"?{urlencode(kept)}" if kept else "")
