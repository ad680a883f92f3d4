"""
Measuring search beside other ways to do it: all on the same documents, taking turns.

Every engine gives 20 hits, the exact total and the counts of all facet values, each facet's counts
ignoring its own selection. Pages are not read: none of the engines would do that differently.
"""

import random
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field

import tantivy
from django.db import connection
from django.db.models import Count

from publications.dutch import keys
from publications.models import PublicationPage
from publications.search import PAGE_SIZE, LibraryQuery, _ask
from publications.search_copy import WEIGHTS, Copy, Question, forget
from publications.search_corpus import SEED, WordSource
from publications.search_table import HIGHEST, TERM, words
from publications.search_words import current_vocabulary, read_query

QUERIES_PER_CLASS = 5
KINDS = ("zeldzaam", "gewoon", "vaak", "twee woorden", "drie woorden", "zin", "begin", "geen woord")


@dataclass(frozen=True)
class Task:
    """One query of one class; `chosen` is what is selected in two facets, or nothing."""

    kind: str
    text: str
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return f"{self.kind}, met filters" if self.chosen else self.kind


def make_tasks() -> list[Task]:
    """Return queries of every class, each with and without two groups selected."""
    dice = random.Random(7)  # noqa: S311
    source = WordSource(random.Random(SEED))  # noqa: S311
    long_words = [word for word in source.words if len(word) > 3]
    common, middling, rare = long_words[5:40], long_words[300:2000], long_words[8_000:30_000]
    summaries = list(
        PublicationPage.objects.order_by("pk").values_list("summary", flat=True)[:2000:17]
    )
    tasks = []
    for n in range(QUERIES_PER_CLASS):
        summary = dice.choice(summaries).split()
        place = dice.randrange(len(summary) - 2)
        texts = [
            dice.choice(rare),
            dice.choice(middling),
            dice.choice(common),
            f"{dice.choice(common)} {dice.choice(middling)}",
            f"{dice.choice(common)} {dice.choice(common)} {dice.choice(middling)}",
            f'"{" ".join(summary[place : place + 2])}"',
            f"{dice.choice(middling)[:4]}*",
            "",
        ]
        chosen = {
            "pijler": ("maat-pijler-0", "maat-pijler-1")[: 1 + n % 2],
            "soort": tuple(f"maat-soort-{k}" for k in range(1 + n % 3)),
        }
        for kind, text in zip(KINDS, texts, strict=True):
            tasks += [Task(kind, text), Task(kind, text, chosen)]
    return tasks


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
        answer, _ = _ask(self.copy, typed, query, PublicationPage, vocabulary, PAGE_SIZE)
        return answer


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
        if text.endswith("*"):
            return f"{text[:-1]}:*"
        return " & ".join(words(text))


class Wagtail:
    """Wagtail's own backend: hits, count and its facets one by one."""

    name = "Wagtail"

    def run(self, task: Task):
        pages = PublicationPage.objects.live()
        if "soort" in task.chosen:
            pages = pages.filter(kind__slug__in=task.chosen["soort"])
        text = task.text.strip('"*')
        if not text:
            return pages.count(), list(pages.order_by("-year").values_list("pk", flat=True)[:20])
        found = pages.search(text, operator="and")
        hits = [page.pk for page in found[:20]]
        found.facet("kind")
        found.facet("year")
        ids = found.get_queryset().order_by().values("pk")
        for name in Naive.LISTS:
            list(
                PublicationPage.objects.filter(pk__in=ids)
                .order_by()
                .values(name)
                .annotate(Count("pk"))
            )
        return found.count(), hits


