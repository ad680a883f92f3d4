"""The editors' lists of the library, and the guards around documents and publishing."""

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.db.models import F, Q
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from taggit.models import Tag
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.permissions import policy_registry, register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup
from wagtail_modeladmin.helpers import PageButtonHelper, PagePermissionHelper
from wagtail_modeladmin.options import ModelAdmin, ModelAdminGroup, modeladmin_register

from publications import audit_views as audit
from publications.admin_api import OwnDocumentsViewSet, OwnImagesViewSet
from publications.audit import has_stopped
from publications.exchange import admin_views as imports
from publications.exchange.admin_lists import ImportJobAdmin
from publications.gone_admin import GonePageAdmin
from publications.listings import ListView
from publications.models import (
    Classified,
    LibraryDocument,
    LibraryPage,
    PublicationPage,
    SynonymGroup,
    Term,
    Vocabulary,
)
from publications.prefill_views import prefill_publication, publication_duplicates
from publications.rich_text import PublicPageLinkHandler, ReleasedDocumentLinkHandler
from publications.search_report import SearchReportView, SynonymCreateView, may_see_searches
from publications.terms_admin import (
    KeywordPermissions,
    KeywordViewSet,
    MergeKeywordView,
    MergeTermView,
    TermPermissions,
    TermViewSet,
    merge_button,
)

register_permission_policy(Term, TermPermissions(Term))
register_permission_policy(Tag, KeywordPermissions(Tag))


class KindFilter(SimpleListFilter):
    """Django's own filter of a relation wants Django's own admin."""

    title = "soort"
    parameter_name = "soort"

    def lookups(self, request, model_admin):
        kinds = Term.objects.filter(vocabulary=Vocabulary.KIND).current()
        return list(kinds.values_list("slug", "label"))

    def queryset(self, request, queryset):
        return queryset.filter(kind__slug=self.value()) if self.value() else queryset


class LibraryPermissions(PagePermissionHelper):
    """The list shows drafts too, so it is for who may add publications."""

    def user_can_list(self, user):
        return self.user_can_create(user)


class PublicationButtons(PageButtonHelper):
    """Without “copy”: the same publication does not come twice."""

    def get_buttons_for_obj(self, obj, exclude=None, **kwargs):
        return super().get_buttons_for_obj(obj, exclude=[*(exclude or ()), "copy"], **kwargs)


class SynonymGroupViewSet(SnippetViewSet):
    model = SynonymGroup
    icon = "doc-full"
    menu_label = "Synoniemen"
    add_view_class = SynonymCreateView


@register_snippet
class VocabularyViewSetGroup(SnippetViewSetGroup):
    menu_label = "Woordenlijsten"
    menu_icon = "tag"
    menu_order = 250
    items = (TermViewSet, KeywordViewSet, SynonymGroupViewSet)


@modeladmin_register
class PublicationAdmin(ModelAdmin):
    model = PublicationPage
    index_view_class = ListView
    menu_label = "Publicaties"
    menu_icon = "doc-full-inverse"
    menu_order = 160
    list_display = ("title", "kind", "organisation", "year", "is_live")
    list_filter = ("live", KindFilter, "year")
    search_fields = ("title", "subtitle", "organisation", "summary")
    ordering = ("-latest_revision_created_at",)
    list_select_related = ("kind",)
    permission_helper_class = LibraryPermissions
    # Its history asks for no permission. Each page has a better one of its own.
    history_view_enabled = False
    button_helper_class = PublicationButtons

    @staticmethod
    def is_live(page):
        """Say it in words: modeladmin's own icon comes with Django's admin, which is not here."""
        return "ja" if page.live else "nee"

    is_live.short_description = "online"
    is_live.admin_order_field = "live"

    def get_queryset(self, request):
        """Fetch at once what the rights of each row are made of."""
        queryset = super().get_queryset(request).prefetch_related("contributions")
        return queryset.prefetch_workflow_states().annotate_approved_schedule()


@modeladmin_register
class ExchangeGroup(ModelAdminGroup):
    menu_label = "In en uit"
    menu_icon = "download"
    menu_order = 260
    items = (ImportJobAdmin, GonePageAdmin)


@hooks.register("register_admin_urls")
def import_urls():
    return [
        path("importeren/", imports.import_upload, name="import_upload"),
        path("importeren/voorbeeld.csv", imports.import_example, name="import_example"),
        path("importeren/<int:pk>/", imports.import_job, name="import_job"),
        path("importeren/<int:pk>/fouten.csv", imports.import_problems, name="import_problems"),
    ]


@hooks.register("register_admin_urls")
def term_urls():
    return [
        path("termen/<int:pk>/samenvoegen/", MergeTermView.as_view(), name="merge_term"),
        path("trefwoorden/<int:pk>/samenvoegen/", MergeKeywordView.as_view(), name="merge_keyword"),
    ]


hooks.register("register_snippet_listing_buttons", merge_button)


