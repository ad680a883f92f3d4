"""The editors' menu, lists and panels for contributions."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.models import Page
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin, ModelAdminGroup, modeladmin_register
from wagtail_modeladmin.views import IndexView

from forms.admin_views import contribution_review, may_review
from forms.models import Contribution, OutboxMail, Status

FORMULA = tuple("=+-@\t\r")  # how a formula begins in the spreadsheets that people use


class ReadOnlyPermissions(PermissionHelper):
    """Cases are made by contributors and decided in the review view; nobody types one in."""

    def user_can_create(self, user):
        return False

    def user_can_edit_obj(self, user, obj):
        return False

    def user_can_delete_obj(self, user, obj):
        return False


class ContributionButtons(ButtonHelper):
    def get_buttons_for_obj(self, obj, **kwargs):
        return [
            {
                "url": reverse("contribution_review", args=[obj.pk]),
                "label": "Bekijk en beslis",
                "classname": self.finalise_classname(),
                "title": f"Bekijk {obj.reference}",
            }
        ]


class ContributionIndexView(IndexView):
    """The list. Contributors write its titles: no spreadsheet may take one for a formula."""

    export_headings = {"status_label": "Status"}
    custom_value_preprocess = {
        **IndexView.custom_value_preprocess,
        str: {IndexView.FORMAT_CSV: lambda text: f"'{text}" if text[:1] in FORMULA else text},
    }


class ContributionAdmin(ModelAdmin):
    model = Contribution
    index_view_class = ContributionIndexView
    menu_label = "Alle bijdragen"
    menu_icon = "tasks"
    list_display = ("reference_link", "title", "kind", "status_label", "received_at")
    list_filter = ("kind", "outcome", "received_at")
    list_export = (
        "reference",
        "title",
        "kind",
        "status_label",
        "received_at",
        "decided_at",
        "outcome_reason",
    )
    search_fields = ("reference", "title")
    ordering = ("-received_at",)
    permission_helper_class = ReadOnlyPermissions
    button_helper_class = ContributionButtons
    history_view_enabled = False

    def get_queryset(self, request):
        return super().get_queryset(request).with_status()

    @staticmethod
    def reference_link(contribution):
        url = reverse("contribution_review", args=[contribution.pk])
        return format_html('<a href="{}">{}</a>', url, contribution.reference)

    reference_link.short_description = "kenmerk"

    @staticmethod
    def status_label(contribution):
        return Status(contribution.status).label

    status_label.short_description = "status"


class OutboxMailAdmin(ModelAdmin):
    model = OutboxMail
    menu_label = "Mail"
    menu_icon = "mail"
    list_display = ("subject", "audience", "queued_at", "delivered_at", "attempts", "last_error")
    list_filter = ("audience", "delivered_at")
    search_fields = ("subject",)
    permission_helper_class = ReadOnlyPermissions
    history_view_enabled = False


@modeladmin_register
class ContributionsGroup(ModelAdminGroup):
    menu_label = "Bijdragen"
    menu_icon = "tasks"
    menu_order = 150
    items = (ContributionAdmin, OutboxMailAdmin)


@hooks.register("register_admin_urls")
def contribution_urls():
    return [path("bijdragen/<int:pk>/", contribution_review, name="contribution_review")]


class WaitingContributionsPanel(Component):
    """On the dashboard: what waits for the editors, oldest first, one click from its review."""

    order = 50

    def render_html(self, parent_context):
        waiting = list(Contribution.objects.waiting_for_editors()[:10])
        context = {"waiting": waiting, "list_url": reverse("forms_contribution_modeladmin_index")}
        return render_to_string("forms/admin/waiting_panel.html", context)


@hooks.register("construct_homepage_panels")
def add_waiting_panel(request, panels):
    if may_review(request.user):
        panels.append(WaitingContributionsPanel())


@hooks.register("filter_form_submissions_for_user")
def hide_stock_submission_list(user, editable_forms):
    """Wagtail's own list of submissions can delete them; ours is “Bijdragen”."""
    return editable_forms.none()


def why_not_delete(page) -> str:
    """Return why a page, with all below it, must stay for the sake of contributions; or nothing."""
    inside = Page.objects.descendant_of(page, inclusive=True)
    if Contribution.objects.filter(form_page__in=inside).exists():
        return (
            "Deze pagina blijft staan: er horen bijdragen bij het formulier. "
            "Haal de pagina van de site als niemand haar mag zien."
        )
    if Contribution.objects.undecided().filter(page__in=inside).exists():
        return "Deze pagina blijft staan: er horen bijdragen bij die nog in de lichte check liggen."
    return ""


@hooks.register("before_delete_page")
def keep_pages_of_contributions(request, page):
    """Say why a page stays, also when somebody deletes a page above it. The keys protect it too."""
    reason = why_not_delete(page)
    if reason:
        messages.error(request, reason)
        return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_bulk_action")
def keep_pages_of_contributions_in_bulk(request, action_type, objects, action):
    if action_type == "delete" and issubclass(action.model, Page):
        for page in objects:
            refused = keep_pages_of_contributions(request, page)
            if refused:
                return refused
