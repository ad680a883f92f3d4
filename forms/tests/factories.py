"""A form page with its criteria and workflow, editors, and contributions sent through the door."""

import itertools
import uuid

from django.contrib.auth.models import Group, Permission, User
from django.contrib.messages import get_messages
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tasks_db.models import DBTaskResult
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from forms.forms import started_now
from forms.models import Contribution, ContributionFormPage, Criterion, LightCheckTask
from forms.start import KNOWN_ALREADY
from publications.models import Vocabulary
from publications.tests.factories import make_library, make_term, site_root
from stories.models import ArticleIndexPage

_number = itertools.count(1)

CRITERIA = ("volledig", "buurten", "voorzieningen", "pijlers")


def make_editors() -> Group:
    """Return the group Redactie: editors who publish, and are not superusers."""
    group, is_new = Group.objects.get_or_create(name="Redactie")
    if is_new:
        codenames = ["access_admin", "view_contribution", "change_contribution", "view_outboxmail"]
        codenames += ["view_mailtext", "change_mailtext", "change_writerrequest", "change_author"]
        group.permissions.set(Permission.objects.filter(codename__in=codenames))
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailcore",
            codename__in=["add_page", "change_page", "publish_page", "bulk_delete_page"],
        ):
            GroupPagePermission.objects.create(group=group, page=site_root(), permission=permission)
        for permission in Permission.objects.filter(
            content_type__app_label="wagtaildocs",
            codename__in=["add_document", "change_document", "choose_document"],
        ):
            GroupCollectionPermission.objects.create(
                group=group, collection=Collection.get_first_root_node(), permission=permission
            )
    return group


def make_editor(**fields) -> User:
    fields.setdefault("username", f"redacteur-{next(_number)}")
    user = User.objects.create_user(**fields)
    user.groups.add(make_editors())
    return user


def make_writer(**fields) -> User:
    """Return a member of Schrijvers: may write articles, sees no contributions."""
    group, is_new = Group.objects.get_or_create(name="Schrijvers")
    if is_new:
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        GroupPagePermission.objects.create(
            group=group,
            page=make_article_index(),
            permission=Permission.objects.get(codename="add_page"),
        )
    fields.setdefault("username", f"schrijver-{next(_number)}")
    user = User.objects.create_user(**fields)
    user.groups.add(group)
    return user


def browser_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_article_index() -> ArticleIndexPage:
    return ArticleIndexPage.objects.first() or site_root().add_child(
        instance=ArticleIndexPage(title="Artikelen", slug="artikelen")
    )


def make_form_page() -> ContributionFormPage:
    """Make “Voeg kennis toe” with four criteria, the vocabularies it asks about, and a workflow."""
    existing = ContributionFormPage.objects.first()
    if existing:
        return existing
    page = site_root().add_child(
        instance=ContributionFormPage(title="Voeg kennis toe", slug="voeg-kennis-toe")
    )
    for place, slug in enumerate(CRITERIA):
        Criterion.objects.create(
            page=page,
            sort_order=place,
            slug=slug,
            label=slug.capitalize(),
            question=f"Klopt het voor {slug}?",
            review_question=f"Is het goed voor {slug}?",
            mail_sentence=f"Het past niet bij {slug}.",
        )
    make_term(slug="sociale-cohesie")
    make_term(slug="sociale-inclusie")
    make_term(vocabulary=Vocabulary.KIND, slug="onderzoek")
    make_term(vocabulary=Vocabulary.FACILITY, slug="buurthuis")
    task = LightCheckTask.objects.create(name="Lichte check")
    task.groups.add(make_editors())
    workflow = Workflow.objects.create(name="Lichte check")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    for parent in (make_library(), make_article_index()):
        WorkflowPage.objects.create(page=parent, workflow=workflow)
    return page


def publication_answers(**changes) -> dict:
    return {
        "deur": "publicatie",
        "titel": "Samen eten, samen weten",
        "soort": "onderzoek",
        "jaar": "2024",
        "auteurs": "Meta de Lange\nMovisie",
        "samenvatting": "In de buurtkeuken leren bewoners elkaar kennen.",
        "link": "https://voorbeeld.example/samen-eten",
        "pijlers": ["sociale-cohesie"],
        "voorzieningen": ["buurthuis"],
        "naam": "Fenna de Boer",
        "email": "fenna@voorbeeld.example",
        **{f"criterium_{slug}": "ja" for slug in CRITERIA},
        **changes,
    }


