"""The reference for people: the OpenAPI document as a page of the site."""

import json

from django.conf import settings
from django.http import HttpResponseNotAllowed
from django.template.response import TemplateResponse

from kennisplein.api.cards import BASE
from kennisplein.api.openapi import document_of


def reference_page(api, request):
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    document = document_of(api, request)
    schemas = document["components"]["schemas"]
    context = {
        "info": document["info"],
        "server": document["servers"][0]["url"],
        "operations": [
            _told(path, method, operation)
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        ],
        "schemas": [
            {"name": name, "about": schema.get("description", ""), "rows": _rows(schema)}
            for name, schema in sorted(schemas.items())
            if schema.get("properties")
        ],
    }
    return TemplateResponse(request, "kennisplein/api_reference.html", context).render()


def _told(path: str, method: str, operation: dict) -> dict:
    answers = [
        {"code": code, "about": one["description"], "schema": _schema_name(one)}
        for code, one in operation["responses"].items()
    ]
    [good] = [one for code, one in operation["responses"].items() if code in ("200", "201")]
    [content] = good["content"].values()
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "address": f"{settings.BASE_URL}{BASE}{path}",
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": [one | {"kind": _kind(one["schema"])} for one in operation["parameters"]],
        "answers": answers,
        "example": json.dumps(content["example"], ensure_ascii=False, indent=2),
    }


def _schema_name(response: dict) -> str:
    for content in response.get("content", {}).values():
        return content["schema"].get("$ref", "").rpartition("/")[2]
    return ""


def _rows(schema: dict) -> list[dict]:
    return [
        {"name": name, "kind": _kind(one), "about": one.get("description", "")}
        for name, one in schema["properties"].items()
    ]


KINDS = {
    "string": "tekst",
    "integer": "getal",
    "boolean": "ja of nee",
    "null": "niets",
    "object": "object",
}


def _kind(schema: dict) -> str:
    """Say in Dutch what a value can be."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "enum" in schema:
        return ", ".join(f"‘{value}’" if value else "leeg" for value in schema["enum"])
    if "const" in schema:
        return f"‘{schema['const']}’"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " of ".join(_kind(one) for one in schema[several])
    if schema.get("type") == "array":
        return f"lijst van: {_kind(schema['items'])}"
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return " of ".join(KINDS.get(kind, "van alles") for kind in kinds)
