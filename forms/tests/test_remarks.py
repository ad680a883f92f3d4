import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client

from forms.confirmation import confirm
from forms.models import Contact, Contribution, PracticeUse, Status
from forms.tests.factories import browser_of, make_editor, review_url, told, work
from forms.tests.remarks import remark_decision, tell
from publications.tests.factories import make_publication
from publications.tests.visits import queries_of, text_of

pytestmark = pytest.mark.django_db

LEADS = "/admin/forms/practiceuse/"
NOBODY = {"naam": "", "email": ""}


def decide(editor, contribution, action="accept", **changes):
    return editor.post(review_url(contribution), remark_decision(contribution, action, **changes))


def practice_on(response) -> str:
    page = BeautifulSoup(response.content, "html.parser")
    return " ".join(page.find(id="praktijk").find_parent("section").get_text(" ").split())


def listed(browser, **query) -> list[str]:
    page = BeautifulSoup(browser.get(LEADS, query).content, "html.parser")
    return [" ".join(cell.get_text(" ").split()) for cell in page.select("td.field-text")]


# Who may see it


@pytest.mark.parametrize("kind", ["correctie", "praktijk"])
def test_only_editors_see_and_decide(client, editor, writer, kind):
    contribution, _ = tell(client, kind, make_publication(title="Samen eten"))
    url = review_url(contribution)

    answers = [decide(browser, contribution).status_code for browser in (writer, Client())]

    assert answers == [302, 302]
    assert contribution.current_status() == Status.RECEIVED
    for browser in (writer, Client()):
        for page in (url, LEADS, "/admin/forms/contribution/"):
            assert "Samen eten" not in browser.get(page, follow=True).content.decode()
        assert "Aanknopingspunten" not in browser.get("/admin/", follow=True).content.decode()
    assert "Samen eten" in editor.get(url).content.decode()
    assert "Aanknopingspunten" in editor.get("/admin/").content.decode()


def test_review_shows_the_publication_beside_it_with_the_way_to_edit_it(client, editor):
    publication = make_publication(title="Samen eten", summary="Over tafels.", year=2019)
    contribution, _ = tell(client, "correctie", publication)

    response = editor.get(review_url(contribution))

    page = response.content.decode()
    assert "Over tafels." in page
    assert "Er staat 2019, maar het is 2021." in page
    assert f"/admin/pages/{publication.pk}/edit/" in page
    assert editor.get(f"/admin/pages/{publication.pk}/edit/").status_code == 200


# Corrections


@pytest.mark.parametrize(
    ("action", "status", "heading", "subject"),
    [
        ("accept", Status.PROCESSED, "We hebben het aangepast", "We hebben het aangepast"),
        (
            "decline",
            Status.NOT_ADOPTED,
            "We hebben het niet aangepast",
            "We hebben naar je melding gekeken",
        ),
    ],
)
def test_correction_ends_in_one_of_two_ways(client, editor, action, status, heading, subject):
    publication = make_publication()
    contribution, status_url = tell(client, "correctie", publication)
    work()
    mail.outbox.clear()

    response = decide(editor, contribution, action, reden="Het staat zo op het omslag.")
    work()

    assert response.url == "/admin/forms/contribution/"
    assert contribution.current_status() == status
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        (["fenna@voorbeeld.example"], f"{subject} ({contribution.reference})")
    ]
    assert publication.full_url in mail.outbox[0].body
    assert "Het staat zo op het omslag." in mail.outbox[0].body
    shown = text_of(client.get(status_url))
    assert heading in shown
    assert "Het staat zo op het omslag." in shown
    assert [s["state"] for s in client.get(status_url).context["steps"]] == ["done", "done", "now"]
    assert status.label in editor.get("/admin/forms/contribution/").content.decode()


def test_declining_needs_a_reason_and_keeps_what_was_typed(client, editor):
    contribution, _ = tell(client, "correctie", make_publication())

    response = decide(editor, contribution, "decline", reden=" ", mail_tekst="Mijn eigen brief")

    assert response.status_code == 200
    assert "Schrijf de reden." in response.content.decode()
    assert "Mijn eigen brief" in response.content.decode()
    assert contribution.current_status() == Status.RECEIVED


