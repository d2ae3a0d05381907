"""Waits as risk sets: one statement over the interviews, for one source of waits at a time.

Measured waits are tracked ones that reviews.recompute.measured lets count, at risk from their entry day on. Recalled
waits are told by published reviews, also by one that a newer review of its voice has replaced; at risk from day 0. A
tracked wait that counts as measured is not counted as recalled, whether or not a measured curve is shown.

A review of a tracked journey tells what was known on the day of its public version (reviews.reading.told has the same
rule). What its author logs later is private and counts only with their consent, as measured.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F

from agencies.models import WaitCurve
from agencies.prepared import among, written
from journeys.choices import WAIT_END, Channel, Reason, Response, SilentParty, WaitEnd
from journeys.models import Journey
from reviews.models import Review
from reviews.scoring import FORMULA, window_start

type Series = Mapping[str, Any]
"""The waits of one agency and kind, of which there are some.

`risk_days` are rows of `RiskDay`. `waits` and `persons` are all that were ever at risk, `early_waits` and
`early_persons` those watched from day 3 or earlier. `CONDITIONS` says what else is counted. `first_month` and
`last_month` tell when the interviews were.
"""

CONDITIONS = {
    **{end: f"wait_end = '{end}'" for end in WaitEnd.values},
    **{f"reason_{code}": f"reason = '{code}'" for code in Reason.values},
    **{f"channel_{code}": f"channel = '{code}'" for code in Channel.values},
    **{f"silent_{code}": f"silent_party = '{code}'" for code in SilentParty.values},
    "chasing_told": "chased IS NOT NULL",
    "chased": "chased > 0",
    "holding": f"response = '{Response.HOLDING}'",
    "ghosted": f"wait_end = '{WaitEnd.SILENT}' AND wait_days >= {FORMULA.horizon} AND is_denied",
}
"""Of answers only are reason, channel and chasing counted, of silent waits only who was silent."""

# Names and codes of this code only; `{...}` takes SQL that Django wrote, `{agency}` a column or a number.
_DENIALS = ", ".join(f"'{response}'" for response, end in WAIT_END.items() if end == WaitEnd.SILENT)
_TOLD = "reason, channel, silent_party, chased"
_WHERE_COUNTED = ", ".join(
    f"CASE WHEN wait_end = '{end}' THEN {name} END AS {name}"
    for end, names in {
        WaitEnd.ANSWERED: ("reason", "channel", "chased"),
        WaitEnd.SILENT: ("silent_party",),
    }.items()
    for name in names
)
RECALLED = f"""
SELECT agency_id, voice AS person, kind, held_on, 0 AS entry_day, {_TOLD}, true AS is_denied,
       CASE WHEN is_later THEN known_on - held_on ELSE wait_days END AS wait_days,
       CASE WHEN is_later THEN '{WaitEnd.SILENT}' ELSE wait_end END AS wait_end,
       CASE WHEN is_later THEN '{Response.NOTHING}' ELSE response END AS response
FROM (  -- OFFSET 0: put together first, or the few tracked ones are looked up for each wait
  SELECT agency_id, voice, journey_id, (told_at AT TIME ZONE '{settings.TIME_ZONE}')::date AS known_on
  FROM ({{published}}) review LEFT JOIN ({{tracked}}) told USING (journey_id) OFFSET 0
) review
JOIN (  -- side by side in interview_of_agency
  SELECT id, journey_id, kind, held_on, wait_days, wait_end, response, {_TOLD}, in_review
  FROM journeys_interview WHERE agency_id = ANY (%(agencies)s::bigint[]) AND held_on >= %(since)s
) interview USING (journey_id)
CROSS JOIN LATERAL (SELECT held_on + wait_days > known_on AS is_later) ending
WHERE known_on IS NULL OR (in_review AND held_on <= known_on AND interview.id <> ALL (%(measured)s::bigint[]))
"""  # noqa: S608
MEASURED = f"""
SELECT journey.agency_id, author_id AS person, kind, held_on, entry_day, {_TOLD}, wait_days, wait_end, response,
       EXISTS (
         SELECT FROM journeys_checkin question
         WHERE question.interview_id = interview.id AND question.response IN ({_DENIALS})
       ) AS is_denied
