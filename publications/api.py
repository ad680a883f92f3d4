"""How the API writes what Wagtail would ask the database for one by one."""

from rest_framework.serializers import Field
from wagtail.api import APIField


class NamesField(Field):
    """The names of keywords, in the order of the alphabet."""

    def to_representation(self, keywords):
        return sorted(keyword.name for keyword in keywords.all())


KEYWORDS = APIField("keywords", serializer=NamesField(read_only=True))


def writable(*names: str) -> list[APIField]:
    """Return fields that everyone may read, and that may be written with a token."""
    return [APIField(name, writable=True) for name in names]
