"""What every list in the admin has that is not of pages or snippets."""

from django.contrib.admin.options import IncorrectLookupParameters
from django.shortcuts import redirect
from wagtail_modeladmin.views import IndexView

ZERO = "\x00"  # PostgreSQL keeps no text with one


class ListView(IndexView):
    """
    A list that is asked what its own filters ask, and nothing else.

    Modeladmin would look up whatever an address names, also through relations: who may see a list
    could find out what stands in what it refers to, passwords included.
    """

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except IncorrectLookupParameters:
            return redirect(request.path)

    def get_filters(self, request):
        asked = request.GET.lists()
        if any(ZERO in text for name, values in asked for text in (name, *values)):
            raise IncorrectLookupParameters
        found = super().get_filters(request)
        _, _, not_of_a_filter, _ = found
        if not_of_a_filter:
            raise IncorrectLookupParameters
        return found
