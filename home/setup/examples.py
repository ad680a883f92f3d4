"""Example content, to see the site at work: publications, stories and articles; and its removal."""

import datetime
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Page, ReferenceIndex

from home.models import HomePage, SetupRecord, SiteSettings
from publications.models import CreditedImage, LibraryDocument, LibraryPage, PublicationPage
from publications.tasks import read_document_file
from stories.models import (
    ArticleIndexPage,
    ArticlePage,
    Author,
    DossierIndexPage,
    DossierPage,
    QuestionIndexPage,
    QuestionPage,
    StoryIndexPage,
    StoryPage,
)

from .content import content
from .pages import (
    ESSAY,
    add_and_publish,
    add_links,
    article_page,
    dossier_page,
    publication_page,
    question_page,
    sign,
    story_page,
)
from .pdf import draw_pdf, font_files
from .records import Run, find, fingerprint, take_turns, thing_of

# The newest example went online this many days ago, and publications came with so many between.
NEWEST_DAYS_AGO = 2
DAYS_BETWEEN_PUBLICATIONS = 4
FEATURED_STORY = "dertig-bankjes-en-een-pot-koffie"
NOTICE = "example:notice"
FEATURED = "example:featured-story"
# Taken away in this order: what points to something goes before what it points to.
REMOVAL_ORDER = (
    QuestionPage,
    DossierPage,
    ArticlePage,
    StoryPage,
    Author,
    PublicationPage,
    LibraryDocument,
    CreditedImage,
)


def add_examples(run: Run) -> None:
    """Make whatever of the examples was never made before. What people deleted stays away."""
    add_notice(run)
    add_publications(run)
    add_stories(run)
    add_articles(run)
    add_dossiers(run)
    add_questions(run)
    feature_story(run)
    read_new_documents()


def add_publications(run: Run) -> None:
    library = LibraryPage.objects.first()
    real = [facts for facts in content("publications") if facts["slug"] != ESSAY]
    in_order = woven(content("invented"), real)
    wanted = [
        (age, facts)
        for age, facts in enumerate(in_order)
        if not run.has(f"example:publication/{facts['slug']}")
    ]
    if not library or not wanted:
        return
    with font_files() as fonts:
        for age, facts in reversed(wanted):
            online = days_ago(NEWEST_DAYS_AGO + age * DAYS_BETWEEN_PUBLICATIONS)
            add_publication(run, library, facts, online, fonts)


def woven(some: list, others: list) -> list:
    """Return both lists as one, taking turns for as long as both last."""
    pairs = zip(some, others, strict=False)
    length = min(len(some), len(others))
    return [one for pair in pairs for one in pair] + some[length:] + others[length:]


def add_publication(run: Run, library: LibraryPage, facts: dict, online, fonts) -> None:
    def make():
        if is_taken(library, facts["slug"]):
            return None
        if not facts["invented"]:
            return add_example_page(library, publication_page(facts, is_example=True), online)
        name = f"example:document/{facts['slug']}"
        if not run.has(name):
            document = make_document(facts, fonts)
            run.record(name, document, group="example documents", is_example=True)
        notice = content("pages")["notices"]["example_invented"]
        page = publication_page(facts, is_example=True, document=find(name))
        page.summary = f"{page.summary}\n\n{notice}"
        return add_example_page(library, page, online)

    run.once(
        f"example:publication/{facts['slug']}",
        make,
        group="example publications",
        is_example=True,
    )


def make_document(facts: dict, fonts) -> LibraryDocument:
    document = facts["document"]
    pdf = draw_pdf(publication_page(facts), facts["pillars"][0], document, fonts)
    return LibraryDocument.objects.create(
        title=document["title"],
        file=ContentFile(pdf, name=document["file_name"]),
        right_to_share=document["right_to_share"],
        accessible=document["accessible"],
    )


def is_taken(parent: Page, slug: str) -> bool:
    """Tell whether people made a page where an example would come; theirs stays."""
    return parent.get_children().filter(slug=slug).exists()


def add_example_page(parent: Page, page: Page, online: datetime.datetime) -> Page:
    """Add a page as if it had been published before now."""
    add_and_publish(parent, page)
    Page.objects.filter(pk=page.pk).update(first_published_at=online, last_published_at=online)
    return page


