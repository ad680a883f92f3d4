from .choices import Access, Licence
from .files import CreditedImage, LibraryDocument, RightToShare
from .gone import GonePage
from .harvest import HarvestRecord
from .imports import ImportFormat, ImportJob, ImportRow, Verdict
from .library import (
    LibraryPage,
    PillarActor,
    PillarFacility,
    PillarIndexPage,
    PillarPage,
)
from .parts import PublicationAuthor, PublicationKeyword, PublicationRelation, Takeaway
from .publication import PublicationPage
from .search import SearchedWords, SearchFacet, SearchRow, SearchWord
from .terms import Classified, NotReadyForPublication, SynonymGroup, Term, Vocabulary

__all__ = [
    "Access",
    "Classified",
    "CreditedImage",
    "GonePage",
    "HarvestRecord",
    "ImportFormat",
    "ImportJob",
    "ImportRow",
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
    "Verdict",
    "Vocabulary",
]
