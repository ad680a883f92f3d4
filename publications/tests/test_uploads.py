from io import BytesIO

from django.core.files.uploadhandler import load_handler
from django.http.multipartparser import MultiPartParser
from django.test import RequestFactory
from django.test.client import encode_multipart


def uploaded_size(size, settings) -> int:
    request = RequestFactory().post("/")
    handlers = [load_handler(path, request) for path in settings.FILE_UPLOAD_HANDLERS]
    file = BytesIO(b"x" * size)
    file.name = "rapport.pdf"
    body = encode_multipart("grens", {"bestand": file})
    meta = {"CONTENT_TYPE": "multipart/form-data; boundary=grens", "CONTENT_LENGTH": len(body)}
    _, files = MultiPartParser(meta, BytesIO(body), handlers).parse()
    return files["bestand"].size


def test_file_within_the_limit_arrives_whole(settings):
    settings.CONTRIBUTION_MAX_FILE_BYTES = 3 * 1024 * 1024

    assert uploaded_size(3 * 1024 * 1024, settings) == 3 * 1024 * 1024


def test_file_far_over_the_limit_is_cut_but_still_too_large(settings):
    settings.CONTRIBUTION_MAX_FILE_BYTES = 3 * 1024 * 1024

    size = uploaded_size(12 * 1024 * 1024, settings)

    assert 3 * 1024 * 1024 < size <= 4 * 1024 * 1024
