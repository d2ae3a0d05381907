"""Stars: the sums of the counted reviews, and the scores that follow from the sums.

PostgreSQL does all of it. The sums do not change as time passes, so the night only finishes the scores of another day
from the sums that are stored.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.db.models.expressions import RawSQL

from agencies.models import AgencyScore, CriterionScore, MarketScore
from agencies.prepared import among, written
from reviews.criteria import CODES
from reviews.models import Review
from reviews.scoring import FORMULA, Sums, growth, market_mean

OVERALL = "overall"
SUMS = ("n", "sum_gv", "sum_gvx", "sum_gvxx")
STARS = (1, 2, 3, 4, 5)

# `reviews.scoring.summarise` over sums, in SQL; %(growth)s is g(today).
_M = float(FORMULA.prior_weight)
_WEIGHT = "(sum_gv / %(growth)s)"
_TOTAL = f"({_WEIGHT} + {_M})"
_MEAN = f"((sum_gvx / %(growth)s + {_M * FORMULA.prior_mean!r}) / {_TOTAL})"
_SQUARE = f"((sum_gvxx / %(growth)s + {_M * FORMULA.prior_square!r}) / {_TOTAL})"
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
"""What follows from sums on a day: SQL by column."""
NUMBERS = ", ".join((*SUMS, *FINISHED))
"""The columns of `Summary`."""
FINISHING = ", ".join((*SUMS, *(f"{sql} AS {name}" for name, sql in FINISHED.items())))
"""All of them from rows with sums."""
_OLD = ", ".join(f"score.{name}" for name in (*SUMS, *FINISHED))
_NEW = ", ".join(f"excluded.{name}" for name in (*SUMS, *FINISHED))
REPLACE = f"""
DO UPDATE SET ({NUMBERS}) = ROW({_NEW}) WHERE ({_OLD}) IS DISTINCT FROM ({_NEW})
"""
"""What becomes of a row `score` that is there already. One that stays as it is is not written."""


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
_SETS = ", ".join(f"('{part}', {_columns(part)})" for part in _PARTS)
_HISTOGRAM = ", ".join(f"coalesce(stars_{stars}, 0)" for stars in STARS)
_OVERALL = ", ".join(f"part.{name}" for name in (*SUMS, *FINISHED))
WRITE = f"""
WITH agency AS (SELECT unnest(%(agencies)s::bigint[]) AS agency_id),
     sums AS MATERIALIZED (
       SELECT agency_id, {_AGGREGATES}, {_BARS}
       FROM (SELECT agency_id, stars, g * v AS gv, {_AS_FLOATS} FROM ({{counted}}) review OFFSET 0) review
       GROUP BY agency_id
     ),
     readable AS (SELECT agency_id, count(*) AS reviews_shown FROM ({{published}}) review GROUP BY agency_id),
     part AS MATERIALIZED (
       SELECT agency_id, part, {FINISHING}
       FROM agency LEFT JOIN sums USING (agency_id)
       CROSS JOIN LATERAL (VALUES {_SETS}) part (part, {", ".join(SUMS)})
     ),
     criteria AS (
       INSERT INTO agencies_criterionscore AS score (agency_id, criterion, {NUMBERS})
       SELECT agency_id, part, {NUMBERS} FROM part WHERE part <> '{OVERALL}'
       ON CONFLICT (agency_id, criterion) {REPLACE}
     )
UPDATE agencies_agencyscore score
SET ({NUMBERS}) = ROW({_OVERALL}),
    histogram = ARRAY[{_HISTOGRAM}],
    first_month = ({{first_month}}), last_month = ({{last_month}}),
    reviews_shown = coalesce(readable.reviews_shown, 0),
    as_of = %(today)s, version = version + 1, computed_at = %(now)s, stale_since = NULL
FROM part
LEFT JOIN sums USING (agency_id) LEFT JOIN readable USING (agency_id)
WHERE score.agency_id = part.agency_id AND part.part = '{OVERALL}'
"""  # noqa: S608
FINISH = ", ".join(f"{name} = {sql}" for name, sql in FINISHED.items())
"""What an UPDATE sets to bring rows with sums to another day."""
AGE = (
    f"UPDATE agencies_criterionscore SET {FINISH}",  # noqa: S608
    f"UPDATE agencies_agencyscore SET {FINISH}, as_of = %(today)s, version = version + 1",  # noqa: S608
)


def write(agency_ids: Sequence[int], today: date, now: datetime) -> None:
    """Store the scores of these agencies as their reviews stand now, finished for `today` (UTC), in one statement.

    It ends the mark of each, and is a new version of it: what a page shows has changed, be it by a day of age.
    """
    params: dict[str, Any] = {"today": today, "now": now, "growth": growth(today)}
    with connection.cursor() as cursor:
        cursor.execute(_write(), params | {"agencies": list(agency_ids)})


@cache
def _write() -> str:
    counted = Review.objects.counted()
    of_these = among("agency", "agencies")
    # Each walks the journeys of an agency from one end to the first that counts, instead of looking up all of them.
    months = counted.filter(journey__agency=RawSQL("score.agency_id", ())).values("journey__month")
    return WRITE.format(
        counted=written(counted.filter(of_these).values("agency_id", "stars", "g", "v", *_PARTS)),
        published=written(Review.objects.published().filter(of_these).values("agency_id")),
        first_month=written(months.order_by("journey__month")[:1]),
        last_month=written(months.order_by("-journey__month")[:1]),
    )


def age(today: date) -> None:
    """Bring all stored scores to `today` (UTC)."""
    params: dict[str, Any] = {"today": today, "growth": growth(today)}
    with connection.cursor() as cursor:
        for statement in AGE:
            cursor.execute(statement, params)


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
