"""An editor brings a file: what will be made, what is double, what is wrong; then drafts."""

import csv
import io
import re
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import GroupPagePermission, Page, ReferenceIndex, Site

from publications.exchange import importing
from publications.exchange.checking import check_rows
from publications.exchange.importing import import_rows, read_import, undo_import
from publications.models import (
    ImportFormat,
    ImportJob,
    PublicationPage,
    PublicationRelation,
    Vocabulary,
)
from publications.tests.bringing import UPLOAD, bring, press, shown, table, titles
from publications.tests.editing import opened, send
from publications.tests.factories import (
    make_library,
    make_pillar_page,
    make_publication,
    make_term,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def library():
    make_term(slug="sociale-cohesie", label="Sociale cohesie")
    make_term(vocabulary=Vocabulary.KIND, slug="onderzoek", label="Onderzoek")
    return make_library()


def test_preview_says_of_each_row_what_it_becomes_and_makes_nothing(admin_client):
    there = make_publication(title="Samen leven in de wijk", doi="10.1234/abc", year=2020)
    job = bring(
        admin_client,
        table(
            {"titel": "Nieuw rapport", "jaar": "2024"},
            {"titel": "Heel iets anders", "doi": "https://doi.org/10.1234/ABC"},
            {"titel": "Samen leven in de wijken", "jaar": "2021"},
            {"titel": "", "jaar": "vorig jaar"},
        ),
    )

    assert shown(admin_client, job) == [
        ["2", "Nieuw rapport (2024)", "wordt een concept", ""],
        ["3", "Heel iets anders", "overgeslagen: dubbel", f"Dezelfde DOI. {there.title}"],
        [
            "4",
            "Samen leven in de wijken (2021)",
            "misschien dubbel",
            f"Bijna dezelfde titel. {there.title}",
        ],
        [
            "5",
            "(geen titel)",
            "overgeslagen: klopt niet",
            "Jaar : ‘vorig jaar’ is geen getal. Titel : De titel ontbreekt.",
        ],
    ]
    assert [row[0] for row in shown(admin_client, job, "?oordeel=fout")] == ["5"]
    assert titles() == [there.title]
    problems = admin_client.get(f"{UPLOAD}{job.pk}/fouten.csv").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(problems)))[1:] == [
        ["5", "", "jaar", "‘vorig jaar’ is geen getal."],
        ["5", "", "titel", "De titel ontbreekt."],
    ]


def test_importing_makes_drafts_that_editors_open_and_publish(admin_client, client, admin_user):
    job = bring(
        admin_client,
        table(
            {
                "titel": "Buurthuizen",
                "auteurs": "Vries, Jan de; {Gemeente Utrecht}",
                "soort": "onderzoek",
                "samenvatting": "Over tafels.",
                "organisatie": "Movisie",
                "pijlers": "Sociale cohesie",
                "trefwoorden": "buurt; ontmoeten",
                "wat je ermee kunt": "Zet koffie; veel | Zet thee",
                "oude adressen": "https://oud.nl/kennis/buurthuizen/?x=1 | /content/buurthuizen",
                "jaar": "2021",
            },
            {"titel": "Buurthuizen", "jaar": "1999"},
        ),
    )
    press(admin_client, job, "importeer")

    assert job.stage == "geïmporteerd"
    first, second = PublicationPage.objects.order_by("path")
    assert (first.slug, second.slug) == ("buurthuizen", "buurthuizen-2")
    assert (first.live, first.owner, first.has_unpublished_changes) == (False, admin_user, True)
    assert first.author_names == ["Jan de Vries", "Gemeente Utrecht"]
    assert first.takeaway_texts == ["Zet koffie; veel", "Zet thee"]
    assert sorted(first.keywords.names()) == ["buurt", "ontmoeten"]
    assert Page.find_problems() == ([], [], [], [], [])
    assert client.get(first.url).status_code == 404
    assert client.get("/content/buurthuizen/").status_code == 404
    assert not Redirect.objects.exists()
    assert ReferenceIndex.get_references_for_object(first).exists()
    history = admin_client.get(reverse("wagtailadmin_pages:history", args=[first.pk]))
    assert "Aangemaakt" in history.content.decode()
    found = admin_client.get("/admin/pages/search/?q=buurthuizen").content.decode()
    assert f"/admin/pages/{first.pk}/" in found
    edit = reverse("wagtailadmin_pages:edit", args=[first.pk])
    assert opened(admin_client, edit)["authors-TOTAL_FORMS"] == "2"

    send(admin_client, edit, "action-publish")

    page = client.get(first.url).content.decode()
    assert "Jan de Vries en Gemeente Utrecht" in page
    assert "Zet koffie; veel" in page
    for old in ("/kennis/buurthuizen/?x=1", "/content/buurthuizen/"):
        assert client.get(old)["Location"] == first.url
    first.refresh_from_db()
    assert first.authors.count() == 2
    assert PublicationPage.objects.count() == 2


