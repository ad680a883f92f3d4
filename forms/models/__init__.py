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
from .findings import AddressCheck, DocumentPreview
from .form_page import ContributionFormField, ContributionFormPage, Criterion, StandardReason
from .light_check import LightCheckTask, LightCheckTaskState
from .mail import MailText, OutboxMail
from .practice import PracticeUse
from .retention import RetentionSettings
from .writer import WriterRequest

__all__ = [
    "AddressCheck",
    "Contact",
    "Contribution",
    "ContributionEvent",
    "ContributionFormField",
    "ContributionFormPage",
    "ContributionLink",
    "ContributionSubmission",
    "Criterion",
    "DocumentPreview",
    "Kind",
    "LightCheckTask",
    "LightCheckTaskState",
    "MailText",
    "OutboxMail",
    "Outcome",
    "PracticeUse",
    "RetentionSettings",
    "SendCount",
    "StandardReason",
    "Status",
    "WriterRequest",
]
