"""Lists: the pages of one, by `?pagina=`, and finding one by its address."""

from django.core.paginator import Page, Paginator
from wagtail.models import Page as WagtailPage
from wagtail.models import Site

PAGE_SIZE = 12


def paged(queryset, request) -> Page:
    """Return the page of `queryset` that the address asks for, or the nearest one there is."""
    return Paginator(queryset, PAGE_SIZE).get_page(request.GET.get("pagina"))


def page_at(request, path: str) -> WagtailPage | None:
    """Return the page that everyone may see at `path`, which ends with a slash; or None."""
    site = Site.find_for_request(request)
    if site is None or "\x00" in path:
        return None
    pages = WagtailPage.objects.live().public().filter(url_path=site.root_page.url_path + path)
    return pages.specific().first()
