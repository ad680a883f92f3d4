import statistics
import time

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from publications.models import HarvestRecord
from publications.oai.protocol import respond

OAI = "{http://www.openarchives.org/OAI/2.0/}"


class Command(BaseCommand):
    help = "Measure a whole harvest of this library: time and queries per page, the first and last."

    def handle(self, *args, **options):
        if not HarvestRecord.objects.exists():
            raise CommandError("There is nothing to harvest here.")
        for verb in ("ListRecords", "ListIdentifiers"):
            seconds, queries, records = self.harvest(verb)
            edge = max(1, len(seconds) // 10)
            first, last = statistics.median(seconds[:edge]), statistics.median(seconds[-edge:])
            self.stdout.write(
                f"{verb}: {records} records in {len(seconds)} pages, {sum(seconds):.1f} s. "
                f"Median of the first tenth {first:.3f} s, of the last {last:.3f} s "
                f"({last / first:.2f} times). Queries per page {min(queries)} to {max(queries)}."
            )

    def harvest(self, verb: str) -> tuple[list[float], list[int], int]:
        pairs = [("verb", verb), ("metadataPrefix", "oai_dc")]
        respond(pairs)  # opens the connection and fills what is cached
        seconds, queries, records = [], [], 0
        while True:
            with CaptureQueriesContext(connection) as captured:
                start = time.perf_counter()
                answer = respond(pairs)
                seconds.append(time.perf_counter() - start)
            queries.append(len(captured))
            answer = etree.fromstring(answer)
            records += len(list(answer.iter(f"{OAI}header")))
            token = answer.findtext(f".//{OAI}resumptionToken")
            if not token:
                return seconds, queries, records
            pairs = [("verb", verb), ("resumptionToken", token)]
