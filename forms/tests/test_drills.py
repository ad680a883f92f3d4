"""
Drills: the site in real processes, while these and the mail server are killed.

`make judge ARGS="-k drill -s"` runs the long ones and prints what docs/drills.md reports; of each
there is a short sample in the normal run.
"""

import time
from collections import Counter
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db.models import Sum

from forms.models import Contribution, OutboxMail
from forms.tests.drills import (
    FORM,
    MailServer,
    Phase,
    Sending,
    forget_peak,
    kill_while_sending,
    let_work_finish,
    mail_while,
    memory_peak,
    publication,
    reader_cost,
    sending_in_threads,
    stored_files,
    tip,
    title,
    what_is_wrong,
)
from publications.models import LibraryDocument
from publications.tests.factories import pdf_bytes
from publications.tests.hostile_files import HOSTILE_FILES, multipart

make_stage = None


@pytest.fixture
def mail_server(tmp_path):
    server = MailServer(tmp_path)
    server.start()
    yield server
    server.kill()


def sendings_with_files(how_many: int) -> list[Sending]:
    """Every fifth gives up when the site does not answer; the others try again."""
    return [
        Sending(n, publication(n), pdf_bytes(f"Straat {n}"), gives_up=n % 5 == 0)
        for n in range(1, how_many + 1)
    ]


