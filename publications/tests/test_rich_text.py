"""Links in a text to what not everyone may see: on the site and in Wagtail's API."""

import pytest
from wagtail.models import PageViewRestriction

from publications.models import PillarPage, RightToShare
from publications.tests.factories import make_document, make_pillar_page, make_publication

pytestmark = pytest.mark.django_db

SECRET = "kanarie"


def link_to(target, kind="page") -> str:
    return f'<a linktype="{kind}" id="{target.pk}">hier {target.pk}</a>'


def texts(client, page) -> list[str]:
    """Return what everyone gets to read of a page, by each door."""
    api = f"/api/v2/pages/{page.pk}/"
    answers = [client.get(page.url), client.get(api)]
    answers += [client.get(api, {"rich_text_format": name}) for name in ("html", "db_html")]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    return [answer.content.decode() for answer in answers]


def test_links_to_what_is_not_public_keep_their_words_only(client):
    draft = make_publication(title=f"{SECRET} concept", live=False)
    closed = make_publication(title=f"{SECRET} besloten")
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    hidden = make_document(name=f"{SECRET}.pdf", right_to_share=RightToShare.NONE)
    shown = make_document(name="rapport.pdf")
    public = make_publication(title="Voor iedereen", document=shown)
    pages = [draft, closed, public]
    links = [*map(link_to, pages), *(link_to(one, "document") for one in (hidden, shown))]
    hostile = '<a linktype="page" id="99999999999999999999">ver</a><a linktype="page">niets</a>'
    page = make_pillar_page(body=f"<p>{' '.join(links)} {hostile}</p>")

    told = texts(client, page)

    assert [SECRET in text for text in told] == [False] * len(told)
    for text in told[:2]:
        assert all(f"hier {one.pk}" in text for one in (*pages, hidden, shown))
        assert public.url in text
        assert shown.url in text
    for name in ("markdown", "db_markdown"):
        refused = client.get(f"/api/v2/pages/{page.pk}/", {"rich_text_format": name})
        assert refused.status_code == 400
    draft.get_latest_revision().publish()
    assert draft.url in client.get(PillarPage.objects.get().url).content.decode()
