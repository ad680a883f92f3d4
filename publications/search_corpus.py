"""A synthetic library of any size, for measuring. Nothing in it means anything."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Collection, Locale, Page

from publications.models import (
    LibraryDocument,
    LibraryPage,
    PublicationAuthor,
    PublicationPage,
    RightToShare,
    Takeaway,
    Term,
    Vocabulary,
)

SEED = 2026
WORDS = 60_000
SUMMARY_WORDS, BODY_WORDS, PAGE_WORDS = 120, 2_000, 400
ONE_IN_WITH_TEXT = 5
BATCH = 1_000
TERMS = {
    Vocabulary.PILLAR: 4,
    Vocabulary.KIND: 12,
    Vocabulary.FACILITY: 24,
    Vocabulary.THEME: 90,
    Vocabulary.ACTOR: 24,
    Vocabulary.READER: 10,
    Vocabulary.AREA: 10,
}
_FIRST = "buurt wijk dorps stads zorg welzijns jeugd ouderen vrijwilligers bewoners groen energie"
_LAST = "huis plein tuin keuken kring werk netwerk aanpak initiatief project beleid fonds raad"
_STEMS = (
    "samen leven wonen delen eten zorg hulp plek mens straat stad dorp kern huis tuin school werk"
    " geld tijd kracht steun groep kind jeugd oud nieuw recht plicht beleid raad macht stem keuze"
    " feit beeld taal kunst sport spel muziek natuur water energie klimaat verkeer veilig gezond"
)
_ENDINGS = ("en", "s", "heid", "ing", "er", "lijk", "ig", "je", "baar", "schap", "loos")
_NAMES = "Jansen Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Brouwer"
_ONSETS = "b d f g h k l m n p r s t v w z"
_VOWELS = "a e i o u aa ee oo ij ui"


class WordSource:
    """Words that look Dutch, as often as in real text: the n-th comes 1/n times the first."""

    def __init__(self, dice: random.Random):
        self.dice = dice
        stems = _STEMS.split()
        known = [*stems, *(first + last for first in _FIRST.split() for last in _LAST.split())]
        known += [stem + ending for stem in stems for ending in _ENDINGS]
        dice.shuffle(known)
        made = dict.fromkeys(known)
        onsets, vowels = _ONSETS.split(), _VOWELS.split()
        while len(made) < WORDS:
            syllables = dice.choice((2, 2, 3, 3, 4))
            word = "".join(dice.choice(onsets) + dice.choice(vowels) for _ in range(syllables))
            made[word + dice.choice(("", "n", "r", "k", "l", "st"))] = None
        self.words = list(made)
        self.weights = list(accumulate(1 / (n + 2.7) for n in range(1, len(self.words) + 1)))

    def text(self, length: int) -> str:
        return " ".join(self.dice.choices(self.words, cum_weights=self.weights, k=length))


def make_corpus(library: LibraryPage, number: int) -> Iterator[int]:
    """Add `number` live publications to a library; yield how many were added after each batch."""
    dice = random.Random(SEED)  # noqa: S311 (to measure with, not to keep secrets)
    source = WordSource(dice)
    terms = {name: _terms(name, count, source) for name, count in TERMS.items()}
    library.refresh_from_db()
    first = library.numchild + 1
    for start in range(0, number, BATCH):
        with transaction.atomic():
            size = min(BATCH, number - start)
            _add_batch(library, first + start, size, dice, source, terms)
            Page.objects.filter(pk=library.pk).update(numchild=first + start + size - 1)
        yield start + size


def _terms(vocabulary, count: int, source: WordSource) -> list[Term]:
    for n in range(count):
        label = source.words[200 + 7 * n].capitalize()
        slug = f"maat-{vocabulary.value}-{n}"
        Term.objects.get_or_create(
            vocabulary=vocabulary, slug=slug, defaults={"label": label, "order": 1000 + n}
        )
    return list(Term.objects.filter(vocabulary=vocabulary, slug__startswith="maat-"))


def _add_batch(library, first: int, size: int, dice, source, terms) -> None:
    now = datetime.now(UTC)
    kind = ContentType.objects.get_for_model(PublicationPage)
    locale, collection = Locale.get_default(), Collection.get_first_root_node()
    pages, documents, children = [], [], []
    for n in range(first, first + size):
        title = source.text(dice.randint(5, 12)).capitalize()
        page = PublicationPage(
            title=title,
            draft_title=title,
            slug=f"maat-{n}",
            path=Page._get_path(library.path, library.depth + 1, n),
            depth=library.depth + 1,
            url_path=f"{library.url_path}maat-{n}/",
            content_type=kind,
            locale=locale,
            live=True,
            first_published_at=now - timedelta(minutes=n),
            last_published_at=now,
            summary=source.text(dice.randint(SUMMARY_WORDS // 2, SUMMARY_WORDS * 3 // 2)),
            organisation=source.text(2).title(),
            year=dice.choice((None, *range(1985, 2027))),
            language=dice.choice(("nl", "nl", "nl", "en")),
            access=dice.choice(("", "vrij", "betaald")),
            kind=dice.choice(terms[Vocabulary.KIND]),
            area=dice.choice(terms[Vocabulary.AREA]),
        )
        if n % ONE_IN_WITH_TEXT == 0:
            texts = [source.text(PAGE_WORDS) for _ in range(BODY_WORDS // PAGE_WORDS)]
            page.document = LibraryDocument(
                title=title,
                file=f"documents/maat/{n}.pdf",
                collection=collection,
                right_to_share=RightToShare.OWN,
                page_texts=texts,
                page_count=len(texts),
            )
            documents.append(page.document)
        pages.append(page)
    LibraryDocument.objects.bulk_create(documents)
    bases = [
        Page(**{f.attname: getattr(page, f.attname) for f in Page._meta.local_concrete_fields})
        for page in pages
    ]
    Page.objects.bulk_create(bases)
    for page, base in zip(pages, bases, strict=True):
        page.pk = page.page_ptr_id = page.id = base.pk
        page.document_id = page.document and page.document.pk
        children.append(page)
    # bulk_create does not take models with a parent; this is what it would do for this half.
    PublicationPage._base_manager._insert(
        children, fields=PublicationPage._meta.local_concrete_fields, using="default"
    )
    _add_parts(children, dice, source, terms)


def _add_parts(pages, dice, source, terms) -> None:
    of_pages = {
        "pillars": (Vocabulary.PILLAR, 2),
        "facilities": (Vocabulary.FACILITY, 2),
        "themes": (Vocabulary.THEME, 2),
        "actors": (Vocabulary.ACTOR, 2),
        "readers": (Vocabulary.READER, 2),
    }
    for name, (vocabulary, most) in of_pages.items():
        through = getattr(PublicationPage, name).through
        through.objects.bulk_create(
            through(publicationpage_id=page.pk, term_id=term.pk)
            for page in pages
            for term in dice.sample(terms[vocabulary], dice.randint(1, most))
        )
    PublicationAuthor.objects.bulk_create(
        PublicationAuthor(publication_id=page.pk, given="A.", family=dice.choice(_NAMES.split()))
        for page in pages
    )
    Takeaway.objects.bulk_create(
        Takeaway(publication_id=page.pk, text=source.text(12)) for page in pages
    )