def test_editor_changes_or_leaves_out_the_mail(client, editor):
    first, _ = tell(client, "correctie", make_publication())
    second, _ = tell(client, "correctie", make_publication(), fout="Iets anders")
    work()
    mail.outbox.clear()

    decide(editor, first, mail_tekst="Dank je!\n{reden}", reden="Nu staat er 2021.")
    decide(editor, second, mail_versturen="")
    work()

    assert [sent.body for sent in mail.outbox] == ["Dank je!\nNu staat er 2021."]


def test_doubtful_one_waits_for_the_address_to_be_confirmed(client, editor):
    publication = make_publication()
    links = "https://een.example " * 6
    contribution, _ = tell(client, "praktijk", publication, gebruik=links)
    nameless, _ = tell(client, "praktijk", publication, gebruik="In Waterveld.", **NOBODY)
    work()

    early = decide(editor, contribution)

    assert "nog niet bevestigd" in told(early)[0]
    assert contribution.current_status() == Status.UNCONFIRMED
    assert nameless.current_status() == Status.RECEIVED
    assert [sent.to for sent in mail.outbox] == [["fenna@voorbeeld.example"], ["info@buurtwijs.nl"]]
    assert practice_on(client.get(publication.url)).startswith("Heb jij dit gebruikt?")
    confirm(contribution)
    decide(editor, contribution)
    assert "1 keer gebruikt" in practice_on(client.get(publication.url))


def test_second_editor_and_second_click_change_nothing(client, editor):
    contribution, _ = tell(client, "correctie", make_publication())
    other = browser_of(make_editor())
    late = remark_decision(contribution, "decline")

    decide(editor, contribution)
    again = decide(editor, contribution)
    refused = other.post(review_url(contribution), late)
    work()

    assert [again.status_code, refused.status_code] == [200, 200]
    assert "al afgehandeld: verwerkt door" in told(refused)[0]
    assert contribution.current_status() == Status.PROCESSED
    assert len([sent for sent in mail.outbox if "aangepast" in sent.subject]) == 1


def test_editor_who_saw_an_older_text_is_told(client, editor):
    contribution, status_url = tell(client, "correctie", make_publication())
    seen = remark_decision(contribution)
    form = client.get(f"{status_url}wijzigen/").context["form"]
    typed = {field.name: field.value() for field in form if field.value()}
    client.post(f"{status_url}wijzigen/", typed | {"fout": "Toch anders."})

    response = editor.post(review_url(contribution), seen)

    assert told(response) == ["De inzender heeft de tekst net veranderd. Kijk hem nog eens na."]
    assert contribution.current_status() == Status.RECEIVED


def test_reopened_correction_is_decided_on_again(client, editor):
    contribution, _ = tell(client, "correctie", make_publication())
    decide(editor, contribution, "decline")

    editor.post(review_url(contribution), {"actie": "heropen", "notitie": "We kijken nog eens."})
    assert contribution.current_status() == Status.RECEIVED
    decide(editor, contribution)

    assert contribution.current_status() == Status.PROCESSED
    assert [event.what for event in contribution.events.all()] == [
        "ontvangen",
        "niet-overgenomen",
        "heropend",
        "verwerkt",
    ]


@pytest.mark.parametrize("action", ["approve", "reject", "opnieuw", "", "aanknopingspunt", "x"])
def test_buttons_of_other_kinds_do_nothing(client, editor, action):
    contribution, _ = tell(client, "correctie", make_publication())

    response = editor.post(review_url(contribution), {"actie": action, "lead": "verhaal"})

    assert response.status_code == 200
    assert contribution.current_status() == Status.RECEIVED
    assert contribution.events.count() == 1


@pytest.mark.parametrize("kind", ["correctie", "praktijk"])
def test_case_outlives_its_publication(client, editor, kind):
    publication = make_publication(title="Samen eten")
    contribution, status_url = tell(client, kind, publication)
    publication.delete()

    assert (
        "Deze publicatie is er niet meer." in editor.get(review_url(contribution)).content.decode()
    )
    assert "Samen eten" in text_of(client.get(status_url))
    decide(editor, contribution, "decline")
    work()
    assert not Contribution.objects.undecided().exists()


def test_editors_change_the_publication_while_a_correction_waits(client, editor):
    publication = make_publication(title="Samen eten")
    tell(client, "correctie", publication)

    publication.title = "Samen koken"
    publication.save_revision().publish()

    assert Client().get(publication.url).status_code == 200
    assert not publication.is_awaiting_check()


