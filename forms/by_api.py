"""
Contributions by other programs: the questions of the form as data, and the form filled in by data.

The rules are those of `forms.doors`. Two names differ: what the form calls `criterium_x` and
`extra_x` stands in the objects `criteria` and `extra`.
"""

import uuid

from django import forms
from django.conf import settings
from django.core import signing
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from forms.doors import DOORS, EXTRA
from forms.forms import CRITERION, STARTED_SALT
from forms.start import KNOWN_ALREADY
from publications.documents import EXTENSIONS

GROUPS = {CRITERION: "criteria", EXTRA: "extra"}
OF_THE_FORM = ("begonnen", "website", "sleutel")  # a program has no need of these
FILE = "bestand"
# One and the same for all who send no key: then the same contribution is always the same case.
NO_KEY = uuid.UUID("0f6d1f3c-5d0c-5b1e-9a55-6b1f6a2f7a10")
NOT_TEXT = "Dit moet tekst zijn."
UNREADABLE = "Hier staan tekens in die we niet kunnen lezen."


def place_of(name: str) -> tuple[str, ...]:
    """Return where a question of the form stands in the data: (“criteria”, “volledig”)."""
    for prefix, group in GROUPS.items():
        if name.startswith(prefix):
            return group, name.removeprefix(prefix)
    return (name,)


def pointer(*path: str) -> str:
    """Return a JSON pointer, of names that somebody else may have made up."""
    names = [name.encode("utf-8", "replace").decode() for name in path]
    return "/".join(["#", *(name.replace("~", "~0").replace("/", "~1") for name in names)])


class FilledIn:
    """
    What a program sent for one door. `form` is the site's own, `faults` what is wrong as
    [(pointer, code, sentence)], the form's own included.
    """

    def __init__(self, form_page, data: dict, file=None):
        self.faults, self.sent = [], QueryDict(mutable=True)
        self.form = None
        door = data.get("deur")
        if not isinstance(door, str) or door not in DOORS:
            self._add(("deur",), "literal_error", f"Kies uit: {', '.join(DOORS)}.")
            return
        empty = form_page.door_form(door)
        self.fields = {
            place_of(name): (name, field)
            for name, field in empty.fields.items()
            if name not in OF_THE_FORM and name != FILE
        }
        self.seen = set()
        for name, value in data.items():
            if name in GROUPS.values() and isinstance(value, dict):
                for inner, answer in value.items():
                    self._take((name, inner), answer)
            else:
                self._take((name,), value)
        self.is_known = data.get(KNOWN_ALREADY) is True
        files = MultiValueDict({FILE: [file]} if file else {})
        if file and FILE not in empty.fields:
            self._add((FILE,), "extra_forbidden", "Bij deze deur hoort geen bestand.")
        minute_ago = timezone.now().timestamp() - 60 - 3 * settings.CONTRIBUTION_MINIMUM_SECONDS
        self.sent["begonnen"] = signing.dumps(minute_ago, salt=STARTED_SALT)
        self.sent.setdefault("sleutel", str(NO_KEY))
        self.form = form_page.door_form(door, self.sent, files)
        for name, messages in self.form.errors.items():
            path = () if name == forms.forms.NON_FIELD_ERRORS else place_of(name)
            if path not in self.seen:  # its own kind of fault has been told
                for message in messages:
                    self._add(path, "invalid", message)

    @property
    def is_valid(self) -> bool:
        return not self.faults

    def _add(self, path, code: str, sentence: str) -> None:
        self.faults.append((pointer(*path), code, sentence))

    def _take(self, path, value) -> None:
        """Take one answer over into what the form gets, or say what is wrong with its kind."""
        if path == ("deur",):
            return
        if path == (KNOWN_ALREADY,):
            fault = "" if isinstance(value, bool) else "Dit moet true of false zijn."
        elif path == ("sleutel",):
            fault = "" if is_uuid(value) else "Dit moet een UUID zijn."
            if not fault:
                self.sent["sleutel"] = value
        elif path in self.fields:
            fault = self._fill(*self.fields[path], value)
        elif path in {(group,) for group in GROUPS.values()}:
            fault = "Dit moet een object zijn."
        else:
            self._add(path, "extra_forbidden", "Deze vraag is er niet.")
            return
        if fault:
            self.seen.add(path)
            self._add(path, "type", fault)

    def _fill(self, name: str, field, value) -> str:
        """Return what is wrong with the kind of an answer, or nothing."""
        if isinstance(field, forms.BooleanField):
            if not isinstance(value, bool):
                return "Dit moet true of false zijn."
            self.sent.setlist(name, ["on"] if value else [])
            return ""
        if takes_many(field):
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                return "Dit moet een lijst van teksten zijn."
            texts = value
        elif is_number(value) and takes_number(name, field):
            texts = [str(value)]
        elif isinstance(value, str):
            texts = [value]
        else:
            return NOT_TEXT
        if not all(map(is_readable, texts)):
            return UNREADABLE
        self.sent.setlist(name, texts)
        return ""


