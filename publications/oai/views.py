from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .protocol import respond


@csrf_exempt  # harvesters may ask by POST; it changes nothing
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request):
    """Answer a harvester: see `protocol`. Errors are answers too, with status 200."""
    sent = request.POST if request.method == "POST" else request.GET
    pairs = [(name, value) for name, values in sent.lists() for value in values]
    return HttpResponse(respond(pairs), content_type="text/xml; charset=utf-8")
