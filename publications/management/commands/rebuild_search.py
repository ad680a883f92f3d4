import time

from django.core.management.base import BaseCommand, CommandError

from publications.search_rebuild import AlreadyRunning, processors, rebuild


class Command(BaseCommand):
    help = "Make the search table anew from the pages. Safe at any time, also while people search."

    def add_arguments(self, parser):
        parser.add_argument("--processes", type=int, default=processors())

    def handle(self, *args, processes, verbosity=1, **options):
        def report(done, total):
            if verbosity and (done == total or done // 1000 > self.reported // 1000):
                self.stdout.write(f"{done} of {total} pages")
                self.reported = done

        self.reported = 0
        start = time.monotonic()
        try:
            total = rebuild(report, processes)
        except AlreadyRunning as reason:
            raise CommandError(str(reason)) from reason
        rate = total / (time.monotonic() - start)
        self.stdout.write(f"Search knows {total} pages, {rate:.0f} a second.")
