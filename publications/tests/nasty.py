"""Publications whose names, titles and numbers go wrong in most programs that cite."""

import itertools
import random

from taggit.models import Tag

from publications.models import (
    Access,
    Licence,
    PublicationAuthor,
    PublicationPage,
    Term,
    Vocabulary,
)
from publications.models.parts import PublicationKeyword

TITLES = [
    "100% samen & #zonder_grenzen",
    "Wat kost € 5 of $5 per wijk? {Een} raming",
    "Buurt} en {straat",
    "Ünïcode, ’s avonds in ’t Gooi: ‘geen’ “probleem”",
    'De "gewone" wijk \\ een verkenning',
    "x < y & y > z: <b>niet</b> vet",
    "Movisie en GGD in Den Haag",
    "iPhone-gebruik ~ ^ in het buurthuis",
    "Žižek, Łódź og Ærø: naar 東京 en Ελλάδα",
    "Hoe dan wél?",
    "Samen. Altijd.",
    "Regel\u2028scheiding\x0b en\x00 besturing",
    "E=mc^2 \\alpha $\\beta$ \\LaTeX{}",
    "@article{nep, title={nep}}",
    "ER  - einde",
    "Een titel " + "die heel lang doorgaat " * 9,
    "La cohésion sociale : l’œuvre d’un quartier",
    "Die Straße: Größe für alle",
    "</script><script>alert(1)</script>",
    "% begint met een procent",
]
SUBTITLES = ["", "", "een & ander", "50% van_de #wijken", "Een {verkenning}: deel 2", "Wie? Wat!"]
PEOPLE = [
    ("Jan", "de", "Vries"),
    ("J.P.", "van den", "Berg"),
    ("Anna Maria", "in ’t", "Veld"),
    ("Petra", "’t", "Hart"),
    ("Ton", "d’", "Ancona"),
    ("Wim", "Van den", "Broeck"),
    ("Anna", "", "Jansen-de Vries"),
    ("Jean-Paul", "", "Bakker van Dijk"),
    ("", "", "Verharen"),
    ("", "van", "Dijk"),
    ("Zoë", "", "Çelik"),
    ("Karl", "von", "Müller & Söhne"),
    ("Bob and Alice", "", "Smit, jr."),
    ("Fenna", "", "O’Brien"),
    ("Ij", "", "ten_Broek"),
    ("María José", "de la", "Cruz García"),
]
INSTITUTIONS = [
    "Gemeente Den Haag",
    "Ministerie van Volksgezondheid, Welzijn en Sport",
    "Sociaal en Cultureel Planbureau",
    "R&D {afdeling} 100%",
    "Platform31 and others",
]
PAGES = ["", "", "4-9", "28–46", "e12", "iv-xii", "S12–S19", "101-110, 115", "7 — 8"]
VOLUMES = ["", "26(4)", "12, nr. 3", "46", "2024-3", "8(12)"]
DATES = [(None, None, None), (2024, 3, 5), (2019, 11, None), (1987, None, None), (None, None, None)]
SUMMARIES = [
    "Een zin.",
    "Eerste alinea met 5% & meer.\n\nTweede alinea.\nER  - nep",
    'Met "aanhalingen", {accolades}, _streepjes_ en C:\\pad.',
]
KEYWORDS = [
    [],
    ["buurt & wijk"],
    ["zorg, welzijn", "wonen"],
    ["zorg, alleen"],
    ["zorg_welzijn", "100%", "’s-Hertogenbosch"],
]
DOIS = ["", "", "10.1234/eten_1", "10.1002/(SICI)1097-0258(1998)17:1<1::AID>3.0.CO;2-#"]
URLS = ["https://voorbeeld.example/a?b=1&c=%20d_e#f", "", "https://voorbeeld.example/~jan/{x}"]
KINDS = {
    "onderzoek": "Onderzoeksrapport",
    "boek": "Boek of bundel",
    "proefschrift-of-scriptie": "Proefschrift of scriptie",
    "beleidsdocument": "Beleidsdocument",
    "handreiking": "Handreiking of methode",
    "visiestuk": "Visiestuk of essay",
    "beeld-en-geluid": "Beeld, geluid of magazine",
    "eigen-soort": "Kaart of plattegrond",
}


def nasty_publications(number: int = 160) -> list[PublicationPage]:
    """Return unsaved publications, always the same ones. Every nasty value is in at least one."""
    dice = random.Random(7)
    turns = {name: itertools.cycle(values) for name, values in globals().items() if name.isupper()}
    return [_publication(n, dice, turns) for n in range(number)]


def _publication(n: int, dice, turns) -> PublicationPage:
    slug = next(turns["KINDS"])
    journal = "Journal of <Social> & Other_Issues" if n % 4 == 0 else ""
    year, month, day = next(turns["DATES"])
    has_organisation = n % 5 != 0
    page = PublicationPage(
        title=next(turns["TITLES"]),
        subtitle=next(turns["SUBTITLES"]),
        slug=f"lastig-{n}",
        kind=Term(vocabulary=Vocabulary.KIND, slug=slug, label=KINDS[slug]),
        summary=next(turns["SUMMARIES"]),
        organisation=next(turns["INSTITUTIONS"]) if has_organisation else "",
        journal=journal,
        volume=next(turns["VOLUMES"]) if journal else "",
        page_range=next(turns["PAGES"]) if journal else "",
        year=year,
        month=month,
        day=day,
        language=dice.choice(["nl", "nl", "en", "de", "fr", "fy", "mul"]),
        page_count=dice.choice([None, 44]),
        doi=next(turns["DOIS"]),
        isbn=dice.choice(["", "9789012345675"]),
        source_url=next(turns["URLS"]),
        licence=dice.choice(["", Licence.BY_SA, Licence.RESERVED]),
        access=dice.choice(["", Access.OPEN]),
    )
    page.authors = [_author(dice, turns) for _ in range(dice.choice([0, 0, 1, 2, 3, 3, 25]))]
    page.tagged_keywords = [
        PublicationKeyword(tag=Tag(name=name)) for name in next(turns["KEYWORDS"])
    ]
    return page


def _author(dice, turns) -> PublicationAuthor:
    is_editor = dice.random() < 0.25
    if dice.random() < 0.2:
        return PublicationAuthor(organisation=dice.choice(INSTITUTIONS), is_editor=is_editor)
    given, particle, family = next(turns["PEOPLE"])
    return PublicationAuthor(given=given, particle=particle, family=family, is_editor=is_editor)
