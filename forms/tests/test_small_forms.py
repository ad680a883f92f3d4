import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core import mail
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from forms.limits import TOO_MANY
from forms.models import (
    Contact,
    Contribution,
    ContributionSubmission,
    OutboxMail,
    PracticeUse,
    Status,
)
from forms.retention import erase_what_is_due
from forms.tests.factories import faults, hidden_answers, review_url, work
from forms.tests.remarks import (
    ANSWERS,
    make_question_stage,
    remark_decision,
    send_small,
    small_answers,
    small_url,
    tell,
)
from publications.models import PublicationPage
from publications.tests.factories import make_publication
from publications.tests.visits import text_of
from stories.models import QuestionPage

pytestmark = pytest.mark.django_db
make_stage = make_question_stage

ABOUT_A_PUBLICATION = ["correctie", "praktijk"]
KINDS = [*ABOUT_A_PUBLICATION, "vraag"]


def about_for(kind) -> PublicationPage | None:
    return make_publication(title="Samen eten") if kind in ABOUT_A_PUBLICATION else None


def row_counts() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


# From the publication to the queue


def test_publication_leads_to_both_forms_and_sets_no_cookie(client):
    publication = make_publication(title="Samen eten")

    response = client.get(publication.url)

    page = BeautifulSoup(response.content, "html.parser")
    links = {link["href"] for link in page.find_all("a")}
    assert {small_url(kind, publication) for kind in ABOUT_A_PUBLICATION} <= links
    assert page.find("form", method="post") is None
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("kind", KINDS)
def test_form_is_small_private_and_says_what_it_is_about(client, kind):
    about = about_for(kind)

    response = client.get(small_url(kind, about))

    assert response.status_code == 200
    assert [response["Cache-Control"], response["X-Robots-Tag"]] == ["no-store", "noindex"]
    assert "csrftoken" in response.cookies
    assert not about or "Samen eten" in text_of(response)
    ticked = BeautifulSoup(response.content, "html.parser").select("input[checked]")
    assert ticked == []


@pytest.mark.parametrize(
    ("kind", "status", "title"),
    [
        ("correctie", Status.RECEIVED, "Correctie: Samen eten"),
        ("praktijk", Status.RECEIVED, "Gezien in de praktijk: Samen eten"),
        ("vraag", Status.IN_CHECK, "Hoe begin je een buurtkamer?"),
    ],
)
def test_what_is_sent_is_one_case_in_the_editors_queue(client, editor, kind, status, title):
    about = about_for(kind)
    pages = Page.objects.count()

    contribution, status_url = tell(client, kind, about)
    work()

    assert [contribution.kind, contribution.title, contribution.about] == [kind, title, about]
    assert contribution.current_status() == status
    assert [event.what for event in contribution.events.all()] == ["ontvangen"]
    assert contribution.contact.email == "fenna@voorbeeld.example"
    assert "fenna" not in str(ContributionSubmission.objects.values()).lower()
    assert "fenna" not in str(PracticeUse.objects.values()).lower()
    assert Page.objects.count() == pages + (kind == "vraag")
    assert [sent.to for sent in mail.outbox] == [["fenna@voorbeeld.example"], ["info@buurtwijs.nl"]]
    assert contribution.reference in mail.outbox[0].subject
    assert review_url(contribution) in mail.outbox[1].body
    assert title in editor.get("/admin/").content.decode()
    assert title in editor.get("/admin/forms/contribution/").content.decode()
    assert editor.get(review_url(contribution)).status_code == 200
    assert client.get(status_url).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_address_is_optional(client, editor, kind):
    about = about_for(kind)

    contribution, status_url = tell(client, kind, about, email="")
    work()

    assert Contact.objects.get(contribution=contribution).email == ""
    assert [sent.to for sent in mail.outbox] == [["info@buurtwijs.nl"]]
    assert OutboxMail.objects.get().audience == "redactie"
    assert "zonder e-mailadres" in editor.get(review_url(contribution)).content.decode()
    assert "Je ziet het hier uiterlijk op" in text_of(client.get(status_url))


def test_question_is_a_draft_with_what_was_asked_and_is_not_public(client):
    contribution, _ = tell(client, "vraag", pijlers=["sociale-cohesie"])

    draft = contribution.draft()
    assert type(draft) is QuestionPage
    assert [draft.title, draft.explanation] == [
        "Hoe begin je een buurtkamer?",
        "Onze flat heeft een lege berging.",
    ]
    assert draft.pillar_slugs == ["sociale-cohesie"]
    assert Client().get(contribution.page.get_url()).status_code == 404
    assert "buurtkamer" not in client.get("/vragen/").content.decode()
    assert "buurtkamer" not in client.get("/sitemap.xml").content.decode()
    assert client.get("/api/v2/pages/?type=stories.QuestionPage").json()["items"] == []


