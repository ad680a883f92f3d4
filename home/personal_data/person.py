"""Everything about one e-mail address: found, handed out as a file, and erased."""

import io
import json
import zipfile
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.forms import model_to_dict
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page, Revision, TaskState
from wagtail.users.models import UserProfile

from forms.contributions import Refused
from forms.links import digest_of_address
from forms.models import (
    Contribution,
    OutboxMail,
    Outcome,
    WriterRequest,
)
from forms.retention import erase_whole, forget
from home.models import ErasureRecord, SiteSettings, Subscription
from home.models.people import digest_of
from home.personal_data.traces import ERASED, documents_with, erase_traces, traces_of

NOT_OURS = "Dit is het adres van de redactie zelf. Verander eerst de gegevens van de site."
STILL_ACTIVE = "Dit adres hoort bij een account dat nog werkt. Draag eerst het werk over."
MAY_NOT = "Je mag geen persoonsgegevens opvragen of wissen."


def may_erase(user) -> bool:
    return user.has_perm("home.add_erasurerecord")


@dataclass
class Person:
    """What there is about one address."""

    email: str
    cases: list[Contribution]
    subscriptions: list[Subscription]
    requests: list[WriterRequest]
    users: list[User]
    mails: list[OutboxMail]
    tasks: list[DBTaskResult]
    # Where else the address stands: {"table.column": [text around it, …]}
    traces: dict[str, list[str]] = field(default_factory=dict)
    documents: list = field(default_factory=list)

    @classmethod
    def of(cls, email: str) -> "Person":
        email = email.strip().lower()
        cases = Contribution.objects.filter(contact__email__iexact=email).order_by("pk")
        requests = WriterRequest.objects.filter(email__iexact=email).order_by("pk")
        users = User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email))
        about = Q(contribution__in=cases) | Q(writer_request__in=requests) | Q(writer__in=users)
        return cls(
            email=email,
            cases=list(cases.with_status().select_related("contact", "page", "about")),
            subscriptions=list(
                Subscription.objects.filter(email__iexact=email).select_related("page")
            ),
            requests=list(requests),
            users=list(users.order_by("pk")),
            mails=list(OutboxMail.objects.filter(about).order_by("pk")),
            tasks=list(
                DBTaskResult.objects.filter(args_kwargs__args__contains=[digest_of_address(email)])
            ),
            traces=traces_of(email),
            documents=documents_with(email),
        )

    @property
    def is_known(self) -> bool:
        return any([self.cases, self.subscriptions, self.requests, self.users, self.traces])

    @property
    def kept_cases(self) -> list[Contribution]:
        """Cases of which the page stays: it is published knowledge, and no longer theirs alone."""
        return [c for c in self.cases if c.page and c.outcome == Outcome.PUBLISHED]

    @property
    def refusal(self) -> str:
        """Return why this cannot be erased yet, in an editor's words; nothing when it can."""
        if SiteSettings.objects.filter(email__iexact=self.email).exists():
            return NOT_OURS
        return STILL_ACTIVE if any(user.is_active for user in self.users) else ""

    @property
    def names(self) -> list[str]:
        """The names this address came with, the longest first."""
        names = {case.contact.name for case in self.cases}
        names |= {request.name for request in self.requests}
        names |= {user.get_full_name() for user in self.users}
        return sorted({name.strip() for name in names} - {""}, key=len, reverse=True)


