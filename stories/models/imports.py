"""What was imported, so that it comes once."""

from django.db import models

from .reading import StoryPage


class ImportedStory(models.Model):
    """
    One entry of a feed that came in. The row stays when its story is deleted, so that the next
    import does not bring back what an editor threw away.
    """

    wagtail_reference_index_ignore = True  # it is no use of the story

    entry_id = models.CharField("vast kenmerk in de feed", max_length=1000, unique=True)
    story = models.ForeignKey(StoryPage, models.SET_NULL, null=True, related_name="+")
    imported_at = models.DateTimeField("binnengekomen", auto_now_add=True)

    class Meta:
        verbose_name = "binnengekomen verhaal"
        verbose_name_plural = "binnengekomen verhalen"

    def __str__(self):
        return self.entry_id
