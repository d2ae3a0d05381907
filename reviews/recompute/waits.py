"""Waits: the curves of an agency and of the market, and the headline numbers of a score row."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Min

from agencies.models import AgencyScore, WaitCurve
from journeys.models import Interview, Journey
from reviews.models import Review
from reviews.recompute import wait_days
from reviews.recompute.facts import facts
from reviews.recompute.fits import Fit, fit
from reviews.recompute.measured import measured
from reviews.recompute.pool import pooled
from reviews.recompute.wait_days import CONDITIONS, MARKET, Series
from reviews.scoring import FORMULA, dots_of, window_start

HEADLINE = {
    "answered_14": "double precision",
    "answered_14_lower": "double precision",
    "dots_answered": "smallint",
    "dots_late": "smallint",
    "dots_withdrawn": "smallint",
}
NUMBERS = {
    "waits": "int",
    "persons": "int",
    "early_persons": "int",
    "is_shown": "boolean",
    "risk_days": "int[]",
    "facts": "jsonb",
    "outlook": "double precision[]",
    "first_month": "date",
    "last_month": "date",
    **HEADLINE,
}
COLUMNS = {"agency_id": "bigint", "kind": "text", "source": "text", **NUMBERS}

# Names of this code only. A row that stays as it is is not written: most are, week after week.
_TYPES = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
_OLD = ", ".join(f"curve.{name}" for name in NUMBERS)
_NEW = ", ".join(f"excluded.{name}" for name in NUMBERS)
STORE = f"""
INSERT INTO agencies_waitcurve AS curve ({", ".join(COLUMNS)})
SELECT {", ".join(COLUMNS)} FROM json_to_recordset(%s::json) AS given ({_TYPES})
ON CONFLICT (agency_id, kind, source)
DO UPDATE SET ({", ".join(NUMBERS)}) = ROW({_NEW})
WHERE ({_OLD}) IS DISTINCT FROM ({_NEW})
"""  # noqa: S608
HEADLINES = f"""
UPDATE agencies_agencyscore score
SET waits_source = CASE WHEN chosen.waits > 0 THEN source ELSE '' END, waits_shown = chosen.is_shown,
    waits = chosen.waits, wait_persons = chosen.persons,
    ({", ".join(HEADLINE)}) = ROW({", ".join(f"chosen.{name}" for name in HEADLINE)})
FROM (
  SELECT DISTINCT ON (agency_id) *
  FROM agencies_waitcurve
  WHERE agency_id = ANY (%(agencies)s::bigint[]) AND kind = '{WaitCurve.Kind.INTERVIEW}'
    AND (source = '{WaitCurve.Source.RECALLED}' OR is_shown)
  ORDER BY agency_id, source = '{WaitCurve.Source.MEASURED}' DESC
) chosen
WHERE score.agency_id = chosen.agency_id
"""  # noqa: S608
NOTHING: Series = {
    **dict.fromkeys(("waits", "early_waits", "persons", "early_persons", *CONDITIONS), 0),
    "risk_days": [],
    "first_month": None,
    "last_month": None,
}
"""The waits of an agency where there are none."""


class Key(NamedTuple):
    """Whose curve; the market's has no agency."""

    agency_id: int | None
    kind: str
    source: str


def write_waits(agency_ids: Sequence[int], today: date, *, sources: Sequence[str]) -> None:
    """Store the curves of these agencies from these sources, and the headline numbers of their score rows."""
    interviews = measured(agency_ids, since=window_start(today), today=today)
    keys = product(agency_ids, WaitCurve.Kind.values, sources)
    curves: dict[Key, Series] = dict.fromkeys(map(Key._make, keys), NOTHING)
    for source in sources:
        for (agency_id, kind), series in _waits(source, agency_ids, interviews, today):
            curves[Key(agency_id, kind, source)] = series
    _store(curves)
    with connection.cursor() as cursor:
        cursor.execute(HEADLINES, {"agencies": list(agency_ids)})


