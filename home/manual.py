"""The editors' manual inside the admin: the same file that is in `docs/`."""

from functools import lru_cache
from pathlib import Path

from bs4 import BeautifulSoup
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from forms.permissions import may_review

FILE = Path(settings.BASE_DIR) / "docs" / "handleiding.md"
PICTURES = FILE.with_suffix("")


@lru_cache(maxsize=1)
def rendered(changed_at: float) -> tuple[str, list[dict]]:
    """Return (HTML, [{id, label} of each part]) of the file as it was at that moment."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(FILE.read_text("utf-8"))
    page = BeautifulSoup(html, "html.parser")
    page.h1.extract()
    for table in page.find_all("table"):
        table["class"] = "listing"
    for picture in page.find_all("img"):
        name = Path(picture["src"]).name
        if (PICTURES / name).is_file():
            picture["src"] = reverse("manual_picture", args=[name])
            picture["loading"] = "lazy"
        else:
            picture.extract()
    parts = []
    for heading in page.find_all("h2"):
        heading["id"] = slugify(heading.get_text())
        parts.append({"id": heading["id"], "label": heading.get_text()})
    return str(page), parts


@require_safe
def manual(request):
    if not may_review(request.user):
        raise PermissionDenied
    html, parts = rendered(FILE.stat().st_mtime)
    context = {
        "html": mark_safe(html),  # noqa: S308 our own file, and without HTML of its own
        "parts": parts,
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Dashboard"},
            {"url": "", "label": "Handleiding"},
        ],
        "header_title": "Handleiding",
        "header_icon": "help",
    }
    return TemplateResponse(request, "home/admin/manual.html", context)


@require_safe
def manual_picture(request, name):
    if not may_review(request.user):
        raise PermissionDenied
    known = {path.name: path for path in PICTURES.glob("*.png")}
    if name not in known:
        raise Http404("There is no such picture.")
    response = FileResponse(known[name].open("rb"), content_type="image/png")
    response["Cache-Control"] = "private, max-age=3600"
    return response
