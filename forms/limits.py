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
TOO_MANY_LOOKUPS = "Er is net heel veel opgezocht. Vul het zelf in, of probeer het over een uur."
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


def seconds_to_wait(request, *, email: str = "", purpose: str = "") -> int:
    """
    Count one send. Return 0 when it may go through, else the seconds until it may.

    An e-mail address counts as a sender too, so that nobody can flood somebody else's. Each
    `purpose` has counts of its own; without one it is sending in.
    """
    limits = (settings.CONTRIBUTIONS_PER_ADDRESS, settings.CONTRIBUTIONS_IN_TOTAL)
    return _count(request, email, purpose, *limits)


def lookup_seconds_to_wait(request) -> int:
    """Count one look-up, which asks another server or reads a file. Return as above."""
    limits = (settings.LOOKUPS_PER_ADDRESS, settings.LOOKUPS_IN_TOTAL)
    return _count(request, "", "opzoeken", *limits)


def seconds_to_wait_while_typing(request) -> int:
    """Count one question of the form about what is there already. Return as above."""
    return _count(request, "", "typen", settings.LOOKALIKES_PER_ADDRESS, None)


def seconds_to_wait_after_wrong_token(request) -> int:
    """Count one request with a token that is not valid. Return as above."""
    return _count(request, "", "sleutel", settings.WRONG_TOKENS_PER_ADDRESS, None)


def _count(request, email: str, purpose: str, per_address: int, in_total: int | None) -> int:
    now = timezone.now()
    hour = this_hour(now)
    limits = {sender_digest(purpose + client_address(request)): per_address}
    if in_total is not None:
        limits[purpose + EVERYBODY] = in_total
    if email:
        limits[sender_digest(purpose + email.lower())] = per_address
    for sender, limit in limits.items():
        row, _ = SendCount.objects.get_or_create(sender=sender, hour=hour)
        SendCount.objects.filter(pk=row.pk).update(count=F("count") + 1)
        row.refresh_from_db()
        if row.count > limit:
            return int((hour + timedelta(hours=1) - now).total_seconds()) + 1
    return 0


def is_busy(request) -> bool:
    """Tell whether this address has sent more than half of what it may in this hour."""
    sender = sender_digest(client_address(request))
    row = SendCount.objects.filter(sender=sender, hour=this_hour(timezone.now())).first()
    return row is not None and row.count > max(1, settings.CONTRIBUTIONS_PER_ADDRESS / 2)


def this_hour(now):
    return now.replace(minute=0, second=0, microsecond=0)
