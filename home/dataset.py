"""
The open data set: everything that everyone may read here, as one file, made anew each night.
Examples are invented, so they stay out.

A zip with JSON Lines and CSV. The file has a name of its own each time; `latest.json` says which is
the last one, and is put in place when that is complete. So who downloads never gets half of it.
"""

import hashlib
import json
import secrets
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from publications.exchange.exports import as_csv, as_json_lines, in_batches
from publications.exchange.records import COLUMNS
from publications.models import PublicationPage, Term
from stories.models import ArticlePage, DossierPage, QuestionPage, StoryPage
from stories.models.dossiers import PARTS

MANIFEST = "latest.json"
KEPT = 2  # so that a download that has begun ends well
HOURS_UNTIL_LOST = 24


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "open-data"


def latest() -> dict | None:
    """Return what is known of the last data set: name, made, bytes, sha256, counts. Or None."""
    try:
        manifest = json.loads((folder() / MANIFEST).read_text())
    except (OSError, ValueError):
        return None
    return manifest if (folder() / manifest["name"]).is_file() else None


def export_dataset() -> dict:
    """Make the data set, put it in the place of the last one, and return its manifest."""
    folder().mkdir(parents=True, exist_ok=True)
    made = timezone.now()
    unfinished = folder() / f"{secrets.token_hex(8)}.part"
    try:
        counts = _write(unfinished, made)
        with unfinished.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        name = f"kennisplein-{timezone.localtime(made):%Y-%m-%d}-{digest[:12]}.zip"
        manifest = {
            "name": name,
            "made": made.isoformat(timespec="seconds"),
            "bytes": unfinished.stat().st_size,
            "sha256": digest,
            "counts": counts,
        }
        unfinished.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        unfinished.replace(folder() / name)
    finally:
        unfinished.unlink(missing_ok=True)
    _replace(folder() / MANIFEST, json.dumps(manifest, indent=2))
    _forget_old(name)
    return manifest


def _replace(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{secrets.token_hex(8)}.part")
    unfinished.write_text(text)
    unfinished.chmod(settings.FILE_UPLOAD_PERMISSIONS)
    unfinished.replace(path)


def _forget_old(name: str) -> None:
    """Delete data sets before the last ones, and what a killed run left behind."""
    others = [path for path in folder().glob("kennisplein-*.zip") if path.name != name]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    too_old = time.time() - HOURS_UNTIL_LOST * 3600
    lost = [path for path in folder().glob("*.part") if path.stat().st_mtime < too_old]
    for path in [*others[KEPT - 1 :], *lost]:
        path.unlink(missing_ok=True)


def _write(path: Path, made) -> dict[str, int]:
    counts = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:

        def add(name: str, pieces: Iterator[str], *, is_counted: bool = False) -> None:
            with package.open(name, "w", force_zip64=True) as entry:
                for number, piece in enumerate(pieces, start=1):
                    entry.write(piece.encode())
                    if is_counted:
                        counts[name] = number

        ids = list(_public(PublicationPage).values_list("pk", flat=True))
        known = _known()
        add("publicaties.jsonl", as_json_lines(in_batches(ids)), is_counted=True)
        add("publicaties.csv", as_csv(in_batches(ids)))
        for name, model in (("verhalen", StoryPage), ("artikelen", ArticlePage)):
            add(f"{name}.jsonl", map(_line, _readings(model, known)), is_counted=True)
        add("dossiers.jsonl", map(_line, _dossiers(known)), is_counted=True)
        add("vragen.jsonl", map(_line, _questions(known)), is_counted=True)
        add("termen.jsonl", map(_line, _terms()), is_counted=True)
        context = {"made": made, "counts": counts, "columns": COLUMNS, "base": settings.BASE_URL}
        context |= {"licence": settings.OPEN_DATA_LICENCE}
        add("LEESMIJ.md", iter([render_to_string("home/open_data_readme.md", context)]))
        add("LICENTIE.txt", iter([render_to_string("home/open_data_licence.txt", context)]))
    return counts


def _line(record: dict) -> str:
    return f"{json.dumps(record, ensure_ascii=False)}\n"


def _public(model):
    """Return what everyone may see of a kind of page, without the examples."""
    return model.objects.live().public().filter(is_example=False).order_by("pk")


def _known() -> dict[int, tuple[str, str]]:
    """Return of what others refer to which file it is in, and the name that it has there."""
    return {
        pk: (kind, str(key))
        for kind, model in (
            ("publication", PublicationPage),
            ("story", StoryPage),
            ("article", ArticlePage),
        )
        for pk, key in _public(model).values_list("pk", "translation_key")
    }


def _readings(model, known: dict) -> Iterator[dict]:
    """Yield what may be told of stories and articles: not their text, which is their maker's."""
    pages = _public(model).for_api().prefetch_related("publication_links").defer_streamfields()
    for page in pages.iterator(chunk_size=200):
        yield {
            **_name_of(page),
            "canonical_address": getattr(page, "canonical_url", ""),
            "kind": getattr(page, "kind", ""),
            "authors": _authors(page),
            "place": getattr(page, "place", ""),
            "publications": [
                {"id": known[link.publication_id][1], "relation": link.relation, "why": link.why}
                for link in page.publication_links.all()
                if link.publication_id in known
            ],
            **_place_of(page),
        }


def _dossiers(known: dict) -> Iterator[dict]:
    for page in _public(DossierPage).for_api().iterator(chunk_size=200):
        cards = [
            (block["value"].get(PARTS[block["type"]][0]), block["value"].get("why", ""))
            for block in page.body.raw_data
            if block["type"] in PARTS
        ]
        yield {
            **_name_of(page),
            "intro": page.intro,
            "still_missing": page.still_missing,
            "cards": [_reference(known[pk], why) for pk, why in cards if pk in known],
            **_place_of(page),
        }


def _questions(known: dict) -> Iterator[dict]:
    for page in _public(QuestionPage).for_api().iterator(chunk_size=200):
        answers = [(answer.answer_id, answer.why) for answer in page.answers_to_show]
        yield {
            **_name_of(page),
            "explanation": page.explanation,
            "answers": [_reference(known[pk], why) for pk, why in answers if pk in known],
            **_place_of(page),
        }


def _reference(named: tuple[str, str], why: str) -> dict:
    kind, name = named
    return {"kind": kind, "id": name, "why": why}


def _name_of(page) -> dict:
    return {"id": str(page.translation_key), "address": page.full_url, "title": page.title}


def _place_of(page) -> dict:
    """Return where a page belongs, and since when it is there."""
    return {
        "pillars": page.pillar_slugs,
        "keywords": sorted(keyword.name for keyword in page.keywords.all()),
        "first_published": page.first_published_at and page.first_published_at.isoformat(),
        "last_changed": page.last_published_at and page.last_published_at.isoformat(),
    }


def _authors(page) -> list[str]:
    """Return who signed a page; of an older article the name that was typed in."""
    return page.author_names or list(filter(None, [getattr(page, "author_name", "")]))


def _terms() -> Iterator[dict]:
    for term in Term.objects.select_related("merged_into"):
        yield {
            "vocabulary": term.vocabulary,
            "slug": term.slug,
            "label": term.label,
            "description": term.description,
            "alternative_labels": term.alternative_labels.splitlines(),
            "merged_into": term.merged_into and term.merged_into.slug,
        }
