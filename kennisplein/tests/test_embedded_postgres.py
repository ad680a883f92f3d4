import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from kennisplein.embedded_postgres import PROGRAMS, database_settings, stop

PROJECT = Path(__file__).resolve().parents[2]
AS_ROOT = os.geteuid() == 0

BUSY = "SELECT count(*) FROM generate_series(1, 10000000000)"

# What a second process does. As root it first becomes an ordinary user when it is told to; not at
# once, because that user may not be allowed to read the Python that root runs.
OTHER_PROCESS = """
import json, os, pwd, sys, time
from pathlib import Path
from kennisplein.embedded_postgres import database_settings, stop

user, directory, stay = sys.argv[1:]
if user != pwd.getpwuid(os.geteuid()).pw_name:
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
print(json.dumps(database_settings(Path(directory))), flush=True)
if stay == "stay":
    time.sleep(60)
if stay == "stop":
    stop(Path(directory))
"""


def start_process(directory, *, user=None, stay="leave"):
    user = user or pwd.getpwuid(os.geteuid()).pw_name
    return subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, user, directory, stay],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def settings_of(process):
    return json.loads(process.stdout.readline())


def query(settings, statement):
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        dbname=settings["NAME"],
        autocommit=True,
    ) as connection:
        found = connection.execute(statement)
        return found.fetchall() if found.description else None


def postmaster(directory):
    return psutil.Process(int((directory / "postmaster.pid").read_text().split()[0]))


def kill_server(directory):
    killed = postmaster(directory)
    killed.kill()
    return killed


def is_alive(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def folder():
    # A short path of our own: tmp_path is too long for a socket, and pytest closes it to others.
    with tempfile.TemporaryDirectory(prefix="kp-") as name:
        yield Path(name).resolve()


@pytest.fixture
def directory(folder):
    directory = folder / ".local" / "postgres"
    yield directory
    stop(directory)


def test_first_start_makes_a_database_for_dutch_on_any_machine(directory):
    settings = database_settings(directory)

    assert settings == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "kennisplein",
        "USER": "postgres",
        "HOST": str(directory),
        "PORT": 5432,
    }
    assert query(
        settings,
        "SELECT datname, pg_encoding_to_char(encoding), datlocprovider, datlocale, lower('ÉÏ') "
        "FROM pg_database WHERE NOT datistemplate ORDER BY 1",
    ) == [
        ("kennisplein", "UTF8", "b", "C.UTF-8", "éï"),
        ("postgres", "UTF8", "b", "C.UTF-8", "éï"),
    ]


def test_what_a_killed_first_start_left_is_not_used(directory):
    unfinished = directory.with_name("postgres.unfinished")
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    settings = database_settings(directory)

    assert query(settings, "SELECT 1") == [(1,)]
    assert not unfinished.exists()


def test_server_takes_nothing_from_the_environment_of_its_starter(directory, monkeypatch):
    monkeypatch.setenv("PGPORT", "1234")
    monkeypatch.setenv("SECRET_KEY", "secret")

    settings = database_settings(directory)

    assert query(settings, "SELECT 1") == [(1,)]
    assert {"PGPORT", "SECRET_KEY"} & set(postmaster(directory).environ()) == set()


def test_two_processes_at_once_share_one_server_that_survives_ctrl_c(directory):
    first = start_process(directory, stay="stay")
    second = start_process(directory, stay="stay")
    settings = settings_of(first)
    assert settings_of(second) == settings
    server = postmaster(directory)

    os.killpg(first.pid, signal.SIGINT)
    os.killpg(second.pid, signal.SIGKILL)
    first.communicate()
    second.communicate()

    assert query(settings, "SELECT 1") == [(1,)]
    assert database_settings(directory) == settings
    assert postmaster(directory) == server


