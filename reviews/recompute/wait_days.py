"""Waits counted by day: one statement over the interviews, for one source of waits at a time.

Measured waits are tracked ones that reviews.recompute.measured lets count, at risk from their entry day on. Recalled
waits are told by published reviews, also by one that a newer review of its voice has replaced; at risk from day 0. A
tracked wait that counts as measured is not counted as recalled, whether or not a measured curve is shown.

A review of a tracked journey tells what was known on the day of its public version (reviews.reading.told has the same
rule). What its author logs later is private and counts only with their consent, as measured.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet

from agencies.models import WaitCurve
from journeys.choices import WAIT_END, Channel, Reason, Response, SilentParty, WaitEnd
from journeys.models import Journey
from reviews.models import Review
from reviews.recompute.measured import measured
from reviews.scoring import FORMULA

type Day = Mapping[str, Any]
"""What happened on `day` of the waits of one agency and kind. `CONDITIONS` says which endings are counted, all of them
of waits that ended on this day. `entered` waits came under watch on it, `came` persons too, while `went` persons are at
risk on it for the last time, be it for now; `first_seen` are persons who never were before. `first_month` and
`last_month` tell when the interviews were that ended on it, None if none did."""

_ANSWERED = f"wait_end = '{WaitEnd.ANSWERED}'"
_SILENT = f"wait_end = '{WaitEnd.SILENT}'"
CONDITIONS = {
    **{end: f"wait_end = '{end}'" for end in WaitEnd.values},
    **{f"reason_{code}": f"{_ANSWERED} AND reason = '{code}'" for code in Reason.values},
    **{f"channel_{code}": f"{_ANSWERED} AND channel = '{code}'" for code in Channel.values},
    **{f"silent_{code}": f"{_SILENT} AND silent_party = '{code}'" for code in SilentParty.values},
    "chasing_told": f"{_ANSWERED} AND chased IS NOT NULL",
    "chased": f"{_ANSWERED} AND chased > 0",
    "holding": f"response = '{Response.HOLDING}'",
    "ghosted": f"{_SILENT} AND wait_days >= {FORMULA.horizon} AND is_denied",
}
COUNTS = ("entered", "came", "went", "first_seen", *CONDITIONS)

# Names and codes of this code only; `{...}` takes SQL that Django wrote, `{agency}` a column or NULL.
_DENIALS = ", ".join(f"'{response}'" for response, end in WAIT_END.items() if end == WaitEnd.SILENT)
_TOLD = "reason, channel, silent_party, chased"
RECALLED = f"""
SELECT review.agency_id, voice AS person, kind, held_on, 0 AS entry_day, {_TOLD}, true AS is_denied,
       CASE WHEN is_later THEN known_on - held_on ELSE wait_days END AS wait_days,
       CASE WHEN is_later THEN '{WaitEnd.SILENT}' ELSE wait_end END AS wait_end,
       CASE WHEN is_later THEN '{Response.NOTHING}' ELSE response END AS response
FROM (
  SELECT review.*, (told_at AT TIME ZONE '{settings.TIME_ZONE}')::date AS known_on,
         origin = '{Journey.Origin.TRACKED}' AS is_tracked
  FROM ({{published}}) review
) review
JOIN journeys_interview USING (journey_id)
CROSS JOIN LATERAL (SELECT is_tracked AND held_on + wait_days > known_on AS is_later) ending
WHERE held_on >= %s
  AND (NOT is_tracked OR (in_review AND held_on <= known_on AND id NOT IN ({{measured}})))
"""  # noqa: S608
MEASURED = f"""
SELECT agency_id, author_id AS person, kind, held_on, entry_day, {_TOLD}, wait_days, wait_end, response,
       EXISTS (
         SELECT FROM journeys_checkin question
         WHERE question.interview_id = interview.id AND question.response IN ({_DENIALS})
       ) AS is_denied
