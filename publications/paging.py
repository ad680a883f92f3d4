"""Lists in pages, by `?pagina=`."""

from django.core.paginator import Page, Paginator

PAGE_SIZE = 12


def paged(queryset, request) -> Page:
    """Return the page of `queryset` that the address asks for, or the nearest one there is."""
    return Paginator(queryset, PAGE_SIZE).get_page(request.GET.get("pagina"))
