"""
Mail about contributions: queued in the transaction it belongs to, delivered by the worker.

What the mails say is in `forms.mail_texts`. At least once: a worker that dies between sending and
noting it sends again, with the same Message-ID.
"""

import logging
from datetime import timedelta
from email.utils import make_msgid, parseaddr
from smtplib import (
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPServerDisconnected,
)

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks import task
from wagtail.models import Site

from forms.mail_texts import (
    EDITORS,
    WRITER_ASKS,
    WRITER_SENDS,
    fill,
    fill_subject,
    html_mail,
    text_for,
)
from forms.models.contribution import Contact, Contribution, ContributionLink
from forms.models.mail import MailText, OutboxMail
from forms.models.writer import WriterRequest

logger = logging.getLogger(__name__)

# In the text that an editor sees and edits; filled in when the mail is queued.
LINK = "{link}"
REASON = "{reden}"
YEARLY = "jaarbericht"
STOP_SALT = "forms.stop"
REFUSALS = 3  # so often may the recipient's server say no for good
# So many in a row that do not reach the server: it is down, and the worker has other things to do.
UNREACHABLE_IN_A_ROW = 3
NO_ADDRESS = "Niet verstuurd: de contactgegevens zijn gewist."


def compose(contribution: Contribution, template: str, **context) -> tuple[str, str]:
    """
    Return (subject, body) with LINK where the personal link will stand.

    `context` fills in fields of the text that do not follow from the case: `reden`, `aanleiding`.
    """
    subject, body = MailText.text_of(text_for(template, contribution.kind), *context)
    values = _values(contribution, template, context)
    return fill_subject(subject, values), fill(body, values)


def _values(contribution: Contribution, template: str, context: dict) -> dict[str, str]:
    contact = Contact.objects.filter(contribution=contribution).first()
    about = contribution.about
    page = contribution.page or (about if about and about.live else None)
    days = contribution.form_page.answer_within_days
    return {
        "naam": contact.name if contact and template != EDITORS else "",
        "titel": contribution.title,
        "kenmerk": contribution.reference,
        "pagina": (page.full_url if page else "") or "",
        "termijn": f"{days} werkdag{'' if days == 1 else 'en'}",
        "reden": "",
        "online": "",
        **context,
    }


def queue_mail(
    contribution: Contribution,
    template: str,
    *,
    text: str = "",
    waits_for_publication: bool = False,
    **context,
) -> OutboxMail | None:
    """
    Queue one mail in the current transaction. `text`, as an editor changed it, replaces the body.

    To the editors for the template “redactie”, to the contributor for all others: none when they
    chose to leave no address.
    """
    is_for_editors = template == EDITORS
    no_address = Contact.objects.filter(contribution=contribution, email="")
    if not is_for_editors and no_address.exists():
        return None
    subject, body = MailText.text_of(text_for(template, contribution.kind), *context)
    body = text.replace("\r\n", "\n").strip() or body
    values = _values(contribution, template, context)
    if LINK in body:
        values["link"] = _link(contribution, template)
    mail = OutboxMail.objects.create(
        contribution=contribution,
        audience=OutboxMail.Audience.EDITORS if is_for_editors else OutboxMail.Audience.CONTRIBUTOR,
        template=template,
        subject=fill_subject(subject, values),
        body=fill(body, values),
        message_id=new_message_id(),
        waits_for_publication=waits_for_publication,
    )
    deliver_due_mail.enqueue()
    return mail


def queue_letter(
    template: str, *, writer=None, request: WriterRequest | None = None, **values: str
) -> OutboxMail:
    """
    Queue one mail about writing in the current transaction: to `writer`, a user, or about
    `request`. `values` fills in the fields of its text.
    """
    subject, body = MailText.text_of(template)
    mail = OutboxMail.objects.create(
        writer=writer,
        writer_request=request,
        audience=OutboxMail.Audience.EDITORS
        if template in (WRITER_ASKS, WRITER_SENDS)
        else OutboxMail.Audience.WRITER,
        template=template,
        subject=fill_subject(subject, values),
        body=fill(body, values),
        message_id=new_message_id(),
    )
    deliver_due_mail.enqueue()
    return mail


def new_message_id() -> str:
    return make_msgid(domain=parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2])


def _link(contribution: Contribution, template: str) -> str:
    if template == EDITORS:
        return settings.BASE_URL + reverse("contribution_review", args=[contribution.pk])
    return status_address(contribution)


def status_address(contribution: Contribution) -> str:
    """Return the address of the status page, with a new link that only a mail may hold."""
    token = ContributionLink.make(contribution, by_mail=True)
    return settings.BASE_URL + reverse("contribution_status", kwargs={"token": token})


