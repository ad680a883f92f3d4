"""The OpenAPI document: what ninja makes of the addresses, with all that it leaves out."""

import copy
from functools import cache

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse

from forms.models import ContributionFormPage
from home.models import SiteSettings
from kennisplein.api import answers, asking
from kennisplein.api.bringing_in import DATA, TYPES, door_schemas
from kennisplein.api.cards import BASE
from kennisplein.api.gate import VERSION
from kennisplein.api.problems import MEDIA_TYPE, TITLES
from publications.documents import EXTENSIONS

ABOUT = (
    "Alles wat bezoekers van het Kennisplein kunnen lezen, voor programma’s. "
    "En kennis toevoegen kan ook.\n\n"
    "Lezen mag iedereen, zonder sleutel en vanaf elke site. "
    "De API volgt de Nederlandse API Design Rules. Er is één bewuste afwijking: antwoorden mogen "
    "bewaard worden (`Cache-Control: public, no-cache` met een `ETag`), zodat opnieuw vragen "
    "weinig kost. Wat van de site gaat, is ook hier meteen weg."
)
PRIVACY = "De token staat in het antwoord op je bijdrage en in onze mail. Deel hem met niemand."
HEADERS = {
    "API-Version": {
        "description": "De hele versie van de API.",
        "schema": {"type": "string"},
        "example": VERSION,
    },
    "ETag": {
        "description": "Stuur hem mee als If-None-Match: is er niets veranderd, dan krijg je 304.",
        "schema": {"type": "string"},
        "example": '"5d41402abc4b2a76b9719d911017c592"',
    },
    "Link": {
        "description": "De eerste, vorige, volgende en laatste pagina (RFC 8288).",
        "schema": {"type": "string"},
        "example": '<https://kennisplein.example/api/v1/verhalen?pagina=2>; rel="next"',
    },
    "Location": {
        "description": "Waar je de bijdrage volgt.",
        "schema": {"type": "string", "format": "uri"},
        "example": "https://kennisplein.example/api/v1/bijdragen/abc",
    },
    "Retry-After": {
        "description": "Na hoeveel seconden je het weer mag proberen.",
        "schema": {"type": "integer"},
        "example": 1800,
    },
    "Allow": {
        "description": "Wat hier wel kan.",
        "schema": {"type": "string"},
        "example": "GET, HEAD, OPTIONS",
    },
}
# What stands in an address itself: what it is, and an example.
IN_PATHS = {
    "sleutel": ("Het id of de slug.", "samen-eten"),
    "pad": ("Het pad van de pagina, of haar id.", "over"),
    "token": ("De token van de bijdrage.", "Zk3v9…"),
}
SENDING = (400, 404, 405, 406, 409, 413, 415, 429, 500)
FILE_OF = f"Een bestand: {', '.join(EXTENSIONS)}."


def described(answer, summary: str, question=asking.Asked, address: str = "", **more) -> dict:
    """Return how ninja is told of one address: what it answers, and with which problems."""
    status = more.get("status", 200)
    has_missing = "{" in address or "pagina" in question.model_fields or "bijdragen" in address
    codes = [400, 405, 406, 500, *([404] if has_missing else [])]
    if more.get("is_private"):
        codes.append(410)
    if status == 201:
        codes = SENDING
    responses = {status: answer}
    for code in sorted(codes):
        responses[code] = more.get("errors", {}).get(code, answers.Probleem)
    extra = {"parameters": question.parameters()}
    if more.get("is_private"):
        extra["description"] = PRIVACY
    return {"summary": summary, "response": responses, "openapi_extra": extra}


@cache
def _base(api) -> dict:
    """Return all that does not change while the site runs."""
    document = copy.deepcopy(dict(api.get_openapi_schema(path_prefix="")))
    schemas = document["components"]["schemas"]
    for operations in document["paths"].values():
        for method, operation in operations.items():
            _finish(operation, method)
            for response in operation["responses"].values():
                for content in response.get("content", {}).values():
                    schemas.update(content["schema"].pop("$defs", {}))
    for name, schema in schemas.items():
        _loosen(schema)
        if name in {one.__name__ for one in answers.PICKED_FROM}:
            schema["required"] = ["id"]
    for operations in document["paths"].values():
        for operation in operations.values():
            for code, response in operation["responses"].items():
                for content in response.get("content", {}).values():
                    content["example"] = example_of(content["schema"], schemas)
                    if int(code) >= 400:
                        content["example"] |= {"status": int(code), "title": TITLES[int(code)]}
    return document


