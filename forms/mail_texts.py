"""
What the mails say: which there are, their standard texts, the fields to fill in, and as HTML.

A text holds fields such as `{naam}`. The standard text of a mail is a file in
`templates/forms/mail/` with the subject on its first line; editors may write their own (MailText).
A new mail is a file there and a line in MAILS.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

PLACEHOLDERS = {
    "naam": "de naam van de inzender",
    "titel": "de titel van de bijdrage",
    "kenmerk": "het kenmerk, zoals KP-2026-0042",
    "link": "de persoonlijke link naar de bijdrage",
    "pagina": "het adres van de pagina op het Kennisplein",
    "reden": "wat de redactie schreef: de vraag, de reden of een opmerking",
    "termijn": "hoe snel je antwoordt, zoals ‘10 werkdagen’",
    "aanleiding": "wat er is gebeurd",
    "online": "of de bijdrage intussen op het Kennisplein staat",
    "bijdragen": "de bijdragen met hun links",
    "antwoorden": "de antwoorden op de vraag, met hun adres",
    "aantal": "hoe vaak de publicatie is gebruikt",
    "stop": "de link om deze mail te stoppen",
    "datum": "de dag en het uur waarop het artikel online komt",
}
EDITORS = "redactie"
WRITER_ASKS, WRITER_SENDS = "schrijver-vraagt", "schrijver-stuurt-in"
FIELD = re.compile(r"( ?)\{([a-z_]+)\}")
ANY_FIELD = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class MailKind:
    """One kind of mail: which fields its text may hold, and which it must."""

    label: str
    may: frozenset[str]
    must: frozenset[str]


def mail_kind(label: str, may: str, must: str = "") -> MailKind:
    return MailKind(label, frozenset(f"{may} {must}".split()), frozenset(must.split()))


# Anyone can fill in somebody else's address. So a mail that goes without an editor having looked
# (the first four, and the receipts) holds no words of the contributor: no name and no title.
MAILS = {
    "ontvangen": mail_kind("Ontvangen", "kenmerk termijn", must="link"),
    "bevestigen": mail_kind("Bevestig je e-mailadres", "kenmerk", must="link"),
    "ingetrokken": mail_kind("Ingetrokken", "kenmerk link"),
    "mijn-link": mail_kind("Je links", "", must="bijdragen"),
    "vraag": mail_kind("Aanvulling gevraagd", "naam titel kenmerk", must="reden link"),
    "gepubliceerd": mail_kind("Gepubliceerd", "naam titel kenmerk link", must="pagina reden"),
    "niet-geplaatst": mail_kind("Niet geplaatst", "naam titel kenmerk link", must="reden"),
    "heropend": mail_kind("Heropend", "naam titel kenmerk termijn online", must="reden link"),
    # Of the small forms. A name with a kind behind it is that kind's own text for a mail.
    "ontvangen-correctie": mail_kind("Correctie ontvangen", "kenmerk termijn", must="link"),
    "verwerkt": mail_kind("Correctie verwerkt", "kenmerk link", must="pagina reden"),
    "niet-overgenomen": mail_kind(
        "Correctie niet overgenomen", "kenmerk link", must="pagina reden"
    ),
    "ontvangen-praktijk": mail_kind("Gebruik ontvangen", "kenmerk termijn", must="link"),
    "gepubliceerd-praktijk": mail_kind(
        "Gebruik telt mee", "naam kenmerk link", must="pagina reden"
    ),
    "niet-geplaatst-praktijk": mail_kind(
        "Gebruik niet geplaatst", "naam kenmerk link", must="reden"
    ),
    "ontvangen-vraag": mail_kind("Vraag ontvangen", "kenmerk termijn", must="link"),
    "gepubliceerd-vraag": mail_kind("Vraag geplaatst", "titel kenmerk link", must="pagina reden"),
    "niet-geplaatst-vraag": mail_kind("Vraag niet geplaatst", "titel kenmerk link", must="reden"),
    "beantwoord": mail_kind("Vraag beantwoord", "titel kenmerk pagina", must="antwoorden"),
    "jaarbericht": mail_kind("Je publicatie werd gebruikt", "naam titel aantal pagina", "stop"),
    # To and about writers, people with an account.
    WRITER_ASKS: mail_kind("Iemand wil meeschrijven", "naam", must="link"),
    WRITER_SENDS: mail_kind("Schrijver stuurt een artikel in", "naam titel", must="link"),
    "schrijver-welkom": mail_kind("Schrijver: welkom", "naam", must="link"),
    "schrijver-bekend": mail_kind("Schrijver: je hebt al een account", "naam", must="link"),
    "schrijver-nee": mail_kind("Schrijver: niet aangenomen", "naam", must="reden"),
    "schrijver-ontvangen": mail_kind("Artikel ontvangen", "naam titel link"),
    "schrijver-vraag": mail_kind("Artikel: aanpassing gevraagd", "naam titel", must="reden link"),
    "schrijver-gepland": mail_kind("Artikel goedgekeurd en gepland", "naam titel", must="datum"),
    "schrijver-online": mail_kind("Artikel staat online", "naam titel", must="pagina"),
    EDITORS: mail_kind("Bericht aan de redactie", "titel kenmerk aanleiding", must="link"),
}


def text_for(template: str, kind: str) -> str:
    """Return which text a mail takes for a kind of contribution: its own, or the one they share."""
    own = f"{template}-{kind}"
    return own if own in MAILS else template


def mail_choices() -> list[tuple[str, str]]:
    return [(template, kind.label) for template, kind in MAILS.items()]


def standard_text(template: str, *more_fields: str) -> tuple[str, str]:
    """Return (subject, body) as the file in `templates/forms/mail/` has them, fields unfilled."""
    as_themselves = {name: f"{{{name}}}" for name in (*PLACEHOLDERS, *more_fields)}
    text = render_to_string(f"forms/mail/{template}.txt", as_themselves)
    subject, _, body = text.partition("\n")
    return subject.strip(), body.strip()


def fill(text: str, values: dict[str, str]) -> str:
    """
    Fill in the fields that `values` has; leave others as they are.

    What is filled in is not looked at again. An empty value takes the space before it along
    (“Hoi {naam},” becomes “Hoi,”), and the empty paragraph it leaves.
    """

    def value(match: re.Match) -> str:
        space, name = match.groups()
        if name not in values:
            return match[0]
        return f"{space}{values[name]}" if values[name] else ""

    return re.sub(r"\n{3,}", "\n\n", FIELD.sub(value, text)).strip()


def fill_subject(text: str, values: dict[str, str]) -> str:
    """Fill in a subject: one line of at most 250 characters."""
    return " ".join(fill(text, values).split())[:250]


def faults_in(template: str, subject: str, body: str) -> dict[str, list[ValidationError]]:
    """Return {field of MailText: errors} for fields that cannot be filled in or may not miss."""
    kind = MAILS[template]
    faults: dict[str, list[ValidationError]] = {}
    for field, text in {"subject": subject, "body": body}.items():
        unknown = {f"{{{name}}}" for name in ANY_FIELD.findall(text)} - in_braces(kind.may)
        if unknown:
            known = ", ".join(sorted(in_braces(kind.may)))
            sentence = f"In deze mail kan {', '.join(sorted(unknown))} niet. Wel: {known}."
            faults.setdefault(field, []).append(ValidationError(sentence))
    missing = sorted(name for name in in_braces(kind.must) if name not in body)
    if missing:
        sentence = f"Laat {' en '.join(missing)} in de tekst staan. Zonder werkt de mail niet."
        faults.setdefault("body", []).append(ValidationError(sentence))
    return faults


def in_braces(names) -> set[str]:
    return {f"{{{name}}}" for name in names}


def html_mail(subject: str, body: str, reference: str = "") -> str:
    """
    Return the HTML version of a mail. Everything in it is escaped; only addresses of this site
    become links, so that nobody can have us send a link to somewhere else.
    """
    paragraphs = [_paragraph(text) for text in body.strip().split("\n\n")]
    context = {"subject": subject, "paragraphs": paragraphs, "reference": reference}
    return render_to_string("forms/mail/base.html", {**context, "base_url": settings.BASE_URL})


def _paragraph(text: str) -> dict:
    """Return {"lines": html of each line, "is_list": bool}."""
    lines = [line for line in text.split("\n") if line.strip()]
    is_list = any(line.startswith("- ") for line in lines)
    first = []
    if is_list and not lines[0].startswith("- "):
        first = [lines.pop(0)]
    shown = [_with_links(line.removeprefix("- ") if is_list else line) for line in lines]
    return {"heading": [_with_links(line) for line in first], "lines": shown, "is_list": is_list}


def _with_links(line: str) -> str:
    our_address = re.escape(settings.BASE_URL) + r"/(?:[^\s<>\"]*[^\s<>\".,;:!?)])?"
    parts, end = [], 0
    for match in re.finditer(our_address, line):
        parts.append(escape(line[end : match.start()]))
        parts.append(format_html('<a href="{0}" style="word-break:break-all">{0}</a>', match[0]))
        end = match.end()
    return mark_safe("".join([*parts, escape(line[end:])]))  # noqa: S308 (escaped piece by piece)


def example_values() -> dict[str, str]:
    """Return a value for every field, for the preview."""
    return {
        "naam": "Fenna de Boer",
        "titel": "Samen eten, samen weten",
        "kenmerk": "KP-2026-0042",
        "link": f"{settings.BASE_URL}/bijdragen/voorbeeld/",
        "pagina": f"{settings.BASE_URL}/bibliotheek/voorbeeld/",
        "reden": "Om welke wijk gaat het?",
        "termijn": "10 werkdagen",
        "aanleiding": "Er is een nieuwe bijdrage binnen.",
        "online": "Je bijdrage blijft intussen op het Kennisplein staan.",
        "antwoorden": f"De stoep als huiskamer\n{settings.BASE_URL}/bibliotheek/voorbeeld/",
        "aantal": "3",
        "stop": f"{settings.BASE_URL}/bijdragen/stop/voorbeeld/",
        "datum": "12 maart 2026 om 09.00 uur",
        "bijdragen": f"KP-2026-0042, van 3 maart 2026:\n{settings.BASE_URL}/bijdragen/voorbeeld/",
    }
