"""
What happens to a contribution: received, changed, answered, decided on, withdrawn, reopened.

Each function is one transaction, locks the case first, and is the only way to its change of state.
Refused() says in Dutch why something cannot be done (any more).
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Collection, Page, WorkflowState

from forms.draft_fields import fill_draft
from forms.findings import look_into
from forms.mail import queue_mail
from forms.models.contribution import (
    Contact,
    Contribution,
    ContributionEvent,
    ContributionLink,
    ContributionSubmission,
    Kind,
    Outcome,
    Status,
    next_reference,
)
from forms.models.practice import PracticeUse
from publications.models import (
    Classified,
    LibraryDocument,
    LibraryPage,
    NotReadyForPublication,
    PublicationPage,
    RightToShare,
)
from stories.models import ArticleIndexPage, ArticlePage, QuestionIndexPage, QuestionPage

What = ContributionEvent.What
COLLECTION = "Inzendingen"
NO_QUESTION = "Er staat geen vraag meer open. Je antwoord is niet nodig."


class Refused(PermissionDenied):
    """What was asked cannot be done in this state. The message says why, in Dutch."""


def submit_for_review(form_page, form, *, doubts: Sequence[str] = ()) -> str:
    """
    Store a valid form as a new case and put its draft before the editors.

    With `doubts` (in Dutch, for the log) the address must be confirmed first, by mail; until then
    the case is kept and the editors do not see it. Without an address they see it with the doubts.

    Returns the token of its status page. The same form sent twice with the same answers gives one
    case; the second time another token to it. One transaction: case, submission, contact, private
    document, draft page, revision, workflow, log and mail.
    """
    key = _idempotency_key(form)
    existing = Contribution.objects.filter(idempotency_key=key).first()
    if existing is None:
        try:
            with _one_transaction(form):
                return _receive(form_page, form, key, doubts)
        except IntegrityError:  # the same send, at the same moment
            existing = Contribution.objects.filter(idempotency_key=key).first()
            if existing is None:
                raise
    return ContributionLink.make(existing)


@contextmanager
def _one_transaction(form):
    """A transaction that, when it fails, also takes back the file that came with the form."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        document = getattr(form, "kept_document", None)
        if document and document.file._committed:
            document.file.storage.delete(document.file.name)
        raise


def _idempotency_key(form) -> str:
    opened = str(form.cleaned_data.get("sleutel") or form.data.get("begonnen", ""))
    contact = [form.cleaned_data.get(name) for name in form.CONTACT]
    content = [opened, form.answers(), contact, _fingerprint(form.cleaned_data.get("bestand"))]
    if form.about:
        content.append(form.about.pk)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _fingerprint(upload) -> str:
    if not upload:
        return ""
    fingerprint = hashlib.file_digest(upload.file, "sha256").hexdigest()
    upload.seek(0)
    return fingerprint


def _receive(form_page, form, key: str, doubts: Sequence[str]) -> str:
    answers = form.answers()
    to_confirm = bool(doubts and form.cleaned_data["email"])  # only an address can confirm
    contribution = Contribution.objects.create(
        reference=next_reference(),
        kind=form.door,
        form_page=form_page,
        about=form.about,
        title=_title_from(answers) or f"{Kind(form.door).label}: {form.about.title}"[:255],
        idempotency_key=key,
        spam_at=timezone.now() if form.looks_automatic else None,
        confirmation_asked_at=timezone.now() if to_confirm else None,
    )
    Contact.objects.create(
        contribution=contribution,
        name=form.cleaned_data.get("naam", ""),
        email=form.cleaned_data["email"],
        wants_use_mail=form.cleaned_data.get("jaarbericht", False),
    )
    submission = _add_submission(contribution, form)
    seen = "" if to_confirm else " ".join(doubts)
    contribution.events.create(what=What.RECEIVED, text=seen)
    if contribution.spam_at:
        pass
    elif to_confirm:
        contribution.events.create(what=What.TO_CONFIRM, text=" ".join(doubts))
        queue_mail(contribution, "bevestigen")
    else:
        start_check(contribution, answers, submission.document)
        queue_mail(contribution, "ontvangen")
        tell_editors_of_new(contribution)
    return ContributionLink.make(contribution)


def tell_editors_of_new(contribution: Contribution) -> None:
    queue_mail(contribution, "redactie", aanleiding="Er is een nieuwe bijdrage binnen.")


