import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision, Workflow, WorkflowPage

from forms.models import Contribution, Criterion, LightCheckTask, LightCheckTaskState, Status
from forms.tests.factories import (
    CRITERIA,
    browser_of,
    contribute,
    decision,
    edit_url,
    make_editor,
    make_form_page,
    make_writer,
    page_form,
    review_url,
    told,
    upload,
)
from publications.models import PublicationPage
from publications.tests.factories import make_publication
from stories.tests.factories import make_article

pytestmark = pytest.mark.django_db

ALL_YES = {f"criterium_{slug}": "ja" for slug in CRITERIA}


def state(contribution) -> list:
    """Return [status, whether its page is live] as they are now; None when there is no page."""
    contribution = Contribution.objects.with_status().select_related("page").get(pk=contribution.pk)
    return [contribution.status, contribution.page and contribution.page.live]


WAITING = ["in-lichte-check", False]


# Nothing but the light check publishes a page that waits for it


def press_publish(browser, page):
    browser.post(edit_url(page), page_form(page, **{"action-publish": "1"}))


def publish_in_bulk(browser, page):
    browser.post(f"/admin/bulk/wagtailcore/page/publish/?id={page.pk}")


def publish_all_below(browser, page):
    browser.post(
        f"/admin/bulk/wagtailcore/page/publish/?id={page.get_parent().pk}",
        {"include_descendants": "on"},
    )


def schedule_and_wait(browser, page):
    tomorrow = timezone.localtime() + timedelta(days=1)
    when = {"go_live_at": tomorrow.strftime("%Y-%m-%d %H:%M"), "action-publish": "1"}
    browser.post(edit_url(page), page_form(page, **when))
    let_a_day_pass()


def schedule_set_earlier(browser, page):
    Revision.objects.filter(pk=page.latest_revision_id).update(
        approved_go_live_at=timezone.now() + timedelta(hours=1)
    )
    let_a_day_pass()


def let_a_day_pass():
    """Set every schedule a day back, and do what the hourly command does."""
    for revision in Revision.objects.exclude(approved_go_live_at=None):
        past = revision.approved_go_live_at - timedelta(days=2)
        if revision.content["go_live_at"]:
            revision.content["go_live_at"] = past.isoformat()
        revision.approved_go_live_at = past
        revision.save()
    call_command("publish_scheduled")


@pytest.mark.parametrize(
    "publish",
    [press_publish, publish_in_bulk, publish_all_below, schedule_and_wait, schedule_set_earlier],
)
def test_pages_of_editors_go_online_and_undecided_contributions_do_not(
    client, publish, editor, superuser
):
    contribution, _ = contribute(client)
    own = [make_publication(live=False), make_publication(live=False)]

    for browser, page in zip((editor, superuser), own, strict=True):
        publish(browser, contribution.page)
        publish(browser, page)

    assert PublicationPage.objects.live().filter(pk__in=[page.pk for page in own]).count() == 2
    assert state(contribution) == WAITING


def test_schedule_of_another_page_goes_through_in_the_same_run(client, editor):
    contribution, _ = contribute(client)
    own = make_publication(live=False)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    for place, page in enumerate((contribution.page, own)):
        Revision.objects.filter(object_id=str(page.pk)).update(
            approved_go_live_at=an_hour_ago + timedelta(minutes=place)
        )

    call_command("publish_scheduled")

    own.refresh_from_db()
    assert own.live
    assert state(contribution) == WAITING
    assert not Revision.objects.exclude(approved_go_live_at=None).exists()


def approve_in_page_editor(browser, page, action="approve", **answers):
    return browser.post(
        edit_url(page),
        page_form(page)
        | {"action-workflow-action": "1", "workflow-action-name": action}
        | {"workflow-action-extra-data": json.dumps(answers)},
    )


