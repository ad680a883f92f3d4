"""What the contribution form asks while somebody fills it in. Nothing here is kept."""

from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_POST

from forms.limits import (
    TOO_MANY_LOOKUPS,
    lookup_seconds_to_wait,
    refuse_for_now,
    seconds_to_wait_while_typing,
)
from forms.start import Start, as_data, there_already


@never_cache
@csrf_protect
@require_POST
def fill_in(request):
    """
    Look something up, or into a file, and return {answers, source, contents, fault, duplicates}.

    Counted per sender: it makes this server ask others, or read a file.
    """
    wait = lookup_seconds_to_wait(request)
    if wait:
        return refuse_for_now(JsonResponse({"fault": TOO_MANY_LOOKUPS}), wait)
    start = Start.of(request)
    duplicates = there_already(start.answers, start.file)
    return JsonResponse(
        {
            "answers": start.answers,
            "source": start.source,
            "contents": start.contents,
            "fault": start.fault,
            "duplicates": as_data(duplicates),
        }
    )


@never_cache
@require_GET
def is_it_there(request):
    """
    Return the published publications that look like what somebody is typing.

    Counted per sender, as it is asked again and again and costs the database something.
    """
    wait = seconds_to_wait_while_typing(request)
    if wait:
        return refuse_for_now(JsonResponse({"duplicates": []}), wait)
    return JsonResponse({"duplicates": as_data(there_already(request.GET))})
