"""
Making many drafts at once: what `add_child` and `save_revision` do for one page, for a hundred in
as many queries. Only inserting the second half of the rows has no public function in Django.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import slugify
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from modelsearch.backends import get_search_backends
from taggit.models import Tag
from wagtail.models import Locale, Page, PageLogEntry, ReferenceIndex, Revision, Site

from publications.duplicates import normal_address
from publications.exchange.records import COLUMNS, PLAIN, TERM, TERMS
from publications.models import (
    ImportRow,
    LibraryPage,
    PublicationAuthor,
    PublicationKeyword,
    PublicationPage,
    PublicationRelation,
    Takeaway,
    Term,
)

MAX_SLUG = 80
OF_TERMS = [column for column in COLUMNS if column.kind == TERMS]
PARTS = ("authors", "takeaways", "tagged_keywords", "builds_on")


def make_drafts(library: LibraryPage, rows: list[ImportRow], user) -> None:
    """
    Add a draft to the library for each row, and note it in the row.

    Call it in a transaction. The library is locked until that ends, as `add_child` does, so that
    nobody else adds a page at the same place.
    """
    library = LibraryPage.objects.select_for_update().get(pk=library.pk)
    terms = {(term.vocabulary, term.slug): term for term in Term.objects.all()}
    tags, earlier = _tags(rows), _earlier(rows)
    slugs = set(library.get_children().values_list("slug", flat=True))
    last = library.get_last_child()
    step = PublicationPage._str2int(last.path[-PublicationPage.steplen :]) if last else 0
    now, pages = timezone.now(), []
    for row in rows:
        step += 1
        page = _page(row, terms, earlier)
        page.slug = _free_slug(row, slugs)
        page.path = PublicationPage._get_path(library.path, library.depth + 1, step)
        page.depth = library.depth + 1
        page.url_path = f"{library.url_path}{page.slug}/"
        page.owner = user
        page.latest_revision_created_at = now
        _put_parts(page, row.facts, terms, tags, earlier)
        pages.append(page)
    _insert(pages)
    Page.objects.filter(pk=library.pk).update(numchild=library.numchild + len(pages))
    _insert_parts(pages)
    _add_history(pages, user, now)
    for backend in get_search_backends(with_auto_update=True):
        backend.add_bulk(PublicationPage, pages)
    for page in pages:
        ReferenceIndex.create_or_update_for_object(page)
    for row, page in zip(rows, pages, strict=True):
        row.page, row.revision_id, row.imported_at = page, page.latest_revision_id, now
    ImportRow.objects.bulk_update(rows, ["page", "revision_id", "imported_at"])


def _page(row: ImportRow, terms: dict, earlier: dict) -> PublicationPage:
    facts = row.facts
    page = PublicationPage(
        **{name: facts[name] for name in PLAIN},
        draft_title=facts["title"],
        live=False,
        has_unpublished_changes=True,
        locale=Locale.get_default(),
        is_example=facts["is_example"],
        editor_note=_note(facts, earlier),
    )
    for column in COLUMNS:
        if column.kind == TERM:
            setattr(page, column.name, terms.get((column.vocabulary, facts[column.name])))
    return page


def _note(facts: dict, earlier: dict) -> str:
    """Keep for the editors what has no field to go to."""
    lines = [f"Het bestand stond op {facts['document']}"] if facts["document"] else []
    unknown = [text for text in facts["builds_on"] if normal_address(text) not in earlier]
    return "\n".join([*lines, *(f"Bouwt voort op: {text}" for text in unknown)])


def _free_slug(row: ImportRow, slugs: set[str]) -> str:
    slug = base = slugify(row.facts["title"])[:MAX_SLUG].strip("-") or f"publicatie-{row.pk}"
    number = 1
    while slug in slugs:
        number += 1
        slug = f"{base}-{number}"
    slugs.add(slug)
    return slug


def _tags(rows: list[ImportRow]) -> dict[str, Tag]:
    """Return the keyword of each word, by its small letters, made if it was not there."""
    words = {word.lower(): word for row in rows for word in row.facts["keywords"]}
    found = Tag.objects.annotate(folded=Lower("name")).filter(folded__in=words)
    tags = {tag.folded: tag for tag in found}
    for folded, word in words.items():
        if folded not in tags:
            tags[folded] = Tag.objects.create(name=word)
    return tags


def _earlier(rows: list[ImportRow]) -> dict[str, int]:
    """Return the publication here that each address of “bouwt voort op” stands for."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    addresses = {text for row in rows for text in row.facts["builds_on"]}
    if not addresses or not site:
        return {}
    root = site.root_page.url_path
    pages = PublicationPage.objects.values_list("pk", "url_path")
    here = {normal_address(f"{site.root_url}/{p.removeprefix(root)}"): pk for pk, p in pages}
    return {key: here[key] for key in map(normal_address, addresses) if key in here}


