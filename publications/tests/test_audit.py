"""The quality audit: what it finds, what editors do about it, and how it says that it stopped."""

from datetime import timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from publications.models import (
    AuditRecord,
    AuditRun,
    Finding,
    FindingKind,
    Licence,
    LinkCheck,
    PublicationPage,
)
from publications.tests.factories import (
    add_publication,
    make_document,
    make_image,
    make_publication,
    make_term,
    work,
)
from publications.tests.visits import text_of

pytestmark = pytest.mark.django_db

REPORT, NOW = "/admin/reports/keuring/", "/admin/keuring/nu/"


def audit(**options) -> str:
    out = StringIO()
    call_command("audit", no_links=True, stdout=out, **options)
    return out.getvalue()


def whole(**fields) -> PublicationPage:
    """Return a publication in which the audit finds nothing."""
    fields.setdefault("licence", Licence.BY)
    fields.setdefault("facilities", [make_term(vocabulary="voorziening", slug="buurthuis")])
    return add_publication(**fields)


def found(**filters) -> list[tuple[str, str]]:
    rows = Finding.objects.filter(**filters).order_by("publication__title", "kind", "subject")
    return [(one.publication.title, one.kind) for one in rows]


def bulk(client, action, *findings, **answers):
    address = reverse("wagtail_bulk_action", args=["publications", "finding", action])
    ids = "&".join(f"id={one.pk}" for one in findings)
    return client.post(f"{address}?{ids}&next={REPORT}", answers)


def rows_of(client, query="") -> list[str]:
    response = client.get(f"{REPORT}{query}")
    assert response.status_code == 200
    return [one.get_kind_display() for one in response.context["object_list"]]


def age(page, days: int) -> None:
    long_ago = timezone.now() - timedelta(days=days)
    PublicationPage.objects.filter(pk=page.pk).update(
        first_published_at=long_ago, last_published_at=long_ago
    )


def test_audit_finds_what_is_missing_and_forgets_what_was_mended():
    whole(title="Heel")
    bare = add_publication(title="Kaal")
    bare.summary = " "
    bare.save()
    whole(title="Morgen", year=timezone.now().year + 1)
    whole(title="Plaat", cover=make_image("Bank"))
    image = PublicationPage.objects.get(title="Plaat").cover
    type(image).objects.filter(pk=image.pk).update(description="")
    whole(title="Scan", document=make_document())
    make_document_without_text = PublicationPage.objects.get(title="Scan").document
    type(make_document_without_text).objects.update(warnings=["geen-tekst"])
    age(whole(title="Toen"), 3 * 365 + 1)
    age(whole(title="Bijna"), 3 * 365 - 1)
    make_publication(title="Concept zonder iets", live=False)

    assert audit() == "Audited 7 publications and 0 links.\n"
    assert found() == [
        ("Kaal", "licentie"),
        ("Kaal", "samenvatting"),
        ("Kaal", "voorziening"),
        ("Morgen", "toekomst"),
        ("Plaat", "alt-tekst"),
        ("Scan", "tekstlaag"),
        ("Toen", "actueel"),
    ]

    PublicationPage.objects.filter(title="Kaal").update(summary="Weer een tekst.")
    type(image).objects.filter(pk=image.pk).update(is_decorative=True)
    PublicationPage.objects.get(title="Morgen").unpublish()
    first = Finding.objects.get(kind="actueel")
    audit()

    assert found() == [
        ("Kaal", "licentie"),
        ("Kaal", "voorziening"),
        ("Scan", "tekstlaag"),
        ("Toen", "actueel"),
    ]
    assert Finding.objects.get(kind="actueel").pk == first.pk


def test_doubles_are_found_at_both_and_dismissed_at_both(admin_client):
    one = whole(title="Samen eten in de wijk", year=2020)
    other = whole(title="Samen eten in de wijk!", year=2021)
    whole(title="Heel iets anders")
    whole(title="Samen eten in de wijk", live=False)
    audit()
    assert found() == [(one.title, "dubbel"), (other.title, "dubbel")]

    bulk(admin_client, "negeren", one.findings.get(), reason="Twee drukken")
    audit()

    assert rows_of(admin_client) == []
    assert found(dismissed_reason="Twee drukken") == found()


