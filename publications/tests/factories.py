"""Real, saved records for tests. Every field can be given by its own name."""

import io
import itertools
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from fpdf import FPDF
from PIL import Image
from wagtail.models import Page, Site

from publications.models import (
    CreditedImage,
    LibraryDocument,
    LibraryPage,
    PillarIndexPage,
    PillarPage,
    PublicationPage,
    RightToShare,
    Term,
    Vocabulary,
)

_number = itertools.count(1)


def site_root() -> Page:
    return Site.objects.get(is_default_site=True).root_page


def make_term(*, vocabulary=Vocabulary.PILLAR, slug=None, **fields) -> Term:
    slug = slug or f"term-{next(_number)}"
    fields.setdefault("label", slug.replace("-", " ").capitalize())
    term, _ = Term.objects.get_or_create(vocabulary=vocabulary, slug=slug, defaults=fields)
    return term


def make_library(**fields) -> LibraryPage:
    existing = LibraryPage.objects.first()
    if existing:
        return existing
    fields.setdefault("title", "Bibliotheek")
    return site_root().add_child(instance=LibraryPage(slug="bibliotheek", **fields))


def _publication(pillars, fields) -> PublicationPage:
    fields.setdefault("title", f"Publicatie {next(_number)}")
    fields.setdefault("summary", "Over samenleven in de buurt.")
    fields.setdefault("organisation", "Gemeente Waterveld")
    if "kind" not in fields:
        fields["kind"] = make_term(vocabulary=Vocabulary.KIND, slug="onderzoek")
    publication = PublicationPage(**fields)
    publication.pillars = list(pillars) or [make_term(slug="sociale-cohesie")]
    return publication


def make_publication(*, library=None, pillars=(), keywords=(), live=True, **fields):
    """Make a publication, published the way Wagtail does it unless `live` is False."""
    publication = _publication(pillars, fields)
    publication.live, publication.has_unpublished_changes = False, True
    (library or make_library()).add_child(instance=publication)
    if keywords:
        publication.keywords.set(keywords)
        publication.save()
    revision = publication.save_revision()
    if live:
        revision.publish()
        publication.refresh_from_db()
    return publication


def add_publication(*, pillars=(), **fields) -> PublicationPage:
    """Add a live publication that has no history: much faster, for lists of many."""
    publication = _publication(pillars, {"first_published_at": timezone.now(), **fields})
    return make_library().add_child(instance=publication)


def make_pillar_page(*, slug="sociale-cohesie", **fields) -> PillarPage:
    index = PillarIndexPage.objects.first() or site_root().add_child(
        instance=PillarIndexPage(title="Pijlers", slug="pijlers")
    )
    pillar = make_term(slug=slug)
    return index.add_child(
        instance=PillarPage(title=pillar.label, slug=slug, pillar=pillar, **fields)
    )


def pdf_bytes(*pages: str) -> bytes:
    """Return a real PDF with one page for each text."""
    pdf = FPDF()
    pdf.set_font("Helvetica", size=14)
    for text in pages or ("Een bladzijde", "En nog een"):
        pdf.add_page()
        pdf.multi_cell(0, 8, text)
    return bytes(pdf.output())


def make_document(*, content=None, name="rapport.pdf", **fields) -> LibraryDocument:
    fields.setdefault("title", "Rapport")
    fields.setdefault("right_to_share", RightToShare.OWN)
    content = pdf_bytes() if content is None else content
    return LibraryDocument.objects.create(file=ContentFile(content, name=name), **fields)


def make_image(title="Bankje", **fields) -> CreditedImage:
    file = io.BytesIO()
    Image.new("RGB", (80, 60), "green").save(file, "PNG")
    fields.setdefault("description", "Een bankje voor een deur")
    return CreditedImage.objects.create(
        title=title, file=ContentFile(file.getvalue(), name=f"{title}.png"), **fields
    )


def work() -> None:
    """Do what waits for the worker."""
    for result in DBTaskResult.objects.ready():
        result.task.call(*result.args_kwargs["args"], **result.args_kwargs["kwargs"])
        result.delete()


def private_path(document: LibraryDocument) -> Path:
    return Path(document.file.path)
