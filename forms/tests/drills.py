"""What drills do at a running site: send contributions over HTTP, kill, and look what is left."""

import queue
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from threading import Thread

import requests
from django.conf import settings
from django_tasks_db.models import DBTaskResult

from forms.models import Contribution, OutboxMail
from forms.tests.mail_server import free_port
from publications.models import LibraryDocument, PublicationPage
from publications.models.files import DOCUMENTS_FOLDER

PROJECT = Path(__file__).resolve().parents[2]
FORM = "/voeg-kennis-toe/"
CRITERIA = ("volledig", "buurten-wijken-dorpen", "collectieve-voorzieningen", "vier-pijlers")


def publication(number: int, **changes) -> dict:
    """Return answers for the first door of the site that `setup_site` makes."""
    return {
        "deur": "publicatie",
        "titel": title(number),
        "soort": "onderzoek",
        "jaar": "2024",
        "auteurs": f"Auteur Nummer{number}",
        "samenvatting": f"Wat straat {number} leerde van samen eten.",
        "link": f"https://voorbeeld.example/straat-{number}",
        "recht": "eigen",
        "pijlers": ["sociale-cohesie"],
        "voorzieningen": ["buurthuis"],
        "naam": f"Inzender Nummer{number}",
        "email": f"inzender{number}@voorbeeld.example",
        **{f"criterium_{slug}": "ja" for slug in CRITERIA},
        **changes,
    }


def tip(number: int) -> dict:
    return {
        "deur": "tip",
        "wat": title(number),
        "waarom": f"Straat {number} doet het voor.",
        "email": f"inzender{number}@voorbeeld.example",
    }


def title(number: int) -> str:
    return f"Samen eten in straat {number}"


@dataclass
class Sending:
    """One form that somebody sends, the same each time they try again."""

    number: int
    answers: dict
    content: bytes = b""
    gives_up: bool = False
    tries: int = 0
    statuses: list[int] = field(default_factory=list)
    address: str = ""

    def send(self, site) -> None:
        """Open the form and send it until the site says that it has it, or give up."""
        visitor = site.visitor()
        hidden = {}
        while not hidden:
            try:
                hidden = visitor.hidden(f"{FORM}?deur={self.answers['deur']}")
            except requests.RequestException:
                time.sleep(0.1)  # the site was killed: let it come back
        while not self.address and not (self.gives_up and self.tries):
            self.tries += 1
            files = {"bestand": (f"straat-{self.number}.pdf", self.content)}
            try:
                response = visitor.post(
                    FORM, {**hidden, **self.answers}, files if self.content else None
                )
            except requests.RequestException:
                time.sleep(0.1)
                continue
            self.statuses.append(response.status_code)
            if response.status_code != 302:
                return
            self.address = response.headers["Location"]


def sending_in_threads(site, sendings, threads: int = 3) -> list[Thread]:
    """Start sending. Return the threads, which end when everything has been sent."""
    waiting = queue.SimpleQueue()
    for sending in sendings:
        waiting.put(sending)

    def work():
        with suppress(queue.Empty):
            while True:
                waiting.get_nowait().send(site)

    started = [Thread(target=work, daemon=True) for _ in range(threads)]
    for thread in started:
        thread.start()
    return started


@dataclass
class Kills:
    """How often was killed what."""

    answering: int = 0
    web: int = 0
    worker: int = 0

    def one(self, site, chance: random.Random) -> None:
        """Kill something of the site with `kill -9`, and start what does not start itself."""
        what = chance.choice(["answering", "answering", "web", "worker", "worker"])
        if what == "answering":
            site.kill_web_worker(chance.randrange(9))
        elif what == "web":
            site.kill_web()
            site.start_web()
        else:
            site.kill_worker()
            site.start_worker()
        setattr(self, what, getattr(self, what) + 1)


def kill_while_sending(site, sendings, *, seed: int, pause: float) -> Kills:
    """
    Send everything while web and worker are killed again and again. Both run afterwards.

    After each kill something must have been answered before the next, or nothing would ever be.
    """
    chance, kills = random.Random(seed), Kills()
    threads = sending_in_threads(site, sendings)

    answered = 0

    def goes_on():
        return sum(len(sending.statuses) for sending in sendings) > answered or not is_busy()

    def is_busy():
        return any(thread.is_alive() for thread in threads)

    while is_busy():
        answered = sum(len(sending.statuses) for sending in sendings)
        time.sleep(chance.uniform(0, pause))
        kills.one(site, chance)
        site.wait_until(goes_on, "somebody got an answer")
    return kills


def let_work_finish(site) -> None:
    """Wait until the worker has nothing to do and no mail waits."""
    site.wait_until(
        lambda: (
            not DBTaskResult.objects.exclude(status__in=["SUCCESSFUL", "FAILED"]).exists()
            and not OutboxMail.objects.filter(delivered_at=None).exists()
        ),
        "all tasks are done and all mail is delivered",
        seconds=300,
    )