def _finish(operation: dict, method: str) -> None:
    """Complete one operation: media types, headers, and the answer to who has it already."""
    about_contributions = "Bijdrage" in operation["operationId"]
    operation["tags"] = ["Bijdragen" if about_contributions else "Lezen"]
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            parameter["description"], parameter["example"] = IN_PATHS[parameter["name"]]
            parameter["schema"] = {"type": "string", "minLength": 1}
    responses = {str(code): response for code, response in operation["responses"].items()}
    is_kept = method == "get" and "410" not in responses
    if is_kept:
        responses["304"] = {"description": "Er is niets veranderd."}
    for code, response in responses.items():
        names = ["API-Version"]
        if code == "200":
            response["description"] = "Het antwoord."
            names += ["ETag"] * is_kept
            if any(one["name"] == "pagina" for one in operation["parameters"]):
                names.append("Link")
        elif code == "201":
            response["description"] = "Ontvangen. De inzender krijgt een mail om te bevestigen."
            names.append("Location")
        elif code == "304":
            names.append("ETag")
        else:
            response["description"] = f"{TITLES[int(code)]}."
            response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
            names += {"429": ["Retry-After"], "405": ["Allow"]}.get(code, [])
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    operation["responses"] = dict(sorted(responses.items()))


def _loosen(schema: dict) -> None:
    """Take what need not be there out of the required names; and pydantic's own titles."""
    for name, one in schema.get("properties", {}).items():
        one.pop("title", None)
        if one.pop("optional", False) and name in schema["required"]:
            schema["required"].remove(name)
    schema.pop("title", None)


def example_of(schema: dict, schemas: dict):
    """Build an example from those of the parts."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "examples" in schema:
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return example_of(schema[several][0], schemas)
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas)]
    if schema.get("type") == "object":
        required = schema.get("required", ())
        properties = schema.get("properties", {})
        is_picked = list(required) == ["id"]
        names = properties if is_picked else [name for name in properties if name in required]
        if "errors" in properties and "detail" in required:
            names = [*names, "errors"]
        return {name: example_of(properties[name], schemas) for name in names}
    return {"boolean": False, "integer": 1, "null": None}.get(schema.get("type"), "tekst")


def document_of(api, request) -> dict:
    """Return the document as it is now: the form asks what editors made it ask."""
    document = copy.deepcopy(_base(api))
    site = SiteSettings.for_request(request)
    document["info"] |= {
        "description": ABOUT,
        "contact": {"name": site.organisation, "url": settings.BASE_URL, "email": site.email},
        "license": {
            "name": settings.OPEN_DATA_LICENCE["name"],
            "url": settings.OPEN_DATA_LICENCE["address"],
        },
    }
    document["servers"] = [{"url": f"{settings.BASE_URL}{BASE}", "description": "Deze site."}]
    document["components"]["headers"] = HEADERS
    document["security"] = []
    document["tags"] = [
        {"name": "Lezen", "description": "Alles wat iedereen mag zien."},
        {"name": "Bijdragen", "description": "Kennis toevoegen en volgen."},
    ]
    page = ContributionFormPage.objects.live().public().first()
    doors = door_schemas(page) if page else {}
    names = {door: f"Bijdrage{door.capitalize()}" for door in doors}
    for door, schema in doors.items():
        document["components"]["schemas"][names[door]] = schema
    any_door = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in names.values()]}
    if not doors:  # nothing can be sent now
        any_door = {"type": "object"}
    document["paths"]["/bijdragen"]["post"]["requestBody"] = {
        "required": True,
        "content": {
            TYPES[0]: {"schema": any_door, "example": EXAMPLE},
            TYPES[1]: {
                "schema": {
                    "type": "object",
                    "required": [DATA],
                    "additionalProperties": False,
                    "properties": {
                        DATA: any_door,
                        "bestand": {
                            "type": "string",
                            "format": "binary",
                            "description": FILE_OF,
                        },
                    },
                },
                "encoding": {DATA: {"contentType": TYPES[0]}},
                "example": {DATA: EXAMPLE},
            },
        },
    }
    return document


# A tip needs the least.
EXAMPLE = {
    "deur": "tip",
    "wat": "https://voorbeeld.example/buurtmaaltijd",
    "waarom": "Zo doe je dat, een buurtmaaltijd.",
    "email": "fenna@voorbeeld.example",
}


def openapi_document(api, request) -> HttpResponse:
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    asking.Asked.of(request)
    return JsonResponse(document_of(api, request), json_dumps_params={"ensure_ascii": False})
