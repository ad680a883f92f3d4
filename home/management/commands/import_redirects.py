"""
Takes the place of Wagtail's own command of this name, which makes a redirect of every row, also to
an address that does not exist, and stumbles over the rows of an earlier run.
"""

import csv
from collections import Counter
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import URLValidator
from django.db.models import F, Q
from django.urls import Resolver404, resolve
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

HEADINGS = ("old", "oud")
MAX_LENGTH = 255  # of either end, in Wagtail's table


class BadRow(ValueError):
    """A row of which no redirect can be made. The message says why."""


class Command(BaseCommand):
    help = (
        "Send old addresses to new ones for good. FILE is CSV: old address, new address. A new one"
        " is a page, another address of this site, or one elsewhere. Safe to run again."
    )

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument(
            "--replace", action="store_true", help="Also change redirects that lead elsewhere now."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Only tell what would happen to each row."
        )

    def handle(self, *args, file, replace, dry_run, **options):
        self.site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
        if not self.site:
            raise CommandError("There is no site yet. Run setup_site first.")
        try:
            rows = rows_of(Path(file).read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as reason:
            raise CommandError(f"{file} was not read: {reason}") from reason
        counts = Counter()
        for number, row in rows:
            try:
                outcome = self.take(row, replace, dry_run)
            except BadRow as reason:
                outcome = "bad"
                self.stderr.write(f"Line {number}: {reason}")
            counts[outcome] += 1
        self.stdout.write(
            f"{sum(counts.values())} rows: {counts['new']} new, {counts['changed']} changed,"
            f" {counts['known']} were here already, {counts['bad']} bad."
            + (" Nothing was saved." if dry_run else "")
        )

    def take(self, row: list[str], replace: bool, dry_run: bool) -> str:
        """Make one redirect. Return what became of the row, or raise BadRow."""
        if len(row) < 2 or not row[0].strip() or not row[1].strip():
            raise BadRow("it takes an old and a new address")
        old, target = self.old_path(row[0].strip()), self.target(row[1].strip())
        same = Redirect.objects.filter(Q(site=None) | Q(site=self.site), old_path=old)
        existing = same.order_by(F("site").asc(nulls_last=True)).first()
        found = {name: getattr(existing, name, None) for name in target}
        if existing and found == target:
            return "known"
        if existing and not replace:
            raise BadRow(f"{old} leads to {existing.link} already; --replace changes that")
        redirect = existing or Redirect(old_path=old)
        for name, value in {**target, "redirect_page_route_path": "", "is_permanent": True}.items():
            setattr(redirect, name, value)
        if not dry_run:
            redirect.save()
        return "changed" if existing else "new"

    def old_path(self, text: str) -> str:
        """Return the path that people still come to, as Wagtail looks it up."""
        parts = urlsplit(text)
        if parts.scheme not in ("", "http", "https") or not parts.path.startswith("/"):
            raise BadRow(f"{text} is not an old address: it begins with a slash")
        path = Redirect.normalise_path(parts._replace(scheme="", netloc="", fragment="").geturl())
        if not path.strip("/") or len(path) > MAX_LENGTH:
            raise BadRow(f"{text} is the front page, or longer than {MAX_LENGTH} characters")
        if self.answers(parts.path):
            raise BadRow(f"{text} is an address of the site itself, which comes first")
        return path

    def target(self, text: str) -> dict:
        """Return the fields of a redirect that say where it leads."""
        parts = urlsplit(text)
        if not parts.scheme and text.startswith("/") and not text.startswith("//"):
            page = self.page_at(parts.path)
            if page and not parts.query and not parts.fragment:
                return {"redirect_page_id": page.pk, "redirect_link": ""}
            if not self.answers(parts.path):
                raise BadRow(f"{text} is not an address of this site")
            text = f"{self.site.root_url}{text}"
        try:
            URLValidator(schemes=["http", "https"])(text)
        except ValidationError as error:
            local = text.startswith(f"{self.site.root_url}/")
            if not local:
                raise BadRow(f"{text} is not an address") from error
        if len(text) > MAX_LENGTH:
            raise BadRow(f"{text[:50]}… is longer than {MAX_LENGTH} characters")
        return {"redirect_page_id": None, "redirect_link": text}

    def page_at(self, path: str) -> Page | None:
        """Return the public page at a path of this site."""
        url_path = self.site.root_page.url_path.rstrip("/") + "/" + path.strip("/")
        pages = Page.objects.live().public()
        return pages.filter(url_path=url_path.rstrip("/") + "/").first()

    def answers(self, path: str) -> bool:
        """Tell whether this site has a public page or a view of its own at a path."""
        if self.page_at(path):
            return True
        try:
            return resolve(path).url_name != "wagtail_serve"
        except Resolver404:
            return False


def rows_of(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows with their line numbers, without the headings and empty lines."""
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(StringIO(text), delimiter=delimiter)
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    if rows and rows[0][1][0].strip().lower() in HEADINGS:
        del rows[0]
    return rows
