from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from publications.web import NotReached
from stories.models import StoryIndexPage
from stories.story_sources import Unusable, import_entries, read_feed


class Command(BaseCommand):
    help = "Make drafts of the stories in an RSS or Atom feed. Each comes once, however often run."

    def add_arguments(self, parser):
        parser.add_argument("feed", help="The address of a feed, or a file.")

    def handle(self, *args, feed, **options):
        index = StoryIndexPage.objects.first()
        if not index:
            raise CommandError("There is no page for stories yet. Run setup_site first.")
        try:
            entries = read_feed(feed)
        except NotReached as reason:
            raise CommandError(f"{feed} was not read: {reason.detail}") from reason
        except (OSError, Unusable) as reason:
            raise CommandError(f"{feed} was not read: {reason}") from reason
        counts = Counter()
        for number, (outcome, what) in enumerate(import_entries(entries, index), start=1):
            counts[outcome] += 1
            if outcome == "skipped":
                self.stderr.write(f"Entry {number} skipped, {what}")
            self.stdout.write(f"{number} of {len(entries)}: {outcome}, {what}")
        self.stdout.write(
            f"{len(entries)} entries: {counts['new']} new drafts, {counts['known']} were here"
            f" already, {counts['skipped']} skipped."
        )
