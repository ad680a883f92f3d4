import io
import re
import zipfile
from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from forms.models import Contribution, ContributionFormField, Status
from forms.tests.factories import (
    CRITERIA,
    answers_for,
    contribute,
    decision,
    faults,
    hidden_answers,
    make_editor,
    make_form_page,
    review_url,
    send,
    tip_answers,
    upload,
    work,
)
from publications.models import LibraryDocument, PublicationPage
from publications.tests.factories import pdf_bytes
from stories.models import ArticlePage
from stories.tests.factories import make_tip

pytestmark = pytest.mark.django_db

NO_FILE_CHECK = b"%PDF-1.7 genoeg voor de vorm"


def archive(members: dict[str, bytes], compression=zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as inside:
        for name, content in members.items():
            inside.writestr(name, content)
    return file.getvalue()


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


# What each door asks


@pytest.mark.parametrize(
    ("door", "questions"),
    [
        (
            "publicatie",
            {
                "De publicatie": "titel soort jaar auteurs organisatie samenvatting",
                "Waar is het te vinden?": "link doi isbn bestand recht",
                "Past het bij het Kennisplein?": "pijlers voorzieningen criterium_volledig "
                "criterium_buurten criterium_voorzieningen criterium_pijlers",
                "Over jou": "naam email jaarbericht",
            },
        ),
        ("tip", {"Je tip": "wat waarom email"}),
        ("artikel", {"Je tekst": "titel tekst bestand pijlers", "Over jou": "naam email"}),
    ],
)
def test_each_door_asks_its_own_questions(client, door, questions):
    make_form_page()

    form = client.get(f"/voeg-kennis-toe/?deur={door}").context["form"]

    assert {title: " ".join(f.name for f in fields) for _, title, fields in form.parts} == questions
    assert [field.name for field in form.hidden_fields()][:2] == ["sleutel", "begonnen"]


def test_form_as_it_was_opened_can_be_sent(client):
    make_form_page()
    opened = page_of(client.get("/voeg-kennis-toe/?deur=tip")).find("form", class_="form")
    hidden = {field["name"]: field["value"] for field in opened.find_all("input", type="hidden")}

    response = client.post(opened["action"], {**tip_answers(), **hidden})

    assert response.status_code == 302
    assert Contribution.objects.get().kind == "tip"


def test_unknown_door_is_the_first_one(client):
    make_form_page()

    response = client.get("/voeg-kennis-toe/?deur=achterdeur%00")

    assert response.context["door"] == "publicatie"


def test_article_door_shows_writing_tips_and_address_of_editors(client):
    make_form_page()
    tip = make_tip(title="Schrijf korte zinnen")

    page = page_of(client.get("/voeg-kennis-toe/?deur=artikel"))

    assert page.find("a", string=tip.title)["href"] == tip.get_url()
    assert page.find("a", href="mailto:info@buurtwijs.nl")


@pytest.mark.parametrize("mode", ["form", "landing"])
def test_editors_can_preview_the_form(superuser, mode):
    page = make_form_page()

    response = superuser.get(f"/admin/pages/{page.pk}/view_draft/?mode={mode}")

    assert response.status_code == 200
    assert "Wat voor publicatie is het?" in response.content.decode()


def test_form_is_not_kept_by_caches(client):
    make_form_page()

    assert client.get("/voeg-kennis-toe/")["Cache-Control"] == "no-store"


# What becomes of good answers


def test_publication_becomes_draft_with_everything_sent(client):
    contribution, _ = contribute(
        client,
        doi="https://doi.org/10.1234/abc",
        isbn="978-90-274-3964-2",
        bestand=upload(NO_FILE_CHECK, "Verslag.PDF"),
        recht="licentie",
        pijlers=["sociale-cohesie", "sociale-inclusie"],
    )

    page = PublicationPage.objects.get(pk=contribution.page_id)
    assert [page.title, page.kind.slug, page.year, page.author_names, page.summary] == [
        "Samen eten, samen weten",
        "onderzoek",
        2024,
        ["Meta de Lange", "Movisie"],
        "In de buurtkeuken leren bewoners elkaar kennen.",
    ]
    assert [page.source_url, page.doi, page.isbn] == [
        "https://voorbeeld.example/samen-eten",
        "10.1234/abc",
        "9789027439642",
    ]
    assert page.pillar_slugs == ["sociale-cohesie", "sociale-inclusie"]
    assert page.facility_slugs == ["buurthuis"]
    assert [page.live, page.document.right_to_share] == [False, "licentie"]
    assert contribution.kind == "publicatie"
    assert contribution.current_status() == Status.IN_CHECK
    assert re.fullmatch(rf"KP-{timezone.localdate().year}-0001", contribution.reference)


def test_answers_are_kept_as_sent_without_name_and_address(client):
    contribution, _ = contribute(client)

    submission = contribution.submissions.get()

    assert submission.form_data == {
        "titel": "Samen eten, samen weten",
        "soort": "onderzoek",
        "jaar": "2024",
        "auteurs": "Meta de Lange\nMovisie",
        "organisatie": "",
        "samenvatting": "In de buurtkeuken leren bewoners elkaar kennen.",
        "link": "https://voorbeeld.example/samen-eten",
        "doi": "",
        "isbn": "",
        "bestand": None,
        "recht": "",
        "pijlers": ["sociale-cohesie"],
        "voorzieningen": ["buurthuis"],
        "spelers": [],
        "themas": [],
        **{f"criterium_{slug}": "ja" for slug in CRITERIA},
    }
    assert submission.sent[:3] == [
        ["Titel", "Samen eten, samen weten"],
        ["Wat voor publicatie is het?", "Onderzoek"],
        ["Jaar van verschijnen", "2024"],
    ]
    assert [contribution.contact.name, contribution.contact.email] == [
        "Fenna de Boer",
        "fenna@voorbeeld.example",
    ]


def test_tip_with_address_becomes_draft_with_source(client):
    contribution, _ = contribute(client, deur="tip")

    page = PublicationPage.objects.get(pk=contribution.page_id)

    assert [page.title, page.source_url, page.editor_note, page.kind] == [
        "https://voorbeeld.example/tip",
        "https://voorbeeld.example/tip",
        "Zo doe je dat, een buurtmaaltijd.",
        None,
    ]


def test_long_tip_is_kept_whole(client):
    text = "Een heel lange titel " * 20
    contribution, _ = contribute(client, deur="tip", wat=text)

    assert contribution.submissions.get().form_data["wat"] == text.strip()
    assert contribution.page.title == text[:255].strip()


def test_article_by_text_becomes_draft_with_paragraphs(client):
    contribution, _ = contribute(
        client,
        deur="artikel",
        tekst="Eén <b>bankje</b>\r\nvoor de deur.\r\n\r\nNu kent ze iedereen.",
    )

    page = ArticlePage.objects.get(pk=contribution.page_id)

    assert page.get_parent().slug == "artikelen"
    assert [block.value.source for block in page.body] == [
        "<p>Eén &lt;b&gt;bankje&lt;/b&gt;<br/>voor de deur.</p><p>Nu kent ze iedereen.</p>"
    ]


def test_article_by_file_keeps_the_file_for_the_editors(client):
    contribution, _ = contribute(
        client,
        deur="artikel",
        tekst=None,
        bestand=upload(archive({"word/document.xml": b"<w/>"}), "verhaal.docx"),
    )
    document = contribution.submissions.get().document

    assert client.get(document.url).status_code == 404
    client.force_login(make_editor())
    assert document.url in client.get(review_url(contribution)).content.decode()
    assert client.get(document.url).status_code == 200


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("verslag.docx", archive({"word/document.xml": b"<w/>"})),
        ("verslag.odt", archive({"mimetype": b"application/vnd.oasis.opendocument.text"})),
        ("verslag.epub", archive({"mimetype": b"application/epub+zip"})),
    ],
)
def test_file_of_each_kind_is_enough_of_a_source(client, name, content):
    contribution, _ = contribute(client, link=None, bestand=upload(content, name), recht="eigen")

    document = contribution.submissions.get().document
    assert document.filename == name
    assert document.file.read() == content


