import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import pytest
import requests
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command

from kennisplein.embedded_postgres import PROGRAMS
from kennisplein.embedded_postgres import stop as stop_database
from kennisplein.site_processes import MARK

PROJECT = Path(__file__).resolve().parents[2]
UNFINISHED_TASKS = (
    "SELECT task_path FROM django_tasks_database_dbtaskresult WHERE status IN ('READY', 'RUNNING')"
)
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".local", ".env", "__pycache__", ".*_cache")


@pytest.fixture(scope="module")
def clone():
    """A copy of the project that has run nothing yet."""
    with tempfile.TemporaryDirectory(prefix="kp-") as folder:
        clone = Path(folder).resolve() / "kennisplein"
        shutil.copytree(PROJECT, clone, ignore=NOT_COPIED)
        (clone / ".env").write_text("DEBUG=true\nSECRET_KEY=for-this-test-only\n")
        yield clone
        stop_site(clone)
        stop_database(clone / ".local" / "postgres")


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def without_settings():
    ours = {"DATABASE_URL", "DEBUG", "SECRET_KEY", "BASE_URL", "DJANGO_SETTINGS_MODULE", MARK}
    return {name: value for name, value in os.environ.items() if name not in ours}


def start_site(clone, port):
    """Do as `make run` and wait for the addresses. Return the process and what it writes to."""
    log = clone.parent / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run_site", f"--port={port}"],
            cwd=clone,
            env=without_settings(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    while "Editing" not in log.read_text():
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    return process, log


def stop_site(clone):
    return subprocess.check_output(
        [sys.executable, "-m", "kennisplein.site_processes", "stop"],
        cwd=clone,
        env=without_settings(),
        text=True,
    )


def site_processes(clone):
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(clone):
                found.append(process)
        except psutil.Error:
            continue
    return found


def commands(clone):
    return {process.cmdline()[2] for process in site_processes(clone)}


def kill_server(directory):
    psutil.Process(int((directory / "postmaster.pid").read_text().split()[0])).kill()


def serves(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def rows(clone, statement):
    with psycopg.connect(
        host=clone / ".local" / "postgres", user="postgres", dbname="kennisplein"
    ) as connection:
        return connection.execute(statement).fetchall()


def content(clone):
    """Return everything in the database as text, but for what differs without a change."""
    dump = subprocess.check_output(
        [
            PROGRAMS / "pg_dump",
            "-h",
            clone / ".local" / "postgres",
            "-U",
            "postgres",
            "kennisplein",
        ],
        text=True,
    )
    # A random word in each dump; and the counters, which skip some numbers when a server is killed.
    return re.sub(r"\\(un)?restrict .*|SELECT pg_catalog\.setval.*", "", dump)


def logs_in(port, name, password):
    with requests.Session() as browser:
        page = browser.get(f"http://127.0.0.1:{port}/admin/login/")
        token = BeautifulSoup(page.text, "html.parser").find(
            "input", {"name": "csrfmiddlewaretoken"}
        )
        answer = browser.post(
            page.url,
            {"csrfmiddlewaretoken": token["value"], "username": name, "password": password},
        )
        return (answer.status_code, answer.url) == (200, f"http://127.0.0.1:{port}/admin/")


def test_site_runs_from_nothing_and_recovers_from_ctrl_c_and_kill(clone, port):
    site, log = start_site(clone, port)

    # The first run prints logins that work, and starts the server and the task worker.
    logins = re.findall(r"^  (\w+) +(\S{16})  (\w+)$", log.read_text(), re.MULTILINE)
    assert [(name, role) for name, _, role in logins] == [
        ("redacteur", "Redactie"),
        ("schrijver", "Schrijvers"),
        ("beheer", "administrator"),
    ]
    assert [name for name, password, _ in logins if logs_in(port, name, password)] == [
        "redacteur",
        "schrijver",
        "beheer",
    ]
    assert requests.get(f"http://127.0.0.1:{port}/", timeout=30).status_code == 200
    assert commands(clone) == {"runserver", "db_worker"}
    assert oct((clone / ".local" / "logins.txt").stat().st_mode & 0o777) == "0o600"
    assert rows(
        clone,
        "SELECT username, is_superuser, array_remove(array_agg(name), NULL) FROM auth_user u "
        "LEFT JOIN auth_user_groups ug ON ug.user_id = u.id "
        "LEFT JOIN auth_group g ON g.id = ug.group_id GROUP BY 1, 2 ORDER BY 1",
    ) == [
        ("beheer", True, []),
        ("redacteur", False, ["Redactie"]),
        ("schrijver", False, ["Schrijvers"]),
    ]
    wait_until(lambda: rows(clone, UNFINISHED_TASKS) == [])  # the worker works

    # Ctrl-C reaches every process of the terminal.
    os.killpg(site.pid, signal.SIGINT)
    assert site.wait(60) == 0
    wait_until(lambda: not site_processes(clone) and not serves(port))
    before = content(clone)

    # A second run takes seconds and changes nothing.
    started = time.monotonic()
    site, log = start_site(clone, port)
    assert time.monotonic() - started < 60  # on a busy machine; 6 on a quiet one
    assert content(clone) == before
    assert [password for _, password, _ in logins if password in log.read_text()] == []

    # The worker comes back when it is killed, and brings a killed database along.
    worker = next(process for process in site_processes(clone) if "db_worker" in process.cmdline())
    worker.kill()
    kill_server(clone / ".local" / "postgres")
    wait_until(lambda: requests.get(f"http://127.0.0.1:{port}/", timeout=30).status_code == 200)
    wait_until(lambda: commands(clone) == {"runserver", "db_worker"})
    assert worker not in site_processes(clone)

    # A changed file starts the server anew.
    server = next(process for process in site_processes(clone) if "runserver" in process.cmdline())
    (clone / "kennisplein" / "urls.py").touch()
    wait_until(lambda: server not in site_processes(clone) and serves(port))

    # Without the process that started them, the server and the worker end by themselves.
    site.kill()
    site.wait()
    wait_until(lambda: not site_processes(clone) and not serves(port))

    # Whatever runs all the same is stopped by the next run.
    with subprocess.Popen(["sleep", "60"], env={MARK: str(clone)}) as left:
        site, log = start_site(clone, port)
        assert left.wait() == -signal.SIGTERM
    assert "earlier run" in log.read_text()

    # `make stop` stops it.
    assert stop_site(clone) == "The site has stopped.\n"
    assert site.wait(60) == 0
    assert not serves(port)
    assert content(clone) == before


def test_stop_stops_the_processes_of_this_project_only(clone):
    with (
        subprocess.Popen(["sleep", "60"], env={MARK: str(clone)}) as ours,
        subprocess.Popen(["sleep", "60"], env={MARK: "/elsewhere"}) as theirs,
    ):
        said = stop_site(clone)
        theirs_lives = theirs.poll() is None
        theirs.kill()

    assert said == "The site has stopped.\n"
    assert ours.returncode == -signal.SIGTERM
    assert theirs_lives
    assert stop_site(clone) == ""


def test_port_of_another_program_is_named_before_anything_starts(clone):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "manage.py", "run_site", f"--port={port}"],
            cwd=clone,
            env=without_settings(),
            capture_output=True,
            text=True,
            check=False,
        )

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert f"Port {port} cannot be used" in refused.stderr
    assert f"make run PORT={port + 1}" in refused.stderr


def test_run_site_refuses_to_run_in_production():
    with pytest.raises(CommandError, match="for development"):
        call_command("run_site")
