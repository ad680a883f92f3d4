"""The quality audit in the admin: its report, what editors do about a finding, and its alarm."""

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from publications.audit import (
    audit_facts,
    audit_library,
    audit_publication,
    has_stopped,
    say_still_holds,
)
from publications.models import (
    AuditRun,
    CreditedImage,
    Finding,
    FindingKind,
    LibraryDocument,
    PublicationPage,
)
from publications.prefill_views import library_for
from publications.quality import advice_on

CHANGE = "publications.change_finding"
LONGEST_NUMBER = 9  # digits


def may_see_audit(user) -> bool:
    return user.has_perm("publications.view_finding") or user.has_perm(CHANGE)


class FindingFilterSet(WagtailFilterSet):
    STATES = [("open", "open"), ("genegeerd", "genegeerd")]

    kind = django_filters.MultipleChoiceFilter(
        label="Wat", choices=FindingKind.choices, widget=forms.CheckboxSelectMultiple
    )
    toestand = django_filters.ChoiceFilter(
        label="Toestand",
        choices=STATES,
        method="filter_state",
        empty_label="alles",
        widget=forms.RadioSelect,
    )
    title = django_filters.CharFilter(
        label="Titel", field_name="publication__title", lookup_expr="icontains"
    )

    class Meta:
        model = Finding
        fields = []

    def filter_state(self, queryset, name, value):
        return queryset.filter(dismissed_at__isnull=value == "open")


class FindingColumn(Column):
    """What is wrong, and when an editor dismissed it, why."""

    def get_value(self, finding):
        if not finding.dismissed_at:
            return finding.detail
        return format_html(
            "{}<br><em>Genegeerd door {}{}</em>",
            finding.detail,
            finding.dismissed_by or "iemand die weg is",
            f": {finding.dismissed_reason}" if finding.dismissed_reason else "",
        )


class AuditReportView(ReportView):
    """Every finding on every live publication. Dismissed ones are a filter away."""

    model = Finding
    page_title = "Keuring"
    header_icon = "warning"
    index_url_name = "audit_report"
    index_results_url_name = "audit_report_results"
    template_name = "publications/admin/audit_report.html"
    filterset_class = FindingFilterSet
    permission_policy = ModelPermissionPolicy(Finding)
    any_permission_required = ["view", "change"]
    no_results_message = "Er is niets gevonden."
    is_searchable = False
    list_export = ["publication.title", "kind", "detail", "found_at", "dismissed_reason"]
    export_headings = {
        "publication.title": "Publicatie",
        "kind": "Wat",
        "detail": "Bijzonderheden",
        "found_at": "Gevonden",
        "dismissed_reason": "Genegeerd, reden",
    }
    columns = [
        BulkActionsCheckboxColumn("bulk_actions", obj_type="finding"),
        TitleColumn(
            "publication.title",
            label="Publicatie",
            get_url=lambda one: reverse("wagtailadmin_pages:edit", args=[one.publication_id]),
            get_title_id=lambda one: f"finding_{one.pk}_title",
        ),
        Column("get_kind_display", label="Wat", sort_key="kind"),
        FindingColumn("detail", label="Bijzonderheden"),
        DateColumn("found_at", label="Gevonden", sort_key="found_at"),
    ]
    default_ordering = ["kind", "-found_at"]

    def get_base_queryset(self):
        return Finding.objects.select_related("publication", "dismissed_by")

    def filter_queryset(self, queryset):
        """Without a choice, what was dismissed stays away."""
        if "toestand" not in self.request.GET:
            queryset = queryset.open()
        return super().filter_queryset(queryset)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["may_change"] = self.request.user.has_perm(CHANGE)
        context["last_run"] = AuditRun.last_finished()
        context["has_stopped"] = has_stopped()
        return context


def may_change_audit(view):
    """Let only those in who may act on what the audit finds."""

    def guarded(request, *args, **kwargs):
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@may_change_audit
@require_POST
def audit_now(request):
    audit_library.enqueue()
    messages.success(request, "De keuring begint. Over een paar minuten staat hier wat ze vindt.")
    return redirect("audit_report")


def publication_to_change(request, pk: int) -> PublicationPage:
    page = get_object_or_404(PublicationPage.objects.live(), pk=pk)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return page


def answered(request, page, sentence: str):
    """Say it to the script on the edit screen, or go back to that screen and say it there."""
    if request.headers.get("Accept") == "text/plain":
        return HttpResponse(sentence, content_type="text/plain; charset=utf-8")
    messages.success(request, sentence)
    return redirect("wagtailadmin_pages:edit", page.pk)


@may_change_audit
@require_POST
def publication_audit(request, pk):
    page = publication_to_change(request, pk)
    audit_facts(page.pk)
    audit_publication.enqueue(page.pk)
    return answered(request, page, "Gekeurd. De links zijn zo meteen aan de beurt.")


@may_change_audit
@require_POST
def publication_still_holds(request, pk):
    page = publication_to_change(request, pk)
    say_still_holds(page, request.user)
    return answered(request, page, "Genoteerd: vandaag bekeken, en nog actueel.")