def test_editor_dismisses_with_a_reason_and_takes_it_back(admin_client, admin_user):
    page = add_publication(title="Kaal")
    add_publication(title="Ook kaal")
    audit()
    licence, place = page.findings.order_by("kind")
    assert len(rows_of(admin_client)) == 4

    asked = admin_client.get(
        reverse("wagtail_bulk_action", args=["publications", "finding", "negeren"]),
        {"id": licence.pk, "next": REPORT},
    )
    assert "Kies de licentie." in asked.content.decode()
    answer = bulk(admin_client, "negeren", licence, place, reason="Stond er niet in")
    (message,) = get_messages(answer.wsgi_request)
    assert "Genegeerd: 2." in str(message)
    assert f"finding/terughalen/?id={licence.pk}" in str(message)
    again = bulk(admin_client, "negeren", licence, place, reason="Tweede klik")

    assert (answer.status_code, answer.url, again.status_code) == (302, REPORT, 302)
    licence.refresh_from_db()
    assert (licence.dismissed_by, licence.dismissed_reason) == (admin_user, "Stond er niet in")
    assert rows_of(admin_client) == ["geen licentie", "geen voorziening"]
    dismissed = admin_client.get(f"{REPORT}?toestand=genegeerd")
    assert "Genegeerd door admin: Stond er niet in" in text_of(dismissed)
    audit()
    assert rows_of(admin_client, "?toestand=genegeerd") == ["geen licentie", "geen voorziening"]

    bulk(admin_client, "terughalen", licence, place)

    assert len(rows_of(admin_client)) == 4
    assert rows_of(admin_client, "?toestand=genegeerd") == []


def test_report_has_filters_and_an_export(admin_client):
    add_publication(title="Kaal")
    whole(title="Morgen", year=timezone.now().year + 1)
    audit()

    assert rows_of(admin_client, "?kind=toekomst&kind=licentie") == [
        "geen licentie",
        "datum in de toekomst",
    ]
    assert len(rows_of(admin_client)) == 3
    assert rows_of(admin_client, "?title=morg") == ["datum in de toekomst"]
    assert rows_of(admin_client, "?kind=onzin%00&toestand=x") is not None
    export = b"".join(admin_client.get(f"{REPORT}?export=csv&kind=toekomst").streaming_content)
    assert "Morgen" in export.decode()
    assert "Kaal" not in export.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_report_asks_the_database_as_often_for_one_as_for_three(
    admin_client, number, django_assert_num_queries
):
    for one in range(number):
        add_publication(title=f"Kaal {'abc'[one] * 20}")
    audit()
    admin_client.get(REPORT)

    with django_assert_num_queries(13):
        admin_client.get(REPORT)


@pytest.mark.parametrize("door", ["edit screen", "script", "report"])
def test_still_holds_is_recorded_and_shown(admin_client, admin_user, door):
    page = whole(title="Toen")
    age(page, 5 * 365)
    audit()
    AuditRecord.objects.update(audited_at=None)
    assert "Laatst gecontroleerd" not in text_of(admin_client.get(page.url))
    address = reverse("publication_still_holds", args=[page.pk])

    if door == "edit screen":
        assert admin_client.post(address).status_code == 302
    elif door == "script":
        said = admin_client.post(address, headers={"accept": "text/plain"}).content.decode()
        assert said == "Genoteerd: vandaag bekeken, en nog actueel."
    else:
        bulk(admin_client, "nog-actueel", page.findings.get())

    assert found() == []
    assert AuditRecord.objects.get().looked_by == admin_user
    AuditRecord.objects.update(audited_at=None)
    shown = text_of(admin_client.get(page.url))
    today = timezone.localdate()
    assert f"Laatst gecontroleerd op {today.day} " in shown


def test_button_starts_one_audit_in_the_background(admin_client):
    page = add_publication(title="Kaal")
    assert "Er is nog niet gekeurd." in text_of(admin_client.get(REPORT))

    assert admin_client.post(NOW).url == REPORT
    assert admin_client.get(NOW).status_code == 405
    assert found() == []
    work()

    assert found() == [("Kaal", "licentie"), ("Kaal", "voorziening")]
    assert AuditRun.objects.get().finished_at
    Finding.objects.all().delete()
    admin_client.post(reverse("publication_audit", args=[page.pk]))
    assert found() == [("Kaal", "licentie"), ("Kaal", "voorziening")]


