"""Telling whoever asked a question that there is an answer."""

from django.db import transaction
from django.db.models import Q

from forms.mail import queue_mail
from forms.models.contribution import Contribution, ContributionEvent, Kind, Outcome
from stories.models import QuestionAnswer

ANSWER_FOUND = ContributionEvent.What.ANSWER_FOUND


@transaction.atomic
def tell_askers(page) -> None:
    """
    Mail who asked the questions that `page` answers, or the question that `page` is, once.

    Does nothing for questions that editors wrote themselves or that are not public.
    """
    answers = QuestionAnswer.objects.shown()
    answered = answers.filter(Q(page=page.pk) | Q(answer=page.pk)).values("page")
    cases = Contribution.objects.filter(
        kind=Kind.QUESTION, outcome=Outcome.PUBLISHED, withdrawn_at=None, spam_at=None
    )
    for case in cases.filter(page__in=answered).select_for_update(of=["self"]):
        if case.events.filter(what=ANSWER_FOUND).exists():
            continue
        case.events.create(what=ANSWER_FOUND)
        found = answers.filter(page=case.page_id)
        lines = [f"{row.answer.title}\n{row.answer.full_url}" for row in found]
        queue_mail(case, "beantwoord", antwoorden="\n\n".join(lines))
