"""Stars: the sums of the counted reviews, and the scores that follow from the sums.

PostgreSQL does all of it. The sums do not change as time passes, so a recompute writes them and then does what
the night does with every row: it finishes the score of a day from the sums that are stored.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, Sum
from django.db.models.expressions import RawSQL

from agencies.models import AgencyScore, CriterionScore, MarketScore
from reviews.criteria import CODES
from reviews.models import Review
from reviews.scoring import FORMULA, Sums, growth, market_mean

OVERALL = "overall"
SUMS = ("n", "sum_gv", "sum_gvx", "sum_gvxx")
STARS = (1, 2, 3, 4, 5)


def _sums_of(part: str) -> list[str]:
    """The four `Sums` of a criterion, or of `overall`; reviews without an answer add nothing."""
    weight = f"sum(gv) FILTER (WHERE {part} IS NOT NULL)"
    sums = (f"count({part})", weight, f"sum(gv * {part})", f"sum(gv * ({part} * {part}))")
    return [f"{sql} AS {part}_{name}" for sql, name in zip(sums, SUMS, strict=True)]


def _columns(part: str) -> str:
    return ", ".join(f"coalesce({part}_{name}, 0)" for name in SUMS)


# Made of names from this code only; `{...}` takes SQL that Django wrote.
_PARTS = (OVERALL, *CODES)
_AS_FLOATS = ", ".join(f"{part}::double precision" for part in _PARTS)
_AGGREGATES = ", ".join(sum_ for part in _PARTS for sum_ in _sums_of(part))
_BARS = ", ".join(f"count(*) FILTER (WHERE stars = {stars}) AS stars_{stars}" for stars in STARS)
_CRITERIA = ", ".join(f"('{code}', {_columns(code)})" for code in CODES)
_HISTOGRAM = ", ".join(f"coalesce(stars_{stars}, 0)" for stars in STARS)
_OLD = ", ".join(f"score.{name}" for name in SUMS)
_NEW = ", ".join(f"excluded.{name}" for name in SUMS)
WRITE_SUMS = f"""
WITH agency AS (SELECT unnest(%s::bigint[]) AS agency_id),
     sums AS MATERIALIZED (
       SELECT agency_id, {_AGGREGATES}, {_BARS}
       FROM (SELECT agency_id, stars, g * v AS gv, {_AS_FLOATS} FROM ({{counted}}) review OFFSET 0) review
       GROUP BY agency_id
     ),
     readable AS (SELECT agency_id, count(*) AS reviews_shown FROM ({{published}}) review GROUP BY agency_id),
     criteria AS (
       INSERT INTO agencies_criterionscore AS score
         (agency_id, criterion, {", ".join(SUMS)}, weight, mean, spread, lower, upper, is_shown)
       SELECT agency_id, part.*, 0, 0, 0, 0, 0, false  -- finished by the next statement
       FROM agency LEFT JOIN sums USING (agency_id)
       CROSS JOIN LATERAL (VALUES {_CRITERIA}) part
       ON CONFLICT (agency_id, criterion) DO UPDATE SET ({", ".join(SUMS)}) = ROW({_NEW})
       WHERE ({_OLD}) IS DISTINCT FROM ({_NEW})
     )
UPDATE agencies_agencyscore score
SET ({", ".join(SUMS)}) = ROW({_columns(OVERALL)}),
    histogram = ARRAY[{_HISTOGRAM}],
    first_month = ({{first_month}}), last_month = ({{last_month}}),
    reviews_shown = coalesce(readable.reviews_shown, 0)
