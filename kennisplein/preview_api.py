"""What another front end asks to show a draft: /api/v2/page_preview/, with the token it got."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.http import Http404
from django.urls import path
from rest_framework.response import Response
from wagtail.api.v2.views import PagesAPIViewSet

from publications.previews import front_end_origin, previewed


class PagePreviewViewSet(PagesAPIViewSet):
    """
    One draft, told as Wagtail's API v2 tells a page that is public. Everything that keeps a token
    from being used gives the same 404.
    """

    def get_object(self):
        if not hasattr(self, "draft"):
            self.draft = self.find_draft()
        return self.draft

    def find_draft(self):
        asked = self.request.GET.get("content_type", "")
        if not settings.PREVIEW_FRONT_END or not asked.isprintable():
            raise Http404
        app_label, _, model = asked.partition(".")
        content_type = ContentType.objects.filter(app_label=app_label, model=model).first()
        token = self.request.GET.get("token", "")
        draft = content_type and previewed(token, content_type)
        if not draft:
            raise Http404
        draft.pk = draft.pk or 0  # a page that is not saved yet
        return draft

    def preview_view(self, request):
        return Response(self.get_serializer(self.get_object()).data)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Vary"] = "Origin"
        if settings.PREVIEW_FRONT_END:
            response["Access-Control-Allow-Origin"] = front_end_origin()
        return response

    @classmethod
    def get_urlpatterns(cls):
        return [path("", cls.as_view({"get": "preview_view"}), name="preview")]
