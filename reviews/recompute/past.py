"""Scores and waits as they stood on a past day, from the rows of today.

A review belongs to a day from its first publication on, as it reads now: what was withdrawn or removed since is not in
it, and of each voice the newest of those days counts. Waits are those that reviews told, as far as they were known on
the day. Whether a tracked wait was measured then cannot be said afterwards, as consents come and go.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from agencies.models import WaitCurve
from journeys.choices import WaitEnd
from journeys.models import Journey
from reviews.scoring import Curve, RiskDay, Score, Sums, summarise, window_start
from reviews.states import COUNTED

# Names and codes of this code only.
_COUNTED = ", ".join(f"'{status.value}'" for status in COUNTED)
_TOLD = f"status IN ({_COUNTED}) AND published_on <= %(day)s"
STARS = f"""
SELECT agency_id, count(*) AS n, sum(g * v), sum(g * v * overall), sum(g * v * overall * overall),
       min(month), max(month)
FROM (
  SELECT DISTINCT ON (agency_id, voice) agency_id, journey_id, g, v, overall
  FROM reviews_review WHERE {_TOLD}
  ORDER BY agency_id, voice, published_on DESC, id DESC
) review
JOIN (SELECT id AS journey_id, month FROM journeys_journey) journey USING (journey_id)
GROUP BY agency_id
"""  # noqa: S608
_ENDED = ", ".join(f"count(*) FILTER (WHERE ended = '{end}')" for end in WaitEnd.values)
WAITS = f"""
WITH told AS (
       SELECT review.agency_id, review.voice, held_on, wait_days, wait_end,
              least(%(day)s, CASE WHEN origin = '{Journey.Origin.TRACKED}'
                             THEN (told.created_at AT TIME ZONE '{settings.TIME_ZONE}')::date END) AS known_on
       FROM reviews_review review
       JOIN journeys_journey journey ON journey.id = review.journey_id
       JOIN reviews_revision told ON told.id = public_revision_id
       JOIN journeys_interview interview ON interview.journey_id = review.journey_id
       WHERE {_TOLD} AND kind = '{WaitCurve.Kind.INTERVIEW}' AND held_on >= %(since)s
         AND (origin <> '{Journey.Origin.TRACKED}' OR in_review)
     ),
     wait AS MATERIALIZED (
       SELECT agency_id, voice, least(wait_days, known_on - held_on) AS day,
              CASE WHEN wait_days > known_on - held_on THEN '{WaitEnd.SILENT}' ELSE wait_end END AS ended
       FROM told WHERE held_on <= known_on
     ),
     last_day AS (SELECT agency_id, max(day) AS day FROM wait GROUP BY agency_id, voice),
     gone AS (SELECT agency_id, day, count(*) AS persons FROM last_day GROUP BY agency_id, day)
SELECT agency_id, day, {_ENDED}, max(coalesce(gone.persons, 0))
FROM wait LEFT JOIN gone USING (agency_id, day)
GROUP BY agency_id, day ORDER BY agency_id, day
"""  # noqa: S608


@dataclass(frozen=True)
class Stars:
    """The overall score of one agency, and the months of contact that its reviews cover."""

    score: Score
    first_month: date
    last_month: date


def stars(day: date) -> dict[int, Stars]:
    """The overall score by agency as of a day (UTC); only of those with a review then."""
    return {
        agency: Stars(summarise(Sums(*sums), today=day), first, last)
        for agency, *sums, first, last in _rows(STARS, {"day": day})
    }


def curves(day: date) -> dict[int, Curve]:
    """The curve of recalled waits after interviews by agency as of a day (UTC); only of those with a wait then."""
    ended: dict[int, list[tuple[int, tuple[int, int, int], int]]] = defaultdict(list)
    for agency, last, *ends, persons in _rows(WAITS, {"day": day, "since": window_start(day)}):
        ended[agency].append((last, tuple(ends), persons))
    return {agency: _curve(days) for agency, days in ended.items()}


def _curve(days: list[tuple[int, tuple[int, int, int], int]]) -> Curve:
    """From the waits that ended on each day, and the persons whose last one did. All are watched from day 0 on."""
    persons = sum(gone for _day, _ends, gone in days)
    return Curve(tuple(_risk_days(days)), persons, persons)


def _risk_days(days: list[tuple[int, tuple[int, int, int], int]]) -> Iterator[RiskDay]:
    """The same risk sets as `reviews.scoring.risk_days` makes."""
    at_risk = sum(sum(ends) for _day, ends, _gone in days)
    persons = sum(gone for _day, _ends, gone in days)
    ending = {day: (ends, gone) for day, ends, gone in days}
    for day in sorted({0, *ending, *(day + 1 for day in ending)}):
        ends, gone = ending.get(day, ((0, 0, 0), 0))
        yield RiskDay(day, at_risk, persons, *ends)
        at_risk, persons = at_risk - sum(ends), persons - gone


def _rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
