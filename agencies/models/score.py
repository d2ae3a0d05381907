"""What visitors see as numbers, stored per agency; computed by reviews.recompute, read by every page.

Sums are kept so that ageing never touches a review: with g(t) = 2 ** ((t - 2024-01-01) / 365 days) a review
carries its own g, and "now" enters as one division by g(today).
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, FloatField, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models.agency import Agency
from agencies.tenths import Tenths


class AgencyScoreQuerySet(models.QuerySet["AgencyScore"]):
    def stale(self) -> "AgencyScoreQuerySet":
        return self.filter(stale_since__isnull=False)

    def in_list(self) -> "AgencyScoreQuerySet":
        """Those by which the directory is in order: shown, of listed agencies."""
        return self.filter(is_shown=True, is_listed=True)


class Summary(models.Model):
    """Nine sums and numbers of one criterion, or of all together (stars 1..5, weights without unit)."""

    n = models.PositiveIntegerField(default=0)
    sum_gv = models.FloatField(default=0.0)
    sum_gvx = models.FloatField(default=0.0)
    sum_gvxx = models.FloatField(default=0.0)
    weight = models.FloatField(default=0.0)
    mean = models.FloatField(default=3.4)
    spread = models.FloatField(default=0.0)
    lower = models.FloatField(default=0.0)
    upper = models.FloatField(default=0.0)

    class Meta:
        abstract = True


class Headline(models.Model):
    """What lists show of a waiting curve. NULL is "not known", which everything is while the curve is not shown."""

    answered_14 = models.FloatField(null=True)  # F(14), a share 0..1
    answered_14_lower = models.FloatField(null=True)
    dots_answered = models.PositiveSmallIntegerField(null=True)  # of ten, by day 14
    dots_late = models.PositiveSmallIntegerField(null=True)  # of ten, day 15 to 30; null if not yet known
    dots_withdrawn = models.PositiveSmallIntegerField(default=0)  # of ten, pulled out unanswered by day 30

    class Meta:
        abstract = True

    @property
    def dots(self) -> Tenths | None:
        if self.dots_answered is None:
            return None
        return Tenths(self.dots_answered, self.dots_late, self.dots_withdrawn)


class AgencyScore(Summary, Headline):
    """The overall score of one agency and its headline waits. Born with the agency."""

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, primary_key=True, related_name="score")
    is_shown = models.BooleanField(default=False)
    histogram = ArrayField(
        models.PositiveIntegerField(), size=5, default=list, blank=True
    )  # voices with 1..5
    first_month = models.DateField(null=True)  # period of contact covered by the counted reviews
    last_month = models.DateField(null=True)
    reviews_shown = models.PositiveIntegerField(default=0)  # readable reviews, replaced ones included

    # Headline waits after interviews: measured if there are enough, else recalled (see WaitCurve).
    waits_source = models.CharField(max_length=10, blank=True)
    waits_shown = models.BooleanField(default=False)
    waits = models.PositiveIntegerField(default=0)
    wait_persons = models.PositiveIntegerField(default=0)

    # The order of the directory. Two triggers copy the first two from the agency, whoever writes it, so that one index
    # on this table answers "the next twenty". All keys ascend, because a row is compared with a row in one direction.
    is_listed = models.BooleanField(default=False, editable=False)
    sort_name = models.TextField(default="", editable=False, db_collation="C")
    feedback_rank = models.GeneratedField(
        expression=Case(
            When(waits_shown=False, then=Value(4.0)),
            When(waits_source="measured", then=Value(1.0) - Coalesce(F("answered_14_lower"), Value(-0.5))),
            default=Value(3.0) - Coalesce(F("answered_14_lower"), Value(-0.5)),
            output_field=FloatField(),
        ),
        output_field=FloatField(),
        db_persist=True,
    )  # 0 to 1.5 measured, 2 to 3.5 recalled, 4 not shown; the higher the lower bound, the smaller
    score_rank = models.GeneratedField(
        expression=Case(
            When(is_shown=True, then=Value(0.0) - F("lower")), default=Value(9.0), output_field=FloatField()
        ),
        output_field=FloatField(),
        db_persist=True,
    )  # -5 to -1, 9 not shown

    as_of = models.DateField(default=timezone.localdate)
    computed_at = models.DateTimeField(null=True)
    version = models.PositiveBigIntegerField(default=0)  # grows with every recompute
    stale_since = models.DateTimeField(null=True)

    objects = AgencyScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("Wert einer Agentur")
        verbose_name_plural = _("Werte der Agenturen")
        indexes = [
            models.Index(
                *("feedback_rank", -F("waits"), "sort_name", "agency"),
                name="agencyscore_by_feedback",
                condition=Q(is_listed=True),
            ),
            models.Index(
                *("score_rank", -F("n"), "sort_name", "agency"),
                name="agencyscore_by_score",
                condition=Q(is_listed=True),
            ),
            models.Index(
                *(-F("n"), "sort_name", "agency"),
                name="agencyscore_by_reviews",
                condition=Q(is_listed=True),
            ),
            models.Index(
                F("answered_14_lower").desc(),
                "agency",
                name="agencyscore_best_feedback",
                condition=Q(is_listed=True, waits_shown=True),
            ),
            models.Index(
                fields=["stale_since"], name="agencyscore_stale", condition=Q(stale_since__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.mean:.2f} ({self.n})"


class CriterionScore(Summary):
    """One of the nine criteria of one agency."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="criterion_scores")
    criterion = models.CharField(max_length=20)
    is_shown = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "criterion"], name="criterionscore_once")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.criterion}: {self.mean:.2f} ({self.n})"


