from django.core.management import call_command
from django.core.management.base import BaseCommand

from forms.mail import deliver_due_mail
from forms.retention import (
    contacts_to_erase,
    erase_what_is_due,
    spam_to_erase,
    unconfirmed_to_erase,
)
from forms.yearly import tell_of_uses
from home.following import forget_unconfirmed, send_news, send_questions
from kennisplein.lost_tasks import put_back_lost_tasks
from publications.oai.records import bring_everything_up_to_date
from publications.receivers import withdraw_unreleased_documents
from publications.searched import forget_old_searches
from publications.stray_files import remove_stray_files


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
            self.stdout.write(f"Would erase {unconfirmed_to_erase().count()} unconfirmed.")
            return
        self.stdout.write(f"Told {tell_of_uses()} contributors that their publication was used.")
        erased = erase_what_is_due()
        self.stdout.write(f"Erased {erased['contacts']} contacts and {erased['spam']} spam.")
        self.stdout.write(f"Erased {erased['unconfirmed']} unconfirmed.")
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
        call_command("export_dataset", stdout=self.stdout)
        call_command("prune_db_task_results", "--backend", "background", stdout=self.stdout)
        call_command("clearsessions")
