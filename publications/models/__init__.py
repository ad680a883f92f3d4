from .files import CreditedImage, LibraryDocument, RightToShare
from .library import (
    LibraryPage,
    PillarActor,
    PillarFacility,
    PillarIndexPage,
    PillarPage,
)
from .parts import PublicationAuthor, PublicationKeyword, PublicationRelation, Takeaway
from .publication import Access, Licence, PublicationPage
from .search import SearchedWords, SearchFacet, SearchRow, SearchWord
from .terms import Classified, NotReadyForPublication, SynonymGroup, Term, Vocabulary

__all__ = [
    "Access",
    "Classified",
    "CreditedImage",
    "LibraryDocument",
    "LibraryPage",
    "Licence",
    "NotReadyForPublication",
    "PillarActor",
    "PillarFacility",
    "PillarIndexPage",
    "PillarPage",
    "PublicationAuthor",
    "PublicationKeyword",
    "PublicationPage",
    "PublicationRelation",
    "RightToShare",
    "SearchFacet",
    "SearchRow",
    "SearchWord",
    "SearchedWords",
    "SynonymGroup",
    "Takeaway",
    "Term",
    "Vocabulary",
]
