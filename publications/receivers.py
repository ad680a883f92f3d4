"""What follows from publishing and its opposites, whoever did it and by which route."""

from django.db import ProgrammingError, connection, transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.utils import timezone
from modelsearch.index import insert_or_update_object
from taggit.models import Tag
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction
from wagtail.signals import page_published, page_unpublished, post_page_move

from publications.models import (
    Classified,
    CreditedImage,
    GonePage,
    ImportRow,
    LibraryDocument,
    PublicationPage,
    SearchRow,
)
from publications.search_rebuild import AlreadyRunning, rebuild
from publications.search_table import findable_models, index_pages, take_out
from publications.tasks import read_document_file


@receiver(page_published, sender=PublicationPage)
def show_what_was_published(sender, instance, **kwargs):
    """Make what became public findable, read its document, and clean up the one before it."""
    # Wagtail indexes a page before its authors and keywords are saved.
    insert_or_update_object(instance)
    if instance.document_id:
        read_document_file.enqueue(instance.document_id)
    withdraw_unreleased_documents()


@receiver(page_unpublished, sender=PublicationPage)
@receiver(post_delete, sender=PublicationPage)
def withdraw_unreleased_documents(sender=None, **kwargs):
    """Take back the covers and texts of documents that no live page shows any more."""
    released = LibraryDocument.objects.released()
    for image in CreditedImage.objects.exclude(drawn_from=None).exclude(drawn_from__in=released):
        image.delete()
    forget_texts(LibraryDocument.objects.exclude(page_texts=[]).exclude(pk__in=released))


def forget_texts(documents) -> None:
    """Take the texts of documents out of the database and out of the search index."""
    publications = list(PublicationPage.objects.filter(document__in=documents))
    documents.update(page_texts=[])
    index_again(publications)


def index_again(publications) -> None:
    """Bring search up to date, the public one and the editors' own."""
    for publication in publications:
        insert_or_update_object(publication)
    index_pages(PublicationPage, [publication.pk for publication in publications])


@receiver(pre_delete, sender=LibraryDocument)
def forget_text_of_deleted_document(sender, instance, **kwargs):
    forget_texts(LibraryDocument.objects.filter(pk=instance.pk))


@receiver(post_save, sender=LibraryDocument)
def look_into_document(sender, instance, update_fields, **kwargs):
    """Read a document that came in, or that somebody gave another file or other rights."""
    if update_fields is None:
        read_document_file.enqueue(instance.pk)
        withdraw_unreleased_documents()
        index_again(instance.publications.all())


# A page brings search up to date when it is saved (`Classified.save`). Here is what else changes
# what may be found.


@receiver(post_delete)
def take_deleted_page_out_of_search(sender, instance, **kwargs):
    if hasattr(sender, "search_document"):
        take_out([instance.pk])


@receiver(post_page_move)
def follow_moved_pages(sender, instance, **kwargs):
    """Pages may come below a page that only some may see, or leave it."""
    index_below(instance)


@receiver(post_save, sender=PageViewRestriction)
@receiver(post_delete, sender=PageViewRestriction)
def follow_privacy(sender, instance, **kwargs):
    """Take back what a page released that is put behind a password now, and the reverse."""
    release_or_withdraw_documents()
    index_below(instance.page)


@receiver(post_save, sender=CollectionViewRestriction)
@receiver(post_delete, sender=CollectionViewRestriction)
@receiver(post_save, sender=Collection)
def follow_privacy_of_collections(sender, **kwargs):
    """The same for documents in a collection. The admin moves one after it has saved it."""
    transaction.on_commit(release_or_withdraw_documents)


def release_or_withdraw_documents():
    withdraw_unreleased_documents()
    for document in LibraryDocument.objects.released().filter(page_texts=[]):
        read_document_file.enqueue(document.pk)


@receiver(post_save, sender=Tag)
def follow_renamed_keyword(sender, instance, created, **kwargs):
    if not created:
        for model in findable_models():
            pages = model.objects.filter(tagged_keywords__tag=instance)
            index_pages(model, pages.values_list("pk", flat=True))


def index_below(page):
    for model in findable_models():
        pages = model.objects.descendant_of(page, inclusive=True)
        index_pages(model, pages.values_list("pk", flat=True))


@receiver(page_unpublished)
def remember_gone_page(sender, instance, **kwargs):
    """
    Let the address of a page that everyone could read say that it is gone. Deleting a live page
    unpublishes it first. Examples leave nothing behind.
    """
    if not issubclass(sender, Classified) or instance.is_example:
        return
    parts = instance.get_url_parts()
    if not parts or not parts[2] or instance.get_view_restrictions().exists():
        return
    GonePage.objects.update_or_create(
        page_id=instance.pk,
        defaults={
            "kind": sender._meta.verbose_name,
            "path": parts[2][:1000],
            "title": instance.title,
            "withdrawn_at": timezone.now(),
            "reason": "",
            "replaced_by": None,
        },
    )


@receiver(page_published)
def welcome_page_back(sender, instance, **kwargs):
    GonePage.objects.filter(page_id=instance.pk).delete()


@receiver(page_published, sender=PublicationPage)
def lead_old_addresses_to_imported_page(sender, instance, **kwargs):
    """
    Make the redirects that an import asked for, now that the page is there: before that they would
    send people for good to a page that they cannot see. What leads elsewhere already stays.
    """
    for row in ImportRow.objects.filter(page=instance, redirected_at=None):
        for path in row.facts.get("old_addresses", []):
            if not Redirect.objects.filter(old_path=path).exists():
                Redirect.add_redirect(path, redirect_to=instance)
        ImportRow.objects.filter(pk=row.pk).update(redirected_at=timezone.now())


def fill_gaps_in_search_table(sender, **kwargs):
    """
    Let a library that was there before its search table be found as soon as it is migrated. One
    page without a row is enough: others may have been saved since the table was emptied.

    Migrations that stop half-way leave tables that the models cannot read: then it does nothing.
    """
    if connection.in_atomic_block:
        return
    try:
        if any(_without_row(model).exists() for model in findable_models()):
            rebuild(lambda done, total: None)
    except (ProgrammingError, AlreadyRunning):
        return


def _without_row(model):
    """Return the pages of one type that everyone may see and search does not know."""
    rows = SearchRow.objects.filter(is_live=True)
    return model.objects.live().public().exclude(pk__in=rows.values("pk"))