def test_page_editor_approves_with_the_criteria_only(client, editor):
    contribution, _ = contribute(client)

    without = [
        approve_in_page_editor(editor, contribution.page, **answers).url
        for answers in ({}, {"criterium_volledig": "ja"}, {"comment": "prima"})
    ]
    before = state(contribution)
    answers = LightCheckTaskState.objects.get().answers
    approve_in_page_editor(editor, contribution.page, **ALL_YES)

    assert without == ["/admin/"] * 3
    assert [before, answers] == [WAITING, {}]
    assert state(contribution) == ["gepubliceerd", True]


def workflow_modal(contribution, action) -> str:
    return reverse(
        "wagtailadmin_pages:workflow_action",
        args=[contribution.page_id, action, contribution.task_state().pk],
    )


def test_modal_of_wagtail_asks_the_criteria_and_decides(client, editor):
    contribution, _ = contribute(client)
    url = workflow_modal(contribution, "approve")
    ajax = {"headers": {"x-requested-with": "XMLHttpRequest"}}

    shown = json.loads(editor.get(url, **ajax).content)["html"]
    empty = json.loads(editor.post(url, {}, **ajax).content)
    after_empty = state(contribution)
    full = json.loads(editor.post(url, ALL_YES, **ajax).content)

    assert all(f"Is het goed voor {slug}?" in shown for slug in CRITERIA)
    assert [empty["step"], after_empty] == ["action", WAITING]
    assert "Beantwoord: Is het goed voor buurten?" in empty["html"]
    assert full["step"] == "success"
    assert state(contribution) == ["gepubliceerd", True]
    assert [m.template for m in contribution.mails.order_by("pk")] == [
        "ontvangen",
        "redactie",
        "gepubliceerd",
    ]


def test_modal_of_wagtail_declines_and_leads_back_to_the_case(client, editor):
    contribution, _ = contribute(client)

    response = editor.post(workflow_modal(contribution, "decline"), {"reden": "Past niet."})

    assert response.url == review_url(contribution)
    assert state(contribution) == ["niet-geplaatst", None]


def test_page_editor_declines(client, editor):
    contribution, _ = contribute(client)

    response = approve_in_page_editor(editor, contribution.page, "decline", reden="Past niet.")

    assert response.status_code == 302
    assert state(contribution) == ["niet-geplaatst", None]


def test_modal_of_wagtail_refuses_what_is_incomplete(client, editor):
    contribution, _ = contribute(client, deur="tip")

    response = editor.post(workflow_modal(contribution, "approve"), ALL_YES)

    assert response.status_code == 302
    assert state(contribution) == WAITING


def test_review_view_takes_no_decision_from_others(client, writer):
    contribution, _ = contribute(client)
    actions = ["approve", "reject", "decline", "spam", "heropen", "opnieuw"]

    answers = {
        (
            browser.get(review_url(contribution)).url,
            browser.post(review_url(contribution), data).url,
        )
        for data in (decision(contribution, action) for action in actions)
        for browser in (writer, Client())
    }

    login = f"/admin/login/?next={review_url(contribution)}"
    assert answers == {("/admin/", "/admin/"), (login, login)}
    assert state(contribution) == WAITING
    assert contribution.events.count() == 1


def test_modal_of_wagtail_takes_no_decision_from_others(client, writer):
    contribution, _ = contribute(client)

    for browser in (writer, Client()):
        response = browser.post(workflow_modal(contribution, "approve"), ALL_YES)
        assert response.status_code == 302

    assert state(contribution) == WAITING


def copy(browser, page, **answers):
    browser.post(
        f"/admin/pages/{page.pk}/copy/",
        {
            "new_title": "Kopie",
            "new_slug": "kopie",
            "new_parent_page": str(page.get_parent().pk),
            "publish_copies": "on",
            **answers,
        },
    )
    return Page.objects.filter(slug="kopie").exists()