def test_question_form_starts_with_the_words_that_were_searched(client):
    response = client.get("/bijdragen/vraag/", {"vraag": ' "><script>x</script>\x00 ' + "w" * 900})

    typed = BeautifulSoup(response.content, "html.parser").find("input", {"name": "vraag"})["value"]
    assert typed.startswith('"><script>x</script>')
    assert len(typed) == 255
    assert b"<script>x" not in response.content


def test_without_a_place_for_questions_there_is_no_form(client):
    for index in Page.objects.filter(slug="vragen"):
        index.specific.unpublish()

    assert client.get("/bijdragen/vraag/").status_code == 404
    assert send_small(client, "vraag").status_code == 404


# Only about what everyone may see


@pytest.mark.parametrize("kind", ABOUT_A_PUBLICATION)
def test_hidden_publications_have_no_form(client, kind):
    draft = make_publication(title="Concept", live=False)
    withdrawn = make_publication(title="Teruggetrokken")
    withdrawn.unpublish()
    private = make_publication(title="Besloten")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    article = Page.objects.get(slug="vragen")

    for page in (draft, withdrawn, private, article):
        assert client.get(small_url(kind, page)).status_code == 404
        assert send_small(client, kind, page).status_code == 404
    for number in ("0", "999999", "9" * 30):
        assert client.get(f"/bijdragen/{kind}/{number}/").status_code == 404

    assert Contribution.objects.count() == 0


# Twice, too often, too fast


@pytest.mark.parametrize("kind", KINDS)
def test_triple_click_is_one_case(client, kind):
    about = about_for(kind)
    answers = small_answers(kind)

    responses = [client.post(small_url(kind, about), answers) for _ in range(3)]
    work()

    assert [response.status_code for response in responses] == [302] * 3
    assert [client.get(response.url).status_code for response in responses] == [200] * 3
    assert Contribution.objects.count() == 1
    assert len(mail.outbox) == 2


def test_same_form_about_another_publication_is_another_case(client):
    answers = small_answers("correctie")
    one, other = make_publication(), make_publication()

    for publication in (one, other):
        client.post(small_url("correctie", publication), answers)

    abouts = Contribution.objects.order_by("pk").values_list("about_id", flat=True)
    assert list(abouts) == [one.pk, other.pk]


@pytest.mark.parametrize("kind", KINDS)
def test_limits_hold_for_the_small_forms_too(client, settings, kind):
    settings.CONTRIBUTIONS_PER_ADDRESS = 1
    about = about_for(kind)
    question = next(iter(ANSWERS[kind]))
    send_small(client, kind, about)

    refused = send_small(client, kind, about, **{question: "Nog een keer"})

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert faults(refused) == {"__all__": [TOO_MANY]}
    assert refused.context["form"][question].value() == "Nog een keer"
    assert Contribution.objects.count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_program_is_taken_for_spam_and_hears_nothing_of_it(client, kind):
    contribution, status_url = tell(client, kind, about_for(kind), website="https://spam.example")
    work()

    assert contribution.current_status() == Status.SPAM
    assert mail.outbox == []
    assert QuestionPage.objects.count() == PracticeUse.objects.count() == 0
    _, real_url = tell(Client(), kind, about_for(kind))
    shown, real = (client.get(url).context["status"] for url in (status_url, real_url))
    assert shown == real


@pytest.mark.parametrize("kind", KINDS)
def test_too_fast_loses_nothing_that_was_typed(client, settings, kind):
    settings.CONTRIBUTION_MINIMUM_SECONDS = 3
    question = next(iter(ANSWERS[kind]))

    response = send_small(client, kind, about_for(kind))

    assert response.status_code == 200
    assert list(faults(response)) == ["__all__"]
    assert response.context["form"][question].value() == ANSWERS[kind][question]
    assert Contribution.objects.count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_token_of_the_form_nothing_is_taken_in(kind):
    about = about_for(kind)
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(small_url(kind, about), small_answers(kind))

    assert response.status_code == 403
    assert Contribution.objects.count() == 0


def test_opening_the_forms_changes_nothing(client):
    publication = make_publication()
    client.get(publication.url)  # the first page of all makes the settings of the site
    before = row_counts()

    for kind in KINDS:
        url = small_url(kind, None if kind == "vraag" else publication)
        assert [client.get(url).status_code, client.head(url).status_code] == [200, 200]
        assert client.put(url).status_code == 405

    assert row_counts() == before


# What people type


