"""The home page, standard pages, the kenniskaart, the site itself, and who follows what."""

from home.knowledge_map import KnowledgeMapPage

from .following import Rhythm, Subscription
from .pages import HomePage, StandardPage
from .people import ErasureRecord, Handover
from .site import SetupRecord, SiteSettings

__all__ = [
    "ErasureRecord",
    "Handover",
    "HomePage",
    "KnowledgeMapPage",
    "Rhythm",
    "SetupRecord",
    "SiteSettings",
    "StandardPage",
    "Subscription",
]
