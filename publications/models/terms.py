"""The controlled vocabularies, and what every page that is ordered by them shares."""

import logging

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from modelcluster.fields import ParentalManyToManyField
from taggit.models import Tag
from wagtail.actions.publish_page_revision import PublishPagePermissionError
from wagtail.admin.panels import FieldPanel
from wagtail.models import PagePermissionTester, Revision
from wagtail.search import index

from publications.search_table import index_page

logger = logging.getLogger(__name__)


class Vocabulary(models.TextChoices):
    KIND = "soort", "soort publicatie"
    PILLAR = "pijler", "pijler"
    FACILITY = "voorziening", "collectieve voorziening"
    ACTOR = "speler", "speler"
    THEME = "thema", "thema"
    READER = "lezer", "voor wie"
    AREA = "gebied", "gebied"


def holders_of(model) -> list:
    """
    Return the foreign keys to `model` from the rest of the site, those in the tables of
    many-to-many fields too.
    """
    own = {model, FormerKeyword}
    relations = model._meta.get_fields(include_hidden=True)
    return [r for r in relations if r.one_to_many and r.auto_created and r.related_model not in own]


def with_uses(queryset):
    """Let each of these terms or keywords have `uses`: how often something holds it."""
    uses = Value(0, IntegerField())
    for relation in holders_of(queryset.model):
        name = relation.field.name
        held = relation.related_model._base_manager.filter(**{name: OuterRef("pk")}).order_by()
        counted = held.values(name).annotate(number=Count("*")).values("number")
        uses += Coalesce(Subquery(counted), 0)
    return queryset.annotate(uses=uses)


class TermQuerySet(models.QuerySet):
    def current(self):
        """Terms that editors and visitors can choose: those that were not merged away."""
        return self.filter(merged_into=None)

    def named(self, vocabulary: str, slugs) -> list["Term"]:
        """
        Return the terms that `slugs` stand for today, each once, in the vocabulary's own order.

        A merged term gives the term it was merged into, so that an old address keeps working.
        Unknown slugs are left out.
        """
        wanted = self.filter(vocabulary=vocabulary, slug__in=slugs).select_related("merged_into")
        found = {term.current().pk: term.current() for term in wanted}
        return sorted(found.values(), key=lambda term: (term.order, term.label))


