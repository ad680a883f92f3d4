"""Pages that everyone could read once, and what their addresses say now."""

from django.db import models
from wagtail.admin.panels import FieldPanel, PageChooserPanel


class GonePageQuerySet(models.QuerySet):
    def at(self, path: str) -> "GonePage | None":
        """Return the last page that stood at this path and is gone, or None."""
        if "\x00" in path:
            return None
        found = self.filter(path=path.rstrip("/") + "/")
        return found.select_related("replaced_by").order_by("-withdrawn_at").first()


class GonePage(models.Model):
    """
    A publication, story or article that was public and has been taken off the site or deleted.

    Its address answers 410 with what stands here. The row goes when the page is published again.
    `page_id` is the number of the page and not a key to it: the page may be deleted.
    """

    page_id = models.PositiveIntegerField(unique=True, editable=False)
    kind = models.CharField("soort pagina", max_length=50, editable=False)
    path = models.CharField("adres", max_length=1000, db_index=True, editable=False)
    title = models.CharField(
        "titel", max_length=255, help_text="Staat op de pagina die zegt dat dit weg is."
    )
    withdrawn_at = models.DateTimeField("weg sinds", editable=False)
    reason = models.TextField(
        "waarom is het weg?", blank=True, help_text="Iedereen kan dit lezen. Eén of twee zinnen."
    )
    replaced_by = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="vervangen door",
        related_name="+",
        help_text="Bezoekers krijgen een link naar deze pagina.",
    )

    objects = GonePageQuerySet.as_manager()

    panels = [FieldPanel("title"), FieldPanel("reason"), PageChooserPanel("replaced_by")]

    class Meta:
        verbose_name = "pagina die weg is"
        verbose_name_plural = "pagina's die weg zijn"
        ordering = ["-withdrawn_at"]

    def __str__(self):
        return self.title

    @property
    def replacement(self):
        """The page that came in its place, if everyone may read that."""
        page = self.replaced_by
        is_public = page and page.live and not page.get_view_restrictions().exists()
        return page if is_public else None