def export(email: str) -> bytes:
    """Return a zip with everything about an address: a JSON file, and the files that were sent."""
    person, content = Person.of(email), io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        told = json.dumps(_told(person), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("gegevens.json", told)
        for case in person.cases:
            for submission in case.submissions.all():
                if submission.document:
                    with submission.document.file.open() as file:
                        name = f"bestanden/{case.reference}/{submission.document.filename}"
                        archive.writestr(name, file.read())
    return content.getvalue()


def _told(person: Person) -> dict:
    return {
        "e-mailadres": person.email,
        "bijdragen": [_told_of_case(case) for case in person.cases],
        "volgt": [
            {"lijst": str(s), "ritme": s.rhythm, "sinds": s.confirmed_at or s.asked_at}
            for s in person.subscriptions
        ],
        "aanvragen om mee te schrijven": [model_to_dict(r) for r in person.requests],
        "accounts": [
            {
                **model_to_dict(user, ["username", "first_name", "last_name", "email"]),
                "sinds": user.date_joined,
                "groepen": [group.name for group in user.groups.all()],
                "pagina's": [page.title for page in Page.objects.filter(owner=user)],
                "versies": Revision.objects.filter(user=user).count(),
            }
            for user in person.users
        ],
        "mails": [
            {
                "onderwerp": mail.subject,
                "tekst": mail.body,
                "klaargezet": mail.queued_at,
                "bezorgd": mail.delivered_at,
            }
            for mail in person.mails
            if mail.audience != OutboxMail.Audience.EDITORS
        ],
        "waar het adres verder staat": person.traces,
    }


def _told_of_case(case: Contribution) -> dict:
    return {
        "kenmerk": case.reference,
        "titel": case.title,
        "status": case.current_status().label,
        "contactgegevens": model_to_dict(case.contact, ["name", "email", "wants_use_mail"]),
        "gestuurd": [{"op": s.submit_time, "antwoorden": s.sent} for s in case.submissions.all()],
        "verloop": [
            {"op": e.at, "wat": e.get_what_display(), "tekst": e.text} for e in case.events.all()
        ],
        "pagina": case.page.full_url if case.page and case.page.live else "",
    }


@transaction.atomic
def erase(email: str, by: User | None = None) -> ErasureRecord:
    """
    Erase everything about an address, and return the proof. A second time there is nothing to do.

    What was published stays, without who sent it. Raise Refused, in an editor's words, when the
    address is in use by a colleague or by the editors themselves.
    """
    if by and not may_erase(by):
        raise PermissionDenied(MAY_NOT)
    list(Contribution.objects.select_for_update().filter(contact__email__iexact=email.strip()))
    person = Person.of(email)
    if person.refusal:
        raise Refused(person.refusal)
    kept = person.kept_cases
    counts = {
        "bijdragen": len(person.cases) - len(kept),
        "contactgegevens": len(person.cases),
        "volgers": len(person.subscriptions),
        "aanvragen": len(person.requests),
        "accounts": len(person.users),
        "mails": len(person.mails),
        "taken": len(person.tasks),
        "sessies": _end_sessions(person),
    }
    for rows in (person.mails, person.tasks, person.subscriptions):
        for row in rows:
            row.delete()
    for case in person.cases:
        if case in kept:
            _forget_sender(case, person.names)
        else:
            if case.page:
                if case.is_undecided:  # a page in the light check is kept from being deleted
                    Contribution.objects.filter(pk=case.pk).update(withdrawn_at=timezone.now())
                case.page.specific.delete(user=by)
            erase_whole(Contribution.objects.get(pk=case.pk))
    for request in person.requests:
        request.delete()
    for user in person.users:
        _make_nobody(user)
    counts["elders"] = sum(erase_traces(person.email).values())
    return ErasureRecord.objects.create(
        digest=digest_of(person.email), by=by, counts={k: n for k, n in counts.items() if n}
    )


def _end_sessions(person: Person) -> int:
    """End the sessions of these users, and those in which the address stands."""
    keys = {str(user.pk) for user in person.users}
    ended = 0
    for session in Session.objects.iterator():
        held = session.get_decoded()
        if held.get("_auth_user_id") in keys or person.email in str(held).lower():
            session.delete()
            ended += 1
    return ended


def _forget_sender(case: Contribution, names: list[str]) -> None:
    """Take everything of its sender out of a case of which the page stays."""
    documents = {s.document for s in case.submissions.all() if s.document}
    case.submissions.all().delete()
    shown = {getattr(page, "document_id", None) for page in (case.page.specific, case.draft())}
    for document in documents:
        if document.pk not in shown:
            document.delete()
    case.links.all().delete()
    forget(case.contact)
    case.outcome_reason = _without(case.outcome_reason, names)
    case.save(update_fields=["outcome_reason"])
    for event in case.events.all():
        event.text = _without(event.text, names)
        event.save(update_fields=["text"])
    for state in TaskState.objects.for_instance(case.page).specific():
        for name in ("comment", "reason"):
            if hasattr(state, name):
                setattr(state, name, _without(getattr(state, name), names))
        state.save()


def _without(text: str, names: list[str]) -> str:
    for name in names:
        text = text.replace(name, ERASED)
    return text


def _make_nobody(user: User) -> None:
    """Keep the account for what it did, without anything of whom it was."""
    for profile in UserProfile.objects.filter(user=user):
        profile.avatar.delete(save=False)
        profile.delete()
    user.groups.clear()
    user.user_permissions.clear()
    user.username, user.email = f"gewist-{user.pk}", ""
    user.first_name = user.last_name = ""
    user.is_active = user.is_superuser = False
    user.set_unusable_password()
    user.save()
