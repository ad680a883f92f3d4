"""The examples of docs/headless.md, as they stand there, against a site that runs."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from wagtail.models import APIToken

from forms.tests.factories import make_editor
from publications.models import PublicationPage, Vocabulary
from publications.tests.factories import make_library, make_term

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

DOCS = (Path(settings.BASE_DIR) / "docs" / "headless.md").read_text()


def examples() -> list[str]:
    """Return the commands with curl, each with the lines that belong to it."""
    blocks = re.findall(r"(?:^    .*\n)+", DOCS, re.MULTILINE)
    return [block for block in blocks if block.lstrip().startswith("curl")]


def test_examples_with_curl_do_what_they_say(live_server):
    user = make_editor()
    _, token = APIToken.create_token(user=user, name="Voorbeeld")
    values = {
        "SITE": live_server.url,
        "TOKEN": token,
        "LIBRARY": make_library().pk,
        "KIND": make_term(vocabulary=Vocabulary.KIND, slug="onderzoek").pk,
        "PILLAR": make_term(slug="sociale-cohesie").pk,
    }

    def run(command: str) -> dict:
        environment = {**os.environ, **{name: str(value) for name, value in values.items()}}
        done = subprocess.run(
            ["bash", "-c", command], env=environment, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    who, make, change = examples()
    assert run(who)["user"]["username"] == user.username
    values["PAGE"] = run(make)["id"]
    assert run(change)["summary"] == "Over koken met de buurt."
    page = PublicationPage.objects.get()
    assert "Over koken met de buurt." in Client().get(page.get_url()).content.decode()
    assert page.author_names == ["Meta de Lange"]


def test_what_goes_on_another_page_names_the_script_where_it_is():
    [script] = re.findall(r'<script type="module" src="https://[^/]+([^"]+)"', DOCS)

    assert Client().get(script).status_code == 200


def test_attributes_of_the_list_are_those_of_its_script():
    script = (Path(settings.BASE_DIR) / "static" / "js" / "kennisplein-lijst.js").read_text()
    filters = re.search(r"FILTERS = \[(.*?)\]", script, re.DOTALL).group(1)
    observed = re.search(r"observedAttributes = \[\.\.\.FILTERS, (.*?)\]", script).group(1)
    names = set(re.findall(r'"([^"]+)"', filters + observed))
    rows = [row.split("|")[1] for row in DOCS.splitlines() if row.startswith("| `")]

    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == names
