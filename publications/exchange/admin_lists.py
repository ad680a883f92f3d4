"""The editors' list of imports."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import CreateView

from publications.exchange.admin_views import may_import
from publications.listings import ListView
from publications.models import ImportJob


class ImportPermissions(PermissionHelper):
    """An import is made by bringing a file, and stays as it was."""

    def user_can_list(self, user):
        return may_import(user)

    def user_can_create(self, user):
        return may_import(user)

    def user_can_edit_obj(self, user, obj):
        return False

    def user_can_delete_obj(self, user, obj):
        return False


class ImportButtons(ButtonHelper):
    def get_buttons_for_obj(self, obj, **kwargs):
        return [
            {
                "url": reverse("import_job", args=[obj.pk]),
                "label": "Bekijk",
                "classname": self.finalise_classname(),
                "title": f"Bekijk {obj.file_name}",
            }
        ]


class BringFileView(CreateView):
    """A new import begins with a file."""

    def dispatch(self, request, *args, **kwargs):
        return redirect("import_upload")


class ImportJobAdmin(ModelAdmin):
    model = ImportJob
    index_view_class = ListView
    menu_label = "Importeren"
    menu_icon = "upload"
    list_display = ("name", "format", "uploaded_at", "by", "stage")
    ordering = ("-uploaded_at",)
    list_select_related = ("by",)
    permission_helper_class = ImportPermissions
    button_helper_class = ImportButtons
    create_view_class = BringFileView
    history_view_enabled = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")

    @staticmethod
    def name(job):
        url = reverse("import_job", args=[job.pk])
        return format_html('<a href="{}">{}</a>', url, job.file_name)

    name.short_description = "bestand"

    @staticmethod
    def stage(job):
        return job.stage

    stage.short_description = "hoe ver"
