"""A limit on what one uploaded file may take on disk, before anything has looked at it."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler

# More than one chunk, so that what is kept of a file that is too large is still too large.
MARGIN = 1024 * 1024


class LimitedUploadHandler(FileUploadHandler):
    """
    Keep the beginning of a file that is larger than any we accept, and let the rest go by.

    What is kept is larger than the limit too, so every form refuses it in its own words.
    """

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        limit = settings.CONTRIBUTION_MAX_FILE_BYTES + MARGIN
        return raw_data if self.received <= limit else None

    def file_complete(self, file_size):
        return None