@pytest.mark.parametrize("answers", [{}, {"alias": "on"}])
def test_undecided_page_cannot_be_copied(client, editor, superuser, answers):
    contribution, _ = contribute(client)

    assert not copy(editor, contribution.page, **answers)
    assert not copy(superuser, contribution.page, **answers)
    assert copy(editor, make_publication(live=False), **answers)


def test_pages_above_undecided_ones_cannot_be_copied_with_them(client, editor):
    contribution, _ = contribute(client)
    library = contribution.page.get_parent()

    assert not copy(editor, library, copy_subpages="on")
    assert PublicationPage.objects.count() == 1


# Deleting and cancelling


def delete(browser, page):
    return browser.post(f"/admin/pages/{page.pk}/delete/")


def delete_in_bulk(browser, page):
    return browser.post(f"/admin/bulk/wagtailcore/page/delete/?id={page.pk}")


@pytest.mark.parametrize("remove", [delete, delete_in_bulk])
def test_undecided_page_and_those_above_it_cannot_be_deleted(client, editor, superuser, remove):
    contribution, _ = contribute(client)
    own = make_publication(live=False)

    for browser in (editor, superuser):
        remove(browser, contribution.page)
        response = remove(browser, contribution.page.get_parent())
    remove(editor, own)

    why = "Deze pagina blijft staan: er horen bijdragen bij die nog in de lichte check liggen."
    assert why in told(response)
    assert not Page.objects.filter(pk=own.pk).exists()
    assert state(contribution) == WAITING


def test_cancelled_check_stays_in_sight_and_can_be_started_again(client, editor):
    contribution, _ = contribute(client)
    cancel = {"action-cancel-workflow": "1"}
    editor.post(edit_url(contribution.page), page_form(contribution.page, **cancel))
    cancelled = state(contribution)
    dashboard = editor.get("/admin/").content.decode()
    review = editor.get(review_url(contribution)).content.decode()
    too_early = editor.post(review_url(contribution), decision(contribution))

    restarted = editor.post(review_url(contribution), {"actie": "opnieuw"}, follow=True)
    waiting = state(contribution)
    editor.post(review_url(contribution), decision(contribution))

    assert cancelled == ["ontvangen", False]
    assert contribution.reference in dashboard
    assert "Leg terug in de lichte check" in review
    assert told(too_early) == ["Deze bijdrage wacht nu niet op de redactie."]
    assert f"{contribution.reference} ligt weer in de lichte check." in restarted.content.decode()
    assert waiting == WAITING
    assert state(contribution) == ["gepubliceerd", True]


def test_check_that_is_waiting_is_not_started_again(client, editor):
    contribution, _ = contribute(client)

    response = editor.post(review_url(contribution), {"actie": "opnieuw"})

    assert told(response) == ["Deze bijdrage ligt al in de lichte check."]
    assert contribution.events.count() == 1


def test_question_without_an_answer_can_be_taken_back(client, editor):
    contribution, _ = contribute(client)
    editor.post(review_url(contribution), decision(contribution, "reject"))
    asked = state(contribution)

    editor.post(review_url(contribution), {"actie": "opnieuw"})

    assert asked == ["aanvulling-gevraagd", False]
    assert state(contribution) == WAITING


def test_contribution_without_a_light_check_is_kept_and_can_be_decided_later(client, editor):
    contribution, _ = contribute(client)
    workflow = Workflow.objects.get(name="Lichte check")
    workflow.deactivate()
    WorkflowPage.objects.all().delete()
    later, _ = contribute(client, titel="Later")
    refused = editor.post(review_url(later), {"actie": "opnieuw"})
    without = [state(contribution), state(later)]

    Workflow.objects.update(active=True)
    WorkflowPage.objects.create(page=later.page.get_parent(), workflow=workflow)
    for case in (contribution, later):
        editor.post(review_url(case), {"actie": "opnieuw"})

    assert without == [["ontvangen", False]] * 2
    why = "Er is geen werkstroom met een lichte check voor deze pagina."
    assert told(refused) == [f"{why} Vraag de beheerder om die in te stellen."]
    assert [state(contribution), state(later)] == [WAITING] * 2


