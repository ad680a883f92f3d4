"""How the page of a publication shows its reference and hands out the formats."""

from urllib.parse import urljoin

from django.conf import settings
from django.http import Http404, HttpResponse
from wagtail.images.shortcuts import get_rendition_or_not_found

from .apa import apa
from .formats import FORMATS
from .page_metadata import citation_tags, download_path, json_ld, link_header

__all__ = ["citing_context", "download", "link_header"]

PICTURE = "width-640|format-jpeg"  # some that show a shared link do not know WebP


def citing_context(publication) -> dict:
    """Return what the template of a publication needs to cite it."""
    document_address = publication.document_address
    publication.document_is_released = bool(document_address)  # asked once, for all that follows
    document_url = urljoin(settings.BASE_URL, document_address) if document_address else ""
    is_example = publication.is_example  # invented: no program should take it for a real one
    picture = _picture(publication.cover_image)
    image_url = urljoin(settings.BASE_URL, picture.url) if picture else ""
    return {
        "document_address": document_address,
        "document_url": document_url,
        "reference": apa(publication),
        "citation_tags": [] if is_example else citation_tags(publication, document_url),
        "json_ld": "" if is_example else json_ld(publication, document_url, image_url),
        "citation_downloads": [(form.label, download_path(name)) for name, form in FORMATS.items()],
        "shared_picture": picture,
        "shared_picture_url": image_url,
    }


def download(publication, name: str) -> HttpResponse:
    """Return a publication in one of FORMATS, as a file. Raise Http404 for another name."""
    if name not in FORMATS:
        raise Http404
    form = FORMATS[name]
    publication.document_is_released = bool(publication.document_address)
    response = HttpResponse(
        "".join(form.write([publication])), content_type=f"{form.media_type}; charset=utf-8"
    )
    filename = f"{publication.slug}.{form.extension}"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Link"] = f'<{publication.full_url}>; rel="describes"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _picture(image):
    """Return the rendition of a cover for who shares the page, or None: an SVG has no pixels."""
    if image is None or image.is_svg():
        return None
    return get_rendition_or_not_found(image, PICTURE)
