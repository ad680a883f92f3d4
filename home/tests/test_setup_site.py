"""The site as `setup_site` makes it, with the examples, and what it leaves alone."""

from contextlib import contextmanager

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import TestCase, override_settings
from django.urls import reverse
from fpdf import FPDF
from pypdf import PdfReader
from wagtail.models import Page, Site

from forms.mail_texts import MAILS
from forms.models import Criterion, MailText
from home.models import HomePage, SetupRecord, SiteSettings, StandardPage
from publications.models import CreditedImage, LibraryDocument, LibraryPage, PublicationPage, Term
from publications.tests.factories import make_publication
from stories.models import (
    ArticleIndexPage,
    ArticlePage,
    DossierPage,
    QuestionIndexPage,
    QuestionPage,
    StoryIndexPage,
    StoryPage,
)

BENCHES = "dertig-bankjes-en-een-pot-koffie"
PAVEMENT = "de-stoep-als-huiskamer"
FEW = {PAVEMENT, "third-places-after-dark", "van-inspraak-naar-inbreng"}
EXAMPLES = {PublicationPage: 49, StoryPage: 7, ArticlePage: 4, QuestionPage: 3, DossierPage: 1}


@contextmanager
def files_in(folder):
    field = LibraryDocument._meta.get_field("file")
    storage, field.storage = field.storage, FileSystemStorage(folder / "private", base_url=None)
    with override_settings(MEDIA_ROOT=str(folder / "media")):
        yield
    field.storage = storage


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """The site with its examples, made once for all tests here, and never committed."""
    folder = tmp_path_factory.mktemp("site")
    with django_db_blocker.unblock(), transaction.atomic():
        with files_in(folder), TestCase.captureOnCommitCallbacks(execute=True):
            call_command("setup_site", example=True, verbosity=0)
        yield folder
        transaction.set_rollback(True)
    Site.clear_site_root_paths_cache()


@pytest.fixture
def site(made, db, own_files):
    """The site as it was made: whatever a test changes is undone behind it."""
    with files_in(made):
        yield
    Site.clear_site_root_paths_cache()


@pytest.fixture
def few_examples(site):
    """
    The site after people deleted or took offline most examples: so few go and come back that it
    is fast.
    """
    for page in Page.objects.type(StoryPage, ArticlePage, QuestionPage):
        page.delete()
    PublicationPage.objects.exclude(slug__in=FEW).update(live=False)


def setup_site(capsys, **options) -> str:
    capsys.readouterr()
    call_command("setup_site", **options)
    return capsys.readouterr().out


def rows_and_revisions() -> tuple[dict, list]:
    rows = {model._meta.label: model._base_manager.count() for model in apps.get_models()}
    return rows, list(Page.objects.order_by("pk").values_list("pk", "latest_revision", "title"))


def paths(pages) -> set[str]:
    return {page.url for page in pages}


def example_titles() -> set[str]:
    return {
        title
        for model in EXAMPLES
        for title in model.objects.filter(is_example=True).values_list("title", flat=True)
    }


def test_second_run_changes_nothing(site, capsys):
    before = rows_and_revisions()

    plain, example = setup_site(capsys), setup_site(capsys, example=True)

    assert plain == example == "Everything was made before; nothing to do.\n"
    assert rows_and_revisions() == before


def test_examples_are_complete_and_marked(site):
    assert {
        model: model.objects.live().filter(is_example=True).count() for model in EXAMPLES
    } == EXAMPLES
    assert PublicationPage.objects.get(is_example=False).authors.first().family == "Verharen"
    assert StoryPage.objects.exclude(publication_links__isnull=False).count() == 0
    assert ArticlePage.objects.exclude(publication_links__isnull=False).count() == 0
    assert HomePage.objects.get().featured_story.slug == BENCHES


def test_what_people_change_stays_as_they_want_it(site, capsys):
    about = StandardPage.objects.get(slug="over")
    about.title = "Wie wij zijn"
    about.save_revision().publish()
    Term.objects.filter(slug="buurthuis").update(label="Buurtcentrum")
    Criterion.objects.filter(slug="vier-pijlers").delete()
    before = rows_and_revisions()

    setup_site(capsys, example=True)

    assert rows_and_revisions() == before
    assert Term.objects.get(slug="buurthuis").label == "Buurtcentrum"


def test_what_people_delete_stays_away(site, capsys):
    Page.objects.get(slug="contact").delete()
    Page.objects.get(slug=BENCHES).delete()
    Page.objects.get(slug="verhalen").delete()
    Group.objects.get(name="Schrijvers").delete()
    before = rows_and_revisions()

    setup_site(capsys, example=True)

    assert rows_and_revisions() == before


