"""Bringing a file, looking at what will happen with it, and letting it happen. Redactie only."""

import csv
from pathlib import PurePath

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from publications.exchange.cells import safe_cell
from publications.exchange.exports import as_csv
from publications.exchange.importing import import_rows, read_import, undo_import
from publications.exchange.readers import MAX_BYTES, MAX_ROWS
from publications.models import ImportFormat, ImportJob, LibraryPage, Verdict

ROWS_ON_A_PAGE = 100
ENDINGS = {f".{value}": value for value in ImportFormat.values} | {
    ".bibtex": ImportFormat.BIBTEX,
    ".jsonl": ImportFormat.JSON,
    ".txt": ImportFormat.RIS,
}
CRUMB = {"url": "/admin/publications/importjob/", "label": "Imports"}


class UploadForm(forms.Form):
    bestand = forms.FileField(
        label="Bestand",
        help_text=(
            "CSV of Excel met koppen, BibTeX, RIS of JSON."
            f" Hoogstens {MAX_ROWS:,} publicaties en {MAX_BYTES // 1024**2} MB.".replace(",", ".")
        ),
    )

    def clean_bestand(self):
        file = self.cleaned_data["bestand"]
        if PurePath(file.name).suffix.lower() not in ENDINGS:
            raise forms.ValidationError("Dit moet een .csv, .xlsx, .bib, .ris of .json zijn.")
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"Dit is groter dan {MAX_BYTES // 1024**2} MB.")
        return file


def may_import(user) -> bool:
    """Tell whether somebody may import: who has the right, and may add to the library at all."""
    library = LibraryPage.objects.first()
    return bool(
        library
        and user.has_perm("publications.add_importjob")
        and library.permissions_for_user(user).can_add_subpage()
    )


@require_http_methods(["GET", "POST"])
def import_upload(request):
    """Take in a file and let the worker read it. Nothing comes in the library yet."""
    if not may_import(request.user):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["bestand"]
        with transaction.atomic():
            job = ImportJob.objects.create(
                file_name=file.name[:255],
                format=ENDINGS[PurePath(file.name).suffix.lower()],
                content=file.read(),
                by=request.user,
            )
            read_import.enqueue(job.pk)
        return redirect("import_job", pk=job.pk)
    return TemplateResponse(
        request,
        "publications/admin/import_upload.html",
        {
            "form": form,
            "header_title": "Publicaties importeren",
            "header_icon": "upload",
            "breadcrumbs_items": [CRUMB, {"url": "", "label": "Importeren"}],
        },
    )


@require_http_methods(["GET", "POST"])
def import_job(request, pk):
    """Show what will be or was made of each row; a POST lets it happen, or undoes it."""
    if not may_import(request.user):
        raise PermissionDenied
    job = get_object_or_404(ImportJob.objects.select_related("by").defer("content"), pk=pk)
    if request.method == "POST":
        act(request, job)
        return redirect("import_job", pk=pk)
    counts = dict(job.rows.order_by().values_list("verdict").annotate(count=Count("pk")))
    chosen = request.GET.get("oordeel", "")
    rows = job.rows.select_related("page", "duplicate_of")
    if chosen == "gebleven":
        rows = rows.exclude(kept_because="")
    elif chosen in Verdict.values:
        rows = rows.filter(verdict=chosen)
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("p"))
    made = job.rows.exclude(imported_at=None).count()
    to_make = counts.get(Verdict.NEW, 0)
    to_make += counts.get(Verdict.POSSIBLE, 0) if job.with_possible else 0
    context = {
        "job": job,
        "counts": [(v, v.label, counts.get(v, 0)) for v in Verdict],
        "total": sum(counts.values()),
        "new": counts.get(Verdict.NEW, 0),
        "possible": counts.get(Verdict.POSSIBLE, 0),
        "wrong": counts.get(Verdict.WRONG, 0),
        "chosen": chosen,
        "page": page,
        "made": made,
        "to_make": to_make,
        "kept": job.rows.exclude(kept_because="").count() if job.undo_asked_at else 0,
        "header_title": job.file_name,
        "header_icon": "upload",
        "breadcrumbs_items": [CRUMB, {"url": "", "label": job.file_name}],
    }
    return TemplateResponse(request, "publications/admin/import_job.html", context)


@transaction.atomic
def act(request, job: ImportJob) -> None:
    """Carry out a button. Each does its work once, however often it is pressed."""
    action, now = request.POST.get("actie"), timezone.now()
    same = ImportJob.objects.filter(pk=job.pk)
    if action == "importeer":
        ready = same.filter(approved_at=None).exclude(read_at=None)
        if ready.update(approved_at=now, with_possible="misschien" in request.POST):
            import_rows.enqueue(job.pk)
            messages.success(request, "De concepten worden gemaakt.")
    elif action == "draai-terug":
        if same.filter(undo_asked_at=None).exclude(approved_at=None).update(undo_asked_at=now):
            undo_import.enqueue(job.pk)
            messages.success(request, "De import wordt teruggedraaid.")
    elif action == "ga-verder" and job.is_waiting_for_worker:
        task = read_import
        if job.approved_at:
            task = undo_import if job.undo_asked_at else import_rows
        task.enqueue(job.pk)
        messages.success(request, "De import gaat verder waar hij was.")


@require_safe
def import_problems(request, pk):
    """Answer with what is wrong in a file as CSV: row, column, sentence."""
    if not may_import(request.user):
        raise PermissionDenied
    job = get_object_or_404(ImportJob.objects.defer("content"), pk=pk)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{job.pk}-fouten.csv"'
    writer = csv.writer(response)
    writer.writerow(["rij", "titel", "kolom", "wat er mis is"])
    for row in job.rows.filter(verdict=Verdict.WRONG):
        for column, sentence in row.problems:
            title = row.facts.get("title", "")
            writer.writerow([row.number, safe_cell(title), column, safe_cell(sentence)])
    return response


@require_safe
def import_example(request):
    """Answer with an empty CSV with all headings."""
    if not may_import(request.user):
        raise PermissionDenied
    response = StreamingHttpResponse(as_csv([]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="voorbeeld.csv"'
    return response
