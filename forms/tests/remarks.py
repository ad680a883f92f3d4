"""The small forms as visitors fill them in, and the questions of a site."""

from wagtail.models import Workflow, WorkflowPage

from forms.models import Contribution
from forms.tests.factories import hidden_answers, make_form_page
from stories.tests.factories import make_question_index

ANSWERS = {
    "correctie": {"fout": "Er staat 2019, maar het is 2021.", "email": "fenna@voorbeeld.example"},
    "praktijk": {
        "gebruik": "In buurthuis De Wilgenhof.\nWe deden oefening twee.",
        "plaats": "Waterveld",
        "naam": "Fenna de Boer",
        "email": "fenna@voorbeeld.example",
    },
    "vraag": {
        "vraag": "Hoe begin je een buurtkamer?",
        "toelichting": "Onze flat heeft een lege berging.",
        "email": "fenna@voorbeeld.example",
    },
}


def make_question_stage():
    """Make the form page, and a place for questions that its light check guards."""
    make_form_page()
    index = make_question_index()
    workflow = Workflow.objects.get(name="Lichte check")
    WorkflowPage.objects.get_or_create(page=index, defaults={"workflow": workflow})


def small_url(kind, about=None) -> str:
    return f"/bijdragen/{kind}/" + (f"{about.pk}/" if about else "")


def small_answers(kind, **changes) -> dict:
    answers = {**hidden_answers(), **ANSWERS[kind], **changes}
    return {name: value for name, value in answers.items() if value is not None}


def send_small(client, kind, about=None, **changes):
    """Fill in a small form and send it, as a visitor does. Return the response."""
    return client.post(small_url(kind, about), small_answers(kind, **changes))


def tell(client, kind, about=None, **changes) -> tuple[Contribution, str]:
    """Send a small form. Return the case and the path of its status page."""
    response = send_small(client, kind, about, **changes)
    assert response.status_code == 302, response.context["form"].errors
    return Contribution.objects.latest("pk"), response.url


def remark_decision(contribution, action="accept", **changes) -> dict:
    """Return what the review view's form posts for a decision on a remark."""
    answers = {
        "actie": action,
        "inzending": str(contribution.submissions.last().pk),
        "reden": "" if action == "accept" else "Het staat zo op het omslag.",
        "mail_versturen": "on",
    }
    return answers | changes
