"""What the directory keeps ready for its readers: the words it knows, and how many agencies each choice leaves."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models


class Word(models.Model):
    """A word that a listed agency has, folded (agencies.folding), with the stem under which full-text search has it.

    Written by agencies.search.refresh_search; words that nobody has any more go at night.
    """

    text = models.TextField(unique=True, db_collation="C")
    stem = models.TextField(db_collation="C")  # "" for what full-text search passes over
    is_name = models.BooleanField()  # of names, places and the trade, and so what a mistyped word may mean

    class Meta:
        indexes = [
            models.Index(fields=["stem"], name="word_stem"),
            GinIndex(
                OpClass("text", name="gin_trgm_ops"), name="word_trigrams", condition=models.Q(is_name=True)
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ListingCount(models.Model):
    """How many listed agencies have these four at once; "" is any. Written by agencies.counts.refresh."""

    form = models.CharField(max_length=20, blank=True)
    fach = models.CharField(max_length=20, blank=True)
    min_feedback = models.CharField(max_length=10, blank=True)
    min_score = models.CharField(max_length=10, blank=True)
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["form", "fach", "min_feedback", "min_score"], name="listingcount_once"
            )
        ]

    def __str__(self) -> str:
        chosen = [self.form, self.fach, self.min_feedback, self.min_score]
        return f"{', '.join(filter(None, chosen)) or 'all'}: {self.n}"