def test_an_old_address_that_leads_somewhere_stays(admin_client, client):
    other = make_publication(title="Een ander", slug="een-ander")
    Redirect.add_redirect("/oud", other)
    job = bring(
        admin_client,
        table(
            {"titel": "Rood", "oude adressen": "/oud | /bibliotheek/een-ander/ | /vrij"},
            {"titel": "Groen", "oude adressen": "/vrij/"},
            {"titel": "Blauw", "oude adressen": "vrij"},
        ),
    )
    assert [row[3] for row in shown(admin_client, job)] == [
        " ".join(
            f"Het adres ‘{path}’ is al in gebruik en blijft zoals het is."
            for path in ("/oud", "/bibliotheek/een-ander")
        ),
        "Oude adressen : ‘/vrij’ staat ook bij rij 2.",
        "Oude adressen : ‘vrij’ moet met / of https:// beginnen.",
    ]
    press(admin_client, job, "importeer")
    page = PublicationPage.objects.get(title="Rood")
    page.summary, page.organisation = "x", "y"
    page.kind, page.pillars = make_term(vocabulary="soort", slug="onderzoek"), [make_term()]
    page.save_revision().publish()

    assert client.get("/oud")["Location"] == other.url
    assert client.get("/vrij")["Location"] == page.url
    assert client.get(other.url).status_code == 200


@pytest.mark.parametrize(
    ("there", "row", "why"),
    [
        ({"doi": "10.1234/a"}, {"doi": "doi:10.1234/A"}, "Dezelfde DOI."),
        ({"isbn": "9789000000005"}, {"isbn": "90-00-00000-9"}, "Dezelfde ISBN."),
        (
            {"source_url": "https://www.x.nl/rapport/?id=1&utm_source=mail#top"},
            {"link": "http://x.nl/rapport?id=1"},
            "Dezelfde link.",
        ),
        ({"source_url": "https://www.x.nl/"}, {"link": "https://www.x.nl/"}, ""),
        ({"title": "Dé sociale basis!"}, {"titel": "De Sociale Basis"}, "Bijna dezelfde titel."),
        ({"title": "De sociale basis", "year": 2010}, {"jaar": "2020"}, ""),
        ({"title": "De sociale ladder"}, {}, ""),
        ({"title": "De sociale basis 2"}, {}, ""),
    ],
)
def test_what_is_double_and_why(admin_client, there, row, why):
    make_publication(**{"title": "Zomaar", "live": False, **there})

    job = bring(admin_client, table({"titel": "De sociale basis", **row}))

    assert job.rows.get().duplicate_why == why


def test_what_is_double_within_the_file(admin_client):
    job = bring(
        admin_client,
        table(
            {"titel": "Eerste", "doi": "10.1234/a"},
            {"titel": "Tweede", "doi": "10.1234/A"},
            {"titel": "Eerste", "doi": ""},
        ),
    )
    assert [row.duplicate_why for row in job.rows.all()] == [
        "",
        "Dezelfde DOI als rij 2.",
        "Bijna dezelfde titel als rij 2.",
    ]

    press(admin_client, job, "importeer", misschien="on")

    assert titles() == ["Eerste", "Eerste"]