def test_unknown_year_is_an_answer(client):
    contribution, _ = contribute(client, jaar=" Onbekend ")

    assert PublicationPage.objects.get(pk=contribution.page_id).year is None
    assert contribution.submissions.get().form_data["jaar"] == "onbekend"


@pytest.mark.parametrize("title", ["مجتمع الحي", "北京", "!!!", "\u200b"])
def test_title_without_latin_letters_is_taken_in(client, title):
    contribution, _ = contribute(client, titel=title)

    page = contribution.page.specific
    assert [page.title, page.slug] == [title, contribution.reference.lower()]


def test_same_title_twice_gives_two_addresses(client):
    first, _ = contribute(client)
    second, _ = contribute(client)

    assert [first.page.slug, second.page.slug] == [
        "samen-eten-samen-weten",
        "samen-eten-samen-weten-2",
    ]


def test_authors_with_very_long_names_are_taken_in(client):
    contribution, _ = contribute(client, auteurs=f"{'V' * 500} {'A' * 500}\n{'O' * 900}")

    submission = contribution.submissions.get()
    assert submission.form_data["auteurs"] == f"{'V' * 500} {'A' * 500}\n{'O' * 900}"
    assert len(contribution.page.specific.author_names) == 2


# What is wrong gets its own sentence


EMPTY = {
    "publicatie": {
        "titel": ["Vul de titel in."],
        "soort": ["Kies wat voor publicatie het is."],
        "jaar": ["Vul het jaar in, of ‘onbekend’."],
        "link": ["Geef een link, DOI, ISBN of bestand. Eén is genoeg."],
        "pijlers": ["Kies minstens één pijler."],
        "voorzieningen": ["Kies minstens één voorziening."],
        **{
            f"criterium_{slug}": [f"Kies ja, nee of weet ik niet bij ‘Klopt het voor {slug}?’"]
            for slug in CRITERIA
        },
        "naam": ["Vul je naam in."],
        "email": ["Vul je e-mailadres in."],
    },
    "tip": {
        "wat": ["Plak de link of vul de titel in."],
        "waarom": ["Schrijf in één zin waarom een ander dit moet lezen."],
        "email": ["Vul je e-mailadres in."],
    },
    "artikel": {
        "titel": ["Vul de titel in."],
        "tekst": ["Plak je tekst, of stuur een bestand mee."],
        "naam": ["Vul je naam in."],
        "email": ["Vul je e-mailadres in."],
    },
}


