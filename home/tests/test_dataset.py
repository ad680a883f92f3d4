"""The open data set: everything that everyone may read, as one file."""

import csv
import hashlib
import io
import json
import os
import time
import zipfile

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from home.dataset import export_dataset, folder, latest
from publications.models import PublicationRelation
from publications.tests.factories import add_publication, make_document, make_publication
from publications.tests.visits import text_of
from stories.tests.factories import (
    make_article,
    make_author,
    make_dossier,
    make_link,
    make_question,
    make_story,
    sign,
)

pytestmark = pytest.mark.django_db


def unpacked() -> dict[str, str]:
    with zipfile.ZipFile(folder() / latest()["name"]) as package:
        assert package.testzip() is None
        return {name: package.read(name).decode() for name in package.namelist()}


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_page_says_how_large_and_from_when_and_leads_to_the_file(client, settings):
    assert "Het bestand is er nog niet" in text_of(client.get("/open-data/"))
    assert client.get("/open-data/kennisplein.zip").status_code == 404
    make_publication(title="Samen <b> leven")
    call_command("export_dataset", stdout=(said := io.StringIO()))

    made = latest()
    content = (folder() / made["name"]).read_bytes()
    assert said.getvalue().startswith(f"{made['name']}: {len(content)} bytes")
    text = text_of(client.get("/open-data/"))
    assert hashlib.sha256(content).hexdigest() in text
    assert "Publicaties 1" in text
    assert "CC0 1.0" in text
    response = client.get("/open-data/kennisplein.zip")
    assert response["Location"] == f"/media/open-data/{made['name']}"
    assert "open-data/" in client.get("/open-data/").content.decode()


def test_it_holds_what_is_public_and_nothing_else():
    public = make_publication(title="Openbaar", editor_note="Geheime notitie")
    draft = make_publication(title="Nog niet", live=False)
    secret = make_publication(title="Besloten")
    PageViewRestriction.objects.create(page=secret, restriction_type=PageViewRestriction.LOGIN)
    for earlier in (draft, secret):
        PublicationRelation.objects.create(publication=public, earlier=earlier)
    story = make_story(title="Verhaal")
    make_link(story, public, why="Zo gaat het.")
    make_link(story, secret, why="Niet vertellen.")
    make_story(title="Concept van een verhaal", live=False)
    make_article(title="Artikel", author_name="Joke")
    export_dataset()

    files = unpacked()

    assert [record["title"] for record in lines(files["publicaties.jsonl"])] == ["Openbaar"]
    rows = list(csv.DictReader(io.StringIO(files["publicaties.csv"].removeprefix("\ufeff"))))
    assert [row["titel"] for row in rows] == ["Openbaar"]
    told = lines(files["verhalen.jsonl"])
    assert told[0]["publications"] == [
        {"id": str(public.translation_key), "relation": "", "why": "Zo gaat het."}
    ]
    assert lines(files["artikelen.jsonl"])[0]["authors"] == ["Joke"]
    assert {term["slug"] for term in lines(files["termen.jsonl"])} >= {"sociale-cohesie"}
    everything = "".join(files.values())
    for hidden in ("Nog niet", "Besloten", "Geheime", "Niet vertellen", "Concept"):
        assert hidden not in everything
    assert "publicaties.jsonl: 1" in files["LEESMIJ.md"]
    assert "creativecommons.org/publicdomain/zero" in files["LICENTIE.txt"]


def test_who_signed_a_story_or_an_article_is_named():
    sign(make_story(), make_author(name="Fatma Yilmaz"), make_author(name="Joke Smit"))
    sign(make_article(author_name="Oude naam"), make_author(name="Bram de Wit"))
    make_article(author_name="Alleen getypt")
    make_article()
    export_dataset()

    files = unpacked()
    assert lines(files["verhalen.jsonl"])[0]["authors"] == ["Fatma Yilmaz", "Joke Smit"]
    told = [record["authors"] for record in lines(files["artikelen.jsonl"])]
    assert told == [["Bram de Wit"], ["Alleen getypt"], []]


def test_dossiers_and_questions_name_what_is_public_on_them():
    public, secret = make_publication(title="Openbaar"), make_publication(title="Besloten")
    invented = make_publication(title="Verzonnen", is_example=True)
    PageViewRestriction.objects.create(page=secret, restriction_type=PageViewRestriction.LOGIN)
    story, article = make_story(), make_article()
    make_dossier(public, secret, invented, story, article, title="Hoe begin je?")
    make_dossier(public, title="Concept", live=False)
    make_question(
        title="Wie helpt?", explanation="Dat vroeg iemand.", answers=[secret, article, invented]
    )
    make_question(title="Niet echt", is_example=True)
    export_dataset()

    files = unpacked()
    (dossier,) = lines(files["dossiers.jsonl"])
    assert dossier["title"] == "Hoe begin je?"
    named = [(card["kind"], card["id"]) for card in dossier["cards"]]
    shown = {"publication": public, "story": story, "article": article}
    assert named == [(kind, str(page.translation_key)) for kind, page in shown.items()]
    assert all(card["why"] for card in dossier["cards"])
    (question,) = lines(files["vragen.jsonl"])
    assert question["explanation"] == "Dat vroeg iemand."
    assert question["answers"] == [
        {"kind": "article", "id": str(article.translation_key), "why": ""}
    ]
    everything = "".join(files.values())
    for hidden in ("Besloten", "Verzonnen", "Concept", "Niet echt"):
        assert hidden not in everything
    assert "vragen.jsonl: 1" in files["LEESMIJ.md"]


def test_a_document_without_the_right_to_share_is_not_named():
    make_publication(document=make_document(right_to_share="geen"))
    make_publication(document=make_document())
    export_dataset()

    documents = [record["document"] for record in lines(unpacked()["publicaties.jsonl"])]
    assert documents[0] == ""
    assert "/documents/" in documents[1]


def test_it_is_replaced_as_a_whole_and_old_ones_go(client):
    names = []
    for number in range(3):
        add_publication(title=f"Nummer {number}")
        left = folder() / f"oud-{number}.part"
        folder().mkdir(parents=True, exist_ok=True)
        left.write_text("half")
        os.utime(left, times=(time.time() - 90_000,) * 2)
        names.append(export_dataset()["name"])
        os.utime(folder() / names[-1], times=(time.time() - 100 + number,) * 2)

    assert sorted(path.name for path in folder().iterdir()) == sorted([*names[1:], "latest.json"])
    assert latest()["name"] == names[-1]
    (folder() / names[-1]).unlink()
    assert latest() is None
    assert client.get("/open-data/").status_code == 200


def test_a_run_that_fails_leaves_the_last_one_standing(monkeypatch):
    add_publication()
    first = export_dataset()
    add_publication()
    monkeypatch.setattr("home.dataset._terms", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        export_dataset()

    assert latest() == first
    assert len(unpacked()["publicaties.jsonl"].splitlines()) == 1
    assert not list(folder().glob("*.part"))


def test_daily_makes_it():
    make_publication()

    call_command("daily", stdout=(said := io.StringIO()))

    assert latest()["name"] in said.getvalue()


def test_it_asks_as_much_for_many_as_for_one():
    export_dataset()  # after this Wagtail knows the site and its languages
    asked = []
    for _ in range(2):
        for _ in range(5):
            make_link(make_story(), publication := add_publication())
            make_dossier(publication)
            make_question(answers=[publication])
        with CaptureQueriesContext(connection) as captured:
            export_dataset()
        asked.append(len(captured))

    assert asked[1] <= asked[0]
