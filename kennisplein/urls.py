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
from home.views import LibraryFeed, robots, search_everything, suggestions
from kennisplein.api import api_router

# Wagtail's editor has scripts in its pages and previews in frames; everything else stays strict.
admin_policy = csp_update(
    {
        "script-src": [SELF, UNSAFE_INLINE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": ["blob:"],
        "frame-src": [SELF],
    }
)

# A document may be withdrawn at any moment, so nobody shows one again without asking.
ask_again = cache_control(no_cache=True)

urlpatterns = [
    path(
        "admin/",
        include((decorate_urlpatterns(list(wagtailadmin_urls.urlpatterns), admin_policy), None)),
    ),
    path(
        "documents/",
        include((decorate_urlpatterns(wagtaildocs_urls.urlpatterns, ask_again), None)),
    ),
    path("api/v2/", api_router.urls),
    path("bijdragen/", include(forms_urls)),
    path("bibliotheek/feed/", LibraryFeed(), name="feed"),
    path("zoeken/", search_everything, name="search"),
    path("zoeken/suggesties/", suggestions, name="suggestions"),
    path("sitemap.xml", sitemap),
    path("robots.txt", robots),
]

if settings.DEBUG:
    urlpatterns.append(
        re_path(r"^media/(?P<path>.*)$", serve_file, {"document_root": settings.MEDIA_ROOT})
    )

urlpatterns.append(path("", include(wagtail_urls)))