def days_ago(days: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


def dates_online(texts: list[dict]) -> dict[str, datetime.datetime]:
    """Return per slug when it went online: as far apart as their dates say, the newest just now."""
    dates = {text["slug"]: datetime.date.fromisoformat(text["date"]) for text in texts}
    newest = max(dates.values())
    return {slug: days_ago(NEWEST_DAYS_AGO + (newest - date).days) for slug, date in dates.items()}


def add_stories(run: Run) -> None:
    index = StoryIndexPage.objects.first()
    online = dates_online(content("stories"))
    for texts in content("stories") if index else ():

        def make(texts=texts):
            if is_taken(index, texts["slug"]):
                return None
            picture = example_picture(run, texts["picture"])
            page = story_page(texts, is_example=True, picture=picture)
            sign(page, example_authors(run, texts))
            add_example_page(index, page, online[texts["slug"]])
            add_links(page, texts["links"])
            return page

        run.once(f"example:story/{texts['slug']}", make, group="example stories", is_example=True)


def example_picture(run: Run, facts: dict) -> CreditedImage | None:
    """Return the picture of an example, made when it is needed for the first time."""
    name = f"example:image/{facts['file']}"
    if not run.has(name):
        run.record(name, make_picture(facts), group="example pictures", is_example=True)
    return find(name)


def example_authors(run: Run, texts: dict) -> list[Author]:
    """Return who signs an example, made when they are needed for the first time."""
    authors = []
    for facts in texts.get("authors", ()):
        name = f"example:author/{slugify(facts['name'])}"
        if not run.has(name):
            portrait = facts["portrait"] and example_picture(run, facts["portrait"])
            author = Author.objects.create(
                name=facts["name"],
                role=facts["role"],
                portrait=portrait,
                consent_by=facts.get("consent_by", ""),
                consent_on=facts.get("consent_on"),
            )
            run.record(name, author, group="example authors", is_example=True)
        authors.append(find(name))
    return [author for author in authors if author]


def make_picture(facts: dict) -> CreditedImage:
    source = Path(finders.find(f"img/{facts['file']}"))
    image = CreditedImage(
        title=source.stem.capitalize(),
        file=ContentFile(source.read_bytes(), name=source.name),
        description=facts["alt"],
        credit=facts["credit"],
    )
    image._set_image_file_metadata()
    image.save()
    return image


def add_articles(run: Run) -> None:
    index = ArticleIndexPage.objects.first()
    online = dates_online(content("articles"))
    for texts in content("articles") if index else ():

        def make(texts=texts):
            if is_taken(index, texts["slug"]):
                return None
            page = article_page(texts, is_example=True)
            sign(page, example_authors(run, texts))
            add_example_page(index, page, online[texts["slug"]])
            add_links(page, texts["links"])
            return page

        run.once(
            f"example:article/{texts['slug']}", make, group="example articles", is_example=True
        )


def add_dossiers(run: Run) -> None:
    index = DossierIndexPage.objects.first()
    online = dates_online(content("dossiers"))
    for texts in content("dossiers") if index else ():

        def make(texts=texts):
            if is_taken(index, texts["slug"]):
                return None
            page = dossier_page(texts, is_example=True)
            if page.missing_for_publication():  # people deleted everything it is made of
                return None
            return add_example_page(index, page, online[texts["slug"]])

        run.once(
            f"example:dossier/{texts['slug']}", make, group="example dossiers", is_example=True
        )


def add_questions(run: Run) -> None:
    index = QuestionIndexPage.objects.first()
    online = dates_online(content("questions"))
    for texts in content("questions") if index else ():

        def make(texts=texts):
            if is_taken(index, texts["slug"]):
                return None
            page = question_page(texts, is_example=True)
            return add_example_page(index, page, online[texts["slug"]])

        run.once(
            f"example:question/{texts['slug']}", make, group="example questions", is_example=True
        )


def feature_story(run: Run) -> None:
    """Put a story on the home page, unless people chose one or are busy with the page."""
    home, story = HomePage.objects.first(), find(f"example:story/{FEATURED_STORY}")
    if not home or not story or home.featured_story_id or home.has_unpublished_changes:
        return

    def make():
        home.featured_story = story
        home.save_revision().publish()
        return story

    run.once(FEATURED, make, group="story on the home page", is_example=True)


def add_notice(run: Run) -> None:
    site_settings = SiteSettings.objects.first()
    if not site_settings or site_settings.example_notice:
        return

    def make():
        site_settings.example_notice = content("pages")["notices"]["example_site"]
        site_settings.save()
        return site_settings

    run.once(NOTICE, make, group="notice about examples", is_example=True)


def read_new_documents() -> None:
    """Read the texts and draw the covers now, so that they are there without a worker."""
    ids = SetupRecord.objects.filter(name__startswith="example:document/").values("object_id")
    for document in LibraryDocument.objects.released().filter(pk__in=ids, page_texts=[]):
        read_document_file.call(document.pk)


def remove_examples() -> tuple[int, list[str]]:
    """
    Take away the examples that people did not change, and their records, so that they can be added
    again. Return how many went, and for each that stays which one it is and why.

    The record of an example that people deleted stays: it never comes back.
    """
    forget_choices()
    records = list(SetupRecord.objects.filter(is_example=True).exclude(model=""))
    removed, kept = 0, []
    for model in REMOVAL_ORDER:
        for record in records:
            if record.model == model._meta.label and record.name not in (NOTICE, FEATURED):
                reason = remove(record)
                removed += reason == ""
                kept += [reason] if reason else []
    return removed, kept


@transaction.atomic
def forget_choices() -> None:
    """Undo what the examples set elsewhere, where it is still as they left it."""
    take_turns()
    notice = content("pages")["notices"]["example_site"]
    if SiteSettings.objects.filter(example_notice=notice).update(example_notice=""):
        SetupRecord.objects.filter(name=NOTICE).delete()
    featured = find(FEATURED)
    if featured and HomePage.objects.filter(featured_story=featured.pk).exists():
        SetupRecord.objects.filter(name=FEATURED).delete()


@transaction.atomic
def remove(record: SetupRecord) -> str | None:
    """Take one example away. Return "" when it went, None if it was gone, else why it stays."""
    take_turns()
    thing = thing_of(record)
    if thing is None:
        return None
    reason = why_keep(record, thing)
    if reason:
        kind = record.name.partition(":")[2].partition("/")[0]
        return f"The {kind} “{thing}” stays: {reason}."
    thing.delete()
    record.delete()
    return ""


def why_keep(record: SetupRecord, thing) -> str:
    if fingerprint(thing) != record.fingerprint:
        return "it was changed"
    if isinstance(thing, Page) and (thing.contributions.exists() or not thing.is_leaf()):
        return "something else belongs to it"
    if is_used(thing):
        return "something that stays refers to it"
    return ""


def is_used(thing) -> bool:
    """Tell whether anything refers to this, apart from what goes with it and the home page."""
    references = ReferenceIndex.get_references_to(thing).exclude(
        base_content_type__model=CreditedImage._meta.model_name  # its own cover
    )
    own_links = Q(model_path="page", base_content_type__model__in=["storylink", "articlelink"])
    return references.exclude(model_path="featured_story").exclude(own_links).exists()
