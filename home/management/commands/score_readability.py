from django.core.management.base import BaseCommand

from home.readability import score, texts_in
from home.setup.content import FOLDER, content

# What others wrote: titles and summaries of publications.
NOT_OURS = {"publications"}


class Command(BaseCommand):
    help = "Say how easy the Dutch of this site is to read, by file: Flesch-Douma, 0 to 100."

    def handle(self, *args, **options):
        everything = []
        for path in sorted(FOLDER.glob("*.json")):
            if path.stem in NOT_OURS:
                continue
            texts = list(texts_in(content(path.stem)))
            everything += texts
            self.say(path.stem, score(texts))
        self.say("all", score(everything))

    def say(self, name, found):
        self.stdout.write(
            f"{name}: Flesch-Douma {found.flesch_douma:.0f}, {found.words} words,"
            f" {found.words_in_a_sentence:.1f} in a sentence"
        )