class Term(index.Indexed, models.Model):
    """
    One concept of a controlled vocabulary.

    The slug is a stable id: addresses, drafts and other sites hold it, so it never changes. A term
    that has been used is merged into another one, never deleted: pages then hold the other one,
    drafts as soon as somebody opens or publishes them, and addresses keep working.
    """

    vocabulary = models.CharField("woordenlijst", max_length=20, choices=Vocabulary)
    slug = models.SlugField("vaste naam", help_text="Komt in adressen te staan en verandert niet.")
    label = models.CharField("term", max_length=100)
    description = models.TextField("uitleg", blank=True)
    alternative_labels = models.TextField(
        "andere woorden", blank=True, help_text="Eén per regel. Zoeken vindt de term er ook mee."
    )
    order = models.PositiveSmallIntegerField("volgorde", default=0)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="samengevoegd met",
        related_name="merged_terms",
    )

    objects = TermQuerySet.as_manager()

    # Not `merged_into`: merging has a screen of its own, which shows first what changes.
    panels = [
        FieldPanel("vocabulary"),
        FieldPanel("slug"),
        FieldPanel("label"),
        FieldPanel("description"),
        FieldPanel("alternative_labels"),
        FieldPanel("order"),
    ]
    search_fields = [
        index.SearchField("label"),
        index.SearchField("alternative_labels"),
        index.AutocompleteField("label"),
        index.FilterField("vocabulary"),
        index.FilterField("merged_into"),
    ]

    class Meta:
        verbose_name = "term"
        verbose_name_plural = "termen"
        ordering = ["vocabulary", "order", "label"]
        constraints = [
            models.UniqueConstraint(fields=["vocabulary", "slug"], name="term_unique_in_vocabulary")
        ]

    def __str__(self):
        return self.label

    def clean(self):
        target = self.merged_into
        if target and (target == self or target.merged_into_id):
            raise ValidationError({"merged_into": "Kies een term die zelf niet is samengevoegd."})
        if target and target.vocabulary != self.vocabulary:
            raise ValidationError({"merged_into": "Kies een term uit dezelfde woordenlijst."})
        if target and hasattr(self, "pillar_page"):
            raise ValidationError({"merged_into": "Deze pijler heeft een eigen pagina."})
        before = Term.objects.filter(pk=self.pk).first()
        if before and before.slug != self.slug:
            raise ValidationError({"slug": "De vaste naam kan niet veranderen."})
        if before and before.vocabulary != self.vocabulary:
            raise ValidationError({"vocabulary": "De woordenlijst kan niet veranderen."})

    def current(self) -> "Term":
        """Return the term to use instead of this one: itself, unless it was merged away."""
        return self.merged_into or self

    @transaction.atomic
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        if self.merged_into:
            self._make_way()

    def _make_way(self):
        """Let everything that holds this term hold the term it was merged into."""
        self.merged_terms.update(merged_into=self.merged_into)
        for relation in holders_of(Term):
            rows = relation.related_model._base_manager.filter(**{relation.field.name: self})
            for row in rows:
                try:
                    with transaction.atomic():
                        rows.filter(pk=row.pk).update(**{relation.field.name: self.merged_into})
                except IntegrityError:  # the page held both
                    row.delete()

    def is_used(self) -> bool:
        """Tell whether anything holds this term: a page, any of its drafts, or a merged term."""
        return (
            hasattr(self, "pillar_page")
            or self.merged_terms.exists()
            or any(
                relation.related_model._base_manager.filter(**{relation.field.name: self}).exists()
                for relation in holders_of(Term)
            )
            or self.drafts().exists()
        )

    def drafts(self):
        """Return the revisions that name this term. Wagtail keeps it as JSON."""
        named = Q(pk=None)
        for relation in self._meta.related_objects:
            name = f"content__{relation.field.name}"
            named |= (
                Q(**{f"{name}__contains": [self.pk]})
                if relation.many_to_many
                else Q(**{name: self.pk})
            )
        return Revision.objects.filter(named)

    def delete(self, *args, **kwargs):
        """Delete a term that nothing holds. Raise ProtectedError when something does."""
        if self.is_used():
            raise models.ProtectedError("Deze term is in gebruik. Voeg hem samen.", {self})
        return super().delete(*args, **kwargs)


class SynonymGroup(models.Model):
    """Words that search treats alike."""

    words = models.TextField("woorden", help_text="Eén woord of woordgroep per regel.")

    class Meta:
        verbose_name = "groep synoniemen"
        verbose_name_plural = "synoniemen"
        ordering = ["words"]

    def __str__(self):
        return ", ".join(self.words.split("\n"))


class FormerKeyword(models.Model):
    """A keyword that was merged into another one, for the drafts that still name it."""

    old_id = models.PositiveIntegerField(unique=True)
    name = models.CharField("trefwoord", max_length=100)
    tag = models.ForeignKey(
        Tag, models.CASCADE, verbose_name="samengevoegd met", related_name="former_names"
    )

    class Meta:
        verbose_name = "vroeger trefwoord"
        verbose_name_plural = "vroegere trefwoorden"

    def __str__(self):
        return self.name


def with_present_keywords(held: list[dict]) -> list[dict]:
    """Return the keywords of a draft as they are called now, each once."""
    former = FormerKeyword.objects.filter(old_id__in=[one["tag"] for one in held])
    present = dict(former.values_list("old_id", "tag_id"))
    unique = {}
    for one in held:
        tag = present.get(one["tag"], one["tag"])
        unique.setdefault(tag, {**one, "tag": tag})
    return list(unique.values())


class NotReadyForPublication(PublishPagePermissionError):
    """Publishing was refused. The message says why, in an editor's words."""