# Seen in practice


def test_use_counts_only_after_an_editor_accepted_it(client, editor):
    publication = make_publication()
    contribution, _ = tell(client, "praktijk", publication)

    before = practice_on(client.get(publication.url))
    decide(editor, contribution)

    assert before == "Heb jij dit gebruikt? Vertel in twee regels waar en hoe. Ik heb dit gebruikt"
    shown = practice_on(Client().get(publication.url))
    assert shown.startswith("1 keer gebruikt in de praktijk Heb jij dit ook gebruikt?")
    assert "Wilgenhof" not in shown
    assert "Fenna" not in shown


def test_declined_withdrawn_reopened_and_spam_do_not_count(client, editor):
    publication = make_publication()
    cases = [tell(client, "praktijk", publication, gebruik=f"Keer {n}") for n in range(4)]
    declined, withdrawn, spam, reopened = (case for case, _ in cases)
    decide(editor, declined, "decline")
    client.post(cases[1][1], {"actie": "intrekken"})
    editor.post(review_url(spam), {"actie": "spam"})
    decide(editor, reopened, toon_citaat="on", citaat="In het buurthuis.")
    assert "1 keer gebruikt" in practice_on(client.get(publication.url))

    editor.post(review_url(reopened), {"actie": "heropen"})

    shown = practice_on(client.get(publication.url))
    assert shown.startswith("Heb jij dit gebruikt?")
    assert "buurthuis" not in shown
    assert withdrawn.current_status() == Status.WITHDRAWN


@pytest.mark.parametrize(
    ("consent", "byline"), [({}, "Waterveld"), ({"naam_tonen": "on"}, "Fenna de Boer, Waterveld")]
)
def test_quote_has_a_name_only_with_consent(client, editor, consent, byline):
    publication = make_publication()
    contribution, _ = tell(client, "praktijk", publication, **consent)

    decide(editor, contribution, toon_citaat="on", citaat="We deden oefening twee.")

    shown = practice_on(client.get(publication.url))
    assert f"We deden oefening twee. {byline} Heb jij" in shown
    assert "fenna@" not in client.get(publication.url).content.decode()


def test_name_beside_a_quote_goes_with_the_contact(client, editor):
    publication = make_publication()
    contribution, _ = tell(client, "praktijk", publication, naam_tonen="on")
    decide(editor, contribution, toon_citaat="on", citaat="We deden oefening twee.")
    assert "Fenna" in practice_on(client.get(publication.url))

    Contact.objects.all().delete()

    assert "oefening twee. Waterveld Heb" in practice_on(client.get(publication.url))


def test_editor_changes_and_removes_the_quote_afterwards(client, editor):
    publication = make_publication()
    contribution, _ = tell(client, "praktijk", publication)
    url = review_url(contribution)
    early = editor.post(url, {"actie": "citaat", "toon_citaat": "on", "citaat": "Te vroeg"})
    decide(editor, contribution)

    editor.post(url, {"actie": "citaat", "toon_citaat": "on", "citaat": "Het werkte meteen."})
    quoted = practice_on(client.get(publication.url))
    empty = editor.post(url, {"actie": "citaat", "toon_citaat": "on", "citaat": ""})
    editor.post(url, {"actie": "citaat", "citaat": "Het werkte meteen."})

    assert told(early) == ["Dit staat niet op de site."]
    assert "Het werkte meteen." in quoted
    assert "Vul het citaat in" in empty.content.decode()
    assert "werkte" not in practice_on(client.get(publication.url))
    assert "1 keer" in practice_on(client.get(publication.url))


def test_whoever_told_it_gets_an_answer(client, editor):
    publication = make_publication()
    contribution, status_url = tell(client, "praktijk", publication)
    work()
    mail.outbox.clear()

    decide(editor, contribution)
    work()

    assert [sent.subject for sent in mail.outbox] == [
        f"Jouw ervaring telt mee ({contribution.reference})"
    ]
    shown = client.get(status_url)
    assert "Jouw ervaring telt mee" in text_of(shown)
    assert shown.context["live_url"] == publication.url