def tip_answers(**changes) -> dict:
    return {
        "deur": "tip",
        "wat": "https://voorbeeld.example/tip",
        "waarom": "Zo doe je dat, een buurtmaaltijd.",
        "email": "fenna@voorbeeld.example",
        **changes,
    }


def article_answers(**changes) -> dict:
    return {
        "deur": "artikel",
        "titel": "Een bankje voor de deur",
        "tekst": "Joke zette een bankje neer.\n\nNu kent ze iedereen.",
        "naam": "Joke Visser",
        "email": "joke@voorbeeld.example",
        **changes,
    }


ANSWERS = {"publicatie": publication_answers, "tip": tip_answers, "artikel": article_answers}


def answers_for(deur="publicatie", **changes) -> dict:
    """Return a complete set of answers for a door; None takes one out."""
    answers = ANSWERS[deur](**changes)
    return {name: value for name, value in answers.items() if value is not None}


def hidden_answers() -> dict:
    """Return what the form hides: the key of this form, and the time it was opened."""
    return {"sleutel": new_key(), "begonnen": started_now()}


def send(client, hidden=(), **changes):
    """Fill in the form and send it, as a visitor does. Return the response."""
    make_form_page()
    answers = {**hidden_answers(), **dict(hidden), **answers_for(**changes)}
    return client.post("/voeg-kennis-toe/", answers)


def faults(response) -> dict[str, list[str]]:
    """Return what the form in a response finds wrong, as {question: messages}."""
    return {name: list(messages) for name, messages in response.context["form"].errors.items()}


def contribute(client, **changes) -> tuple[Contribution, str]:
    """Send a contribution, also of what is there already. Return the case and its status page."""
    response = send(client, hidden={KNOWN_ALREADY: "ja"}, **changes)
    assert response.status_code == 302, response.context["form"].errors
    return Contribution.objects.latest("pk"), response.url


def upload(content: bytes, name="rapport.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def decision(contribution, action="approve", **changes) -> dict:
    """Return what the review view's form posts for a decision."""
    contribution.refresh_from_db()
    answers = {
        "actie": action,
        "revisie": str(contribution.page.latest_revision_id) if contribution.page else "",
        "mail_versturen": "on",
        **changes,
    }
    if action == "approve":
        answers = {f"criterium_{slug}": "ja" for slug in CRITERIA} | answers
    elif action in ("reject", "decline"):
        answers = {"reden": "Kun je iets meer vertellen?"} | answers
    return answers


def review_url(contribution) -> str:
    return f"/admin/bijdragen/{contribution.pk}/"


def edit_url(page) -> str:
    return f"/admin/pages/{page.pk}/edit/"


def page_form(page, **changes) -> dict:
    """Return what the page editor's form posts for a publication as its draft is now."""
    draft = page.specific.get_latest_revision_as_object()
    return {
        "title": draft.title,
        "slug": draft.slug,
        "kind": draft.kind_id,
        "summary": draft.summary,
        "source_url": draft.source_url,
        "organisation": draft.organisation,
        "language": draft.language,
        "pillars": [pillar.pk for pillar in draft.pillars.all()],
        **{
            f"{name}-{count}": "0"
            for name in ("authors", "takeaways", "builds_on", "comments")
            for count in ("TOTAL_FORMS", "INITIAL_FORMS")
        },
        **changes,
    }


def told(response) -> list[str]:
    """Return what the site said to whoever got this response."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def work() -> None:
    """Do what waits for the worker: read documents, send mail."""
    for result in DBTaskResult.objects.ready():
        result.task.call(*result.args_kwargs["args"], **result.args_kwargs["kwargs"])
        result.delete()


def sent_mail(recipient: str) -> list[str]:
    return [m.subject for m in mail.outbox if m.to == [recipient]]


def new_key() -> str:
    return str(uuid.uuid4())
