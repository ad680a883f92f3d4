"""Handing out and erasing everything about one address, and proof that nothing of it is left."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django_tasks_db.models import DBTaskResult
from psycopg import sql
from taggit.models import Tag
from wagtail.models import Comment, ModelLogEntry, Site

from forms.links import send_links
from forms.models import Contact, Contribution, OutboxMail, PracticeUse, WriterRequest
from forms.tests.factories import (
    browser_of,
    contribute,
    decision,
    hidden_answers,
    make_editor,
    make_editors,
    make_form_page,
    make_writer,
    review_url,
    told,
    upload,
    work,
)
from home.models import ErasureRecord, SiteSettings, Subscription
from home.setup.site import EDITORS_LATER, permission
from publications.models import LibraryDocument, PublicationPage, SearchedWords
from publications.tests.factories import make_document, make_publication, pdf_bytes

pytestmark = pytest.mark.django_db

ADDRESS = "fenna.o'brien+buurt@voorbeeld.example"
PRIVACY = "/admin/privacy/"


@pytest.fixture
def editor():
    make_editors().permissions.add(*map(permission, EDITORS_LATER["mensen-en-privacy"]))
    return browser_of(make_editor())


def everywhere(word: str) -> dict[str, int]:
    """Return where a word stands, in whatever column of whatever table the database has."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        for table, column, kind in cursor.fetchall():
            text = "encode({}, 'escape')" if kind == "bytea" else "{}::text"
            cursor.execute(
                sql.SQL(
                    "SELECT count(*) FROM {} WHERE position(%s in lower(" + text + ")) > 0"
                ).format(sql.Identifier(table), sql.Identifier(column)),
                [word],
            )
            (count,) = cursor.fetchone()
            if count:
                found[f"{table}.{column}"] = count
    return found


def files_with(folder: str, word: str) -> list[str]:
    inside = [path for path in Path(folder).rglob("*") if path.is_file()]
    return [p.name for p in inside if word.encode() in p.read_bytes() or word in p.name]


def make_everything(browser: Client) -> PublicationPage:
    """Leave the address wherever somebody can leave it. Return a page that was published."""
    make_form_page()
    published, _ = contribute(
        browser, email=ADDRESS, naam="Fenna O’Brien", samenvatting=f"Vraag het {ADDRESS}. Graag."
    )
    browser.post(review_url(published), decision(published, mail_tekst=f"Dag {ADDRESS}"))
    contribute(
        browser,
        email=ADDRESS,
        titel=f"Vraag {ADDRESS}",
        link="https://voorbeeld.example/b",
        bestand=upload(pdf_bytes() + f"% {ADDRESS}".encode()),
        recht="eigen",
    )
    contribute(browser, deur="artikel", email=ADDRESS, tekst=f"Schrijf naar\n\n{ADDRESS}")
    page = published.page
    page.refresh_from_db()
    browser.post(
        f"/bijdragen/praktijk/{page.pk}/",
        {
            **hidden_answers(),
            "gebruik": f"Wij lazen het samen. {ADDRESS}",
            "plaats": "Waterveld",
            "email": ADDRESS,
            "naam": "Fenna",
        },
    )
    assert PracticeUse.objects.count() == 1
    browser.post("/volgen/", {"email": ADDRESS.upper(), "ritme": "week"})
    asked = {"naam": "Fenna", "email": ADDRESS, "waarover": f"Buurten. {ADDRESS}"}
    browser.post("/schrijf-mee/", asked | hidden_answers())
    assert [Subscription.objects.count(), WriterRequest.objects.count()] == [1, 1]
    send_links.enqueue("x" * 64)
    browser.post("/bijdragen/mijn-link/", {"email": ADDRESS})
    gone = make_writer(username=ADDRESS, email=ADDRESS, first_name="Fenna", is_active=False)
    other = make_editor()
    Comment.objects.create(
        page=page, user=other, text=f"Bel {ADDRESS}", contentpath="title", position=""
    )
    ModelLogEntry.objects.log_action(gone, "wagtail.edit", user=other, data={"mail": ADDRESS})
    OutboxMail.objects.filter(contribution=published).update(subject=f"Aan {ADDRESS}")
    Tag.objects.create(name=ADDRESS, slug="adres")
    Tag.objects.create(name="[gewist]", slug="gewist")
    SearchedWords.objects.create(words=ADDRESS, day="2026-01-01")
    session = SessionStore()
    session["typed"] = {"email": ADDRESS}
    session.save()
    DBTaskResult.objects.filter(args_kwargs__args=["x" * 64]).update(traceback=f"<{ADDRESS}>")
    draft = page.specific
    draft.organisation = f"{ADDRESS} & Co"
    draft.save_revision(log_action=True)
    return page


