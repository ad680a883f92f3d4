from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from forms.contributions import Refused
from home.personal_data.person import Person, erase, export


class Command(BaseCommand):
    help = "Tell what there is about one e-mail address, write it to a file, or erase it."

    def add_arguments(self, parser):
        parser.add_argument("email")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--export", metavar="FILE", type=Path, help="Write a zip with all of it.")
        what.add_argument(
            "--erase", action="store_true", help="Erase it. Asks first, unless with --yes."
        )
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *, email, yes, **options):
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is no e-mail address.") from error
        if options["export"]:
            self.write(email, options["export"])
            return
        person = Person.of(email)
        for name in ("cases", "subscriptions", "requests", "users", "mails"):
            self.stdout.write(f"{name}: {len(getattr(person, name))}")
        for place, texts in person.traces.items():
            self.stdout.write(f"{place}: {len(texts)}")
        for page in person.kept_cases:
            self.stdout.write(f"Stays, without its sender: {page.reference}")
        for document in person.documents:
            self.stdout.write(f"Look yourself, its text has the address: document {document.pk}")
        if options["erase"]:
            self.erase(email, yes)

    def write(self, email: str, path: Path) -> None:
        if path.exists():
            raise CommandError(f"{path} exists already.")
        path.touch(mode=0o600)
        path.write_bytes(export(email))
        self.stdout.write(f"Wrote {path}.")

    def erase(self, email: str, yes: bool) -> None:
        if not yes and input("Erase all of this? Type yes: ") != "yes":
            raise CommandError("Nothing was erased.")
        try:
            record = erase(email)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Erased {record.total} rows. The proof is number {record.pk}.")