@hooks.register("register_admin_urls")
def audit_urls():
    report = audit.AuditReportView
    return [
        path("reports/keuring/", report.as_view(), name="audit_report"),
        path(
            "reports/keuring/results/",
            report.as_view(results_only=True),
            name="audit_report_results",
        ),
        path("keuring/nu/", audit.audit_now, name="audit_now"),
        path("keuring/<int:pk>/nu/", audit.publication_audit, name="publication_audit"),
        path(
            "keuring/<int:pk>/nog-actueel/",
            audit.publication_still_holds,
            name="publication_still_holds",
        ),
        path("publicaties/mist/", audit.publication_quality, name="publication_quality"),
    ]


for action in (audit.DismissFindings, audit.BringBackFindings, audit.StillHold):
    hooks.register("register_bulk_action", action)


class AuditMenuItem(MenuItem):
    def is_shown(self, request):
        return audit.may_see_audit(request.user)


@hooks.register("register_reports_menu_item")
def audit_menu_item():
    url = reverse("audit_report")
    return AuditMenuItem("Keuring", url, name="keuring", icon_name="warning")


@hooks.register("construct_homepage_panels")
def warn_of_stopped_audit(request, panels):
    if audit.may_see_audit(request.user) and has_stopped():
        panels.append(audit.StoppedAuditPanel())


class MissingMenuItem(ActionMenuItem):
    """How much is still missing, beside the button that publishes."""

    order = 1000  # below the actions themselves
    name = "wat-mist-er-nog"
    template_name = "publications/admin/quality_menu_item.html"

    def is_shown(self, context):
        if context["view"] == "create":
            return isinstance(context["parent_page"].specific, LibraryPage)
        return isinstance(context["page"], PublicationPage)


@hooks.register("register_page_action_menu_item")
def missing_menu_item():
    return MissingMenuItem()


@hooks.register("register_rich_text_features", order=1)  # after Wagtail’s own
def link_to_what_is_public(features):
    features.register_link_type(PublicPageLinkHandler)
    features.register_link_type(ReleasedDocumentLinkHandler)


class SearchesMenuItem(MenuItem):
    def is_shown(self, request):
        return may_see_searches(request.user)


@hooks.register("register_admin_urls")
def search_report_url():
    return [path("reports/zoekvragen/", SearchReportView.as_view(), name="search_report")]


@hooks.register("register_admin_urls")
def prefill_urls():
    return [
        path("publicaties/invullen/", prefill_publication, name="publication_prefill"),
        path("publicaties/dubbel/", publication_duplicates, name="publication_duplicates"),
    ]


@hooks.register("register_reports_menu_item")
def search_report_menu_item():
    url = reverse("search_report")
    return SearchesMenuItem("Zoekvragen", url, name="zoekvragen", icon_name="search")


@hooks.register("before_serve_document")
def serve_released_documents_only(document, request):
    """
    Raise 404 for a document that no live page shows, except for those who edit documents.

    The same answer as for a document that does not exist, so that nothing can be learned from it.
    """
    policy = policy_registry.get_by_type(LibraryDocument)
    if not document.is_released() and not policy.user_has_permission_for_instance(
        request.user, "change", document
    ):
        raise Http404


@hooks.register("construct_page_chooser_queryset")
def choose_what_is_public_or_ones_own(pages, request):
    """
    Keep drafts, contributions among them, from whoever has nothing to do with them. The chooser
    shows the title of the draft, so a page that gets another one is left out until it is online.
    """
    own = policy_registry.get_by_type(Page).explorable_instances(request.user).values("pk")
    may_see = Page.objects.filter(Q(live=True, draft_title=F("title")) | Q(pk__in=own))
    here = request.resolver_match.kwargs.get("parent_page_id")  # it heads the list
    if here and not may_see.filter(pk=here).exists():
        raise Http404("No page that this user may see.")
    return pages.filter(pk__in=may_see.values("pk"))


@hooks.register("before_bulk_action")
def say_what_is_missing(request, action_type, objects, action):
    """Bulk publishing ends in each page's own rule. Say beforehand what that would refuse."""
    if action_type != "publish":
        return None
    for page in pages_to_publish(objects, **action.get_execution_context()):
        if isinstance(page, Classified):
            missing = page.get_latest_revision_as_object().missing_for_publication()
            if missing:
                messages.error(request, f"‘{page.title}’ kan nog niet online. {' '.join(missing)}")
                return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


def pages_to_publish(pages, user, include_descendants=False):
    """Yield the pages that Wagtail's bulk publishing is about to publish."""
    for page in pages:
        yield page.specific
        if include_descendants:
            for below in page.get_descendants().not_live().specific():
                if below.permissions_for_user(user).can_publish():
                    yield below


@hooks.register("construct_admin_api", order=1000)  # after Wagtail's own, whose place they take
def own_files_in_the_api(router):
    router.register_endpoint("documents", OwnDocumentsViewSet)
    router.register_endpoint("images", OwnImagesViewSet)
