"""Where to report a weakness: `/.well-known/security.txt` (RFC 9116)."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.checks import Error, register
from django.core.checks import Warning as CheckWarning
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

WARN_BEFORE = timedelta(days=30)
LONGEST = timedelta(days=366)  # the RFC wants somebody to look at it every year


def expires_at() -> datetime:
    """Return the end of the last day, in the time zone of the site."""
    return timezone.make_aware(datetime.combine(settings.SECURITY_TXT_EXPIRES, time(23, 59, 59)))


@require_safe
def security_txt(request):
    lines = [
        *(f"Contact: {contact}" for contact in settings.SECURITY_CONTACT),
        f"Expires: {expires_at().isoformat()}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.BASE_URL}{reverse('security_txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@register
def check_security_txt(app_configs, **kwargs):
    """Say in time that somebody must look at it again. `daily` runs all checks, so it says so."""
    left = expires_at() - timezone.now()
    hint = "Check SECURITY_CONTACT and set SECURITY_TXT_EXPIRES to a day within a year."
    found = []
    if left < WARN_BEFORE:
        when = "has expired" if left < timedelta(0) else f"expires in {left.days} days"
        found.append(CheckWarning(f"security.txt {when}.", hint=hint, id="home.W001"))
    elif left > LONGEST:
        found.append(
            CheckWarning("security.txt is valid for over a year.", hint=hint, id="home.W002")
        )
    for contact in settings.SECURITY_CONTACT:
        if not contact.startswith(("mailto:", "https://", "tel:")):
            text = f"SECURITY_CONTACT is not an address: {contact!r}."
            found.append(Error(text, hint="Use mailto:… or https://…", id="home.E001"))
    return found
