"""
The contribution form helps: it fills itself in, tells what is in a file, and what there is already.

Nothing of this is kept, and none of it stops anybody from sending.
"""

import hashlib

from django import forms

from publications.documents import EXTENSIONS
from publications.duplicates import Description, Duplicate, public_duplicates
from publications.found import Found
from publications.prefill import BUSY, NothingFound, look_into, look_up, lookup_slot

# Question of the form → what of a Found answers it.
ANSWERS = {
    "titel": lambda found: title_of(found),
    "jaar": lambda found: str(found.year or ""),
    "auteurs": lambda found: "\n".join(found.authors),
    "organisatie": lambda found: found.organisation,
    "samenvatting": lambda found: found.summary,
    "link": lambda found: found.source_url,
    "doi": lambda found: found.doi,
    "isbn": lambda found: found.isbn,
}
LABELS = {
    "titel": "titel",
    "jaar": "jaar",
    "auteurs": "auteurs",
    "organisatie": "organisatie",
    "samenvatting": "samenvatting",
    "link": "link",
    "doi": "DOI",
    "isbn": "ISBN",
}
KNOWN_ALREADY = "toch"  # in what is sent, when the person saw the duplicates


class StartForm(forms.Form):
    """What to begin with: a DOI, ISBN or address, or a file."""

    begin = forms.CharField(
        label="DOI, ISBN of webadres",
        max_length=2000,
        required=False,
        help_text="Zoals 10.1234/abc, 978 90 1234 567 1 of https://…",
    )
    begin_bestand = forms.FileField(
        label="Of kies je bestand",
        required=False,
        help_text="We lezen het hier. Het gaat nergens anders heen.",
        widget=forms.FileInput(attrs={"accept": ",".join(f".{name}" for name in EXTENSIONS)}),
    )
    use_required_attribute = False


class Start:
    """
    What was found out, as the form shows it.

    `answers` by question of the form, `source` where from, `contents` what else is in the file,
    `fault` why nothing was found. All in Dutch.
    """

    def __init__(self, text: str = "", file=None, fault: str = ""):
        self.answers, self.source, self.contents, self.fault = {}, "", [], fault
        self.file = file
        if fault:
            return
        try:
            if file:
                found, self.contents = look_into(file, file.name)
                if not found:
                    raise NothingFound("In dit bestand staan geen gegevens. Vul het zelf in.")
            elif text.strip():
                found = look_up(text)
            else:
                raise NothingFound("Plak eerst een DOI, ISBN of webadres, of kies een bestand.")
        except NothingFound as nothing:
            self.fault = str(nothing)
            return
        self.source = found.source
        answers = {name: answer(found) for name, answer in ANSWERS.items()}
        self.answers = {name: answer for name, answer in answers.items() if answer}

    @classmethod
    def of(cls, request):
        """Begin with what was sent: the file, when there is one."""
        file = request.FILES.get("begin_bestand") or request.FILES.get("bestand")
        with lookup_slot() as is_free:
            return cls(request.POST.get("begin", "")[:2000], file, fault="" if is_free else BUSY)

    def filled_in(self, typed) -> dict[str, str]:
        """Return the answers to questions that `typed` leaves open: what is typed always wins."""
        return {n: answer for n, answer in self.answers.items() if not typed.get(n, "").strip()}

    def sentence(self, names) -> str:
        """Say what was filled in, and from where."""
        labels = [LABELS[name] for name in names]
        if not labels:
            return f"Alles wat in {self.source} staat, had je al ingevuld."
        listed = " en ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))
        more = " Schrijf de samenvatting liefst in je eigen woorden." * ("samenvatting" in names)
        return f"Ingevuld uit {self.source}: {listed}. Kijk het nog even na.{more}"


def wants_start(request, door: str) -> bool:
    """
    Tell whether somebody asked to fill the form in, be it with the enter key beside a DOI.

    So does who chose a file to begin with and none to send: it would be lost without a word.
    """
    sent, files = request.POST, request.FILES
    is_asked = "vul_in" in sent or (sent.get("begin") and not sent.get("titel"))
    has_file = "begin_bestand" in files and "bestand" not in files
    return door == "publicatie" and bool(is_asked or has_file)


def typed_in(form, sent) -> dict:
    """Return what was typed, right or wrong, as initial values of a new form."""
    typed = {}
    for name, field in form.fields.items():
        if name in sent:
            has_many = getattr(field.widget, "allow_multiple_selected", False)
            typed[name] = sent.getlist(name) if has_many else sent[name]
    return typed


def title_of(found: Found) -> str:
    whole = f"{found.title}: {found.subtitle}" if found.title and found.subtitle else found.title
    return whole if len(whole) <= 255 else found.title


def fingerprint_of(file) -> str:
    file.seek(0)
    fingerprint = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return fingerprint


def there_already(answers, file=None) -> list[Duplicate]:
    """Return the published publications that `answers`, by question of a form, may be about."""
    wat = answers.get("wat", "").strip()
    is_link = wat.lower().startswith(("http://", "https://"))
    year = answers.get("jaar", "").strip()
    return public_duplicates(
        Description(
            title=(answers.get("titel") or ("" if is_link else wat))[:255],
            year=int(year) if year.isdecimal() and len(year) == 4 else None,
            link=(answers.get("link") or (wat if is_link else ""))[:1000],
            doi=answers.get("doi", "")[:255],
            isbn=answers.get("isbn", "")[:30],
            fingerprint=fingerprint_of(file) if file else "",
        )
    )


def as_data(duplicates: list[Duplicate]) -> list[dict]:
    """Return duplicates as the browser gets them: [{titel, url, zeker, waarom}]."""
    return [
        {
            "titel": duplicate.publication.title,
            "url": duplicate.publication.url,
            "zeker": duplicate.is_certain,
            "waarom": duplicate.because,
        }
        for duplicate in duplicates
    ]
