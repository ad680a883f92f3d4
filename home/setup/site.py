"""The real site: terms, pages, settings, groups, workflow and collections."""

from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.fields import RichTextField
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from forms.contributions import COLLECTION
from forms.mail_texts import MAILS
from forms.models import LightCheckTask, MailText
from forms.writers import WRITERS
from home.models import HomePage, SetupRecord, SiteSettings
from publications.models import LibraryPage, SynonymGroup, Term, Vocabulary
from stories.models import ArticleIndexPage, QuestionIndexPage, StoryIndexPage

from .content import content, with_page_links
from .pages import pages_of_the_site
from .records import Run, find, take_turns

EDITORS = "Redactie"
WRITERS_COLLECTION = "Beeld van schrijvers"
WORKFLOW = "Lichte check"

# What editors may do with a page and everything below it, with files, and with other models.
EDITORS_PAGES = [
    "wagtailcore.add_page",
    "wagtailcore.change_page",
    "wagtailcore.publish_page",
    "wagtailcore.lock_page",
    "wagtailcore.unlock_page",
    "wagtailcore.bulk_delete_page",
]
EDITORS_FILES = [
    "wagtailimages.add_image",
    "wagtailimages.change_image",
    "wagtailimages.choose_image",
    "wagtaildocs.add_document",
    "wagtaildocs.change_document",
    "wagtaildocs.choose_document",
    "wagtailcore.add_collection",
    "wagtailcore.change_collection",
    "wagtailcore.delete_collection",
]
EDITORS_MODELS = [
    "wagtailadmin.access_admin",
    "publications.view_term",
    "publications.add_term",
    "publications.change_term",
    "publications.view_synonymgroup",
    "publications.add_synonymgroup",
    "publications.change_synonymgroup",
    "publications.delete_synonymgroup",
    "forms.view_contribution",
    "forms.change_contribution",
    "forms.view_outboxmail",
    "home.change_sitesettings",
    "wagtailredirects.view_redirect",
    "wagtailredirects.add_redirect",
    "wagtailredirects.change_redirect",
    "wagtailredirects.delete_redirect",
]
# What came after the first sites, so that the group of an older one gets it too.
EDITORS_LATER = {
    "mailteksten": ["forms.view_mailtext", "forms.change_mailtext"],
    "in-en-uit": [
        "publications.view_gonepage",
        "publications.change_gonepage",
        "publications.delete_gonepage",
        "publications.view_importjob",
        "publications.add_importjob",
    ],
    "schrijf-mee": ["forms.view_writerrequest", "forms.change_writerrequest"],
    "keuring": [
        "publications.view_finding",
        "publications.change_finding",
        "taggit.view_tag",
        "taggit.change_tag",
    ],
    "mensen-en-privacy": [
        "forms.change_retentionsettings",
        "home.view_erasurerecord",
        "home.add_erasurerecord",
        "home.view_handover",
        "home.add_handover",
    ],
    "api-sleutels": [f"wagtailcore.{do}_apitoken" for do in ("view", "add", "change", "delete")],
    "auteurs": [f"stories.{name}_author" for name in ("view", "add", "change", "delete")],
}
WRITERS_FILES = ["wagtailimages.add_image", "wagtailimages.choose_image"]

# What Wagtail's own migrations make, which the groups and the workflow of this site replace.
WELCOME_TITLE = "Welcome to your new Wagtail site!"
STOCK_WORKFLOW = "Moderators approval"
STOCK_GROUPS = {"Moderators": 5, "Editors": 2}  # name: number of page permissions


def make_site(run: Run) -> None:
    """Make whatever of the real site was never made before."""
    make_vocabularies(run)
    make_pages(run)
    home = find("page:home")
    if home:
        run.once("site", lambda: point_site_to(home), group="site")
        follow_base_url()
    make_settings(run)
    make_groups(run)
    make_workflow(run)
    make_mail_texts(run)
    remove_stock(run)


def make_vocabularies(run: Run) -> None:
    lists = content("vocabularies")
    for vocabulary in Vocabulary.values:
        for order, facts in enumerate(lists[vocabulary]):
            run.once(
                f"term:{vocabulary}/{facts['slug']}",
                lambda v=vocabulary, o=order, f=facts: make_term(v, o, f),
                group="terms",
            )
    for words in lists["synoniemen"]:
        run.once(
            f"synonyms:{words[0]}",
            lambda w=words: SynonymGroup.objects.create(words="\n".join(w)),
            group="groups of synonyms",
        )


