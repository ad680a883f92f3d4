"""What all our page types ask of their tables."""

from django.db import models
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from wagtail.models import PageQuerySet, PageViewRestriction


class PublicPageQuerySet(PageQuerySet):
    """Pages, of which `public()` takes no query of its own."""

    def public(self):
        """
        Leave out what stands at or below a page with a view restriction.

        Wagtail's own asks for all restrictions first, each time; this is part of the query itself.
        """
        path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
        restrictions = PageViewRestriction.objects.annotate(path=path)
        return self.exclude(Exists(restrictions.filter(path__startswith=F("page__path"))))


class PublicationQuerySet(PublicPageQuerySet):
    def harvestable(self):
        """What other catalogues may take over: what everyone may see and is no example."""
        return self.live().public().filter(is_example=False)

    def newest_first(self):
        return self.order_by(
            models.F("year").desc(nulls_last=True),
            models.F("month").desc(nulls_last=True),
            "-first_published_at",
            "-pk",
        )

    def story_counts(self, ids) -> dict[int, int]:
        """Return how many public stories belong to each of these publications that has any."""
        links = self.model.links_from_stories.rel.related_model.objects.shown()
        counted = links.order_by().filter(publication__in=ids).values("publication")
        return dict(counted.values_list("publication", models.Count("page", distinct=True)))

    def most_linked(self):
        """Those with public stories, most stories first, with what their cards need."""
        links = self.model.links_from_stories.rel.related_model.objects.shown()
        counted = models.Count(
            "links_from_stories", filter=models.Q(links_from_stories__in=links.order_by())
        )
        linked = self.annotate(story_count=counted).filter(story_count__gt=0)
        return linked.for_cards().order_by("-story_count", "-year", "pk")

    def for_cards(self):
        """Everything a publication card shows, in a fixed number of queries."""
        return (
            self.select_related("kind", "cover", "document__drawn_cover")
            .prefetch_related("pillars", "authors", *_renditions_of_covers())
            .defer_streamfields()
        )

    def for_api(self):
        """Everything the API tells of a publication."""
        lists = ("pillars", "facilities", "keywords", "authors", "takeaways")
        links = [
            models.Prefetch(
                name,
                queryset=getattr(self.model, name).rel.related_model.objects.public(),
                to_attr=f"fetched_{name}",
            )
            for name in ("links_from_stories", "links_from_articles")
        ]
        return self.select_related("kind", "document", "locale").prefetch_related(*lists, *links)

    def with_release(self):
        """Annotate `document_is_released`: whether everyone may read the document of a page."""
        documents = self.model._meta.get_field("document").related_model.objects.released()
        return self.annotate(
            document_is_released=Exists(documents.filter(pk=OuterRef("document_id")))
        )

    def for_citation(self):
        """Everything that citing and harvesting tell, in a fixed number of queries."""
        lists = ("authors", "pillars", "facilities", "themes", "actors", "tagged_keywords__tag")
        return self.with_release().select_related("kind", "document").prefetch_related(*lists)

    def for_hits(self):
        """What a card shows, and the texts in which words were found."""
        return self.for_cards().prefetch_related("takeaways", "tagged_keywords__tag")

    def for_exchange(self):
        """Everything a record of it in a file holds, in a fixed number of queries."""
        lists = ("pillars", "facilities", "actors", "themes", "readers", "authors", "takeaways")
        relations = self.model.builds_on.rel.related_model.objects
        relations = relations.filter(earlier__in=self.model.objects.live().public())
        return (
            self.with_release()
            .select_related("kind", "area", "document")
            .prefetch_related(*lists, "tagged_keywords__tag")
            .prefetch_related(
                models.Prefetch("builds_on", relations.select_related("earlier")),
            )
        )

    def for_search(self):
        """Everything the search table holds, in a fixed number of queries."""
        lists = ("pillars", "facilities", "actors", "themes", "readers", "authors", "takeaways")
        return self.select_related("kind", "area", "document").prefetch_related(
            *lists, "tagged_keywords__tag"
        )


def _renditions_of_covers():
    return ("cover__renditions", "document__drawn_cover__renditions")
