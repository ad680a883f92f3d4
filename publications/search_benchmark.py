"""
Measuring search beside other ways to do it: all on the same documents, taking turns.

Every engine gives 20 hits, the exact total and the counts of all facet values, each facet's counts
ignoring its own selection. Pages are not read: none of the engines would do that differently.
"""

import resource
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import tantivy
from django.db import connection
from wagtail.search.query import Phrase

from publications.dutch import keys
from publications.models import PublicationPage, Term
from publications.search import PAGE_SIZE, LibraryQuery, question_of
from publications.search_answer import ask
from publications.search_check import Task
from publications.search_copy import Copy, forget
from publications.search_table import words
from publications.search_words import current_vocabulary, read_query


class Ours:
    """The search function itself, with its copy. `is_cold` drops every word before each query."""

    def __init__(self, copy: Copy, is_cold: bool):
        self.copy, self.is_cold = copy, is_cold
        self.name = "eigen, niets bewaard" if is_cold else "eigen, woorden bewaard"

    def run(self, task: Task):
        if self.is_cold:
            self.copy.words.clear()
            self.copy.lists.clear()
        self.copy.refresh()
        vocabulary = current_vocabulary()
        query = LibraryQuery(words=task.text, chosen=task.chosen)
        typed = read_query(task.text, vocabulary)
        model = PublicationPage
        return ask(self.copy, question_of(self.copy, typed, query, model, vocabulary, PAGE_SIZE))


class Naive:
    """What one writes first: a text vector, joins, and ts_rank over every match."""

    name = "eenvoudige SQL"
    LISTS = ("pillars", "facilities", "themes", "actors", "readers")

    def prepare(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('measure_naive')")
            if cursor.fetchone()[0]:
                return
            cursor.execute(
                "CREATE UNLOGGED TABLE measure_naive AS SELECT p.page_ptr_id AS id,"
                " setweight(to_tsvector('dutch', w.title), 'A')"
                " || setweight(to_tsvector('dutch', p.summary), 'B')"
                " || setweight(to_tsvector('dutch',"
                " coalesce(array_to_string(d.page_texts, ' '), '')), 'D') AS v"
                " FROM publications_publicationpage p"
                " JOIN wagtailcore_page w ON w.id = p.page_ptr_id"
                " LEFT JOIN publications_librarydocument d ON d.id = p.document_id"
            )
            cursor.execute("CREATE INDEX ON measure_naive USING gin (v)")
            cursor.execute("CREATE UNIQUE INDEX ON measure_naive (id)")
            cursor.execute("ANALYZE measure_naive")

    def run(self, task: Task):
        pages = self._pages(task)
        rank, where, parameters = "0", "true", []
        if task.text:
            rank, where = "ts_rank(n.v, q)", "n.v @@ q"
            parameters = [self._tsquery(task.text)]
        query = ", to_tsquery('dutch', %s) q" if task.text else ""
        ids_of = {name: list(rows) for name, rows in pages.items()}
        base = (
            f"FROM measure_naive n JOIN publications_publicationpage p ON p.page_ptr_id = n.id"
            f" JOIN wagtailcore_page w ON w.id = n.id{query} WHERE w.live AND {where}"
        )
        total = {}
        with connection.cursor() as cursor:
            for ignored in ("", *task.chosen):
                condition = ""
                more = []
                for name, terms in ids_of.items():
                    if name != ignored:
                        condition += f" AND {self._condition(name)}"
                        more.append(terms)
                if not ignored:
                    cursor.execute(
                        f"SELECT n.id, {rank} {base}{condition}"
                        " ORDER BY 2 DESC, n.id DESC LIMIT 20",
                        [*parameters, *more],
                    )
                    hits = cursor.fetchall()
                    cursor.execute(
                        f"SELECT count(*) {base}{condition}",
                        [*parameters, *more],
                    )
                    total = cursor.fetchone()[0]
                for facet in self._facets(ignored, task):
                    cursor.execute(self._count(facet, base + condition), [*parameters, *more])
                    cursor.fetchall()
        return total, hits

    def _facets(self, ignored: str, task: Task):
        if ignored:
            return [{"pijler": "pillars", "soort": "kind_id"}[ignored]]
        return [*self.LISTS, "kind_id", "area_id", "year", "language", "access"]

    def _count(self, facet: str, base: str) -> str:
        if facet in self.LISTS:
            table = getattr(PublicationPage, facet).through._meta.db_table
            join = f" JOIN {table} t ON t.publicationpage_id = n.id"
            head, tail = base.split(" WHERE ", 1)
            first, *rest = head.split(", to_tsquery", 1)
            head = ", to_tsquery".join([first + join, *rest])
            return f"SELECT t.term_id, count(*) {head} WHERE {tail} GROUP BY 1"
        return f"SELECT p.{facet}, count(*) {base} GROUP BY 1"

    def _condition(self, name: str) -> str:
        if name == "soort":
            return "p.kind_id = ANY(%s)"
        table = PublicationPage.pillars.through._meta.db_table
        return (
            f"EXISTS (SELECT FROM {table} x WHERE x.publicationpage_id = n.id"
            " AND x.term_id = ANY(%s))"
        )

    def _pages(self, task: Task):
        from_slugs = {}
        for name, slugs in task.chosen.items():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT id FROM publications_term WHERE vocabulary = %s AND slug = ANY(%s)",
                    [name, list(slugs)],
                )
                from_slugs[name] = [pk for (pk,) in cursor.fetchall()]
        return from_slugs

    @staticmethod
    def _tsquery(text: str) -> str:
        if text.startswith('"'):
            return " <-> ".join(words(text))
        if " -" in text:
            return " & !".join(words(text))
        if text.endswith("*"):
            return f"{text[:-1]}:*"
        return " & ".join(words(text))


