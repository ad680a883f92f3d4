"""One function per page type: from the texts of `home/content/` to a page that is not yet saved."""

from collections.abc import Callable
from functools import partial

from wagtail.models import Page

from forms.models import ContributionFormPage, Criterion, StandardReason
from home.models import HomePage, KnowledgeMapPage, StandardPage
from publications.models import (
    LibraryPage,
    PillarActor,
    PillarFacility,
    PillarIndexPage,
    PillarPage,
    PublicationAuthor,
    PublicationPage,
    Takeaway,
    Vocabulary,
)
from stories.models import (
    ArticleIndexPage,
    ArticlePage,
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

from .content import body_of, content, one_term, page_named, publication_named, terms

# The theory that the site explains. In the library from the start, since “over” links to it.
ESSAY = "sociale-kwaliteit-in-de-sociale-basis"
STANDARD_PAGES = ("over", "theorie", "contact", "privacy", "toegankelijkheid")


def pages_of_the_site() -> dict[str, Callable[[], Page]]:
    """Return how to make each page of the real site, by its path, parents first, in menu order."""
    essay = next(p for p in content("publications") if p["slug"] == ESSAY)
    return {
        "home": home_page,
        "bibliotheek": partial(index_page, LibraryPage, "library"),
        f"bibliotheek/{ESSAY}": partial(publication_page, essay),
        "pijlers": pillar_index_page,
        **{f"pijlers/{p['slug']}": partial(pillar_page, p) for p in content("pillars")},
        "verhalen": partial(index_page, StoryIndexPage, "stories"),
        "artikelen": partial(index_page, ArticleIndexPage, "articles"),
        "dossiers": partial(index_page, DossierIndexPage, "dossiers", show_in_menus=False),
        "schrijftips": partial(index_page, WritingTipIndexPage, "tips"),
        **{f"schrijftips/{t['slug']}": partial(tip_page, t) for t in content("tips")["tips"]},
        "kenniskaart": knowledge_map_page,
        "vragen": question_index_page,
        "voeg-kennis-toe": form_page,
        **{name: partial(standard_page, name) for name in STANDARD_PAGES},
    }


def home_page() -> HomePage:
    texts = content("pages")["home"]
    return HomePage(
        title=texts["title"],
        slug="kennisplein",
        search_description=texts["search_description"],
        headline=texts["headline"],
        intro=texts["lead"],
        basis_title=texts["basis"]["heading"],
        basis_intro=texts["basis"]["lead"],
        basis_text=texts["basis"]["paragraph"],
        invitation=texts["invite"]["heading"],
    )


def index_page(model: type[Page], name: str, **fields) -> Page:
    """Return a page of the main menu. The menu shows its title; a longer one is the SEO title."""
    texts = content("pages")[name]
    menu_title = texts.get("menu_title")
    fields.setdefault("show_in_menus", True)
    return model(
        title=menu_title or texts["title"],
        seo_title=texts["title"] if menu_title else "",
        slug=texts["slug"],
        search_description=texts["search_description"],
        intro=texts["intro"],
        **fields,
    )


def question_index_page() -> QuestionIndexPage:
    page = index_page(QuestionIndexPage, "questions")
    page.show_in_menus = False  # the footer, the pillars and an empty search lead to it
    return page


def pillar_index_page() -> PillarIndexPage:
    return index_page(PillarIndexPage, "pillars", body=content("pages")["pillars"]["body"])


def pillar_page(texts: dict) -> PillarPage | None:
    pillar = one_term(Vocabulary.PILLAR, texts["slug"])
    if pillar is None or hasattr(pillar, "pillar_page"):
        return None
    tomorrow = "".join(f"<li>{line}</li>" for line in texts["morgen"])
    page = PillarPage(
        title=texts["title"],
        slug=texts["slug"],
        search_description=texts["search_description"],
        pillar=pillar,
        question=texts["question"],
        intro=texts["intro"],
        body=f"{texts['waar_gaat_het_over']}<h3>Wat kun je morgen doen?</h3><ol>{tomorrow}</ol>",
        still_missing=texts["wat_ontbreekt"],
    )
    page.actors = [
        PillarActor(term=term, sentence=hand["sentence"], sort_order=order)
        for order, hand in enumerate(texts["actors"])
        if (term := one_term(Vocabulary.ACTOR, hand["speler"]))
    ]
    page.facilities = [
        PillarFacility(term=term, sentence=hand["sentence"], sort_order=order)
        for order, hand in enumerate(texts["facilities"])
        if (term := one_term(Vocabulary.FACILITY, hand["voorziening"]))
    ]
    return page


def tip_page(texts: dict) -> WritingTipPage:
    return WritingTipPage(
        title=texts["title"],
        slug=texts["slug"],
        search_description=texts["intro"],
        group=texts["group"],
        intro=texts["intro"],
        body=texts["body"].replace("h2>", "h3>"),  # below the heading that the page itself has
    )


def standard_page(name: str) -> StandardPage:
    texts = content("pages")[name]
    return StandardPage(
        title=texts["title"],
        slug=texts["slug"],
        search_description=texts["search_description"],
        show_in_menus=name == "over",
        intro=texts["intro"],
        body=texts["body"],
        shows_knobs=name == "theorie",
    )


def knowledge_map_page() -> KnowledgeMapPage:
    texts = content("pages")["map"]
    return KnowledgeMapPage(
        title=texts["title"],
        slug=texts["slug"],
        search_description=texts["search_description"],
        intro=texts["intro"],
    )


def form_page() -> ContributionFormPage:
    texts = content("pages")["form"]
    doors, check = texts["doors"], texts["light_check"]
    page = ContributionFormPage(
        title=texts["title"],
        slug=texts["slug"],
        search_description=texts["search_description"],
        intro=texts["intro"],
        publication_intro=doors["publicatie"]["intro"],
        publication_side=doors["publicatie"]["side"],
        tip_intro=doors["tip"]["intro"],
        tip_side=doors["tip"]["side"],
        article_intro=doors["artikel"]["intro"],
        article_side=doors["artikel"]["side"],
        check_intro=f"{check['after']} {check['intro']}",
        thanks_title=texts["thank_you"]["heading"],
        thanks_text=texts["thank_you"]["body"],
    )
    page.criteria = [
        Criterion(
            slug=criterion["slug"],
            label=criterion["label"],
            question=criterion["question"],
            help_text=criterion["help"],
            review_question=criterion["check"],
            mail_sentence=criterion["mail_sentence"],
            sort_order=order,
        )
        for order, criterion in enumerate(content("criteria"))
    ]
    reasons = [
        StandardReason(used_for=used_for, label=reason["label"], text=reason["text"])
        for used_for, ready in content("mails")["reasons"].items()
        for reason in ready
    ]
    for order, reason in enumerate(reasons):
        reason.sort_order = order
    page.standard_reasons = reasons
    return page


def publication_page(facts: dict, **fields) -> PublicationPage:
    page = PublicationPage(
        title=facts["title"],
        slug=facts["slug"],
        subtitle=facts["subtitle"],
        kind=one_term(Vocabulary.KIND, facts["kind"]),
        summary=facts["summary"],
        organisation=facts["organisation"],
        journal=facts["journal"],
        volume=facts["volume"],
        page_range=facts["pages"],
        year=facts["year"],
        month=facts.get("month"),
        language=facts["language"],
        doi=facts["doi"],
        isbn=facts["isbn"],
        source_url=facts["source_url"],
        licence=facts["licence"],
        access=facts.get("access", ""),
        area=one_term(Vocabulary.AREA, facts["area"]),
        place=facts["place"],
        editor_note=facts.get("note", ""),
        **fields,
    )
    page.authors = [
        PublicationAuthor(**author, is_editor=facts["editors"], sort_order=order)
        for order, author in enumerate(facts["authors"])
    ]
    page.takeaways = [
        Takeaway(text=text, sort_order=order)
        for order, text in enumerate(facts.get("takeaways", []))
    ]
    page.readers = terms(Vocabulary.READER, facts["readers"])
    return classified(page, facts)


def story_page(texts: dict, **fields) -> StoryPage:
    page = StoryPage(
        title=texts["title"],
        slug=texts["slug"],
        search_description=texts["intro"],
        canonical_url=texts["canonical_url"],
        intro=texts["intro"],
        neighbourhood=texts["place"]["buurt"],
        municipality=texts["place"]["gemeente"],
        body=body_of(texts["body"]),
        **fields,
    )
    return classified(page, texts)


def article_page(texts: dict, **fields) -> ArticlePage:
    page = ArticlePage(
        title=texts["title"],
        slug=texts["slug"],
        search_description=texts["intro"],
        kind=texts["kind"],
        author_name="" if "authors" in texts else f"{texts['author']}, {texts['author_role']}",
        intro=texts["intro"],
        body=body_of(texts["body"]),
        **fields,
    )
    return classified(page, texts)


def dossier_page(texts: dict, **fields) -> DossierPage:
    page = DossierPage(
        title=texts["title"],
        slug=texts["slug"],
        search_description=texts["intro"],
        intro=texts["intro"],
        body=dossier_body(texts["body"]),
        still_missing=texts["still_missing"],
        **fields,
    )
    return classified(page, texts)


def dossier_body(blocks: list[dict]) -> list[tuple]:
    """Return the blocks of a dossier; a card of what people deleted is left out."""
    fields = {"publication": "publication", "story": "page", "article": "article"}
    body = []
    for block in blocks:
        kind = block["type"]
        if kind not in fields:
            body += body_of([block])
        elif page := page_named(kind, block["slug"]):
            body.append((kind, {fields[kind]: page, "why": block["why"]}))
    return body


def sign(page: StoryPage | ArticlePage, authors: list) -> None:
    """Say who wrote a page that is not yet saved."""
    page.signatures = [
        page.signatures.model(author=author, sort_order=order)
        for order, author in enumerate(authors)
    ]


def add_links(page: StoryPage | ArticlePage, wanted: list[dict]) -> None:
    """Tie a saved page to the publications that are in the library."""
    for order, link in enumerate(wanted):
        publication = publication_named(link["publication"])
        if publication:
            page.publication_links.create(
                publication=publication,
                relation=link["relation"],
                why=link["why"],
                sort_order=order,
            )


def question_page(texts: dict, **fields) -> QuestionPage:
    page = QuestionPage(
        title=texts["title"],
        slug=texts["slug"],
        search_description=texts["explanation"],
        explanation=texts["explanation"],
        **fields,
    )
    page.answers = [
        QuestionAnswer(answer=publication, why=answer["why"], sort_order=order)
        for order, answer in enumerate(texts["answers"])
        if (publication := publication_named(answer["publication"]))
    ]
    return classified(page, texts)


def classified(page, texts: dict):
    """Add the terms and keywords that publications, stories and articles share."""
    page.pillars = terms(Vocabulary.PILLAR, texts["pillars"])
    page.facilities = terms(Vocabulary.FACILITY, texts["facilities"])
    page.actors = terms(Vocabulary.ACTOR, texts["actors"])
    page.themes = terms(Vocabulary.THEME, texts["themes"])
    page.keywords.add(*texts["keywords"])
    return page


def add_and_publish(parent: Page, page: Page) -> Page:
    """Add a page below `parent` and publish it through a revision, as editors do."""
    page.live = False
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page
