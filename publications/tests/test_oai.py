"""Harvesting the library over OAI-PMH: with sickle, and by hand where it must go wrong."""

from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils.dateparse import parse_datetime
from lxml import etree
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch
from taggit.models import Tag
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from publications.models import (
    HarvestRecord,
    LibraryPage,
    PublicationPage,
    RightToShare,
    Vocabulary,
)
from publications.oai import protocol
from publications.tests.factories import (
    add_publication,
    make_document,
    make_publication,
    make_term,
    site_root,
    work,
)
from publications.tests.nasty import nasty_publications
from publications.tests.visits import queries_of

pytestmark = pytest.mark.django_db

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("oai_answer.xsd")))
OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
LONG_AGO = "2020-01-01T00:00:00Z"
EXAMPLE_ID = "oai:127.0.0.1:00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def host(settings):
    settings.BASE_URL = "https://kennisplein.example"


def ask(client, method="get", **arguments):
    """Ask as a harvester does, and check that the answer is what the specification says."""
    arguments = {name.rstrip("_"): value for name, value in arguments.items()}
    response = getattr(client, method)("/oai", arguments)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    answer = etree.fromstring(response.content)
    SCHEMA.assertValid(answer)
    return answer


def error_of(answer) -> str:
    error = answer.find(f"{OAI}error")
    return "" if error is None else error.get("code")


def headers(client, **arguments) -> dict[str, tuple[str, bool]]:
    """Return (datestamp, is it deleted) of what a list has, by title of the publication."""
    arguments = {"metadataPrefix": "oai_dc", **arguments}
    answer = ask(client, verb="ListIdentifiers", **arguments)
    titles = {f"{page.translation_key}": page.title for page in PublicationPage.objects.all()}
    found = {}
    for header in answer.iter(f"{OAI}header"):
        name = header.findtext(f"{OAI}identifier").rpartition(":")[2]
        is_deleted = header.get("status") == "deleted"
        found[titles.get(name, "gone")] = (header.findtext(f"{OAI}datestamp"), is_deleted)
    return found


def make_old() -> None:
    """Let everything have changed long ago, so that a change now can be seen."""
    HarvestRecord.objects.update(datestamp=LONG_AGO)


def changed(client) -> dict[str, bool]:
    """Return what changed since `make_old`: the title, and whether it is deleted."""
    return {
        title: is_deleted
        for title, (datestamp, is_deleted) in headers(client).items()
        if datestamp != LONG_AGO
    }


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_sickle_harvests_all_by_set_by_post_and_what_changed_since(live_server, monkeypatch):
    monkeypatch.setattr(protocol, "PAGE_SIZE", 7)
    cohesion, inclusion = make_term(slug="sociale-cohesie"), make_term(slug="sociale-inclusie")
    pages = [
        add_publication(title=f"Publicatie {n}", pillars=[[cohesion, inclusion][n % 2]])
        for n in range(40)
    ]
    make_publication(title="Nog niet", live=False)
    everything = {f"oai:kennisplein.example:{page.translation_key}": page for page in pages}

    for method in ("GET", "POST"):
        sickle = Sickle(f"{live_server.url}/oai", http_method=method)
        records = list(sickle.ListRecords(metadataPrefix="oai_dc"))
        assert {record.header.identifier for record in records} == set(everything)
        assert len(records) == 40
        for record in records:
            page = everything[record.header.identifier]
            assert record.metadata["title"] == [page.title]
            assert page.full_url in record.metadata["identifier"]
        half = list(sickle.ListIdentifiers(metadataPrefix="oai_dc", set="pijler:sociale-inclusie"))
        assert {header.identifier for header in half} == set(list(everything)[1::2])
        assert len(list(sickle.ListRecords(metadataPrefix="oai_dc", set="pijler"))) == 40
    assert sickle.Identify().deletedRecord == "persistent"
    assert "pijler:sociale-inclusie" in [found.setSpec for found in sickle.ListSets()]
    assert [form.metadataPrefix for form in sickle.ListMetadataFormats()] == ["oai_dc"]

    make_old()
    since = {"metadataPrefix": "oai_dc", "from": "2020-01-02T00:00:00Z"}
    with pytest.raises(NoRecordsMatch):
        sickle.ListRecords(**since)
    pages[0].unpublish()
    pages[1].delete()
    pages[2].title = "Anders"
    pages[2].save_revision().publish()

    news = {record.header.identifier: record for record in sickle.ListRecords(**since)}

    first, second, third = list(everything)[:3]
    assert set(news) == {first, second, third}
    assert [news[name].header.deleted for name in (first, second, third)] == [True, True, False]
    assert news[third].metadata["title"] == ["Anders"]
    record = sickle.GetRecord(identifier=second, metadataPrefix="oai_dc")
    assert record.deleted
    assert len(list(sickle.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))) == 38


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": ""}, "badVerb"),
        ({"verb": "identify"}, "badVerb"),
        ({"verb": ["Identify", "Identify"]}, "badVerb"),
        ({"verb": "Identify", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": ["oai_dc", "oai_dc"]}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "<x>"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "page": "2"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "gisteren"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-30"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "٢٠٢٦-01-01"}, "badArgument"),
        (
            {
                "verb": "ListRecords",
                "metadataPrefix": "oai_dc",
                "from": "2026-01-01",
                "until": "2026-01-02T00:00:00Z",
            },
            "badArgument",
        ),
        (
            {
                "verb": "ListRecords",
                "metadataPrefix": "oai_dc",
                "from": "2026-01-02",
                "until": "2026-01-01",
            },
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1990-01-01"},
            "noRecordsMatch",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "9999-12-31"},
            "noRecordsMatch",
        ),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "nee"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "a b"}, "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "abc"}, "badResumptionToken"),
        (
            {"verb": "ListRecords", "resumptionToken": "abc", "metadataPrefix": "oai_dc"},
            "badArgument",
        ),
        ({"verb": "ListSets", "resumptionToken": "abc"}, "badResumptionToken"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
        (
            {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "x"},
            "idDoesNotExist",
        ),
        (
            {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": EXAMPLE_ID},
            "idDoesNotExist",
        ),
        (
            {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "x\x00\ud800"[:2]},
            "badArgument",
        ),
        ({"verb": "ListMetadataFormats", "identifier": EXAMPLE_ID}, "idDoesNotExist"),
    ],
)
def test_errors_are_those_of_the_specification(client, arguments, code):
    make_publication()

    for method in ("get", "post"):
        answer = ask(client, method, **arguments)

        assert error_of(answer) == code
        repeated = answer.find(f"{OAI}request").attrib
        assert bool(repeated) == (code not in ("badVerb", "badArgument"))


