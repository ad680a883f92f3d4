"""Every list in the admin, asked what it does not know and what it must not tell."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from forms.tests.factories import browser_of, contribute, make_editor, make_form_page
from publications.tests.factories import make_publication

pytestmark = pytest.mark.django_db

QUERIES = (
    "search=samen",
    "q=%00",
    "q=" + "x" * 3000,
    "q=%25_%27%22%5C",
    "o=99",
    "o=-1.x..-",
    "o=0&o=1",
    "p=9999",
    "p=-1",
    "p=x",
    "p=" + "9" * 30,
    "p=9999&q=samen",
    "bestaatniet=1",
    "pk=x",
    "id__in=x",
    "kind__exact=zo%00maar",
    "kind__exact=nietsvandit",
    "live__exact=7",
    "year=" + "9" * 30,
    "year=x",
    "status=nee&werk=nee",
    "soort=zo%00maar",
    "received_at__gte=gisteren",
    "received_at__gte=0001-01-01%2000:00:00%2B14:00",
    "received_at__isnull=misschien",
    "asked_at__lt=9999-12-31%2023:59:59-14:00",
    "outcome__exact=",
    "%00=1",
    "export=csv&search=samen",
    "export=nee",
)
# What a list refers to, of which nothing may be found out by asking.
THROUGH_RELATIONS = (
    "decided_by__password__startswith",
    "claimed_by__password__startswith",
    "by__password__startswith",
    "owner__password__startswith",
    "contact__email__startswith",
    "contribution__contact__email__startswith",
    "contributions__contact__email__startswith",
    "email__startswith",
    "body__contains",
    "token__startswith",
)


def lists() -> list[str]:
    """Return the address of every list that modeladmin makes, from the addresses themselves."""
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    found = [reverse(name) for name in names if name.endswith("_modeladmin_index")]
    return sorted(found)


def test_every_list_is_asked():
    assert len(lists()) == 7


def test_no_list_breaks_on_what_it_is_asked():
    make_form_page()
    make_publication(title="Samen eten")
    contribute(Client())
    browser = browser_of(make_editor(is_superuser=True))
    browser.raise_request_exception = False

    broken = [
        f"{address}?{query} → {response.status_code}"
        for address in lists()
        for query in QUERIES
        if (response := browser.get(f"{address}?{query}", follow=True)).status_code != 200
    ]

    assert broken == []


def test_no_list_looks_up_what_its_filters_do_not_ask():
    make_form_page()
    contribute(Client())
    browser = browser_of(make_editor(is_superuser=True))

    for address in lists():
        for lookup in THROUGH_RELATIONS:
            response = browser.get(f"{address}?{lookup}=pbkdf2")
            assert [response.status_code, response.url] == [302, address], lookup
            export = browser.get(f"{address}?export=csv&{lookup}=pbkdf2")
            assert [export.status_code, export.url] == [302, address], lookup