def _put_parts(page: PublicationPage, facts: dict, terms: dict, tags: dict, earlier: dict) -> None:
    """Put the parts in the page's memory. Before it has a number, so that nothing is looked up."""
    keywords = {tags[word.lower()].pk: tags[word.lower()] for word in facts["keywords"]}
    wanted = dict.fromkeys(
        earlier[k] for k in map(normal_address, facts["builds_on"]) if k in earlier
    )
    parts = {
        "authors": [PublicationAuthor(**a, sort_order=n) for n, a in enumerate(facts["authors"])],
        "takeaways": [Takeaway(text=t, sort_order=n) for n, t in enumerate(facts["takeaways"])],
        "tagged_keywords": [PublicationKeyword(tag=tag) for tag in keywords.values()],
        "builds_on": [
            PublicationRelation(earlier_id=pk, sort_order=n) for n, pk in enumerate(wanted)
        ],
    }
    for relation in get_all_child_relations(PublicationPage):
        name = relation.get_accessor_name()
        setattr(page, name, parts.get(name, []))
    of_vocabulary = {column.name: column.vocabulary for column in OF_TERMS}
    for relation in get_all_child_m2m_relations(PublicationPage):
        slugs = facts.get(relation.name, [])
        held = [terms.get((of_vocabulary[relation.name], slug)) for slug in slugs]
        setattr(page, relation.name, [term for term in held if term])


def _insert(pages: list[PublicationPage]) -> None:
    bases = [
        Page(**{f.attname: getattr(page, f.attname) for f in Page._meta.local_concrete_fields})
        for page in pages
    ]
    Page.objects.bulk_create(bases)
    for page, base in zip(pages, bases, strict=True):
        page.pk = page.id = page.page_ptr_id = base.pk
        page._state.adding, page._state.db = False, base._state.db
    PublicationPage._base_manager._insert(
        pages, fields=PublicationPage._meta.local_concrete_fields, using=bases[0]._state.db
    )


def _insert_parts(pages: list[PublicationPage]) -> None:
    for name in PARTS:
        relation = getattr(PublicationPage, name).rel
        parts = [(page, part) for page in pages for part in getattr(page, name).get_object_list()]
        for page, part in parts:
            setattr(part, relation.field.attname, page.pk)
        relation.related_model.objects.bulk_create(part for _, part in parts)
    for column in OF_TERMS:
        through = getattr(PublicationPage, column.name).through
        through.objects.bulk_create(
            through(publicationpage_id=page.pk, term_id=term.pk)
            for page in pages
            for term in getattr(page, column.name).get_object_list()
        )


def _add_history(pages: list[PublicationPage], user, now) -> None:
    """Give each page its first revision, and say in its history that it was made."""
    kind = ContentType.objects.get_for_model(PublicationPage)
    revisions = Revision.objects.bulk_create(
        Revision(
            content_type=kind,
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id=str(page.pk),
            created_at=now,
            user=user,
            object_str=str(page),
            content=page.serializable_data(),
        )
        for page in pages
    )
    for page, revision in zip(pages, revisions, strict=True):
        page.latest_revision = revision
    Page.objects.bulk_update(
        [Page(pk=page.pk, latest_revision_id=page.latest_revision_id) for page in pages],
        ["latest_revision"],
    )
    PageLogEntry.objects.bulk_create(
        PageLogEntry(
            content_type=kind,
            label=str(page)[:255],
            action="wagtail.create",
            timestamp=now,
            user=user,
            page_id=page.pk,
            revision=page.latest_revision,
            content_changed=True,
        )
        for page in pages
    )
