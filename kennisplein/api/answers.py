"""What the API answers, as its OpenAPI document describes it. Tests hold every answer to this."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.json_schema import WithJsonSchema

from publications.models import Access, Licence, Vocabulary
from publications.models.choices import Language
from publications.search import FACET_NAMES


def text(example: str, **more):
    return Annotated[str, Field(examples=[example], **more)]


def number(example: int, **more):
    return Annotated[int, Field(examples=[example], **more)]


Address = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "format": "uri", "examples": ["https://kennisplein.example/over/"]}
    ),
]
Moment = Annotated[
    str,
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-05T09:30:00Z"]}),
]
Html = text("<p>In de buurtkeuken leren bewoners elkaar kennen.</p>")


class Answer(Schema):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Link(Answer):
    href: Address


class Links(Answer):
    self: Link


class PageLinks(Answer):
    """De lijst, haar eerste en laatste pagina, en als ze er zijn de vorige en de volgende."""

    self: Link
    first: Link
    last: Link
    prev: Annotated[Link, Field(json_schema_extra={"optional": True})]
    next: Annotated[Link, Field(json_schema_extra={"optional": True})]


class Begrip(Answer):
    """Een begrip uit een woordenlijst. Het id verandert nooit."""

    id: text("sociale-cohesie")
    naam: text("Sociale cohesie")


class Afbeelding(Answer):
    adres: Annotated[str, Field(examples=["https://kennisplein.example/media/bankje.webp"])]
    breedte: number(640)
    hoogte: number(480)
    tekst: text("Een bankje voor een deur", description="Leeg: de afbeelding is versiering.")
    maker: text("Foto: Jo Jansen")


class Verwijzing(Answer):
    """Een andere pagina. Alleen wat iedereen mag zien, wordt genoemd."""

    id: number(42)
    soort: text("verhaal")
    titel: text("Een bankje voor de deur")
    adres: Address
    links: Annotated[Links, Field(alias="_links", json_schema_extra={"optional": True})]


class Verband(Answer):
    """Waarom deze twee bij elkaar horen."""

    pagina: Verwijzing
    verband: Literal["laat-zien", "onderbouwt", "nuanceert", "spreekt-tegen", ""]
    waarom: text("Hier zie je het gebeuren.")


class Antwoord(Answer):
    pagina: Verwijzing
    waarom: text("Begin met een sleutel en een koffiekan.")


class Auteur(Answer):
    naam: text("Meta de Lange")
    is_redacteur: bool


class Schrijver(Answer):
    naam: text("Joke Visser")
    rol: text("opbouwwerker in Waterveld")


class Kop(Answer):
    type: Literal["kop"]
    tekst: text("Wat deden jullie?")


class Tekst(Answer):
    type: Literal["tekst"]
    html: Html


class Beeld(Answer):
    type: Literal["afbeelding"]
    afbeelding: Afbeelding
    bijschrift: text("Het bankje van Joke")


class Citaat(Answer):
    type: Literal["citaat"]
    citaat: text("Nu kent ze iedereen.")
    spreker: text("een buurman")


class Werkt(Answer):
    type: Literal["werkt"]
    werkt: list[text("Elke week dezelfde tijd")]
    werkt_niet: list[text("Een folder in de bus")]


class Stap(Answer):
    titel: text("Zet een tafel neer")
    tekst: text("Buiten, waar iedereen langskomt.")


class Stappen(Answer):
    type: Literal["stappen"]
    titel: text("Zo doe je het")
    stappen: list[Stap]


class Kaart(Answer):
    """Een andere pagina, met de reden om haar te lezen."""

    type: Literal["publicatie", "verhaal", "artikel", "pagina"]
    pagina: Verwijzing
    waarom: text("Lees dit om te weten wat werkt.")


class Video(Answer):
    type: Literal["video"]
    titel: text("Een dag in de buurtkamer")
    adres: text("https://video.example/1")
    minuten: number(4) | None
    afbeelding: Afbeelding | None
    uitgeschreven: Html


class Hand(Answer):
    begrip: Begrip
    zin: text("Kent de bewoners en brengt ze bij elkaar.")


class Handen(Answer):
    type: Literal["spelers", "voorzieningen"]
    regels: list[Hand]


class Regels(Answer):
    type: Literal["regels"]
    titel: text("Wat betekent dit voor mijn buurt?")
    regels: list[text("Zet een tafel neer.")]


Blok = Annotated[
    Kop | Tekst | Beeld | Citaat | Werkt | Stappen | Kaart | Video | Handen | Regels,
    Field(discriminator="type"),
]


class Pagina(Answer):
    """Wat elke soort pagina vertelt."""

    id: number(42)
    slug: text("samen-eten")
    titel: text("Samen eten, samen weten")


class Geplaatst(Answer):
    pijlers: list[Begrip]
    voorzieningen: list[Begrip]
    spelers: list[Begrip]
    themas: list[Begrip]
    trefwoorden: list[text("eten")]
    is_voorbeeld: bool
    geplaatst_op: Moment | None
    gewijzigd_op: Moment | None
    adres: Address
    links: Annotated[Links, Field(alias="_links")]


class PublicatieKort(Geplaatst, Pagina):
    ondertitel: text("Over tafels")
    soort: Begrip | None
    auteurs: list[Auteur]
    organisatie: text("Gemeente Waterveld")
    samenvatting: text("In de buurtkeuken leren bewoners elkaar kennen.")
    wat_je_ermee_kunt: Annotated[list[text("Zet een tafel neer.")], Field(alias="watJeErmeeKunt")]
    jaar: number(2024) | None
    maand: number(3) | None
    dag: number(5) | None
    tijdschrift: text("Journal of Social Intervention")
    jaargang: text("33(1)")
    bladzijden: text("4–19")
    aantal_bladzijden: number(48) | None
    taal: Literal[tuple(Language.values)]
    doi: text("10.1234/eten")
    isbn: text("")
    bron: text("https://voorbeeld.example/samen-eten")
    document: Annotated[Address | None, Field(description="Waar iedereen het kan ophalen.")]
    licentie: Literal[tuple(Licence.values)]
    toegang: Literal[tuple(Access.values)]
    omslag: Afbeelding | None
    lezers: list[Begrip]
    gebied: Begrip | None
    plaats: text("Waterveld")
    aantal_verhalen: number(2)


class Publicatie(PublicatieKort):
    verhalen: list[Verband]
    artikelen: list[Verband]
    bouwt_voort_op: list[Verwijzing]
    beantwoordt: list[Verwijzing]


class VerhaalKort(Geplaatst, Pagina):
    inleiding: text("Joke zette een bankje voor haar deur.")
    buurt: text("De Haven")
    gemeente: text("Waterveld")
    auteurs: list[Schrijver]
    afbeelding: Afbeelding | None
    oorspronkelijk_adres: text("https://www.buurtwijs.nl/bankje", description="Leeg: het is hier.")


class Verhaal(VerhaalKort):
    blokken: list[Blok]
    publicaties: list[Verband]


class ArtikelKort(Geplaatst, Pagina):
    vorm: Literal["artikel", "reflectie", "opinie"]
    inleiding: text("Wat werkt in de buurt?")
    auteurs: list[Schrijver]
    afbeelding: Afbeelding | None


class Artikel(ArtikelKort):
    blokken: list[Blok]
    publicaties: list[Verband]


class DossierKort(Geplaatst, Pagina):
    inleiding: text("Een kamer, een koffiekan en een sleutel.")
    wat_ontbreekt: text("Onderzoek naar dorpen.")


class Dossier(DossierKort):
    blokken: list[Blok]


class VraagKort(Geplaatst, Pagina):
    toelichting: text("We zoeken een sluitende begroting.")
    is_beantwoord: bool


class Vraag(VraagKort):
    antwoorden: list[Antwoord]


class Optie(Answer):
    waarde: text("sociale-cohesie")
    naam: text("Sociale cohesie")
    aantal: number(12)
    is_gekozen: bool


class Facet(Answer):
    """Waarop je kunt filteren, en hoeveel er dan overblijft. De eigen keuze telt niet mee."""

    sleutel: Literal[FACET_NAMES]
    naam: text("Pijler")
    opties: list[Optie]


class Suggestie(Answer):
    """Woorden die misschien bedoeld zijn. Ze vinden iets."""

    woorden: text("buurtkamer")
    adres: Address


class Lijst(Answer):
    totaal: number(135)
    pagina: number(1)
    aantal: number(20)
    paginas: number(7)
    is_gedeeltelijk: Annotated[
        bool, Field(description="Niets heeft al deze woorden; dit komt er het dichtst bij.")
    ]
    meldingen: list[text("We kennen het filter ‘x’ niet.")]
    suggestie: Suggestie | None
    facetten: list[Facet]
    links: Annotated[PageLinks, Field(alias="_links")]


class Publicaties(Lijst):
    resultaten: list[PublicatieKort]


class Verhalen(Lijst):
    resultaten: list[VerhaalKort]


class Artikelen(Lijst):
    resultaten: list[ArtikelKort]


class Dossiers(Lijst):
    resultaten: list[DossierKort]


class Vragen(Lijst):
    resultaten: list[VraagKort]


class Gevonden(Answer):
    soort: Literal["publicaties", "verhalen", "artikelen", "dossiers", "vragen"]
    totaal: number(12)
    is_gedeeltelijk: bool
    resultaten: list[Verwijzing]
    links: Annotated[Links, Field(alias="_links")]


class Zoekresultaat(Answer):
    totaal: number(31)
    meldingen: list[text("We kennen het filter ‘x’ niet.")]
    suggestie: Suggestie | None
    soorten: list[Gevonden]


class Schrijftip(Pagina):
    groep: Literal["begin", "schrijf", "beeld-en-mensen", "afronden"]
    inleiding: text("Schrijf korte zinnen.")
    html: Html
    adres: Address


class Schrijftips(Answer):
    resultaten: list[Schrijftip]


class Pijler(Pagina):
    begrip: Begrip
    vraag: text("Kennen we elkaar?")
    inleiding: text("Wat mensen bindt.")
    html: Html
    spelers: list[Hand]
    voorzieningen: list[Hand]
    begin_hier: Verwijzing | None
    wat_ontbreekt: text("Onderzoek naar dorpen.")
    aantal_publicaties: number(31)
    adres: Address


class Pijlers(Answer):
    resultaten: list[Pijler]


class BegripMetUitleg(Begrip):
    woordenlijst: Literal[tuple(Vocabulary.values)]
    uitleg: text("Hoe mensen met elkaar verbonden zijn.")
    andere_woorden: list[text("saamhorigheid")]
    samengevoegd_met: Annotated[
        str | None, Field(description="Gebruik dit id in plaats van het oude.")
    ]


class Begrippen(Answer):
    resultaten: list[BegripMetUitleg]


class Cel(Answer):
    pijler: text("sociale-cohesie")
    term: text("buurthuis")
    publicaties: number(7)
    verhalen: number(2) | None
    publicatie_lijst: Address
    verhalen_lijst: Address


class Kenniskaart(Answer):
    tegen: Literal["voorziening", "speler", "thema"]
    meldingen: list[text("We kennen het filter ‘x’ niet.")]
    cellen: list[Cel]


class Plek(Answer):
    id: number(7)
    pad: text("over", description="Leeg: de startpagina.")
    titel: text("Over het Kennisplein")
    type: text("tekstpagina")
    adres: Address
    links: Annotated[Links, Field(alias="_links")]


class PaginasLinks(Links):
    gegevens: Annotated[Link, Field(json_schema_extra={"optional": True})]


class PaginaMetBlokken(Plek):
    slug: text("over")
    zoektitel: text("Over het Kennisplein")
    beschrijving: text("Wat het Kennisplein is.")
    inleiding: text("Kennis over de sociale basis.")
    afbeelding: Afbeelding | None
    blokken: list[Blok]
    kruimelpad: list[Plek]
    geplaatst_op: Moment | None
    gewijzigd_op: Moment | None
    links: Annotated[PaginasLinks, Field(alias="_links")]


class Paginas(Answer):
    totaal: number(61)
    pagina: number(1)
    aantal: number(20)
    paginas: number(4)
    resultaten: list[Plek]
    links: Annotated[PageLinks, Field(alias="_links")]


class Navigatie(Answer):
    naam: text("Kennisplein Sociale basis")
    organisatie: text("Buurtwijs")
    email: text("info@buurtwijs.nl")
    voettekst: text("Een plek van Buurtwijs.")
    startpagina: Plek
    hoofdmenu: list[Plek]


class Plaats(Answer):
    name: Annotated[str, Field(examples=["pagina"], json_schema_extra={"optional": True})]
    pointer: Annotated[str, Field(examples=["#/titel"], json_schema_extra={"optional": True})]


class Fout(Answer):
    """Eén fout: waar, welke, en wat er moet."""

    in_: Annotated[Literal["query", "body"], Field(alias="in")]
    location: Plaats
    code: text("int_parsing")
    detail: text("Dit moet een heel getal zijn.")


class Probleem(Answer):
    """Wat er misging, volgens RFC 9457."""

    type: text("about:blank")
    title: text("Er klopt iets niet aan je vraag")
    status: number(400)
    detail: text("We vonden één fout. Bij ‘errors’ staat per fout wat er moet.")
    errors: Annotated[list[Fout], Field(json_schema_extra={"optional": True})]


# Of these `fields` may leave out all but the id.
PICKED_FROM = (PublicatieKort, VerhaalKort, ArtikelKort, DossierKort, VraagKort)


def field_names(answer: type[Answer]) -> tuple[str, ...]:
    return tuple(one.alias or name for name, one in answer.model_fields.items())
