"""
Fixtures of the whole suite: files in a folder of the test, a database that comes back, and a site
that runs in earnest.
"""

import logging
import socket
from io import StringIO

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX

from kennisplein.tests.running_site import RunningSite, database_like, using_database


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path, monkeypatch):
    """Give every test its own public and private files, so that none sees another's."""
    from publications.models import LibraryDocument

    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    # A field keeps the storage it was made with.
    private = FileSystemStorage(location=settings.PRIVATE_ROOT, base_url=None)
    monkeypatch.setattr(LibraryDocument._meta.get_field("file"), "storage", private)


@pytest.fixture(autouse=True)
def no_minimum_time(settings):
    """Tests type fast; the test of the minimum time sets it back."""
    settings.CONTRIBUTION_MINIMUM_SECONDS = 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """
    Bring back what the migrations made (site, root page, permissions) after a test that really
    commits: Django empties every table behind it, and the tests after it need those rows.
    Mark such a test `django_db(transaction=True, serialized_rollback=True)`.
    """
    result = yield
    marker = item.get_closest_marker("django_db")
    # After the last test the test database is gone, and the connection is to the real one.
    if nextitem and marker and marker.kwargs.get("transaction"):
        blocker = item.config.stash[blocker_key]
        with blocker.unblock():
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)
    return result


blocker_key = pytest.StashKey()


@pytest.fixture(autouse=True, scope="session")
def keep_blocker(request, django_db_blocker):
    request.config.stash[blocker_key] = django_db_blocker


@pytest.fixture(autouse=True)
def nothing_remembered_of_search():
    """Let no test find what another one made and the database has forgotten."""
    from publications import search_copy, search_guess, search_words

    search_copy.forget()
    search_guess.forget()
    search_words.forget()


@pytest.fixture(scope="session")
def migrated_database(request, django_db_setup, django_db_blocker):
    """
    Return the name of the test database, to copy from.

    pytest-django makes none for a run in which no test is marked `django_db`.
    """
    creation, name = connection.creation, connection.settings_dict["NAME"]
    if name.startswith(TEST_DATABASE_PREFIX):
        yield name
        return
    is_kept = request.config.getoption("reuse_db") and not request.config.getoption("create_db")
    with django_db_blocker.unblock():
        yield creation.create_test_db(verbosity=0, autoclobber=True, keepdb=is_kept)
        creation.destroy_test_db(name, verbosity=0, keepdb=is_kept)


@pytest.fixture(scope="session")
def finished_site(migrated_database, django_db_blocker):
    """Return the name of a database with the site as `setup_site` makes it, to copy from."""
    name = f"{migrated_database}_finished"
    with django_db_blocker.unblock(), database_like(migrated_database, name):
        with using_database(name):
            logging.disable(logging.INFO)  # a line for each page
            call_command("setup_site", stdout=StringIO())
            logging.disable(logging.NOTSET)
        yield name


@pytest.fixture
def running_site(finished_site, django_db_blocker, tmp_path):
    """
    A site that runs: `running_site(workers=1, EMAIL_URL=…)` starts gunicorn and the task worker.

    On a database of its own, which the models in the test use too. Do not mark such a test
    `django_db`. Afterwards all of it is gone.
    """
    sites = []

    def start(*, workers: int = 2, has_worker: bool = True, **environment: str) -> RunningSite:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        site = RunningSite(tmp_path, port, **environment)
        sites.append(site)
        site.start_web(workers)
        if has_worker:
            site.start_worker()
        return site

    name = f"{finished_site}_copy"
    with django_db_blocker.unblock(), database_like(finished_site, name), using_database(name):
        yield start
        for site in sites:
            site.stop()
