"""The same hits, total and counts from the copy, from nothing kept, and from PostgreSQL alone."""

import numpy as np
import pytest

from publications import search_answer
from publications.models import PublicationPage
from publications.search import SORTS
from publications.search_check import differences, make_tasks
from publications.search_corpus import make_corpus
from publications.search_table import index_pages
from publications.tests.factories import make_library

pytestmark = pytest.mark.django_db


def make_and_index(number: int) -> None:
    for _ in make_corpus(make_library(), number):
        pass
    pages = PublicationPage.objects.filter(slug__startswith="maat-")
    index_pages(PublicationPage, pages.values_list("pk", flat=True))


def test_kept_and_cold_and_sql_give_the_same_for_every_class_filter_and_order():
    make_and_index(200)

    compared = dict(differences(make_tasks(1)))

    assert len(compared) == 10 * 2 * len(SORTS)
    assert {asked: what for asked, what in compared.items() if what} == {}


def test_comparing_sees_a_wrong_order(monkeypatch):
    make_and_index(60)
    monkeypatch.setattr(search_answer, "WEIGHTS", np.zeros_like(search_answer.WEIGHTS))
    tasks = [task for task in make_tasks(1) if task.kind == "vaak"]

    assert "hits" in {what for _, what in differences(tasks, ["beste"])}


@pytest.mark.judge
def test_many_queries_of_every_class_give_the_same():
    make_and_index(3_000)

    compared = list(differences(make_tasks(6)))

    assert [asked for asked, what in compared if what] == []