@pytest.mark.parametrize("door", EMPTY)
def test_everything_left_out_is_named_and_linked(client, door):
    make_form_page()

    response = client.post("/voeg-kennis-toe/", {"deur": door, **hidden_answers()})

    assert response.status_code == 200
    assert faults(response) == EMPTY[door]
    page = page_of(response)
    summary = page.find(class_="errors")
    assert summary.h2.get_text(strip=True) == f"Pas nog {len(EMPTY[door])} dingen aan"
    links = {link["href"].removeprefix("#id_"): [link.string] for link in summary.find_all("a")}
    assert links == EMPTY[door]
    assert all(page.find(id=link["href"][1:]) for link in summary.find_all("a"))
    assert page.title.string.startswith("Fout: ")
    assert Contribution.objects.count() == 0


def test_wrong_answers_are_named_and_everything_typed_is_still_there(client):
    typed = {
        "soort": "bestaat-niet",
        "jaar": "vorig jaar",
        "link": "voorbeeld.nl/rapport",
        "doi": "abc",
        "isbn": "978-90-274-3964-3",
        "pijlers": ["onzin"],
        "voorzieningen": ["onzin"],
        "criterium_volledig": "misschien",
        "email": "fenna",
    }

    response = send(client, **typed)

    assert faults(response) == {
        "soort": ["Kies uit de lijst."],
        "jaar": ["Vul een jaar in met vier cijfers, of ‘onbekend’."],
        "link": ["Plak een link die begint met https://."],
        "doi": ["Een DOI begint met 10., zoals 10.1234/abc."],
        "isbn": ["Dit ISBN klopt niet. Kijk de cijfers na."],
        "pijlers": ["Kies uit de lijst."],
        "voorzieningen": ["Kies uit de lijst."],
        "criterium_volledig": ["Kies ja, nee of weet ik niet."],
        "email": ["Vul een e-mailadres in, zoals naam@voorbeeld.nl."],
    }
    page = page_of(response)
    for name in ("jaar", "link", "doi", "isbn", "email"):
        assert page.find("input", {"name": name})["value"] == typed[name]
    assert page.find("input", {"name": "titel"})["value"] == "Samen eten, samen weten"
    assert page.find("textarea", {"name": "auteurs"}).string.strip() == "Meta de Lange\nMovisie"
    assert page.find("input", {"name": "criterium_buurten", "value": "ja"}).has_attr("checked")
    assert Contribution.objects.count() == 0