def stop_address(contribution_id: int) -> str:
    """Return the address that ends the yearly mail. It can do nothing else, and keeps working."""
    token = signing.dumps(contribution_id, salt=STOP_SALT)
    return settings.BASE_URL + reverse("stop_yearly_mail", args=[token])


def stop_headers(contribution_id: int) -> dict[str, str]:
    """Return what makes mail programs show a button to stop (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{stop_address(contribution_id)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@task(backend="background")
def deliver_due_mail() -> int:
    """
    Send every mail whose time has come. Return how many went; a failed one is tried again.

    Stops when the server cannot be reached. What it did not come to goes with the next try.
    """
    sent = unreachable = 0
    tried = set()
    while unreachable < UNREACHABLE_IN_A_ROW:
        with transaction.atomic():
            # New ones first, so that a few that fail each time do not keep the others back.
            due = OutboxMail.objects.due().exclude(pk__in=tried).order_by("attempts", "pk")
            mail = due.select_for_update(skip_locked=True).first()
            if mail is None:
                break
            tried.add(mail.pk)
            try:
                sent += _deliver(mail)
                unreachable = 0
            except ServerUnreachable:
                unreachable += 1
    return sent


class ServerUnreachable(Exception):
    """A mail waits, since there was no mail server to take it."""


def _deliver(mail: OutboxMail) -> bool:
    """Send one mail and note how that went. Return whether it went; raise ServerUnreachable."""
    recipient = _recipient(mail)
    mail.attempts += 1
    mail.last_error = ""
    try:
        if recipient:
            _message(mail, recipient).send()
        else:
            mail.last_error = NO_ADDRESS
    except Exception as error:  # whatever is wrong with this mail, the next ones must go
        _note_failure(mail, recipient, error)
        if is_unreachable(error):
            raise ServerUnreachable from error
        return False
    mail.delivered_at = timezone.now()
    mail.body = ""
    mail.save()
    return bool(recipient)


def _message(mail: OutboxMail, recipient: str) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        mail.subject,
        mail.body,
        to=[recipient],
        headers={
            "Message-ID": mail.message_id,
            "Auto-Submitted": "auto-generated",
            **(stop_headers(mail.contribution_id) if mail.template == YEARLY else {}),
        },
    )
    html = html_mail(
        mail.subject, mail.body, mail.contribution.reference if mail.contribution else ""
    )
    message.attach_alternative(html, "text/html")
    return message


def _note_failure(mail: OutboxMail, recipient: str, error: Exception) -> None:
    """Note what went wrong, without the address, and when to try again: later and later."""
    name = type(error).__name__
    mail.last_error = f"{name}: {error}".replace(recipient, "…")[:250]
    logger.warning("Mail %s failed (attempt %s): %s", mail.pk, mail.attempts, name)
    if is_refusal(error) and mail.attempts >= REFUSALS:
        mail.given_up_at = timezone.now()
        mail.save()
        logger.error("Mail %s given up: the recipient's server refuses it.", mail.pk)
        return
    wait = settings.MAIL_FIRST_WAIT_SECONDS * 2 ** min(mail.attempts - 1, 30)
    wait = timedelta(seconds=min(wait, settings.MAIL_LONGEST_WAIT_SECONDS))
    mail.next_attempt_at = timezone.now() + wait
    mail.save()
    deliver_due_mail.using(run_after=mail.next_attempt_at).enqueue()


def is_refusal(error: Exception) -> bool:
    """Tell whether it is this mail or its recipient that is refused, and for good (5xx)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)  # an address that is none


def try_again(mails) -> int:
    """Send mails that failed, or were given up, again from the start. Return how many."""
    count = mails.undelivered().update(given_up_at=None, attempts=0, next_attempt_at=timezone.now())
    deliver_due_mail.enqueue()
    return count


def is_unreachable(error: Exception) -> bool:
    """Tell whether nobody answered; an answer that says no is about this one mail."""
    if isinstance(error, SMTPException):
        return isinstance(error, SMTPServerDisconnected | SMTPConnectError)
    return isinstance(error, OSError)


def _recipient(mail: OutboxMail) -> str:
    if mail.audience == OutboxMail.Audience.EDITORS:
        return _editors_address()
    if mail.audience == OutboxMail.Audience.WRITER:
        return _writers_address(mail)
    contact = Contact.objects.filter(contribution=mail.contribution_id).first()
    return contact.email if contact else ""


def _writers_address(mail: OutboxMail) -> str:
    if mail.writer:
        return mail.writer.email if mail.writer.is_active else ""
    return mail.writer_request.email


def _editors_address() -> str:
    """The editors' address in the settings of the site, which a higher app owns."""
    site = Site.objects.filter(is_default_site=True).select_related("sitesettings").first()
    address = getattr(getattr(site, "sitesettings", None), "email", "")
    return address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
