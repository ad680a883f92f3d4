"""The copy in a process, with real commits: other processes write, threads read."""

import os
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from publications import search_rebuild, search_table
from publications.models import PublicationPage, SearchRow, Term, Vocabulary
from publications.search import LibraryQuery, search
from publications.search_answer import Question, ask
from publications.search_copy import Copy, Word, current_copy, forget
from publications.tests.factories import make_publication, make_term

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def titles(words="", **chosen) -> list[str]:
    return [hit.title for hit in search(LibraryQuery(words=words, chosen=chosen)).hits]


def in_another_process(work) -> None:
    """Do `work` in a forked process with a connection of its own, and wait for it."""
    child = os.fork()
    if not child:
        try:
            connection.connection = None
            work()
            connection.close()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


def in_thread(work):
    def run():
        try:
            return work()
        finally:
            connections.close_all()

    return run


def state_of(copy: Copy) -> dict:
    """Return all that a copy would answer with, for comparing one with another."""
    live = np.flatnonzero(copy.live)
    return {
        int(pk): (
            int(copy.days[pk]),
            int(copy.titles[pk]),
            sorted(copy.facets_of(int(pk), set(range(len(copy.facets))))),
            sorted(
                (keys, int(array[pk]))
                for keys, array in copy.words.items()
                if array is not None and array[pk]
            ),
        )
        for pk in live
    }


def test_change_of_another_process_is_right_at_the_next_search():
    publication = make_publication(title="Oude naam")
    assert titles("oude") == ["Oude naam"]

    def rename():
        page = PublicationPage.objects.get(pk=publication.pk)
        page.title = "Frisse naam"
        page.save_revision().publish()

    in_another_process(rename)

    assert titles("frisse") == ["Frisse naam"]
    assert titles("oude naam") == ["Frisse naam"]  # the nearest there is
    assert titles("oude") == []

    in_another_process(lambda: PublicationPage.objects.get(pk=publication.pk).unpublish())

    assert titles("frisse") == []
    assert search(LibraryQuery()).total == 0


def test_change_is_taken_in_after_its_commit_also_when_others_committed_before():
    first, second = make_publication(title="Eerste"), make_publication(title="Tweede")
    assert sorted(titles()) == ["Eerste", "Tweede"]
    written, go_on = threading.Event(), threading.Event()

    def slow_change():
        with transaction.atomic():
            PublicationPage.objects.filter(pk=first.pk).update(live=False)
            search_table.index_pages(PublicationPage, [first.pk])
            written.set()
            go_on.wait(20)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(in_thread(slow_change))
        written.wait(20)
        in_another_process(lambda: PublicationPage.objects.get(pk=second.pk).unpublish())
        assert titles() == ["Eerste"]  # not committed, so still there
        go_on.set()
        slow.result()

    assert titles() == []


def test_what_is_rolled_back_was_never_found():
    make_publication(title="Vast")
    assert titles() == ["Vast"]

    with transaction.atomic():
        make_publication(title="Even maar")
        assert sorted(titles()) == ["Even maar", "Vast"]
        transaction.set_rollback(True)

    assert titles() == ["Vast"]


def test_renamed_term_is_right_within_a_second(monkeypatch):
    theme = make_term(vocabulary=Vocabulary.THEME, slug="thema", label="Eerst")
    make_publication(title="Iets", themes=[theme])
    assert titles("eerst") == ["Iets"]

    def rename():
        term = Term.objects.get(pk=theme.pk)
        term.label = "Daarna"
        term.save()

    in_another_process(rename)
    threading.Event().wait(1.1)

    assert titles("daarna") == ["Iets"]


def test_copy_stays_right_while_several_processes_write_and_threads_read():
    pages = [make_publication(title=f"Samen {n}", year=2000 + n) for n in range(6)]
    copy = current_copy()
    stop = threading.Event()

    def read():
        while not stop.is_set():
            results = search(LibraryQuery(words="samen"))
            assert results.total <= 6
            assert all("amen" in hit.title for hit in results.hits)

    def write(mine):
        for turn in range(6):
            page = PublicationPage.objects.get(pk=mine.pk)
            if turn % 3 == 2:
                page.unpublish()
            else:
                page.title, page.year = f"Samen {turn}", 2010 + turn
                page.save_revision().publish()

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(in_thread(read)) for _ in range(2)]
        children = []
        for page in pages[:3]:
            child = os.fork()
            if not child:
                connection.connection = None
                try:
                    write(page)
                    os._exit(0)
                except BaseException:
                    os._exit(1)
            children.append(child)
        codes = [os.waitpid(child, 0)[1] for child in children]
        stop.set()
        for reader in readers:
            reader.result()

    assert codes == [0, 0, 0]
    assert search(LibraryQuery(words="samen")).total == 3
    fresh = Copy()
    fresh.refresh()
    fresh.read(Word(keys) for keys in copy.words)
    assert state_of(current_copy()) == state_of(fresh)