def test_another_workflow_does_not_publish_and_gives_way_to_the_light_check(client, superuser):
    contribution, _ = contribute(client)
    library = contribution.page.get_parent()
    light_check = library.workflowpage.workflow
    library.workflowpage.delete()
    later, _ = contribute(client, titel="Later")  # under Wagtail's own workflow
    page = later.page.specific
    superuser.post(article_modal(page, "approve"), {"comment": "Prima"})
    approved = state(later)

    WorkflowPage.objects.create(page=library, workflow=light_check)
    superuser.post(review_url(later), {"actie": "opnieuw"})
    superuser.post(review_url(later), decision(later))

    assert approved == WAITING
    assert page.workflow_states.count() == 2
    assert state(later) == ["gepubliceerd", True]


def test_draft_that_was_deleted_in_code_is_made_again_from_what_was_sent(client, editor):
    contribution, status_url = contribute(client, bestand=upload(b"%PDF-1.7"), recht="eigen")
    document = contribution.page.specific.document
    contribution.page.specific.delete()
    gone = state(contribution)
    pages = [client.get(status_url).status_code, editor.get(review_url(contribution)).status_code]

    editor.post(review_url(contribution), {"actie": "opnieuw"})

    contribution.refresh_from_db()
    assert gone == ["ontvangen", None]
    assert pages == [200, 200]
    assert state(contribution) == WAITING
    assert contribution.page.title == "Samen eten, samen weten"
    assert contribution.page.specific.document == document


# Deciding


def test_review_shows_what_was_sent_and_asks_the_criteria(client, editor):
    contribution, _ = contribute(client, bestand=upload(b"%PDF-1.7", "eten.pdf"), recht="eigen")

    page = editor.get(review_url(contribution)).content.decode()

    for text in (
        contribution.reference,
        "Samen eten, samen weten",
        "In de buurtkeuken leren bewoners elkaar kennen.",
        "https://voorbeeld.example/samen-eten",
        "eten.pdf",
        "Fenna de Boer",
        "fenna@voorbeeld.example",
        *(f"Is het goed voor {slug}?" for slug in CRITERIA),
        *(f"Het past niet bij {slug}." for slug in CRITERIA),
        "We hebben nog een vraag",
        "Goed nieuws",
        "We plaatsen het niet",
    ):
        assert text in page


def test_approving_needs_an_answer_to_every_criterion(client, editor):
    contribution, _ = contribute(client)
    answers = decision(contribution, criterium_buurten="", criterium_pijlers="misschien")

    response = editor.post(review_url(contribution), answers)

    form = response.context["forms"]["approve"]
    assert form.errors.as_data().keys() == {"criterium_buurten", "criterium_pijlers"}
    assert form.errors["criterium_buurten"] == ["Beantwoord: Is het goed voor buurten?"]
    assert form["criterium_volledig"].value() == "ja"
    assert state(contribution) == WAITING


def test_no_needs_one_sentence_why_it_is_placed_all_the_same(client, editor):
    contribution, _ = contribute(client)
    refused = editor.post(review_url(contribution), decision(contribution, criterium_buurten="nee"))
    before = state(contribution)

    why = {"criterium_buurten": "nee", "notitie_buurten": "Het helpt elke buurt."}
    editor.post(review_url(contribution), decision(contribution, **why))

    assert refused.context["forms"]["approve"].errors == {
        "notitie_buurten": ["Zeg in één zin waarom je het toch plaatst."]
    }
    assert before == WAITING
    assert state(contribution) == ["gepubliceerd", True]
    answers = LightCheckTaskState.objects.get().answers
    assert answers == {slug: {"antwoord": "ja", "notitie": ""} for slug in CRITERIA} | {
        "buurten": {"antwoord": "nee", "notitie": "Het helpt elke buurt."}
    }