class Tantivy:
    """The search library tantivy, fed with the same words."""

    name = "tantivy"

    def prepare(self) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_unsigned_field("id", stored=True, fast=True)
        for name in ("title", "own", "body"):
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
        parts = [(must, part) for part in self._words(task.text)]
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
        query, should = tantivy.Query, tantivy.Occur.Should
        if text.startswith('"'):
            yield query.phrase_query(self.schema, "own", words(text))
        elif text.endswith("*"):
            yield query.regex_query(self.schema, "own", f"{text[:-1]}.*")
        else:
            for word in words(text):
                key = keys(word)[0]
                title = query.term_query(self.schema, "title", key)
                body = query.term_query(self.schema, "body", key)
                yield query.boolean_query([(should, query.boost_query(title, 5.0)), (should, body)])


def check_against_sql(tasks: list[Task]) -> tuple[int, int]:
    """
    Return how many of these queries were compared with plain SQL on the search table, and how many
    gave another total, other counts or other hits. No copy is asked: PostgreSQL works it all out.
    """
    vocabulary = current_vocabulary()
    compared = different = 0
    for task in tasks:
        if task.kind in ("zin", "begin", "vaak", "drie woorden") or task.chosen or not task.text:
            continue
        copy = Copy()
        copy.refresh()
        typed = read_query(task.text, vocabulary)
        query = LibraryQuery(words=task.text)
        answer, _ = _ask(copy, typed, query, PublicationPage, vocabulary, PAGE_SIZE)
        total, hits, counts = _by_sql(Question(kind=None, needs=typed.needs))
        there = {n: int(count) for n, count in enumerate(answer.counts) if count}
        compared += 1
        different += (total, hits, counts) != (answer.total, answer.ids, there)
    return compared, different


def _by_sql(question: Question):
    levels, wheres, parameters = [], [], []
    for need in question.needs:
        word = need[0][0]
        cases = " ".join(
            f"WHEN vector @@ ''{'|'.join(f'{key}/{level}' for key in word.keys)}'' THEN {level}"
            for level in range(HIGHEST, 0, -1)
        )
        cases = cases.replace("''", "'")
        having = f"facets && ARRAY[{','.join(map(str, word.facets))}]::smallint[]"
        levels.append(
            f"greatest(CASE {cases} ELSE 0 END, CASE WHEN {having} THEN {TERM} ELSE 0 END)"
        )
        wheres.append(f"{levels[-1]} > 0")
    weights = "ARRAY[" + ",".join(str(WEIGHTS[level]) for level in range(1, HIGHEST + 1)) + "]"
    score = " + ".join(f"({weights})[{level}]" for level in levels)
    found = f"FROM publications_searchrow WHERE is_live AND {' AND '.join(wheres)}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id {found} ORDER BY {score} DESC, day DESC, id DESC LIMIT 20",
            parameters,
        )
        hits = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(f"SELECT count(*) {found}", parameters)
        total = cursor.fetchone()[0]
        cursor.execute(
            f"SELECT f, count(*) FROM (SELECT facets {found}) m, unnest(facets) f"  # noqa: S608
            " GROUP BY f",
            parameters,
        )
        return total, hits, dict(cursor.fetchall())


def measure(engines, tasks, repeat: int, rare: dict[str, int], report) -> dict:
    """
    Run every task on every engine, taking turns; return the seconds per engine and class. `rare`
    maps an engine to n when it is slow: it runs on every n-th query, once.
    """
    times = {engine.name: defaultdict(list) for engine in engines}
    for engine in engines:
        engine.run(tasks[0])
    for turn in range(repeat):
        for number, task in enumerate(tasks):
            shift = (number + turn) % len(engines)
            for engine in [*engines[shift:], *engines[:shift]]:
                every = rare.get(engine.name)
                if every and (turn or (number // 2) % every):
                    continue
                if turn == 0 and getattr(engine, "is_cold", None) is False:
                    engine.run(task)  # the first time reads the words
                start = time.perf_counter()
                engine.run(task)
                times[engine.name][task.name].append(time.perf_counter() - start)
        report(turn + 1)
    return times


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
    """Return how many MB this process grows by a copy and every word of the tasks."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    forget()
    copy = Copy()
    engine = Ours(copy, is_cold=False)
    for task in tasks:
        engine.run(task)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