def test_get_record_by_another_host_is_unknown_and_by_ours_is_found(client):
    page = make_publication()

    for host, code in (("elders.example", "idDoesNotExist"), ("kennisplein.example", "")):
        answer = ask(
            client,
            verb="GetRecord",
            metadataPrefix="oai_dc",
            identifier=f"oai:{host}:{page.translation_key}",
        )
        assert error_of(answer) == code


def test_token_that_somebody_changed_or_takes_to_another_verb_is_refused(client, monkeypatch):
    monkeypatch.setattr(protocol, "PAGE_SIZE", 1)
    for _ in range(3):
        make_publication()
    first = ask(client, verb="ListRecords", metadataPrefix="oai_dc")
    token = first.find(f".//{OAI}resumptionToken")
    assert (token.get("cursor"), token.get("completeListSize")) == ("0", "3")

    second = ask(client, verb="ListRecords", resumptionToken=token.text)
    assert second.find(f".//{OAI}resumptionToken").get("cursor") == "1"
    third = ask(
        client,
        verb="ListRecords",
        resumptionToken=second.findtext(f".//{OAI}resumptionToken"),
    )
    assert third.findtext(f".//{OAI}resumptionToken") == ""
    for bad in (token.text[:-1] + "x", "a" + token.text, token.text.rpartition(":")[0]):
        assert error_of(ask(client, verb="ListRecords", resumptionToken=bad)) == (
            "badResumptionToken"
        )
    other = ask(client, verb="ListIdentifiers", resumptionToken=token.text)
    assert error_of(other) == "badResumptionToken"


def test_nothing_is_skipped_when_records_change_during_a_harvest(client, monkeypatch):
    monkeypatch.setattr(protocol, "PAGE_SIZE", 2)
    pages = [make_publication(title=f"Nummer {n}") for n in range(6)]
    make_old()
    answer = ask(client, verb="ListRecords", metadataPrefix="oai_dc")
    seen = set()
    while True:
        seen |= {element.text for element in answer.iter(f"{DC}title")}
        token = answer.findtext(f".//{OAI}resumptionToken")
        if not token:
            break
        for page in pages:  # those that were sent already, too: an offset would now skip some
            if page.title in seen:
                page.unpublish()
        answer = ask(client, verb="ListRecords", resumptionToken=token)

    assert seen == {page.title for page in pages}