@pytest.mark.parametrize(
    "year", ["24", "1499", str(date.today().year + 2), "２０２４", "2024-2025", "-2024", "20 24"]
)
def test_year_that_cannot_be_is_refused(client, year):
    assert faults(send(client, jaar=year)) == {
        "jaar": ["Vul een jaar in met vier cijfers, of ‘onbekend’."]
    }


def test_link_must_be_a_web_address(client):
    found = {
        link: faults(send(client, link=link)).get("link")
        for link in (
            "javascript:alert(1)",
            "ftp://voorbeeld.example/rapport.pdf",
            "//voorbeeld.example/",
            "https://",
            "https://geen adres.nl/",
            "https://voorbeeld",
        )
    }

    begin = ["Plak een link die begint met https://."]
    wrong = ["Deze link klopt niet. Kopieer hem nog eens."]
    assert list(found.values()) == [begin, begin, begin, wrong, wrong, wrong]


def test_too_long_answers_are_refused(client):
    response = send(client, titel="t" * 256, samenvatting="s" * 5001, naam="n" * 151)

    assert faults(response) == {
        "titel": ["Zorg dat deze waarde niet meer dan 255 tekens bevat (het zijn er nu 256)."],
        "samenvatting": [
            "Zorg dat deze waarde niet meer dan 5000 tekens bevat (het zijn er nu 5001)."
        ],
        "naam": ["Zorg dat deze waarde niet meer dan 150 tekens bevat (het zijn er nu 151)."],
    }


@pytest.mark.parametrize("door", ["publicatie", "tip", "artikel"])
def test_null_bytes_are_refused_in_every_answer(client, door):
    make_form_page()
    answers = {
        name: [f"{value[0]}\x00"] if isinstance(value, list) else f"{value}\x00"
        for name, value in {**answers_for(door), **hidden_answers(), "website": "x"}.items()
        if name != "deur"
    }

    response = client.post("/voeg-kennis-toe/", {"deur": door, **answers})

    assert response.status_code == 200
    assert set(faults(response)) - {"__all__", "link"} == {
        name for name in answers_for(door) if name not in ("deur", "link")
    }
    assert Contribution.objects.count() == 0


def test_form_that_was_opened_with_another_key_can_be_sent_again(client):
    make_form_page()
    answers = {**answers_for("tip"), **hidden_answers(), "begonnen": "verlopen"}

    refused = client.post("/voeg-kennis-toe/", answers)
    begun = page_of(refused).find("input", {"name": "begonnen"})["value"]
    accepted = client.post("/voeg-kennis-toe/", {**answers, "begonnen": begun})

    assert faults(refused) == {
        "__all__": ["Dat ging erg snel. Kijk het nog even na en verstuur opnieuw."]
    }
    assert accepted.status_code == 302


# Files


def refused_file(client, name, content, **answers) -> list[str]:
    response = send(client, bestand=upload(content, name), **{"recht": "eigen", **answers})
    assert response.status_code == 200
    return faults(response)["bestand"]


