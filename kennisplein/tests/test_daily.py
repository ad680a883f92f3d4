"""What `daily` puts right after a process was killed."""

import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psutil
import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kennisplein.lost_tasks import LOST_AFTER, own_worker_id, put_back_lost_tasks
from publications.models import LibraryDocument
from publications.tests.factories import make_document, private_path

pytestmark = pytest.mark.django_db


def daily() -> str:
    out = StringIO()
    call_command("daily", stdout=out)
    return out.getvalue()


def taken_by(worker_id: str, minutes_ago: int = 0) -> DBTaskResult:
    """Return a task that a worker took; it reads a document."""
    make_document()
    task = DBTaskResult.objects.latest("enqueued_at")
    task.claim(worker_id)
    started = timezone.now() - timedelta(minutes=minutes_ago)
    DBTaskResult.objects.filter(pk=task.pk).update(started_at=started)
    return task


def ready() -> set:
    return set(DBTaskResult.objects.ready().values_list("pk", flat=True))


def dead_worker() -> str:
    """Return the name of a worker on this machine that was there and is no more."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        started = psutil.Process(process.pid).create_time()
        process.kill()
    return f"{socket.gethostname()[:30]}:{process.pid}:{round(started * 100)}"


def test_tasks_of_dead_workers_are_put_back_and_those_of_living_ones_are_not():
    lost = taken_by(dead_worker())
    reused_number = taken_by(f"{socket.gethostname()[:30]}:{os.getpid()}:1")
    taken_by(own_worker_id())
    taken_by("elsewhere:1:1")
    lost_elsewhere = taken_by("elsewhere:1:1", minutes_ago=61)
    nameless = taken_by("x" * 32, minutes_ago=61)
    assert ready() == set()

    said = daily()

    assert "Put back 4 tasks of a worker that died." in said
    assert ready() == {task.pk for task in (lost, reused_number, lost_elsewhere, nameless)}
    assert timedelta(minutes=61) > LOST_AFTER


@pytest.fixture
def own_signals():
    """Give Ctrl-C back to pytest: a worker takes it."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_worker_that_starts_does_what_a_killed_one_left(own_signals):
    document = make_document()
    task = DBTaskResult.objects.get(task_path__endswith="read_document_file")
    task.claim(dead_worker())

    call_command("db_worker", "--backend=background", "--batch", "--no-reload", "-v0")

    document.refresh_from_db()
    assert document.page_count == 2
    task.refresh_from_db()
    assert [task.status, task.worker_ids[-1]] == ["SUCCESSFUL", own_worker_id()]


def test_task_that_is_lost_again_and_again_waits_longer_each_time():
    task, waits = taken_by(dead_worker()), []
    for _ in range(14):
        put_back_lost_tasks()
        task.refresh_from_db()
        is_at_once = task.run_after.year == 9999
        waits.append(0 if is_at_once else round((task.run_after - timezone.now()).total_seconds()))
        task.claim(dead_worker())

    assert waits == [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]


def test_file_without_a_document_is_removed_and_others_stay(settings):
    document = make_document()
    kept = private_path(document)
    storage = LibraryDocument._meta.get_field("file").storage
    stray = Path(storage.path(storage.save("documents/abc/weg.pdf", ContentFile(b"%PDF-"))))
    other = Path(storage.path(storage.save("exports/lijst.csv", ContentFile(b"a;b"))))
    Path(storage.path("documents/leeg")).mkdir()

    assert "Removed 0 files" in daily()
    assert stray.exists()
    settings.STRAY_FILE_HOURS = 0
    assert "Removed 1 files that no document has." in daily()

    assert [stray.exists(), kept.exists(), other.exists()] == [False, True, True]
    daily()
    assert [path.name for path in kept.parent.parent.iterdir()] == [kept.parent.name]


def test_no_folder_of_documents_is_no_fault(settings):
    assert not Path(settings.PRIVATE_ROOT).exists()

    assert "Removed 0 files" in daily()