def what_is_wrong(site, sendings) -> list[str]:
    """Return what the site lost, doubled, did by half or showed of what was sent with a file."""
    wrong = []
    for sending in sendings:
        name = title(sending.number)
        cases = list(Contribution.objects.filter(title=name))
        if len(cases) > 1 or (sending.address and not cases):
            wrong.append(f"{name}: {len(cases)} times, tried {sending.tries} times")
        if any(status != 302 for status in sending.statuses):
            wrong.append(f"{name}: answered {sending.statuses}")
        for case in cases:
            wrong += [f"{name}: {fault}" for fault in faults_of(case, sending, site)]
        if sending.address:
            status = site.visitor().get(sending.address)
            if status.status_code != 200 or cases[0].reference not in status.text:
                wrong.append(f"{name}: {status.status_code} on its status page")
    files = set(stored_files())
    rows = set(LibraryDocument.objects.values_list("file", flat=True))
    wrong += [f"file without a row: {name}" for name in files - rows]
    wrong += [f"row without a file: {name}" for name in rows - files]
    pages = PublicationPage.objects.filter(title__startswith=title(0)[:-1]).count()
    if pages != Contribution.objects.count():
        wrong.append(f"{pages} pages for {Contribution.objects.count()} cases")
    return wrong


def faults_of(case: Contribution, sending: Sending, site) -> list[str]:
    document = LibraryDocument.objects.filter(submissions__contribution=case).first()
    if document is None:
        return ["no document"]
    stored = Path(settings.PRIVATE_ROOT, document.file.name)
    faults = {
        "another file": not stored.exists() or stored.read_bytes() != sending.content,
        "not read by the worker": document.read_at is None or document.page_count != 1,
        "not private": site.visitor().get(document.url).status_code != 404,
        "submissions": case.submissions.count() != 1,
        "no draft": case.page is None or case.page.live,
        "not in the light check": case.task_state() is None,
        "mails": sorted(case.mails.values_list("template", flat=True)) != ["ontvangen", "redactie"],
    }
    return [fault for fault, is_so in faults.items() if is_so]


def stored_files() -> list[str]:
    root = Path(settings.PRIVATE_ROOT)
    found = (root / DOCUMENTS_FOLDER).rglob("*")
    return [str(path.relative_to(root)) for path in found if path.is_file()]


class MailServer:
    """A mail server of one's own, as a process: see mail_sink.py."""

    def __init__(self, folder: Path):
        self.folder, self.port, self.process = folder / "sink", free_port(), None
        for name in ("mail", "in_doubt"):
            (self.folder / name).mkdir(parents=True)
        self.behave("ok")

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def behave(self, mode: str) -> None:
        half = self.folder / "mode.half"
        half.write_text(mode)
        half.rename(self.folder / "mode")

    def start(self) -> None:
        (self.folder / "is_up").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "forms.tests.mail_sink", str(self.port), str(self.folder)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
        )
        while not (self.folder / "is_up").exists():
            assert self.process.poll() is None, "the mail server does not start"
            time.sleep(0.05)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def copies(self) -> Counter:
        """Return how often each Message-ID came in."""
        kept = (path.read_bytes() for path in (self.folder / "mail").iterdir())
        return Counter(message_from_bytes(content)["Message-ID"].strip() for content in kept)

    def in_doubt(self) -> Counter:
        """Return how often it took each Message-ID without being able to say so."""
        return Counter(path.read_text() for path in (self.folder / "in_doubt").iterdir())


@dataclass
class Phase:
    """What the mail server does for some seconds, while contributions come in."""

    name: str
    seconds: float
    mode: str = "ok"
    is_down: bool = False


def mail_while(site, server: MailServer, phases: list[Phase]) -> Counter:
    """
    Run through the phases, then back to normal. Return what was killed, and how often.

    A server that dies of a mail is started again. Between two phases the worker is killed.
    """
    killed = Counter()
    for phase in phases:
        server.behave(phase.mode)
        if phase.is_down:
            server.kill()
            killed["server"] += 1
        until = time.monotonic() + phase.seconds
        while time.monotonic() < until or (phase.mode == "die" and not server.in_doubt()):
            assert time.monotonic() < until + 60, "no mail came in"
            if server.process.poll() is not None and not phase.is_down:
                server.start()
            time.sleep(0.05)
        if server.process.poll() is not None:
            server.start()
        site.kill_worker()
        killed["worker"] += 1
        site.start_worker()
    server.behave("ok")
    return killed


def forget_peak(process) -> None:
    """Let the kernel count the most memory of a process from what it has now (man 5 proc)."""
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def memory_peak(process) -> int:
    """Return the most memory that a process had since `forget_peak`, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024


def reader_cost(path: Path) -> tuple[float, int]:
    """Read a document as the worker does. Return the seconds and the memory of the reader."""
    program = (
        "import resource, sys, time; from publications.documents import read_document\n"
        "start = time.monotonic(); read_document(sys.argv[1]); end = time.monotonic()\n"
        "print(end - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)"
    )
    said = subprocess.check_output([sys.executable, "-c", program, path], cwd=PROJECT, text=True)
    seconds, memory = said.split()
    return float(seconds), int(memory)
