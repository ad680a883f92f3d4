"""
Wagtail's API v3 at /api/v3-preview/, for tools that write with a token.

Wagtail checks what the user of a token may do. In front of that stands `guarded`, with what holds
on this site and Wagtail does not ask: docs/headless.md lists it. Wagtail calls this API a preview.
"""

from functools import wraps

from django.db import DataError, transaction
from django.db.models import ProtectedError
from wagtail.api.v3.auth import AllowAnonymous, BearerTokenAuth
from wagtail.api.v3.errors import problem_response
from wagtail.api.v3.urls import api
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail.utils.urlpatterns import decorate_urlpatterns

from forms.limits import refuse_for_now, seconds_to_wait_after_wrong_token
from forms.permissions import why_not_delete
from publications.models import LibraryDocument, NotReadyForPublication

LARGEST_OFFSET = 1_000_000
# Its interactive page fetches its scripts from another host.
NOT_OFFERED = {"openapi-view"}


@api.exception_handler(NotReadyForPublication)
def tell_what_is_missing(request, exc):
    return problem_response(status=422, detail=str(exc))


@api.exception_handler(ProtectedError)
def tell_what_is_in_use(request, exc):
    return problem_response(status=409, detail="Something else still refers to this.")


@api.exception_handler(DataError)
def tell_that_the_database_cannot_hold_it(request, exc):
    return problem_response(status=400, detail="A value is out of range.")


def guarded(view):
    """
    Answer only what may be asked here. A refused change leaves nothing behind, also where Wagtail
    does several things for one request.
    """

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        refusal = refuse_token(request) or refuse_values(request) or refuse_target(request, kwargs)
        if refusal:
            return never_stored(refusal)
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return never_stored(response)

    return wrapped


def never_stored(response):
    """What is told depends on the token."""
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Authorization"
    return response


def refuse_token(request):
    """
    Set `request.user`. A token that is unknown, revoked or of somebody who may no longer log in is
    refused everywhere: Wagtail would quietly answer as to a visitor.
    """
    if "Authorization" not in request.headers:
        AllowAnonymous()(request)
        return None
    if BearerTokenAuth()(request):
        return None
    AllowAnonymous()(request)
    seconds = seconds_to_wait_after_wrong_token(request)
    if seconds:
        refusal = problem_response(status=429, detail="Too many tokens that are not valid.")
        return refuse_for_now(refusal, seconds)
    refusal = problem_response(status=401, detail="This token is not valid.")
    refusal["WWW-Authenticate"] = "Bearer"
    return refusal


def refuse_values(request):
    """Refuse what PostgreSQL cannot take: Wagtail would answer 500."""
    offset = request.GET.get("offset", "")
    if offset.isdecimal() and (len(offset) > 20 or int(offset) > LARGEST_OFFSET):
        detail = f"offset cannot be higher than {LARGEST_OFFSET}"
        return problem_response(status=400, detail=detail)
    sent = [*request.GET, *(value for values in request.GET.lists() for value in values[1])]
    is_json = request.content_type == "application/json"
    if any("\x00" in text for text in sent) or (is_json and rb"\u0000" in request.body.lower()):
        return problem_response(status=400, detail="A null character is not allowed.")
    return None


def refuse_target(request, arguments):
    """
    Refuse what the user of the token would not meet in the admin either: pages of others, whatever
    is asked of them, and documents, which are private until a live page shows them.
    """
    number = str(arguments.get("page_id", ""))
    if number.isdecimal() and request.user.is_authenticated:
        policy = policy_registry.get_by_type(Page)
        if not policy.explorable_instances(request.user).filter(pk=int(number)).exists():
            return problem_response(status=404, detail="No Page matches the given query.")
        reason = request.method == "DELETE" and why_not_delete(Page.objects.get(pk=int(number)))
        if reason:
            return problem_response(status=409, detail=reason)
    route = request.resolver_match.url_name
    if route in ("list_redirects", "detail_redirect") and not request.user.is_authenticated:
        return problem_response(status=401, detail="The list of redirects takes a token.")
    if "/documents/" in request.path:
        policy = policy_registry.get_by_type(LibraryDocument)
        if not policy.user_has_permission(request.user, "change"):
            status = 403 if request.user.is_authenticated else 401
            return problem_response(status=status, detail="Documents are for their editors.")
    return None


patterns, app_name, namespace = api.urls
authoring_urls = (
    decorate_urlpatterns([p for p in patterns if p.name not in NOT_OFFERED], guarded),
    app_name,
    namespace,
)
