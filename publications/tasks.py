"""Slow work on documents, done by the worker: `manage.py db_worker --backend background`."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from publications.documents import EXTENSIONS, read_document
from publications.models import CreditedImage, LibraryDocument, PublicationPage
from publications.search_table import index_pages


@task(backend="background")
def read_document_file(document_id: int) -> None:
    """
    Read a document: findings always, its text and cover only when everyone may read it.

    Safe to run again, and when the document has gone in the meantime.
    """
    document = LibraryDocument.objects.filter(pk=document_id).first()
    if document is None or document.file_extension.lower() not in EXTENSIONS:
        return
    reading = read_document(document.file.path)
    with transaction.atomic():
        # Locked, so that a withdrawal that comes in between waits and then takes back all of it.
        document = LibraryDocument.objects.select_for_update().filter(pk=document_id).first()
        if document is None:
            return
        is_released = document.is_released()
        document.warnings = reading.warnings
        document.page_count = reading.page_count
        document.page_texts = reading.page_texts if is_released else []
        document.read_at = timezone.now()
        document.save(update_fields=["warnings", "page_count", "page_texts", "read_at"])
        if is_released and reading.cover and not hasattr(document, "drawn_cover"):
            CreditedImage.objects.create(
                title=f"Omslag van {document.title}"[:255],
                file=ContentFile(reading.cover, name=f"omslag-{document.fingerprint[:24]}.png"),
                drawn_from=document,
                is_decorative=True,
            )
        index_pages(PublicationPage, document.publications.values_list("pk", flat=True))