FROM journeys_interview interview JOIN journeys_journey journey ON journey.id = journey_id
WHERE interview.id IN ({{measured}})
"""  # noqa: S608

_FILTERED = ", ".join(f"count(*) FILTER (WHERE {told}) AS {name}" for name, told in CONDITIONS.items())
_FILLED = ", ".join(f"coalesce({name}, 0) AS {name}" for name in COUNTS)
BY_DAY = f"""
WITH wait AS MATERIALIZED ({{waits}}),
     ended AS (
       SELECT {{agency}} AS agency_id, kind, wait_days AS day, {_FILTERED},
              date_trunc('month', min(held_on))::date AS first_month,
              date_trunc('month', max(held_on))::date AS last_month
       FROM wait GROUP BY 1, 2, 3
     ),
     begun AS (
       SELECT {{agency}} AS agency_id, kind, entry_day AS day, count(*) AS entered FROM wait GROUP BY 1, 2, 3
     ),
     watched AS (
       SELECT {{agency}} AS agency_id, kind, min(entry_day) AS first_day,
              range_agg(int4range(entry_day, wait_days, '[]')) AS spells
       FROM wait GROUP BY 1, 2, person
     ),
     spell AS (SELECT agency_id, kind, first_day, unnest(spells) AS days FROM watched),
     coming AS (
       SELECT agency_id, kind, lower(days) AS day, count(*) AS came,
              count(*) FILTER (WHERE lower(days) = first_day) AS first_seen
       FROM spell GROUP BY 1, 2, 3
     ),
     going AS (
       SELECT agency_id, kind, upper(days) - 1 AS day, count(*) AS went FROM spell GROUP BY 1, 2, 3
     )
SELECT agency_id, kind, day, first_month, last_month, {_FILLED}
FROM ended
FULL JOIN begun USING (agency_id, kind, day)
FULL JOIN coming USING (agency_id, kind, day)
FULL JOIN going USING (agency_id, kind, day)
ORDER BY 1, 2, 3
"""  # noqa: S608

MARKET = 0  # stands for the id of an agency where all agencies are one


def window_start(today: date) -> date:
    """The first day whose interviews still count."""
    months = 12 * today.year + today.month - 1 - FORMULA.window_months
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def of_agencies(
    source: str, agency_ids: Sequence[int], today: date
) -> defaultdict[tuple[int, str], list[Day]]:
    """By agency and kind, in order of days."""
    return _select(source, "agency_id", agency_ids, today)


def of_market(source: str, today: date) -> defaultdict[tuple[int, str], list[Day]]:
    """All agencies together under `MARKET` by kind, in order of days."""
    return _select(source, str(MARKET), None, today)


def _select(
    source: str, agency: str, agency_ids: Sequence[int] | None, today: date
) -> defaultdict[tuple[int, str], list[Day]]:
    waits, params = _waits(source, agency_ids, today)
    days: defaultdict[tuple[int, str], list[Day]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY.format(waits=waits, agency=agency), params)
        names = [column.name for column in cursor.description or ()]
        for values in cursor:
            day = dict(zip(names, values, strict=True))
            days[day["agency_id"], day["kind"]].append(day)
    return days


def _waits(source: str, agency_ids: Sequence[int] | None, today: date) -> tuple[str, list[Any]]:
    """The statement that selects the waits of a source, and its parameters."""
    since = window_start(today)
    tracked, tracked_params = _sql(measured(agency_ids, since=since, today=today).values("pk"))
    if source == WaitCurve.Source.MEASURED:
        return MEASURED.format(measured=tracked), tracked_params
    told = Review.objects.published()
    told = told if agency_ids is None else told.filter(agency__in=agency_ids)
    version = {"told_at": F("public_revision__created_at"), "origin": F("journey__origin")}
    published, params = _sql(told.values("agency_id", "voice", "journey_id", **version))
    return RECALLED.format(published=published, measured=tracked), [*params, since, *tracked_params]


def _sql(rows: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    sql, params = rows.query.sql_with_params()
    return sql, list(params)
