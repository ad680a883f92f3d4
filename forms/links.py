"""
Sending somebody the links to their contributions again.

Nobody may learn from it who contributed. So the request does the same for every address: it puts a
digest of the address on the worker's list, and says that mail is on its way if there is any.
"""

import hashlib
import hmac
from datetime import timedelta

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django_tasks import task

from forms.forms import required
from forms.mail import queue_mail, status_address
from forms.models import Contact, OutboxMail

MAIL = "mijn-link"
MOST = 20  # links in one mail
PAUSE = timedelta(minutes=10)  # between two of these mails to one address


class LinkRequestForm(forms.Form):
    email = forms.EmailField(
        label="Je e-mailadres",
        max_length=254,
        help_text="Het adres dat je invulde toen je je bijdrage stuurde.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            **required("Vul je e-mailadres in."),
            "invalid": "Vul een e-mailadres in, zoals naam@voorbeeld.nl.",
        },
    )
    use_required_attribute = False


def digest_of_address(email: str) -> str:
    """Return what stands for an address on the worker's list, where no address may be kept."""
    message = f"forms.links {email.strip().lower()}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()


@task(backend="background")
@transaction.atomic
def send_links(digest: str) -> int:
    """
    Mail whoever has this address new links to all their cases, the newest first, in one mail.

    Return how many links. Open cases and closed ones, while we have the address; spam has none.
    The mail has no titles: anyone may have filled in the address.
    """
    contacts = Contact.objects.filter(contribution__spam_at=None).order_by("-contribution_id")
    found = [
        contact.contribution
        for contact in contacts.select_related("contribution__form_page", "contribution__page")
        if hmac.compare_digest(digest_of_address(contact.email), digest)
    ][:MOST]
    just_sent = OutboxMail.objects.filter(
        contribution__in=found, template=MAIL, queued_at__gt=timezone.now() - PAUSE
    )
    if not found or just_sent.exists():
        return 0
    lines = []
    for contribution in found:
        day = date_format(timezone.localdate(contribution.received_at), "j F Y")
        lines.append(f"{contribution.reference}, van {day}:\n{status_address(contribution)}")
    queue_mail(found[0], MAIL, bijdragen="\n\n".join(lines))
    return len(found)
