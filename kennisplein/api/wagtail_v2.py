"""Wagtail's read-only API at /api/v2/: pages and images that everyone may see."""

from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet


class PagesViewSet(PagesAPIViewSet):
    """Wagtail's own, with what a list of one type shows fetched at once."""

    def get_queryset(self):
        queryset = super().get_queryset()
        return queryset.for_api() if hasattr(queryset, "for_api") else queryset

    def resolve_rich_text_format(self):
        """Refuse Markdown: Wagtail writes in it where a page is that nobody may see."""
        if "markdown" in self.request.GET.get("rich_text_format", ""):
            raise BadRequestError("rich_text_format must be 'html' or 'db_html'")
        return super().resolve_rich_text_format()


api_router = WagtailAPIRouter("wagtailapi")
api_router.register_endpoint("pages", PagesViewSet)
api_router.register_endpoint("images", ImagesAPIViewSet)
