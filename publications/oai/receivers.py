"""
What changes a record that harvesters see, besides saving the page itself (`PublicationPage.save`).

What concerns one page is done at once, in the same transaction. What may concern all of them (a
term, a keyword, the site's address) waits for the worker.
"""

from django.db import ProgrammingError, connection, transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from taggit.models import Tag
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction, Site
from wagtail.signals import page_slug_changed, post_page_move

from publications.models import LibraryDocument, PublicationKeyword, PublicationPage, Term
from publications.models.harvest import HarvestRecord

from .records import bring_everything_up_to_date, bring_up_to_date, mark_deleted
from .tasks import refresh_records


@receiver(post_delete, sender=PublicationPage)
def tell_of_deletion(sender, instance, **kwargs):
    mark_deleted([instance.translation_key])


@receiver(post_page_move)
def follow_move(sender, instance, **kwargs):
    bring_up_to_date(PublicationPage.objects.descendant_of(instance, inclusive=True))


@receiver(post_save, sender=PageViewRestriction)
@receiver(post_delete, sender=PageViewRestriction)
def follow_privacy(sender, instance, **kwargs):
    bring_up_to_date(PublicationPage.objects.descendant_of(instance.page, inclusive=True))


@receiver(post_save, sender=LibraryDocument)
def follow_document(sender, instance, update_fields=None, **kwargs):
    if update_fields is None:
        bring_up_to_date(PublicationPage.objects.filter(document=instance.pk))


@receiver(pre_delete, sender=LibraryDocument)
def follow_lost_document(sender, instance, **kwargs):
    """Once it is gone its pages no longer know that they had it."""
    pages = list(instance.publications.values_list("pk", flat=True))
    if pages:
        transaction.on_commit(
            lambda: bring_up_to_date(PublicationPage.objects.filter(pk__in=pages))
        )


@receiver(post_save, sender=CollectionViewRestriction)
@receiver(post_delete, sender=CollectionViewRestriction)
def follow_privacy_of_collection(sender, instance, **kwargs):
    transaction.on_commit(lambda: _bring_collection_up_to_date(instance.collection_id))


@receiver(post_save, sender=Collection)
def follow_collection(sender, instance, created, **kwargs):
    """The admin moves a collection after it has saved it."""
    if not created:
        transaction.on_commit(lambda: _bring_collection_up_to_date(instance.pk))


def _bring_collection_up_to_date(pk: int) -> None:
    """Do so for publications with a document in this collection, or in one below it."""
    collection = Collection.objects.filter(pk=pk).first()
    if collection:
        path = collection.path
        bring_up_to_date(
            PublicationPage.objects.filter(document__collection__path__startswith=path)
        )


@receiver(post_save, sender=Term)
def follow_term(sender, instance, created, **kwargs):
    if not created:
        refresh_records.enqueue(term_id=instance.pk)


@receiver(post_save, sender=Tag)
def follow_keyword(sender, instance, created, **kwargs):
    if not created:
        bring_up_to_date(PublicationPage.objects.filter(tagged_keywords__tag=instance))


@receiver(post_delete, sender=PublicationKeyword)
def follow_lost_keyword(sender, instance, origin=None, **kwargs):
    """A page that loses a keyword is saved; a keyword that goes altogether saves no page."""
    if isinstance(origin, Tag):
        bring_up_to_date(PublicationPage.objects.filter(pk=instance.content_object_id))


@receiver(page_slug_changed)
def follow_address(sender, instance, **kwargs):
    if sender is not PublicationPage:
        refresh_records.enqueue()


@receiver(post_save, sender=Site)
def follow_site(sender, created, **kwargs):
    if not created:
        refresh_records.enqueue()


def fill_empty_table(sender, **kwargs):
    """
    Let a library that was there before its harvest table be harvested as soon as it is migrated.

    Migrations that stop half-way leave tables that the models cannot read: then it does nothing.
    """
    if connection.in_atomic_block:
        return
    try:
        if PublicationPage.objects.live().exists() and not HarvestRecord.objects.exists():
            bring_everything_up_to_date()
    except ProgrammingError:
        return
