"""Fixtures for tests that move the front page."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def forget_where_the_site_begins():
    """Wagtail caches the front page, and the cache does not roll back with the database."""
    yield
    cache.clear()