@pytest.mark.parametrize("door", ["publicatie", "artikel"])
def test_refused_files_are_told_why(client, settings, door):
    settings.CONTRIBUTION_MAX_FILE_BYTES = 400_000
    pdf = pdf_bytes("Eén bladzijde")
    many = archive({f"leeg/{number}": b"" for number in range(5_000)} | {"word/document.xml": b""})
    files = {
        "rapport.exe": pdf,
        "rapport": pdf,
        "rapport.pdf.zip": pdf,
        "leeg.pdf": b"",
        "programma.pdf": b"MZ\x90\x00 dit is een programma",
        "eigenlijk-pdf.docx": pdf,
        "eigenlijk-docx.odt": archive({"word/document.xml": b"<w/>"}),
        "eigenlijk-odt.epub": archive({"mimetype": b"application/vnd.oasis.opendocument.text"}),
        "geen-zip.epub": b"PK\x03\x04 kapot",
        "te-vol.docx": many[:399_999],
        "te-groot.pdf": b"%PDF-" + b"0" * 399_996,
        "v" * 300 + ".pdf": pdf,
        "é" * 150 + ".pdf": pdf,
    }

    found = {
        name[:20]: refused_file(client, name, content, deur=door) for name, content in files.items()
    }

    assert found == {
        "rapport.exe": ["Alleen pdf, docx, odt of epub."],
        "rapport": ["Alleen pdf, docx, odt of epub."],
        "rapport.pdf.zip": ["Alleen pdf, docx, odt of epub."],
        "leeg.pdf": ["Dit bestand is leeg."],
        "programma.pdf": ["Dit bestand heet .pdf, maar het is geen pdf."],
        "eigenlijk-pdf.docx": ["Dit bestand heet .docx, maar het is geen Word-document."],
        "eigenlijk-docx.odt": ["Dit bestand heet .odt, maar het is geen ODT-document."],
        "eigenlijk-odt.epub": ["Dit bestand heet .epub, maar het is geen epub-boek."],
        "geen-zip.epub": ["Dit bestand heet .epub, maar het is geen epub-boek."],
        "te-vol.docx": ["Dit bestand heet .docx, maar het is geen Word-document."],
        "te-groot.pdf": ["Dit bestand is te groot (maximaal 20 MB)."],
        "v" * 20: ["De naam van dit bestand is te lang."],
        "é" * 20: ["De naam van dit bestand is te lang."],
    }
    assert LibraryDocument.objects.count() == 0


def test_largest_file_is_taken_in(client, settings):
    settings.CONTRIBUTION_MAX_FILE_BYTES = 1_000

    contribution, _ = contribute(client, bestand=upload(b"%PDF-".ljust(1_000)), recht="eigen")

    assert contribution.submissions.get().document.file_size == 1_000


def test_archive_with_very_many_members_is_refused(client):
    too_many = {f"leeg/{number}": b"" for number in range(5_000)}
    content = archive({"word/document.xml": b"<w/>", **too_many})

    assert refused_file(client, "bom.docx", content) == [
        "Dit bestand heet .docx, maar het is geen Word-document."
    ]


def test_damaged_archives_are_refused_and_never_an_error(client):
    whole = archive({"mimetype": b"application/epub+zip" * 9}, zipfile.ZIP_DEFLATED)
    damaged = [whole[:place] + b"\xff" + whole[place + 1 :] for place in range(0, len(whole), 9)]

    make_form_page()
    for content in damaged:
        response = client.post(
            "/voeg-kennis-toe/",
            {"deur": "artikel", **hidden_answers(), "bestand": upload(content, "boek.epub")},
        )
        assert response.status_code == 200


def test_right_to_share_is_asked_with_a_file_only(client):
    without = faults(send(client, bestand=upload(NO_FILE_CHECK)))
    unknown = faults(send(client, bestand=upload(NO_FILE_CHECK), recht="geen"))

    assert without == {
        "recht": ["Kies waarom we dit bestand mogen delen, of geef alleen een link."]
    }
    assert unknown == {"recht": ["Kies een van de redenen."]}
    assert send(client, bestand=None, recht=None).status_code == 302


