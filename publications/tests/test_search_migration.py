"""Search can be taken out of a library and put back, by migrating."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from publications.models import SearchRow
from publications.receivers import fill_gaps_in_search_table
from publications.tests.factories import make_publication

NAME = "kennisplein_search_there_and_back"


@pytest.fixture
def own_database():
    """Give a subprocess a database of its own, on the server of the tests; drop it behind it."""
    known = connection.settings_dict
    address = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"]}
    address = {name: value for name, value in address.items() if value}
    if known["PASSWORD"]:
        address["password"] = known["PASSWORD"]
    with psycopg.connect(**address, dbname="postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME}")
        server.execute(f"CREATE DATABASE {NAME}")
        try:
            yield {**address, "dbname": NAME}
        finally:
            server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def manage(database: dict, *arguments: str) -> None:
    host, port = database.get("host", ""), database.get("port", "")
    user, password = database.get("user", ""), database.get("password", "")
    address = f"postgres://{user}:{password}@{'' if host.startswith('/') else host}:{port}/{NAME}"
    address = address.replace(":@", "@").replace("@:", "@").replace("//@", "//")
    environment = {**os.environ, "DATABASE_URL": address, "SECRET_KEY": "x" * 50, "DEBUG": "true"}
    if host.startswith("/"):
        environment["PGHOST"] = host
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def tables(database: dict) -> set[str]:
    with psycopg.connect(**database) as there:
        found = there.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relname LIKE 'publications_search%'"
        )
        return {name for (name,) in found}


@pytest.mark.judge
def test_search_tables_go_and_come_back(own_database):
    manage(own_database, "migrate", "--verbosity=0")
    everything = tables(own_database)
    assert "publications_searchrow" in everything

    manage(own_database, "migrate", "--verbosity=0", "publications", "0001")
    assert tables(own_database) == set()

    manage(own_database, "migrate", "--verbosity=0")
    assert tables(own_database) == everything


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_migrating_finds_pages_without_a_row_also_when_others_have_one(client):
    make_publication(title="Moestuin van toen")
    hidden = make_publication(title="Moestuin in het geheim")
    hidden.unpublish()
    SearchRow.objects.all().delete()  # as migration 0003 leaves it
    make_publication(title="Moestuin van nu")  # saved by somebody before migrating had ended

    call_command("migrate", verbosity=0)

    found = client.get("/bibliotheek/", {"q": "moestuin"}).context["results"]
    assert sorted(hit.title for hit in found.hits) == ["Moestuin van nu", "Moestuin van toen"]
    rows = set(SearchRow.objects.filter(is_live=True).values_list("changed_in", flat=True))
    fill_gaps_in_search_table(apps.get_app_config("publications"))  # all are there: nothing to do
    assert set(SearchRow.objects.values_list("changed_in", flat=True)) == rows


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_rebuilding_keeps_the_defaults_of_the_columns():
    make_publication()
    call_command("rebuild_search", verbosity=0)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name ="
            " 'publications_searchrow' AND column_default IS NOT NULL ORDER BY column_name"
        )
        assert [name for (name,) in cursor.fetchall()] == ["pairs", "text"]
