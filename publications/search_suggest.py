"""What the search box proposes while somebody types: titles, terms and authors."""

from dataclasses import asdict, dataclass

from wagtail.models import Page

from publications.dutch import words
from publications.models.parts import PublicationAuthor
from publications.search_answer import Question, ask
from publications.search_copy import Word, current_copy
from publications.search_words import current_vocabulary

MIN_LETTERS = 2
CANDIDATES = 100
MAX_OF_EACH = 4
TERM_VOCABULARIES = ("pijler", "voorziening", "thema", "speler", "gebied")


@dataclass(frozen=True)
class Proposal:
    """`url` leads straight to a page; without one, `text` is what to search for."""

    kind: str
    text: str
    url: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def propose(text: str, request=None) -> list[Proposal]:
    """Return what may be meant by `text`, of which the last word may be unfinished."""
    typed = words(text[:200], joined=False)
    if not typed or len(typed[-1]) < MIN_LETTERS:
        return []
    vocabulary, copy = current_vocabulary(), current_copy()
    copy.refresh()
    needs = [((Word(vocabulary.word(word).keys),),) for word in typed[:-1]]
    last = ((Word((), prefix=typed[-1]),),)
    ids = ask(copy, Question(kind=None, needs=[*needs, last], length=CANDIDATES)).ids
    terms = [
        vocabulary.labels[name, value]
        for name in TERM_VOCABULARIES
        for value in vocabulary.values[name]
        if (name, value) in vocabulary.numbers and _fits(vocabulary.labels[name, value], typed)
    ]
    return [
        *_titles(ids, typed, request),
        *(Proposal("onderwerp", label) for label in list(dict.fromkeys(terms))[:MAX_OF_EACH]),
        *(Proposal("auteur", name) for name in _authors(ids, typed)),
    ]


def _fits(text: str, typed: list[str]) -> bool:
    """Tell whether every typed word is the beginning of a word of `text`."""
    there = words(text)
    return all(any(word.startswith(beginning) for word in there) for beginning in typed)


def _titles(ids: list[int], typed: list[str], request) -> list[Proposal]:
    pages = Page.objects.live().public().in_bulk(ids)
    fitting = [pages[pk] for pk in ids if pk in pages and _fits(pages[pk].title, typed)]
    return [
        Proposal("titel", page.title, page.get_url(request) or "") for page in fitting[:MAX_OF_EACH]
    ]


def _authors(ids: list[int], typed: list[str]) -> list[str]:
    authors = PublicationAuthor.objects.filter(publication__in=ids, publication__live=True)
    fitting = [
        author.name for author in authors.order_by("family", "pk") if _fits(author.name, typed)
    ]
    return list(dict.fromkeys(fitting))[:MAX_OF_EACH]
