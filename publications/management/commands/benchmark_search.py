import time

from django.core.management.base import BaseCommand

from publications.models import PublicationPage
from publications.search_benchmark import (
    Naive,
    Ours,
    Tantivy,
    Wagtail,
    check_against_sql,
    make_tasks,
    measure,
    memory_of_copy,
    table,
)
from publications.search_copy import Copy


class Command(BaseCommand):
    help = "Measure search beside tantivy and plain SQL, on what `make_corpus` made."

    def add_arguments(self, parser):
        parser.add_argument("--repeat", type=int, default=3)
        parser.add_argument(
            "--without", nargs="*", default=[], choices=["sql", "tantivy", "wagtail"]
        )

    def handle(self, *args, repeat, without, **options):
        tasks = make_tasks()
        number = PublicationPage.objects.live().count()
        self.stdout.write(f"{number} publications, {len(tasks)} queries")
        memory = memory_of_copy(tasks)
        start = time.perf_counter()
        copy = Copy()
        copy.refresh()
        loading = time.perf_counter() - start
        engines = [Ours(copy, is_cold=False), Ours(Copy(), is_cold=True)]
        others = {"tantivy": Tantivy, "sql": Naive, "wagtail": Wagtail}
        for name, engine_type in others.items():
            if name not in without:
                engine = engine_type()
                if hasattr(engine, "prepare"):
                    engine.prepare()
                engines.append(engine)
        self.stdout.write("prepared")
        slow = {"eenvoudige SQL": 5, "Wagtail": 5}
        times = measure(engines, tasks, repeat, slow, lambda n: self.stdout.write(f"round {n}"))
        self.stdout.write(table(times))
        compared, different = check_against_sql(tasks)
        self.stdout.write(f"\nCompared with SQL: {compared}, different: {different}")
        self.stdout.write(f"A new process reads its copy in {loading * 1000:.0f} ms.")
        self.stdout.write(f"Memory for the copy and every word: {memory:.0f} MB")
