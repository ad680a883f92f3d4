"""The editors' menu, lists and panels for contributions."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail_modeladmin.options import ModelAdmin, ModelAdminGroup, modeladmin_register

from forms.admin_views import contribution_preview, contribution_review, contributions_spam
from forms.mail_admin import (
    FailingMailPanel,
    MailTextViewSet,
    OutboxMailAdmin,
    outbox_mail,
    retry_failing_mail,
)
from forms.models import OutboxMail, PracticeUse
from forms.permissions import ReadOnlyPermissions, may_review, why_not_delete
from forms.queue_admin import ContributionAdmin, ContributionButtons, QueuePanel
from forms.writer_admin import WriterRequestAdmin, writer_request
from forms.writer_mail import replace_notifiers
from publications.listings import ListView

register_snippet(MailTextViewSet)
replace_notifiers()  # here and not in AppConfig.ready(), since that of Wagtail runs after ours


class LeadButtons(ContributionButtons):
    def get_buttons_for_obj(self, obj, **kwargs):
        (button,) = super().get_buttons_for_obj(obj.contribution, **kwargs)
        return [button | {"label": "Bekijk"}]


class LeadPermissions(ReadOnlyPermissions):
    """Whoever may review contributions may follow what they lead to."""

    def user_can_list(self, user):
        return may_review(user)


class LeadIndexView(ListView):
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
        path("bijdragen/<int:pk>/voorblad/", contribution_preview, name="contribution_preview"),
        path("bijdragen/spam/", contributions_spam, name="contributions_spam"),
        path("bijdragen/mail/<int:pk>/", outbox_mail, name="outbox_mail"),
        path("schrijvers/<int:pk>/", writer_request, name="writer_request"),
        path("bijdragen/mail/opnieuw/", retry_failing_mail, name="retry_failing_mail"),
    ]


@hooks.register("construct_homepage_panels")
def add_queue_panel(request, panels):
    if may_review(request.user):
        panels.append(QueuePanel())
        if OutboxMail.objects.failing().exists():
            panels.append(FailingMailPanel())


@hooks.register("filter_form_submissions_for_user")
def hide_stock_submission_list(user, editable_forms):
    """Wagtail's own list of submissions can delete them; ours is “Bijdragen”."""
    return editable_forms.none()


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