def make_term(vocabulary: str, order: int, facts: dict) -> Term:
    term, _ = Term.objects.get_or_create(
        vocabulary=vocabulary,
        slug=facts["slug"],
        defaults={
            "label": facts["label"],
            "description": facts["omschrijving"],
            "alternative_labels": "\n".join(facts.get("ook_wel", [])),
            "order": order,
        },
    )
    return term


@transaction.atomic
def make_pages(run: Run) -> None:
    """
    Make the missing pages, in one transaction: they link to each other, so all must stand before
    the first is published. A page that people made at the same place is left as it is.
    """
    wanted = {
        path: make for path, make in pages_of_the_site().items() if not run.has(page_record(path))
    }
    if not wanted:
        return
    take_turns()
    new = []
    for path, make in wanted.items():
        parent = parent_of(path)
        fresh = parent and make()
        if not fresh or SetupRecord.objects.filter(name=page_record(path)).exists():
            continue
        existing = page_in_place_of(fresh, parent)
        if not existing:
            fresh.live = False
            parent.add_child(instance=fresh)
            new.append(fresh)
        run.record(page_record(path), existing or fresh, group="pages")
    for fresh in new:
        stored = type(fresh).objects.get(pk=fresh.pk)  # it knows of the pages now below it
        for field in stored._meta.get_fields():
            if isinstance(field, RichTextField):
                setattr(stored, field.name, with_page_links(getattr(stored, field.name)))
        stored.save_revision().publish()


def page_record(path: str) -> str:
    """Return the name of the record of the page at this path."""
    return f"page:{path}"


def parent_of(path: str) -> Page | None:
    if path == "home":
        return Page.get_first_root_node()
    return find(page_record(path.rpartition("/")[0] or "home"))


def page_in_place_of(fresh: Page, parent: Page) -> Page | None:
    """Return the page that people made before us where `fresh` would come, if any."""
    if fresh.max_count == 1 and (existing := type(fresh).objects.first()):
        return existing
    return parent.get_children().filter(slug=fresh.slug).first()


def point_site_to(home: HomePage) -> Site | None:
    """Make `home` the front page, unless people have set up a site of their own."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    welcome = site and site.root_page
    if site and not is_welcome(welcome):
        return None
    site = site or Site(is_default_site=True)
    site.hostname, site.port = host_and_port()
    site.site_name = home.title
    site.root_page = home
    site.save()
    if welcome:
        welcome.delete()
    return site


def is_welcome(page: Page) -> bool:
    """Tell whether this is the untouched page that Wagtail's migrations make."""
    return (
        page.title == WELCOME_TITLE
        and page.specific_class is Page
        and page.latest_revision_id is None
        and page.is_leaf()
    )


def host_and_port() -> tuple[str, int]:
    address = urlsplit(settings.BASE_URL)
    return address.hostname, address.port or (443 if address.scheme == "https" else 80)


def follow_base_url() -> None:
    """Move the site to the address that BASE_URL says now, unless people gave it another one."""
    record, site = SetupRecord.objects.get(name="site"), find("site")
    if not site:
        return
    host, port = host_and_port()
    wanted, current = f"{host}:{port}"[-64:], f"{site.hostname}:{site.port}"[-64:]
    if record.fingerprint == wanted or record.fingerprint not in ("", current):
        return
    site.hostname, site.port = host, port
    site.save()
    record.fingerprint = wanted
    record.save()


def make_settings(run: Run) -> None:
    site = Site.objects.filter(is_default_site=True).first()
    if not site:
        return
    texts = content("pages")["site"]
    values = {"organisation": texts["organisation"], "email": texts["email"]}
    run.once(
        "settings",
        lambda: SiteSettings.objects.get_or_create(site=site, defaults=values)[0],
        group="settings",
    )


def make_groups(run: Run) -> None:
    for name in (COLLECTION, WRITERS_COLLECTION):
        run.once(f"collection:{name}", lambda n=name: make_collection(n), group="collections")
    home, articles = HomePage.objects.first(), ArticleIndexPage.objects.first()
    collection = find(f"collection:{WRITERS_COLLECTION}")
    if home:
        run.once(f"group:{EDITORS}", lambda: make_editors(home), group="groups")
        for name, later in EDITORS_LATER.items():
            run.once(f"permissions:{EDITORS}/{name}", partial(allow_editors, later))
    if articles and collection:
        run.once(f"group:{WRITERS}", lambda: make_writers(articles, collection), group="groups")