@pytest.mark.parametrize(
    ("action", "sentence"), [("reject", "Schrijf je vraag."), ("decline", "Schrijf de reden.")]
)
def test_asking_and_declining_need_a_reason(client, editor, action, sentence):
    contribution, _ = contribute(client)

    response = editor.post(review_url(contribution), decision(contribution, action, reden=" "))

    assert response.context["forms"][action].errors == {"reden": [sentence]}
    assert state(contribution) == WAITING


def test_tip_is_published_only_when_it_is_complete(client, editor):
    contribution, _ = contribute(client, deur="tip")

    response = editor.post(review_url(contribution), decision(contribution))

    missing = "Kies de soort. Schrijf de samenvatting. Kies minstens één pijler."
    assert told(response) == [missing]
    assert state(contribution) == WAITING
    assert LightCheckTaskState.objects.get().answers == {}


def test_contribution_with_a_date_of_its_own_is_not_said_to_be_online(client, editor):
    contribution, _ = contribute(client)
    tomorrow = timezone.localtime() + timedelta(days=1)
    when = tomorrow.strftime("%Y-%m-%d %H:%M")
    editor.post(edit_url(contribution.page), page_form(contribution.page, go_live_at=when))

    response = editor.post(review_url(contribution), decision(contribution))

    assert told(response)[-1:] == ["Het concept heeft een publicatiedatum. Haal die eerst weg."]
    assert state(contribution) == WAITING


def test_own_corrections_of_the_editor_are_published(client, editor):
    contribution, _ = contribute(client)
    corrected = page_form(contribution.page, title="Samen eten in de wijk")
    editor.post(edit_url(contribution.page), corrected)

    editor.post(review_url(contribution), decision(contribution))

    contribution.refresh_from_db()
    assert contribution.page.title == "Samen eten in de wijk"
    assert state(contribution) == ["gepubliceerd", True]


def test_outcome_says_who_decided_when_and_why(client, editor):
    contribution, _ = contribute(client)

    editor.post(review_url(contribution), decision(contribution, "decline", reden="Past niet."))

    contribution.refresh_from_db()
    assert contribution.decided_by.groups.get().name == "Redactie"
    assert contribution.outcome_reason == "Past niet."
    assert timezone.now() - contribution.decided_at < timedelta(minutes=1)
    assert [(e.what, e.text, e.by) for e in contribution.events.all()] == [
        ("ontvangen", "", None),
        ("niet-geplaatst", "Past niet.", contribution.decided_by),
    ]


def test_second_editor_is_told_who_decided_and_nothing_is_decided_twice(client, editor):
    contribution, _ = contribute(client)
    second = browser_of(make_editor())
    late = decision(contribution, "decline", reden="Past niet.")
    editor.force_login(make_editor(first_name="Eva", last_name="de Wit"))
    editor.post(review_url(contribution), decision(contribution))

    responses = [
        second.post(review_url(contribution), answers)
        for answers in (late, {"actie": "spam"}, {"actie": "opnieuw"})
    ]

    said = "Deze bijdrage is al afgehandeld: gepubliceerd door Eva de Wit."
    assert [told(response) for response in responses] == [[said]] * 3
    assert state(contribution) == ["gepubliceerd", True]
    assert contribution.mails.filter(template="gepubliceerd").count() == 1
    assert not contribution.mails.filter(template="niet-geplaatst").exists()


@pytest.mark.parametrize("action", ["approve", "decline"])
def test_second_editor_is_told_when_the_first_one_declined(client, editor, action):
    contribution, _ = contribute(client)
    late = decision(contribution, action)
    second = browser_of(make_editor())
    editor.post(review_url(contribution), decision(contribution, "decline"))

    response = second.post(review_url(contribution), late)

    who = Contribution.objects.get().decided_by.username
    assert told(response) == [f"Deze bijdrage is al afgehandeld: niet geplaatst door {who}."]
    assert contribution.mails.filter(template="niet-geplaatst").count() == 1


