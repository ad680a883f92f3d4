"""The editors' screens for personal data, and for the work of a colleague who leaves."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from forms.contributions import Refused
from forms.models import RetentionSettings
from forms.retention import what_comes
from home.handover import colleagues_for, counts_of, hand_over, leavers_for, may_hand_over
from home.models import ErasureRecord, Handover
from home.models.people import digest_of
from home.personal_data.person import Person, erase, export, may_erase

MONTH = timedelta(days=30)
SHOWN = 50
READ_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


def crumbs(*steps: tuple[str, str]) -> list[dict]:
    home = {"url": reverse("wagtailadmin_home"), "label": "Dashboard"}
    return [home, *({"url": url, "label": label} for url, label in steps)]


class PersonForm(forms.Form):
    """An address. In a POST only, so that no log of the server has it."""

    email = forms.EmailField(
        label="E-mailadres",
        error_messages={
            "required": "Vul een e-mailadres in.",
            "invalid": "Vul een e-mailadres in, zoals naam@voorbeeld.nl.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    use_required_attribute = False


@never_cache
@READ_AND_POST
def privacy(request):
    """
    Show what goes soon and what was erased. A POST with an address shows what there is about it;
    `actie=download` hands it out, and `actie=wissen` with `zeker` erases it.
    """
    if not may_erase(request.user):
        raise PermissionDenied
    form = PersonForm(request.POST if request.method == "POST" else None)
    person, fault = None, ""
    if form.is_valid():
        email, action = form.cleaned_data["email"], request.POST.get("actie", "")
        if action == "download":
            return download(email)
        if action == "wissen" and request.POST.get("zeker"):
            try:
                record = erase(email, request.user)
            except Refused as refusal:
                fault = str(refusal)
            else:
                messages.success(
                    request, f"Gewist: {record.total} gegevens. Het bewijs staat hieronder."
                )
                return redirect("privacy")
        elif action == "wissen":
            fault = "Zet eerst het vinkje. Wissen kun je niet terugdraaien."
        person = Person.of(email)
    context = {
        "form": form,
        "person": person,
        "fault": fault,
        "erased_before": person and ErasureRecord.objects.filter(digest=digest_of(person.email)),
        "coming": coming(),
        "kept": RetentionSettings.load(),
        "records": ErasureRecord.objects.select_related("by")[:SHOWN],
        "breadcrumbs_items": crumbs(("", "Privacy")),
        "header_title": "Privacy",
        "header_icon": "lock",
    }
    return TemplateResponse(request, "home/admin/privacy.html", context)


def download(email: str) -> HttpResponse:
    response = HttpResponse(export(email), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="gegevens.zip"'
    return response


def coming() -> list[dict]:
    """Return what is erased the next time, and what within a month, by what it is."""
    labels = {
        "contacts": "Naam en e-mailadres van inzenders",
        "spam": "Spam, met alles erbij",
        "unconfirmed": "Niet bevestigde bijdragen, met alles erbij",
        "writers": "Aanvragen om mee te schrijven",
    }
    now, later = what_comes(), what_comes(timezone.now() + MONTH)
    return [
        {
            "label": label,
            "now": now[name].count(),
            "month": later[name].count(),
            "rows": [_case_of(row) for row in later[name][:SHOWN]],
        }
        for name, label in labels.items()
    ]


def _case_of(row) -> dict:
    """Return a row as something to click on."""
    case = getattr(row, "contribution", row)
    if hasattr(case, "reference"):
        return {"url": reverse("contribution_review", args=[case.pk]), "label": case.reference}
    return {"url": reverse("writer_request", args=[case.pk]), "label": case.name}


@READ_AND_POST
def colleagues(request):
    """List the accounts of which the work can be handed over."""
    if not may_hand_over(request.user):
        raise PermissionDenied
    context = {
        "users": leavers_for(request.user).prefetch_related("groups"),
        "handovers": Handover.objects.select_related("leaver", "colleague", "by")[:SHOWN],
        "breadcrumbs_items": crumbs(("", "Collega’s")),
        "header_title": "Collega’s",
        "header_icon": "group",
    }
    return TemplateResponse(request, "home/admin/colleagues.html", context)


class HandoverForm(forms.Form):
    collega = forms.ChoiceField(
        label="Wie neemt het werk over?",
        error_messages={
            "required": "Kies een collega.",
            "invalid_choice": "Kies een collega uit de lijst.",
        },
    )
    zeker = forms.BooleanField(
        label="Ja, draag dit over en zet het account uit.",
        error_messages={"required": "Zet eerst het vinkje."},
    )
    use_required_attribute = False

    def __init__(self, *args, leaver: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.colleagues = {str(user.pk): user for user in colleagues_for(leaver)}
        names = [
            (pk, user.get_full_name() or user.username) for pk, user in self.colleagues.items()
        ]
        self.fields["collega"].choices = [("", "Kies een collega"), *names]


@READ_AND_POST
def handover(request, pk):
    """Show what would be handed over; a POST with a colleague and `zeker` does it."""
    if not may_hand_over(request.user):
        raise PermissionDenied
    leaver = get_object_or_404(User, pk=pk)
    form = HandoverForm(request.POST if request.method == "POST" else None, leaver=leaver)
    name = leaver.get_full_name() or leaver.username
    is_allowed = leaver in leavers_for(request.user)
    if form.is_valid():
        try:
            hand_over(leaver, form.colleagues[form.cleaned_data["collega"]], request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Het werk van {name} is overgedragen. Het account is uit.")
        return redirect("colleagues")
    context = {
        "leaver": leaver,
        "leaver_name": name,
        "counts": counts_of(leaver),
        "pages": list(leaver.owned_pages.order_by("title")[:SHOWN]),
        "form": form,
        "is_allowed": is_allowed,
        "breadcrumbs_items": crumbs((reverse("colleagues"), "Collega’s"), ("", name)),
        "header_title": f"Werk overdragen: {name}",
        "header_icon": "group",
    }
    return TemplateResponse(request, "home/admin/handover.html", context)
