"""What looks doubtful waits for a click in a mail. The list is `doubts_about()`."""

import re
from datetime import timedelta

import pytest
from django.core import mail, signing
from django.utils import timezone

from forms.confirmation import BY_API
from forms.contributions import submit_for_review
from forms.forms import STARTED_SALT
from forms.models import Contact, Contribution, ContributionFormPage, Status
from forms.tests.factories import (
    answers_for,
    contribute,
    hidden_answers,
    make_form_page,
    review_url,
    send,
    sent_mail,
    upload,
    work,
)
from forms.tests.test_mail import LINK
from forms.tests.test_retention import daily
from publications.models import LibraryDocument, PublicationPage
from publications.tests.factories import pdf_bytes

pytestmark = pytest.mark.django_db

LINKS = " ".join(f"https://voorbeeld.example/{n}" for n in range(6))
LIST = "/admin/forms/contribution/"
LONG = "Bewoners koken elke week samen in het buurthuis. " * 3


def doubtful(client, **changes) -> tuple[Contribution, str]:
    """Send something with many links. Return the case and the link from its mail."""
    contribution, _ = contribute(client, **{"samenvatting": LINKS} | changes)
    work()
    return contribution, LINK.search(mail.outbox[-1].body)[1]


def opened(seconds_ago: float) -> dict:
    began = timezone.now().timestamp() - seconds_ago
    return {"begonnen": signing.dumps(began, salt=STARTED_SALT)}


def too_quick(client, settings):
    settings.CONTRIBUTION_MINIMUM_SECONDS = 3
    return contribute(client, **opened(8))


def slow_enough(client, settings):
    settings.CONTRIBUTION_MINIMUM_SECONDS = 3
    return contribute(client, **opened(10))


def many_links(client, settings):
    return contribute(client, samenvatting=LINKS)


def some_links(client, settings):
    return contribute(client, samenvatting=" ".join(LINKS.split()[:5]))