def test_modal_of_wagtail_is_no_error_when_somebody_was_first(client, editor):
    contribution, _ = contribute(client)
    url = workflow_modal(contribution, "reject")
    second = browser_of(make_editor())
    editor.post(url, {"reden": "Welke wijk?"})

    response = second.post(url, {"reden": "Welke stad?"})

    assert response.status_code == 302
    assert state(contribution) == ["aanvulling-gevraagd", False]
    assert contribution.question().text == "Welke wijk?"


def test_editor_first_looks_at_what_the_contributor_just_changed(client, editor):
    contribution, status_url = contribute(client)
    answers = decision(contribution)
    form = client.get(f"{status_url}wijzigen/").context["form"]
    changed = {f.name: f.value() for f in form if f.value()} | {"samenvatting": "Anders."}
    client.post(f"{status_url}wijzigen/", changed)

    late = editor.post(review_url(contribution), answers)
    after_late = state(contribution)
    editor.post(review_url(contribution), decision(contribution))

    why = "De inzender heeft het concept net veranderd."
    assert told(late) == [f"{why} Kijk het nog eens na; je antwoorden staan er nog."]
    assert late.context["forms"]["approve"]["criterium_volledig"].value() == "ja"
    assert after_late == WAITING
    assert contribution.page.specific.summary == "Anders."
    assert state(contribution) == ["gepubliceerd", True]


def test_editor_outside_the_group_of_the_check_is_told(client):
    contribution, _ = contribute(client)
    helper = make_writer()
    helper.user_permissions.add(Permission.objects.get(codename="change_contribution"))
    browser = browser_of(helper)

    response = browser.post(review_url(contribution), decision(contribution))

    assert told(response) == ["Je mag hier niet over beslissen."]
    assert state(contribution) == WAITING


def test_unknown_button_does_nothing(client, editor):
    contribution, _ = contribute(client)

    response = editor.post(review_url(contribution), decision(contribution, "ontploffen"))

    assert response.status_code == 200
    assert state(contribution) == WAITING


# What is not placed leaves no page, and can come back


def decline(browser, status_url, contribution):
    browser.post(review_url(contribution), decision(contribution, "decline"))


def spam(browser, status_url, contribution):
    browser.post(review_url(contribution), {"actie": "spam"})


def withdraw(browser, status_url, contribution):
    Client().post(status_url, {"actie": "intrekken"})


@pytest.mark.parametrize(
    ("end", "status"), [(decline, "niet-geplaatst"), (spam, "spam"), (withdraw, "ingetrokken")]
)
def test_what_is_not_placed_leaves_no_page_and_can_be_reopened(client, editor, end, status):
    contribution, status_url = contribute(client, bestand=upload(b"%PDF-1.7"), recht="eigen")
    document = contribution.page.specific.document

    end(editor, status_url, contribution)
    ended = state(contribution)
    pages = PublicationPage.objects.count()
    document_codes = [browser.get(document.url).status_code for browser in (client, editor)]
    editor.post(review_url(contribution), {"actie": "heropen", "notitie": "Toch eens kijken."})

    assert ended == [status, None]
    assert pages == 0
    assert document_codes == [404, 200]
    assert state(contribution) == WAITING
    page = PublicationPage.objects.get()
    assert [page.title, page.document, page.pillar_slugs, page.author_names] == [
        "Samen eten, samen weten",
        document,
        ["sociale-cohesie"],
        ["Meta de Lange", "Movisie"],
    ]
    assert contribution.submissions.count() == 1
    assert contribution.events.last().text == "Toch eens kijken."