def test_killed_server_starts_at_once_with_all_that_was_committed(directory):
    settings = database_settings(directory)
    query(settings, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")

    for _ in range(2):
        killed = kill_server(directory)
        database_settings(directory)

        assert query(settings, "SELECT count(*) FROM kept") == [(1000,)]
        assert postmaster(directory) != killed


def test_killed_server_that_was_busy_starts_at_once(directory):
    settings = database_settings(directory)
    # A process of the server that does not notice by itself: it only looks at its next statement.
    with subprocess.Popen(
        [PROGRAMS / "psql", "-h", directory, "-U", "postgres", "-c", BUSY, settings["NAME"]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ):
        while not query(settings, f"SELECT pid FROM pg_stat_activity WHERE query = '{BUSY}'"):
            time.sleep(0.05)
        processes = postmaster(directory).children()

        kill_server(directory)
        database_settings(directory)

    assert query(settings, "SELECT 1") == [(1,)]
    assert [process for process in processes if is_alive(process)] == []


def test_process_that_got_the_number_of_a_dead_server_is_left_alone(directory):
    settings = database_settings(directory)
    pid_file = directory / "postmaster.pid"
    lines = pid_file.read_text().splitlines(keepends=True)
    stop(directory)
    owner = directory.stat()
    with subprocess.Popen(["sleep", "60"], user=owner.st_uid, cwd=directory) as stranger:
        for stale in (pid_file, directory / ".s.PGSQL.5432.lock"):
            stale.write_text("".join([f"{stranger.pid}\n", *lines[1:]]))
            os.chown(stale, owner.st_uid, owner.st_gid)

        assert stop(directory) is False
        assert database_settings(directory) == settings
        assert query(settings, "SELECT 1") == [(1,)]
        assert stop(directory) is True
        still_there = stranger.poll() is None
        stranger.kill()

    assert still_there


def test_ordinary_user_has_a_server_of_its_own_beside_that_of_another(directory, folder):
    user = "nobody" if AS_ROOT else pwd.getpwuid(os.geteuid()).pw_name
    account = pwd.getpwnam(user)
    home = folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, account.pw_uid, account.pw_gid)
    database_settings(directory)
    theirs = home / "postgres"
    process = start_process(theirs, user=user, stay="stay")
    settings = settings_of(process)

    assert settings["HOST"] == str(theirs)
    assert postmaster(theirs).uids().effective == account.pw_uid
    assert postmaster(directory) != postmaster(theirs)
    assert postmaster(directory).uids().effective != 0
    # The administrator may join the server of a user; it stays that user's.
    assert database_settings(theirs) == settings
    process.kill()
    process.communicate()
    kill_server(theirs)
    assert database_settings(theirs) == settings
    assert postmaster(theirs).uids().effective == account.pw_uid
    assert stop(theirs) is True


def test_folders_above_are_opened_for_passing_only_and_only_for_root(directory, folder):
    folder.chmod(0o700)

    database_settings(directory)

    assert oct(folder.stat().st_mode & 0o777) == ("0o701" if AS_ROOT else "0o700")
    assert oct(directory.stat().st_mode & 0o777) == "0o700"


@pytest.mark.parametrize("name", ["met spaties, komma's en ünïcode", "x" * 200])
def test_path_that_does_not_suit_a_socket_works_too(folder, name):
    directory = folder / name / "postgres"
    settings = database_settings(directory)
    sockets = Path(settings["HOST"])

    assert query(settings, "SELECT 1") == [(1,)]
    assert sockets.parent == Path("/tmp")
    assert oct(sockets.stat().st_mode & 0o777) == "0o700"
    assert database_settings(directory) == settings
    stop(directory)
    assert list(sockets.iterdir()) == []
    sockets.rmdir()


def test_socket_directory_that_someone_else_made_is_refused(folder):
    directory = folder / ("x" * 200) / "postgres"
    sockets = Path(database_settings(directory)["HOST"])
    stop(directory)
    sockets.rmdir()
    sockets.symlink_to(folder)

    with pytest.raises(ImproperlyConfigured, match="belongs to someone else") as raised:
        database_settings(directory)

    assert "DATABASE_URL" in str(raised.value)
    sockets.unlink()


def test_server_keeps_running_when_the_project_is_moved(folder):
    database_settings(folder / "here" / "postgres")
    server = postmaster(folder / "here" / "postgres")

    (folder / "here").rename(folder / "there")
    settings = database_settings(folder / "there" / "postgres")

    assert query(settings, "SELECT 1") == [(1,)]
    assert postmaster(folder / "there" / "postgres") == server
    assert stop(folder / "there" / "postgres") is True


def test_removed_files_make_a_new_server(directory):
    settings = database_settings(directory)
    query(settings, "CREATE TABLE old ()")
    left_behind = postmaster(directory)
    shutil.rmtree(directory)

    assert query(database_settings(directory), "SELECT to_regclass('old')") == [(None,)]
    assert postmaster(directory) != left_behind
    left_behind.kill()


def break_configuration(directory):
    (directory / "postgresql.conf").write_text("onzin = ja\n")


def break_version(directory):
    (directory / "PG_VERSION").write_text("12\n")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [(break_configuration, '"onzin"'), (break_version, "of version 12 and this is 18")],
)
def test_server_that_cannot_start_says_why_and_names_database_url(directory, damage, reason):
    database_settings(directory)
    stop(directory)
    damage(directory)

    with pytest.raises(ImproperlyConfigured) as raised:
        database_settings(directory)

    assert reason in str(raised.value)
    assert "DATABASE_URL" in str(raised.value)
    assert str(directory) in str(raised.value)


def test_place_that_cannot_be_written_says_why_and_names_database_url(folder):
    (folder / ".local").write_text("a file, not a folder")

    with pytest.raises(ImproperlyConfigured, match=r"(?s)\.local.*DATABASE_URL"):
        database_settings(folder / ".local" / "postgres")


def test_stop_ends_the_server_and_its_processes(directory):
    settings = database_settings(directory)
    server = postmaster(directory)
    processes = [server, *server.children()]

    assert stop(directory) is True
    assert [process for process in processes if is_alive(process)] == []
    assert stop(directory) is False
    with pytest.raises(psycopg.OperationalError):
        query(settings, "SELECT 1")


def test_stop_from_the_command_line_needs_no_settings(directory):
    database_settings(directory)
    command = [sys.executable, "-m", "kennisplein.embedded_postgres", "stop", str(directory)]
    environment = {"PATH": os.environ["PATH"]}

    said = [
        subprocess.check_output(command, cwd=PROJECT, env=environment, text=True) for _ in range(2)
    ]

    assert said == ["The database server has stopped.\n", ""]


def test_with_database_url_nothing_of_it_is_imported():
    program = (
        "import sys, django; django.setup(); "
        "print([name for name in sys.modules if 'pgserver' in name or 'embedded' in name])"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kennisplein.settings",
        "DEBUG": "true",
        "SECRET_KEY": "for this test",
    }

    with_url = subprocess.check_output(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env={**environment, "DATABASE_URL": "postgresql:///elsewhere"},
        text=True,
    )

    assert with_url == "[]\n"