def test_triple_click_on_a_running_site_makes_one(running_site):
    site = running_site(workers=2, has_worker=False)
    visitor = site.visitor()
    answers = {**visitor.hidden(FORM), **publication(1)}
    content = pdf_bytes("Straat 1")
    barrier, addresses = Barrier(3), []

    def click():
        barrier.wait()
        response = visitor.post(FORM, answers, {"bestand": ("straat.pdf", content)})
        addresses.append((response.status_code, response.headers["Location"]))

    clicks = [Thread(target=click) for _ in range(3)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()

    contribution = Contribution.objects.get()
    assert [status for status, _ in addresses] == [302] * 3
    for _, address in addresses:
        assert contribution.reference in visitor.get(address).text
    assert [LibraryDocument.objects.count(), len(stored_files())] == [1, 1]


@pytest.mark.parametrize(
    ("how_many", "seed"),
    [
        pytest.param(4, 1, id="sample"),
        pytest.param(100, 2, id="drill", marks=pytest.mark.judge),
    ],
)
def test_what_was_acknowledged_survives_kills(running_site, mail_server, how_many, seed):
    site = running_site(EMAIL_URL=mail_server.url, MAIL_FIRST_WAIT_SECONDS="1")
    sendings = sendings_with_files(how_many)

    kills = kill_while_sending(site, sendings, seed=seed, pause=0.5)
    let_work_finish(site)
    stray = len(set(stored_files()) - set(LibraryDocument.objects.values_list("file", flat=True)))
    site.manage("daily")

    twice = {mail: copies for mail, copies in mail_server.copies().items() if copies > 1}
    acknowledged = sum(bool(sending.address) for sending in sendings)
    again = sum(sending.tries > 1 for sending in sendings)
    given_up = [s for s in sendings if not s.address]
    found = Contribution.objects.filter(title__in=[title(s.number) for s in given_up]).count()
    print(
        f"\n{how_many} sent: {acknowledged} acknowledged ({again} after more than one try), "
        f"{len(given_up)} given up ({found} of them had come in whole); "
        f"{kills.answering} times killed a process that answers, {kills.web} times gunicorn, "
        f"{kills.worker} times the worker; {stray} stray files removed by daily; "
        f"{sum(mail_server.copies().values())} mails for {2 * Contribution.objects.count()}, "
        f"{len(twice)} twice"
    )
    assert what_is_wrong(site, sendings) == []
    assert len(mail_server.copies()) == 2 * Contribution.objects.count()
    assert sum(copies - 1 for copies in twice.values()) <= kills.worker


PHASES = [
    Phase("down", 3, is_down=True),
    Phase("normal", 1),
    Phase("slow", 5, "slow"),
    Phase("stalls", 7, "stall"),
    Phase("says 451", 3, "later"),
    Phase("is killed between DATA and 250", 10, "die"),
    Phase("down again", 3, is_down=True),
    Phase("slow again", 5, "slow"),
]
FEW_PHASES = [
    Phase("is killed between DATA and 250", 1, "die"),
    Phase("down", 1, is_down=True),
    Phase("says 451", 1, "later"),
]


@pytest.mark.parametrize(
    ("how_many", "phases"),
    [
        pytest.param(4, FEW_PHASES, id="sample"),
        pytest.param(100, PHASES, id="drill", marks=pytest.mark.judge),
    ],
)
def test_every_mail_arrives_whatever_the_mail_server_does(
    running_site, mail_server, how_many, phases
):
    site = running_site(
        EMAIL_URL=mail_server.url,
        EMAIL_TIMEOUT="3",
        MAIL_FIRST_WAIT_SECONDS="1",
        MAIL_LONGEST_WAIT_SECONDS="4",
    )
    sendings = [Sending(n, tip(n)) for n in range(1, how_many + 1)]
    threads = sending_in_threads(site, sendings, threads=1)

    killed = mail_while(site, mail_server, phases)
    for thread in threads:
        thread.join()
    let_work_finish(site)

    expected = set(OutboxMail.objects.values_list("message_id", flat=True))
    copies, in_doubt = mail_server.copies(), mail_server.in_doubt()
    # The server took it and died before it could say so: only for these may there be another.
    beyond = sum((copies - Counter(expected) - in_doubt).values())
    attempts = OutboxMail.objects.aggregate(Sum("attempts"))["attempts__sum"]
    print(
        f"\n{how_many} sent, {len(expected)} mails in {attempts} attempts: "
        f"{sum(mail in copies for mail in expected)} arrived, "
        f"{sum(count > 1 for count in copies.values())} more than once; "
        f"{sum(in_doubt.values())} times the server died between DATA and 250, "
        f"{killed['server']} times it was killed otherwise, {killed['worker']} times the worker; "
        f"{beyond} copies outside the first window"
    )
    assert [sending.statuses for sending in sendings] == [[302]] * how_many
    assert len(expected) == 2 * how_many
    assert set(copies) == expected
    assert sum(in_doubt.values()) > 0
    assert beyond <= killed["server"] + killed["worker"]
    assert not OutboxMail.objects.exclude(body="").exists()


def test_server_that_only_takes_its_time_gets_each_mail_once(running_site, mail_server):
    site = running_site(EMAIL_URL=mail_server.url, EMAIL_TIMEOUT="5")
    mail_server.behave("slow")

    Sending(1, tip(1)).send(site)
    let_work_finish(site)

    assert sorted(mail_server.copies().values()) == [1, 1]
    assert set(OutboxMail.objects.values_list("attempts", flat=True)) == {1}


# What one file may cost the process that answers, and the one that reads it for the worker.
REQUEST_SECONDS, REQUEST_MEGABYTES = 10, 64
READER_SECONDS, READER_MEGABYTES = 80, 512
MEGABYTE = 1024 * 1024


@pytest.mark.judge
def test_hostile_files_cost_a_running_site_little(running_site):
    site = running_site(workers=1)
    visitor, costs, faults = site.visitor(), {}, []
    Sending(0, publication(0), pdf_bytes()).send(site)  # so that everything has been loaded
    (answering,) = site.answering()

    for number, hostile in enumerate(HOSTILE_FILES, 1):
        body, content_type = multipart(
            {**visitor.hidden(FORM), **publication(number)}, hostile.name, hostile.make()
        )
        forget_peak(answering)
        before, started = memory_peak(answering), time.monotonic()
        response = visitor.post(FORM, body, headers={"Content-Type": content_type})
        costs[str(hostile)] = (time.monotonic() - started, memory_peak(answering) - before)
        is_right = (
            response.status_code == 200 and hostile.refused in response.text
            if hostile.refused
            else response.status_code == 302
        )
        if not is_right:
            faults.append(f"{hostile}: answered {response.status_code}")
    let_work_finish(site)

    readers = {}
    for number, hostile in enumerate(HOSTILE_FILES, 1):
        if hostile.refused:
            continue
        document = LibraryDocument.objects.get(title=title(number))
        if document.warnings != list(hostile.warnings):
            faults.append(f"{hostile}: {document.warnings}")
        readers[str(hostile)] = reader_cost(Path(document.file.path))
    slowest, largest = most(costs)
    slowest_reader, largest_reader = most(readers)
    print(
        f"\n{len(HOSTILE_FILES)} files, {len(costs) - len(readers)} refused; "
        f"request: at most {slowest}, {largest} more than before; "
        f"reader: at most {slowest_reader}, {largest_reader} in all"
    )
    assert faults == []
    assert site.answering() == [answering]  # it never had to be replaced
    for seconds, memory in costs.values():
        assert seconds < REQUEST_SECONDS
        assert memory < REQUEST_MEGABYTES * MEGABYTE
    for seconds, memory in readers.values():
        assert seconds < READER_SECONDS
        assert memory < READER_MEGABYTES * MEGABYTE


def most(costs: dict[str, tuple[float, int]]) -> tuple[str, str]:
    """Return what took the most seconds and what the most memory, in words."""
    slowest = max(costs, key=lambda what: costs[what][0])
    largest = max(costs, key=lambda what: costs[what][1])
    return (
        f"{costs[slowest][0]:.1f} s ({slowest})",
        f"{costs[largest][1] / MEGABYTE:.0f} MB ({largest})",
    )
