"""An editor brings a file with publications, and what the admin shows of it."""

import csv
import io

from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from publications.models import ImportJob, PublicationPage
from publications.tests.factories import work

UPLOAD = "/admin/importeren/"


def table(*rows: dict) -> bytes:
    """Return a CSV with these rows; the headings are those of the first."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def bring(browser, content: bytes, name="lijst.csv") -> ImportJob:
    file = SimpleUploadedFile(name, content)
    response = browser.post(UPLOAD, {"bestand": file})
    assert response.status_code == 302, response.content.decode()
    work()
    job = ImportJob.objects.latest("pk")
    assert response["Location"] == reverse("import_job", args=[job.pk])
    return job


def press(browser, job, action, **data) -> None:
    browser.post(reverse("import_job", args=[job.pk]), {"actie": action, **data})
    work()
    job.refresh_from_db()


def shown(browser, job, query="") -> list[list[str]]:
    """Return the rows of the preview as an editor reads them."""
    html = browser.get(reverse("import_job", args=[job.pk]) + query).content
    rows = BeautifulSoup(html, "html.parser").select("table.listing tbody tr")
    return [[" ".join(c.get_text(" ").split()) for c in row.find_all("td")] for row in rows]


def titles() -> list[str]:
    return sorted(PublicationPage.objects.values_list("title", flat=True))
