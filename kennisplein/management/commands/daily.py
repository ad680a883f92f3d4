import logging
from datetime import timedelta

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone
from wagtail_headless_preview.models import PagePreview

from forms.mail import deliver_due_mail
from forms.retention import erase_what_is_due, what_comes
from forms.yearly import tell_of_uses
from home.following import forget_unconfirmed, send_news, send_questions
from kennisplein.lost_tasks import put_back_lost_tasks
from publications.audit import has_stopped
from publications.oai.records import bring_everything_up_to_date
from publications.receivers import withdraw_unreleased_documents
from publications.searched import forget_old_searches
from publications.stray_files import remove_stray_files

logger = logging.getLogger(__name__)


def audit(stdout) -> None:
    """Audit the library. What keeps that from being done keeps nothing else from being done."""
    try:
        call_command("audit", stdout=stdout)
    except Exception:
        logger.exception("The audit failed")
    if has_stopped():
        logger.error("No audit has finished in the last two days.")


MONTH = 30  # days; a dry run also tells what goes within so many


class Command(BaseCommand):
    help = "Everything that must happen once a day. Safe to run more often."

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="Only tell which personal data would be erased."
        )

    def handle(self, *args, dry_run=False, **options):
        if dry_run:
            self.say("Would erase", {name: len(rows) for name, rows in what_comes().items()})
            month = timezone.now() + timedelta(days=MONTH)
            coming = {name: len(rows) for name, rows in what_comes(month).items()}
            self.say(f"Within {MONTH} days, these included:", coming)
            return
        self.stdout.write(f"Told {tell_of_uses()} contributors that their publication was used.")
        self.say("Erased", erase_what_is_due())
        call_command("publish_scheduled", stdout=self.stdout)
        self.stdout.write(f"Sent {deliver_due_mail.call()} mails that waited.")
        self.stdout.write(f"Asked {send_questions.call()} followers to confirm.")
        self.stdout.write(f"Forgot {forget_unconfirmed()} followers who did not confirm.")
        self.stdout.write(f"Told {send_news()} followers what is new.")
        withdraw_unreleased_documents()
        self.stdout.write(f"Removed {remove_stray_files()} files that no document has.")
        self.stdout.write(f"Put back {put_back_lost_tasks()} tasks of a worker that died.")
        self.stdout.write(f"Forgot {forget_old_searches()} old searches.")
        self.stdout.write(f"Put right {bring_everything_up_to_date()} records for harvesters.")
        audit(self.stdout)
        PagePreview.garbage_collect()
        call_command("export_dataset", stdout=self.stdout)
        call_command("prune_db_task_results", "--backend", "background", stdout=self.stdout)
        call_command("clearsessions")

    def say(self, verb: str, counts: dict) -> None:
        self.stdout.write(
            "{} {contacts} contacts and {spam} spam, {unconfirmed} unconfirmed, "
            "{writers} requests of writers.".format(verb, **counts)
        )