def takes_many(field) -> bool:
    return getattr(field.widget, "allow_multiple_selected", False)


def takes_number(name: str, field) -> bool:
    return name == "jaar" or isinstance(field, forms.IntegerField | forms.DecimalField)


def is_number(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15


def is_readable(text: str) -> bool:
    """Tell whether a text can be kept: no half characters, and no zero."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def is_uuid(value) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def choices_of(field) -> list[tuple[str, str]]:
    """Return what can be chosen, without the line that says “choose”."""
    choices = getattr(field, "choices", None) or ()
    return [(str(value), str(label)) for value, label in choices if str(value)]


def questions(form) -> list[dict]:
    """Return the questions of a door, in the order and the words of the form."""
    found = []
    for name, field in form.fields.items():
        if name in OF_THE_FORM:
            continue
        choices = choices_of(field)
        found.append(
            {
                "naam": ".".join(place_of(name)),
                "vraag": str(field.label),
                "uitleg": str(field.help_text),
                "soort": kind_of(field, choices),
                "isVerplicht": field.required,
                "hoogstensTekens": getattr(field, "max_length", None),
                "keuzes": [{"waarde": value, "naam": label} for value, label in choices],
            }
        )
    return found


def kind_of(field, choices) -> str:
    if isinstance(field, forms.FileField):
        return "bestand"
    if isinstance(field, forms.BooleanField):
        return "jaNee"
    if takes_many(field):
        return "meerkeuze"
    if choices:
        return "keuze"
    return "langeTekst" if isinstance(field.widget, forms.Textarea) else "tekst"


def schema_of(door: str, form) -> dict:
    """Return a door as JSON Schema. What its questions say together is not in it."""
    properties = {"deur": {"const": door}}
    required, groups = ["deur"], {}
    for name, field in form.fields.items():
        if name in OF_THE_FORM or name == FILE:
            continue
        *group, last = place_of(name)
        target, needed = properties, required
        if group:
            own = groups.setdefault(group[0], {"properties": {}, "required": []})
            target, needed = own["properties"], own["required"]
        target[last] = _property(name, field)
        if field.required:
            needed.append(last)
    for group, own in groups.items():
        properties[group] = {"type": "object", "additionalProperties": False, **own}
        if own["required"]:
            required.append(group)
    properties["sleutel"] = {
        "type": "string",
        "format": "uuid",
        "description": "Van jou: dezelfde sleutel met dezelfde inhoud is dezelfde bijdrage.",
    }
    properties[KNOWN_ALREADY] = {
        "type": "boolean",
        "description": "Stuur het toch, ook als het er misschien al is (antwoord 409).",
    }
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _property(name: str, field) -> dict:
    values = [value for value, _ in choices_of(field)]
    told = {"description": str(field.label)}
    if isinstance(field, forms.BooleanField):
        return told | {"type": "boolean"}
    if takes_many(field):
        one = {"type": "string"} | ({"enum": values} if values else {})
        return told | {"type": "array", "items": one} | ({"minItems": 1} if field.required else {})
    if values:
        return told | {"type": "string", "enum": values if field.required else [*values, ""]}
    told["type"] = ["string", "integer"] if takes_number(name, field) else "string"
    if isinstance(field, forms.EmailField):
        told["format"] = "email"
    if getattr(field, "max_length", None):
        told["maxLength"] = field.max_length
    if field.required:
        told["minLength"] = 1
    return told


def limits() -> dict:
    return {
        "bestandBytes": settings.CONTRIBUTION_MAX_FILE_BYTES,
        "bestandssoorten": list(EXTENSIONS),
        "verzendingenPerUur": settings.CONTRIBUTIONS_PER_ADDRESS,
        "verzendingenPerUurSamen": settings.CONTRIBUTIONS_IN_TOTAL,
    }