@require_GET
def publication_quality(request):
    """Return what is still missing in an editor’s half-filled form, as a piece of the page."""
    library_for(request.user)
    typed = request.GET
    page = PublicationPage.objects.filter(pk=number(typed.get("page")) or 0).first()
    if page and not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    text = {
        name: typed.get(name, "").strip()
        for name in ("title", "kind", "summary", "source_url", "doi", "isbn", "organisation")
    }
    document = LibraryDocument.objects.filter(pk=number(typed.get("document")) or 0).first()
    missing = PublicationPage.missing(
        title=text["title"],
        kind=text["kind"],
        summary=text["summary"],
        pillars=typed.getlist("pillars"),
        sources=[text["source_url"], text["doi"], text["isbn"], document, text["organisation"]],
    )
    advice = advice_on(
        page,
        missing,
        summary=text["summary"],
        facilities=typed.getlist("facilities"),
        licence=typed.get("licence", ""),
        cover=CreditedImage.objects.filter(pk=number(typed.get("cover")) or 0).first(),
        document=document,
        **{name: number(typed.get(name), 4) for name in ("year", "month", "day")},
    )
    context = {
        "advice": advice,
        "may_change": request.user.has_perm(CHANGE),
        "next": page and reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    response = TemplateResponse(request, "publications/admin/quality.html", context)
    response["Cache-Control"] = "no-store"
    return response


def number(text: str | None, longest: int = LONGEST_NUMBER) -> int | None:
    """Return what was typed as a number that a column can hold, or None."""
    return int(text) if text and text.isdecimal() and len(text) <= longest else None


class DismissForm(forms.Form):
    reason = forms.CharField(
        label="Waarom? (mag leeg blijven)",
        max_length=200,
        required=False,
        help_text="Voor je collega’s, bijvoorbeeld: de site laat onze controle niet toe.",
    )


class FindingBulkAction(BulkAction):
    """What editors do with findings that they ticked in the report, or with one."""

    models = [Finding]
    template_name = "publications/admin/confirm_findings.html"
    question = done = ""

    def check_perm(self, finding):
        return self.request.user.has_perm(CHANGE)

    @classmethod
    def get_queryset(cls, model, object_ids):
        """Return those that are still there: the audit may have dropped some meanwhile."""
        numbers = [one for one in map(number, object_ids) if one]
        return list(Finding.objects.filter(pk__in=numbers).select_related("publication"))

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_all_objects_in_listing_query(self, parent_id):
        """Nothing: “all” would forget the filters of the report."""
        return []

    def get_execution_context(self):
        return {"action": self}

    def get_success_message(self, number, _):
        return None if not number else self.done.format(number=number)

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "question": self.question, "action": self}


class DismissFindings(FindingBulkAction):
    display_name = "Negeer"
    aria_label = "Negeer wat je hebt gekozen"
    action_type = "negeren"
    question = "Wil je dit negeren?"
    done = "Genegeerd: {number}. Je vindt het terug in het rapport, bij ‘genegeerd’."
    form_class = DismissForm

    def get_success_message(self, number, _):
        """Say it with a way back."""
        if number:
            back = reverse("wagtail_bulk_action", args=["publications", "finding", "terughalen"])
            ids = [("id", one.pk) for one in self.actionable_objects]
            query = urlencode([*ids, ("next", self.next_url)])
            undo = messages.button(f"{back}?{query}", "Maak ongedaan")
            messages.success(self.request, self.done.format(number=number), buttons=[undo])

    @classmethod
    def execute_action(cls, objects, action=None, **kwargs):
        chosen = Finding.objects.filter(pk__in=[one.pk for one in objects])
        reason = action.cleaned_form.cleaned_data["reason"]
        return chosen.dismiss(action.request.user, reason), 0


class BringBackFindings(FindingBulkAction):
    display_name = "Toon weer"
    aria_label = "Toon weer wat je hebt gekozen"
    action_type = "terughalen"
    action_priority = 110
    question = "Wil je dit weer in het rapport zien?"
    done = "Weer in het rapport: {number}."

    @classmethod
    def execute_action(cls, objects, **kwargs):
        return Finding.objects.filter(pk__in=[one.pk for one in objects]).bring_back(), 0


class StillHold(FindingBulkAction):
    display_name = "Nog actueel"
    aria_label = "Wat je hebt gekozen is nog actueel"
    action_type = "nog-actueel"
    action_priority = 120
    question = "Heb je deze publicaties bekeken, en kloppen ze nog?"
    done = "Bekeken en nog actueel: {number}."

    def check_perm(self, finding):
        page = finding.publication
        return (
            super().check_perm(finding) and page.permissions_for_user(self.request.user).can_edit()
        )

    @classmethod
    def execute_action(cls, objects, action=None, **kwargs):
        publications = {finding.publication for finding in objects}
        for publication in publications:
            say_still_holds(publication, action.request.user)
        return len(publications), 0


class StoppedAuditPanel(Component):
    """On the dashboard, when nothing has been audited for days."""

    order = 40

    def render_html(self, parent_context):
        context = {"last_run": AuditRun.last_finished(), "report": reverse("audit_report")}
        return render_to_string("publications/admin/audit_stopped.html", context)
