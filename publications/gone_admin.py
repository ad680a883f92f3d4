"""Where editors say why a page is gone, and what came in its place."""

from django.urls import reverse
from wagtail import hooks
from wagtail.admin import messages
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin

from publications.listings import ListView
from publications.models import GonePage


class GonePermissions(PermissionHelper):
    """The rows come by themselves, when a page leaves the site."""

    def user_can_create(self, user):
        return False


class GonePageAdmin(ModelAdmin):
    model = GonePage
    index_view_class = ListView
    menu_label = "Weg van de site"
    menu_icon = "bin"
    list_display = ("title", "kind", "path", "withdrawn_at", "reason")
    list_filter = ("kind",)
    search_fields = ("title", "path")
    permission_helper_class = GonePermissions
    history_view_enabled = False


@hooks.register("after_unpublish_page")
@hooks.register("after_delete_page")
def ask_why(request, page):
    """Invite the editor to say why, right after taking a public page away."""
    gone = GonePage.objects.filter(page_id=page.pk).first()
    if gone and request.user.has_perm("publications.change_gonepage"):
        edit = messages.button(
            reverse("publications_gonepage_modeladmin_edit", args=[gone.pk]), "Zeg waarom"
        )
        messages.info(
            request, f"Op het adres van ‘{gone.title}’ staat nu dat het weg is.", buttons=[edit]
        )