def test_nobody_is_mailed_without_an_address(client, editor):
    contribution, _ = tell(client, "praktijk", make_publication(), **NOBODY)
    page = editor.get(review_url(contribution)).content.decode()
    decide(editor, contribution)
    work()

    assert "Er gaat geen mail uit: er is geen adres." in page
    assert [sent.to for sent in mail.outbox] == [["info@buurtwijs.nl"]]


def test_queries_of_a_publication_do_not_grow_with_its_uses(client, editor):
    publication = make_publication()
    asked = []
    for times in (1, 2):
        for number in range(times):
            contribution, _ = tell(
                client, "praktijk", publication, gebruik=f"Keer {number}, {times}"
            )
            decide(editor, contribution, toon_citaat="on", citaat="Het werkte.")
        asked.append(queries_of(Client(), publication.url))

    assert asked[0] == asked[1] <= 45
    assert "3 keer gebruikt in de praktijk" in practice_on(client.get(publication.url))


def test_page_shows_the_newest_quotes_only(client, editor):
    publication = make_publication()
    for number in range(5):
        contribution, _ = tell(client, "praktijk", publication, gebruik=f"Keer {number}")
        decide(editor, contribution, toon_citaat="on", citaat=f"Citaat {number}")

    shown = practice_on(client.get(publication.url))

    assert "5 keer gebruikt" in shown
    assert [number for number in range(5) if f"Citaat {number}" in shown] == [2, 3, 4]


# Leads for stories


def test_leads_are_accepted_uses_with_an_address(client, editor):
    publication = make_publication(title="Samen eten")
    accepted, _ = tell(client, "praktijk", publication, gebruik="In de kantine")
    nameless, _ = tell(client, "praktijk", publication, gebruik="Zonder adres", **NOBODY)
    declined, _ = tell(client, "praktijk", publication, gebruik="Afgewezen")
    tell(client, "praktijk", publication, gebruik="Nog niet bekeken")
    for contribution in (accepted, nameless):
        decide(editor, contribution)
    decide(editor, declined, "decline")

    page = editor.get(LEADS).content.decode()

    assert listed(editor) == ["In de kantine"]
    assert "Samen eten" in page
    assert "mailto:fenna@voorbeeld.example" in page
    assert listed(editor, q="kantine") == ["In de kantine"]
    assert listed(editor, q="bestaat niet") == []
    Contact.objects.all().delete()
    assert listed(editor) == []


@pytest.mark.parametrize("lead", ["verhaal", "afgehandeld"])
def test_lead_is_followed_once_and_can_be_opened_again(client, editor, lead):
    contribution, _ = tell(client, "praktijk", make_publication())
    decide(editor, contribution)
    url = review_url(contribution)

    for _ in range(2):
        editor.post(url, {"actie": "aanknopingspunt", "lead": lead})
    editor.post(url, {"actie": "aanknopingspunt", "lead": "verzonnen"})

    assert PracticeUse.objects.get().lead == lead
    assert contribution.events.filter(what="aanknopingspunt").count() == 1
    assert listed(editor, lead__exact=lead) == [
        "In buurthuis De Wilgenhof. We deden oefening twee."
    ]
    assert listed(editor, lead__exact="x") == []
    editor.post(url, {"actie": "aanknopingspunt", "lead": ""})
    assert PracticeUse.objects.get().lead == ""


def test_lead_without_an_address_is_refused(client, editor):
    contribution, _ = tell(client, "praktijk", make_publication(), **NOBODY)
    decide(editor, contribution)

    response = editor.post(
        review_url(contribution), {"actie": "aanknopingspunt", "lead": "verhaal"}
    )

    assert "Van deze inzender is geen adres (meer) bekend." in told(response)


def test_queries_of_the_leads_do_not_grow(client, editor):
    asked = []
    for times in (1, 2):
        for number in range(times):
            contribution, _ = tell(
                client, "praktijk", make_publication(), gebruik=f"{number}{times}"
            )
            decide(editor, contribution)
        asked.append(queries_of(editor, LEADS))

    assert asked[0] == asked[1]


def test_leads_cannot_be_made_changed_or_deleted_by_hand(client, superuser):
    contribution, _ = tell(client, "praktijk", make_publication())
    decide(superuser, contribution)

    for path in ("create/", f"edit/{contribution.pk}/", f"delete/{contribution.pk}/"):
        superuser.post(f"{LEADS}{path}", {"text": "x"})

    assert PracticeUse.objects.get().text.startswith("In buurthuis")