def test_draft_and_never_published_contribution_leave_no_trace(client):
    draft = make_publication(live=False)
    assert not HarvestRecord.objects.exists()

    draft.delete()

    assert not HarvestRecord.objects.exists()
    assert error_of(ask(client, verb="ListRecords", metadataPrefix="oai_dc")) == "noRecordsMatch"


def test_draft_of_a_live_page_and_saving_without_a_change_move_no_datestamp(client):
    page = make_publication(title="Zo")
    make_old()

    page.title = "Concept"
    page.save_revision()
    PublicationPage.objects.get(pk=page.pk).save()
    PublicationPage.objects.get(pk=page.pk).save_revision().publish()

    assert headers(client) == {"Zo": (LONG_AGO, False)}


def unpublish(page):
    page.unpublish()


def hide(page):
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def hide_library(page):
    hide(LibraryPage.objects.get())


def move_below_something_hidden(page):
    hidden = site_root().add_child(instance=LibraryPage(title="Besloten", slug="besloten"))
    hide(hidden)
    page.move(hidden, pos="last-child")


@pytest.mark.parametrize("leave", [unpublish, hide, hide_library, move_below_something_hidden])
def test_publication_that_leaves_the_public_site_is_deleted_for_harvesters(client, leave):
    page = make_publication(title="Weg")
    make_old()

    leave(PublicationPage.objects.get(pk=page.pk))

    assert changed(client) == {"Weg": True}
    make_old()
    identifier = f"oai:kennisplein.example:{page.translation_key}"
    answer = ask(client, verb="GetRecord", metadataPrefix="oai_dc", identifier=identifier)
    assert answer.find(f".//{OAI}header").get("status") == "deleted"
    assert answer.find(f".//{OAI}metadata") is None
    assert "Weg" not in etree.tostring(answer, encoding="unicode")


def test_publication_that_comes_back_is_no_longer_deleted(client):
    page = make_publication(title="Terug")
    page.unpublish()
    make_old()

    page.get_latest_revision().publish()

    assert changed(client) == {"Terug": False}
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.LOGIN
    )
    make_old()
    restriction.delete()
    assert changed(client) == {"Terug": False}


def test_record_that_says_public_shows_nothing_of_a_page_that_is_not(client):
    page = make_publication(title="Stil weg")
    PublicationPage.objects.filter(pk=page.pk).update(live=False)  # no signal, no save
    assert not HarvestRecord.objects.get().is_deleted

    answer = ask(client, verb="ListRecords", metadataPrefix="oai_dc")

    assert answer.find(f".//{OAI}header").get("status") == "deleted"
    assert "Stil weg" not in etree.tostring(answer, encoding="unicode")


def test_daily_puts_right_what_no_signal_told(client):
    page, gone = make_publication(title="Stil weg"), make_publication(title="Verdwenen")
    PublicationPage.objects.filter(pk=page.pk).update(live=False)
    rows = HarvestRecord.objects.filter(pk=gone.translation_key)
    rows.update(identifier=EXAMPLE_ID.rpartition(":")[2])
    make_old()

    call_command("daily")

    assert changed(client) == {"Stil weg": True, "Verdwenen": False, "gone": True}


def test_renamed_and_merged_terms_move_the_datestamp_of_the_pages_that_hold_them(client):
    old, new = make_term(slug="oud", label="Oud"), make_term(slug="nieuw", label="Nieuw")
    other = make_term(slug="ander")
    make_publication(title="Met oud", pillars=[old])
    make_publication(title="Zonder", pillars=[other])
    work()
    make_old()
    old.label = "Ouder"
    old.save()
    work()
    assert changed(client) == {"Met oud": False}

    make_old()
    old.merged_into = new
    old.save()
    work()

    assert changed(client) == {"Met oud": False}
    for name in ("pijler:oud", "pijler:nieuw"):  # the old name still works
        assert list(headers(client, set=name)) == ["Met oud"]


def test_renamed_or_deleted_keyword_and_another_right_to_share_move_the_datestamp(client):
    document = make_document()
    make_publication(title="Met woord", keywords=["eten"])
    make_publication(title="Met document", document=document)
    make_old()

    tag = Tag.objects.get(name="eten")
    tag.name = "koken"
    tag.save()
    assert changed(client) == {"Met woord": False}
    make_old()
    tag.delete()
    assert changed(client) == {"Met woord": False}
    make_old()
    document.right_to_share = RightToShare.NONE
    document.save()

    assert changed(client) == {"Met document": False}


