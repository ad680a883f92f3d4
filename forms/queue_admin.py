"""The queue in the admin: the list of contributions with its views, and its dashboard panel."""

from django.contrib.admin import SimpleListFilter, display
from django.db.models import Count
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from wagtail.admin.ui.components import Component
from wagtail_modeladmin.helpers import ButtonHelper
from wagtail_modeladmin.options import ModelAdmin

from forms.claims import name_of
from forms.models import Contribution, Kind, Status
from forms.permissions import ReadOnlyPermissions
from forms.queue import VIEWS, Ages, condition, figures
from forms.review import LIST
from publications.exchange.cells import safe_cell
from publications.listings import ListView

ALL = "alle"
VIEW = "werk"
SHOWN_ON_DASHBOARD = 10


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


class NoButtons(ButtonHelper):
    """The title of a case leads to its review."""

    def get_buttons_for_obj(self, obj, **kwargs):
        return []


class QueueFilter(SimpleListFilter):
    """By view. Opened from the menu it is “nieuw”; searched or filtered otherwise, all of them."""

    title = "lijst"
    parameter_name = VIEW

    def lookups(self, request, model_admin):
        return [*VIEWS.items(), (ALL, "Alle")]

    def value(self):
        return super().value() or self.default

    def __init__(self, request, params, model, model_admin):
        self.default = ALL if set(request.GET) - {"p", "o"} else "nieuw"
        super().__init__(request, params, model, model_admin)

    def queryset(self, request, queryset):
        return queryset.filter(condition(self.value())) if self.value() in VIEWS else queryset


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


class ContributionIndexView(ListView):
    """The list. Contributors write its titles: no spreadsheet may take one for a formula."""

    export_headings = {
        "status_label": "Status",
        "claimed_by_name": "Opgepakt door",
        "age_text": "Open",
    }
    custom_value_preprocess = {
        **ListView.custom_value_preprocess,
        str: {ListView.FORMAT_CSV: safe_cell},
    }

    def get_page_title(self):
        return "Bijdragen"

    def get_context_data(self, **kwargs):
        views, kinds = self.specs
        current, kind = views.value(), self.request.GET.get("kind__exact", "")
        return super().get_context_data(
            queue_views=[
                {**row, "url": self.address(row["view"], kind), "is_on": row["view"] == current}
                for row in [*figures(), {"view": ALL, "label": "Alle", "count": None}]
            ],
            queue_kinds=self.kinds(current, kind),
            more_filters=kinds,
            **kwargs,
        )

    @property
    def specs(self):
        """The filter of the views, and those that stand under “meer filters”."""
        views = next(spec for spec in self.filter_specs if isinstance(spec, QueueFilter))
        return views, [
            spec
            for spec in self.filter_specs
            if spec is not views and getattr(spec, "field_path", "") != "kind"
        ]

    def kinds(self, view: str, kind: str) -> list[dict]:
        rows = Contribution.objects.with_status().with_turns().exclude(status=Status.UNCONFIRMED)
        rows = rows.filter(condition(view)) if view in VIEWS else rows
        counts = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
        kinds = [("", "Alle soorten", sum(counts.values()))]
        kinds += [(value, label, counts.get(value, 0)) for value, label in Kind.choices]
        return [
            {"label": label, "count": n, "url": self.address(view, value), "is_on": value == kind}
            for value, label, n in kinds
            if n or value in ("", kind)
        ]

    def address(self, view: str, kind: str) -> str:
        return f"?{VIEW}={view}" + (f"&kind__exact={kind}" if kind in Kind.values else "")


class ContributionAdmin(ModelAdmin):
    model = Contribution
    index_view_class = ContributionIndexView
    menu_label = "Bijdragen"
    menu_icon = "tasks"
    list_display = (
        "reference_link",
        "title_link",
        "kind",
        "status_label",
        "age",
        "claim",
        "received",
    )
    list_filter = (QueueFilter, StatusFilter, "kind", "outcome", "received_at")
    list_export = (
        "reference",
        "title",
        "kind",
        "status_label",
        "received_at",
        "decided_at",
        "outcome_reason",
        "age_text",
        "claimed_by_name",
    )
    list_per_page = 50
    search_fields = ("reference", "title")
    index_view_extra_css = ["css/admin-queue.css"]
    permission_helper_class = ReadOnlyPermissions
    button_helper_class = NoButtons
    history_view_enabled = False

    def get_queryset(self, request):
        cases = Contribution.objects.with_status().with_turns()
        cases = cases.select_related("form_page", "claimed_by")
        return cases.order_by(*self.get_ordering(request))

    def get_ordering(self, request):
        view = request.GET.get(VIEW) or (ALL if set(request.GET) - {"p"} else "nieuw")
        return ("turn_began",) if view in ("nieuw", "te-lang") else ("-received_at",)

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

    @display(description="titel", ordering="title")
    def title_link(self, contribution):
        url = reverse("contribution_review", args=[contribution.pk])
        return format_html('<a href="{}">{}</a>', url, contribution.title)

    @staticmethod
    @display(description="status")
    def status_label(contribution):
        return Status(contribution.status).label

    @display(description="ontvangen", ordering="received_at")
    def received(self, contribution):
        return date_format(timezone.localdate(contribution.received_at), "j M Y").lower()

    @display(description="open", ordering="turn_began")
    def age(self, contribution):
        age = Ages().of(contribution)
        if not age["is_late"]:
            return age["text"]
        return format_html('<strong class="queue__late">te lang: {}</strong>', age["text"])

    @staticmethod
    def age_text(contribution):
        return Ages().of(contribution)["text"]

    @staticmethod
    def claimed_by_name(contribution):
        return name_of(contribution.claimed_by) if contribution.claimed_by else ""

    @display(description="opgepakt door")
    def claim(self, contribution):
        if not contribution.is_undecided:
            return ""
        if contribution.claimed_by is None:
            return claim_button(contribution, "pak", "Pak deze")
        return name_of(contribution.claimed_by)


def claim_button(contribution, action: str, label: str):
    """A button in the form around the list, which goes to the case itself."""
    html = (
        '<button type="submit" class="button button-small button-secondary" name="actie" '
        'value="{}" formaction="{}">{}<span class="w-sr-only"> ({})</span></button>'
    )
    url = reverse("contribution_review", args=[contribution.pk])
    return format_html(html, action, url, label, contribution.reference)


class QueuePanel(Component):
    """On the dashboard: the figures of the queue, and what waits for the editors, oldest first."""

    order = 50

    class Media:
        css = {"all": ["css/admin-queue.css"]}

    def render_html(self, parent_context):
        ages = Ages()
        waiting = Contribution.objects.waiting_for_editors().with_turns().order_by("turn_began")
        waiting = list(waiting.select_related("form_page", "claimed_by")[:SHOWN_ON_DASHBOARD])
        url = reverse(LIST)
        context = {
            "figures": [row | {"url": f"{url}?{VIEW}={row['view']}"} for row in figures()],
            "waiting": [(contribution, ages.of(contribution)) for contribution in waiting],
            "list_url": f"{url}?{VIEW}={ALL}",
        }
        return render_to_string("forms/admin/queue_panel.html", context)
