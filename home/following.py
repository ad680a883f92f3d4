"""Following a list by mail: asked for, confirmed, sent when something is new, and stopped."""

import logging
from datetime import timedelta
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django_tasks import task
from wagtail.models import Page

from forms.mail_texts import html_mail
from home.feeds import LISTS, SEARCH_PATH, PageList, list_of
from home.models import SiteSettings, Subscription
from home.models.following import UNCONFIRMED_DAYS
from publications.citations.csl import one_line

logger = logging.getLogger(__name__)

LONGEST_MAIL = 20  # pages in one mail; the list itself has the others
LONGEST_WAIT = timedelta(days=UNCONFIRMED_DAYS)
# A page is dated before others can see it: the last minutes are for the next mail.
SETTLED = timedelta(minutes=5)
CONFIRM_SALT, STOP_SALT = "home.volgen.bevestig", "home.volgen.stop"


def followed_by(subscription: Subscription) -> PageList | None:
    """Return the list that somebody follows, or None while it is not public."""
    page = None
    if subscription.page_id:
        page = Page.objects.live().public().filter(pk=subscription.page_id).specific().first()
        if type(page) not in LISTS:
            return None
    return list_of(page, SEARCH_PATH, QueryDict(subscription.query.removeprefix("?")))


def stop_address(subscription: Subscription) -> str:
    return address_of("stop_following", signing.dumps(subscription.pk, salt=STOP_SALT))


def address_of(name: str, token: str) -> str:
    return settings.BASE_URL + reverse(name, args=[token])


def ask_to_follow(email: str, page: Page | None, query: str, rhythm: str) -> None:
    """
    Note that somebody wants to follow the list on a page, or the search when there is no page, and
    mail that address whether it is so.
    """
    with transaction.atomic():
        Subscription.objects.update_or_create(
            email=email.lower(),
            page_id=page and page.pk,
            query=query,
            defaults={"asked_rhythm": rhythm, "asked_at": timezone.now()},
        )
        transaction.on_commit(send_questions.enqueue)


def confirm(token: str) -> Subscription | None:
    """Start a subscription. Return it, or None when the link is wrong or it has been erased."""
    try:
        pk, rhythm = signing.loads(token, salt=CONFIRM_SALT, max_age=LONGEST_WAIT)
    except (signing.BadSignature, ValueError):
        return None
    with transaction.atomic():
        found = Subscription.objects.select_for_update().filter(pk=pk).first()
        if found:
            found.rhythm = rhythm
            if not found.confirmed_at:
                found.confirmed_at = found.seen_until = timezone.now()
            found.save(update_fields=["rhythm", "confirmed_at", "seen_until"])
    return found


def stop(token: str) -> bool:
    """Forget a subscription. Return whether the link is one of ours; twice is as good as once."""
    try:
        pk = signing.loads(token, salt=STOP_SALT)
    except signing.BadSignature:
        return False
    Subscription.objects.filter(pk=pk).delete()
    return True


@task(backend="background")
def send_questions() -> int:
    """Ask every address that wants to follow something whether that is so. Return how many."""
    return sum(_each(Subscription.objects.to_ask(), _ask))


def send_news() -> int:
    """Send everyone whose time has come what is new, if anything is. Return how many mails went."""
    return sum(_each(Subscription.objects.due(), _tell))


def _each(subscriptions, send):
    """
    Do `send` with each of these, one transaction for each: nobody gets a mail twice, unless the
    process dies between sending and noting it. Then it goes again, with the same Message-ID.
    What goes wrong with one of them keeps nobody else's mail back.
    """
    for pk in list(subscriptions.order_by("pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                found = subscriptions.select_for_update(skip_locked=True).filter(pk=pk).first()
                sent = send(found) if found else 0
        except (SMTPException, OSError) as error:
            logger.warning("Mail to follower %s failed: %s", pk, type(error).__name__)
        except Exception:
            logger.exception("Mail to follower %s failed", pk)
        else:
            yield sent


def _ask(subscription: Subscription) -> int:
    followed = followed_by(subscription)
    if followed:
        token = signing.dumps([subscription.pk, subscription.asked_rhythm], salt=CONFIRM_SALT)
        context = {
            "titel": named_by_us(subscription),
            "volgt": subscription.confirmed_at,
            "ritme": subscription.get_asked_rhythm_display(),
            "link": address_of("confirm_following", token),
        }
        name = f"vraag-{int(subscription.asked_at.timestamp())}"
        _mail(subscription, "volgen_bevestigen", name, context)
    subscription.asked_rhythm = ""
    subscription.save(update_fields=["asked_rhythm"])
    return int(bool(followed))


def named_by_us(subscription: Subscription) -> str:
    """
    Return what somebody wants to follow without the words of a search: whoever typed those may not
    be who reads the mail.
    """
    title = one_line(subscription.page.title) if subscription.page else ""
    if not subscription.query:
        return title or "alles wat nieuw is"
    return f"een zoekvraag bij {title}" if title else "een zoekvraag"


def _tell(subscription: Subscription) -> int:
    until = timezone.now() - SETTLED
    followed = followed_by(subscription)
    new = followed.between(subscription.seen_until, until) if followed else []
    if new:
        context = {
            "titel": followed.title,
            "inleiding": digest_intro(),
            "paginas": [(one_line(page.title), page.full_url) for page in new[:LONGEST_MAIL]],
            "meer": max(0, len(new) - LONGEST_MAIL),
            "lijst": followed.url,
            "stop": stop_address(subscription),
        }
        name = f"nieuw-{int(subscription.seen_until.timestamp())}"
        _mail(subscription, "volgen_nieuw", name, context)
    subscription.seen_until = max(until, subscription.seen_until)
    subscription.save(update_fields=["seen_until"])
    return int(bool(new))


def digest_intro() -> str:
    """Return the two lines that editors may put above the mail."""
    site = SiteSettings.objects.first()
    return site.digest_intro if site else ""


def _mail(subscription: Subscription, template: str, name: str, context: dict) -> None:
    text = render_to_string(f"home/mail/{template}.txt", context)
    subject, _, body = text.partition("\n")
    host = urlsplit(settings.BASE_URL).hostname
    message = EmailMultiAlternatives(
        " ".join(subject.split())[:250],
        body.strip() + "\n",
        to=[subscription.email],
        headers={
            "Message-ID": f"<volgen-{subscription.pk}-{name}@{host}>",
            "Auto-Submitted": "auto-generated",
            # RFC 8058: the mail program itself can stop it, with one click.
            "List-Unsubscribe": f"<{stop_address(subscription)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(html_mail(message.subject, message.body), "text/html")
    message.send()


def forget_unconfirmed() -> int:
    """Erase the addresses that nobody confirmed in time. Return how many."""
    never_confirmed, count = Subscription.objects.never_confirmed(), 0
    for pk in list(never_confirmed.values_list("pk", flat=True)):
        with transaction.atomic():
            # Somebody may confirm or ask again at this moment.
            found = never_confirmed.select_for_update().filter(pk=pk).first()
            count += bool(found and found.delete())
    return count
