"""
Every state of a contribution × everything somebody can do with it: what it becomes, and who gets
which mail. What is not in TABLE changes nothing and mails nobody.
"""

import pytest
from django.core import mail

from forms.models import Contribution, OutboxMail, Status
from forms.tests.factories import (
    contribute,
    decision,
    edit_url,
    page_form,
    review_url,
    work,
)
from forms.tests.test_confirmation import LINKS
from forms.tests.test_mail import LINK

pytestmark = pytest.mark.django_db

S = Status
CONTRIBUTOR, EDITORS = "fenna@voorbeeld.example", "info@buurtwijs.nl"

# state → {action: (next state, mails)}
TABLE = {
    S.UNCONFIRMED: {
        "bevestigen": (S.IN_CHECK, ["redactie"]),
        "intrekken": (S.WITHDRAWN, []),
        "spam": (S.SPAM, []),
        "opnieuw": (S.IN_CHECK, ["ontvangen"]),
        "mijn-link": (S.UNCONFIRMED, ["mijn-link"]),
    },
    S.RECEIVED: {  # somebody stopped the workflow
        "wijzigen": (S.IN_CHECK, ["redactie"]),
        "intrekken": (S.WITHDRAWN, ["ingetrokken"]),
        "spam": (S.SPAM, []),
        "opnieuw": (S.IN_CHECK, []),
        "mijn-link": (S.RECEIVED, ["mijn-link"]),
    },
    S.IN_CHECK: {
        "wijzigen": (S.IN_CHECK, ["redactie"]),
        "intrekken": (S.WITHDRAWN, ["ingetrokken"]),
        "approve": (S.PUBLISHED, ["gepubliceerd"]),
        "reject": (S.QUESTION, ["vraag"]),
        "decline": (S.NOT_PLACED, ["niet-geplaatst"]),
        "spam": (S.SPAM, []),
        "mijn-link": (S.IN_CHECK, ["mijn-link"]),
    },
    S.QUESTION: {
        "antwoord": (S.IN_CHECK, ["redactie"]),
        "wijzigen": (S.IN_CHECK, ["redactie"]),
        "intrekken": (S.WITHDRAWN, ["ingetrokken"]),
        "spam": (S.SPAM, []),
        "opnieuw": (S.IN_CHECK, []),
        "mijn-link": (S.QUESTION, ["mijn-link"]),
    },
    S.PUBLISHED: {
        "wissen": (S.PUBLISHED, []),
        "heropen": (S.IN_CHECK, ["heropend"]),
        "heropen-online": (S.IN_CHECK, ["heropend"]),
        "mijn-link": (S.PUBLISHED, ["mijn-link"]),
    },
    S.NOT_PLACED: {
        "wissen": (S.NOT_PLACED, []),
        "heropen": (S.IN_CHECK, ["heropend"]),
        "heropen-online": (S.IN_CHECK, ["heropend"]),
        "mijn-link": (S.NOT_PLACED, ["mijn-link"]),
    },
    S.WITHDRAWN: {
        "wissen": (S.WITHDRAWN, []),
        "heropen": (S.IN_CHECK, ["heropend"]),
        "heropen-online": (S.IN_CHECK, ["heropend"]),
        "mijn-link": (S.WITHDRAWN, ["mijn-link"]),
    },
    S.SPAM: {
        "wissen": (S.SPAM, []),
        "heropen": (S.IN_CHECK, []),  # the receipt went when it came in
        "heropen-online": (S.IN_CHECK, []),
    },
}
BY_CONTRIBUTOR = ["antwoord", "wijzigen", "intrekken", "wissen", "bevestigen", "mijn-link"]
BY_EDITOR = ["approve", "reject", "decline", "spam", "heropen", "heropen-online", "opnieuw"]
NAMES = {S.PUBLISHED: "approve", S.QUESTION: "reject", S.NOT_PLACED: "decline", S.SPAM: "spam"}


def bring_to(state, client, editor) -> tuple[Contribution, str]:
    """Bring a new case into a state, through the doors. Return it with a link from a mail."""
    text = {"samenvatting": LINKS} if state == S.UNCONFIRMED else {}
    contribution, _ = contribute(client, **text)
    work()
    link = LINK.search(mail.outbox[0].body)[1]
    if state == S.RECEIVED:
        stop = {"action-cancel-workflow": "1"}
        editor.post(edit_url(contribution.page), page_form(contribution.page, **stop))
    elif state == S.WITHDRAWN:
        client.post(link, {"actie": "intrekken"})
    elif state in NAMES:
        act(NAMES[state], client, editor, contribution, link)
    work()
    assert contribution.current_status() == state
    return contribution, link


def act(action, client, editor, contribution, link):
    if action == "mijn-link":
        client.post("/bijdragen/mijn-link/", {"email": CONTRIBUTOR})
        work()
    elif action == "wijzigen":
        answers = contribution.submissions.first().form_data | {"bestand": "", "titel": "Anders"}
        client.post(f"{link}wijzigen/", answers)
    elif action in BY_CONTRIBUTOR:
        client.post(link, {"actie": action, "antwoord": "Om Waterveld."})
    elif action in ("approve", "reject", "decline"):
        editor.post(review_url(contribution), decision(contribution, action))
    elif action == "heropen-online":
        editor.post(review_url(contribution), {"actie": "heropen", "pagina": "blijft"})
    else:
        editor.post(review_url(contribution), {"actie": action})


def sample(state, action):
    is_sample = state == S.IN_CHECK or (
        state == S.PUBLISHED and action in ("reject", "heropen-online")
    )
    return pytest.param(state, action, marks=() if is_sample else pytest.mark.judge)


@pytest.mark.parametrize(
    ("state", "action"),
    [sample(state, action) for state in TABLE for action in (*BY_CONTRIBUTOR, *BY_EDITOR)],
)
def test_what_becomes_of_it_and_who_gets_which_mail(client, editor, state, action):
    becomes, mails = TABLE[state].get(action, (state, []))
    contribution, link = bring_to(state, client, editor)
    before = set(OutboxMail.objects.values_list("pk", flat=True))
    sends = contribution.submissions.count()
    mail.outbox.clear()

    act(action, client, editor, contribution, link)
    work()

    new = [m.template for m in OutboxMail.objects.exclude(pk__in=before)]
    assert [contribution.current_status(), new] == [becomes, mails]
    assert [m.to for m in mail.outbox] == [
        [EDITORS if template == "redactie" else CONTRIBUTOR] for template in mails
    ]
    is_send = action in ("antwoord", "wijzigen") and action in TABLE[state]
    assert contribution.submissions.count() == sends + is_send
