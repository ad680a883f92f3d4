"""Imports: a file that an editor brought, and what became of each of its rows."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

STALLED_AFTER = timedelta(minutes=2)


class ImportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel"
    BIBTEX = "bib", "BibTeX"
    RIS = "ris", "RIS"
    JSON = "json", "JSON"


class ImportJob(models.Model):
    """
    One file of publications. The worker reads it, an editor looks at what will happen, the worker
    makes the drafts. What stage it is in follows from the moments below.
    """

    file_name = models.CharField("bestand", max_length=255)
    format = models.CharField("vorm", max_length=5, choices=ImportFormat)
    content = models.BinaryField(default=bytes)  # until it has been read
    uploaded_at = models.DateTimeField("gebracht op", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        verbose_name="door",
        related_name="+",
    )
    fault = models.TextField("waarom het bestand niet te lezen is", blank=True)
    notices = models.JSONField(default=list)  # sentences about the file as a whole
    read_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    with_possible = models.BooleanField(default=False)  # make drafts of possible duplicates too
    imported_at = models.DateTimeField(null=True)
    undo_asked_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)  # the last sign of life of the worker

    class Meta:
        verbose_name = "import"
        verbose_name_plural = "imports"
        ordering = ["-uploaded_at"]

    def __str__(self):
        return self.file_name

    @property
    def is_waiting_for_worker(self) -> bool:
        is_importing = self.approved_at and not self.imported_at
        is_undoing = self.undo_asked_at and not self.undone_at
        return bool(not self.fault and (not self.read_at or is_importing or is_undoing))

    @property
    def is_stalled(self) -> bool:
        """Tell whether the worker should have shown a sign of life by now."""
        last = max(
            filter(None, [self.uploaded_at, self.approved_at, self.undo_asked_at, self.worked_at])
        )
        return self.is_waiting_for_worker and timezone.now() - last > STALLED_AFTER

    @property
    def stage(self) -> str:
        """What is happening, in an editor's words."""
        stages = [
            (self.fault, "niet te lezen"),
            (self.undone_at, "teruggedraaid"),
            (self.undo_asked_at, "wordt teruggedraaid"),
            (self.imported_at, "geïmporteerd"),
            (self.approved_at, "wordt geïmporteerd"),
            (self.read_at, "klaar om na te kijken"),
        ]
        return next((words for moment, words in stages if moment), "wordt gelezen")


class Verdict(models.TextChoices):
    NEW = "nieuw", "nieuw"
    POSSIBLE = "misschien", "misschien dubbel"
    DUPLICATE = "dubbel", "dubbel"
    WRONG = "fout", "klopt niet"


class ImportRowQuerySet(models.QuerySet):
    def to_import(self, job: ImportJob):
        """Rows that are to become a draft and have not yet."""
        wanted = [Verdict.NEW, *([Verdict.POSSIBLE] if job.with_possible else [])]
        return self.filter(job=job, verdict__in=wanted, imported_at=None).order_by("number")


class ImportRow(models.Model):
    """
    One publication in a file: what was read, what is wrong with it, and the draft it became.

    `facts` is a record of `publications.exchange.records`; `problems` holds [column, sentence].
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("rij")  # as people count in the file
    facts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    notices = models.JSONField(default=list)
    verdict = models.CharField("oordeel", max_length=10, choices=Verdict)
    duplicate_of = models.ForeignKey(
        "publications.PublicationPage", models.SET_NULL, null=True, related_name="+"
    )
    duplicate_why = models.CharField(max_length=250, blank=True)
    page = models.ForeignKey(
        "publications.PublicationPage", models.SET_NULL, null=True, related_name="+"
    )
    revision_id = models.BigIntegerField(null=True)  # as it was made, to see whether it was edited
    imported_at = models.DateTimeField(null=True)
    kept_because = models.CharField(max_length=250, blank=True)  # when the import was undone
    redirected_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True  # to be the row of a publication is no use of it
    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = "rij van een import"
        ordering = ["job", "number"]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="importrow_once_in_a_file")
        ]

    def __str__(self):
        return f"{self.number}: {self.facts.get('title', '')}"
