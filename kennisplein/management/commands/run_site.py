import os
import secrets
import signal
import socket
import time

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from kennisplein import site_processes

HOST = "127.0.0.1"
LOGINS = {"redacteur": "Redactie", "schrijver": "Schrijvers", "beheer": None}  # name: group
WORKER = ["--backend=background", "--no-startup-delay", "--no-reload"]
CODE_CHANGED = (
    3  # the exit code of Django's reloader (trigger_reload in django/utils/autoreload.py)
)
LOGINS_FILE = settings.LOCAL_DIR / "logins.txt"


class Command(BaseCommand):
    help = (
        "Run the whole site on this machine, for trying out and developing: brings the database up "
        "to date, makes the site with example content the first time, and starts the server and "
        "the task worker. Ctrl-C stops both."
    )
    requires_system_checks = []  # the server makes them

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port, **options):
        if not settings.DEBUG:
            raise CommandError("run_site is for development; README.md says how to run in earnest.")
        # Ctrl-C also when a script started us in the background, where it is ignored; and `kill`.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        if site_processes.stop():
            self.stdout.write("Stopped what an earlier run of this site had left running.")
        self.refuse_port_in_use(port)
        try:
            logins = self.prepare_site()
            self.run_until_stopped(port, logins)
        except KeyboardInterrupt:
            self.stdout.write(
                "\nStopped. The database waits for the next run (`make stop` ends it)."
            )
        finally:
            site_processes.stop()

    def refuse_port_in_use(self, port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} cannot be used: {error.strerror}. Another program may have it. "
                    f"Choose another port: make run PORT={port + 1}"
                ) from error

    def prepare_site(self):
        """Bring the database up to date; the first time, make the site and return new logins."""
        self.stdout.write("Bringing the database up to date…")
        call_command("migrate", verbosity=0, interactive=False)
        users = get_user_model().objects
        # The logins come last, so that a first run that was cut short is done over.
        is_first_run = not users.filter(username__in=LOGINS).exists()
        if is_first_run:
            self.stdout.write("First run: making the site with example content…")
            call_command("setup_site", example=True)
            # Reads the example documents now, so that the site is complete when it opens.
            site_processes.start("db_worker", *WORKER, "--batch", "-v0").wait()
            make_logins()
        connection.close()
        return LOGINS_FILE.read_text() if is_first_run else "Logins are in .local/logins.txt\n"

    def run_until_stopped(self, port, logins):
        """
        Keep the server and the task worker running until the server is stopped.

        Both start anew when code changes, and the worker also when it fails: it cannot do without
        the database, and its start brings an embedded one back.
        """
        address = f"http://{HOST}:{port}"
        environment = {
            "BASE_URL": os.environ.get("BASE_URL", address),
            "DJANGO_RUNSERVER_HIDE_WARNING": "true",
            DJANGO_AUTORELOAD_ENV: "true",  # the server watches the code; we start it again
        }
        server = worker = None
        pause_until = 0
        announced = False
        while server is None or server.poll() in (None, CODE_CHANGED):
            if server is None or server.returncode == CODE_CHANGED:
                server = site_processes.start("runserver", f"{HOST}:{port}", **environment)
                if worker:
                    worker.terminate()  # after its task
            if (worker is None or worker.poll() is not None) and time.monotonic() > pause_until:
                worker = site_processes.start("db_worker", *WORKER, **environment)
                pause_until = time.monotonic() + 5
            if not announced and answers(port):
                self.stdout.write(f"\nSite     {address}/\nEditing  {address}/admin/\n{logins}")
                announced = True
            time.sleep(0.2)
        if server.returncode:
            raise CommandError("The server ended with an error, see above.")
        self.stdout.write("The site was stopped.")


def make_logins() -> None:
    """Make a user of each kind, with passwords made here that only LOGINS_FILE has in the clear."""
    lines = ["Logins, made for this machine and kept in .local/logins.txt:"]
    with transaction.atomic():
        for name, group in LOGINS.items():
            password = secrets.token_urlsafe(12)
            user = get_user_model().objects.create_user(
                name, f"{name}@example.org", password, is_superuser=group is None
            )
            user.groups.set(Group.objects.filter(name=group))
            lines.append(f"  {name:10} {password}  {group or 'administrator'}")
        lines.append("Another password: .venv/bin/python manage.py changepassword redacteur")
        LOGINS_FILE.parent.mkdir(parents=True, exist_ok=True)
        LOGINS_FILE.touch(mode=0o600)
        LOGINS_FILE.write_text("\n".join(lines) + "\n")


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