WRONG = [
    ({"jaar": "20x4"}, "jaar"),
    ({"jaar": "99"}, "jaar"),
    ({"jaar": "2020", "maand": "13"}, "maand"),
    ({"jaar": "2023", "maand": "2", "dag": "30"}, "dag"),
    ({"maand": "3"}, "jaar"),
    ({"doi": "11.1/x"}, "doi"),
    ({"isbn": "9789000000001"}, "isbn"),
    ({"link": "www.geen"}, "link"),
    ({"link": "javascript:alert(1)"}, "link"),
    ({"soort": "Onderzoekje"}, "soort"),
    ({"pijlers": "Sociale cohesie | Vijfde"}, "pijlers"),
    ({"taal": "Klingon"}, "taal"),
    ({"licentie": "gratis"}, "licentie"),
    ({"aantal bladzijden": "-3"}, "aantal bladzijden"),
    ({"ondertitel": "x" * 256}, "ondertitel"),
    ({"auteurs": "{" + "x" * 300 + "}"}, "auteurs"),
    ({"wat je ermee kunt": "a | b | c | d"}, "wat je ermee kunt"),
    ({"oude adressen": "geen adres"}, "oude adressen"),
    ({"voorbeeld": "misschien"}, "voorbeeld"),
    ({"titel": " "}, "titel"),
]


