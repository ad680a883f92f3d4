"""
What holds for every address below /api/v1, whatever is asked there.

Everyone may read, from every site, without logging in. What goes wrong is told as a problem. An
answer has its ETag, so that who has it already asks for little.
"""

import hashlib

from csp.constants import NONE
from csp.decorators import csp_replace
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.cache import get_conditional_response
from django.utils.log import log_response
from django.views.decorators.csrf import csrf_exempt

from kennisplein.api.problems import MEDIA_TYPE, Problem

VERSION = "1.0.0"
READ_METHODS = "GET, HEAD, OPTIONS"
EXPOSED = "API-Version, ETag, Link, Location, Retry-After"
ASKED = "Accept, Content-Type, If-None-Match"
NO_SUCH_ADDRESS = (
    "Dit adres bestaat niet. Een adres eindigt nooit op een schuine streep. "
    "Alle adressen staan in /api/v1/openapi.json."
)


def gate(view, is_page: bool = False):
    """Let a view answer programs: any origin, problems instead of pages, ETag and version."""
    policy = {"frame-ancestors": [NONE]} | ({} if is_page else {"default-src": [NONE]})
    produces = "text/html" if is_page else "application/json"

    @csrf_exempt  # nobody is ever logged in here
    @csp_replace(policy)
    def wrapped(request, *args, **kwargs):
        response = _answer(view, request, args, kwargs, produces)
        response["API-Version"] = VERSION
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = EXPOSED
        response["X-Frame-Options"] = "DENY"
        if request.method in ("GET", "HEAD") and response.status_code == 200:
            return _with_etag(request, response)
        return response

    return wrapped


def _answer(view, request, args, kwargs, produces: str) -> HttpResponse:
    try:
        if request.method == "OPTIONS":
            return _preflight(view, request, args, kwargs)
        if not any(map(request.accepts, (produces, MEDIA_TYPE))):
            raise Problem(406, f"Hier is alleen {produces}.")
        response = _as_get(view, request, args, kwargs)
        if response.status_code == 405:
            raise _not_allowed(response)
    except Problem as problem:
        return problem.as_response()
    except Http404:
        return Problem(404, NO_SUCH_ADDRESS).as_response()
    except RequestDataTooBig:
        return Problem(413, "Wat je stuurt is te groot.").as_response()
    except (
        BadRequest,
        SuspiciousOperation,
        MultiPartParserError,
        UnreadablePostError,
        RawPostDataException,
    ):
        return Problem(400, "Wat je stuurt is niet te lezen.").as_response()
    except Exception as error:
        got_request_exception.send(sender=None, request=request)
        response = Problem(500, "We kijken ernaar. Probeer het later opnieuw.").as_response()
        log_response(
            "Internal Server Error: %s",
            request.path,
            response=response,
            request=request,
            exception=error,
        )
        return response
    return response


def _as_get(view, request, args, kwargs) -> HttpResponse:
    """Ask a view. It need not know of HEAD: the server leaves the body out."""
    if request.method != "HEAD":
        return view(request, *args, **kwargs)
    request.method = "GET"
    try:
        return view(request, *args, **kwargs)
    finally:
        request.method = "HEAD"


def _not_allowed(response) -> Problem:
    allowed = _methods(response)
    return Problem(405, f"Hier kan alleen: {allowed}.", headers={"Allow": allowed})


def _methods(response) -> str:
    """Return what a view allows, from its answer to a method that none of them has."""
    named = sorted(name.strip() for name in response.get("Allow", "").split(",") if name.strip())
    with_head = [*named, "HEAD"] if "GET" in named else named
    return ", ".join([*dict.fromkeys(with_head), "OPTIONS"])


def _preflight(view, request, args, kwargs) -> HttpResponse:
    """Say what is allowed here, also to a browser that asks before it sends."""
    response = view(request, *args, **kwargs)
    if response.status_code != 405:
        raise Http404
    response = HttpResponse(status=204, headers={"Allow": _methods(response)})
    del response["Content-Type"]
    response["Access-Control-Allow-Methods"] = response["Allow"]
    response["Access-Control-Allow-Headers"] = ASKED
    response["Access-Control-Max-Age"] = 86_400
    return response


def _with_etag(request, response) -> HttpResponse:
    """
    Answer 304 to who has exactly this. A copy may be kept, and is asked after each time: what is
    taken off the site is gone from then on.
    """
    if "no-store" in response.get("Cache-Control", ""):
        return response
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["Cache-Control"] = "public, no-cache"
    is_same = get_conditional_response(request, etag=response["ETag"], response=response)
    for name in KEPT:
        is_same[name] = response[name]
    return is_same


# What an answer without a body has too.
KEPT = (
    "API-Version",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "X-Frame-Options",
)


def nothing_here(request, **kwargs):
    raise Http404
