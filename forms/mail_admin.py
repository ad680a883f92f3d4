"""Mail in the admin: the editors' own texts, what went out, and what does not arrive."""

from django.contrib import messages
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.views.snippets import SnippetViewSet
from wagtail_modeladmin.helpers import ButtonHelper
from wagtail_modeladmin.options import ModelAdmin

from forms.mail import try_again
from forms.models import MailText, OutboxMail
from forms.permissions import ReadOnlyPermissions, may_review
from publications.listings import ListView


class TextPermissions(ModelPermissionPolicy):
    """There is one text for each mail: they are changed, never added or deleted."""

    def user_has_permission(self, user, action):
        return action not in ("add", "delete") and super().user_has_permission(user, action)


register_permission_policy(MailText, TextPermissions(MailText))


class MailTextViewSet(SnippetViewSet):
    model = MailText
    menu_label = "Mailteksten"
    icon = "mail"
    add_to_settings_menu = True
    copy_view_enabled = False
    list_display = ["__str__", Column("whose", label="Welke tekst?")]


class MailButtons(ButtonHelper):
    def get_buttons_for_obj(self, obj, **kwargs):
        return [
            {
                "url": reverse("outbox_mail", args=[obj.pk]),
                "label": "Bekijk",
                "classname": self.finalise_classname(),
                "title": f"Bekijk {obj}",
            }
        ]


class OutboxMailAdmin(ModelAdmin):
    model = OutboxMail
    index_view_class = ListView
    menu_label = "Mail"
    menu_icon = "mail"
    list_display = ("subject", "audience", "queued_at", "delivery_label", "delivered_at")
    list_filter = ("audience", "delivered_at", "given_up_at")
    search_fields = ("subject",)
    permission_helper_class = ReadOnlyPermissions
    button_helper_class = MailButtons
    history_view_enabled = False

    @staticmethod
    @display(description="bezorging")
    def delivery_label(mail):
        return mail.delivery


@require_http_methods(["GET", "POST"])
def outbox_mail(request, pk):
    """Show how it stands with one mail; a POST tries again what did not arrive."""
    if not may_review(request.user):
        raise PermissionDenied
    mail = get_object_or_404(OutboxMail.objects.select_related("contribution"), pk=pk)
    if request.method == "POST":
        return _try_again(request, OutboxMail.objects.filter(pk=pk), "outbox_mail", pk)
    context = {
        "mail": mail,
        "can_try_again": bool(OutboxMail.objects.undelivered().filter(pk=pk, attempts__gt=0)),
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Dashboard"},
            {"url": reverse("forms_outboxmail_modeladmin_index"), "label": "Mail"},
            {"url": "", "label": mail.subject},
        ],
        "header_title": mail.subject,
        "header_icon": "mail",
    }
    return TemplateResponse(request, "forms/admin/outbox_mail.html", context)


@require_POST
def retry_failing_mail(request):
    """Try every mail again that keeps failing."""
    if not may_review(request.user):
        raise PermissionDenied
    failing = OutboxMail.objects.failing()
    return _try_again(request, failing, "wagtailadmin_home")


def _try_again(request, mails, destination: str, *args):
    count = try_again(mails)
    if count:
        which = "Deze mail gaat" if count == 1 else f"Deze {count} mails gaan"
        messages.success(
            request, f"{which} zo opnieuw op weg. Kijk over een paar minuten nog eens."
        )
    else:
        messages.info(request, "Er is niets om opnieuw te versturen.")
    return redirect(destination, *args)


class FailingMailPanel(Component):
    """On the dashboard, above everything, and only when there is something to look at."""

    order = 10

    def render_html(self, parent_context):
        failing = OutboxMail.objects.failing().select_related("contribution")
        context = {
            "count": failing.count(),
            "mails": list(failing[:5]),
            "csrf_token": parent_context.get("csrf_token", ""),
        }
        return render_to_string("forms/admin/failing_mail_panel.html", context)
