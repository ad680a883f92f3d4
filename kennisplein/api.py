"""Wagtail's read-only API at /api/v2/: pages and images that everyone may see."""

from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet


class PagesViewSet(PagesAPIViewSet):
    """Wagtail's own, with what a list of one type shows fetched at once."""

    def get_queryset(self):
        queryset = super().get_queryset()
        return queryset.for_api() if hasattr(queryset, "for_api") else queryset


api_router = WagtailAPIRouter("wagtailapi")
api_router.register_endpoint("pages", PagesViewSet)
api_router.register_endpoint("images", ImagesAPIViewSet)
