"""What may stand behind the question mark. Whatever is wrong is told, all at once."""

from typing import Annotated, Literal, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from home.knowledge_map import AXES
from kennisplein.api.problems import faults_in, not_valid
from publications.models import Vocabulary
from publications.models.publication import UNKNOWN_YEAR, Language
from publications.search import (
    MAX_VALUES_PER_FACET,
    MAX_WORDS_LENGTH,
    PAGE_SIZE,
    SORTS,
    LibraryQuery,
)

MOST_PER_PAGE = 100
LAST_PAGE = 1_000_000
MOST_OF_EACH_KIND = 20
Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,50}$")]
Year = Annotated[str, Field(pattern=f"^([0-9]{{4}}|{UNKNOWN_YEAR})$")]


def chosen(description: str, example: str):
    return Field([], max_length=MAX_VALUES_PER_FACET, description=description, examples=[[example]])


class Asked(BaseModel):
    """No keys at all. Every other question adds its own; a key that it does not have is a fault."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def of(cls, request):
        """Read what a request asks. Raises a Problem with everything that is wrong."""
        lists = [
            name for name, one in cls.model_fields.items() if get_origin(one.annotation) is list
        ]
        sent = {
            name: values if name in lists or len(values) > 1 else values[0]
            for name, values in request.GET.lists()
        }
        try:
            return cls.model_validate(sent)
        except ValidationError as error:
            found = [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
            raise not_valid(faults_in(found)) from error

    @classmethod
    def parameters(cls) -> list[dict]:
        """Return the keys as OpenAPI describes them."""
        return [
            {
                "in": "query",
                "name": name,
                "description": schema.pop("description"),
                "required": False,
                **({"example": schema.pop("examples")[0]} if "examples" in schema else {}),
                "schema": {key: value for key, value in schema.items() if key != "title"},
            }
            for name, schema in cls.model_json_schema().get("properties", {}).items()
        ]


class Paged(Asked):
    pagina: int = Field(1, ge=1, le=LAST_PAGE, description="Welke pagina van de lijst.")
    aantal: int = Field(
        PAGE_SIZE, ge=1, le=MOST_PER_PAGE, description="Hoeveel er op een pagina staan."
    )


class Words(Asked):
    q: str = Field(
        "",
        max_length=MAX_WORDS_LENGTH,
        description='Zoekwoorden. ‘"…"’ zoekt een woordgroep, ‘-’ sluit een woord uit.',
        examples=["buurt"],
    )


class Classified(Words):
    """What every kind of page can be searched by."""

    pijler: list[Slug] = chosen("Over deze pijlers.", "sociale-cohesie")
    voorziening: list[Slug] = chosen("Over deze collectieve voorzieningen.", "buurthuis")
    speler: list[Slug] = chosen("Over deze spelers.", "bewoners")
    thema: list[Slug] = chosen("Over deze thema’s.", "eenzaamheid")

    def to_query(self) -> LibraryQuery:
        """Return what the library's own search is asked."""
        asked = self.model_dump()
        return LibraryQuery.of({**asked, "pagina": asked.get("pagina", 1)})


class Sorted(Classified, Paged):
    sorteer: Literal[tuple(SORTS)] = Field(
        None,
        description="Op volgorde. Zonder keuze: bij zoekwoorden ‘beste’, anders ‘nieuwste’.",
        json_schema_extra=lambda schema: schema.pop("default", None),
    )

    def to_query(self) -> LibraryQuery:
        asked = self.model_dump(exclude_none=True)
        return LibraryQuery.of(asked)


class SearchReadings(Sorted):
    """Stories, dossiers and questions."""


class SearchArticles(Sorted):
    vorm: list[Literal["artikel", "reflectie", "opinie"]] = chosen("Deze soorten.", "reflectie")


class SearchPublications(Sorted):
    soort: list[Slug] = chosen("Deze soorten publicaties.", "onderzoek")
    jaar: list[Year] = chosen("Verschenen in deze jaren, of ‘onbekend’.", "2024")
    lezer: list[Slug] = chosen("Voor deze lezers.", "bewoners")
    gebied: list[Slug] = chosen("Over dit gebied.", "nederland")
    taal: list[Literal[tuple(Language.values)]] = chosen("In deze talen.", "nl")
    vrij: list[Literal["ja"]] = chosen("Alleen wat vrij te lezen is.", "ja")


class SearchEverything(Classified):
    aantal: int = Field(
        5, ge=1, le=MOST_OF_EACH_KIND, description="Hoeveel er van elke soort komen."
    )


class Terms(Asked):
    woordenlijst: list[Literal[tuple(Vocabulary.values)]] = Field(
        [], max_length=len(Vocabulary.values), description="Alleen van deze woordenlijsten."
    )


class Map(Asked):
    tegen: Literal[tuple(AXES)] = Field(
        next(iter(AXES)), description="Waar de pijlers tegenover staan."
    )
    soort: list[Slug] = chosen("Tel alleen deze soorten publicaties.", "onderzoek")
    jaar: list[Year] = chosen("Tel alleen publicaties uit deze jaren.", "2024")


def with_fields(question: type[Asked], names: tuple[str, ...]) -> type[Asked]:
    """Return `question` with a key `fields`, that picks from `names`."""
    one = f"({'|'.join(names)})"
    field = Field(
        "",
        pattern=f"^{one}(,{one})*$",
        description=f"Alleen deze velden, met komma’s ertussen: {', '.join(names)}.",
        examples=[",".join(names[1:3])],
        json_schema_extra=lambda schema: schema.pop("default", None),
    )
    return type(
        question.__name__, (question,), {"__annotations__": {"fields": str}, "fields": field}
    )