def planted(count: int, every: int) -> tuple[bytes, dict[int, str]]:
    """Return a file of `count` rows with a mistake in each so-manieth, and where these are."""
    rows, mistakes = [], {}
    for number in range(count):
        row = {
            "titel": f"Rapport {number:05} over {number * 7919 % 100_003} dingen",
            "jaar": "2020",
        }
        if number % every == 0:
            wrong, column = WRONG[number // every % len(WRONG)]
            if "maand" in wrong and "jaar" not in wrong:
                row["jaar"] = ""
            row |= wrong
            mistakes[number + 2] = column
        rows.append(row)
    names = {name for row in rows for name in row}
    return table({name: rows[0].get(name, "") for name in sorted(names)}, *rows[1:]), mistakes


@pytest.mark.parametrize(
    ("count", "every"), [(100, 5), pytest.param(5000, 25, marks=pytest.mark.judge)]
)
def test_exactly_the_planted_mistakes_are_reported(count, every):
    content, mistakes = planted(count, every)
    job = ImportJob.objects.create(file_name="x.csv", format=ImportFormat.CSV, content=content)

    read_import.call(job.pk)

    rows = job.rows.exclude(problems=[])
    found = {row.number: [column for column, _ in row.problems] for row in rows}
    assert len(mistakes) == count // every
    assert found == {number: [column] for number, column in mistakes.items()}
    assert job.rows.filter(verdict="nieuw").count() == count - count // every


def test_checking_asks_as_much_for_many_rows_as_for_one():
    asked = []
    for count in (1, 60):
        rows = [(n, {"title": f"Rapport {n}", "doi": f"10.1234/{n}"}) for n in range(count)]
        with CaptureQueriesContext(connection) as captured:
            check_rows(rows)
        asked.append(len(captured))

    assert asked[0] == asked[1]


def test_making_drafts_asks_little_more_for_many_than_for_one():
    asked = []
    for count in (1, 41):
        rows = [
            {"titel": f"Rapport {count} {n} {'x' * n}", "trefwoorden": "a"} for n in range(count)
        ]
        content = table(*rows)
        job = ImportJob.objects.create(file_name="x", format="csv", content=content)
        read_import.call(job.pk)
        ImportJob.objects.update(approved_at=timezone.now(), with_possible=True)
        with CaptureQueriesContext(connection) as captured:
            import_rows.call(job.pk)
        asked.append(len(captured))

    # What is left for each is Wagtail's index of references.
    assert asked[1] - asked[0] <= 40 * 3


def test_a_worker_that_stops_half_way_loses_and_doubles_nothing(admin_client, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 4)
    job = ImportJob.objects.create(
        file_name="x", format="csv", content=planted(22, 100)[0], by=None
    )
    read_import.call(job.pk)
    ImportJob.objects.update(approved_at=timezone.now())
    importing._import_batch(job.pk)
    importing._import_batch(job.pk)
    assert PublicationPage.objects.count() == 8
    ImportJob.objects.update(worked_at=timezone.now() - timedelta(hours=1))
    ImportJob.objects.update(approved_at=timezone.now() - timedelta(hours=1))
    ImportJob.objects.update(uploaded_at=timezone.now() - timedelta(hours=1))
    assert "Er gebeurt al even niets" in admin_client.get(f"{UPLOAD}{job.pk}/").content.decode()

    press(admin_client, job, "ga-verder")
    press(admin_client, job, "ga-verder")

    assert len(titles()) == len(set(titles())) == 21
    assert job.imported_at


def test_undoing_takes_away_what_nobody_touched(admin_client, django_capture_on_commit_callbacks):
    names = ["Weg", "Bewerkt", "Online", "Genoemd", "Ook weg"]
    job = bring(admin_client, table(*({"titel": name} for name in names)))
    press(admin_client, job, "importeer")
    pages = {page.title: page for page in PublicationPage.objects.all()}
    edit = reverse("wagtailadmin_pages:edit", args=[pages["Bewerkt"].pk])
    send(admin_client, edit, title="Bewerkt")
    online = pages["Online"]
    online.summary, online.organisation = "x", "y"
    online.kind, online.pillars = make_term(vocabulary="soort", slug="onderzoek"), [make_term()]
    online.save_revision().publish()
    other = make_publication(title="Een ander")
    PublicationRelation.objects.create(publication=other, earlier=pages["Genoemd"])

    press(admin_client, job, "draai-terug")

    assert titles() == ["Bewerkt", "Een ander", "Genoemd", "Online"]
    assert job.stage == "teruggedraaid"
    kept = [(row[1], row[2], row[3]) for row in shown(admin_client, job, "?oordeel=gebleven")]
    assert kept == [
        ("Bewerkt", "gebleven", "Is daarna bewerkt."),
        ("Online", "gebleven", "Staat of stond online."),
        ("Genoemd", "gebleven", "Er verwijst iets naar."),
    ]
    assert Page.find_problems() == ([], [], [], [], [])
    undone_at = job.undone_at
    press(admin_client, job, "draai-terug")
    undo_import.call(job.pk)
    assert job.undone_at == undone_at
    assert len(titles()) == 4


def test_a_second_click_imports_once_and_looking_changes_nothing(admin_client):
    job = bring(admin_client, table({"titel": "Een"}, {"titel": "Twee"}))
    admin_client.get(f"{UPLOAD}{job.pk}/?actie=importeer")
    job.refresh_from_db()
    assert job.approved_at is None
    admin_client.post(f"{UPLOAD}{job.pk}/", {"actie": "importeer"})
    admin_client.post(f"{UPLOAD}{job.pk}/", {"actie": "importeer", "misschien": "on"})
    admin_client.post(f"{UPLOAD}{job.pk}/", {"actie": "onzin"})
    work()

    assert titles() == ["Een", "Twee"]


def test_only_who_may_add_to_the_library_imports(admin_client, client, django_user_model):
    job = bring(admin_client, table({"titel": "Geheim"}))
    addresses = ["", f"{job.pk}/", f"{job.pk}/fouten.csv", "voorbeeld.csv"]
    user = django_user_model.objects.create_user("schrijver")
    permissions = Permission.objects.filter(codename__in=["access_admin", "add_importjob"])
    user.user_permissions.add(permissions.get(codename="access_admin"))
    client.force_login(user)
    for address in addresses:
        for browser in (client, Client()):
            response = browser.get(UPLOAD + address)
            assert response.status_code in (302, 403)
    client.post(f"{UPLOAD}{job.pk}/", {"actie": "importeer"})
    job.refresh_from_db()
    assert job.approved_at is None
    user.user_permissions.add(*permissions)
    client.force_login(django_user_model.objects.get(pk=user.pk))
    assert client.get(f"{UPLOAD}{job.pk}/").status_code == 302
    group = user.groups.create(name="Bibliotheek")
    add = Permission.objects.get(codename="add_page", content_type__app_label="wagtailcore")
    GroupPagePermission.objects.create(group=group, page=make_library(), permission=add)
    client.force_login(django_user_model.objects.get(pk=user.pk))

    assert "Geheim" in client.get(f"{UPLOAD}{job.pk}/").content.decode()
    assert "lijst.csv" in client.get("/admin/publications/importjob/").content.decode()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * 210 * 1024 * 1024)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.csv", b"", "geen enkele publicatie|leeg"),
        ("a.csv", b"\xff\xfe\x00\x00\xd8", "koppen|geen enkele"),
        ("a.csv", b'titel\n"open', "aanhalingsteken"),
        ("a.csv", b"naam,jaar\nx,1", "titel"),
        ("a.csv", b"titel\n" + b"x\n" * 10_001, "meer dan 10000"),
        ("a.xlsx", b"PK\x03\x04 geen zip", "Excel"),
        ("a.xlsx", bomb, "te groot"),
        ("a.bib", b"@article{x, title = {open", "geen enkele"),
        ("a.ris", b"\x00\x01\x02", "geen enkele"),
        ("a.json", b'[{"title": ', "JSON"),
        ("a.json", b"[1, 2]", "publicatie zijn"),
        ("a.json", b"[" * 100_000, "JSON"),
    ],
)
def test_files_that_cannot_be_read_say_so(admin_client, name, content, fault):
    content = content() if callable(content) else content
    if not content:
        html = admin_client.post(UPLOAD, {"bestand": SimpleUploadedFile(name, content)})
        assert re.search(fault, html.content.decode())
        return
    job = bring(admin_client, content, name)

    assert re.search(fault, job.fault)
    assert job.fault in admin_client.get(f"{UPLOAD}{job.pk}/").content.decode()
    assert bytes(job.content) == b""