def _title_from(answers: dict) -> str:
    return (answers.get("titel") or answers.get("wat") or answers.get("vraag") or "")[:255]


def _add_submission(contribution, form) -> ContributionSubmission:
    return ContributionSubmission.objects.create(
        page=contribution.form_page,
        contribution=contribution,
        form_data=form.answers(),
        sent=form.sent(),
        document=_keep_privately(form) if form.cleaned_data.get("bestand") else None,
    )


def _keep_privately(form) -> LibraryDocument:
    answers = form.answers()
    root = Collection.get_first_root_node()
    collection = root.get_children().filter(name=COLLECTION).first()
    form.kept_document = LibraryDocument(
        title=_title_from(answers),
        file=form.cleaned_data["bestand"],
        collection=collection or root.add_child(name=COLLECTION),
        right_to_share=answers.get("recht") or RightToShare.NONE,
    )
    form.kept_document.save()
    return form.kept_document


def start_check(contribution: Contribution, answers: dict, document) -> None:
    """
    Make the draft page from what was sent and start the editors' workflow on it.

    What is about a publication that is there gets neither.
    """
    if contribution.is_remark:
        PracticeUse.take_in(contribution, answers)
        return
    if contribution.kind == Kind.ARTICLE:
        parent, page = ArticleIndexPage.objects.get(), ArticlePage(body=[])
    elif contribution.kind == Kind.QUESTION:
        parent, page = QuestionIndexPage.objects.get(), QuestionPage()
    else:
        parent, page = LibraryPage.objects.get(), PublicationPage()
    page.live = False
    page.has_unpublished_changes = True
    fill_draft(page, answers, document)
    if not slugify(page.title):  # a title without one Latin letter or digit
        page.slug = contribution.reference.lower()
    parent.add_child(instance=page)
    contribution.page = page.page_ptr
    contribution.save(update_fields=["page"])
    page.save_revision(log_action=True)
    _resume_check(page)
    look_into(contribution)


def _resume_check(page) -> None:
    """Put the latest revision before the editors, whatever became of the workflow meanwhile."""
    state = page.current_workflow_state
    if state is None:
        workflow = page.get_workflow()
        if workflow:
            workflow.start(page, None)
    elif state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user=None)


def lock_undecided(contribution: Contribution, *, for_editor: bool = False) -> Contribution:
    """
    Return the case as it is now, locked. Raise Refused when it has been decided on.

    Editors are told what was decided and by whom.
    """
    row = locked(contribution)
    if row.is_undecided:
        return row
    outcome = ""
    if for_editor:
        outcome = f": {row.current_status().label.lower()}"
        if row.withdrawn_at:
            outcome += " door de inzender"
        elif row.decided_by:
            outcome += f" door {name_of(row.decided_by)}"
    raise Refused(f"Deze bijdrage is al afgehandeld{outcome}.")


def name_of(user) -> str:
    return user.get_full_name() or str(user)


def locked(contribution: Contribution) -> Contribution:
    return Contribution.objects.select_for_update().get(pk=contribution.pk)


def change(contribution: Contribution, form) -> None:
    """
    Take in a contributor's changes: a new submission, a new revision, and back to the editors.

    A second click, with nothing changed since, changes nothing.
    """
    with _one_transaction(form):
        contribution = lock_undecided(contribution)
        if contribution.is_unconfirmed:
            raise Refused("Bevestig eerst je e-mailadres. Gebruik de link in onze mail.")
        if contribution.current_status() != Status.QUESTION and _was_sent(contribution, form):
            return
        before = last_answers(contribution)
        submission = _add_submission(contribution, form)
        answers = submission.form_data
        contribution.events.create(what=What.CHANGED)
        contribution.title = _title_from(answers) or contribution.title
        contribution.save(update_fields=["title"])
        if answers.get("recht") and answers["recht"] != before.get("recht"):
            _set_right_to_share(contribution, answers["recht"])
        if contribution.page is None:
            start_check(contribution, answers, last_document(contribution))
        else:
            draft = contribution.draft()
            fill_draft(draft, answers, submission.document, before)
            draft.save_revision(log_action=True, changed=True)
            _resume_check(contribution.page.specific)
            look_into(contribution)
        queue_mail(contribution, "redactie", aanleiding="De inzender heeft de bijdrage gewijzigd.")


