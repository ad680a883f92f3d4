"""The editors' menu, lists and panels for contributions."""

from django.contrib import messages
from django.contrib.admin import SimpleListFilter, display
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail_modeladmin.helpers import ButtonHelper
from wagtail_modeladmin.options import ModelAdmin, ModelAdminGroup, modeladmin_register
from wagtail_modeladmin.views import IndexView

from forms.admin_views import contribution_review, contributions_spam
from forms.mail_admin import (
    FailingMailPanel,
    MailTextViewSet,
    OutboxMailAdmin,
    outbox_mail,
    retry_failing_mail,
)
from forms.models import Contribution, OutboxMail, PracticeUse, Status
from forms.permissions import ReadOnlyPermissions, may_review
from forms.writer_admin import WriterRequestAdmin, writer_request
from forms.writer_mail import replace_notifiers
from publications.exchange.cells import safe_cell

register_snippet(MailTextViewSet)
replace_notifiers()  # here and not in AppConfig.ready(), since that of Wagtail runs after ours


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


class LeadButtons(ContributionButtons):
    def get_buttons_for_obj(self, obj, **kwargs):
        (button,) = super().get_buttons_for_obj(obj.contribution, **kwargs)
        return [button | {"label": "Bekijk"}]


class ContributionIndexView(IndexView):
    """The list. Contributors write its titles: no spreadsheet may take one for a formula."""

    export_headings = {"status_label": "Status"}
    custom_value_preprocess = {
        **IndexView.custom_value_preprocess,
        str: {IndexView.FORMAT_CSV: safe_cell},
    }


class StatusFilter(SimpleListFilter):
    """By status. Until it is asked for, what waits for a confirmation is not in the list."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return Status.choices

    def queryset(self, request, queryset):
        if self.value() in Status.values:
            return queryset.filter(status=self.value())
        return queryset.exclude(status=Status.UNCONFIRMED)


class ContributionAdmin(ModelAdmin):
    model = Contribution
    index_view_class = ContributionIndexView
    menu_label = "Alle bijdragen"
    menu_icon = "tasks"
    list_display = ("reference_link", "title", "kind", "status_label", "received_at")
    list_filter = (StatusFilter, "kind", "outcome", "received_at")
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
    @display(description="kenmerk")
    def reference_link(contribution):
        url, reference = (
            reverse("contribution_review", args=[contribution.pk]),
            contribution.reference,
        )
        link = format_html('<a href="{}">{}</a>', url, reference)
        if not contribution.is_undecided:
            return link
        box = '<input type="checkbox" name="bijdrage" value="{}" aria-label="Kies {}"> {}'
        return format_html(box, contribution.pk, reference, link)

    @staticmethod
    @display(description="status")
    def status_label(contribution):
        return Status(contribution.status).label


class LeadPermissions(ReadOnlyPermissions):
    """Whoever may review contributions may follow what they lead to."""

    def user_can_list(self, user):
        return may_review(user)


class LeadIndexView(IndexView):
    page_title = "Aanknopingspunten voor verhalen"

    def get_page_title(self):
        return self.page_title


class LeadAdmin(ModelAdmin):
    """Uses in practice of which the editors may ask more: where the next story may come from."""

    model = PracticeUse
    index_view_class = LeadIndexView
    menu_label = LeadIndexView.page_title
    menu_icon = "openquote"
    list_display = ("case", "publication", "text", "place", "contact", "lead")
    list_filter = ("lead",)
    search_fields = ("text", "place", "contribution__about__title")
    ordering = ("lead", "-contribution__decided_at")
    permission_helper_class = LeadPermissions
    button_helper_class = LeadButtons
    history_view_enabled = False

    def get_queryset(self, request):
        leads = super().get_queryset(request).leads()
        return leads.select_related("contribution__about", "contribution__contact")

    def case(self, use):
        url = reverse("contribution_review", args=[use.pk])
        return format_html('<a href="{}">{}</a>', url, use.contribution.reference)

    case.short_description = "kenmerk"

    def publication(self, use):
        return use.contribution.about.title if use.contribution.about else "bestaat niet meer"

    publication.short_description = "publicatie"

    def contact(self, use):
        contact = use.contribution.contact
        link = format_html('<a href="mailto:{0}">{0}</a>', contact.email)
        return format_html("{}<br>{}", contact.name, link) if contact.name else link

    contact.short_description = "mag iets gevraagd worden"


@modeladmin_register
class ContributionsGroup(ModelAdminGroup):
    menu_label = "Bijdragen"
    menu_icon = "tasks"
    menu_order = 150
    items = (ContributionAdmin, LeadAdmin, WriterRequestAdmin, OutboxMailAdmin)


@hooks.register("register_admin_urls")
def contribution_urls():
    return [
        path("bijdragen/<int:pk>/", contribution_review, name="contribution_review"),
        path("bijdragen/spam/", contributions_spam, name="contributions_spam"),
        path("bijdragen/mail/<int:pk>/", outbox_mail, name="outbox_mail"),
        path("schrijvers/<int:pk>/", writer_request, name="writer_request"),
        path("bijdragen/mail/opnieuw/", retry_failing_mail, name="retry_failing_mail"),
    ]


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
        if OutboxMail.objects.failing().exists():
            panels.append(FailingMailPanel())


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
