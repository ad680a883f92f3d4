from django.core.management.base import BaseCommand, CommandError

from publications.audit import AlreadyRunning, run_audit


class Command(BaseCommand):
    help = "Look through the whole library for what is missing, wrong or dead. Also part of daily."

    def add_arguments(self, parser):
        parser.add_argument("--no-links", action="store_true", help="Ask nothing of other sites.")

    def handle(self, *args, no_links=False, **options):
        try:
            run = run_audit(has_links=not no_links)
        except AlreadyRunning as running:
            raise CommandError(str(running)) from running
        self.stdout.write(f"Audited {run.publications} publications and {run.links} links.")
