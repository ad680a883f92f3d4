from django.core.management import call_command
from django.core.management.base import BaseCommand

from forms.mail import deliver_due_mail
from forms.retention import contacts_to_erase, erase_what_is_due, spam_to_erase
from publications.receivers import withdraw_unreleased_documents
from publications.searched import forget_old_searches


class Command(BaseCommand):
    help = "Everything that must happen once a day. Safe to run more often."

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="Only tell which personal data would be erased."
        )

    def handle(self, *args, dry_run=False, **options):
        if dry_run:
            contacts, spam = contacts_to_erase().count(), spam_to_erase().count()
            self.stdout.write(f"Would erase {contacts} contacts and {spam} spam.")
            return
        erased = erase_what_is_due()
        self.stdout.write(f"Erased {erased['contacts']} contacts and {erased['spam']} spam.")
        call_command("publish_scheduled", stdout=self.stdout)
        self.stdout.write(f"Sent {deliver_due_mail.call()} mails that waited.")
        withdraw_unreleased_documents()
        self.stdout.write(f"Forgot {forget_old_searches()} old searches.")
        call_command("prune_db_task_results", "--backend", "background", stdout=self.stdout)
        call_command("clearsessions")