def test_other_kinds_of_files_are_refused_at_once(admin_client):
    for name in ("a.exe", "a.pdf", "a.csv.html", "csv"):
        html = admin_client.post(UPLOAD, {"bestand": SimpleUploadedFile(name, b"titel\nx")})
        assert "Dit moet een .csv" in html.content.decode()
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": 5}, None),
        ({"title": ["x"]}, "titel"),
        ({"title": "x", "authors": "Jansen, Piet"}, None),
        ({"title": "x", "authors": [{"family": 5}]}, "auteurs"),
        ({"title": "x", "authors": [{}]}, "auteurs"),
        ({"title": "x", "year": True}, "jaar"),
        ({"title": "x", "year": 1e400}, "jaar"),
        ({"title": "x", "pillars": {"a": 1}}, "pijlers"),
        ({"title": "x", "keywords": [1]}, "trefwoorden"),
        ({"title": "x", "summary": {"a": 1}}, "samenvatting"),
        ({"title": "x\x00y"}, None),
    ],
)
def test_values_of_any_kind_are_judged_and_never_break_it(fields, problem):
    row = check_rows([(1, fields)])[0]

    assert [column for column, _ in row.problems] == ([problem] if problem else [])


def test_bibtex_of_another_program(admin_client):
    content = rb"""% Zotero
@string{mov = "Movisie"}
@techreport{a, author = {Van der Meer, Jan and {Gemeente Utrecht} and M{\"u}ller, J{\'e}r{\^o}me},
  title = {Samen {Leven}: 50% van \emph{alles}}, institution = mov, year = 2019, month = mar,
  language = {nld}, type = {Onbekende soort}, isbn = {onzin}, keywords = {buurt; wijk, dorp},
  url = {https://x.nl/a\_b?c=%20d}}
@article{a, title = {Zelfde sleutel}, journal = {Tijdschrift}, pages = {1--9}, number = 3}
@book{kapot, title = {open
"""
    job = bring(admin_client, content, "zotero.bib")

    first, second = [row.facts for row in job.rows.all()]
    assert first["title"] == "Samen Leven: 50% van alles"
    assert [
        a["organisation"] or (a["given"], a["particle"], a["family"]) for a in first["authors"]
    ] == [
        ("Jan", "Van der", "Meer"),
        "Gemeente Utrecht",
        ("Jérôme", "", "Müller"),
    ]
    assert (first["organisation"], first["year"], first["month"]) == ("Movisie", 2019, 3)
    assert (first["language"], first["kind"], first["isbn"]) == ("nl", "onderzoek", "")
    assert first["source_url"] == "https://x.nl/a_b?c=%20d"
    assert first["keywords"] == ["buurt", "wijk, dorp"]
    assert (second["page_range"], second["volume"]) == ("1-9", "(3)")
    assert job.notices == ["Wat op regel 8 begint, is geen goede BibTeX."]


