"""
Schemathesis asks /api/v1 what its OpenAPI document allows and what it does not, with every check.

One exception: the questions of the form say things together that a schema cannot (a link, a DOI,
an ISBN or a file), and what a DOI looks like; so a contribution may be refused that it allows.
"""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from kennisplein.tests.api_answers import make_content

pytestmark = pytest.mark.django_db
load_all_checks()


@pytest.fixture(autouse=True)
def keep_connection():
    """Let no request close the connection that the test has its transaction on."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


def ask_everything(settings, examples: int) -> int:
    """Ask every operation so many times with what is allowed, and with what is not."""
    settings.CONTRIBUTIONS_PER_ADDRESS = settings.CONTRIBUTIONS_IN_TOTAL = 1_000_000
    make_content()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        excluded = [positive_data_acceptance] if operation.method == "post" else []
        modes = [schemathesis.GenerationMode.POSITIVE]
        if operation.query or operation.body:  # any path is a text like another
            modes.append(schemathesis.GenerationMode.NEGATIVE)
        for mode in modes:
            asked += ask(operation, mode, examples, excluded)
    return asked


def ask(operation, mode, examples: int, excluded) -> int:
    count = 0

    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case):
        nonlocal count
        count += 1
        case.call_and_validate(excluded_checks=excluded)

    run()
    return count


def test_some_of_what_can_be_asked_is_answered_as_the_document_says(settings):
    assert len(CHECKS.get_all_names()) > 10

    assert ask_everything(settings, examples=1) >= 20


@pytest.mark.judge
def test_thousands_of_questions_are_answered_as_the_document_says(settings):
    assert ask_everything(settings, examples=150) >= 3000