def test_reopened_publication_goes_offline_and_can_be_decided_anew(client, editor):
    contribution, _ = contribute(client)
    page_url = contribution.page.get_url()
    editor.post(review_url(contribution), decision(contribution))
    online = client.get(page_url).status_code

    editor.post(review_url(contribution), {"actie": "heropen"})
    reopened = [state(contribution), client.get(page_url).status_code]
    editor.post(review_url(contribution), decision(contribution))

    assert online == 200
    assert reopened == [WAITING, 410]  # it was public once
    assert state(contribution) == ["gepubliceerd", True]
    assert [m.template for m in contribution.mails.order_by("pk")] == [
        "ontvangen",
        "redactie",
        "gepubliceerd",
        "heropend",
        "gepubliceerd",
    ]


def test_reopening_what_is_open_is_refused(client, editor):
    contribution, _ = contribute(client)

    response = editor.post(review_url(contribution), {"actie": "heropen"})

    assert told(response) == ["Deze bijdrage is al open."]


def test_reopened_contribution_makes_way_for_a_page_that_took_its_address(client, editor):
    contribution, _ = contribute(client)
    editor.post(review_url(contribution), decision(contribution, "decline"))
    make_publication(title="Samen eten, samen weten")

    editor.post(review_url(contribution), {"actie": "heropen"})

    contribution.refresh_from_db()
    assert contribution.page.slug == "samen-eten-samen-weten-2"


def test_published_page_that_was_deleted_comes_back_when_reopened(client, editor):
    contribution, status_url = contribute(client)
    editor.post(review_url(contribution), decision(contribution))
    delete(editor, contribution.page)
    gone = [state(contribution), client.get(status_url).context["is_gone"]]

    editor.post(review_url(contribution), {"actie": "heropen"})

    assert gone == [["gepubliceerd", None], True]
    assert state(contribution) == WAITING


# The criteria, once


def test_reworded_criterion_changes_self_check_review_and_mail(client, editor):
    contribution, _ = contribute(client)
    Criterion.objects.filter(slug="buurten").update(
        label="Gaat over wijken",
        question="Gaat het over een wijk?",
        review_question="Gaat dit echt over wijken?",
        mail_sentence="Het gaat niet over een wijk.",
    )

    form = client.get("/voeg-kennis-toe/").content.decode()
    review = editor.get(review_url(contribution)).content.decode()
    editor.post(
        review_url(contribution),
        decision(contribution, "decline", reden="", zinnen=["criterium_buurten"]),
    )

    assert "Gaat over wijken" in form
    assert "Gaat het over een wijk?" in form
    assert "Gaat dit echt over wijken?" in review
    mail = contribution.mails.get(template="niet-geplaatst")
    assert "Het gaat niet over een wijk." in mail.body


def test_criterion_can_be_removed_after_it_was_answered(client, editor):
    contribution, status_url = contribute(client)
    Criterion.objects.get(slug="buurten").delete()

    shown = [
        client.get(f"{status_url}wijzigen/").status_code,
        editor.get(review_url(contribution)).status_code,
    ]
    editor.post(review_url(contribution), decision(contribution))

    assert shown == [200, 200]
    assert state(contribution) == ["gepubliceerd", True]
    assert ["Klopt het voor buurten?", "Ja"] in contribution.submissions.get().sent
    assert set(LightCheckTaskState.objects.get().answers) == set(CRITERIA) - {"buurten"}


