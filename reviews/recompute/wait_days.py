"""Waits counted by day: one GROUP BY over the interviews that published reviews tell of.

Every such review tells, also one that a newer review of its voice has replaced. All of its waits are recalled:
told afterwards, at risk from day 0. A wait is measured only with a consent given before its outcome was known,
and nothing records one yet.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from journeys.choices import Channel, Reason, Response, SilentParty, WaitEnd
from reviews.models import Review
from reviews.scoring import FORMULA

type Day = Mapping[str, Any]
"""The waits of one agency and kind that ended on `day`: `CONDITIONS` says what is counted; `persons` are those
whose last wait it was; `first_month` and `last_month` tell when the interviews were."""

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
}

# Names and codes of this code only; `{published}` is SQL that Django wrote, `{agency}` a column or NULL.
_COUNTS = ", ".join(f"count(*) FILTER (WHERE {told}) AS {name}" for name, told in CONDITIONS.items())
STATEMENT = f"""
SELECT {{agency}} AS agency_id, kind, wait_days AS day, {_COUNTS},
       count(DISTINCT voice) FILTER (WHERE wait_days = last_of_person) AS persons,
       date_trunc('month', min(held_on))::date AS first_month,
       date_trunc('month', max(held_on))::date AS last_month
FROM (
  SELECT *, max(wait_days) OVER (PARTITION BY agency_id, kind, voice) AS last_of_person
  FROM journeys_interview JOIN ({{published}}) review USING (journey_id)
  WHERE held_on >= %s
) wait
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""  # noqa: S608


def window_start(today: date) -> date:
    """The first day whose interviews still count."""
    months = 12 * today.year + today.month - 1 - FORMULA.window_months
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def of_agencies(agency_ids: Sequence[int], today: date) -> defaultdict[tuple[int, str], list[Day]]:
    """By agency and kind, in order of days."""
    days: defaultdict[tuple[int, str], list[Day]] = defaultdict(list)
    for day in _select("agency_id", agency_ids, today):
        days[day["agency_id"], day["kind"]].append(day)
    return days


def of_market(today: date) -> defaultdict[str, list[Day]]:
    """All agencies together by kind, in order of days."""
    days: defaultdict[str, list[Day]] = defaultdict(list)
    for day in _select("NULL", None, today):
        days[day["kind"]].append(day)
    return days


def _select(agency: str, agency_ids: Sequence[int] | None, today: date) -> list[Day]:
    published = Review.objects.published().values("agency_id", "voice", "journey_id")
    if agency_ids is not None:
        published = published.filter(agency__in=agency_ids)
    sql, params = published.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(agency=agency, published=sql), [*params, window_start(today)])
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor]
