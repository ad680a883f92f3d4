"""When a list last changed: with its own text, or when a page in it came, changed or went."""

from django.db.models import Max

from publications.models.gone import GonePage


def with_latest_change(urls: list[dict], *lists) -> list[dict]:
    """
    Return what `get_sitemap_urls` gave for a page that shows `lists` (querysets of pages), with the
    moment that it last changed. A query for each list, and one for what left them.
    """
    moments = []
    for pages in lists:
        shown = pages.live().public().order_by()
        moments.append(shown.aggregate(latest=Max("last_published_at"))["latest"])
    kinds = [pages.model._meta.verbose_name for pages in lists]
    gone = GonePage.objects.filter(kind__in=kinds).order_by()
    moments.append(gone.aggregate(latest=Max("withdrawn_at"))["latest"])
    for url in urls:
        url["lastmod"] = max(filter(None, [url["lastmod"], *moments]), default=None)
    return urls
