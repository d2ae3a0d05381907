"""What was shown of an agency at the end of each month: the trend of its page is drawn from it."""

from django.db import models
from django.db.models import Q

from agencies.models.agency import Agency
from agencies.models.score import WaitCurve


class ScoreSnapshot(models.Model):
    """The numbers of one agency at the end of one month, written once and never again.

    Values that were not shown are not kept (NULL), so that no row tells of fewer than five persons: whoever takes a
    review back later may rely on it that what stays is a sum of many.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="snapshots")
    month = models.DateField()  # its first day
    as_of = models.DateField()  # the day (UTC) of the numbers: the last of the month, or a few days later

    n = models.PositiveIntegerField(default=0)
    is_shown = models.BooleanField(default=False)
    mean = models.FloatField(null=True)  # stars, like the bounds of the 90 % interval
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    first_month = models.DateField(null=True)  # period of contact covered by the counted reviews
    last_month = models.DateField(null=True)

    waits_source = models.CharField(max_length=10, blank=True, choices=WaitCurve.Source)
    waits_shown = models.BooleanField(default=False)
    waits = models.PositiveIntegerField(default=0)
    wait_persons = models.PositiveIntegerField(default=0)
    answered_14 = models.FloatField(null=True)  # F(14), a share 0..1, with the bounds of its 90 % interval
    answered_14_lower = models.FloatField(null=True)
    answered_14_upper = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "month"], name="scoresnapshot_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="scoresnapshot_month_is_a_first"),
            models.CheckConstraint(
                condition=Q(is_shown=True) | Q(mean=None, lower=None, upper=None),
                name="scoresnapshot_keeps_what_was_shown",
            ),
            models.CheckConstraint(
                condition=Q(waits_shown=True)
                | Q(answered_14=None, answered_14_lower=None, answered_14_upper=None),
                name="scoresnapshot_keeps_waits_that_were_shown",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.month:%Y-%m}: {self.n}"
