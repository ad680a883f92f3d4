import uuid
from datetime import timedelta
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from forms.limits import TOO_MANY, sender_digest
from forms.models import Contribution, SendCount
from forms.tests.factories import contribute, decision, faults, make_form_page, review_url, send

pytestmark = pytest.mark.django_db


def send_from(client, address, **changes):
    """Send from a machine, as somebody else each time."""
    make_form_page()
    changes.setdefault("email", f"{uuid.uuid4()}@voorbeeld.example")
    client.defaults["REMOTE_ADDR"] = address
    return send(client, deur="tip", **changes)


def test_too_many_from_one_address_have_to_wait(client, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 2
    accepted = [send_from(client, "192.0.2.1", wat=f"Tip {n}").status_code for n in range(2)]

    refused = send_from(client, "192.0.2.1", wat="Nog een tip")
    other = send_from(client, "192.0.2.2", wat="Van een ander")

    typed = BeautifulSoup(refused.content, "html.parser").find("input", {"name": "wat"})
    assert accepted == [302, 302]
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert faults(refused) == {"__all__": [TOO_MANY]}
    assert typed["value"] == "Nog een tip"
    assert other.status_code == 302
    assert sorted(Contribution.objects.values_list("title", flat=True)) == [
        "Tip 0",
        "Tip 1",
        "Van een ander",
    ]


def test_one_e_mail_address_cannot_be_flooded_from_many_machines(client, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 2
    victim = {"email": "Fenna@voorbeeld.example"}

    codes = [
        send_from(client, f"192.0.2.{n}", wat=f"Tip {n}", **victim).status_code for n in range(3)
    ]
    other = send_from(client, "192.0.2.3", wat="Van een ander").status_code

    assert [codes, other] == [[302, 302, 429], 302]


def test_too_many_from_all_together_have_to_wait(client, settings):
    settings.CONTRIBUTIONS_IN_TOTAL = 2

    codes = [send_from(client, f"192.0.2.{n}", wat=f"Tip {n}").status_code for n in range(1, 4)]

    assert codes == [302, 302, 429]
    assert Contribution.objects.count() == 2


def test_an_hour_later_it_may_be_sent_again(client, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 1
    send_from(client, "192.0.2.1", wat="Eerst")
    refused = send_from(client, "192.0.2.1", wat="Daarna").status_code

    for count in SendCount.objects.all():
        count.hour -= timedelta(hours=1)
        count.save()

    assert refused == 429
    assert send_from(client, "192.0.2.1", wat="Daarna").status_code == 302


def test_mistakes_in_the_form_do_not_count(client, settings):
    settings.CONTRIBUTIONS_PER_ADDRESS = 1

    codes = [send_from(client, "192.0.2.1", wat=wat).status_code for wat in ("", "", "Goed")]

    assert codes == [200, 200, 302]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "codes"),
    [
        (0, ["203.0.113.1", "203.0.113.2"], [302, 429]),
        (1, ["203.0.113.1", "203.0.113.2"], [302, 302]),
        (1, ["203.0.113.9, 203.0.113.1", "203.0.113.8, 203.0.113.1"], [302, 429]),
        (2, ["203.0.113.1, 10.0.0.1", "203.0.113.2, 10.0.0.1"], [302, 302]),
        (2, ["203.0.113.1", "203.0.113.2"], [302, 429]),
    ],
)
def test_forwarded_address_is_believed_only_from_our_own_proxies(
    client, settings, proxies, forwarded, codes
):
    settings.CONTRIBUTIONS_PER_ADDRESS = 1
    settings.TRUSTED_PROXIES = proxies

    found = []
    for number, header in enumerate(forwarded):
        client.defaults["HTTP_X_FORWARDED_FOR"] = header
        found.append(send_from(client, "10.0.0.1", wat=f"Tip {number}").status_code)

    assert found == codes


def test_address_is_stored_nowhere_and_is_another_one_tomorrow(client):
    send_from(client, "192.0.2.77", wat="Een tip", email="Fenna@voorbeeld.example")
    today = {sender_digest("192.0.2.77"), sender_digest("fenna@voorbeeld.example")}
    with patch.object(timezone, "localdate", lambda: timezone.now().date() + timedelta(days=1)):
        tomorrow = sender_digest("192.0.2.77")

    senders = set(SendCount.objects.values_list("sender", flat=True))
    assert senders == {"iedereen", *today}
    assert "192.0.2.77" not in str(senders)
    assert tomorrow not in today


def test_changes_and_answers_count_too(client, editor, settings):
    contribution, status_url = contribute(client)
    editor.post(review_url(contribution), decision(contribution, "reject"))
    settings.CONTRIBUTIONS_PER_ADDRESS = 1

    form = client.get(f"{status_url}wijzigen/").context["form"]
    typed = {f.name: f.value() for f in form if f.value()} | {"titel": "Anders"}
    change = client.post(f"{status_url}wijzigen/", typed)
    answer = client.post(status_url, {"actie": "antwoord", "antwoord": "Om Waterveld."})

    assert [change.status_code, answer.status_code] == [429, 429]
    assert change.context["form"]["titel"].value() == "Anders"
    assert answer.context["answer_form"]["antwoord"].value() == "Om Waterveld."
    assert int(answer["Retry-After"]) > 0
    assert contribution.submissions.count() == 1


def test_withdrawing_is_always_possible(client, settings):
    contribution, status_url = contribute(client)
    settings.CONTRIBUTIONS_PER_ADDRESS = 0

    client.post(status_url, {"actie": "intrekken"})

    contribution.refresh_from_db()
    assert contribution.withdrawn_at