def make_collection(name: str) -> Collection:
    root = Collection.get_first_root_node()
    return root.get_children().filter(name=name).first() or root.add_child(name=name)


def make_editors(home: HomePage) -> Group:
    group, _ = Group.objects.get_or_create(name=EDITORS)
    group.permissions.add(*map(permission, EDITORS_MODELS))
    for name in EDITORS_PAGES:
        allow_page(group, home, name)
    for name in EDITORS_FILES:
        allow_files(group, Collection.get_first_root_node(), name)
    return group


def allow_editors(permissions: list[str]) -> None:
    group = Group.objects.filter(name=EDITORS).first()
    if group:
        group.permissions.add(*map(permission, permissions))


def make_writers(articles: ArticleIndexPage, collection: Collection) -> Group:
    group, _ = Group.objects.get_or_create(name=WRITERS)
    group.permissions.add(permission("wagtailadmin.access_admin"))
    allow_page(group, articles, "wagtailcore.add_page")
    for name in WRITERS_FILES:
        allow_files(group, collection, name)
    return group


def permission(name: str) -> Permission:
    app, _, codename = name.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def allow_page(group: Group, page: Page, name: str) -> None:
    GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission(name))


def allow_files(group: Group, collection: Collection, name: str) -> None:
    GroupCollectionPermission.objects.get_or_create(
        group=group, collection=collection, permission=permission(name)
    )


def make_workflow(run: Run) -> None:
    editors = find(f"group:{EDITORS}")
    if editors:
        run.once("workflow", lambda: make_light_check(editors), group="workflow")
    workflow, questions = find("workflow"), QuestionIndexPage.objects.first()
    if workflow and questions:  # came later than the workflow itself
        run.once("workflow:questions", lambda: put_before(workflow, questions), group="workflow")


def put_before(workflow: Workflow, index: Page) -> WorkflowPage:
    """Let what comes below `index` go through this workflow, unless people chose another one."""
    return WorkflowPage.objects.get_or_create(page=index, defaults={"workflow": workflow})[0]


def make_light_check(editors: Group) -> Workflow:
    """Put the light check before the library, the articles and the stories."""
    workflow = Workflow.objects.create(name=WORKFLOW)
    task = LightCheckTask.objects.create(name=WORKFLOW)
    task.groups.add(editors)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for model in (LibraryPage, ArticleIndexPage, StoryIndexPage):
        for index in model.objects.all():
            put_before(workflow, index)
    return workflow


def make_mail_texts(run: Run) -> None:
    """Make a row for each mail, still with the standard text, and let editors change them."""
    for template in MAILS:
        run.once(
            f"mail text:{template}",
            lambda t=template: MailText.objects.get_or_create(template=t)[0],
            group="mail texts",
        )


def remove_stock(run: Run) -> None:
    """Take away the workflow and the groups that came with Wagtail, unless they are in use."""
    run.once("removed:workflow", remove_stock_workflow)
    for name, count in STOCK_GROUPS.items():
        run.once(f"removed:{name}", lambda n=name, c=count: remove_stock_group(n, c))


def remove_stock_workflow() -> None:
    workflow = Workflow.objects.filter(name=STOCK_WORKFLOW).first()
    if not workflow or workflow.workflow_states.exists():
        return
    tasks = [step.task.specific for step in workflow.workflow_tasks.all()]
    is_stock = (
        len(tasks) == 1
        and isinstance(tasks[0], GroupApprovalTask)
        and [group.name for group in tasks[0].groups.all()] == ["Moderators"]
        and all(link.page.is_root() for link in workflow.workflow_pages.all())
    )
    if is_stock:
        workflow.delete()
        tasks[0].delete()


def remove_stock_group(name: str, page_permissions: int) -> None:
    group = Group.objects.filter(name=name).first()
    if not group or group.user_set.exists():
        return
    pages = group.page_permissions.select_related("page")
    is_used = GroupApprovalTask.objects.filter(groups=group).exists()
    if not is_used and len(pages) == page_permissions and all(p.page.is_root() for p in pages):
        group.delete()
