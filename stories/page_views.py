"""Wagtail's views of pages that ask no more than whether somebody may add a page somewhere."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.bulk_action import index as bulk_action
from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.admin.views.pages.move import MoveConfirmView
from wagtail.admin.views.pages.workflow import (
    CollectWorkflowActionDataView,
    ConfirmWorkflowCancellationView,
    PreviewRevisionForTaskView,
    WorkflowActionView,
)
from wagtail.admin.views.reports.page_types_usage import PageTypesUsageReportView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from stories.permissions import is_editor, refuse_unless_explorable


class OwnPagesIndexView(ExplorableIndexView):
    """Its title and its path are those of the page itself, so that must be one to see."""

    def get(self, request, parent_page_id=None):
        if parent_page_id:
            refuse_unless_explorable(request.user, get_object_or_404(Page, pk=parent_page_id))
        return super().get(request, parent_page_id)


class OwnPagesMoveConfirmView(MoveConfirmView):
    """Wagtail refuses only when the button has been pressed, below both titles."""

    def dispatch(self, request, page_to_move_id, destination_id, *args, **kwargs):
        page = get_object_or_404(Page, pk=page_to_move_id)
        destination = get_object_or_404(Page, pk=destination_id)
        refuse_unless_explorable(request.user, destination)
        if not page.specific.permissions_for_user(request.user).can_move_to(destination.specific):
            raise PermissionDenied
        return super().dispatch(request, page_to_move_id, destination_id, *args, **kwargs)


class ExplorablePage:
    """For Wagtail's views of the workflow: they name a page that is not in it, to anybody."""

    def dispatch(self, request, page_id, *args, **kwargs):
        refuse_unless_explorable(request.user, get_object_or_404(Page, pk=page_id))
        return super().dispatch(request, page_id, *args, **kwargs)


class OwnPagesActionView(ExplorablePage, WorkflowActionView):
    pass


class OwnPagesCollectView(ExplorablePage, CollectWorkflowActionDataView):
    pass


class OwnPagesCancellationView(ExplorablePage, ConfirmWorkflowCancellationView):
    pass


class OwnPagesPreviewView(ExplorablePage, PreviewRevisionForTaskView):
    pass


class PagesViewSet(PageViewSet):
    """Of every page type."""

    model = Page
    index_view_class = OwnPagesIndexView
    move_confirm_view_class = OwnPagesMoveConfirmView
    workflow_action_view_class = OwnPagesActionView
    collect_workflow_action_data_view_class = OwnPagesCollectView
    confirm_workflow_cancellation_view_class = OwnPagesCancellationView
    workflow_preview_view_class = OwnPagesPreviewView


class EditorsPageTypesView(PageTypesUsageReportView):
    """It names the last page of every type that anybody changed."""

    any_permission_required = ["publish"]


@require_admin_access
def bulk_action_on_pages(request, action):
    """Wagtail lists by title which of the pages asked for somebody may do nothing with."""
    if not is_editor(request.user):
        raise PermissionDenied
    return bulk_action(request, "wagtailcore", "page", action)


page_types_usage = require_admin_access(EditorsPageTypesView.as_view())
page_types_usage_results = require_admin_access(EditorsPageTypesView.as_view(results_only=True))
