"""Fixtures of the whole suite: files in a folder of the test, and a database that comes back."""

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection


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
