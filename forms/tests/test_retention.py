from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from forms.contributions import mark_as_spam, withdraw
from forms.models import (
    Contact,
    Contribution,
    OutboxMail,
    RetentionSettings,
    SendCount,
    WriterRequest,
)
from forms.tests.factories import (
    contribute,
    decision,
    make_editor,
    make_editors,
    review_url,
    upload,
)
from publications.models import LibraryDocument
from publications.tests.factories import pdf_bytes

pytestmark = pytest.mark.django_db


def daily(**options) -> str:
    out = StringIO()
    call_command("daily", stdout=out, **options)
    return out.getvalue()


def contact_left(contribution) -> bool:
    return Contact.objects.filter(contribution=contribution).exists()


@pytest.mark.parametrize(("action", "days"), [("approve", 365), ("decline", 183)])
def test_contact_of_decided_contribution_goes_on_time(client, action, days):
    contribution, _ = contribute(client)
    client.force_login(make_editor())
    client.post(review_url(contribution), decision(contribution, action))
    decided = Contribution.objects.filter(pk=contribution.pk)

    decided.update(decided_at=timezone.now() - timedelta(days=days - 1))
    daily()
    assert contact_left(contribution)

    decided.update(decided_at=timezone.now() - timedelta(days=days + 1))
    assert "Would erase 1 contacts and 0 spam," in daily(dry_run=True)
    assert contact_left(contribution)
    assert "Erased 1 contacts and 0 spam," in daily()
    assert not contact_left(contribution)
    assert decided.get().submissions.count() == 1


def test_contact_of_withdrawn_contribution_goes_on_time(client):
    contribution, _ = contribute(client)
    withdraw(contribution)
    Contribution.objects.update(withdrawn_at=timezone.now() - timedelta(days=184))

    daily()

    assert not contact_left(contribution)


def test_contact_of_unanswered_question_goes_after_a_year(client):
    contribution, _ = contribute(client)
    client.force_login(make_editor())
    client.post(review_url(contribution), decision(contribution, "reject"))
    contribution.events.update(at=timezone.now() - timedelta(days=364))
    daily()
    assert contact_left(contribution)

    contribution.events.update(at=timezone.now() - timedelta(days=366))
    daily()
    assert not contact_left(contribution)


def test_contact_of_open_contribution_stays(client):
    contribution, _ = contribute(client)
    contribution.events.update(at=timezone.now() - timedelta(days=999))

    daily()

    assert contact_left(contribution)


@pytest.mark.parametrize("way", ["by the contributor", "on time"])
@pytest.mark.parametrize(
    "waiting", [{"given_up_at": timezone.now()}, {"waits_for_publication": True}, {}]
)
def test_mail_that_was_not_delivered_keeps_no_name_and_no_link(client, way, waiting):
    contribution, status_url = contribute(client)
    client.force_login(make_editor())
    client.post(review_url(contribution), decision(contribution))
    other, _ = contribute(client, titel="Van een ander", link="https://voorbeeld.example/ander")
    OutboxMail.objects.update(**waiting)
    unsent = OutboxMail.objects.filter(contribution=contribution, audience="inzender")
    assert any("Fenna" in mail.body for mail in unsent)

    if way == "on time":
        Contribution.objects.filter(pk=contribution.pk).update(
            decided_at=timezone.now() - timedelta(days=366)
        )
        daily()
    else:
        client.post(status_url, {"actie": "wissen"})

    assert not contact_left(contribution)
    assert {(mail.body, mail.delivery) for mail in unsent.all()} == {
        ("", "Niet verstuurd: geen adres")
    }
    assert not unsent.filter(waits_for_publication=True).exists()
    assert contact_left(other)
    if waiting:
        assert all(m.body for m in other.mails.filter(audience="inzender"))


def test_spam_goes_as_a_whole_with_its_file(client):
    contribution, _ = contribute(client, bestand=upload(pdf_bytes()), recht="eigen")
    mark_as_spam(contribution, make_editor())
    Contribution.objects.update(spam_at=timezone.now() - timedelta(days=31))

    daily()

    assert Contribution.objects.count() == 0
    assert LibraryDocument.objects.count() == 0


def test_counts_of_senders_go_after_two_days(client):
    contribute(client)
    SendCount.objects.update(hour=timezone.now() - timedelta(days=3))

    daily()

    assert SendCount.objects.count() == 0


def test_editor_changes_how_long_is_kept(client):
    contribution, _ = contribute(client)
    withdraw(contribution)
    Contribution.objects.update(withdrawn_at=timezone.now() - timedelta(days=20))
    client.force_login(make_editor())
    make_editors().permissions.add(Permission.objects.get(codename="change_retentionsettings"))
    terms = {"published": 365, "question": 365, "spam": 30, "unconfirmed": 7}
    address = reverse(
        "wagtailsettings:edit", args=["forms", "retentionsettings", RetentionSettings.load().pk]
    )

    for not_placed, is_saved in ((0, False), (19, True)):
        response = client.post(address, {**terms, "not_placed": not_placed})
        assert (response.status_code == 302) == is_saved
        daily()
        assert contact_left(contribution) != is_saved


def test_dry_run_tells_what_comes_within_a_month(client):
    contribution, _ = contribute(client)
    withdraw(contribution)
    Contribution.objects.update(withdrawn_at=timezone.now() - timedelta(days=160))

    told = daily(dry_run=True)

    assert "Would erase 0 contacts" in told
    assert "Within 30 days, these included: 1 contacts" in told
    assert contact_left(contribution)


def test_request_of_a_writer_goes_on_time():
    asked = [
        WriterRequest.objects.create(
            name="Joke",
            email=f"joke{days}@voorbeeld.example",
            about="Buurten.",
            decided_at=timezone.now() - timedelta(days=days),
        )
        for days in (182, 184)
    ]

    assert "1 requests of writers." in daily()

    assert list(WriterRequest.objects.all()) == asked[:1]