def test_removing_the_examples_leaves_the_real_site(site, capsys):
    records = SetupRecord.objects.filter(is_example=False).exclude(model="")
    real = {record.name.removeprefix("page:") for record in records if "page:" in record.name}

    output = setup_site(capsys, remove_example=True)

    assert output == "Removed: 80 examples\n"
    pages = Page.objects.live().filter(depth__gt=2)
    assert paths(pages) == {f"/{path}/" for path in real - {"home"}}
    assert not LibraryDocument.objects.exists()
    assert not CreditedImage.objects.exists()
    assert not SetupRecord.objects.filter(is_example=True).exists()
    assert SiteSettings.objects.get().example_notice == ""
    assert HomePage.objects.get().get_latest_revision_as_object().featured_story is None


def test_removing_the_examples_leaves_what_people_changed_or_use(site, capsys):
    benches = StoryPage.objects.get(slug=BENCHES)
    benches.intro = "Nu echt gebeurd."
    benches.save_revision()
    used = PublicationPage.objects.get(slug="nabij-in-elke-kern")
    story = StoryPage(title="Ons eigen verhaal", intro="Over ons dorp.")
    StoryIndexPage.objects.get().add_child(instance=story)
    story.publication_links.create(publication=used, why="Zo ging het bij ons.")
    SiteSettings.objects.update(example_notice="Let op: voorbeelden.")

    output = setup_site(capsys, remove_example=True)

    linked = benches.publication_links.values_list("publication__title", flat=True)
    assert example_titles() == {benches.title, used.title, *linked}
    assert benches.publication_links.count() == 3
    assert f"The story “{benches.title}” stays: it was changed." in output
    assert f"The publication “{used.title}” stays: something that stays refers to it." in output
    assert LibraryDocument.objects.filter(publications=used).exists()
    assert CreditedImage.objects.filter(pk=benches.picture_id).exists()
    assert SiteSettings.objects.get().example_notice == "Let op: voorbeelden."


def test_removed_examples_can_be_added_again_but_not_what_people_deleted(few_examples, capsys):
    before = example_titles()
    deleted = Page.objects.get(slug=PAVEMENT)
    deleted.delete()

    removed = setup_site(capsys, remove_example=True)
    setup_site(capsys, example=True)

    assert removed.startswith("Removed: 13 examples\n")
    assert example_titles() == before - {deleted.title}


def test_examples_do_not_take_the_place_of_a_page_that_people_made(few_examples, capsys):
    setup_site(capsys, remove_example=True)
    own = make_publication(title="Van onszelf", slug=PAVEMENT)

    setup_site(capsys, example=True)
    setup_site(capsys, remove_example=True)

    assert PublicationPage.objects.get(slug=PAVEMENT).title == own.title


def test_a_run_that_was_cut_short_can_be_done_over(few_examples, capsys, monkeypatch):
    before = example_titles()
    documents = set(LibraryDocument.objects.values_list("title", flat=True))
    setup_site(capsys, remove_example=True)
    draw, drawn = FPDF.output, []

    def draw_two(pdf, *args, **kwargs):
        if len(drawn) == 2:
            raise KeyboardInterrupt
        drawn.append(pdf)
        return draw(pdf, *args, **kwargs)

    monkeypatch.setattr(FPDF, "output", draw_two)
    with pytest.raises(KeyboardInterrupt):
        setup_site(capsys, example=True)
    monkeypatch.undo()
    setup_site(capsys, example=True)

    assert example_titles() == before
    assert set(LibraryDocument.objects.values_list("title", flat=True)) == documents


def test_examples_are_not_added_and_removed_at_once(site):
    with pytest.raises(CommandError):
        call_command("setup_site", example=True, remove_example=True)


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/", "Draai aan de knoppen van je buurt"),
        ("/bibliotheek/", "Bibliotheek"),
        ("/pijlers/", "Pijlers"),
        ("/verhalen/", "Verhalen"),
        ("/artikelen/", "Artikelen"),
        ("/schrijftips/", "Schrijftips"),
        ("/vragen/", "Vragen"),
        ("/voeg-kennis-toe/", "Voeg kennis toe"),
        ("/over/", "Over het Kennisplein"),
        ("/theorie/", "Sociale kwaliteit: de theorie"),
        ("/contact/", "Contact"),
        ("/privacy/", "Privacy"),
        ("/toegankelijkheid/", "Toegankelijkheid"),
    ],
)
def test_address_answers_everyone(site, client, path, heading):
    response = client.get(path)

    assert response.status_code == 200
    assert heading_of(response) == heading


