"""Parts of the overall score: of those with one role, one outcome, one field, one office."""

from django.db import models

from agencies.models.agency import Agency
from agencies.models.score import Summary


class SegmentScore(Summary):
    """The overall score of one part of an agency's reviews, if nothing about a few persons follows from it.

    A part that may not be shown is not stored (reviews.scoring.safe_segments says which). One that may be has no value
    while its reviews are too old for one (`is_shown`). `value` is a code, or the id of an office as text.

    Rows without an agency count the whole platform's reviews of the last 24 months by outcome: `n` alone means
    something there.
    """

    class Dimension(models.TextChoices):
        ROLE = "role"
        OUTCOME = "outcome"
        FIELD = "field"
        OFFICE = "office"

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, related_name="segments")
    dimension = models.CharField(max_length=8, choices=Dimension)
    value = models.CharField(max_length=20)
    is_shown = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "dimension", "value"], name="segmentscore_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency_id or 'platform'} {self.dimension} {self.value}: {self.mean:.2f} ({self.n})"
