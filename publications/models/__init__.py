from .audit import AuditRecord, AuditRun, Finding, FindingKind, LinkCheck, LinkState
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
from .terms import Classified, FormerKeyword, NotReadyForPublication, SynonymGroup, Term, Vocabulary

__all__ = [
    "Access",
    "AuditRecord",
    "AuditRun",
    "Classified",
    "CreditedImage",
    "Finding",
    "FindingKind",
    "FormerKeyword",
    "GonePage",
    "HarvestRecord",
    "ImportFormat",
    "ImportJob",
    "ImportRow",
    "LibraryDocument",
    "LibraryPage",
    "Licence",
    "LinkCheck",
    "LinkState",
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
