"""Kennisvragen: what people searched for and did not find, and what answers it."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from rest_framework.serializers import Field
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.api import APIField
from wagtail.models import Orderable, Page, PageManager
from wagtail.search import index

from publications.api import KEYWORDS, writable
from publications.models import Classified
from publications.paging import PAGE_SIZE
from publications.previews import PreviewedElsewhere
from publications.querysets import PublicPageQuerySet
from publications.search_table import SearchDocument

from .reading import CLASSIFIED_PANEL, ReadingIndexPage, day_of

ANSWERING_TYPES = ["publications.PublicationPage", "stories.ArticlePage"]


class QuestionQuerySet(PublicPageQuerySet):
    def with_answered(self):
        """Annotate `is_answered`: whether anything that everyone may see answers the question."""
        answers = QuestionAnswer.objects.shown().filter(page=OuterRef("pk"))
        return self.annotate(is_answered=Exists(answers))

    def shown(self):
        """Questions that everyone may see, with what their cards need: open ones first, newest."""
        return (
            self.live()
            .public()
            .with_answered()
            .prefetch_related("pillars")
            .order_by("is_answered", "-first_published_at", "-pk")
        )

    def still_open(self):
        """Questions that everyone may see and nothing answers yet, newest first."""
        return self.shown().filter(is_answered=False)

    def for_hits(self):
        """What a card shows, and the texts in which words were found."""
        return self.with_answered().prefetch_related("pillars", "tagged_keywords__tag")

    def for_search(self):
        """Everything the search table holds, in a fixed number of queries."""
        lists = ("pillars", "facilities", "actors", "themes")
        return self.prefetch_related(*lists, "tagged_keywords__tag")

    def for_api(self):
        """Everything the API tells of a question."""
        answers = Prefetch("answers", QuestionAnswer.objects.shown(), to_attr="known_answers")
        return self.select_related("locale").prefetch_related("pillars", "keywords", answers)


class AnswersField(Field):
    """What answers a question, as [{title, html_url, why}]."""

    def to_representation(self, answers):
        return [
            {"title": a.answer.title, "html_url": a.answer.full_url, "why": a.why} for a in answers
        ]


class QuestionIndexPage(ReadingIndexPage):
    """All questions, the open ones first."""

    LISTED, ONE, MANY = "questions", "vraag", "vragen"
    CARD = "includes/question_card.html"

    template = "stories/reading_index_page.html"

    subpage_types = ["stories.QuestionPage"]

    class Meta:
        verbose_name = "overzicht van kennisvragen"

    def listed(self):
        return QuestionPage.objects.all()

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        results = context["results"]
        if not results.is_narrowed:  # search does not know what has been answered
            shown = QuestionPage.objects.shown()
            first = (results.page.number - 1) * PAGE_SIZE
            hits = list(shown[first : first + PAGE_SIZE])
            context["results"] = replace(results, hits=hits)
            context[self.LISTED] = hits
        return context


class QuestionPage(PreviewedElsewhere, Classified, Page):
    """
    A question from a neighbourhood without an answer in the library yet. Its title is the question.

    It is answered as soon as a publication or article that everyone may see stands below it: that
    is computed, so taking the answer off the site opens the question again.
    """

    explanation = models.TextField(
        "toelichting", blank=True, help_text="Waar speelt het, en wat is er al geprobeerd?"
    )
    keywords = ClusterTaggableManager("trefwoorden", through="stories.QuestionKeyword", blank=True)

    objects = PageManager.from_queryset(QuestionQuerySet)()

    content_panels = [
        *Page.content_panels,
        FieldPanel("explanation"),
        InlinePanel("answers", label="Antwoord", heading="Wat geeft antwoord?"),
        CLASSIFIED_PANEL,
        FieldPanel("is_example"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("explanation")]
    api_fields = [
        *writable("explanation", "pillars"),
        APIField("has_answer"),
        APIField("answers", serializer=AnswersField(source="answers_to_show", read_only=True)),
        APIField("pillar_slugs"),
        KEYWORDS,
        APIField("is_example"),
    ]
    parent_page_types = ["stories.QuestionIndexPage"]
    subpage_types = []

    class Meta:
        verbose_name = "kennisvraag"
        verbose_name_plural = "kennisvragen"

    @property
    def answers_to_show(self) -> list["QuestionAnswer"]:
        """The answers that everyone may see. In a preview those of the draft."""
        if not hasattr(self, "known_answers"):
            answers = list(self.answers.all())
            pages = Page.objects.live().public().in_bulk([a.answer_id for a in answers])
            self.known_answers = [a for a in answers if a.answer_id in pages]
            for answer in self.known_answers:
                answer.answer = pages[answer.answer_id]
        return self.known_answers

    @property
    def has_answer(self) -> bool:
        return bool(self.answers_to_show)

    def search_texts(self) -> SearchDocument:
        """Return the texts of this page in which search finds words."""
        return SearchDocument(
            title=self.title,
            keywords=[tagged.tag.name for tagged in self.tagged_keywords.all()],
            summary=self.explanation,
        )

    def search_document(self) -> SearchDocument:
        found = self.search_texts()
        found.day = day_of(self.first_published_at)
        found.facets = self.search_facets()
        return found


class QuestionKeyword(TaggedItemBase):
    content_object = ParentalKey(
        QuestionPage, on_delete=models.CASCADE, related_name="tagged_keywords"
    )


class QuestionAnswerQuerySet(models.QuerySet):
    def shown(self):
        """Answers of which both ends are public, with what showing either end needs."""
        public = Page.objects.live().public()
        return self.filter(page__in=public, answer__in=public).select_related("page", "answer")


class QuestionAnswer(Orderable):
    """A publication or an article that answers a question. It belongs to the question."""

    page = ParentalKey(QuestionPage, on_delete=models.CASCADE, related_name="answers")
    answer = models.ForeignKey(
        Page,
        models.CASCADE,
        verbose_name="publicatie of artikel",
        related_name="questions_answered",
    )
    why = models.CharField(
        "wat is het antwoord?", max_length=300, blank=True, help_text="In één zin."
    )

    objects = QuestionAnswerQuerySet.as_manager()

    panels = [PageChooserPanel("answer", ANSWERING_TYPES), FieldPanel("why")]

    class Meta(Orderable.Meta):
        verbose_name = "antwoord op een kennisvraag"

    def __str__(self):
        return f"{self.page} – {self.answer}"

    @property
    def kind(self) -> str:
        """What kind of page this is: “publicatie” or “artikel”."""
        return str(self.answer.specific_class._meta.verbose_name)

    def clean(self):
        chosen = self.answer_id and self.answer.specific_class
        if chosen and chosen._meta.label not in ANSWERING_TYPES:
            raise ValidationError({"answer": "Kies een publicatie of een artikel."})
