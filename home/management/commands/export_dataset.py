from django.core.management.base import BaseCommand

from home.dataset import export_dataset


class Command(BaseCommand):
    help = "Make the open data set anew: everything that everyone may read, as one file."

    def handle(self, *args, **options):
        made = export_dataset()
        self.stdout.write(
            f"{made['name']}: {made['bytes']} bytes, {sum(made['counts'].values())} records."
        )