def test_closing_a_collection_moves_the_datestamp_and_takes_the_address_out(
    client, django_capture_on_commit_callbacks
):
    closed = Collection.objects.get(depth=1).add_child(name="Straks besloten")
    make_publication(title="Met document", document=make_document(collection=closed))
    make_publication(title="Andere", document=make_document())
    make_old()
    with django_capture_on_commit_callbacks(execute=True):
        restriction = CollectionViewRestriction.objects.create(
            collection=closed, restriction_type=CollectionViewRestriction.LOGIN
        )
    assert changed(client) == {"Met document": False}
    answer = ask(client, verb="ListRecords", metadataPrefix="oai_dc")
    assert len(list(answer.iter(f"{DC}format"))) == 1
    make_old()
    with django_capture_on_commit_callbacks(execute=True):
        restriction.delete()

    assert changed(client) == {"Met document": False}


def test_deleting_a_document_moves_the_datestamp(client, django_capture_on_commit_callbacks):
    document = make_document()
    make_publication(title="Had een document", document=document)
    make_publication(title="Andere", document=make_document())
    make_old()

    with django_capture_on_commit_callbacks(execute=True):
        document.delete()

    assert changed(client) == {"Had een document": False}


def test_control_signs_in_a_term_leave_the_sets_well_formed(client):
    make_term(vocabulary=Vocabulary.PILLAR, slug="raar", label="Raar \x0b label")

    names = [e.text for e in ask(client, verb="ListSets").iter(f"{OAI}setName")]
    assert "Raar   label" in names


def test_token_that_leads_to_nothing_is_a_bad_token(client, monkeypatch):
    monkeypatch.setattr(protocol, "PAGE_SIZE", 1)
    for _ in range(2):
        make_publication()
    answer = ask(client, verb="ListRecords", metadataPrefix="oai_dc")
    token = answer.findtext(f".//{OAI}resumptionToken")
    HarvestRecord.objects.all().delete()

    again = ask(client, verb="ListRecords", resumptionToken=token)
    assert error_of(again) == "badResumptionToken"


def test_examples_are_not_harvested(client):
    make_publication(title="Echt")
    example = make_publication(title="Voorbeeld", is_example=True)
    assert list(headers(client)) == ["Echt"]
    make_old()
    example.is_example = False
    example.save_revision().publish()
    assert changed(client) == {"Voorbeeld": False}
    make_old()
    example.is_example = True
    example.save_revision().publish()
    assert changed(client) == {"Voorbeeld": True}


def test_other_address_of_the_library_moves_every_datestamp(
    client, django_capture_on_commit_callbacks
):
    make_publication(title="Hier")
    work()
    make_old()
    library = LibraryPage.objects.get()
    library.slug = "boeken"

    with django_capture_on_commit_callbacks(execute=True):
        library.save_revision().publish()
    work()

    assert changed(client) == {"Hier": False}


def test_answer_is_dated_before_a_change_that_nobody_can_see_yet(client):
    """Whoever is busy may still write a datestamp from when they began."""

    def said():
        return parse_datetime(ask(client, verb="Identify").findtext(f"{OAI}responseDate"))

    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as somebody:
        began = somebody.execute("BEGIN; SELECT pg_current_xact_id(), date_trunc('second', now())")
        began.nextset()
        began = began.fetchone()[1]
        somebody.execute("SELECT pg_sleep(1.1)")
        assert said() == began
        somebody.execute("ROLLBACK")

    # A test is one transaction, in which PostgreSQL looks only once at who is busy.
    connection.cursor().execute("SELECT pg_stat_clear_snapshot()")
    assert said() > began


def test_nasty_publications_are_valid_records(client):
    kind = make_term(vocabulary=Vocabulary.KIND, slug="onderzoek")
    for nasty in nasty_publications(40):
        add_publication(
            title=nasty.title.replace("\x00", ""),
            subtitle=nasty.subtitle,
            summary=nasty.summary,
            doi=nasty.doi,
            authors=list(nasty.authors.all()),
            kind=kind,
        )

    answer = ask(client, verb="ListRecords", metadataPrefix="oai_dc")

    titles = [element.text for element in answer.iter(f"{DC}title")]
    assert len(titles) == 40
    assert "</script><script>alert(1)</script>: een & ander" in titles


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_list_of_any_length_takes_the_same_number_of_queries(client, verb):
    asked = []
    for number in (1, 5):
        for _ in range(number):
            make_publication(keywords=["eten"])
        asked.append(queries_of(client, f"/oai?verb={verb}&metadataPrefix=oai_dc"))

    assert asked[0] == asked[1] <= 15
