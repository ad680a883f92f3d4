"""Requests to write in the admin: the editors' list, and the page where they decide on one."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods
from wagtail_modeladmin.helpers import ButtonHelper
from wagtail_modeladmin.options import ModelAdmin

from forms.contributions import Refused
from forms.models import WriterRequest
from forms.permissions import ReadOnlyPermissions, may_accept_writers
from forms.writers import accept, decline
from publications.listings import ListView


class WriterRequestPermissions(ReadOnlyPermissions):
    def user_can_list(self, user):
        return may_accept_writers(user)


class NoButtons(ButtonHelper):
    def get_buttons_for_obj(self, obj, **kwargs):
        return []


class WriterRequestAdmin(ModelAdmin):
    model = WriterRequest
    index_view_class = ListView
    menu_label = "Wil meeschrijven"
    menu_icon = "user"
    list_display = ("request_link", "asked_at", "status_label", "decided_by")
    list_filter = ("is_accepted", "asked_at")
    search_fields = ("name", "email", "about")
    ordering = ("-asked_at",)
    list_select_related = ("decided_by",)
    permission_helper_class = WriterRequestPermissions
    button_helper_class = NoButtons
    history_view_enabled = False

    @staticmethod
    def request_link(request):
        url = reverse("writer_request", args=[request.pk])
        return format_html('<a href="{}">{}</a>', url, request.name)

    request_link.short_description = "naam"

    @staticmethod
    def status_label(request):
        return request.status

    status_label.short_description = "status"


class DeclineForm(forms.Form):
    reden = forms.CharField(
        label="Waarom niet?",
        max_length=2000,
        help_text="Dit staat in de mail, na ‘We maken nu geen account voor je’.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Schrijf in een of twee zinnen waarom niet."},
    )

    use_required_attribute = False


@require_http_methods(["GET", "HEAD", "POST"])
def writer_request(request, pk):
    """Show one request. A POST with `actie=aannemen` or `actie=afwijzen` decides on it."""
    if not may_accept_writers(request.user):
        raise PermissionDenied
    asked = get_object_or_404(WriterRequest.objects.select_related("decided_by"), pk=pk)
    action = request.POST.get("actie")
    form = DeclineForm(request.POST if action == "afwijzen" else None)
    try:
        if action == "aannemen":
            accept(asked.pk, request.user)
            messages.success(request, f"{asked.name} kan meeschrijven. De mail is onderweg.")
            return redirect("forms_writerrequest_modeladmin_index")
        if form.is_valid():
            decline(asked.pk, request.user, form.cleaned_data["reden"])
            messages.success(request, f"De mail aan {asked.name} is onderweg.")
            return redirect("forms_writerrequest_modeladmin_index")
    except Refused as refusal:
        messages.error(request, str(refusal))
        asked.refresh_from_db()
    context = {
        "asked": asked,
        "form": form,
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Dashboard"},
            {
                "url": reverse("forms_writerrequest_modeladmin_index"),
                "label": WriterRequestAdmin.menu_label,
            },
            {"url": "", "label": asked.name},
        ],
        "header_title": asked.name,
        "header_icon": "user",
    }
    return TemplateResponse(request, "forms/admin/writer_request.html", context)
