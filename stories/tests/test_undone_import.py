"""Undoing an import of publications leaves what stories, questions and dossiers hold."""

import pytest

from publications.models import PublicationPage, Vocabulary
from publications.tests.bringing import bring, press, shown, table, titles
from publications.tests.factories import make_library, make_term
from stories.tests.factories import make_dossier, make_link, make_question, make_story

pytestmark = pytest.mark.django_db


def test_undoing_leaves_what_somebody_points_to(admin_client):
    make_library()
    make_term(slug="sociale-cohesie")
    make_term(vocabulary=Vocabulary.KIND, slug="onderzoek")
    names = ["Antwoord", "Bij een verhaal", "Los", "Op een kaart"]
    job = bring(admin_client, table(*({"titel": name} for name in names)))
    press(admin_client, job, "importeer")
    pages = {page.title: page for page in PublicationPage.objects.all()}
    question = make_question(answers=[pages["Antwoord"]])
    link = make_link(make_story(), pages["Bij een verhaal"])
    make_dossier(pages["Op een kaart"])

    press(admin_client, job, "draai-terug")

    assert titles() == ["Antwoord", "Bij een verhaal", "Op een kaart"]
    assert question.answers.count() == 1
    link.refresh_from_db()
    assert {row[3] for row in shown(admin_client, job, "?oordeel=gebleven")} == {
        "Er verwijst iets naar."
    }
