"""
The site as it runs in earnest, for drills: gunicorn and the task worker, as processes that can be
killed, on a database and files of their own.

Tests ask for it with the fixture `running_site` (in conftest.py of the project).
"""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
import requests
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import OperationalError, connection

from kennisplein.site_processes import end_with_parent

PROJECT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
# For a machine that does many things beside this.
PATIENCE = 120


class RunningSite:
    """
    gunicorn and the task worker. `environment` holds settings, as an operator gives them.

    What the test itself does with models is on the database of the site too.
    """

    def __init__(self, folder: Path, port: int, **environment: str):
        self.folder, self.port = folder, port
        self.url = f"http://{HOST}:{port}"
        self.log = folder / "site.log"
        self.environment = {
            **os.environ,
            "DEBUG": "true",  # plain HTTP, and no collected static files
            "DATABASE_URL": database_url(connection.settings_dict),
            "BASE_URL": self.url,
            "MEDIA_ROOT": settings.MEDIA_ROOT,
            "PRIVATE_ROOT": settings.PRIVATE_ROOT,
            "CONTRIBUTION_MINIMUM_SECONDS": "0",
            "CONTRIBUTIONS_PER_ADDRESS": "1000000",
            "CONTRIBUTIONS_IN_TOTAL": "1000000",
            "STRAY_FILE_HOURS": "0",
            **environment,
        }
        self.application = "kennisplein.wsgi"
        self.web: subprocess.Popen | None = None
        self.worker: subprocess.Popen | None = None

    def start_web(self, workers: int = 2) -> None:
        """Start gunicorn and wait until it answers."""
        self.web = self._start(
            "-m",
            "gunicorn",
            self.application,
            f"--workers={workers}",
            f"--bind={HOST}:{self.port}",
        )
        wait_until(self.answers, "the site answers", lambda: self.web.poll() is None)

    def start_worker(self) -> None:
        self.worker = self._start(
            "manage.py", "db_worker", "--backend=background", "--no-reload", "--no-startup-delay",
            "--interval=0.2",
        )  # fmt: skip

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py to its end. Return what it printed."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def kill_web(self) -> None:
        """Let gunicorn vanish as a whole, as when the machine stops."""
        self.web = self._kill(self.web)

    def kill_web_worker(self, number: int = 0) -> None:
        """Kill one of the processes that answer requests. gunicorn starts another."""
        answering = self.answering()
        if answering:
            with suppress(psutil.NoSuchProcess):
                answering[number % len(answering)].kill()

    def kill_worker(self) -> None:
        self.worker = self._kill(self.worker)

    def stop(self) -> None:
        self.kill_web()
        self.kill_worker()

    def visitor(self) -> "Visitor":
        return Visitor(self)

    def wait_until(self, condition, what: str, seconds: float = PATIENCE) -> None:
        wait_until(condition, what, seconds=seconds)

    def answering(self) -> list[psutil.Process]:
        """Return the processes of gunicorn that answer requests."""
        try:
            return psutil.Process(self.web.pid).children() if self.web else []
        except psutil.NoSuchProcess:
            return []

    def answers(self) -> bool:
        with suppress(requests.RequestException):
            return requests.get(f"{self.url}/voeg-kennis-toe/", timeout=30).status_code == 200
        return False

    def _start(self, *arguments: str) -> subprocess.Popen:
        with self.log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of their own, that can be killed as one
                preexec_fn=end_with_parent,
            )

    def _kill(self, process: subprocess.Popen | None) -> None:
        if process:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Visitor:
    """Somebody with a browser of their own, at a running site."""

    def __init__(self, site: RunningSite):
        self.site, self.session = site, requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.site.url + path, timeout=30, allow_redirects=False)

    def hidden(self, path: str) -> dict[str, str]:
        """Open a form. Return what it hides: the token, its key and the time it was opened."""
        page = BeautifulSoup(self.get(path).text, "html.parser")
        fields = page.select("main form[method=post] input[type=hidden]")
        return {field["name"]: field.get("value", "") for field in fields}

    def post(self, path: str, answers, files=None, headers=None) -> requests.Response:
        """Send answers, with files as `requests` takes them; or a body that is made already."""
        return self.session.post(
            self.site.url + path,
            data=answers,
            files=files,
            headers=headers,
            timeout=60,
            allow_redirects=False,
        )


def wait_until(condition, what: str, may_go_on=lambda: True, seconds: float = PATIENCE) -> None:
    """Ask until it is so; fail when that takes too long, or when it can not become so any more."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} seconds until {what}"
        assert may_go_on(), f"never so: {what}"
        time.sleep(0.05)


def database_url(database: dict) -> str:
    """Return Django's settings of a database as an address, also when its host is a folder."""
    user = quote(database.get("USER") or "", safe="")
    if database.get("PASSWORD"):
        user += ":" + quote(database["PASSWORD"], safe="")
    host, port = database.get("HOST") or "", database.get("PORT")
    address = f"{user}@" if user else ""
    query = ""
    if host.startswith("/"):
        query = "?" + urlencode({"host": host, **({"port": port} if port else {})})
    else:
        address += f"{host}:{port}" if port else host
    return f"postgres://{address}/{quote(database['NAME'])}{query}"


@contextmanager
def database_like(template: str, name: str):
    """Make a database as a copy of another one; drop it in the end, whoever is still in it."""
    connection.close()
    drop = f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)"
    _run(drop)
    try:
        _run(f"CREATE DATABASE {_quoted(name)} TEMPLATE {_quoted(template)}")
    except OperationalError:  # an earlier test is still in it: a slower way to the same
        _run(f"CREATE DATABASE {_quoted(name)}")
        address = database_url({**connection.settings_dict, "NAME": name})
        environment = {**os.environ, "DATABASE_URL": address}
        migrate = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(migrate, cwd=PROJECT, env=environment, check=True)
    try:
        yield
    finally:
        _run(drop)


@contextmanager
def using_database(name: str):
    """Let the models of this process use another database."""
    database = connection.settings_dict
    before = database["NAME"]
    connection.close()
    database["NAME"] = name
    _forget_what_was_read()
    try:
        yield
    finally:
        connection.close()
        database["NAME"] = before
        _forget_what_was_read()


def _forget_what_was_read() -> None:
    ContentType.objects.clear_cache()
    cache.clear()


def _run(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _quoted(name: str) -> str:
    assert re.fullmatch(r"\w+", name)
    return connection.ops.quote_name(name)
