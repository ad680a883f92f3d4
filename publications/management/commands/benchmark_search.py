import time

from django.core.management.base import BaseCommand

from publications.models import PublicationPage
from publications.search_benchmark import (
    Naive,
    Ours,
    Tantivy,
    Wagtail,
    measure,
    memory_of_copy,
    table,
)
from publications.search_check import differences, make_tasks
from publications.search_copy import Copy

OTHERS = {"tantivy": Tantivy, "sql": Naive, "wagtail": Wagtail}
SLOW = 7  # plain SQL and Wagtail run one query in so many, once


class Command(BaseCommand):
    help = "Measure and check search beside tantivy, plain SQL and Wagtail, on `make_corpus`."

    def add_arguments(self, parser):
        parser.add_argument("--queries", type=int, default=5, help="of each class")
        parser.add_argument("--repeat", type=int, default=3)
        parser.add_argument("--compare", type=int, default=1, help="of each class, with SQL")
        parser.add_argument("--without", nargs="*", default=["wagtail"], choices=[*OTHERS])

    def handle(self, *args, queries, repeat, compare, without, **options):
        tasks = make_tasks(queries)
        number = PublicationPage.objects.live().count()
        self.stdout.write(f"{number} publications, {len(tasks)} queries")
        memory = memory_of_copy(tasks)
        start = time.perf_counter()
        copy = Copy()
        copy.refresh()
        loading = time.perf_counter() - start
        engines = [Ours(copy, is_cold=False), Ours(Copy(), is_cold=True)]
        for name, engine_type in OTHERS.items():
            if name not in without:
                engine = engine_type()
                if hasattr(engine, "prepare"):
                    engine.prepare()
                engines.append(engine)
        slow = {Naive.name: SLOW, Wagtail.name: SLOW}
        clock, processor = measure(
            engines, tasks, repeat, slow, lambda turn: self.stdout.write(f"round {turn}")
        )
        self.stdout.write(f"\nBy the clock:\n\n{table(clock)}")
        self.stdout.write(f"\nProcessor time, the database's included:\n\n{table(processor)}\n")
        compared = list(differences(make_tasks(compare)))
        wrong = [f"{asked} differs in {what}" for asked, what in compared if what]
        self.stdout.write("\n".join(wrong))
        self.stdout.write(f"Kept, cold and SQL compared: {len(compared)}, different: {len(wrong)}")
        self.stdout.write(f"A new process reads its copy in {loading * 1000:.0f} ms.")
        self.stdout.write(f"Memory for Dutch, the copy and every word: {memory:.0f} MB")
