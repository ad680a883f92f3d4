"""The stage on which contributions are tested, and people with a browser of their own."""

import pytest
from django.db import transaction
from wagtail.models import Site

from forms.tests.factories import browser_of, make_editor, make_form_page, make_writer
from forms.tests.mail_server import Mailbox, mail_server


@pytest.fixture(scope="module", autouse=True)
def stage(request, django_db_setup, django_db_blocker):
    """
    Make what all tests of a module start from once, in a transaction around them.

    A module can have a `make_stage` of its own; with None there is no transaction either.
    """
    make_stage = getattr(request.module, "make_stage", make_form_page)
    if not make_stage:
        yield
        return
    with django_db_blocker.unblock(), transaction.atomic():
        make_stage()
        yield
        transaction.set_rollback(True)
    # The database forgets the pages; this cache would not.
    Site.clear_site_root_paths_cache()


@pytest.fixture
def editor():
    """The browser of somebody of the group Redactie."""
    return browser_of(make_editor())


@pytest.fixture
def superuser():
    """The browser of an administrator."""
    return browser_of(make_editor(is_superuser=True))


@pytest.fixture
def writer():
    """The browser of somebody of the group Schrijvers."""
    return browser_of(make_writer())


@pytest.fixture
def mailbox(settings):
    """Where all mail of the test arrives, over SMTP."""
    mailbox = Mailbox()
    with mail_server(mailbox, settings):
        yield mailbox
