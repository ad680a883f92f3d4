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
from .mail import MailText, OutboxMail
from .practice import PracticeUse
from .writer import WriterRequest

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
    "MailText",
    "OutboxMail",
    "Outcome",
    "PracticeUse",
    "SendCount",
    "StandardReason",
    "Status",
    "WriterRequest",
]