class CheckedPagePermissions(PagePermissionTester):
    """What a user may do with a page; less while its contribution waits for the light check."""

    def can_publish(self):
        return super().can_publish() and not self.page.is_awaiting_check()

    def can_delete(self, ignore_bulk=False):
        return super().can_delete(ignore_bulk) and not self.page.is_awaiting_check()

    def can_copy(self):
        return super().can_copy() and not self.page.is_awaiting_check()


def terms_field(vocabulary, verbose_name, related_name, **options):
    return ParentalManyToManyField(
        Term,
        verbose_name=verbose_name,
        related_name=f"%(class)ss_{related_name}",
        limit_choices_to={"vocabulary": vocabulary, "merged_into": None},
        blank=True,
        **options,
    )


class Classified(models.Model):
    """
    What publications, stories and articles share: the terms they are ordered by, and the rule that
    a contributed page becomes public through its light check only.
    """

    pillars = terms_field(Vocabulary.PILLAR, "pijlers", "in_pillar")
    facilities = terms_field(Vocabulary.FACILITY, "collectieve voorzieningen", "about_facility")
    actors = terms_field(Vocabulary.ACTOR, "spelers", "about_actor")
    themes = terms_field(Vocabulary.THEME, "thema's", "about_theme")
    is_example = models.BooleanField(
        "voorbeeld", default=False, help_text="Toont het woord ‘voorbeeld’ op de site."
    )

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args, update_fields=None, **kwargs):
        """
        Save, and bring search up to date. Here and not in a receiver of post_save: the terms and
        authors of a page are saved after that.
        """
        super().save(*args, update_fields=update_fields, **kwargs)
        if update_fields is None or "live" in update_fields:
            index_page(self)

    def search_facets(self) -> list[tuple[str, str, str]]:
        """Return what this page can be filtered by, as (name, value, label)."""
        terms = [*self.pillars.all(), *self.facilities.all(), *self.actors.all()]
        return [(term.vocabulary, term.slug, "") for term in [*terms, *self.themes.all()]]

    def missing_for_publication(self) -> list[str]:
        """Return what still keeps this page from being published, in an editor's words."""
        return [] if self.title.strip() else ["Vul de titel in."]

    def with_content_json(self, content):
        """
        Read a draft. Where it holds a term or keyword that was merged since, it gets the other.
        """
        merged = dict(Term.objects.exclude(merged_into=None).values_list("pk", "merged_into"))
        content = dict(content)
        for field in (*self._meta.fields, *self._meta.many_to_many):
            if field.related_model is Term:
                held = content.get(field.name)
                if isinstance(held, list):
                    held = list(dict.fromkeys(merged.get(pk, pk) for pk in held))
                content[field.name] = held if isinstance(held, list) else merged.get(held, held)
        if content.get("tagged_keywords"):
            content["tagged_keywords"] = with_present_keywords(content["tagged_keywords"])
        return super().with_content_json(content)

    @property
    def pillar_slugs(self) -> list[str]:
        return [pillar.slug for pillar in self.pillars.all()]

    def is_awaiting_check(self) -> bool:
        """Tell whether this page came in as a contribution that nobody has decided on yet."""
        return self.pk is not None and any(c.is_undecided for c in self.contributions.all())

    def permissions_for_user(self, user):
        return CheckedPagePermissions(user, self)

    def publish(self, revision, user=None, **kwargs):
        """
        Publish `revision`. Every way to publish a page ends here: the editor's button, bulk
        action, workflow, schedule and API.

        Raise NotReadyForPublication when something is missing or the light check has not been
        done. A schedule that has come due is dropped instead: raising would stop the command that
        publishes everybody else's pages.
        """
        refusal = " ".join(revision.as_object().missing_for_publication())
        if self.is_awaiting_check():
            refusal = "Deze bijdrage wacht nog op de lichte check."
        if not refusal:
            return super().publish(revision, user=user, **kwargs)
        if not revision.approved_go_live_at:
            raise NotReadyForPublication(refusal)
        revision.approved_go_live_at = None
        revision.save(update_fields=["approved_go_live_at"])
        logger.error("Scheduled publication of page %s dropped: %s", self.pk, refusal)