def test_lost_file_is_named(client):
    response = send(client, titel=None, bestand=upload(NO_FILE_CHECK, "mijn <b>rapport.pdf"))

    summary = page_of(response).find(class_="errors")
    assert [p.get_text() for p in summary.find_all("p")] == [
        "Kies ook je bestand mijn <b>rapport.pdf opnieuw. Een bestand blijft niet bewaard."
    ]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\\\Users\\\\Fenna\\\\rapport.pdf", "rapport.pdf"),
        ("Café op ’t plein.pdf", "Café_op_t_plein.pdf"),
        ("..pdf.pdf", "..pdf.pdf"),
    ],
)
def test_file_name_cannot_lead_elsewhere(client, settings, sent, kept):
    make_form_page()
    answers = {**answers_for(recht="eigen"), **hidden_answers()}
    body = encode_multipart(BOUNDARY, {**answers, "bestand": upload(NO_FILE_CHECK, "naam.pdf")})

    body = body.replace(b'filename="naam.pdf"', f'filename="{sent}"'.encode())
    client.generic("POST", "/voeg-kennis-toe/", body, MULTIPART_CONTENT)

    document = LibraryDocument.objects.get()
    assert document.filename == kept
    assert re.fullmatch(r"documents/[A-Za-z0-9]{24}/[^/]+", document.file.name)
    assert document.file.path.startswith(settings.PRIVATE_ROOT)


# The editors' own questions


def ask(label, **fields):
    page = make_form_page()
    place = page.form_fields.count()
    ContributionFormField(page=page, label=label, sort_order=place, **fields).save()


def test_extra_question_appears_and_is_required(client):
    ask("In welke wijk?", field_type="singleline", required=True)

    form = client.get("/voeg-kennis-toe/").context["form"]
    response = send(client)

    names = [field.name for field in form.parts[2][2]]
    assert names[:3] == ["pijlers", "voorzieningen", "extra_in_welke_wijk"]
    assert faults(response) == {"extra_in_welke_wijk": ["Dit is een verplicht veld."]}


def test_extra_questions_are_not_asked_of_a_tip(client):
    ask("In welke wijk?", field_type="singleline", required=True)

    contribution, _ = contribute(client, deur="tip")

    assert set(contribution.submissions.get().form_data) == {"wat", "waarom"}


def test_extra_answers_of_every_kind_are_kept_as_given(client):
    ask("Titel", field_type="singleline")
    ask("Hoeveel buren?", field_type="number")
    ask("Hoeveel honden?", field_type="number")
    ask("Sinds", field_type="date")
    ask("Wijken", field_type="checkboxes", choices="Noord\nZuid\nWest")
    ask("Mag het?", field_type="checkbox", required=False)
    ask("En dit?", field_type="checkbox", required=False)
    ask("Kleur", field_type="radio", choices="Rood\nGroen")

    contribution, status_url = contribute(
        client,
        extra_titel="Onze titel",
        extra_hoeveel_buren="1",
        extra_hoeveel_honden="0",
        extra_sinds="2024-05-01",
        extra_wijken=["Noord", "West"],
        extra_mag_het="on",
        extra_kleur="Groen",
    )

    submission = contribution.submissions.get()
    extra = {k: v for k, v in submission.form_data.items() if k.startswith("extra_")}
    assert extra == {
        "extra_titel": "Onze titel",
        "extra_hoeveel_buren": "1",
        "extra_hoeveel_honden": "0",
        "extra_sinds": "2024-05-01",
        "extra_wijken": ["Noord", "West"],
        "extra_mag_het": True,
        "extra_en_dit": False,
        "extra_kleur": "Groen",
    }
    assert submission.sent[-11:-4] == [
        ["Titel", "Onze titel"],
        ["Hoeveel buren?", "1"],
        ["Hoeveel honden?", "0"],
        ["Sinds", "2024-05-01"],
        ["Wijken", "Noord, West"],
        ["Mag het?", "ja"],
        ["Kleur", "Groen"],
    ]
    assert client.get(f"{status_url}wijzigen/").context["form"]["extra_sinds"].value() == (
        "2024-05-01"
    )


