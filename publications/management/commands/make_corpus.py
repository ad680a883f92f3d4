import time

from django.core.management.base import BaseCommand, CommandError

from publications.models import LibraryPage
from publications.oai.records import bring_everything_up_to_date
from publications.search_corpus import make_corpus
from publications.search_rebuild import processors, rebuild


class Command(BaseCommand):
    help = "Fill the library with synthetic publications, to measure with. Never on a real site."

    def add_arguments(self, parser):
        parser.add_argument("--publications", type=int, required=True)
        parser.add_argument("--yes", action="store_true", help="Also when there are publications.")

    def handle(self, *args, publications, yes, **options):
        library = LibraryPage.objects.first()
        if library is None:
            raise CommandError("There is no library yet: run setup_site first.")
        if library.get_children().exclude(slug__startswith="maat-").count() > 100 and not yes:
            raise CommandError("This looks like a real library. --yes if you are sure.")
        for done in make_corpus(library, publications):
            if done % 10_000 == 0 or done == publications:
                self.stdout.write(f"{done} publications")
        start = time.monotonic()
        total = rebuild(lambda done, total: None, processors())
        bring_everything_up_to_date()
        self.stdout.write(f"Indexed {total / (time.monotonic() - start):.0f} a second.")