def write_market(today: date) -> None:
    """Store the curves of all agencies together.

    A recalled wait has a voice, which is somebody at one agency, so the stored risk sets add up. Who is measured at two
    agencies is one person, so measured waits are counted anew.
    """
    interviews = measured(None, since=window_start(today), today=today)
    anywhere = dict(wait_days.measured_ones(interviews, together=True))
    curves: dict[Key, Series] = {}
    for kind in WaitCurve.Kind.values:
        curves[Key(None, kind, WaitCurve.Source.RECALLED)] = (
            pooled(kind, WaitCurve.Source.RECALLED) or NOTHING
        )
        curves[Key(None, kind, WaitCurve.Source.MEASURED)] = anywhere.get((MARKET, kind), NOTHING)
    _store(curves)


def of_the_night(today: date) -> set[int]:
    """The agencies whose curves a night changes by itself, or may.

    Some of their waits have left the window since the day of their numbers, or somebody tracks a journey with them:
    tracked waits are refreshed at night only, whatever was answered, shared or withdrawn since.
    """
    measured = WaitCurve.objects.filter(agency__isnull=False, source=WaitCurve.Source.MEASURED, waits__gt=0)
    tracked = Journey.objects.filter(origin=Journey.Origin.TRACKED)
    return {
        *_of_waits_that_left(today),
        *measured.values_list("agency_id", flat=True),
        *tracked.values_list("agency_id", flat=True).distinct(),
    }


def _of_waits_that_left(today: date) -> Iterator[int]:
    oldest = AgencyScore.objects.aggregate(day=Min("as_of"))["day"] or today
    left = Interview.objects.order_by().filter(
        held_on__gte=window_start(oldest),
        held_on__lt=window_start(today),
        journey__review__in=Review.objects.published(),
    )
    score = "journey__review__agency__score"
    for agency, as_of, held_on in left.values_list(score, f"{score}__as_of", "held_on").distinct():
        if held_on >= window_start(as_of):
            yield agency


def _waits(
    source: str, agency_ids: Sequence[int], interviews: Sequence[int], today: date
) -> Iterator[tuple[tuple[int, str], Series]]:
    if source == WaitCurve.Source.MEASURED:
        return wait_days.measured_ones(interviews)
    return wait_days.recalled(agency_ids, today, besides=interviews)


def _store(curves: Mapping[Key, Series]) -> None:
    """In one statement; all that may be shown are fitted together."""
    shown = [key for key, series in curves.items() if _is_shown(series)]
    fits = dict(zip(shown, fit([curves[key]["risk_days"] for key in shown]), strict=True))
    rows = [_row(key, series, fits.get(key)) for key, series in curves.items()]
    with connection.cursor() as cursor:
        cursor.execute(STORE, [json.dumps(rows, default=str)])


def _is_shown(series: Series) -> bool:
    """The same rule as `reviews.scoring.Curve.missing`."""
    enough = series["early_waits"] >= FORMULA.min_waits
    return bool(enough and series["early_persons"] >= FORMULA.min_wait_persons)


def _row(key: Key, series: Series, fitted: Fit | None) -> dict[str, Any]:
    """A row by the names of its columns; numbers that are not known are left out."""
    kept = ("waits", "persons", "early_persons", "risk_days", "first_month", "last_month")
    return {
        **key._asdict(),
        **{name: series[name] for name in kept},
        **_headline(fitted),
        "is_shown": fitted is not None,
        "facts": facts(series),
        "outlook": fitted.outlook if fitted else [],
    }


def _headline(fitted: Fit | None) -> dict[str, Any]:
    day14 = fitted.day14 if fitted else None
    ten = dots_of(day14, fitted.day30) if fitted else None
    return {
        "answered_14": day14.answered if day14 else None,
        "answered_14_lower": day14.lower if day14 else None,
        "dots_answered": ten.answered if ten else None,
        "dots_late": ten.late if ten else None,
        "dots_withdrawn": ten.withdrawn if ten else 0,
    }
