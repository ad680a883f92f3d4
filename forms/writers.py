"""Becoming a writer: asked at /schrijf-mee/, decided by an editor, begun with a one-time link."""

import secrets

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from forms.contributions import Refused
from forms.mail import queue_letter
from forms.mail_texts import WRITER_ASKS
from forms.models import WriterRequest

WRITERS = "Schrijvers"


@transaction.atomic
def ask_to_write(name: str, email: str, about: str) -> None:
    """
    Keep a request and tell the editors. Whoever has an account already gets a mail that says so:
    what the page answers is the same, so nobody learns from it who has one.
    """
    known = user_with(email)
    if known and known.is_active:
        queue_letter("schrijver-bekend", writer=known, naam="", link=login_address())
        return
    request = WriterRequest.objects.create(name=name, email=email.lower(), about=about)
    queue_letter(WRITER_ASKS, request=request, naam=name, link=request_address(request))


def user_with(email: str) -> User | None:
    return User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email)).first()


@transaction.atomic
def accept(request_id: int, editor: User) -> User:
    """
    Make an account in the group of writers, and mail the one-time link that sets its password.

    Other requests from the same address are accepted with it. Raise Refused, in an editor's words,
    when it was decided before, or when there is an account that may not be used.
    """
    request = _locked(request_id)
    group = Group.objects.filter(name=WRITERS).first()
    if group is None:
        raise Refused(f"De groep {WRITERS} bestaat niet. Vraag de beheerder.")
    user = user_with(request.email)
    if user and not user.is_active:
        raise Refused("Dit account is uitgezet. Vraag de beheerder of het weer aan mag.")
    if user:
        queue_letter("schrijver-bekend", writer=user, naam=request.name, link=login_address())
    else:
        user = _new_user(request)
        link = password_address(user)
        queue_letter("schrijver-welkom", writer=user, naam=request.name, link=link)
    user.groups.add(group)
    same = WriterRequest.objects.open().filter(email=request.email)
    same.update(decided_at=timezone.now(), decided_by=editor, is_accepted=True)
    return user


@transaction.atomic
def decline(request_id: int, editor: User, reason: str) -> None:
    """Turn a request down and mail why. Raise Refused when it was decided before."""
    request = _locked(request_id)
    request.decided_at, request.decided_by = timezone.now(), editor
    request.save()
    queue_letter("schrijver-nee", request=request, naam=request.name, reden=reason)


def _locked(request_id: int) -> WriterRequest:
    request = WriterRequest.objects.select_for_update().get(pk=request_id)
    if request.decided_at:
        raise Refused("Hier is al over beslist.")
    return request


def _new_user(request: WriterRequest) -> User:
    """A password that nobody knows, not an unusable one: with that nobody can ask for a new one."""
    user = User(username=request.email, email=request.email)
    user.first_name = request.name[: User._meta.get_field("first_name").max_length]
    user.set_password(secrets.token_urlsafe(32))
    user.save()
    return user


def password_address(user: User) -> str:
    """Return the address of Wagtail's own page to set a password. It works once."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return settings.BASE_URL + reverse("wagtailadmin_password_reset_confirm", args=[uid, token])


def login_address() -> str:
    return settings.BASE_URL + reverse("wagtailadmin_login")


def request_address(request: WriterRequest) -> str:
    return settings.BASE_URL + reverse("writer_request", args=[request.pk])
