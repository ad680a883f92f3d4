from django.core.management.base import BaseCommand, CommandError

from home.setup.examples import add_examples, remove_examples
from home.setup.records import Run
from home.setup.site import make_site


class Command(BaseCommand):
    help = (
        "Make the site: pages, terms, groups, workflow and settings, all with their texts. Makes "
        "each thing once: run it as often as you like, it never changes what people changed and "
        "never brings back what they deleted."
    )

    def add_arguments(self, parser):
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--example", action="store_true", help="Also add example content, marked as such."
        )
        choice.add_argument(
            "--remove-example",
            action="store_true",
            help="Take away the example content that nobody changed; make nothing.",
        )

    def handle(self, *, example, remove_example, **options):
        if example and remove_example:
            raise CommandError("Choose one: add the examples, or remove them.")
        if remove_example:
            removed, kept = remove_examples()
            self.stdout.write(f"Removed: {removed} examples")
            for line in kept:
                self.stdout.write(line)
            return
        run = Run()
        make_site(run)
        if example:
            add_examples(run)
        made = {group: count for group, count in run.made.items() if count}
        for group, count in made.items():
            self.stdout.write(f"Made: {count} {group}")
        if not made:
            self.stdout.write("Everything was made before; nothing to do.")