@pytest.mark.parametrize("changes", [{"summary": ["Ganzebord", "Kwartel"]}, {"year": [1901, 1902]}])
def test_two_who_save_pages_with_the_same_new_words_do_not_lock_each_other_up(changes):
    """The one saves what is new in one order, the other in the other, both in one transaction."""
    ((name, values),) = changes.items()
    pages = [make_publication(title=f"Samen {n}") for n in range(4)]
    both_began = threading.Barrier(2)

    def save(first, second, in_order):
        with transaction.atomic():
            for page, value in zip((first, second), in_order, strict=True):
                page = PublicationPage.objects.get(pk=page.pk)
                setattr(page, name, value)
                page.save()
                # The other may wait for us, which is well as long as it ends.
                with suppress(threading.BrokenBarrierError):
                    both_began.wait(2)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(in_thread(lambda: save(*pages[:2], values)))
        other = pool.submit(in_thread(lambda: save(*pages[2:], values[::-1])))
        one.result(), other.result()

    for value in values:
        found = search(LibraryQuery(words=value)) if name == "summary" else None
        found = found or search(LibraryQuery(chosen={"jaar": (str(value),)}))
        assert found.total == 2


def test_many_changes_at_once_are_read_anew(monkeypatch):
    monkeypatch.setattr("publications.search_copy.MAX_CHANGES", 1)
    make_publication(title="Samen een")
    assert titles("samen") == ["Samen een"]

    def add():
        make_publication(title="Samen twee")
        make_publication(title="Samen drie")

    in_another_process(add)

    assert sorted(titles("samen")) == ["Samen drie", "Samen een", "Samen twee"]


def test_copy_with_room_for_one_word_answers_the_same():
    make_publication(title="Samen eten in de wijk")
    small = Copy(max_word_bytes=1)
    small.refresh()
    needs = [((Word((word,)),),) for word in ("samen", "wijk")]

    for _ in range(3):
        assert ask(small, Question(kind=None, needs=needs)).total == 1
        assert len(small.words) <= 1


def test_page_numbers_beyond_the_copy_make_it_grow():
    page = make_publication(title="Samen")
    assert titles("samen") == ["Samen"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('wagtailcore_page_id_seq', %s)", [page.pk + 5000])

    make_publication(title="Samen ver weg")

    assert sorted(titles("samen")) == ["Samen", "Samen ver weg"]


def test_rebuild_makes_the_same_table_again_and_again():
    make_publication(title="Samen", year=2020)
    make_publication(title="Apart", live=False)
    gone = make_publication(title="Weg")
    gone.delete()
    columns = ("id", "is_live", "day", "title_hash", "title_key", "facets", "vector")
    before = list(SearchRow.objects.filter(is_live=True).order_by("id").values_list(*columns))

    for _ in range(2):
        call_command("rebuild_search", processes=1, verbosity=0)
        assert list(SearchRow.objects.order_by("id").values_list(*columns)) == before
        assert titles("samen") == ["Samen"]

    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, SearchRow._meta.db_table)
        assert {"searchrow_vector", "searchrow_changed_in"} <= set(constraints)


def test_rebuild_mends_what_went_round_the_pages():
    publication = make_publication(title="Samen")
    SearchRow.objects.all().delete()
    forget()
    assert titles() == []

    call_command("rebuild_search", processes=1, verbosity=0)

    assert titles("samen") == ["Samen"]
    PublicationPage.objects.filter(pk=publication.pk).update(live=False)
    call_command("rebuild_search", processes=1, verbosity=0)
    assert search(LibraryQuery()).total == 0


def test_rebuild_takes_over_what_changes_meanwhile(monkeypatch):
    first, second = make_publication(title="Samen een"), make_publication(title="Samen twee")
    write = search_rebuild._write

    def write_and_change(fresh, batch):
        count = write(fresh, batch)
        PublicationPage.objects.get(pk=first.pk).unpublish()
        page = PublicationPage.objects.get(pk=second.pk)
        page.title = "Samen anders"
        page.save_revision().publish()
        make_publication(title="Samen erbij")
        return count

    monkeypatch.setattr(search_rebuild, "_write", write_and_change)

    call_command("rebuild_search", processes=1, verbosity=0)

    assert sorted(titles("samen")) == ["Samen anders", "Samen erbij"]


def test_killed_rebuild_changes_nothing_and_the_next_one_works(monkeypatch):
    make_publication(title="Samen")

    def killed(fresh, batch):
        os._exit(0)

    monkeypatch.setattr(search_rebuild, "_write", killed)
    in_another_process(lambda: call_command("rebuild_search", processes=1, verbosity=0))
    monkeypatch.undo()

    assert titles("samen") == ["Samen"]
    call_command("rebuild_search", processes=1, verbosity=0)
    assert titles("samen") == ["Samen"]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    assert [name for name in tables if name.startswith(search_rebuild.FRESH)] == []


def test_long_and_strange_texts_are_indexed():
    document = search_table.SearchDocument(
        title="'; DROP TABLE x; -- \\ ' \" /15 =x ~ab",
        text=" ".join(f"woord{n}" for n in range(150_000)),
    )

    with connection.cursor() as cursor:
        page_words = search_table.PageWords(document)
        cursor.execute("SELECT length(%s::tsvector)", [page_words.vector()])
        assert cursor.fetchone()[0] >= 30_000
        cursor.execute("SELECT cardinality(%s::smallint[])", [page_words.pairs()])
        assert cursor.fetchone()[0] > 50_000


def test_library_that_was_there_before_its_table_is_found_after_migrating():
    make_publication(title="Samen")
    SearchRow.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert titles("samen") == ["Samen"]
