"""Waits: the curves of an agency and of the market, and the headline numbers of a score row."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import product
from typing import Any

from django.db.models import Q

from agencies.models import Agency, AgencyScore, WaitCurve
from journeys.choices import Channel, Reason, SilentParty, WaitEnd
from journeys.models import Journey
from reviews.recompute import wait_days
from reviews.recompute.wait_days import CONDITIONS, COUNTS, MARKET, Day
from reviews.scoring import FORMULA, Curve, RiskDay, dots, outlook

STORED = ["waits", "persons", "is_shown", "curve", "facts", "outlook", "first_month", "last_month", "as_of"]
HEADLINE = [
    "waits_source",
    "waits_shown",
    "waits",
    "wait_persons",
    "answered_14",
    "answered_14_lower",
    "dots_answered",
    "dots_late",
    "dots_withdrawn",
]
NOTHING: Day = dict.fromkeys(COUNTS, 0)
"""A day on which nothing happened."""


def write_waits(agency_ids: Sequence[int], today: date, *, sources: Iterable[str]) -> None:
    """Store the curves of these agencies from these sources, and the headline numbers of their score rows."""
    for source in sources:
        days = wait_days.of_agencies(source, agency_ids, today)
        keys = product(agency_ids, WaitCurve.Kind)
        _store(_stored(agency, kind, source, days[agency, kind], today) for agency, kind in keys)
    _write_headlines(agency_ids)


def write_market(today: date) -> None:
    """Store the curves of all agencies together."""
    for source in WaitCurve.Source:
        days = wait_days.of_market(source, today)
        _store(_stored(None, kind, source, days[MARKET, kind], today) for kind in WaitCurve.Kind)


def of_the_night(today: date) -> set[int]:
    """The agencies whose curves a night may change by itself.

    Some of their waits may have left the window, or somebody tracks a journey with them: tracked waits are refreshed
    at night only, whatever was answered, shared or withdrawn since.
    """
    left = Q(curves__first_month__lt=wait_days.window_start(today))
    tracked = Q(curves__source=WaitCurve.Source.MEASURED, curves__waits__gt=0)
    journeys = Journey.objects.filter(origin=Journey.Origin.TRACKED)
    return {
        *Agency.objects.filter(left | tracked).values_list("pk", flat=True),
        *journeys.values_list("agency_id", flat=True).distinct(),
    }


def curve_of(days: Sequence[Day]) -> Curve:
    early = [day["first_seen"] for day in days if day["day"] <= FORMULA.early_entry]
    return Curve(tuple(_risk_days(days)), sum(day["first_seen"] for day in days), sum(early))


def _risk_days(days: Sequence[Day]) -> Iterator[RiskDay]:
    """The same risk sets as `reviews.scoring.risk_days` makes."""
    rows = {day["day"]: day for day in days}
    after_endings = {day["day"] + 1 for day in days if _ended(day)}
    at_risk, persons = 0, 0
    for number in sorted({*rows, *after_endings}):
        day = rows.get(number, NOTHING)
        at_risk, persons = at_risk + day["entered"], persons + day["came"]
        yield RiskDay(number, at_risk, persons, *(day[end] for end in WaitEnd.values))
        at_risk, persons = at_risk - _ended(day), persons - day["went"]


def _ended(day: Day) -> int:
    return sum(day[end] for end in WaitEnd.values)


def facts(days: Sequence[Day]) -> dict[str, Any]:
    """What stands beside the curve: counts, and shares (0..1) of those who told; None where nobody did."""
    total = {name: sum(day[name] for day in days) for name in CONDITIONS}
    reasons = {code: total[f"reason_{code}"] for code in Reason.values}
    return {
        **{end: total[end] for end in WaitEnd.values},
        "holding": total["holding"],
        "ghosted": total["ghosted"],
        "reasons": reasons,
        "share_reasoned": _share(reasons[Reason.CONCRETE] + reasons[Reason.HELPFUL], sum(reasons.values())),
        "chasing_told": total["chasing_told"],
        "chased": total["chased"],
        "share_chased": _share(total["chased"], total["chasing_told"]),
        "channels": {code: total[f"channel_{code}"] for code in Channel.values},
        "silent_parties": {code: total[f"silent_{code}"] for code in SilentParty.values},
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _stored(agency_id: int | None, kind: str, source: str, days: Sequence[Day], today: date) -> WaitCurve:
    curve = curve_of(days)
    return WaitCurve(
        agency_id=agency_id,
        kind=kind,
        source=source,
        waits=curve.waits,
        persons=curve.persons,
        is_shown=curve.is_shown,
        curve=curve.to_json(),
        facts=facts(days),
        outlook={str(day): [one.answered, one.lower, one.upper] for day, one in outlook(curve).items()},
        first_month=min(filter(None, (day["first_month"] for day in days)), default=None),
        last_month=max(filter(None, (day["last_month"] for day in days)), default=None),
        as_of=today,
    )


def _store(curves: Iterable[WaitCurve]) -> None:
    WaitCurve.objects.bulk_create(
        curves, update_conflicts=True, unique_fields=["agency", "kind", "source"], update_fields=STORED
    )


def _write_headlines(agency_ids: Sequence[int]) -> None:
    """From measured waits as soon as they may be shown, else from recalled ones."""
    chosen: dict[int, WaitCurve] = {}
    of_interviews = WaitCurve.objects.filter(agency__in=agency_ids, kind=WaitCurve.Kind.INTERVIEW)
    for stored in of_interviews.order_by("-source"):  # "recalled" comes before "measured"
        if stored.source == WaitCurve.Source.RECALLED or stored.is_shown:
            chosen[stored.agency_id or 0] = stored
    AgencyScore.objects.bulk_create(  # one UPDATE: the rows are there, so each of them meets a conflict
        [AgencyScore(agency_id=agency, **_headline(stored)) for agency, stored in chosen.items()],
        update_conflicts=True,
        unique_fields=["agency"],
        update_fields=HEADLINE,
    )


def _headline(stored: WaitCurve) -> dict[str, Any]:
    curve = Curve.from_json(stored.curve)
    day14, ten = curve.shown(FORMULA.prompt_days), dots(curve)
    return {
        "waits_source": stored.source if stored.waits else "",
        "waits_shown": stored.is_shown,
        "waits": stored.waits,
        "wait_persons": stored.persons,
        "answered_14": day14.answered if day14 else None,
        "answered_14_lower": day14.lower if day14 else None,
        "dots_answered": ten.answered if ten else None,
        "dots_late": ten.late if ten else None,
        "dots_withdrawn": ten.withdrawn if ten else 0,
    }