def test_every_page_answers_everyone(site, client):
    pages = list(Page.objects.live().filter(depth__gt=3))

    answers = {page.url: client.get(page.url) for page in pages}

    assert [url for url, answer in answers.items() if answer.status_code != 200] == []
    assert [heading_of(answers[page.url]) for page in pages] == [page.title for page in pages]


def heading_of(response) -> str:
    return BeautifulSoup(response.content, "html.parser").h1.text.replace("\u00ad", "").strip()


def test_a_word_of_a_text_finds_it_in_the_library(site, client):
    response = client.get("/bibliotheek/", {"q": "anderhalve meter stoep rolstoel"})

    assert [hit.slug for hit in response.context["results"].hits] == [PAVEMENT]


def test_links_between_pages_survive_a_move(site, client):
    contact = Page.objects.get(slug="contact").specific
    contact.slug = "schrijf-ons"
    contact.save_revision().publish()

    links = BeautifulSoup(client.get("/over/").content, "html.parser").select(".prose a")

    hrefs = {link["href"] for link in links}
    assert "/schrijf-ons/" in hrefs
    assert "/bibliotheek/sociale-kwaliteit-in-de-sociale-basis/" in hrefs


def test_invented_documents_can_be_read_and_say_what_they_are(site, client):
    documents = LibraryDocument.objects.all()

    assert len(documents) == 9
    for document in documents:
        reader = PdfReader(document.file.open())
        texts = [" ".join(page.extract_text().split()) for page in reader.pages]
        assert len(texts) >= 2
        assert document.title in texts[0]
        assert "Verzonnen voorbeeld" in texts[0]
        assert reader.metadata.title == document.title
        assert reader.trailer["/Root"]["/Lang"] in ("nl", "en")
        assert [" ".join(text.split()) for text in document.page_texts] == texts
        assert document.drawn_cover.height > document.drawn_cover.width
        response = client.get(document.url)
        assert b"".join(response.streaming_content).startswith(b"%PDF")


def test_contributions_go_through_the_light_check_of_the_editors(site):
    indexes = [LibraryPage.objects.get(), ArticleIndexPage.objects.get()]

    for index in [*indexes, StoryIndexPage.objects.get(), QuestionIndexPage.objects.get()]:
        [task] = index.get_workflow().tasks
        assert task.name == "Lichte check"
        assert [group.name for group in task.specific.groups.all()] == ["Redactie"]
    assert HomePage.objects.get().get_workflow() is None


def test_editors_open_everything_and_writers_only_their_articles(site, client):
    article_index, home = ArticleIndexPage.objects.get(), HomePage.objects.get()
    doors = {
        "articles": reverse("wagtailadmin_explore", args=[article_index.pk]),
        "new article": reverse(
            "wagtailadmin_pages:add", args=["stories", "articlepage", article_index.pk]
        ),
        "pictures": reverse("wagtailimages:index"),
        "front page": reverse("wagtailadmin_pages:edit", args=[home.pk]),
        "new publication": reverse(
            "wagtailadmin_pages:add",
            args=["publications", "publicationpage", LibraryPage.objects.get().pk],
        ),
        "documents": reverse("wagtaildocs:index"),
        "contributions": reverse("forms_contribution_modeladmin_index"),
        "mail": reverse("forms_outboxmail_modeladmin_index"),
        "terms": reverse("wagtailsnippets_publications_term:list"),
        "synonyms": reverse("wagtailsnippets_publications_synonymgroup:list"),
        "keywords": reverse("keywords:list"),
        "merge": reverse("merge_term", args=[Term.objects.exclude(vocabulary="pijler")[0].pk]),
        "audit": reverse("audit_report"),
        "settings": reverse(
            "wagtailsettings:edit", args=["home", "sitesettings", Site.objects.get().pk]
        ),
        "redirects": reverse("wagtailredirects:index"),
        "collections": reverse("wagtailadmin_collections:index"),
        "users": reverse("wagtailusers_users:index"),
    }

    def opened(group):
        user = User.objects.create_user(group)
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        return {name for name, url in doors.items() if client.get(url).status_code == 200}

    assert opened("Redactie") == doors.keys() - {"users"}
    assert opened("Schrijvers") == {"articles", "new article", "pictures"}


def test_every_mail_has_a_text_that_editors_may_change(site):
    texts = MailText.objects.all()
    editors = Group.objects.get(name="Redactie").permissions
    writers = Group.objects.get(name="Schrijvers").permissions
    assert {text.template for text in texts} == set(MAILS)
    assert not any(text.is_changed for text in texts)
    assert [g.filter(codename="change_mailtext").exists() for g in (editors, writers)] == [
        True,
        False,
    ]
