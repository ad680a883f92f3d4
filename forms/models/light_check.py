"""The light check: the one task in the editors' moderation workflow."""

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models.functions import Cast
from django.urls import reverse
from wagtail.models import AbstractGroupApprovalTask, TaskState

from forms.contributions import decide_in_light_check
from forms.decision import DecisionForm

from .contribution import Contribution
from .form_page import Criterion, StandardReason


def decision_context(action: str) -> dict:
    """Return what a DecisionForm for `action` asks about: the criteria and the ready sentences."""
    used_for = {"reject": StandardReason.For.QUESTION, "decline": StandardReason.For.DECLINE}
    return {
        "criteria": list(Criterion.objects.all()),
        "reasons": list(StandardReason.objects.filter(used_for=used_for.get(action))),
    }


class LightCheckTaskState(TaskState):
    """How one light check went. `answers` is {criterion slug: {"antwoord": …, "notitie": …}}."""

    answers = models.JSONField("antwoorden", default=dict)
    decision = models.CharField("besluit", max_length=10, blank=True)
    reason = models.TextField("reden", blank=True)

    def get_comment(self):
        return self.comment or self.reason


class LightCheckTask(AbstractGroupApprovalTask):
    """
    The editors' light check. Publishing needs an answer to every criterion, and one sentence why
    for every no; asking for more and declining need a reason.

    Validates again here: one route in the admin hands over data that no form has seen.
    """

    task_state_class = LightCheckTaskState

    class Meta:
        verbose_name = "lichte check"
        verbose_name_plural = "lichte checks"

    def get_actions(self, obj, user):
        if not (user.is_superuser or self._user_in_groups(user)):
            return []
        actions = [
            ("reject", "Aanvulling vragen", True),
            ("approve", "Goedkeuren en publiceren", True),
        ]
        if obj.contributions.undecided().exists():
            actions.append(("decline", "Afwijzen", True))
        return actions

    def get_task_states_user_can_moderate(self, user, **kwargs):
        """Leave out contributions: their own panel on the dashboard leads to the review view."""
        waiting = super().get_task_states_user_can_moderate(user, **kwargs)
        contributed = Contribution.objects.undecided().exclude(page=None)
        pages = contributed.values_list(Cast("page_id", models.CharField()))
        return waiting.exclude(workflow_state__object_id__in=pages)

    def get_form_for_action(self, action):
        class ActionForm(DecisionForm):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, action=action, **decision_context(action), **kwargs)
                del self.fields["mail_versturen"], self.fields["mail_tekst"]

        return ActionForm

    @transaction.atomic
    def on_action(self, task_state, user, action_name, **kwargs):
        """
        Carry out a decision. Raise PermissionDenied, with every reason in its message, when the
        user may not decide, or when criteria, reason or the publication itself are incomplete.
        """
        may = [name for name, *_ in self.get_actions(task_state.revision.content_object, user)]
        if action_name not in may:
            raise PermissionDenied("Je mag hier niet over beslissen.")
        answers = {"mail_versturen": True, **kwargs}
        form = DecisionForm(answers, action=action_name, **decision_context(action_name))
        if not form.is_valid():
            raise PermissionDenied(" ".join(e for errors in form.errors.values() for e in errors))
        contribution = decide_in_light_check(task_state, user, action_name, form)
        if action_name == "decline":  # Wagtail would go back to the page, which is gone
            return reverse("contribution_review", args=[contribution.pk])

    @classmethod
    def get_description(cls):
        return "De redactie beantwoordt de criteria en publiceert, vraagt om meer of wijst af."
