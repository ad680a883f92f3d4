"""What follows from publishing and its opposites, whoever did it and by which route."""

from django.db import ProgrammingError, connection
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from modelsearch.index import insert_or_update_object
from taggit.models import Tag
from wagtail.models import PageViewRestriction
from wagtail.signals import page_published, page_unpublished, post_page_move

from publications.models import CreditedImage, LibraryDocument, PublicationPage, SearchRow
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
    withdraw_unreleased_documents()
    for document in LibraryDocument.objects.released().filter(page_texts=[]):
        read_document_file.enqueue(document.pk)
    index_below(instance.page)


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


def fill_empty_search_table(sender, **kwargs):
    """
    Let a library that was there before its search table be found as soon as it is migrated.

    Migrations that stop half-way leave tables that the models cannot read: then it does nothing.
    """
    if connection.in_atomic_block:
        return
    try:
        if PublicationPage.objects.live().exists() and not SearchRow.objects.exists():
            rebuild(lambda done, total: None)
    except (ProgrammingError, AlreadyRunning):
        return