class Wagtail:
    """Wagtail's own backend, asked what it can: hits and total, filtered by kind. No counts."""

    name = "Wagtail, alleen treffers en totaal"
    cannot = ("begin", "zonder een woord")

    def run(self, task: Task):
        pages = PublicationPage.objects.live()
        if "soort" in task.chosen:
            pages = pages.filter(kind__in=Term.objects.filter(slug__in=task.chosen["soort"]))
        if not task.text:
            return pages.count(), list(pages.order_by("-year").values_list("pk", flat=True)[:20])
        text = Phrase(task.text.strip('"')) if task.text.startswith('"') else task.text
        found = pages.search(text, operator="and")
        return found.count(), [page.pk for page in found[:20]]


class Tantivy:
    """The search library tantivy, fed with the same words."""

    name = "tantivy"

    def prepare(self) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_unsigned_field("id", stored=True, fast=True)
        for name in ("title", "own", "all", "body"):
            schema.add_text_field(name, tokenizer_name="whitespace")
        schema.add_unsigned_field("facet", indexed=True, fast=True)
        self.schema = schema.build()
        self.folder = tempfile.TemporaryDirectory()
        self.index = tantivy.Index(self.schema, path=self.folder.name)
        writer = self.index.writer(heap_size=128_000_000, num_threads=1)
        first_key = {}

        def text_of(text):
            found = []
            for word in words(text):
                if word not in first_key:
                    first_key[word] = keys(word)[0]
                found.append(first_key[word])
            return " ".join(found)

        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM publications_searchrow WHERE is_live ORDER BY id")
            ids = [pk for (pk,) in cursor.fetchall()]
            for start in range(0, len(ids), 2000):
                cursor.execute(
                    "SELECT p.page_ptr_id, w.title, p.summary,"
                    " coalesce(array_to_string(d.page_texts, ' '), ''), s.facets"
                    " FROM publications_publicationpage p"
                    " JOIN wagtailcore_page w ON w.id = p.page_ptr_id"
                    " JOIN publications_searchrow s ON s.id = p.page_ptr_id"
                    " LEFT JOIN publications_librarydocument d ON d.id = p.document_id"
                    " WHERE p.page_ptr_id = ANY(%s)",
                    [ids[start : start + 2000]],
                )
                for pk, title, summary, text, facets in cursor.fetchall():
                    document = tantivy.Document()
                    document.add_unsigned("id", pk)
                    document.add_text("title", text_of(title))
                    document.add_text("own", " ".join(words(f"{title} {summary}")))
                    document.add_text("all", " ".join(words(f"{title} {summary} {text}")))
                    document.add_text("body", text_of(f"{summary} {text}"))
                    for number in facets:
                        document.add_unsigned("facet", number)
                    writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def run(self, task: Task):
        query, must = tantivy.Query, tantivy.Occur.Must
        numbers = current_vocabulary().numbers
        parts = list(self._words(task.text))
        groups = {
            name: query.term_set_query(
                self.schema, "facet", [numbers[name, value] for value in values]
            )
            for name, values in task.chosen.items()
        }
        aggregation = {"f": {"terms": {"field": "facet", "size": 1000}}}
        for ignored in ("", *groups):
            chosen = [(must, group) for name, group in groups.items() if name != ignored]
            everything = [*parts, *chosen] or [(must, query.all_query())]
            asked = query.boolean_query(everything)
            if not ignored:
                found = self.searcher.search(asked, limit=20, count=True)
            self.searcher.aggregate(asked, aggregation)
        return found.count, found.hits

    def _words(self, text: str):
        query, should, must = tantivy.Query, tantivy.Occur.Should, tantivy.Occur.Must
        if text.startswith('"'):
            yield must, query.phrase_query(self.schema, "all", words(text))
        elif text.endswith("*"):
            yield must, query.regex_query(self.schema, "own", f"{text[:-1]}.*")
        else:
            for typed in text.split():
                word = typed.lstrip("-")
                key = keys(word)[0]
                title = query.term_query(self.schema, "title", key)
                body = query.term_query(self.schema, "body", key)
                either = [(should, query.boost_query(title, 5.0)), (should, body)]
                occur = must if typed == word else tantivy.Occur.MustNot
                yield occur, query.boolean_query(either)


