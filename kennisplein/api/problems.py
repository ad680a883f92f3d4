"""Answers that say what went wrong: `application/problem+json` (RFC 9457), in Dutch."""

from dataclasses import dataclass, field

from django.http import JsonResponse

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "Er klopt iets niet aan je vraag",
    404: "Niet gevonden",
    405: "Dit kan hier niet",
    406: "Deze vorm hebben we niet",
    409: "Dit is er misschien al",
    410: "Gewist",
    413: "Te groot",
    415: "Deze vorm lezen we niet",
    429: "Te veel tegelijk",
    500: "Er ging iets mis bij ons",
}


@dataclass
class Problem(Exception):
    """
    What to answer instead. `errors` holds one dict per fault, of `fault()`; `more` other members,
    `headers` what belongs in the head of the answer.
    """

    status: int
    detail: str
    errors: list[dict] = field(default_factory=list)
    more: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)

    def as_response(self) -> JsonResponse:
        body = {
            "type": "about:blank",
            "title": TITLES[self.status],
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = self.errors
        response = JsonResponse(
            body | self.more,
            status=self.status,
            content_type=MEDIA_TYPE,
            headers=self.headers,
            json_dumps_params={"ensure_ascii": False},
        )
        response["Cache-Control"] = "no-store"
        return response


def fault(part: str, name: str, code: str, detail: str) -> dict:
    """Describe one fault. `part` is “query”, “path” or “body”; of a body `name` is a pointer."""
    location = {"pointer": name} if part == "body" else {"name": name}
    return {"in": part, "location": location, "code": code, "detail": detail}


def not_valid(errors: list[dict]) -> Problem:
    count = "één fout" if len(errors) == 1 else f"{len(errors)} fouten"
    return Problem(400, f"We vonden {count}. Bij ‘errors’ staat per fout wat er moet.", errors)


def faults_in(errors: list[dict]) -> list[dict]:
    """Return in Dutch what pydantic found wrong, one for each value. `loc` begins with the part."""
    found = []
    for error in errors:
        part, name = error["loc"][:2]
        sentence = SENTENCES.get(error["type"], "Deze waarde klopt niet.")
        if name == "fields":
            sentence = "Een van deze velden is er niet. Zet er komma’s tussen, zonder spaties."
        detail = sentence.format(**error.get("ctx", {})).replace("' or '", "' of '")
        found.append(fault(part, str(name), error["type"], detail))
    return found


SENTENCES = {
    "extra_forbidden": "Deze sleutel kennen we niet.",
    "string_type": "Deze sleutel mag één keer.",
    "int_type": "Deze sleutel mag één keer.",
    "int_parsing": "Dit moet een heel getal zijn.",
    "int_parsing_size": "Dit getal is te groot.",
    "greater_than_equal": "Dit moet minstens {ge} zijn.",
    "less_than_equal": "Dit mag hoogstens {le} zijn.",
    "string_too_long": "Dit mag hoogstens {max_length} tekens lang zijn.",
    "string_pattern_mismatch": "Dit heeft niet de goede vorm: {pattern}",
    "literal_error": "Kies uit: {expected}.",
    "too_long": "Kies er hoogstens {max_length}.",
}
