"""For editors: a publication that fills itself in, and what the library has already."""

import hashlib
import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods
from wagtail.models import Page

from publications.duplicates import Description, all_duplicates, description_of
from publications.found import Found
from publications.models import LibraryPage, PublicationAuthor, PublicationPage
from publications.names import author_or_organisation
from publications.prefill import BUSY, NothingFound, look_into, look_up, lookup_slot

# What of a Found goes into the field of a publication with the same name, as it is.
SAME_FIELDS = (
    "title subtitle organisation journal volume page_range year month day language page_count"
    " summary doi isbn source_url licence"
).split()


class PrefillForm(forms.Form):
    begin = forms.CharField(
        label="DOI, ISBN of webadres",
        required=False,
        max_length=2000,
        help_text="Zoals 10.1234/abc, 978 90 1234 567 1 of https://…",
    )
    bestand = forms.FileField(
        label="Of een bestand",
        required=False,
        help_text="We lezen alleen de gegevens. Voeg het bestand daarna toe bij ‘document’.",
    )

    sleutel = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not (cleaned["begin"] or cleaned["bestand"]):
            self.add_error("begin", "Plak een DOI, ISBN of webadres, of kies een bestand.")
        return cleaned

    def draft_key(self) -> uuid.UUID:
        """Return the same key for the same form sent twice with the same in it, for no other."""
        sent, file = self.cleaned_data["begin"], self.cleaned_data["bestand"]
        if file:
            sent = hashlib.file_digest(file.file, "sha256").hexdigest()
            file.seek(0)
        return uuid.uuid5(self.cleaned_data["sleutel"] or uuid.uuid4(), sent)


def library_for(user) -> LibraryPage:
    """Return the library, when `user` may add publications to it; else raise PermissionDenied."""
    library = get_object_or_404(LibraryPage)
    if not library.permissions_for_user(user).can_add_subpage():
        raise PermissionDenied
    return library


@require_http_methods(["GET", "POST"])
def prefill_publication(request):
    """Look something up and make a draft of it. What is there already is shown first, once."""
    library = library_for(request.user)
    form = PrefillForm(request.POST or None, request.FILES or None)
    fault, duplicates = "", []
    if form.is_valid():
        key = form.draft_key()
        made = Page.objects.filter(translation_key=key).first()
        try:
            page = made or draft_from(found_with(form))
        except NothingFound as nothing:
            fault = str(nothing)
        else:
            if not made and "toch" not in request.POST:
                duplicates = all_duplicates(description_of(page))
            if not duplicates:
                page = made or add_draft(library, page, request.user, key)
                messages.success(request, "Het concept is ingevuld. Kijk het na en vul aan.")
                return redirect("wagtailadmin_pages:edit", page.pk)
    create_url = reverse(
        "wagtailadmin_pages:add", args=["publications", "publicationpage", library.pk]
    )
    context = {
        "form": form,
        "fault": fault,
        "duplicates": duplicates,
        "create_url": create_url,
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Dashboard"},
            {"url": create_url, "label": "Nieuwe publicatie"},
            {"url": "", "label": "Invullen"},
        ],
        "header_title": "Publicatie die zichzelf invult",
        "header_icon": "doc-full-inverse",
    }
    return TemplateResponse(request, "publications/admin/prefill.html", context)


def found_with(form: PrefillForm) -> Found:
    file = form.cleaned_data["bestand"]
    with lookup_slot() as is_free:
        if not is_free:
            raise NothingFound(BUSY)
        found = look_into(file, file.name)[0] if file else look_up(form.cleaned_data["begin"])
    if not found.title:
        raise NothingFound("We vonden geen titel. Vul het zelf in.")
    return found


def draft_from(found: Found) -> PublicationPage:
    """
    Return an unsaved publication with what was found. An editor rewrites its summary.

    What does not fit its field, such as an address of a thousand characters, is left out.
    """
    values = {name: value for name, value in found.values().items() if name in SAME_FIELDS}
    page = PublicationPage(**values, live=False, has_unpublished_changes=True)
    if not slugify(page.title):  # a title without one Latin letter or digit
        page.slug = f"publicatie-{uuid.uuid4().hex[:8]}"
    page.authors = [
        PublicationAuthor(sort_order=place, **author_or_organisation(name))
        for place, name in enumerate(found.authors)
    ]
    page.editor_note = f"Ingevuld uit {found.source}."
    leave_out_faulty(page)
    return page


def leave_out_faulty(page: PublicationPage) -> None:
    """Empty the fields that cannot be saved as they are; never the title."""
    others = {field.name for field in page._meta.fields} - set(SAME_FIELDS)
    for check in (lambda: page.clean_fields(exclude=others), page.clean_facts):
        try:
            check()
        except ValidationError as faulty:
            names = faulty.error_dict.keys() - {"title"}
            names |= {"month", "day"} if "year" in names else set()
            for name in names:
                setattr(page, name, page._meta.get_field(name).get_default())


def add_draft(library: LibraryPage, page: PublicationPage, user, key: uuid.UUID) -> Page:
    """
    Save the draft and return it; for the second of two clicks, the draft of the first.

    `key` becomes its translation key, of which the database takes each once.
    """
    page.owner, page.translation_key = user, key
    try:
        with transaction.atomic():
            library.add_child(instance=page)
            page.save_revision(user=user, log_action=True)
    except IntegrityError:
        made = Page.objects.filter(translation_key=key).first()
        if made is None:
            raise
        return made
    return page


@require_GET
def publication_duplicates(request):
    """Return what an editor’s half-filled form may be a duplicate of, as a piece of the page."""
    library_for(request.user)
    typed, page = request.GET, request.GET.get("page", "")
    described = Description(
        title=typed.get("title", "")[:255],
        year=int(typed["year"]) if typed.get("year", "").isdecimal() else None,
        link=typed.get("source_url", "")[:1000],
        doi=typed.get("doi", "")[:255],
        isbn=typed.get("isbn", "")[:30],
    )
    if described.year and described.year > 9999:
        described.year = None
    apart_from = int(page) if page.isdecimal() and len(page) < 10 else None
    duplicates = all_duplicates(described, apart_from=apart_from)
    response = TemplateResponse(
        request, "publications/admin/duplicates.html", {"duplicates": duplicates}
    )
    response["Cache-Control"] = "no-store"
    return response