def test_stopped_audit_is_said_on_the_dashboard_and_in_the_report(admin_client, caplog):
    page = whole()
    age(page, 3)
    assert "De keuring staat stil" in text_of(admin_client.get("/admin/"))
    audit()
    assert "De keuring staat stil" not in text_of(admin_client.get("/admin/"))

    AuditRun.objects.update(finished_at=timezone.now() - timedelta(days=2, minutes=1))
    AuditRun.objects.create()  # one that was cut off

    assert "De keuring staat stil" in text_of(admin_client.get("/admin/"))
    assert "De keuring draait niet meer" in text_of(admin_client.get(REPORT))
    audit()
    assert "never finished" in caplog.text
    assert "De keuring draait niet meer" not in text_of(admin_client.get(REPORT))


def test_one_broken_publication_keeps_no_other_from_being_audited(caplog):
    broken = add_publication(title="Kapot")
    PublicationPage.objects.filter(pk=broken.pk).update(source_url="http://[kapot")
    add_publication(title="Kaal")

    call_command("audit", stdout=StringIO())

    assert ("Kaal", "licentie") in found()
    assert LinkCheck.objects.get().state == "hapert"


def quality(client, **typed) -> str:
    response = client.get("/admin/publicaties/mist/", typed)
    assert response.status_code == 200
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def test_screen_says_what_is_missing_while_an_editor_types(admin_client):
    page = make_publication(title="Kaal", live=False, summary="", kind=None, organisation="")
    opened = admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert "Nodig om te publiceren: Kies de soort. Schrijf de samenvatting." in text_of(opened)
    assert "data-quality-count" in opened.content.decode()

    said = quality(admin_client, page=page.pk, title="Kaal", kind="3", pillars="4", year="2199")
    assert said == (
        "Nodig om te publiceren: Schrijf de samenvatting. "
        "Geef een link, DOI, ISBN, document of organisatie. "
        "Kan beter: Kies een voorziening, als het over een plek gaat: zo vinden lezers het. "
        "Kies de licentie. Weet je die niet? Kijk voorin of achterin het stuk. "
        "De datum ligt in de toekomst. Klopt het jaar?"
    )
    full = {"title": "t", "kind": "3", "summary": "ja", "pillars": "4", "doi": "10.1/a"}
    full |= {"facilities": "5", "licence": Licence.BY}
    assert quality(admin_client, **full) == "Er mist niets meer."
    hostile = {"page": "9" * 40, "document": "-1", "cover": "\x00", "year": "²", "month": "99"}
    assert quality(admin_client, **full, **hostile) == "Er mist niets meer."


def test_screen_says_what_the_audit_found_and_leaves_out_what_was_dismissed(admin_client):
    page = whole(title="Met dode link", source_url="https://example.org/weg")
    LinkCheck.objects.create(
        publication=page,
        address=page.source_url,
        state="dood",
        detail="De site antwoordt met fout 404.",
        failures=3,
        first_failed_at=timezone.now() - timedelta(days=9),
    )
    audit()
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert "https://example.org/weg werkt niet meer, sinds" in text_of(admin_client.get(edit))

    bulk(admin_client, "negeren", page.findings.get(kind=FindingKind.DEAD_LINK))

    assert "werkt niet meer" not in text_of(admin_client.get(edit))


def routes(page, finding) -> list[tuple[str, str]]:
    bulk_actions = ["negeren", "terughalen", "nog-actueel"]
    bulk_urls = [
        reverse("wagtail_bulk_action", args=["publications", "finding", name]) + f"?id={finding.pk}"
        for name in bulk_actions
    ]
    return [
        *(("get", url) for url in (REPORT, f"{REPORT}results/", f"{REPORT}?export=csv")),
        ("get", f"/admin/publicaties/mist/?page={page.pk}"),
        ("post", NOW),
        ("post", reverse("publication_audit", args=[page.pk])),
        ("post", reverse("publication_still_holds", args=[page.pk])),
        *((method, url) for url in bulk_urls for method in ("get", "post")),
    ]


@pytest.mark.parametrize("who", ["nobody", "somebody in the admin"])
def test_only_who_may_comes_in(client, who):
    page = add_publication(title="Geheim gevonden")
    audit()
    if who != "nobody":
        user = User.objects.create_user("iemand")
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(user)

    for method, url in routes(page, page.findings.first()):
        response = getattr(client, method)(url)
        assert (response.status_code, url) == (302, url)
        assert "Geheim" not in response.content.decode()
    assert "Keuring" not in text_of(client.get("/admin/reports/", follow=True))
    assert not Finding.objects.exclude(dismissed_at=None).exists()
    assert not AuditRecord.objects.exclude(looked_at=None).exists()
