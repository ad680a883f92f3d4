from django_tasks_db.management.commands import db_worker

from kennisplein.lost_tasks import own_worker_id, put_back_lost_tasks


class Command(db_worker.Command):
    """The worker of django-tasks-db, which first takes up what a killed one left undone."""

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(worker_id=own_worker_id())

    def handle(self, *args, **options):
        put_back_lost_tasks()
        super().handle(*args, **options)
