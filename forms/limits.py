"""How often may be sent, counted in the database: for one address and for everybody together."""

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from forms.models.contribution import SendCount

TOO_MANY = (
    "Er is net heel veel verstuurd. Wacht een uur en probeer het dan opnieuw, "
    "of mail je bijdrage naar info@buurtwijs.nl."
)
EVERYBODY = "iedereen"


def client_address(request) -> str:
    """Return the address of whoever sent the request, as our own proxies report it."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        return forwarded[-settings.TRUSTED_PROXIES].strip()
    return request.META.get("REMOTE_ADDR", "")


def sender_digest(address: str) -> str:
    """Return an HMAC of `address` with a key of today: the same sender, until midnight only."""
    key = f"{settings.SECRET_KEY}{timezone.localdate()}".encode()
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()


def refuse_for_now(response, seconds: int):
    """Make `response`, which still shows what was typed, say when it may be sent."""
    response.status_code = 429
    response["Retry-After"] = seconds
    return response


def seconds_to_wait(request) -> int:
    """Count one send. Return 0 when it may go through, else the seconds until it may."""
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    limits = {
        sender_digest(client_address(request)): settings.CONTRIBUTIONS_PER_ADDRESS,
        EVERYBODY: settings.CONTRIBUTIONS_IN_TOTAL,
    }
    for sender, limit in limits.items():
        row, _ = SendCount.objects.get_or_create(sender=sender, hour=hour)
        SendCount.objects.filter(pk=row.pk).update(count=F("count") + 1)
        row.refresh_from_db()
        if row.count > limit:
            return int((hour + timedelta(hours=1) - now).total_seconds()) + 1
    return 0
