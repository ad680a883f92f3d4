"""
Mail about contributions: queued in the transaction it belongs to, delivered by the worker.

Each text is a template in `templates/forms/mail/`; its first line is the subject. At least once:
a worker that dies between sending and noting it sends again, with the same Message-ID.
"""

import logging
import re
from datetime import timedelta
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django_tasks import task
from wagtail.models import Site

from forms.models.contribution import Contact, Contribution, ContributionLink
from forms.models.mail import OutboxMail

logger = logging.getLogger(__name__)

# In the text that an editor sees and edits; filled in when the mail is queued.
LINK = "[persoonlijke link]"
REASON = "[jouw toelichting]"
EDITORS = "redactie"
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
NO_ADDRESS = "Niet verstuurd: de contactgegevens zijn gewist."


def compose(contribution: Contribution, template: str, **context) -> tuple[str, str]:
    """Return (subject, body) with LINK where the personal link will stand."""
    contact = Contact.objects.filter(contribution=contribution).first()
    page = contribution.page
    context = {
        "naam": contact.name if contact and template != EDITORS else "",
        "titel": contribution.title,
        "kenmerk": contribution.reference,
        "link": LINK,
        "pagina": page.full_url if page else "",
        "reden": "",
        **context,
    }
    subject, _, body = render_to_string(f"forms/mail/{template}.txt", context).partition("\n")
    return " ".join(subject.split())[:250], body.strip() + "\n"


def queue_mail(
    contribution: Contribution, template: str, *, text: str = "", **context
) -> OutboxMail:
    """
    Queue one mail in the current transaction. `text`, as an editor changed it, replaces the body.

    To the editors for the template “redactie”, to the contributor for all others.
    """
    subject, body = compose(contribution, template, **context)
    body = (text.replace("\r\n", "\n").strip() or body).replace(REASON, context.get("reden", ""))
    body = re.sub(r"\n{3,}", "\n\n", body)  # where there was no reason
    if LINK in body:
        body = body.replace(LINK, _link(contribution, template))
    is_for_editors = template == EDITORS
    mail = OutboxMail.objects.create(
        contribution=contribution,
        audience=OutboxMail.Audience.EDITORS if is_for_editors else OutboxMail.Audience.CONTRIBUTOR,
        template=template,
        subject=subject,
        body=body,
        message_id=make_msgid(domain=parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]),
    )
    deliver_due_mail.enqueue()
    return mail


def _link(contribution: Contribution, template: str) -> str:
    if template == EDITORS:
        return settings.BASE_URL + reverse("contribution_review", args=[contribution.pk])
    token = ContributionLink.make(contribution)
    return settings.BASE_URL + reverse("contribution_status", kwargs={"token": token})


@task(backend="background")
def deliver_due_mail() -> int:
    """Send every mail whose time has come. Return how many went; a failed one is tried again."""
    sent = 0
    tried = set()
    while True:
        with transaction.atomic():
            due = OutboxMail.objects.due().exclude(pk__in=tried)
            mail = due.select_for_update(skip_locked=True).first()
            if mail is None:
                return sent
            tried.add(mail.pk)
            sent += _deliver(mail)


def _deliver(mail: OutboxMail) -> bool:
    recipient = _recipient(mail)
    mail.attempts += 1
    mail.last_error = ""
    try:
        if recipient:
            EmailMessage(
                mail.subject,
                mail.body,
                to=[recipient],
                headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
            ).send()
        else:
            mail.last_error = NO_ADDRESS
    except Exception as error:  # whatever is wrong with this mail, the next ones must go
        wait = min(FIRST_WAIT * 2 ** (mail.attempts - 1), LONGEST_WAIT)
        mail.next_attempt_at = timezone.now() + wait
        mail.last_error = f"{type(error).__name__}: {error}"[:250]
        mail.save()
        deliver_due_mail.using(run_after=mail.next_attempt_at).enqueue()
        logger.warning(
            "Mail %s failed (attempt %s): %s", mail.pk, mail.attempts, type(error).__name__
        )
        return False
    mail.delivered_at = timezone.now()
    mail.body = ""
    mail.save()
    return bool(recipient)


def _recipient(mail: OutboxMail) -> str:
    if mail.audience == OutboxMail.Audience.EDITORS:
        return _editors_address()
    contact = Contact.objects.filter(contribution=mail.contribution_id).first()
    return contact.email if contact else ""


def _editors_address() -> str:
    """The editors' address in the settings of the site, which a higher app owns."""
    site = Site.objects.filter(is_default_site=True).select_related("sitesettings").first()
    address = getattr(getattr(site, "sitesettings", None), "email", "")
    return address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