def _was_sent(contribution: Contribution, form) -> bool:
    """Tell whether exactly this was the last thing sent."""
    document = last_document(contribution)
    fingerprint = _fingerprint(form.cleaned_data.get("bestand"))
    if fingerprint and not (document and document.fingerprint == fingerprint):
        return False
    file_apart = {"bestand": None}
    return last_answers(contribution) | file_apart == form.answers() | file_apart


def _set_right_to_share(contribution: Contribution, right: str) -> None:
    document = last_document(contribution)
    if document:
        document.right_to_share = right
        document.save(update_fields=["right_to_share"])


@transaction.atomic
def answer(contribution: Contribution, text: str) -> None:
    """Take in a contributor's answer to the editors' question."""
    contribution = lock_undecided(contribution)
    if contribution.current_status() != Status.QUESTION:
        raise Refused(NO_QUESTION)
    contribution.submissions.create(
        page=contribution.form_page, form_data={"antwoord": text}, sent=[["Je antwoord", text]]
    )
    contribution.events.create(what=What.ANSWERED)
    _resume_check(contribution.page.specific)
    queue_mail(contribution, "redactie", aanleiding="De inzender heeft je vraag beantwoord.")


def last_answers(contribution: Contribution) -> dict:
    """Return the answers of the latest send of the whole form; {} when there is none."""
    whole = [s for s in contribution.submissions.all() if set(s.form_data) - {"antwoord"}]
    return whole[-1].form_data if whole else {}


def last_document(contribution: Contribution) -> LibraryDocument | None:
    with_file = [s.document for s in contribution.submissions.all() if s.document_id]
    return with_file[-1] if with_file else None


@transaction.atomic
def withdraw(contribution: Contribution) -> None:
    """Take a contribution back, as its contributor asks. Its draft goes; what was sent stays."""
    contribution = lock_undecided(contribution)
    contribution.withdrawn_at = timezone.now()
    contribution.save(update_fields=["withdrawn_at"])
    contribution.events.create(what=What.WITHDRAWN)
    _remove_page(contribution, None)
    if not contribution.is_unproven:
        queue_mail(contribution, "ingetrokken")


@transaction.atomic
def mark_as_spam(contribution: Contribution, user) -> None:
    contribution = lock_undecided(contribution, for_editor=True)
    contribution.spam_at = timezone.now()
    contribution.decided_by = user
    contribution.save(update_fields=["spam_at", "decided_by"])
    contribution.events.create(what=What.SPAM, by=user)
    _remove_page(contribution, user)


@transaction.atomic
def reopen(contribution: Contribution, user, note: str = "", *, stays_online: bool = False) -> None:
    """
    Undo a decision, a withdrawal or a mark as spam, and start the light check again.

    A published page goes off the site until it is decided on anew, or `stays_online` as it is;
    where there is no page any more, a new draft is made from what was sent. Who had a mail about
    the decision gets one that corrects it.
    """
    contribution = locked(contribution)
    if contribution.is_undecided:
        raise Refused("Deze bijdrage is al open.")
    contribution.outcome = contribution.outcome_reason = ""
    contribution.withdrawn_at = contribution.spam_at = contribution.confirmation_asked_at = None
    contribution.decided_at = contribution.decided_by = None
    contribution.claimed_by = contribution.claimed_at = None
    contribution.save()
    contribution.events.create(what=What.REOPENED, by=user, text=note)
    contribution.mails.filter(waits_for_publication=True).delete()
    online = ""
    if contribution.page is None:
        start_check(contribution, last_answers(contribution), last_document(contribution))
    else:
        page = contribution.page.specific
        if page.live and not stays_online:
            page.unpublish(user=user)
            online = OFFLINE
        elif page.live:
            online = ONLINE
        _resume_check(page)
    if was_told(contribution):
        queue_mail(contribution, "heropend", reden=note, online=online)
    elif not contribution.mails.filter(template="ontvangen").exists():
        queue_mail(contribution, "ontvangen")


def was_told(contribution: Contribution) -> bool:
    """Tell whether the contributor had a mail about how it ended, and none that took it back."""
    last = contribution.mails.filter(template__in=[*MAILS_AT_THE_END, "heropend"])
    mail = last.filter(waits_for_publication=False).order_by("pk").last()
    return mail is not None and mail.template != "heropend"