def test_ris_of_another_program(admin_client):
    content = """TY  - JOUR
A1  - de Vries, Jan
AU  - Platform31
T1  - Wijken
JO  - Tijdschrift
SN  - 1234-5678
Y1  - 2018/05/04/
SP  - 3
EP  - 8
KW  - buurt
UR  - https://x.nl/a
ER  -
"""
    facts = bring(admin_client, content.encode(), "export.ris").rows.get().facts

    names = [
        a["organisation"] or (a["given"], a["particle"], a["family"]) for a in facts["authors"]
    ]
    assert sorted(names, key=str) == [("Jan", "de", "Vries"), "Platform31"]
    assert (facts["title"], facts["journal"], facts["isbn"]) == ("Wijken", "Tijdschrift", "")
    assert (facts["year"], facts["month"], facts["day"]) == (2018, 5, 4)
    assert (facts["page_range"], facts["source_url"]) == ("3-8", "https://x.nl/a")


def test_semicolons_tabs_and_old_windows_files_are_read(admin_client):
    for sign, coding in ((";", "cp1252"), ("\t", "utf-16"), (",", "utf-8-sig")):
        content = f"Titel{sign}Jaar\nEén café {coding}{sign}2001\n".encode(coding)
        facts = bring(admin_client, content).rows.get().facts
        assert (facts["title"], facts["year"]) == (f"Één café {coding}".replace("Éé", "Eé"), 2001)


def test_without_a_library_nobody_can_import(admin_client):
    make_library().delete()
    Site.clear_site_root_paths_cache()

    assert admin_client.get(UPLOAD).status_code == 302


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.bib", b"@book{a,title={Een}} @book{b,title={Twee}}\n@book{c,title={Drie}}", 3),
        ("a.bib", b"@book{a,title={" + b"{" * 3000 + b"}" * 3000 + b"}}\n@book{b,title={B}}", 1),
        ("a.json", rb'[{"title": "Een\ud800"}]', 1),
        ("a.json", rb'[{"title": "Een", "b\u0000": 1}]', 1),
        ("a.json", rb'[{"title": "Een", "kind": ["\u0000x"]}]', 1),
        ("a.json", rb'{"title": "Een", "authors": [{"family": "\udfff\u0000De Wit"}]}', 1),
    ],
)
def test_odd_files_are_read_as_far_as_they_go(admin_client, name, content, found):
    job = bring(admin_client, content, name)

    assert (job.fault, job.stage) == ("", "klaar om na te kijken")
    assert len(shown(admin_client, job)) == found == job.rows.count()
    press(admin_client, job, "importeer", misschien="on")
    assert job.stage == "geïmporteerd"