# Programs that fill in forms


@pytest.mark.parametrize("door", ["publicatie", "tip", "artikel"])
def test_trap_makes_spam_that_looks_received(client, door):
    contribution, status_url = contribute(client, deur=door, website="https://koop.example/")
    work()
    mailed = list(mail.outbox)
    _, real_url = contribute(Client(), deur=door)

    page = page_of(client.get(status_url))
    assert contribution.current_status() == Status.SPAM
    assert [contribution.page, contribution.mails.count(), mailed] == [None, 0, []]
    real = page_of(client.get(real_url))
    assert page.find(class_="track").get_text() == real.find(class_="track").get_text()
    assert "spam" not in page.get_text().lower()


def test_reopened_trap_gets_its_receipt_and_its_draft(client):
    contribution, _ = contribute(client, website="ingevuld door de browser")
    client.force_login(make_editor())

    client.post(review_url(contribution), {"actie": "heropen"})

    contribution.refresh_from_db()
    assert contribution.current_status() == Status.IN_CHECK
    assert contribution.page.title == "Samen eten, samen weten"
    assert [m.template for m in contribution.mails.all()] == ["ontvangen"]


def test_sending_faster_than_anyone_types_is_refused_once(client, settings):
    settings.CONTRIBUTION_MINIMUM_SECONDS = 3

    response = send(client, titel="Snel getypt")

    assert faults(response) == {
        "__all__": ["Dat ging erg snel. Kijk het nog even na en verstuur opnieuw."]
    }
    assert page_of(response).find("input", {"name": "titel"})["value"] == "Snel getypt"
    assert Contribution.objects.count() == 0


def test_time_that_was_tampered_with_is_refused(client):
    response = send(client, begonnen="1:abc:def")

    assert list(faults(response)) == ["__all__"]


def test_door_that_is_not_on_the_form_cannot_be_chosen(client):
    make_form_page()

    client.post("/voeg-kennis-toe/", {**answers_for(), **hidden_answers(), "deur": "correctie"})
    client.post("/voeg-kennis-toe/?deur=tip", {**tip_answers(), **hidden_answers()})

    assert list(Contribution.objects.order_by("pk").values_list("kind", flat=True)) == [
        "publicatie",
        "tip",
    ]


# Hostile text


def test_hostile_text_is_shown_as_text_everywhere(client):
    nasty = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
    ask("Extra <script>alert(2)</script>", field_type="singleline")
    contribution, status_url = contribute(
        client,
        titel=f"Buurt {nasty}",
        auteurs=f"Jan {nasty}",
        organisatie=nasty,
        samenvatting=nasty,
        naam=nasty,
        extra_extra_scriptalert2script=nasty,
        bestand=upload(pdf_bytes(), "<img src=x onerror=alert(1)>.pdf"),
        recht="eigen",
    )
    editor = make_editor()
    seen = [client.get(status_url), client.get(f"{status_url}wijzigen/"), client.get("/x/")]
    client.force_login(editor)
    seen += [
        client.get(review_url(contribution)),
        client.get("/admin/"),
        client.get("/admin/forms/contribution/"),
        client.get("/admin/forms/outboxmail/"),
    ]
    answer = client.post(review_url(contribution), decision(contribution, mail_tekst=nasty))
    assert answer.status_code == 302
    client.logout()
    contribution.refresh_from_db()
    seen += [
        client.get(status_url),
        client.get("/bibliotheek/"),
        client.get(contribution.page.get_url()),
        client.get("/bibliotheek/feed/"),
    ]

    for response in seen:
        text = response.content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert ">49" not in text
    assert "alert(1)" in seen[-2].content.decode()


def test_line_breaks_in_a_title_do_not_reach_the_headers_of_mail(client):
    contribute(client, titel="Buren\r\nBcc: iedereen@voorbeeld.example")
    work()

    subjects = [m.subject for m in mail.outbox]
    assert len(subjects) == 2
    assert not any("\n" in subject or "\r" in subject for subject in subjects)
    assert [m.bcc for m in mail.outbox] == [[], []]
