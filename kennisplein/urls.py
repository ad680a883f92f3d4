from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.urls import include, path, re_path
from django.views.decorators.cache import cache_control
from django.views.static import serve as serve_file
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from forms import urls as forms_urls
from forms.writer_views import write_along, write_along_asked
from home.feeds import SEARCH_PATH, feed
from home.following_views import confirm_following, follow, follow_asked, stop_following
from home.reading_list import reading_list, reading_list_export
from home.security_txt import security_txt
from home.views import favicon, open_data, open_data_file, robots, search_everything, suggestions
from kennisplein.api.v1 import urlpatterns as api_urlpatterns
from kennisplein.api.wagtail_v2 import api_router
from kennisplein.authoring_api import authoring_urls
from kennisplein.preview_api import PagePreviewViewSet
from kennisplein.widget import widget
from publications.exchange.exports import export
from publications.oai.views import oai
from stories.page_views import (
    bulk_action_on_pages,
    page_types_usage,
    page_types_usage_results,
)

# Wagtail's editor has scripts in its pages and previews in frames; everything else stays strict.
admin_policy = csp_update(
    {
        "script-src": [SELF, UNSAFE_INLINE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": ["blob:"],
        "frame-src": [SELF],
    }
)

api_router.register_endpoint("page_preview", PagePreviewViewSet)

# A document may be withdrawn at any moment, so nobody shows one again without asking.
ask_again = cache_control(no_cache=True)

urlpatterns = [
    # Before Wagtail's own, which asks for less.
    path("admin/bulk/wagtailcore/page/<str:action>/", admin_policy(bulk_action_on_pages)),
    path("admin/reports/page-types-usage/", admin_policy(page_types_usage)),
    path("admin/reports/page-types-usage/results/", admin_policy(page_types_usage_results)),
    path(
        "admin/",
        include((decorate_urlpatterns(list(wagtailadmin_urls.urlpatterns), admin_policy), None)),
    ),
    path(
        "documents/",
        include((decorate_urlpatterns(wagtaildocs_urls.urlpatterns, ask_again), None)),
    ),
    *api_urlpatterns,
    path("api/v2/", api_router.urls),
    path("api/v3-preview/", authoring_urls),
    path("bijdragen/", include(forms_urls)),
    path("schrijf-mee/", write_along, name="write_along"),
    path("schrijf-mee/gevraagd/", write_along_asked, name="write_along_asked"),
    path("bibliotheek/feed/", feed, name="feed"),
    path("zoeken/feed/", feed, {"path": SEARCH_PATH}, name="search_feed"),
    re_path(r"^(?P<path>.+/)feed/$", feed),
    path("leeslijst/", reading_list, name="reading_list"),
    path("leeslijst/export.<str:ending>", reading_list_export, name="reading_list_export"),
    re_path(r"^(?P<path>.+/)export\.(?P<ending>[a-z]+)$", export),
    path("volgen/", follow, name="follow"),
    path("volgen/gevraagd/", follow_asked, name="follow_asked"),
    path("volgen/bevestig/<str:token>/", confirm_following, name="confirm_following"),
    path("volgen/stop/<str:token>/", stop_following, name="stop_following"),
    path("volgen/<path:path>", follow, name="follow_list"),
    path("zoeken/", search_everything, name="search"),
    path("zoeken/suggesties/", suggestions, name="suggestions"),
    path("widget/kennisplein-lijst.js", widget, name="widget"),
    path("oai", oai, name="oai"),
    path("open-data/", open_data, name="open_data"),
    path("open-data/kennisplein.zip", open_data_file, name="open_data_file"),
    path("sitemap.xml", sitemap),
    path("robots.txt", robots),
    path("favicon.ico", favicon),
    path(".well-known/security.txt", security_txt, name="security_txt"),
]

if settings.DEBUG:
    urlpatterns.append(
        re_path(r"^media/(?P<path>.*)$", serve_file, {"document_root": settings.MEDIA_ROOT})
    )

urlpatterns.append(path("", include(wagtail_urls)))
