"""What follows from changes that are made outside a page."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from publications.search_table import index_pages
from stories.models import ArticlePage, Author, StoryPage


@receiver(post_save, sender=Author)
def follow_renamed_author(sender, instance, created, **kwargs):
    """A text is found by the name of its author as it is now."""
    if not created:
        for model in (StoryPage, ArticlePage):
            pages = model.objects.filter(signatures__author=instance)
            index_pages(model, pages.values_list("pk", flat=True))