def test_a_file_that_breaks_the_reader_says_so_and_does_not_hang(admin_client, monkeypatch):
    def broken(rows):
        PublicationPage.objects.raw("SELECT wat er niet is")[0]

    monkeypatch.setattr(importing, "check_rows", broken)

    job = bring(admin_client, table({"titel": "Een"}))

    assert job.stage == "niet te lezen"
    assert bytes(job.content) == b""
    html = admin_client.get(f"{UPLOAD}{job.pk}/").content.decode()
    assert "Dit bestand kunnen we niet lezen. Vraag het je beheerder." in html


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.csv", b"titel\n" + b"\n" * 2_500_000, "geen enkele"),
        ("a.csv", b"titel\n" + b"x\n" * 4_000_000, "meer dan 10000"),
        ("a.json", b"\n" * 10 + b'{"title": "x"}\n' * 600_000, "meer dan 10000|onderdelen"),
        ("a.json", b"[" + b"{}," * 3_000_000 + b"{}]", "onderdelen"),
        ("a.json", b"[" + b"[]," * 3_000_000 + b"[]]", "onderdelen"),
        ("a.json", b'{"title": "x"}\n' * 10_001, "meer dan 10000"),
    ],
)
def test_a_small_file_takes_little_memory(admin_client, name, content, fault):
    tracemalloc.start()
    job = ImportJob.objects.create(file_name=name, format=name[2:], content=content)

    read_import.call(job.pk)

    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    job.refresh_from_db()
    assert re.search(fault, job.fault)
    assert job.fault in admin_client.get(f"{UPLOAD}{job.pk}/").content.decode()
    assert most < 200 * 1024**2


def test_no_record_of_ris_vanishes_without_a_word(admin_client):
    content = """TI  - Zonder begin
ER  -

1.
TY  - RPRT
TI  - Zonder einde
AB  - Eerste alinea.

Tweede alinea.

2.
TY  - RPRT
TI  - Een titel
over twee regels

Zomaar wat tekst.
PY  - 2020
ER  -
Tekst ertussen
en nog wat
TY  - BOOK
T1  - De laatste"""

    job = bring(admin_client, content.encode(), "a.ris")

    facts = [row.facts for row in job.rows.all()]
    titles_found = [fact["title"] for fact in facts]
    assert titles_found == ["Zonder einde", "Een titel over twee regels", "De laatste"]
    assert facts[0]["summary"] == "Eerste alinea. Tweede alinea."
    assert facts[1]["year"] == 2020
    outside = "staat buiten een publicatie (van TY tot ER). We laten die weg."
    assert job.notices == [
        f"De tekst op regel 1 {outside}",
        "De tekst op regel 16 staat zonder veld. We laten die weg.",
        f"De tekst op regel 19 {outside}",
    ]
    html = admin_client.get(f"{UPLOAD}{job.pk}/").content.decode()
    assert "De tekst op regel 16 staat zonder veld." in html


def test_undoing_leaves_what_a_page_holds(admin_client):
    names = ["Uitgelicht", "Los"]
    rows = [{"titel": name, "auteurs": "Wit, Piet de", "trefwoorden": "a"} for name in names]
    job = bring(admin_client, table(*rows))
    press(admin_client, job, "importeer")
    pages = {page.title: page for page in PublicationPage.objects.all()}
    pillar_page = make_pillar_page()
    PublicationPage.pillars.through.objects.create(
        publicationpage=pages["Uitgelicht"], term=pillar_page.pillar
    )
    pillar_page.featured = pages["Uitgelicht"]
    pillar_page.save()

    press(admin_client, job, "draai-terug")

    assert titles() == ["Uitgelicht"]
    assert {row[3] for row in shown(admin_client, job, "?oordeel=gebleven")} == {
        "Er verwijst iets naar."
    }


def test_particles_behind_given_names_and_names_that_are_not_given(admin_client):
    bibtex = b"@book{a, title={Een}, author={Vries, Jan de and Berg, Ton van den and others}}"
    ris = b"TY  - BOOK\nTI  - Twee\nAU  - Vries, Jan de\nAU  - Berg, Ton van den\nER  - \n"
    for name, content in (("a.bib", bibtex), ("a.ris", ris)):
        job = bring(admin_client, content, name)
        authors = job.rows.get().facts["authors"]
        assert [(a["given"], a["particle"], a["family"]) for a in authors] == [
            ("Jan", "de", "Vries"),
            ("Ton", "van den", "Berg"),
        ]
        told = "Op regel 1 noemt het bestand niet alle namen (‘and others’)."
        assert job.notices == ([told] if name == "a.bib" else [])
