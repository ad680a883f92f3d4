"""Real, saved stories, articles and writing tips for tests."""

import itertools

from wagtail.rich_text import RichText

from publications.models import PublicationPage
from publications.tests.factories import make_term, site_root
from stories.models import (
    ArticleIndexPage,
    ArticlePage,
    Author,
    DossierIndexPage,
    DossierPage,
    QuestionAnswer,
    QuestionIndexPage,
    QuestionPage,
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


def make_dossier(*cards, pillars=(), live=True, **fields) -> DossierPage:
    """Make a dossier. `cards` are pages, or texts that become headings between them."""
    fields.setdefault("title", f"Vraag {next(_number)}?")
    fields.setdefault("intro", "Een kamer, een koffiekan en een sleutel.")
    fields["body"] = [_block(card) for card in cards]
    return _make(DossierIndexPage, "dossiers", DossierPage(**fields), pillars, live)


def _block(card):
    if isinstance(card, str):
        return ("heading", card)
    kind, field = {
        PublicationPage: ("publication", "publication"),
        StoryPage: ("story", "page"),
        ArticlePage: ("article", "article"),
    }[type(card)]
    return (kind, {field: card, "why": f"Lees dit om {card.title.lower()}."})


def make_tip(**fields) -> WritingTipPage:
    fields.setdefault("title", f"Tip {next(_number)}")
    fields.setdefault("intro", "Schrijf korte zinnen.")
    return _make(WritingTipIndexPage, "schrijftips", WritingTipPage(**fields))


def make_link(page, publication, **fields):
    """Tie a story or an article to a publication."""
    fields.setdefault("why", "Hier zie je het gebeuren.")
    return page.publication_links.create(publication=publication, **fields)


def make_author(**fields) -> Author:
    fields.setdefault("name", f"Auteur {next(_number)}")
    return Author.objects.create(**fields)


def sign(page, *authors) -> None:
    """Publish a story or an article again, with these authors."""
    page.signatures = [page.signatures.model(author=author) for author in authors]
    page.save_revision().publish()


def make_question_index() -> QuestionIndexPage:
    return QuestionIndexPage.objects.first() or site_root().add_child(
        instance=QuestionIndexPage(title="Vragen", slug="vragen")
    )


def make_question(*, pillars=(), live=True, answers=(), **fields) -> QuestionPage:
    """Make a question; `answers` are the pages that answer it."""
    fields.setdefault("title", f"Vraag {next(_number)}")
    question = QuestionPage(**fields)
    question.answers = [
        QuestionAnswer(answer=page, sort_order=place) for place, page in enumerate(answers)
    ]
    return _make(QuestionIndexPage, "vragen", question, pillars, live)
