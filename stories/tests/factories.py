"""Real, saved stories, articles and writing tips for tests."""

import itertools

from wagtail.rich_text import RichText

from publications.tests.factories import make_term, site_root
from stories.models import (
    ArticleIndexPage,
    ArticlePage,
    StoryIndexPage,
    StoryPage,
    WritingTipIndexPage,
    WritingTipPage,
)

_number = itertools.count(1)


def _make(index_model, slug, page, pillars=(), live=True):
    index = index_model.objects.first() or site_root().add_child(
        instance=index_model(title=slug.capitalize(), slug=slug)
    )
    page.live = False
    if hasattr(page, "pillars"):
        page.pillars = list(pillars) or [make_term(slug="sociale-cohesie")]
    index.add_child(instance=page)
    revision = page.save_revision()
    if live:
        revision.publish()
        page.refresh_from_db()
    return page


def make_story(*, pillars=(), live=True, **fields) -> StoryPage:
    fields.setdefault("title", f"Verhaal {next(_number)}")
    fields.setdefault("intro", "Joke zette een bankje voor haar deur.")
    return _make(StoryIndexPage, "verhalen", StoryPage(**fields), pillars, live)


def make_article(*, pillars=(), live=True, **fields) -> ArticlePage:
    fields.setdefault("title", f"Artikel {next(_number)}")
    fields.setdefault("body", [("text", RichText("<p>Wat werkt in de buurt?</p>"))])
    return _make(ArticleIndexPage, "artikelen", ArticlePage(**fields), pillars, live)


def make_tip(**fields) -> WritingTipPage:
    fields.setdefault("title", f"Tip {next(_number)}")
    fields.setdefault("intro", "Schrijf korte zinnen.")
    return _make(WritingTipIndexPage, "schrijftips", WritingTipPage(**fields))


def make_link(page, publication, **fields):
    """Tie a story or an article to a publication, and publish it with the link."""
    fields.setdefault("why", "Hier zie je het gebeuren.")
    page.publication_links.create(publication=publication, **fields)
    page.save_revision().publish()
    return page.publication_links.get(publication=publication)
