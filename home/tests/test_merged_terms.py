"""Merging a term tells who follows a list with it, and they go on following."""

import pytest
from django.urls import reverse

from home.following import followed_by
from home.models import Subscription
from publications.tests.factories import make_library, make_publication, make_term
from stories.tests.factories import make_story

pytestmark = pytest.mark.django_db


def test_followers_and_stories_are_in_the_preview_and_follow_on(admin_client):
    old = make_term(vocabulary="voorziening", slug="clubhuis")
    new = make_term(vocabulary="voorziening", slug="buurthuis")
    make_story(title="In het clubhuis", facilities=[old])
    make_publication(title="Over het buurthuis", facilities=[new])
    library = make_library()
    for query in ("?q=x&voorziening=clubhuis", "?voorziening=clubhuis-2", "?thema=clubhuis"):
        Subscription.objects.create(email=f"{len(query)}@example.org", page=library, query=query)
    one = Subscription.objects.create(
        email="fenna@example.org", page=library, query="?voorziening=clubhuis"
    )
    address = reverse("merge_term", args=[old.pk])

    shown = admin_client.get(address, {"met": new.pk}).context["changes"]
    counts = {change.label: change.count for change in shown}
    admin_client.post(f"{address}?met={new.pk}")

    assert (counts["Verhalen"], counts["Volgers"]) == (1, 2)
    assert [page.title for page in followed_by(one).newest()] == ["Over het buurthuis"]
