"""Waits: the curves of an agency and of the market, and the headline numbers of a score row."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import product
from typing import Any

from django.db.models import QuerySet

from agencies.models import AgencyScore, WaitCurve
from journeys.choices import Channel, Reason, SilentParty, WaitEnd
from reviews.recompute import wait_days
from reviews.recompute.wait_days import CONDITIONS, Day
from reviews.scoring import FORMULA, Curve, RiskDay, dots

STORED = ["waits", "persons", "is_shown", "curve", "facts", "first_month", "last_month", "as_of"]
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


def write_waits(agency_ids: Sequence[int], today: date) -> None:
    """Store the curves of these agencies and the headline numbers of their score rows."""
    days = wait_days.of_agencies(agency_ids, today)
    curves = {key: _stored(*key, days[key], today) for key in product(agency_ids, WaitCurve.Kind)}
    _store(curves.values())
    AgencyScore.objects.bulk_create(  # one UPDATE: the rows are there, so each of them meets a conflict
        [
            AgencyScore(agency_id=agency, **_headline(curves[agency, WaitCurve.Kind.INTERVIEW]))
            for agency in agency_ids
        ],
        update_conflicts=True,
        unique_fields=["agency"],
        update_fields=HEADLINE,
    )


def write_market(today: date) -> None:
    """Store the curves of all agencies together."""
    days = wait_days.of_market(today)
    _store([_stored(None, kind, days[kind], today) for kind in WaitCurve.Kind])


def leaving_the_window(today: date) -> QuerySet[AgencyScore, int]:
    """The agencies some of whose waits may have left the window since their curve was computed."""
    old = AgencyScore.objects.filter(agency__curves__first_month__lt=wait_days.window_start(today))
    return old.values_list("agency_id", flat=True).distinct()


def curve_of(days: Sequence[Day]) -> Curve:
    persons = sum(day["persons"] for day in days)
    return Curve(tuple(_risk_days(days)), persons, early_persons=persons)


def _risk_days(days: Sequence[Day]) -> Iterator[RiskDay]:
    """The risk sets of waits that all began on day 0, the same as `reviews.scoring.risk_days` makes."""
    ended = {day["day"]: [day[end] for end in WaitEnd.values] for day in days}
    left = {day["day"]: day["persons"] for day in days}
    at_risk, persons = sum(map(sum, ended.values())), sum(left.values())
    for day in sorted({*ended, *(day + 1 for day in ended), *([0] if ended else [])}):
        endings = ended.get(day, [0, 0, 0])
        yield RiskDay(day, at_risk, persons, *endings)
        at_risk -= sum(endings)
        persons -= left.get(day, 0)


def facts(days: Sequence[Day]) -> dict[str, Any]:
    """What stands beside the curve: counts, and shares (0..1) of those who told; None where nobody did."""
    total = {name: sum(day[name] for day in days) for name in CONDITIONS}
    reasons = {code: total[f"reason_{code}"] for code in Reason.values}
    return {
        **{end: total[end] for end in WaitEnd.values},
        "holding": total["holding"],
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


def _stored(agency_id: int | None, kind: str, days: Sequence[Day], today: date) -> WaitCurve:
    curve = curve_of(days)
    return WaitCurve(
        agency_id=agency_id,
        kind=kind,
        source=WaitCurve.Source.RECALLED,
        waits=curve.waits,
        persons=curve.persons,
        is_shown=curve.is_shown,
        curve=curve.to_json(),
        facts=facts(days),
        first_month=min((day["first_month"] for day in days), default=None),
        last_month=max((day["last_month"] for day in days), default=None),
        as_of=today,
    )


def _store(curves: Iterable[WaitCurve]) -> None:
    WaitCurve.objects.bulk_create(
        curves, update_conflicts=True, unique_fields=["agency", "kind", "source"], update_fields=STORED
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
