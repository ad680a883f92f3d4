"""
Files of documents that no document has.

A file is written before the transaction of its document ends. A process that is killed in between
leaves the file behind, and nobody will ever ask for it.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from publications.models import LibraryDocument
from publications.models.files import DOCUMENTS_FOLDER

logger = logging.getLogger(__name__)


def remove_stray_files() -> int:
    """
    Remove every file of a document that has no row, and folders that are empty. Return how many
    files went.

    Only those that have been on this disk for `STRAY_FILE_HOURS`: not what just comes in, and not
    what somebody puts back from a backup.
    """
    storage = LibraryDocument._meta.get_field("file").storage
    if not storage.exists(DOCUMENTS_FOLDER):
        return 0
    before = timezone.now() - timedelta(hours=settings.STRAY_FILE_HOURS)
    known = set(LibraryDocument.objects.values_list("file", flat=True))
    removed = 0
    for folder in storage.listdir(DOCUMENTS_FOLDER)[0]:
        folder = f"{DOCUMENTS_FOLDER}/{folder}"
        folders, files = storage.listdir(folder)
        for name in files:
            path = f"{folder}/{name}"
            if path not in known and storage.get_created_time(path) < before:
                storage.delete(path)
                logger.warning("Removed %s: no document has this file", path)
                removed += 1
        if not folders and not files and storage.get_created_time(folder) < before:
            storage.delete(folder)
    return removed
