"""
What the API tells of one page in a list or by itself, as a dict with names in camelCase.

Everything that a list tells comes with the pages in one query, however many there are: what a page
has more of is gathered in that query as JSON.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, prefetch_related_objects
from django.db.models.functions import JSONObject
from wagtail.images.shortcuts import get_rendition_or_not_found
from wagtail.models import Page

from publications.citations.csl import has_document
from publications.models import PublicationAuthor, PublicationPage, Term
from stories.models import ArticlePage, DossierPage, QuestionPage, StoryPage

BASE = "/api/v1"
SMALL, LARGE = "width-640|format-webp|preserve-svg", "width-1280|format-webp|preserve-svg"
COVER = "width-256|format-webp"


def api_address(*parts) -> str:
    return f"{settings.BASE_URL}{BASE}/{'/'.join(str(part) for part in parts)}"


def moment(value) -> str | None:
    """Return a moment as UTC, to the second."""
    return value and value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def term(value: Term | None) -> dict | None:
    return value and {"id": value.slug, "naam": value.label}


def _terms(relation: str) -> ArraySubquery:
    """Gather the terms that pages hold by this name of the way back."""
    found = Term.objects.filter(**{relation: OuterRef("pk")})
    return ArraySubquery(found.values(told=JSONObject(id="slug", naam="label")))


def _rows(rows, to_page: str, **names) -> ArraySubquery:
    """Gather rows of another table, in their own order. One name: only its values."""
    found = rows.filter(**{to_page: OuterRef("pk")})
    if len(names) == 1:
        return ArraySubquery(found.values(*names.values()))
    return ArraySubquery(found.values(told=JSONObject(**names)))


def _classified(model: type[Page]) -> dict:
    name = model._meta.model_name
    tagged = model.tagged_keywords.rel.related_model.objects.order_by("tag__name")
    return {
        "api_pillars": _terms(f"{name}s_in_pillar"),
        "api_facilities": _terms(f"{name}s_about_facility"),
        "api_actors": _terms(f"{name}s_about_actor"),
        "api_themes": _terms(f"{name}s_about_theme"),
        "api_keywords": _rows(tagged, "content_object", name="tag__name"),
    }


def _signed(model: type[Page]) -> ArraySubquery:
    signatures = model.signatures.rel.related_model.objects
    return _rows(signatures, "page", naam="author__name", rol="author__role")


def _publications():
    authors = ("given", "particle", "family", "organisation", "is_editor")
    model = PublicationPage
    return (
        model.objects.with_release()
        .select_related("kind", "area", "document", "cover", "document__drawn_cover")
        .defer("document__page_texts")
        .annotate(
            **_classified(model),
            api_readers=_terms("publications_for_reader"),
            api_authors=_rows(
                PublicationAuthor.objects, "publication", **{name: name for name in authors}
            ),
            api_takeaways=_rows(
                model.takeaways.rel.related_model.objects, "publication", text="text"
            ),
        )
    )


def _stories():
    return StoryPage.objects.select_related("picture").annotate(
        **_classified(StoryPage), api_signed=_signed(StoryPage)
    )


def _articles():
    return ArticlePage.objects.select_related("picture").annotate(
        **_classified(ArticlePage), api_signed=_signed(ArticlePage)
    )


def _dossiers():
    return DossierPage.objects.annotate(**_classified(DossierPage))


def _questions():
    return QuestionPage.objects.with_answered().annotate(**_classified(QuestionPage))


def _publication(page: PublicationPage) -> dict:
    is_open = has_document(page)
    return {
        "ondertitel": page.subtitle,
        "soort": term(page.kind),
        "auteurs": [
            {"naam": PublicationAuthor(**parts).name, "isRedacteur": parts["is_editor"]}
            for parts in page.api_authors
        ],
        "organisatie": page.organisation,
        "samenvatting": page.summary,
        "watJeErmeeKunt": page.api_takeaways,
        "jaar": page.year,
        "maand": page.month,
        "dag": page.day,
        "tijdschrift": page.journal,
        "jaargang": page.volume,
        "bladzijden": page.page_range,
        "aantalBladzijden": page.page_count,
        "taal": page.language,
        "doi": page.doi,
        "isbn": page.isbn,
        "bron": page.source_url,
        "document": settings.BASE_URL + page.document.url if is_open else None,
        "licentie": page.licence,
        "toegang": page.access,
        "omslag": picture(page.cover_image, COVER),
        "lezers": page.api_readers,
        "gebied": term(page.area),
        "plaats": page.place,
        "aantalVerhalen": page.story_count,
    }


def _story(page: StoryPage) -> dict:
    return {
        "inleiding": page.intro,
        "buurt": page.neighbourhood,
        "gemeente": page.municipality,
        "auteurs": page.api_signed,
        "afbeelding": picture(page.picture),
        "oorspronkelijkAdres": page.canonical_url,
    }


def _article(page: ArticlePage) -> dict:
    older = [{"naam": page.author_name, "rol": ""}] if page.author_name else []
    return {
        "vorm": page.kind,
        "inleiding": page.intro,
        "auteurs": page.api_signed or older,
        "afbeelding": picture(page.picture),
    }


def _dossier(page: DossierPage) -> dict:
    return {"inleiding": page.intro, "watOntbreekt": page.still_missing}


def _question(page: QuestionPage) -> dict:
    return {"toelichting": page.explanation, "isBeantwoord": page.is_answered}


@dataclass(frozen=True)
class Kind:
    """One kind of page: its name in addresses, how its pages are read, and what they tell."""

    name: str
    one: str
    model: type[Model]
    read: Callable
    tell: Callable
    picture: str = ""  # the field with a picture


PUBLICATIONS = Kind("publicaties", "publicatie", PublicationPage, _publications, _publication)
STORIES = Kind("verhalen", "verhaal", StoryPage, _stories, _story, "picture")
ARTICLES = Kind("artikelen", "artikel", ArticlePage, _articles, _article, "picture")
DOSSIERS = Kind("dossiers", "dossier", DossierPage, _dossiers, _dossier)
QUESTIONS = Kind("vragen", "vraag", QuestionPage, _questions, _question)
KINDS = (PUBLICATIONS, STORIES, ARTICLES, DOSSIERS, QUESTIONS)


def public_pages(kind: Kind):
    """Return the pages of a kind that everyone may see, with all that is told of them."""
    return kind.read().live().public()


def cards(kind: Kind, pages: list) -> list[dict]:
    """Tell of pages of `public_pages(kind)`. Two queries, however many pages."""
    if kind is PUBLICATIONS:
        counts = PublicationPage.objects.story_counts([page.pk for page in pages])
        for page in pages:
            page.story_count = counts.get(page.pk, 0)
        pictures = [page.cover_image for page in pages]
    else:
        pictures = [getattr(page, kind.picture) for page in pages] if kind.picture else []
    prefetch_related_objects([one for one in pictures if one], "renditions")
    return [{**_common(kind, page), **kind.tell(page), **_placed(page)} for page in pages]


def _common(kind: Kind, page) -> dict:
    return {"id": page.pk, "slug": page.slug, "titel": page.title}


def _placed(page) -> dict:
    """Return what every kind tells, behind what it tells itself."""
    kind = KIND_OF[type(page)]
    return {
        "pijlers": page.api_pillars,
        "voorzieningen": page.api_facilities,
        "spelers": page.api_actors,
        "themas": page.api_themes,
        "trefwoorden": page.api_keywords,
        "isVoorbeeld": page.is_example,
        "geplaatstOp": moment(page.first_published_at),
        "gewijzigdOp": moment(page.last_published_at or page.first_published_at),
        "adres": page.full_url,
        "_links": {"self": {"href": api_address(kind.name, page.pk)}},
    }


KIND_OF = {kind.model: kind for kind in KINDS}


def picture(image, size: str = SMALL) -> dict | None:
    """Return a picture as the site shows it; nothing that the file of its maker knows besides."""
    if image is None:
        return None
    rendition = get_rendition_or_not_found(image, size)
    address = rendition.url if rendition.file else ""
    return {
        "adres": address if address.startswith("http") else settings.BASE_URL + address,
        "breedte": int(rendition.width),
        "hoogte": int(rendition.height),
        "tekst": image.default_alt_text,
        "maker": image.credit,
    }


def references(ids) -> dict[int, dict]:
    """Return what is told where one page names another, by id: only of what everyone may see."""
    wanted = {pk for pk in ids if pk}
    if not wanted:
        return {}
    pages = Page.objects.live().public().filter(pk__in=wanted)
    return {page.pk: reference(page) for page in pages}


def reference(page: Page) -> dict:
    kind = KIND_OF.get(page.specific_class)
    told = {
        "id": page.pk,
        "soort": kind.one if kind else "pagina",
        "titel": page.title,
        "adres": page.full_url,
    }
    if kind:
        told["_links"] = {"self": {"href": api_address(kind.name, page.pk)}}
    return told
