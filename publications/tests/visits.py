"""What a visit to a page shows, and what it asks of the database."""

import re
from html import unescape

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext


def text_of(response) -> str:
    """Return the words between header and footer as a visitor reads them, without soft hyphens."""
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL).group()
    words = re.sub(r"<(p|li|h\d|div|dt|dd|section|br)\b[^>]*>", " ", main)
    words = unescape(re.sub(r"<[^>]+>", "", words)).replace("\u00ad", "")
    return " ".join(words.split())


def queries_of(client, address: str) -> int:
    """
    Return how many queries the second visit to `address` takes, without what Wagtail keeps in the
    cache. The first visit makes the renditions of pictures.
    """
    assert client.get(address).status_code == 200
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
