import pytest
from django.core import mail

from forms.models import Contribution
from forms.tests.factories import (
    contribute,
    decision,
    make_editor,
    review_url,
    sent_mail,
    upload,
    work,
)
from publications.tests.factories import pdf_bytes

pytestmark = pytest.mark.django_db


def test_contribution_goes_from_form_to_library(client):
    pdf = pdf_bytes("Samen eten in Waterveld", "Over de keukentafel van de wijk")
    contribution, status_url = contribute(
        client, samenvatting="Een buurtkeuken verbindt.", bestand=upload(pdf), recht="eigen"
    )
    page_url = contribution.page.get_url()
    document_url = contribution.page.specific.document.url
    assert client.get(page_url).status_code == 404
    assert client.get(document_url).status_code == 404

    editor = make_editor()
    client.force_login(editor)
    response = client.post(review_url(contribution), decision(contribution))
    assert response.status_code == 302
    client.logout()
    work()

    assert "Samen eten, samen weten" in client.get(page_url).content.decode()
    found = client.get("/bibliotheek/", {"q": "buurtkeuken"}).context["results"]
    assert [hit.title for hit in found.hits] == ["Samen eten, samen weten"]
    download = client.get(document_url)
    assert b"".join(download.streaming_content) == pdf
    assert download["Content-Disposition"].startswith("attachment")
    assert sent_mail("fenna@voorbeeld.example") == [
        f"We hebben je bijdrage ontvangen ({contribution.reference})",
        f"Je bijdrage staat op het Kennisplein ({contribution.reference})",
    ]
    assert f"http://testserver{page_url}".split("testserver")[1] in mail.outbox[-1].body
    assert Contribution.objects.with_status().get().status == "gepubliceerd"
    assert "Gepubliceerd" in client.get(status_url).content.decode()