@pytest.mark.parametrize(
    ("kind", "wrong", "told"),
    [
        ("correctie", {"fout": "  "}, {"fout": ["Schrijf wat er niet klopt."]}),
        ("correctie", {"fout": None}, {"fout": ["Schrijf wat er niet klopt."]}),
        (
            "correctie",
            {"email": "geen adres"},
            {"email": ["Vul een e-mailadres in, zoals naam@voorbeeld.nl."]},
        ),
        (
            "praktijk",
            {"gebruik": ""},
            {"gebruik": ["Schrijf in twee regels waar en hoe je het gebruikte."]},
        ),
        (
            "praktijk",
            {"naam": "", "naam_tonen": "on"},
            {"naam": ["Vul je naam in, of haal het vinkje bij je naam weg."]},
        ),
        ("vraag", {"vraag": " "}, {"vraag": ["Schrijf je vraag."]}),
        ("vraag", {"vraag": "?? 12 !!"}, {"vraag": ["Schrijf je vraag in woorden."]}),
        ("vraag", {"pijlers": ["bestaat-niet"]}, {"pijlers": ["Kies uit de lijst."]}),
    ],
)
def test_wrong_answers_get_a_clear_sentence_and_stay(client, kind, wrong, told):
    response = send_small(client, kind, about_for(kind), **wrong)

    assert response.status_code == 200
    assert faults(response) == told
    assert "Fout: " in response.content.decode()
    kept = {name: text for name, text in ANSWERS[kind].items() if name not in wrong}
    assert {name: response.context["form"][name].value() for name in kept} == kept
    assert Contribution.objects.count() == 0


@pytest.mark.parametrize("value", ["a\x00b", "w" * 70_000, "\ud800"])
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_values_are_refused_not_crashed_on(client, kind, value):
    about = about_for(kind)
    for question in [name for name in ANSWERS[kind] if name != "email"]:
        body = urlencode(small_answers(kind) | {question: value}, errors="surrogatepass")
        form = "application/x-www-form-urlencoded"
        response = client.generic("POST", small_url(kind, about), body, content_type=form)

        assert response.status_code in (200, 302)
    assert client.post(small_url(kind, about), {}).status_code == 200


def test_markup_is_shown_as_text_everywhere(client, editor):
    publication = make_publication()
    evil = "<script>alert(1)</script>"
    contribution, status_url = tell(client, "praktijk", publication, gebruik=evil, plaats=evil)

    review = editor.get(review_url(contribution))
    editor.post(
        review_url(contribution),
        remark_decision(contribution, toon_citaat="on", citaat=evil),
    )

    for response in (review, client.get(status_url), client.get(publication.url)):
        assert b"&lt;script&gt;alert(1)" in response.content
        assert b"<script>alert(1)" not in response.content


# The status page


@pytest.mark.parametrize("kind", KINDS)
def test_withdrawing(client, kind):
    contribution, status_url = tell(client, kind, about_for(kind))
    work()
    mail.outbox.clear()

    client.post(status_url, {"actie": "intrekken"})
    client.post(status_url, {"actie": "intrekken"})
    work()

    assert contribution.current_status() == Status.WITHDRAWN
    assert [sent.to for sent in mail.outbox] == [["fenna@voorbeeld.example"]]
    assert QuestionPage.objects.count() == 0
    assert "Je hebt je bijdrage ingetrokken" in text_of(client.get(status_url))


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("correctie", {"fout": "Het is toch 2020."}),
        ("praktijk", {"gebruik": "In het dorpshuis.", "plaats": "Vosseveld", "naam_tonen": "on"}),
        ("vraag", {"vraag": "Hoe houd je hem open?", "toelichting": ""}),
    ],
)
def test_changing_keeps_what_was_sent_first(client, editor, kind, changes):
    contribution, status_url = tell(client, kind, about_for(kind))
    form = client.get(f"{status_url}wijzigen/").context["form"]
    typed = {field.name: field.value() for field in form if field.value()}

    response = client.post(f"{status_url}wijzigen/", typed | changes, follow=True)

    assert "Je wijziging is binnen." in text_of(response)
    question = next(iter(changes))
    sent = [submission.form_data[question] for submission in contribution.submissions.all()]
    assert sent == [ANSWERS[kind][question], changes[question]]
    assert changes[question] in editor.get(review_url(contribution)).content.decode()
    if kind == "praktijk":
        use = PracticeUse.objects.get()
        assert [use.text, use.place, use.show_name] == ["In het dorpshuis.", "Vosseveld", True]
    if kind == "vraag":
        assert contribution.draft().title == "Hoe houd je hem open?"


def test_address_of_somebody_is_not_asked_again_when_changing(client):
    _, status_url = tell(client, "praktijk", make_publication())

    page = client.get(f"{status_url}wijzigen/").content.decode()

    assert "fenna" not in page.lower()
    assert 'name="email"' not in page


