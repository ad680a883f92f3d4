"""The answer at the address of a page that is gone: 410, with when and why."""

from django.shortcuts import render

from publications.models import GonePage


class GonePageMiddleware:
    """Turn “not found” into “gone” where a public page stood. Costs nothing on any other page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404:
            return response
        gone = GonePage.objects.at(request.path)
        if gone is None:
            return response
        return render(request, "publications/gone_page.html", {"gone": gone}, status=410)