FROM agency
LEFT JOIN sums USING (agency_id) LEFT JOIN readable USING (agency_id)
WHERE score.agency_id = agency.agency_id
"""  # noqa: S608


def write_sums(agency_ids: Sequence[int]) -> None:
    """Store the sums of these agencies as their reviews stand now, in one statement."""
    counted = Review.objects.counted()
    of_these = counted.filter(agency__in=agency_ids)
    # Each walks the journeys of an agency from one end to the first that counts, instead of looking up all of them.
    months = counted.filter(journey__agency=RawSQL("score.agency_id", ())).values("journey__month")
    parts = {
        "counted": of_these.values("agency_id", "stars", "g", "v", *_PARTS),
        "published": Review.objects.published().filter(agency__in=agency_ids).values("agency_id"),
        "first_month": months.order_by("journey__month")[:1],
        "last_month": months.order_by("-journey__month")[:1],
    }
    written = {name: queryset.query.sql_with_params() for name, queryset in parts.items()}
    statement = WRITE_SUMS.format(**{name: sql for name, (sql, _) in written.items()})
    params = [list(agency_ids), *(value for _, values in written.values() for value in values)]
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


# `reviews.scoring.summarise` over stored sums, in SQL; %s is g(today).
_M = float(FORMULA.prior_weight)
_WEIGHT = "(sum_gv / %s)"
_TOTAL = f"({_WEIGHT} + {_M})"
_MEAN = f"((sum_gvx / %s + {_M * FORMULA.prior_mean!r}) / {_TOTAL})"
_SQUARE = f"((sum_gvxx / %s + {_M * FORMULA.prior_square!r}) / {_TOTAL})"
_SPREAD = f"sqrt(greatest(0.0, ({_SQUARE} - {_MEAN} * {_MEAN}) / ({_TOTAL} + 1.0)))"
_MARGIN = f"{_SPREAD} * {FORMULA.z}"
FINISHED = {
    "weight": _WEIGHT,
    "mean": _MEAN,
    "spread": _SPREAD,
    "lower": f"greatest(1.0, {_MEAN} - {_MARGIN})",
    "upper": f"least(5.0, {_MEAN} + {_MARGIN})",
    "is_shown": f"(n >= {FORMULA.min_voices} AND {_WEIGHT} >= {FORMULA.min_weight})",
}


def finished(today: date) -> dict[str, RawSQL]:
    """The score of `today` (UTC) for any number of rows with sums: what their columns are set to."""
    now = growth(today)
    return {name: RawSQL(sql, [now] * sql.count("%s")) for name, sql in FINISHED.items()}  # noqa: S611 - SQL of this module


def finish(
    scores: QuerySet[AgencyScore], criteria: QuerySet[CriterionScore], today: date, **also: Any
) -> None:
    """Bring stored scores to `today`. `also` are further columns of the agencies' rows.

    Every finish is a new version: what a page shows has changed, be it by a day of age.
    """
    criteria.update(**finished(today))
    scores.update(**finished(today), as_of=today, version=F("version") + 1, **also)


def write_market(today: date) -> None:
    """All agencies pooled, without the prior; from the stored sums, which add up. No interval is published."""
    pooled = {f"pooled_{name}": Sum(name) for name in SUMS}
    rows = CriterionScore.objects.values("criterion").annotate(**pooled).order_by("criterion")
    parts = [*rows, {"criterion": OVERALL, **AgencyScore.objects.aggregate(**pooled)}]
    market = [_market_row(today=today, **part) for part in parts if part["pooled_n"]]
    MarketScore.objects.exclude(criterion__in=[row.criterion for row in market]).delete()
    MarketScore.objects.bulk_create(
        market,
        update_conflicts=True,
        unique_fields=["criterion"],
        update_fields=[*SUMS, "weight", "mean", "lower", "upper", "as_of"],
    )


def _market_row(*, criterion: str, today: date, **pooled: Any) -> MarketScore:
    sums = {name: pooled[f"pooled_{name}"] for name in SUMS}
    mean = market_mean(Sums(*sums.values())) or 0.0
    weight = sums["sum_gv"] / growth(today)
    return MarketScore(
        criterion=criterion, **sums, weight=weight, mean=mean, lower=mean, upper=mean, as_of=today
    )
