"""Publications with everything in them that files and formats stumble over."""

import random

from publications.models import (
    Access,
    Licence,
    PublicationAuthor,
    PublicationPage,
    Takeaway,
    Vocabulary,
)
from publications.tests.factories import add_publication, make_term

NASTY = (
    "100% & # _ { } ~ ^ \\ $",
    'Zij zei: "Hallo" en ging',
    "‘Enkele’ en “dubbele” – met een — streep",
    "=HYPERLINK(1)",
    "+31 6",
    "-min",
    "@home",
    "'=al met een apostrof",
    "Één, twee; drie | vier",
    "Ĳ ë ş ø ß Ω 漢字 🙂",
    "a -- b --- c ``d'' 'e'",
    "x \\alpha {y} $z$ \\{",
    "<b>vet</b> &amp; <script>",
    "and AND et al.",
    "Vraag? Ja!",
)
PEOPLE = (
    {"given": "Jan", "particle": "de", "family": "Vries"},
    {"given": "J. H.", "particle": "van 't", "family": "Hoff"},
    {"given": "Élodie", "particle": "van der", "family": "Ŝimić-O'Brien"},
    {"given": "", "particle": "", "family": "Aristoteles"},
    {"given": "Ana María", "particle": "", "family": "De La Cruz"},
    {"given": "M.C.", "particle": "", "family": "Yilmaz, Jr."},
    {"organisation": "Gemeente 's-Hertogenbosch"},
    {"organisation": "Ministerie van Volksgezondheid, Welzijn en Sport"},
    {"organisation": "Wijk & Co. and Sons"},
    {"organisation": "{Haak} #1 50%"},
)
PAGES = ("12-34", "e1042", "vii-xii", "5", "")
KINDS = ("onderzoek", "boek", "wetenschappelijk-artikel", "beleidsdocument", "handreiking")


def make_nasty(number: int, **fields) -> PublicationPage:
    """Make the publication with this number: the same every time, and each another one."""
    dice = random.Random(number)
    nasty = NASTY[number % len(NASTY)]
    year = dice.choice((None, 1650, 1999, 2020, 2026))
    month = dice.choice((None, 1, 12)) if year else None
    kind = KINDS[number % len(KINDS)]
    people = dice.sample(PEOPLE, dice.choice((0, 1, 2, 4)))
    editors = dice.choice((True, False, False))
    page = {
        "title": f"{nasty} nr {number}" if number % 2 else f"Nr {number}: {nasty}",
        "subtitle": dice.choice(("", "", f"Onder {nasty}")),
        "kind": make_term(vocabulary=Vocabulary.KIND, slug=kind),
        "summary": f"{nasty}\n\nTweede alinea, {nasty}",
        "organisation": dice.choice(("", "Movisie", "SCP; & zo", "Platform31, Den Haag")),
        "journal": "Tijdschrift & Buurt" if kind == "wetenschappelijk-artikel" else "",
        "volume": dice.choice(("", "12", "12(3)", "jrg. 4")),
        "page_range": dice.choice(PAGES),
        "page_count": dice.choice((None, 1, 240)),
        "year": year,
        "month": month,
        "day": dice.choice((None, 1, 31)) if month else None,
        "language": dice.choice(("nl", "en", "de", "fr", "fy", "mul")),
        "doi": f"10.1234/a_b(c){number}" if number % 3 == 0 else "",
        "isbn": f"978900000{number:03}" if number % 4 == 0 else "",
        "source_url": f"https://example.org/a_b/%7Ec/{number}?x=1&y=%25#d",
        "licence": dice.choice(Licence.values),
        "access": dice.choice(Access.values),
        "place": dice.choice(("", "Den Haag, 's-Gravenzande")),
        "area": make_term(vocabulary=Vocabulary.AREA, slug="landelijk"),
        **fields,
    }
    if page["isbn"]:
        digits = page["isbn"]
        total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
        page["isbn"] = f"{digits}{-total % 10}"
    publication = add_publication(
        pillars=[
            make_term(slug="sociale-cohesie", label="Sociale cohesie; en | meer"),
            make_term(slug="empowerment", label="Empowerment"),
        ][: 1 + number % 2],
        authors=[
            PublicationAuthor(**person, is_editor=editors and n > 0, sort_order=n)
            for n, person in enumerate(people)
        ],
        takeaways=[Takeaway(text=f"Doe; dit | {nasty}"), Takeaway(text="En dat.")][: number % 3],
        **page,
    )
    publication.keywords.set(["buurt", f"R&D_{number} 50%", "ij'sbrug", "zorg, welzijn"])
    publication.save()
    return publication