@transaction.atomic
def restart_check(contribution: Contribution, user) -> None:
    """
    Put an undecided case before the editors again, when nobody can decide on it as it stands.

    Its workflow or its draft has gone, or the contributor does not answer the question, or does
    not confirm the address.
    """
    contribution = lock_undecided(contribution, for_editor=True)
    if contribution.is_unconfirmed:
        contribution.confirmation_asked_at = None
        contribution.save(update_fields=["confirmation_asked_at"])
        queue_mail(contribution, "ontvangen")
    if contribution.task_state():
        raise Refused("Deze bijdrage ligt al in de lichte check.")
    contribution.events.create(what=What.REOPENED, by=user)
    if contribution.page is None:
        start_check(contribution, last_answers(contribution), last_document(contribution))
    else:
        page = contribution.page.specific
        if page.workflow_in_progress:  # another one than the light check
            page.current_workflow_state.cancel(user=user)
        _resume_check(page)
    if contribution.task_state() is None:
        raise Refused(
            "Er is geen werkstroom met een lichte check voor deze pagina. "
            "Vraag de beheerder om die in te stellen."
        )


def _remove_page(contribution: Contribution, user) -> None:
    """Nothing of a declined, withdrawn or spam contribution stays in the tree."""
    if contribution.page:
        contribution.page.specific.delete(user=user)


def decide_in_light_check(task_state, user, action: str, form) -> Contribution | None:
    """
    Carry out a valid DecisionForm on a light check. Called by LightCheckTask.on_action only.

    `action` is approve, reject (ask for more) or decline. Returns the case, if there is one; an
    editor's or a writer's own page has none. Raise Refused when somebody was first,
    NotReadyForPublication when the publication itself is not complete.
    """
    page = task_state.revision.content_object.specific
    case = Contribution.objects.undecided().filter(page=page.pk).first()
    contribution = lock_undecided(case, for_editor=True) if case else None
    task_state = task_state.specific
    task_state.refresh_from_db()
    if task_state.status != task_state.STATUS_IN_PROGRESS:
        raise Refused("Hier is net al over beslist. Ververs de pagina.")
    reason = form.whole_reason()
    task_state.decision, task_state.reason = action, reason
    if action == "approve":
        _refuse_incomplete(page.get_latest_revision_as_object(), contribution)
        task_state.answers = form.criterion_answers()
    task_state.save()
    if contribution:
        _record(contribution, user, action, reason)
    is_public = False
    if action == "approve":
        task_state.approve(user=user, comment=reason)
        is_public = Page.objects.live().filter(pk=page.pk).exists()
    elif action == "reject":
        task_state.reject(user=user, comment=reason)
    elif contribution:
        task_state.workflow_state.cancel(user=user)
        _remove_page(contribution, user)
    if contribution and action == "approve":
        what = What.PUBLISHED if is_public else What.APPROVED
        contribution.events.create(what=what, text=reason, by=user)
    if contribution and form.cleaned_data.get("mail_versturen"):
        contribution.refresh_from_db()
        queue_mail(
            contribution,
            MAIL_AFTER[action],
            text=form.cleaned_data.get("mail_tekst", ""),
            waits_for_publication=action == "approve" and not is_public,
            reden=reason,
        )
    return contribution


def _refuse_incomplete(draft, contribution: Contribution | None) -> None:
    missing = draft.missing_for_publication() if isinstance(draft, Classified) else []
    if contribution and draft.go_live_at and draft.go_live_at > timezone.now():
        missing = [*missing, "Het concept heeft een publicatiedatum. Haal die eerst weg."]
    if missing:
        raise NotReadyForPublication(" ".join(missing))


# What the mail about reopening says of the page
ONLINE = "Je bijdrage blijft intussen op het Kennisplein staan."
OFFLINE = "Je bijdrage staat intussen niet op het Kennisplein."
MAILS_AT_THE_END = (
    "gepubliceerd",
    "niet-geplaatst",
    "verwerkt",
    "niet-overgenomen",
    "ingetrokken",
)
MAIL_AFTER = {"approve": "gepubliceerd", "reject": "vraag", "decline": "niet-geplaatst"}


def _record(contribution: Contribution, user, action: str, reason: str) -> None:
    if action == "reject":
        contribution.events.create(what=What.ASKED, text=reason, by=user)
        return
    if action == "decline":
        contribution.events.create(what=What.NOT_PLACED, text=reason, by=user)
    contribution.outcome = Outcome.PUBLISHED if action == "approve" else Outcome.NOT_PLACED
    contribution.outcome_reason = reason
    contribution.decided_at = timezone.now()
    contribution.decided_by = user
    contribution.save()
