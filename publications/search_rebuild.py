"""
Making the search table anew from the pages, while the site is used.

The rows go into a fresh table, which takes the place of the old one in the end. Killed half-way it
has changed nothing, and the next run starts by clearing up.
"""

import gc
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import get_context

from django.db import connection, transaction
from django.db.utils import OperationalError

from publications.search_table import findable_models, rows_of

FRESH = "publications_searchrow_fresh"  # with a number behind it: a killed run must not be mixed in
BATCH = 500
LOCK = 0x6B70_5EA6  # any number that nothing else in this database uses
COLUMNS = "id, day, title_hash, title_key, facets, vector, pairs, text, is_live, changed_in"
SWAP_TRIES = 20


class AlreadyRunning(RuntimeError):
    """Another process is making the search table anew."""


def rebuild(report: Callable[[int, int], None], processes: int = 1) -> int:
    """
    Make the search table anew; return the number of pages in it. Calls `report(done, total)`.

    Raise AlreadyRunning when another run has not finished. What changes meanwhile is in the end
    taken over from the old table.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning("Another rebuild is running.")
        try:
            _clear_up(cursor)
            return _rebuild(cursor, report, processes)
        finally:
            _clear_up(cursor)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _clear_up(cursor):
    cursor.execute("SELECT relname FROM pg_class WHERE relname ~ %s AND relkind = 'r'", [FRESH])
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP TABLE IF EXISTS {name}")


def _rebuild(cursor, report, processes: int) -> int:
    fresh = f"{FRESH}_{secrets.randbelow(10**9)}"
    cursor.execute("SELECT pg_current_snapshot()::text")
    before = cursor.fetchone()[0]
    cursor.execute(
        f"CREATE TABLE {fresh} (LIKE publications_searchrow INCLUDING STORAGE INCLUDING DEFAULTS)"
        " WITH (toast_tuple_target = 128)"
    )
    batches = list(_batches())
    total = sum(len(ids) for _, ids in batches)
    done = 0
    for count in _written(fresh, batches, processes):
        done += count
        report(done, total)
    _remove_doubles(cursor)
    _build_indexes(fresh, processes)
    cursor.execute(f"VACUUM (ANALYZE) {fresh}")  # pages that are known to be visible read faster
    for attempt in range(1, SWAP_TRIES + 1):
        try:
            _swap(fresh, before)
            return total
        except OperationalError:  # somebody reads or writes for long: let others go first
            if attempt == SWAP_TRIES:
                raise
            time.sleep(1)
    return total


def _remove_doubles(cursor):
    cursor.execute(
        "DELETE FROM publications_searchword a USING publications_searchword b"
        " WHERE a.word = b.word AND a.id > b.id"
    )


INDEXES = {
    "searchrow_fresh_vector": "INDEX {name} ON {fresh} USING gin (vector) WITH (fastupdate = off)",
    "searchrow_fresh_pairs": "INDEX {name} ON {fresh} USING gin (pairs) WITH (fastupdate = off)",
    "searchrow_fresh_changed_in": "INDEX {name} ON {fresh} (changed_in)",
    "searchrow_fresh_pkey": "UNIQUE INDEX {name} ON {fresh} (id)",
}


def _build_indexes(fresh: str, processes: int) -> None:
    builds = [f"CREATE {sql.format(name=name, fresh=fresh)}" for name, sql in INDEXES.items()]
    if processes == 1:
        for build in builds:
            _build_index(build)
    else:
        with get_context("fork").Pool(2, _begin_process, [os.getpid()]) as pool:
            pool.map(_build_index, builds, chunksize=1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE {fresh} ALTER COLUMN id SET NOT NULL,"
            " ADD CONSTRAINT searchrow_fresh_pkey PRIMARY KEY USING INDEX searchrow_fresh_pkey"
        )


def _build_index(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(statement)


def _batches() -> Iterator[tuple[type, list[int]]]:
    for model in findable_models():
        ids = list(model.objects.live().order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            yield model, ids[start : start + BATCH]


def _written(fresh: str, batches, processes: int) -> Iterator[int]:
    """Write the batches, and yield how many pages each held, as they get ready."""
    if processes == 1 or len(batches) < 3:
        yield from (_write(fresh, batch) for batch in batches)
        return
    with get_context("fork").Pool(processes, _begin_process, [os.getpid()]) as pool:
        yield from pool.imap_unordered(partial(_write, fresh), batches)


def _begin_process(parent: int):
    """Open a connection of its own, leave the parent's alone, and do not outlive it."""
    connection.connection = None
    gc.freeze()

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _write(fresh: str, batch) -> int:
    model, ids = batch
    with transaction.atomic(), connection.cursor() as cursor:
        # A batch is a million objects that all stay until its end: looking through them for
        # rubbish again and again is a third of the work.
        gc.disable()
        try:
            rows = rows_of(model, ids)
        finally:
            gc.enable()
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (transaction_number,) = cursor.fetchone()
        with cursor.copy(f"COPY {fresh} ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row((*row, True, transaction_number))
    return len(ids)


@transaction.atomic
def _swap(fresh: str, before: str) -> None:
    """Put the fresh table in place of the old one, with what has changed since `before`."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute("LOCK TABLE publications_searchrow IN ACCESS EXCLUSIVE MODE")
        cursor.execute(
            f"INSERT INTO {fresh} ({COLUMNS}) SELECT {COLUMNS} FROM publications_searchrow"  # noqa: S608
            " WHERE NOT pg_visible_in_snapshot(changed_in::text::xid8, %s::pg_snapshot)"
            " ON CONFLICT (id) DO UPDATE SET day = excluded.day, title_hash = excluded.title_hash,"
            " title_key = excluded.title_key, facets = excluded.facets,"
            " vector = excluded.vector, pairs = excluded.pairs, text = excluded.text,"
            " is_live = excluded.is_live, changed_in = excluded.changed_in",
            [before],
        )
        cursor.execute("DROP TABLE publications_searchrow")
        cursor.execute(f"ALTER TABLE {fresh} RENAME TO publications_searchrow")
        for name in INDEXES:
            new = name.replace("fresh_", "")
            new = "publications_searchrow_pkey" if new.endswith("pkey") else new
            cursor.execute(f"ALTER INDEX {name} RENAME TO {new}")


def processors() -> int:
    return len(os.sched_getaffinity(0))
