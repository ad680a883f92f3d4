from .contribution import (
    Contact,
    Contribution,
    ContributionEvent,
    ContributionLink,
    ContributionSubmission,
    Kind,
    Outcome,
    SendCount,
    Status,
)
from .form_page import ContributionFormField, ContributionFormPage, Criterion, StandardReason
from .light_check import LightCheckTask, LightCheckTaskState
from .mail import OutboxMail

__all__ = [
    "Contact",
    "Contribution",
    "ContributionEvent",
    "ContributionFormField",
    "ContributionFormPage",
    "ContributionLink",
    "ContributionSubmission",
    "Criterion",
    "Kind",
    "LightCheckTask",
    "LightCheckTaskState",
    "OutboxMail",
    "Outcome",
    "SendCount",
    "StandardReason",
    "Status",
]
