"""Handing over the work of a colleague who leaves, and ending their account, in one step."""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q, QuerySet
from wagtail.models import WorkflowState

from forms.contributions import Refused
from home.models import Handover
from stories.permissions import is_editor


def to_colleague(rows: QuerySet, field: str, colleague: User) -> int:
    return rows.update(**{field: colleague})


def to_colleague_once(rows: QuerySet, field: str, colleague: User) -> int:
    """The colleague may have the same already: then the leaver's goes."""
    count = rows.count()
    known = rows.model.objects.filter(**{field: colleague}).values("page")
    rows.filter(page__in=list(known.values_list("page", flat=True))).delete()
    rows.update(**{field: colleague})
    return count


def removed(rows: QuerySet, field: str, colleague: User) -> int:
    count = rows.count()
    rows.delete()
    return count


@dataclass(frozen=True)
class Rule:
    """What becomes of rows that point to a leaver: what they are called, and what is done."""

    label: str
    act: Callable[[QuerySet, str, User], int]
    only: Q | None = None


# Work, by what points to the user. Everything else is history: see HISTORY.
WORK = {
    "wagtailcore.Page.owner": Rule("pagina’s", to_colleague),
    "wagtailcore.Page.locked_by": Rule("vergrendelde pagina’s", to_colleague),
    "wagtailcore.Comment.user": Rule("open opmerkingen", to_colleague, Q(resolved_at=None)),
    "wagtailcore.CommentReply.user": Rule(
        "antwoorden bij open opmerkingen", to_colleague, Q(comment__resolved_at=None)
    ),
    "wagtailcore.PageSubscription.user": Rule("meldingen over pagina’s", to_colleague_once),
    "wagtailcore.WorkflowState.requested_by": Rule(
        "lopende controles",
        to_colleague,
        Q(status__in=[WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES]),
    ),
    "wagtailcore.UploadedFile.uploaded_by_user": Rule("bestanden in de wacht", to_colleague),
    "publications.LibraryDocument.uploaded_by_user": Rule("documenten", to_colleague),
    "publications.CreditedImage.uploaded_by_user": Rule("afbeeldingen", to_colleague),
    "wagtailcore.APIToken.user": Rule("sleutels voor de API, ingetrokken", removed),
    "wagtailadmin.EditingSession.user": Rule("open schermen", removed),
    "wagtailadmin.FormState.user": Rule("halve formulieren", removed),
    "forms.OutboxMail.writer": Rule(
        "mails die nog moesten gaan, ingetrokken", removed, Q(delivered_at=None)
    ),
    "publications.ImportJob.by": Rule("lopende imports", to_colleague, Q(imported_at=None)),
}
# What somebody did stays theirs; what describes the account stays with it.
HISTORY = {
    "publications.AuditRecord.looked_by",
    "publications.Finding.dismissed_by",
    "forms.Contribution.decided_by",
    "forms.ContributionEvent.by",
    "forms.WriterRequest.decided_by",
    "stories.DismissedPair.dismissed_by",
    "home.ErasureRecord.by",
    "home.Handover.by",
    "home.Handover.colleague",
    "home.Handover.leaver",
    "wagtailcore.Comment.resolved_by",
    "wagtailcore.ModelLogEntry.user",
    "wagtailcore.PageLogEntry.user",
    "wagtailcore.Revision.user",
    "wagtailcore.TaskState.finished_by",
    "wagtailusers.UserProfile.user",
    "auth.User_groups.user",
    "auth.User_user_permissions.user",
    # Wagtail's own models of files, which this site replaces.
    "wagtaildocs.Document.uploaded_by_user",
    "wagtailimages.Image.uploaded_by_user",
}


def relations() -> dict[str, models.Field]:
    """Return every field of every table that points to a user, by “app.Model.field”."""
    return {
        f"{model._meta.label}.{field.name}": field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if field.related_model is User and field.name != "user_ptr"
    }


def is_claim(name: str) -> bool:
    """Tell whether a relation by its name says who is at work on something."""
    return name.rpartition(".")[2] in ("claimed_by", "assigned_to", "taken_by")


def rule_of(name: str) -> Rule | None:
    return WORK.get(name) or (
        Rule("taken in behandeling", to_colleague) if is_claim(name) else None
    )


def work_of(user: User) -> dict[str, QuerySet]:
    """Return what would be handed over, by relation; only what there is."""
    found = {}
    for name, field in relations().items():
        rule = rule_of(name)
        if rule:
            rows = field.model._base_manager.filter(rule.only or Q(), **{field.name: user})
            if rows.exists():
                found[name] = rows
    return found


def counts_of(user: User) -> dict[str, int]:
    """Return how much would be handed over of each kind, in an editor's words."""
    counts = {}
    for name, rows in work_of(user).items():
        label = rule_of(name).label
        counts[label] = counts.get(label, 0) + rows.count()
    return counts


def may_hand_over(user) -> bool:
    return user.has_perm("home.add_handover")


def leavers_for(editor: User) -> QuerySet:
    """The accounts that this editor may end: not their own, and no administrator's."""
    users = User.objects.filter(is_active=True).exclude(pk=editor.pk).order_by("username")
    return users if editor.is_superuser else users.filter(is_superuser=False)


def colleagues_for(leaver: User) -> list[User]:
    """Return who may take over: whoever may do at least as much, so that nothing leaks."""
    users = User.objects.filter(is_active=True).exclude(pk=leaver.pk).order_by("username")
    needs_editor = is_editor(leaver)
    return [
        user
        for user in users
        if user.has_perm("wagtailadmin.access_admin") and (is_editor(user) or not needs_editor)
    ]


@transaction.atomic
def hand_over(leaver: User, colleague: User, by: User) -> Handover:
    """
    Give the leaver's work to the colleague, end the account and its sessions, and note it.

    Raise Refused, in an editor's words, when the account was ended before or the colleague may not
    have it.
    """
    if not may_hand_over(by):
        raise PermissionDenied("Je mag geen werk overdragen.")
    leaver = User.objects.select_for_update().get(pk=leaver.pk)
    if not leaver.is_active:
        raise Refused("Dit account is al uitgezet.")
    if leaver not in leavers_for(by):
        raise Refused("Dit account mag je niet uitzetten.")
    if colleague not in colleagues_for(leaver):
        raise Refused("Deze collega mag niet alles wat de ander mag. Kies een andere collega.")
    counts = {}
    for name, rows in work_of(leaver).items():
        rule = rule_of(name)
        done = rule.act(rows, name.rpartition(".")[2], colleague)
        counts[rule.label] = counts.get(rule.label, 0) + done
    leaver.is_active = False
    leaver.set_unusable_password()
    leaver.save(update_fields=["is_active", "password"])
    counts["sessies, beëindigd"] = _end_sessions(leaver)
    return Handover.objects.create(
        leaver=leaver, colleague=colleague, by=by, counts={k: n for k, n in counts.items() if n}
    )


def _end_sessions(user: User) -> int:
    ended = 0
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
            ended += 1
    return ended
