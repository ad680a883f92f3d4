"""What people see when something is not there or went wrong."""

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from forms.tests.factories import make_form_page
from publications.tests.factories import make_publication
from publications.tests.visits import text_of

pytestmark = pytest.mark.django_db


def broken(request):
    raise RuntimeError("Stuk")


urlpatterns = [path("stuk/", broken), path("", include("kennisplein.urls"))]


def test_missing_page_says_so_in_dutch_and_helps_on(client):
    make_publication()

    response = client.get("/bestaat-niet/<script>alert(1)</script>/")

    assert response.status_code == 404
    text = text_of(response)
    assert text.startswith("Deze pagina bestaat niet (meer) Misschien is ze verhuisd")
    html = response.content.decode()
    assert '<html lang="nl">' in html
    assert 'action="/bibliotheek/"' in html
    assert "<script>alert" not in html
    assert 'rel="canonical"' not in html


@override_settings(ROOT_URLCONF=__name__)
def test_error_says_so_in_dutch_and_needs_no_database(django_assert_num_queries):
    client = Client(raise_request_exception=False)

    with django_assert_num_queries(0):
        response = client.get("/stuk/")

    assert response.status_code == 500
    html = response.content.decode()
    assert '<html lang="nl">' in html
    assert "Er ging iets mis bij ons" in text_of(response)
    assert "Stuk" not in html
    assert "info@buurtwijs.nl" in html
    assert "default-src 'self'" in response["Content-Security-Policy"]


def test_refused_form_says_so_in_dutch():
    make_form_page()

    response = Client(enforce_csrf_checks=True).post("/voeg-kennis-toe/", {"deur": "tip"})

    assert response.status_code == 403
    assert "Het versturen lukte niet" in text_of(response)


def test_unknown_host_gets_nothing(client):
    response = client.get("/", headers={"host": "boef.example"})

    assert isinstance(response, HttpResponse)
    assert response.status_code == 400
