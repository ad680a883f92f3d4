"""The examples in docs/api.md, run as they stand against a site that answers."""

import re
import subprocess

import pytest
from django.conf import settings

from forms.models import Contribution
from kennisplein.tests.api_answers import make_content

EXAMPLE = re.compile(r"^( *)```(bash|js)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
RUN = {"bash": ["bash", "-euc"], "js": ["node", "--input-type=module", "--eval"]}


def examples(address: str) -> list[tuple[str, str]]:
    text = (settings.BASE_DIR / "docs" / "api.md").read_text()
    return [
        (kind, code.replace("http://127.0.0.1:8000", address))
        for _, kind, code in EXAMPLE.findall(text)
    ]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_examples_of_the_documentation_work(live_server, settings):
    settings.BASE_URL = live_server.url
    make_content()
    told = []

    for kind, code in examples(live_server.url):
        done = subprocess.run(
            [*RUN[kind], code], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, (code, done.stderr, done.stdout)
        told.append(done.stdout)

    listed, in_script, not_changed, tip, article = told
    assert '"titel": "Samen eten in de buurt"' in listed
    assert "Samen eten in de buurt (2024): http" in in_script
    assert not_changed == "304\n"
    assert '"status": "wacht-op-bevestiging"' in tip
    assert re.fullmatch(r"KP-\d+-\d+: wacht-op-bevestiging, Wacht op bevestiging\n", article)
    assert sorted(Contribution.objects.values_list("kind", flat=True)) == ["artikel", "tip"]
