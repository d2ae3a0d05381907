"""Segments: the overall score by role, outcome, field and office, in one scan of the counted reviews.

Which parts may be shown is decided in the same statement, by the rule of `reviews.scoring.safe_segments`; others are
not stored. They are finished, and made older, like every score (reviews.recompute.stars).
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Count

from agencies.models import SegmentScore
from agencies.prepared import among, written
from reviews.models import Review
from reviews.recompute.stars import FINISH, FINISHING, NUMBERS, REPLACE, SUMS
from reviews.scoring import FORMULA, growth, window_start

Dimension = SegmentScore.Dimension
COLUMNS = {
    Dimension.ROLE: "role",
    Dimension.OUTCOME: "outcome",
    Dimension.FIELD: "field",
    Dimension.OFFICE: "office_id",
}
"""Where a journey says to which part of a dimension its review belongs; "" and NULL belong to none."""

# Names and numbers of this code only; `{counted}` takes SQL that Django wrote. Both sides of the join are read from
# indexes alone (review_counted, journey_agency_month).
_SETS = ", ".join(f"(agency_id, {column})" for column in COLUMNS.values())
_WHICH = " ".join(f"WHEN grouping({column}) = 0 THEN '{name}'" for name, column in COLUMNS.items())
_VALUE = ", ".join(f"{column}::text" for column in COLUMNS.values())
_FEW = f"BETWEEN 1 AND {FORMULA.min_segment_persons - 1}"
WRITE = f"""
WITH part AS (
       SELECT agency_id, CASE {_WHICH} END AS dimension, coalesce({_VALUE}, '') AS value,
              count(*) AS n, sum(gv) AS sum_gv, sum(gv * x) AS sum_gvx, sum(gv * x * x) AS sum_gvxx
       FROM (SELECT agency_id, journey_id, g * v AS gv, overall AS x FROM ({{counted}}) review) review
       JOIN (
         SELECT id AS journey_id, {", ".join(COLUMNS.values())}
         FROM journeys_journey WHERE agency_id = ANY (%(agencies)s::bigint[])
       ) journey USING (journey_id)
       GROUP BY GROUPING SETS ({_SETS})
     ),
     whole AS (SELECT *, sum(n) OVER (PARTITION BY agency_id, dimension) AS persons FROM part),
     alone AS (
       SELECT *, persons - sum(n) OVER (PARTITION BY agency_id, dimension) AS hidden,
              row_number() OVER (PARTITION BY agency_id, dimension ORDER BY n, value COLLATE "C" DESC) AS place
       FROM whole
       WHERE value <> '' AND n >= {FORMULA.min_segment_persons} AND persons - n NOT {_FEW}
     ),
     safe AS MATERIALIZED (SELECT * FROM alone WHERE hidden NOT {_FEW} OR place > 1),
     gone AS (
       DELETE FROM agencies_segmentscore
       WHERE agency_id = ANY (%(agencies)s::bigint[])
         AND (agency_id, dimension, value) NOT IN (SELECT agency_id, dimension, value FROM safe)
     )
INSERT INTO agencies_segmentscore AS score (agency_id, dimension, value, {NUMBERS})
SELECT agency_id, dimension, value, {FINISHING} FROM safe
ON CONFLICT (agency_id, dimension, value) {REPLACE}
"""  # noqa: S608
AGE = f"UPDATE agencies_segmentscore SET {FINISH} WHERE agency_id IS NOT NULL"  # noqa: S608


def write(agency_ids: Sequence[int], today: date) -> None:
    """Store the segments of these agencies as their reviews stand now, finished for `today` (UTC)."""
    with connection.cursor() as cursor:
        cursor.execute(_write(), {"agencies": list(agency_ids), "growth": growth(today)})


@cache
def _write() -> str:
    counted = Review.objects.counted().filter(among("agency", "agencies"))
    return WRITE.format(counted=written(counted.values("agency_id", "journey_id", "g", "v", "overall")))


def age(today: date) -> None:
    """Bring all stored segments to `today` (UTC)."""
    with connection.cursor() as cursor:
        cursor.execute(AGE, {"growth": growth(today)})


def write_platform(today: date) -> None:
    """How many of the counted reviews of the last 24 months ended with each outcome, all agencies together."""
    recent = Review.objects.counted().filter(published_on__gte=window_start(today))
    found = recent.values_list("journey__outcome").annotate(n=Count("pk")).order_by("journey__outcome")
    rows = [SegmentScore(dimension=Dimension.OUTCOME, value=outcome, n=n) for outcome, n in found]
    SegmentScore.objects.filter(agency=None).exclude(value__in=[row.value for row in rows]).delete()
    SegmentScore.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["agency", "dimension", "value"], update_fields=["n"]
    )


def settled(agency_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """What is stored about each of these agencies: all its segments with their sums, one after the other."""
    rows = SegmentScore.objects.filter(agency__in=agency_ids).order_by("agency_id", "dimension", "value")
    stored: dict[int, tuple[Any, ...]] = dict.fromkeys(agency_ids, ())
    for agency, *numbers in rows.values_list("agency_id", "dimension", "value", *SUMS):
        stored[agency] += tuple(numbers)
    return stored
