"""Files that somebody could send to do harm, through the form: in words, and nothing breaks."""

import unicodedata
from pathlib import Path

import pytest

from forms.models import Contribution
from forms.tests.factories import answers_for, faults, hidden_answers
from publications.models import LibraryDocument
from publications.tasks import read_document_file
from publications.tests.hostile_files import HOSTILE_FILES, HostileFile, multipart

pytestmark = pytest.mark.django_db

# What takes more than a second to read is for `make judge`.
READ_EACH_TIME = {
    "pdf-with-a-password",
    "pdf-with-an-xfa-form",
    "pdf-and-zip",
    "docx-with-a-template-from-elsewhere",
    "docx-with-an-entity-bomb",
    "epub-with-scripts",
    *(hostile.what for hostile in HOSTILE_FILES if hostile.what.startswith("name-")),
}


def send_file(client, hostile: HostileFile):
    answers = {**hidden_answers(), **answers_for(recht="eigen")}
    body, content_type = multipart(answers, hostile.name, hostile.make())
    return client.post("/voeg-kennis-toe/", body, content_type=content_type)


def test_there_are_enough_of_them():
    assert len({hostile.what for hostile in HOSTILE_FILES}) == len(HOSTILE_FILES) >= 35


@pytest.mark.parametrize("hostile", [h for h in HOSTILE_FILES if h.refused], ids=str)
def test_hostile_file_is_refused_in_words(client, hostile):
    response = send_file(client, hostile)

    assert response.status_code == 200
    assert faults(response) == {"bestand": [hostile.refused]}
    assert not Contribution.objects.exists()
    assert not LibraryDocument.objects.exists()


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(h, id=str(h), marks=[] if h.what in READ_EACH_TIME else pytest.mark.judge)
        for h in HOSTILE_FILES
        if not h.refused
    ],
)
def test_hostile_file_comes_in_with_its_warnings(client, settings, hostile):
    response = send_file(client, hostile)
    document = LibraryDocument.objects.get()
    read_document_file.call(document.pk)

    document.refresh_from_db()
    stored = Path(document.file.path)
    assert response.status_code == 302
    assert document.warnings == list(hostile.warnings)
    assert stored.is_relative_to(settings.PRIVATE_ROOT)
    assert len(stored.relative_to(settings.PRIVATE_ROOT).parts) == 3
    assert {unicodedata.category(letter)[0] for letter in document.filename} <= set("LNPSZM")
    assert client.get(response.url).status_code == 200
    assert client.get(document.url).status_code == 404