def same_text_again(client, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 100
    for number in range(3):
        contribute(client, titel=f"Nummer {number}", samenvatting=LONG)
    return contribute(client, titel="Nummer 4", samenvatting=LONG)


def same_text_twice(client, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 100
    for number in range(2):
        contribute(client, titel=f"Nummer {number}", samenvatting=LONG)
    return contribute(client, titel="Nummer 3", samenvatting=LONG)


def over_half_of_the_limit(client, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 4
    for number in range(2):
        contribute(client, titel=f"Nummer {number}")
    return contribute(client, titel="Nummer 3")


def half_of_the_limit(client, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 4
    contribute(client, titel="Nummer 1")
    return contribute(client, titel="Nummer 2")


@pytest.mark.parametrize(
    ("how", "doubt"),
    [
        (too_quick, "Heel snel ingevuld."),
        (slow_enough, None),
        (many_links, "Veel links in de tekst."),
        (some_links, None),
        (same_text_again, "Dezelfde tekst kwam al vaker binnen."),
        (same_text_twice, None),
        (over_half_of_the_limit, "Veel tegelijk van dezelfde afzender."),
        (half_of_the_limit, None),
    ],
)
def test_what_looks_doubtful_is_confirmed_first(client, settings, how, doubt):
    contribution, _ = how(client, settings)

    events = [event.text for event in contribution.events.filter(what="te-bevestigen")]
    status = Status.UNCONFIRMED if doubt else Status.IN_CHECK
    assert [events, contribution.current_status()] == [[doubt] if doubt else [], status]


def test_editors_do_not_see_what_has_to_be_confirmed(client, editor):
    contribution, _ = doubtful(client, titel="Nog even wachten")

    home, listed = (editor.get(path).content.decode() for path in ("/admin/", LIST))

    assert sent_mail("info@buurtwijs.nl") == []
    assert "Nog even wachten" not in home + listed
    assert (
        contribution.reference
        in editor.get(LIST, {"status": "wacht-op-bevestiging"}).content.decode()
    )
    assert not PublicationPage.objects.exists()


def test_mail_asks_to_confirm_and_tells_nothing(client):
    contribution, _ = doubtful(client, titel="WIN NU", naam="Gratis Geld")

    (message,) = mail.outbox
    assert message.subject == f"Bevestig je e-mailadres ({contribution.reference})"
    assert "WIN" not in message.body
    assert "Gratis" not in message.body


def test_click_in_the_mail_puts_it_before_the_editors(client, editor):
    contribution, link = doubtful(client, bestand=upload(pdf_bytes()), recht="eigen")

    shown = client.get(link).content.decode()
    before = contribution.current_status()
    response = client.post(link, {"actie": "bevestigen"}, follow=True)
    work()

    contribution.refresh_from_db()
    assert "Klopt je e-mailadres?" in shown
    assert before == Status.UNCONFIRMED
    assert "Bedankt. Je e-mailadres klopt. De redactie gaat kijken." in response.content.decode()
    assert contribution.current_status() == Status.IN_CHECK
    assert contribution.confirmed_at
    assert contribution.draft().document == LibraryDocument.objects.get()
    assert len(sent_mail("info@buurtwijs.nl")) == 1
    assert editor.get(review_url(contribution)).context["can_decide"]


def test_second_click_changes_nothing(client):
    contribution, link = doubtful(client)
    client.post(link, {"actie": "bevestigen"})
    events = contribution.events.count()

    response = client.post(link, {"actie": "bevestigen"}, follow=True)

    assert "Je e-mailadres was al bevestigd." in response.content.decode()
    assert contribution.events.count() == events
    assert PublicationPage.objects.count() == 1


def test_page_after_sending_cannot_confirm(client):
    contribution, status_url = contribute(client, samenvatting=LINKS)

    shown = client.get(status_url).content.decode()
    response = client.post(status_url, {"actie": "bevestigen"}, follow=True)

    assert "Kijk in je mail" in shown
    assert 'value="bevestigen"' not in shown
    assert "Gebruik de link in onze mail." in response.content.decode()
    assert contribution.current_status() == Status.UNCONFIRMED


def test_it_cannot_be_changed_before_and_can_be_withdrawn_without_a_mail(client):
    contribution, link = doubtful(client)
    answers = contribution.submissions.get().form_data

    shown = client.get(f"{link}wijzigen/", follow=True).content.decode()
    client.post(f"{link}wijzigen/", answers | {"bestand": "", "titel": "Anders"})
    client.post(link, {"actie": "intrekken"})
    work()

    assert "Bevestig eerst je e-mailadres." in shown
    assert contribution.submissions.count() == 1
    assert contribution.current_status() == Status.WITHDRAWN
    assert len(mail.outbox) == 1


def test_editor_may_take_it_in_all_the_same(client, editor):
    contribution, _ = doubtful(client)

    editor.post(review_url(contribution), {"actie": "opnieuw"})
    work()

    assert contribution.current_status() == Status.IN_CHECK
    assert sent_mail("fenna@voorbeeld.example")[-1].startswith("We hebben je bijdrage ontvangen")


def test_lost_mail_can_be_had_again(client):
    contribution, _ = doubtful(client)

    client.post("/bijdragen/mijn-link/", {"email": "fenna@voorbeeld.example"})
    work()
    work()
    link = LINK.search(mail.outbox[-1].body)[1]
    client.post(link, {"actie": "bevestigen"})

    assert contribution.current_status() == Status.IN_CHECK


def test_what_nobody_confirms_goes_as_a_whole_after_a_week(client):
    doubtful(client, bestand=upload(pdf_bytes()), recht="eigen")
    kept, link = doubtful(client, titel="Wel bevestigd", samenvatting=f"Kijk: {LINKS}")
    client.post(link, {"actie": "bevestigen"})
    six_days_ago = timezone.now() - timedelta(days=6)
    Contribution.objects.update(confirmation_asked_at=six_days_ago)
    early = daily()

    Contribution.objects.update(confirmation_asked_at=six_days_ago - timedelta(days=2))
    told = daily(dry_run=True)
    late = daily()

    assert "spam, 0 unconfirmed," in early
    assert "spam, 1 unconfirmed," in told
    assert "spam, 1 unconfirmed," in late
    assert list(Contribution.objects.all()) == [kept]
    assert not LibraryDocument.objects.exists()
    assert Contact.objects.count() == 1


def test_program_that_answers_the_hidden_question_is_spam_and_gets_no_mail(client):
    contribution, _ = contribute(client, samenvatting=LINKS, website="https://spam.example")
    work()

    assert contribution.current_status() == Status.SPAM
    assert mail.outbox == []


def test_all_that_comes_by_a_program_is_confirmed_first(client):
    make_form_page()
    page = ContributionFormPage.objects.get()
    form = page.door_form("tip", {**answers_for("tip"), **hidden_answers()})
    assert form.is_valid()

    submit_for_review(page, form, doubts=BY_API)
    work()

    assert Contribution.objects.get().current_status() == Status.UNCONFIRMED
    assert re.match("Bevestig", mail.outbox[0].subject)


def test_same_doubtful_send_twice_is_one_case_and_one_mail(client):
    once = hidden_answers()
    first, second = (send(client, samenvatting=LINKS, **once) for _ in range(2))
    work()

    assert [first.status_code, second.status_code] == [302, 302]
    assert Contribution.objects.count() == 1
    assert len(mail.outbox) == 1