def form_page_form(**changes) -> dict:
    """Return what the page editor posts for the form page with its criteria."""
    rows = list(Criterion.objects.all())
    texts = ("slug", "label", "question", "help_text", "review_question", "mail_sentence")
    fields = {
        f"criteria-{n}-{name}": getattr(row, name)
        for n, row in enumerate(rows)
        for name in ("id", *texts)
    }
    places = {f"criteria-{n}-ORDER": n + 1 for n in range(len(rows))}
    counts = {
        f"{name}-{count}": 0
        for name in ("form_fields", "standard_reasons", "comments")
        for count in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    counts |= {"criteria-TOTAL_FORMS": len(rows), "criteria-INITIAL_FORMS": len(rows)}
    sides = dict.fromkeys(("publication_side", "tip_side", "article_side", "thanks_text"), "null")
    page = {"title": "Voeg kennis toe", "slug": "voeg-kennis-toe", "thanks_title": "Bedankt!"}
    own = {"answer_within_days": 10, "action-publish": "1"}
    return fields | places | counts | sides | page | own | changes


def test_editor_rewords_a_criterion_on_the_form_page(client, editor):
    url = edit_url(make_form_page())

    twice = editor.post(url, form_page_form(**{"criteria-1-slug": "volledig"}))
    once = editor.post(url, form_page_form(**{"criteria-1-question": "Is het van de buurt?"}))

    assert [twice.status_code, once.status_code] == [200, 302]
    assert [(c.slug, c.question) for c in Criterion.objects.all()] == [
        (slug, "Is het van de buurt?" if slug == "buurten" else f"Klopt het voor {slug}?")
        for slug in CRITERIA
    ]
    assert "Is het van de buurt?" in client.get("/voeg-kennis-toe/").content.decode()


# A writer's own article goes through the same check


@pytest.fixture
def article(client):
    """An article of a writer, put before the editors in the admin."""
    contribute(client)
    writer = make_writer()
    article = make_article(live=False, owner=writer)
    article.get_workflow().start(article, writer)
    return article


def article_modal(article, action) -> str:
    task_state = article.current_workflow_task_state
    return reverse("wagtailadmin_pages:workflow_action", args=[article.pk, action, task_state.pk])


def test_article_of_a_writer_is_approved_by_the_criteria(article, editor):
    actions = article.current_workflow_task.get_actions(article, make_editor())
    editor.post(article_modal(article, "approve"), {})
    article.refresh_from_db()
    without = article.live

    editor.post(article_modal(article, "approve"), ALL_YES)

    article.refresh_from_db()
    assert [name for name, *_ in actions] == ["reject", "approve"]
    assert [without, article.live] == [False, True]
    assert Contribution.objects.get().mails.count() == 2


def test_article_of_a_writer_is_sent_back_with_a_reason(article, editor):
    editor.post(article_modal(article, "reject"), {"reden": "Noem ook de wijk."})

    workflow = article.current_workflow_state
    assert workflow.status == "needs_changes"
    assert workflow.current_task_state.comment == "Noem ook de wijk."


def test_article_of_a_writer_cannot_be_declined_as_a_contribution(article, editor):
    response = editor.post(article_modal(article, "decline"), {"reden": "Nee."})

    assert response.status_code == 302
    assert article.current_workflow_state.status == "in_progress"


def test_writer_cannot_publish(article, client):
    browser = browser_of(article.owner)

    form = {"title": "Zelf gepubliceerd", "slug": article.slug, "body-count": "0"}
    browser.post(edit_url(article), {**form, "action-publish": "1"})
    browser.post(article_modal(article, "approve"), ALL_YES)

    article.refresh_from_db()
    assert not article.live


def test_light_check_without_groups_leaves_deciding_to_superusers(client, editor, superuser):
    contribution, _ = contribute(client)
    LightCheckTask.objects.get().groups.remove(Group.objects.get(name="Redactie"))

    editor.post(review_url(contribution), decision(contribution))
    before = state(contribution)
    superuser.post(review_url(contribution), decision(contribution))

    assert before == WAITING
    assert state(contribution) == ["gepubliceerd", True]


def test_status_is_computed_from_facts_and_workflow(client, editor):
    cases = [contribute(client, titel=f"Nummer {number}")[0] for number in range(3)]
    editor.post(review_url(cases[0]), decision(cases[0], "reject"))
    editor.post(review_url(cases[1]), decision(cases[1]))

    waiting = list(Contribution.objects.waiting_for_editors())

    assert [case.current_status() for case in cases] == [
        Status.QUESTION,
        Status.PUBLISHED,
        Status.IN_CHECK,
    ]
    assert waiting == [cases[2]]