class WaitCurve(Headline):
    """The waiting curve of one agency: one row per kind of wait and source; agency NULL is the whole market.

    Stored are the risk sets. Whoever shows a curve fits it from them (reviews.scoring.Curve); what lists and the
    tracker read of many curves is stored beside them. A curve is of the day of its agency's score, the market's of the
    day of the market's scores; its row is written only when the curve changes.
    """

    class Kind(models.TextChoices):
        INTERVIEW = "interview", _("nach Gesprächen")
        APPLICATION = "application", _("nach dem Lebenslauf")

    class Source(models.TextChoices):
        MEASURED = "measured", _("gemessen")
        RECALLED = "recalled", _("aus Bewertungen")

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, related_name="curves")
    kind = models.CharField(max_length=12, choices=Kind)
    source = models.CharField(max_length=10, choices=Source)
    waits = models.PositiveIntegerField(default=0)
    persons = models.PositiveIntegerField(default=0)
    early_persons = models.PositiveIntegerField(default=0)  # watched from day 3 or earlier
    is_shown = models.BooleanField(default=False)
    risk_days = ArrayField(
        ArrayField(models.PositiveIntegerField(), size=6), default=list
    )  # rows of reviews.scoring.RiskDay: day, at risk, persons, answered, withdrawn, silent
    facts = models.JSONField(
        default=dict
    )  # counts: reasons, chased, channels, who was silent, holding messages
    outlook = ArrayField(
        ArrayField(models.FloatField(), size=4), default=list
    )  # rows of silent days, chance, lower, upper; see chance_after
    first_month = models.DateField(null=True)
    last_month = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "source"], name="waitcurve_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency_id or 'market'} {self.kind} {self.source}: {self.waits}"

    @property
    def curve(self) -> dict[str, Any]:
        """What reviews.scoring.Curve.from_json reads."""
        return {"days": self.risk_days, "persons": self.persons, "early_persons": self.early_persons}

    def chance_after(self, days: int) -> tuple[float, float, float] | None:
        """How likely is an answer by day 30 after so many silent days (0..29), with its 90 % interval.

        Shares in 0..1; None where too few are known to have waited that long.
        """
        known = (numbers for silent_days, *numbers in self.outlook if silent_days == days)
        return next(((chance, lower, upper) for chance, lower, upper in known), None)


class MarketScore(Summary):
    """All counted reviews pooled, without the prior; one row per criterion and one for "overall"."""

    criterion = models.CharField(max_length=20, unique=True)
    as_of = models.DateField(default=timezone.localdate)

    def __str__(self) -> str:
        return f"{self.criterion}: {self.mean:.2f} ({self.n})"


def mark_stale(agency_ids: Iterable[int]) -> None:
    """Say that what counts has changed, inside the transaction that changed it.

    Unconditional (a mark "where not stale" would lose the second change) and in id order (no deadlocks).
    """
    ids = sorted(set(agency_ids))
    scores = AgencyScore.objects.filter(agency_id__in=ids)
    if len(ids) > 1:
        list(scores.order_by("agency_id").select_for_update().values_list("agency_id"))
    scores.update(stale_since=timezone.now())
