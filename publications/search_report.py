"""The editors' report of what is searched, with a synonym one click away."""

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.snippets.views.snippets import CreateView

from publications.models import SearchedWords, SynonymGroup
from publications.searched import DAYS_KEPT

ROWS = 100


class SearchReportView(WagtailAdminTemplateMixin, TemplateView):
    """What found nothing and what is searched most, in the last ninety days."""

    template_name = "publications/admin/searched.html"
    page_title = "Zoekvragen"
    header_icon = "search"

    def dispatch(self, request, *args, **kwargs):
        if not may_see_searches(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        totals = SearchedWords.objects.totals()
        context["days"] = DAYS_KEPT
        context["lists"] = [
            ("Vonden niets", _with_links(totals.filter(most_found=0)[:ROWS])),
            ("Meest gezocht", _with_links(totals[:ROWS])),
        ]
        return context


def _with_links(rows) -> list[dict]:
    add = reverse(SynonymGroup.snippet_viewset.get_url_name("add"))
    return [{**row, "synonym_url": f"{add}?{urlencode({'woorden': row['words']})}"} for row in rows]


def may_see_searches(user) -> bool:
    return user.has_perm("publications.add_synonymgroup")


class SynonymCreateView(CreateView):
    """Begin with the words that somebody searched for, when coming from the report."""

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        words = self.request.GET.get("woorden", "")[:100]
        if words and self.request.method == "GET":
            kwargs["initial"] = {**(kwargs.get("initial") or {}), "words": f"{words}\n"}
        return kwargs