FROM journeys_interview interview JOIN journeys_journey journey ON journey.id = journey_id
WHERE interview.id = ANY (%(measured)s::bigint[])
"""  # noqa: S608

_COUNTED = ", ".join(f"count(*) FILTER (WHERE {told})::int AS {name}" for name, told in CONDITIONS.items())
_TOTALS = ", ".join(f"sum({name})::int AS {name}" for name in CONDITIONS)
_ENDS = ", ".join(WaitEnd.values)
_IS_EARLY = f"<= {FORMULA.early_entry}"
# Persons are at risk while one of their waits is: from 0 to the longest where all begin on day 0, else in spells.
RECALLED_SPELLS = """
SELECT series, 0 AS first_day, 0 AS comes, max(wait_days) + 1 AS goes FROM wait GROUP BY series, person
"""
MEASURED_SPELLS = """
SELECT series, first_day, lower(days) AS comes, upper(days) AS goes
FROM (
  SELECT series, min(entry_day) AS first_day,
         unnest(range_agg(int4range(entry_day, wait_days, '[]'))) AS days
  FROM wait GROUP BY series, person
) spell
"""
RISK_SETS = f"""
WITH wait AS MATERIALIZED (
       -- One number for agency and kind makes all that follows quicker.
       SELECT 2 * {{agency}} + (kind = '{WaitCurve.Kind.APPLICATION}')::int AS series,
              person, held_on, entry_day, wait_days, wait_end, response, is_denied, {_WHERE_COUNTED}
       FROM ({{waits}}) wait
     ),
     begun AS (SELECT series, entry_day AS day, count(*)::int AS entered FROM wait GROUP BY 1, 2),
     ended AS (
       SELECT series, wait_days AS day, count(*)::int AS ended, {_COUNTED},
              min(held_on) AS first_held, max(held_on) AS last_held
       FROM wait GROUP BY 1, 2
     ),
     spell AS (SELECT spell.*, count(*)::int AS persons FROM ({{spells}}) spell GROUP BY 1, 2, 3, 4),
     change (series, day, entered, came, {_ENDS}) AS (
       SELECT series, day, entered, 0, 0, 0, 0 FROM begun
       UNION ALL SELECT series, day, 0, 0, {_ENDS} FROM ended
       UNION ALL SELECT series, day + 1, -ended, 0, 0, 0, 0 FROM ended
       UNION ALL SELECT series, comes, 0, persons, 0, 0, 0 FROM spell
       UNION ALL SELECT series, goes, 0, -persons, 0, 0, 0 FROM spell
     ),
     risk_day AS (
       SELECT series, day,
              sum(sum(entered)) OVER days AS at_risk, sum(sum(came)) OVER days AS persons,
              {", ".join(f"sum({end}) AS {end}" for end in WaitEnd.values)}
       FROM change GROUP BY series, day WINDOW days AS (PARTITION BY series ORDER BY day)
     )
SELECT *
FROM (
  SELECT series, array_agg(ARRAY[day, at_risk, persons, {_ENDS}]::int[] ORDER BY day) AS risk_days
  FROM risk_day GROUP BY series
) risk_set
JOIN (
  SELECT series, sum(entered)::int AS waits,
         coalesce(sum(entered) FILTER (WHERE day {_IS_EARLY}), 0)::int AS early_waits
  FROM begun GROUP BY series
) begun USING (series)
JOIN (
  SELECT series, sum(persons)::int AS persons,
         coalesce(sum(persons) FILTER (WHERE first_day {_IS_EARLY}), 0)::int AS early_persons
  FROM spell WHERE comes = first_day GROUP BY series
) person USING (series)
JOIN (
  SELECT series, {_TOTALS}, date_trunc('month', min(first_held))::date AS first_month,
         date_trunc('month', max(last_held))::date AS last_month
  FROM ended GROUP BY series
) ended USING (series)
"""  # noqa: S608

MARKET = 0  # stands for the id of an agency where all agencies are one
_KINDS = (WaitCurve.Kind.INTERVIEW, WaitCurve.Kind.APPLICATION)


def recalled(
    agency_ids: Sequence[int], today: date, *, besides: Sequence[int]
) -> Iterator[tuple[tuple[int, str], Series]]:
    """What reviews tell, by agency and kind. `besides` are interviews that are measured instead."""
    params = {"agencies": list(agency_ids), "since": window_start(today), "measured": list(besides)}
    return _series(_of_recalled(), params)


@cache
def _of_recalled() -> str:
    told = Review.objects.published().filter(among("agency", "agencies"))
    tracked = told.filter(among("journey__agency", "agencies"), journey__origin=Journey.Origin.TRACKED)
    waits = RECALLED.format(
        published=written(told.values("agency_id", "voice", "journey_id")),
        tracked=written(tracked.values("journey_id", told_at=F("public_revision__created_at"))),
    )
    return RISK_SETS.format(waits=waits, spells=RECALLED_SPELLS, agency="agency_id")


def measured_ones(
    interviews: Sequence[int], *, together: bool = False
) -> Iterator[tuple[tuple[int, str], Series]]:
    """Measured interviews by agency and kind; all agencies `together` are `MARKET`, and each person there one."""
    agency = MARKET if together else "agency_id"
    risk_sets = RISK_SETS.format(waits=MEASURED, spells=MEASURED_SPELLS, agency=agency)
    return _series(risk_sets, {"measured": list(interviews)})


def _series(risk_sets: str, params: Mapping[str, Any]) -> Iterator[tuple[tuple[int, str], Series]]:
    with connection.cursor() as cursor:
        cursor.execute(risk_sets, params)
        names = [column.name for column in cursor.description or ()]
        for values in cursor:
            series = dict(zip(names, values, strict=True))
            agency_id, kind = divmod(series["series"], 2)
            yield (agency_id, _KINDS[kind]), series
