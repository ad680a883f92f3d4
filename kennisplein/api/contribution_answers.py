"""What the API answers about contributions, as its OpenAPI document describes it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from forms.doors import DOORS
from forms.models import Kind, Status
from kennisplein.api.answers import Address, Answer, Html, Link, Moment, Probleem, number, text


class Keuze(Answer):
    waarde: text("onderzoek")
    naam: text("Onderzoek")


class FormulierVraag(Answer):
    naam: text("criteria.volledig", description="Met een punt: in een object met die naam.")
    vraag: text("Waar gaat het over?")
    uitleg: text("Vijf zinnen is genoeg.")
    soort: Literal["tekst", "langeTekst", "keuze", "meerkeuze", "jaNee", "bestand"]
    is_verplicht: bool
    hoogstens_tekens: number(255) | None
    keuzes: list[Keuze]


class Deur(Answer):
    """Een van de drie manieren om iets te sturen."""

    deur: Literal[tuple(DOORS)]
    inleiding: text("Ken je een publicatie die anderen helpt?")
    html: Html
    vragen: list[FormulierVraag]
    schema_: Annotated[
        dict[str, Any],
        Field(alias="schema", description="Als JSON Schema.", examples=[{"type": "object"}]),
    ]


class Bedankt(Answer):
    titel: text("Bedankt!")
    html: Html


class Grenzen(Answer):
    bestand_bytes: number(20971520)
    bestandssoorten: list[text("pdf")]
    verzendingen_per_uur: number(10)
    verzendingen_per_uur_samen: number(200)


class Formulier(Answer):
    titel: text("Voeg kennis toe")
    inleiding: text("Iedereen mag kennis toevoegen.")
    lichte_check: text("De redactie kijkt of het past.")
    antwoord_binnen_werkdagen: number(10)
    bedankt: Bedankt
    bevestigen: text("We sturen een mail naar het adres van de inzender.")
    deuren: list[Deur]
    grenzen: Grenzen


class BijdrageLinks(Answer):
    self: Link
    pagina: Link


class Ontvangen(Answer):
    kenmerk: text("KP-2026-0042")
    status: Literal[tuple(Status.values)]
    melding: text("Bijna klaar. We sturen een mail naar het adres van de inzender.")
    links: Annotated[BijdrageLinks, Field(alias="_links")]


class Stand(Answer):
    naam: text("Ontvangen")
    op: Moment | None
    stand: Literal["gedaan", "nu", "straks"]


class Bijdrage(Answer):
    kenmerk: text("KP-2026-0042")
    soort: Literal[tuple(Kind.values)]
    titel: text("Samen eten, samen weten")
    ontvangen_op: Moment
    status: Literal[tuple(Status.values)]
    status_naam: text("In de lichte check")
    stappen: list[Stand]
    vraag: text("Kun je iets meer vertellen?", description="Wat de redactie nu wil weten.")
    reden: text("", description="Waarom het niet geplaatst is.")
    antwoord_uiterlijk: Annotated[
        str, Field(examples=["2026-03-19"], json_schema_extra={"format": "date"})
    ]
    adres: Annotated[Address | None, Field(description="Op de site, wanneer het daar staat.")]
    links: Annotated[BijdrageLinks, Field(alias="_links")]


class Dubbel(Answer):
    titel: text("Samen eten, samen weten")
    adres: Address
    is_zeker: bool
    waarom: text("dezelfde DOI")


class DubbelProbleem(Probleem):
    """Dit staat er misschien al."""

    status: number(409)
    dubbel: list[Dubbel]
