"""The tables of the search engine. `publications.search_table` alone writes them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchRow(models.Model):
    """
    One page as search sees it. It can all be made anew from the pages: `manage.py rebuild_search`.

    `id` is the page's own. A page that everyone may see is live here; any other's row is empty.
    """

    id = models.IntegerField(primary_key=True)
    is_live = models.BooleanField()
    day = models.IntegerField()  # its date as one number; 0 when that is unknown
    changed_in = models.BigIntegerField()  # the number of the transaction that wrote this row
    title_hash = models.BigIntegerField()
    title_key = models.TextField()  # for sorting by title
    facets = ArrayField(models.SmallIntegerField())  # ids of SearchFacet
    vector = SearchVectorField()
    # One number for each two neighbouring words, and the folded words, to look phrases up in.
    pairs = ArrayField(models.SmallIntegerField(), db_default=[])
    text = models.TextField(db_default="")

    class Meta:
        verbose_name = "vindbare pagina"
        indexes = [
            GinIndex(fields=["vector"], fastupdate=False, name="searchrow_vector"),
            GinIndex(fields=["pairs"], fastupdate=False, name="searchrow_pairs"),
            models.Index(fields=["changed_in"], name="searchrow_changed_in"),
        ]

    def __str__(self):
        return self.title_key


class SearchFacet(models.Model):
    """One value that pages can be filtered by, with a small number for it. The numbers stay."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=20)
    value = models.CharField(max_length=50)
    label = models.CharField(max_length=100)

    class Meta:
        verbose_name = "filterwaarde"
        constraints = [
            models.UniqueConstraint(fields=["name", "value"], name="searchfacet_unique_value")
        ]

    def __str__(self):
        return f"{self.name}: {self.value}"


class SearchWord(models.Model):
    """
    One word of the library as it is written there, for “Bedoelde je …?”.

    A word may be here twice, when two people saved it first at the same moment. With a unique key
    the one would wait for the other, and two who each save several pages for each other.
    """

    word = models.CharField(max_length=80, db_index=True)

    class Meta:
        verbose_name = "woord van de bibliotheek"

    def __str__(self):
        return self.word


class SearchedWordsQuerySet(models.QuerySet):
    def totals(self):
        """How often each words were searched, most first, and how much they found the last time."""
        return (
            self.values("words")
            .annotate(times=models.Sum("count"), most_found=models.Max("found"))
            .order_by("-times", "words")
        )


class SearchedWords(models.Model):
    """What was searched on one day: words and counts, nothing about who did."""

    words = models.CharField("woorden", max_length=100)
    day = models.DateField("dag")
    count = models.PositiveIntegerField("keer gezocht", default=1)
    found = models.PositiveIntegerField("gevonden", default=0)

    objects = SearchedWordsQuerySet.as_manager()

    class Meta:
        verbose_name = "zoekvraag"
        verbose_name_plural = "zoekvragen"
        constraints = [
            models.UniqueConstraint(fields=["words", "day"], name="searchedwords_once_a_day")
        ]

    def __str__(self):
        return self.words