@pytest.mark.parametrize(("kind", "days"), [("correctie", 365), ("praktijk", 365)])
def test_contact_of_what_was_taken_up_goes_on_time(client, editor, kind, days):
    contribution, _ = tell(client, kind, make_publication())
    editor.post(review_url(contribution), remark_decision(contribution))

    assert_kept_for(contribution, days)


@pytest.mark.parametrize("kind", ABOUT_A_PUBLICATION)
def test_contact_of_what_was_turned_down_goes_sooner(client, editor, kind):
    contribution, _ = tell(client, kind, make_publication())
    editor.post(review_url(contribution), remark_decision(contribution, "decline"))

    assert_kept_for(contribution, 183)


def assert_kept_for(contribution, days):
    decided = Contribution.objects.filter(pk=contribution.pk)
    decided.update(decided_at=timezone.now() - timedelta(days=days - 1))
    erase_what_is_due()
    assert Contact.objects.count() == 1
    decided.update(decided_at=timezone.now() - timedelta(days=days + 1))
    erase_what_is_due()
    assert Contact.objects.count() == 0


def test_hidden_answers_of_another_form_are_no_way_in(client):
    response = client.post("/bijdragen/vraag/", hidden_answers() | {"deur": "publicatie"})

    assert faults(response) == {"vraag": ["Schrijf je vraag."]}


# Without an address


@pytest.mark.parametrize("kind", KINDS)
def test_many_links_need_an_address(client, kind):
    question = [*ANSWERS[kind]][kind == "vraag"]
    links = " ".join(["https://koop.example"] * 6)
    about = about_for(kind)

    refused = send_small(client, kind, about, email="", **{question: links})
    _, asked = tell(client, kind, about, **{question: links})

    assert "meer dan 5 links" in faults(refused)["__all__"][0]
    assert refused.context["form"][question].value() == links
    assert client.get(asked).context["status"] == Status.UNCONFIRMED


def test_editors_see_doubts_about_who_left_no_address(client, editor, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 4
    publication = make_publication()
    for number in range(3):
        contribution, status_url = tell(
            client, "correctie", publication, email="", fout=f"Fout {number}"
        )

    doubt = "Veel tegelijk van dezelfde afzender."
    assert contribution.current_status() == Status.RECEIVED
    assert doubt in editor.get(review_url(contribution)).content.decode()
    assert doubt not in client.get(status_url).content.decode()


def test_link_of_who_left_no_address_cannot_be_sent_again(client):
    publication = make_publication()
    _, without = tell(client, "correctie", publication, email="")
    _, with_one = tell(client, "correctie", publication)

    assert "kunnen we je geen nieuwe link sturen" in text_of(client.get(without))
    assert "Vraag hem opnieuw aan" not in text_of(client.get(without))
    assert "Vraag hem opnieuw aan" in text_of(client.get(with_one))


# After a decision


def test_quote_of_words_that_were_changed_is_forgotten(client, editor):
    contribution, status_url = tell(client, "praktijk", make_publication())
    quoted = {"toon_citaat": "on", "citaat": "We deden oefening twee."}
    editor.post(review_url(contribution), remark_decision(contribution, **quoted))
    editor.post(review_url(contribution), {"actie": "heropen"})
    form = client.get(f"{status_url}wijzigen/").context["form"]
    typed = {field.name: field.value() for field in form if field.value()}

    client.post(f"{status_url}wijzigen/", typed | {"plaats": "Vosseveld"})
    kept = PracticeUse.objects.get().quote
    client.post(f"{status_url}wijzigen/", typed | {"gebruik": "Toch niet gebruikt."})

    assert [kept, PracticeUse.objects.get().quote] == ["We deden oefening twee.", ""]


@pytest.mark.parametrize("kind", ABOUT_A_PUBLICATION)
def test_without_the_publication_only_declining_is_left_and_the_mail_reads_on(client, editor, kind):
    about = about_for(kind)
    contribution, _ = tell(client, kind, about)
    about.delete()
    work()
    mail.outbox.clear()

    accepted = editor.post(review_url(contribution), remark_decision(contribution))
    open_still = Contribution.objects.get().is_undecided
    editor.post(review_url(contribution), remark_decision(contribution, "decline"))
    work()

    assert "is er niet meer" in accepted.content.decode()
    assert open_still
    assert re.search(r"/bijdragen/[\w-]+/", mail.outbox[0].body)
    assert ":\n\n" not in mail.outbox[0].body.replace("Dit is de reden:\n\n", "")


def test_mail_leads_to_no_page_that_is_off_the_site(client, editor):
    about = make_publication(title="Samen eten")
    contribution, _ = tell(client, "correctie", about)
    about.unpublish()
    work()
    mail.outbox.clear()

    editor.post(review_url(contribution), remark_decision(contribution))
    work()

    assert "/samen-eten/" not in mail.outbox[0].body
    assert "verbeterd.\n" in mail.outbox[0].body
