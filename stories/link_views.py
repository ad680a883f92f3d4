"""The editors' lists of links, and the form of one link: the same from either of its ends."""

from django.core.exceptions import PermissionDenied
from wagtail.admin.utils import get_valid_next_url_from_request, set_query_params
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from stories.models import ArticleLink, StoryLink
from stories.permissions import may_link


class LinkFormView:
    """What the three forms share: who may open them, and the way back (`?next=`)."""

    def setup(self, request, *args, **kwargs):
        self.next_url = get_valid_next_url_from_request(request)
        super().setup(request, *args, **kwargs)

    def keeping_next(self, url: str) -> str:
        return set_query_params(url, {"next": self.next_url}) if url and self.next_url else url

    def get_success_url(self):
        return self.next_url or super().get_success_url()


class ExistingLinkView(LinkFormView):
    def get_object(self, queryset=None):
        link = super().get_object(queryset)
        if not self.user_has_permission_for_instance(self.permission_required, link):
            raise PermissionDenied
        return link

    def get_delete_url(self):
        return self.keeping_next(super().get_delete_url())


class LinkCreateView(LinkFormView, generic.CreateView):
    """Begin with the end that the editor came from: `?page=` or `?publication=`."""

    def get_initial_form_instance(self):
        link = self.model()
        for name in ("page", "publication"):
            model, typed = self.model._meta.get_field(name).related_model, self.request.GET
            end = model.objects.filter(pk__in=number_in(typed.get(name, ""))).first()
            if end and may_link(self.request.user, end):
                setattr(link, name, end)
        return link

    def get_add_url(self):
        return self.keeping_next(super().get_add_url())


def number_in(text: str) -> list[int]:
    """Return what somebody gave for an id, as a list of none or one."""
    return [int(text)] if text.isascii() and text.isdigit() and len(text) < 10 else []


class LinkEditView(ExistingLinkView, generic.EditView):
    def get_edit_url(self):
        return self.keeping_next(super().get_edit_url())


class LinkDeleteView(ExistingLinkView, generic.DeleteView):
    pass


class LinkIndexView(generic.IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().select_related("page", "publication")


class LinkViewSet(ModelViewSet):
    icon = "link"
    index_view_class = LinkIndexView
    add_view_class = LinkCreateView
    edit_view_class = LinkEditView
    delete_view_class = LinkDeleteView
    copy_view_enabled = False
    sort_order_field = None
    list_display = ["page", "publication", "relation", "why"]
    list_filter = ["relation"]
    search_fields = ["page__title", "publication__title", "why"]
    search_backend_name = None


class StoryLinkViewSet(LinkViewSet):
    model = StoryLink
    menu_label = "Met verhalen"


class ArticleLinkViewSet(LinkViewSet):
    model = ArticleLink
    menu_label = "Met artikelen"