class Clock:
    """
    Tells the time by the clock, and the processor time of this process and of the database's own
    process for it. On a machine where others work only the second can be compared.
    """

    def __init__(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.spent = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
        self.knows_database = self.spent.exists()

    def now(self) -> tuple[float, float]:
        in_database = 0
        if self.knows_database:
            in_database = int(self.spent.read_text().split()[0]) / 1e9
        return time.perf_counter(), time.process_time() + in_database


def measure(engines, tasks, repeat: int, rare: dict[str, int], report) -> tuple[dict, dict]:
    """
    Run every task on every engine, taking turns; return the seconds per engine and class, by the
    clock and of the processor. `rare` maps an engine to n when it is slow: it runs on every n-th
    query, once.
    """
    by_clock = {engine.name: defaultdict(list) for engine in engines}
    of_processor = {engine.name: defaultdict(list) for engine in engines}
    clock = Clock()
    for engine in engines:
        engine.run(tasks[0])
    for turn in range(repeat):
        for number, task in enumerate(tasks):
            shift = (number + turn) % len(engines)
            for engine in [*engines[shift:], *engines[:shift]]:
                every = rare.get(engine.name)
                if every and (turn or (number // 2) % every):
                    continue
                if task.kind in getattr(engine, "cannot", ()):
                    continue
                if turn == 0 and getattr(engine, "is_cold", None) is False:
                    engine.run(task)  # the first time reads the words
                start, start_of_processor = clock.now()
                engine.run(task)
                end, end_of_processor = clock.now()
                by_clock[engine.name][task.name].append(end - start)
                spent = end_of_processor - start_of_processor
                of_processor[engine.name][task.name].append(spent)
        report(turn + 1)
    return by_clock, of_processor


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(times: dict, base: str = "tantivy") -> str:
    """Return the times in milliseconds as a table in Markdown, each beside those of `base`."""
    lines = ["| | mediaan | × | 95e percentiel | × |", "|---|---|---|---|---|"]
    everything = {name: [t for some in of.values() for t in some] for name, of in times.items()}
    for name, values in everything.items():
        cells = []
        for share in (0.5, 0.95):
            mine, other = (percentile(v, share) * 1000 for v in (values, everything[base]))
            cells += [f"{mine:.2f}", f"{mine / other:.2f}"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", f"| mediaan per soort | {' | '.join(times)} |", "|---|" + "---|" * len(times)]
    for kind in next(iter(times.values())):
        cells = [
            f"{statistics.median(of[kind]) * 1000:.2f}" if of.get(kind) else "–"
            for of in times.values()
        ]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines)


def memory_of_copy(tasks: list[Task]) -> float:
    """Return how many MB this process grows by Dutch, a copy and every word of the tasks."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    forget()
    copy = Copy()
    engine = Ours(copy, is_cold=False)
    for task in tasks:
        engine.run(task)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
