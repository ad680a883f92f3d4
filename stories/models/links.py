"""The road between publications and stories or articles."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable

from publications.models import PublicationPage
from stories.forms import KnowledgeLinkForm

from .reading import ArticlePage, StoryPage


class KnowledgeLinkQuerySet(models.QuerySet):
    def public(self):
        """Links of which both ends are public, with both ends."""
        pages = self.model.page.field.related_model.objects.live().public()
        publications = PublicationPage.objects.live().public()
        links = self.filter(page__in=pages, publication__in=publications)
        return links.select_related("page", "publication")

    def shown(self):
        """Links of which both ends are public, with what showing either end needs."""
        return (
            self.public()
            .select_related(
                "page__picture",
                "publication__kind",
                "publication__cover",
                "publication__document__drawn_cover",
            )
            .prefetch_related(
                "publication__pillars",
                "page__picture__renditions",
                "page__signatures__author",
                "publication__cover__renditions",
                "publication__document__drawn_cover__renditions",
            )
        )


class KnowledgeLink(Orderable):
    """
    The road between a publication and a story or article, with one sentence why.

    A record of its own, with a plain foreign key to either end, and so part of neither one's
    drafts. Publishing a draft, however old, of the story or of the publication therefore never
    adds, changes or removes a link, and the editor's autosave never shows half a sentence. It
    holds from the moment it is saved in its own form, which either end's edit screen opens; the
    site shows it while both ends are public.
    """

    class Relation(models.TextChoices):
        SHOWS = "laat-zien", "laat zien"
        SUPPORTS = "onderbouwt", "onderbouwt"
        QUALIFIES = "nuanceert", "nuanceert"
        CONTRADICTS = "spreekt-tegen", "spreekt tegen"

    relation = models.CharField("verband", max_length=15, choices=Relation, blank=True)
    why = models.CharField("waarom horen ze bij elkaar?", max_length=300, help_text="Eén zin.")

    objects = KnowledgeLinkQuerySet.as_manager()

    base_form_class = KnowledgeLinkForm
    panels = [
        FieldPanel("page"),
        FieldPanel("publication"),
        FieldPanel("relation"),
        FieldPanel("why"),
    ]

    class Meta:
        abstract = True
        ordering = ["sort_order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "publication"],
                name="%(class)s_once",
                violation_error_message="Dit verband is er al.",
            )
        ]

    def __str__(self):
        return f"{self.page} – {self.publication}"

    def clean(self):
        if self.why and not self.why.strip():
            raise ValidationError({"why": "Zeg in één zin waarom ze bij elkaar horen."})

    def told_from(self, page) -> dict:
        """Return what the API tells of this link at one of its ends."""
        other = self.other_end(page)
        return {
            "id": other.pk,
            "title": other.title,
            "html_url": other.full_url,
            "relation": self.relation,
            "why": self.why,
        }

    def other_end(self, page):
        """Return the publication for a story or article, and the other way round."""
        return self.publication if page.pk == self.page_id else self.page


class StoryLink(KnowledgeLink):
    page = models.ForeignKey(
        StoryPage, models.CASCADE, verbose_name="verhaal", related_name="publication_links"
    )
    publication = models.ForeignKey(
        PublicationPage,
        models.CASCADE,
        verbose_name="publicatie",
        related_name="links_from_stories",
    )

    class Meta(KnowledgeLink.Meta):
        verbose_name = "verband met een verhaal"
        verbose_name_plural = "verbanden met verhalen"


class ArticleLink(KnowledgeLink):
    page = models.ForeignKey(
        ArticlePage, models.CASCADE, verbose_name="artikel", related_name="publication_links"
    )
    publication = models.ForeignKey(
        PublicationPage,
        models.CASCADE,
        verbose_name="publicatie",
        related_name="links_from_articles",
    )

    class Meta(KnowledgeLink.Meta):
        verbose_name = "verband met een artikel"
        verbose_name_plural = "verbanden met artikelen"


class DismissedPair(models.Model):
    """A story and a publication that do not belong together, as an editor said."""

    wagtail_reference_index_ignore = True  # it is no use of either page

    story = models.ForeignKey(StoryPage, models.CASCADE, related_name="+")
    publication = models.ForeignKey(PublicationPage, models.CASCADE, related_name="+")
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    dismissed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "weggelegd voorstel"
        verbose_name_plural = "weggelegde voorstellen"
        constraints = [
            models.UniqueConstraint(fields=["story", "publication"], name="dismissed_once")
        ]

    def __str__(self):
        return f"{self.story} – {self.publication}"