def test_erased_address_stands_nowhere_in_the_database_or_the_files(
    editor, settings, django_capture_on_commit_callbacks
):
    page = make_everything(editor)
    make_publication(title="Van een ander", summary=f"Mail jan.{ADDRESS} of {ADDRESS}.org")
    document = make_document(title=f"Van {ADDRESS}")
    texts = ["niets", f"Mail, of bel, {ADDRESS}!"]
    assert LibraryDocument.objects.filter(pk=document.pk).update(page_texts=texts) == 1
    before = everywhere(ADDRESS)
    places = {
        "auth_user.email",
        "forms_contact.email",
        "forms_contributionsubmission.form_data",
        "forms_outboxmail.subject",
        "forms_outboxmail.body",
        "forms_writerrequest.about",
        "home_subscription.email",
        "publications_librarydocument.page_texts",
        "publications_publicationpage.summary",
        "taggit_tag.name",
        "wagtailcore_comment.text",
        "wagtailcore_modellogentry.data",
        "wagtailcore_revision.content",
        "django_tasks_database_dbtaskresult.traceback",
    }
    assert places - set(before) == set()
    assert files_with(settings.PRIVATE_ROOT, ADDRESS)

    seen = editor.post(PRIVACY, {"email": ADDRESS, "actie": "zoek"}).content.decode()
    assert "De pagina blijft staan" in seen
    assert "Verdwijnt helemaal" in seen
    refused = editor.post(PRIVACY, {"email": ADDRESS, "actie": "wissen"})
    assert "Zet eerst het vinkje" in refused.content.decode()
    assert everywhere(ADDRESS) == before
    with django_capture_on_commit_callbacks(execute=True):
        done = editor.post(PRIVACY, {"email": ADDRESS, "actie": "wissen", "zeker": "ja"})

    assert [done.status_code, done["Location"]] == [302, PRIVACY], told(done)
    # Longer addresses are of others.
    others = {"publications_publicationpage.summary": 1, "wagtailcore_revision.content": 1}
    assert {k: n for k, n in everywhere(ADDRESS).items() if "search" not in k} == others
    assert everywhere("fenna o’brien") == {}
    assert files_with(settings.PRIVATE_ROOT, ADDRESS) == []
    page.refresh_from_db()
    fresh = PublicationPage.objects.get(pk=page.pk)
    assert fresh.summary == "Vraag het [gewist]. Graag."
    assert page.live
    assert [Contribution.objects.count(), Contact.objects.count()] == [1, 0]
    assert not Session.objects.filter(session_data__contains="typed").exists()
    record = ErasureRecord.objects.get()
    assert record.counts["contactgegevens"] == 4
    assert ADDRESS not in json.dumps(record.counts) + record.digest

    work()
    again = editor.post(PRIVACY, {"email": ADDRESS, "actie": "wissen", "zeker": "ja"})
    assert again.status_code == 302
    assert ErasureRecord.objects.latest("pk").counts == {}
    found = editor.post(PRIVACY, {"email": ADDRESS, "actie": "zoek"}).content.decode()
    assert "Van dit adres hebben we niets." in found
    assert "Dit adres is op" in found


def test_download_has_everything_of_one_person_and_nothing_of_another(editor):
    make_form_page()
    contribute(editor, email=ADDRESS, bestand=upload(pdf_bytes()), recht="eigen")
    contribute(editor, link="https://voorbeeld.example/b", titel="Van een ander")
    Subscription.objects.create(email=ADDRESS)

    response = editor.post(PRIVACY, {"email": ADDRESS.upper(), "actie": "download"})

    archive = zipfile.ZipFile(io.BytesIO(response.content))
    data = json.loads(archive.read("gegevens.json"))
    assert [case["contactgegevens"]["name"] for case in data["bijdragen"]] == ["Fenna de Boer"]
    assert len(data["volgt"]) == 1
    assert next(m["onderwerp"] for m in data["mails"]).startswith("We hebben je bijdrage")
    assert "Van een ander" not in json.dumps(data, ensure_ascii=False)
    assert [name for name in archive.namelist() if name.endswith("rapport.pdf")]
    assert response["Cache-Control"].startswith("max-age=0")


def test_command_tells_writes_and_erases(editor, tmp_path, monkeypatch):
    make_form_page()
    contribute(editor, email=ADDRESS)
    out = io.StringIO()
    monkeypatch.setattr("builtins.input", lambda _: "no")

    call_command("personal_data", ADDRESS, stdout=out)
    call_command("personal_data", ADDRESS, "--export", str(tmp_path / "a.zip"), stdout=out)
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("personal_data", ADDRESS, "--erase", stdout=out)

    assert "cases: 1" in out.getvalue()
    assert zipfile.is_zipfile(tmp_path / "a.zip")
    assert Contact.objects.count() == 1
    call_command("personal_data", ADDRESS, "--erase", "--yes", stdout=out)
    assert everywhere(ADDRESS) == {}
    with pytest.raises(CommandError, match="no e-mail address"):
        call_command("personal_data", "%", "--erase", "--yes", stdout=out)


def test_address_of_a_colleague_or_of_the_editors_themselves_is_not_erased(editor):
    colleague = make_editor(username="anna", email="anna@voorbeeld.example")
    site = Site.objects.get(is_default_site=True)
    SiteSettings.objects.create(site=site, email="info@voorbeeld.example")

    for email, why in (
        ("anna@voorbeeld.example", "draag eerst het werk over"),
        ("info@voorbeeld.example", "van de redactie zelf"),
    ):
        response = editor.post(PRIVACY, {"email": email, "actie": "wissen", "zeker": "ja"})
        assert why in response.content.decode().lower()

    assert User.objects.get(pk=colleague.pk).email == "anna@voorbeeld.example"
    assert not ErasureRecord.objects.exists()


def test_only_editors_come_to_personal_data(client):
    make_form_page()
    contribute(client, email=ADDRESS)
    writer = browser_of(make_writer())

    for browser in (writer, client):
        for data in (None, {"email": ADDRESS, "actie": "wissen", "zeker": "ja"}):
            response = browser.post(PRIVACY, data) if data else browser.get(PRIVACY)
            assert response.status_code == 302
            assert ADDRESS not in "".join(told(response))

    assert Contact.objects.count() == 1


def test_screen_tells_what_comes(editor):
    make_form_page()
    contribution, _ = contribute(editor)
    editor.post(review_url(contribution), decision(contribution, "decline"))
    Contribution.objects.update(decided_at="2026-01-01T12:00Z")

    page = editor.get(PRIVACY).content.decode()

    assert contribution.reference in page
