"""The script of <kennisplein-lijst>, at an address that never changes."""

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

SCRIPT = Path(settings.BASE_DIR) / "static" / "js" / "kennisplein-lijst.js"
HEADERS = {
    "Content-Type": "text/javascript; charset=utf-8",
    "Access-Control-Allow-Origin": "*",  # a module of another site is asked for with CORS
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600",  # a mended script is everywhere within the hour
}


@require_safe
def widget(request):
    facts = SCRIPT.stat()
    etag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
    response = HttpResponse(SCRIPT.read_bytes(), headers={"ETag": etag})
    response = get_conditional_response(request, etag=etag, response=response)
    for name, value in HEADERS.items():  # on a 304 too
        response[name] = value
    return response
