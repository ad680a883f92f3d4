"""The public form: a Wagtail form page with three doors, and the criteria of the light check."""

from django.core.validators import validate_slug
from django.db import models
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page

from forms.confirmation import doubts_about
from forms.contributions import submit_for_review
from forms.doors import DOORS, ContributionFormBuilder
from forms.limits import (
    TOO_MANY,
    TOO_MANY_LOOKUPS,
    lookup_seconds_to_wait,
    refuse_for_now,
    seconds_to_wait,
)
from forms.start import KNOWN_ALREADY, Start, StartForm, there_already, typed_in, wants_start
from publications.models import LibraryPage
from publications.previews import PreviewedElsewhere
from stories.models import ArticleIndexPage, WritingTipPage

from .contribution import ContributionSubmission

SIDE_FEATURES = ["bold", "italic", "ul", "link"]
# What a link to the form may choose beforehand: name in the address → question.
CHOSEN_BY_LINK = {
    "pijler": "pijlers",
    "voorziening": "voorzieningen",
    "speler": "spelers",
    "thema": "themas",
}


class ContributionFormPage(PreviewedElsewhere, AbstractForm):
    """
    “Voeg kennis toe”: a publication, a tip, or a text of your own.

    The core questions are in code (`forms.doors`); editors add questions, and edit the criteria and
    the texts. The page cannot be deleted while there are contributions.
    """

    intro = models.TextField("inleiding", blank=True)
    publication_intro = models.TextField("inleiding bij een publicatie", blank=True)
    publication_side = RichTextField(
        "ernaast, bij een publicatie", blank=True, features=SIDE_FEATURES
    )
    tip_intro = models.TextField("inleiding bij een tip", blank=True)
    tip_side = RichTextField("ernaast, bij een tip", blank=True, features=SIDE_FEATURES)
    article_intro = models.TextField("inleiding bij een artikel", blank=True)
    article_side = RichTextField("ernaast, bij een artikel", blank=True, features=SIDE_FEATURES)
    check_intro = models.TextField("wat is de lichte check?", blank=True)
    thanks_title = models.CharField("kop na het versturen", max_length=150, default="Bedankt!")
    thanks_text = RichTextField("tekst na het versturen", blank=True, features=SIDE_FEATURES)
    answer_within_days = models.PositiveSmallIntegerField("antwoord binnen (werkdagen)", default=10)

    max_count = 1
    form_builder = ContributionFormBuilder
    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        MultiFieldPanel(
            [FieldPanel("publication_intro"), FieldPanel("publication_side")], "Een publicatie"
        ),
        MultiFieldPanel([FieldPanel("tip_intro"), FieldPanel("tip_side")], "Een tip"),
        MultiFieldPanel([FieldPanel("article_intro"), FieldPanel("article_side")], "Een artikel"),
        InlinePanel(
            "criteria", label="Criterium", heading="Criteria van de lichte check", min_num=1
        ),
        FieldPanel("check_intro"),
        InlinePanel("form_fields", label="Extra vraag", heading="Extra vragen"),
        InlinePanel("standard_reasons", label="Reden", heading="Standaardredenen"),
        MultiFieldPanel(
            [
                FieldPanel("thanks_title"),
                FieldPanel("thanks_text"),
                FieldPanel("answer_within_days"),
            ],
            "Na het versturen",
        ),
    ]
    parent_page_types = ["home.HomePage"]
    subpage_types = []

    class Meta:
        verbose_name = "formulier voor bijdragen"

    @property
    def library(self) -> LibraryPage:
        return LibraryPage.objects.get()

    @property
    def article_index(self) -> ArticleIndexPage:
        return ArticleIndexPage.objects.get()

    def get_submission_class(self):
        return ContributionSubmission

    def get_form_class(self, door: str = "publicatie"):
        return self.form_builder(self.get_form_fields()).get_form_class(door)

    def door_form(self, door: str, *args, **kwargs):
        """Return the form behind one of the three doors."""
        return self.get_form_class(door)(*args, page=self, **kwargs)

    def serve(self, request, *args, **kwargs):
        door = request.POST.get("deur") or request.GET.get("deur")
        door = door if door in DOORS else "publicatie"
        if request.method != "POST":
            chosen = {
                field: [
                    slug for slug in request.GET.getlist(name) if validate_slug.regex.match(slug)
                ]
                for name, field in CHOSEN_BY_LINK.items()
            }
            return self.render_form(request, door, self.door_form(door, initial=chosen))
        if wants_start(request, door):
            return self.serve_start(request, door)
        form = self.door_form(door, request.POST, request.FILES)
        if not form.is_valid():
            return self.render_form(request, door, form)
        if door != "artikel" and KNOWN_ALREADY not in request.POST:
            duplicates = there_already(request.POST, form.cleaned_data.get("bestand"))
            if duplicates:
                return self.render_form(request, door, form, duplicates=duplicates)
        wait = seconds_to_wait(request, email=form.cleaned_data["email"])
        if wait:
            form.add_error(None, TOO_MANY)
            return refuse_for_now(self.render_form(request, door, form), wait)
        form.doubts = doubts_about(form, request)
        return self.render_landing_page(request, self.process_form_submission(form))

    def serve_start(self, request, door: str):
        """Show the form again, filled in with what a DOI, ISBN, address or file tells."""
        wait = lookup_seconds_to_wait(request)
        start = Start(fault=TOO_MANY_LOOKUPS) if wait else Start.of(request)
        initial = typed_in(self.door_form(door), request.POST)
        filled = start.filled_in(request.POST)
        form = self.door_form(door, initial=initial | filled)
        said = start.fault or start.sentence(filled)
        duplicates = there_already(initial | filled, start.file)
        response = self.render_form(
            request, door, form, start=start, start_said=said, duplicates_seen=duplicates
        )
        return refuse_for_now(response, wait) if wait else response

    def process_form_submission(self, form):
        """Store what was sent and put it before the editors. Return the status page's token."""
        return submit_for_review(self, form, doubts=form.doubts)

    def render_landing_page(self, request, form_submission=None, *args, **kwargs):
        if form_submission is None:  # the editors' preview
            return self.render_form(request, "publicatie", self.door_form("publicatie"))
        return redirect("contribution_status", token=form_submission, permanent=False)

    def render_form(self, request, door: str, form, **more) -> TemplateResponse:
        has_file = "bestand" in request.FILES and "start" not in more
        if has_file and not lookup_seconds_to_wait(request):
            more["start"] = Start.of(request)
        context = self.get_context(request, door=door, form=form) | more
        response = TemplateResponse(request, self.get_template(request), context)
        response["Cache-Control"] = "no-store"
        return response

    def get_context(self, request, *args, door="publicatie", form=None, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["form"] = form or self.door_form(door)
        context["door"] = door
        context["knows_duplicates"] = KNOWN_ALREADY in request.POST
        if door == "publicatie":
            context["start_form"] = StartForm(initial={"begin": request.POST.get("begin", "")})
        context["door_intro"], context["door_side"] = {
            "publicatie": (self.publication_intro, self.publication_side),
            "tip": (self.tip_intro, self.tip_side),
            "artikel": (self.article_intro, self.article_side),
        }[door]
        context["criteria"] = list(self.criteria.all())
        if door == "artikel":
            context["tips"] = list(WritingTipPage.objects.live().public().in_order())
        return context


class ContributionFormField(AbstractFormField):
    page = ParentalKey(ContributionFormPage, on_delete=models.CASCADE, related_name="form_fields")


class Criterion(Orderable):
    """One criterion of the light check. Its texts are the self-check, the review and the mail."""

    page = ParentalKey(ContributionFormPage, on_delete=models.CASCADE, related_name="criteria")
    slug = models.SlugField("vaste naam", max_length=40, help_text="Verandert niet.")
    label = models.CharField("in het kort", max_length=100)
    question = models.CharField("vraag aan de inzender", max_length=250)
    help_text = models.TextField("uitleg bij de vraag", blank=True)
    review_question = models.CharField("vraag aan de redactie", max_length=250)
    mail_sentence = models.CharField("zin in de mail bij nee", max_length=300)

    panels = [
        FieldRowPanel([FieldPanel("label"), FieldPanel("slug")]),
        FieldPanel("question"),
        FieldPanel("help_text"),
        FieldPanel("review_question"),
        FieldPanel("mail_sentence"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "criterium"
        verbose_name_plural = "criteria"
        constraints = [models.UniqueConstraint(fields=["page", "slug"], name="criterion_unique")]

    def __str__(self):
        return self.label


class StandardReason(Orderable):
    """A reason that editors give often, to start a mail from."""

    class For(models.TextChoices):
        QUESTION = "aanvulling", "aanvulling vragen"
        DECLINE = "afwijzen", "afwijzen"

    page = ParentalKey(
        ContributionFormPage, on_delete=models.CASCADE, related_name="standard_reasons"
    )
    used_for = models.CharField("bij", max_length=12, choices=For)
    label = models.CharField("in het kort", max_length=120)
    text = models.TextField("zin in de mail")

    panels = [FieldRowPanel([FieldPanel("used_for"), FieldPanel("label")]), FieldPanel("text")]

    class Meta(Orderable.Meta):
        verbose_name = "standaardreden"
        verbose_name_plural = "standaardredenen"

    def __str__(self):
        return self.label
