"""What writers hear, through the outbox, of each step that their article takes."""

from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.mail import (
    WorkflowStateApprovalEmailNotifier,
    WorkflowStateRejectionEmailNotifier,
)
from wagtail.models import Page, WorkflowState
from wagtail.signals import page_published, task_submitted, workflow_approved, workflow_rejected

from forms.mail import queue_letter
from forms.mail_texts import WRITER_SENDS
from forms.models import LightCheckTaskState
from stories.permissions import is_editor


def writer_of(page):
    """Return the writer to tell of a page: its owner, unless that is an editor. None: nobody."""
    owner = page.owner if isinstance(page, Page) else None
    return owner if owner and owner.is_active and owner.email and not is_editor(owner) else None


def tell(page, template: str, **values: str) -> None:
    """Queue a mail of this kind to the writer of a page, if there is one."""
    writer = writer_of(page)
    if writer:
        link = settings.BASE_URL + reverse("wagtailadmin_pages:edit", args=[page.pk])
        name = writer.get_full_name() or writer.get_username()
        title = page.get_latest_revision_as_object().title
        queue_letter(template, writer=writer, naam=name, titel=title, link=link, **values)


@receiver(task_submitted, sender=LightCheckTaskState)
@transaction.atomic
def tell_of_sending_in(sender, instance, **kwargs):
    """Tell both sides, the first time and each time that it comes back."""
    page = instance.workflow_state.content_object
    tell(page, "schrijver-ontvangen")
    tell(page, WRITER_SENDS)


@receiver(workflow_rejected, sender=WorkflowState)
@transaction.atomic
def tell_of_question(sender, instance, **kwargs):
    state = instance.current_task_state.specific
    tell(instance.content_object, "schrijver-vraag", reden=state.get_comment())


@receiver(workflow_approved, sender=WorkflowState)
@transaction.atomic
def tell_of_approval(sender, instance, **kwargs):
    """Publishing for the first time has its own mail, whoever did it and by which route."""
    page = instance.content_object
    if not isinstance(page, Page):
        return
    page = page.specific_class.objects.get(pk=page.pk)
    planned = page.revisions.filter(approved_go_live_at__gt=timezone.now()).first()
    if planned:
        moment = timezone.localtime(planned.approved_go_live_at)
        when = date_format(moment, r"j F Y \o\m H.i \u\u\r")
        tell(page, "schrijver-gepland", datum=when)
    elif page.live and page.first_published_at != page.last_published_at:
        tell(page, "schrijver-online", pagina=page.full_url)


@receiver(page_published)
@transaction.atomic
def tell_of_first_publication(sender, instance, **kwargs):
    # Wagtail sends this signal for what is only planned, too.
    if instance.live and instance.first_published_at == instance.last_published_at:
        tell(instance, "schrijver-online", pagina=instance.full_url)


class NotToWriters:
    """Wagtail sends its mails at once, and has lost one when the mail server is away."""

    def get_recipient_users(self, workflow_state, **kwargs):
        told = writer_of(workflow_state.content_object)
        return set(super().get_recipient_users(workflow_state, **kwargs)) - {told}


class ApprovalNotifier(NotToWriters, WorkflowStateApprovalEmailNotifier):
    pass


class RejectionNotifier(NotToWriters, WorkflowStateRejectionEmailNotifier):
    pass


# In the place of Wagtail's own, which it connects under the same name.
NOTIFIERS = [
    (workflow_approved, ApprovalNotifier(), "workflow_state_approved_email_notification"),
    (workflow_rejected, RejectionNotifier(), "workflow_state_rejected_email_notification"),
]


def replace_notifiers() -> None:
    for signal, notifier, name in NOTIFIERS:
        signal.disconnect(sender=WorkflowState, dispatch_uid=name)
        signal.connect(notifier, sender=WorkflowState, dispatch_uid=name)
