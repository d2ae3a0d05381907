"""How long candidates wait for feedback: the curve, its headline numbers, and what of it may be shown.

Asking only those who were answered would hide the ones who never were. So a wait is a survival time: being
answered is the event, pulling out competes with it, and silence only says "not yet, up to the last day we
know of". The curve is the cumulative incidence of Aalen and Johansen (1978) with late entry; where nobody
pulls out it is one minus the estimator of Kaplan and Meier (1958). Its interval is taken on the scale
log(-log F), so it stays within 0..1.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, log, sqrt
from typing import Any, Self

from reviews.scoring.formula import FORMULA
from reviews.scoring.risk import RiskDay, Wait, entered, risk_days, watched

TOLERANCE = 1e-9
"""Sums of floats this close to a limit are the limit."""


@dataclass(frozen=True, slots=True)
class Point:
    """The curve on one day. All shares lie in 0..1."""

    day: int
    answered: float
    """F: the share answered by the end of this day."""
    lower: float
    upper: float
    """The 90 % interval of F."""
    waiting: float
    """S: the share neither answered nor withdrawn by the end of this day."""
    variance: float
    """Var F."""
    at_risk: int
    persons: int

    @property
    def value(self) -> float:
        return self.answered

    @property
    def spread(self) -> float:
        """sqrt(Var F). Where all or nobody was answered Var F is 0, which would make anything a real difference:
        there the exact one-sided limit of the interval gives the spread."""
        if self.answered in {0.0, 1.0}:
            return (self.upper - self.lower) / FORMULA.z
        return sqrt(self.variance)

    @property
    def withdrawn(self) -> float:
        """The share that pulled out unanswered by the end of this day."""
        return max(0.0, 1.0 - self.answered - self.waiting)


@dataclass(frozen=True)
class Curve:
    """The curve of one agency, kind of wait and source, kept as the risk sets it follows from."""

    days: tuple[RiskDay, ...] = ()
    persons: int = 0
    early_persons: int = 0
    """Persons watched from day 3 or earlier."""

    @classmethod
    def of(cls, waits: Iterable[Wait]) -> Self:
        counted = list(watched(waits))
        early = {wait.person for wait in counted if wait.entry <= FORMULA.early_entry}
        return cls(risk_days(counted), len({wait.person for wait in counted}), len(early))

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The curve anew from the stored risk sets alone."""
        days = tuple(RiskDay(*row) for row in stored["days"])
        return cls(days, stored["persons"], stored["early_persons"])

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """One for each risk day."""
        return tuple(estimate(self.days))

    @property
    def waits(self) -> int:
        return sum(entered(self.days))

    @cached_property
    def early_waits(self) -> int:
        """Waits watched from day 3 or earlier."""
        rows = zip(self.days, entered(self.days), strict=True)
        return sum(count for row, count in rows if row.day <= FORMULA.early_entry)

    @cached_property
    def steps(self) -> tuple[Point, ...]:
        """The points where the curve rises: all that a drawing of the curve and of its band needs."""
        before = (0.0, *(point.answered for point in self.points))
        return tuple(point for point, low in zip(self.points, before, strict=False) if point.answered > low)

    @cached_property
    def shown_steps(self) -> tuple[tuple[float, ...], ...]:
        """What a page draws: rows (day, F, lower, upper) up to the last day that may be shown."""
        until = self.shown_until
        steps = (step for step in self.steps if until is None or step.day <= until)
        return tuple((step.day, step.answered, step.lower, step.upper) for step in steps)

    def at(self, day: int) -> Point:
        """The estimate on a day, whether or not it may be shown."""
        reached = bisect_right(self.points, day, key=lambda point: point.day)
        if reached:
            return replace(self.points[reached - 1], day=day)
        return _point(RiskDay(day, 0, 0), self.waits, answered=0.0, waiting=1.0, variance=0.0)

    @property
    def rmst30(self) -> float:
        """Mean days waited, at most 30 counted: the area under 1 - F. Pulling out does not shorten it."""
        saved, before = 0.0, 0.0
        for point in self.steps:
            saved += (point.answered - before) * max(0, FORMULA.horizon - point.day)
            before = point.answered
        return FORMULA.horizon - saved

    @property
    def median(self) -> int | None:
        """The day by which half were answered; None while that day is not reached."""
        return next((point.day for point in self.steps if point.answered >= 0.5 - TOLERANCE), None)

    @property
    def is_shown(self) -> bool:
        return self.missing == 0

    @property
    def missing(self) -> int:
        """How many more waits, each of another person and watched early, it takes to show the curve."""
        persons = FORMULA.min_wait_persons - self.early_persons
        return max(0, FORMULA.min_waits - self.early_waits, persons)

    @cached_property
    def known_until(self) -> int | None:
        """The last day on which the estimate rests on enough persons: -1 for none, None for no such limit."""
        thin = _first_thin_day(self.days)
        return _last_backed_day(self.days) if thin is None else thin - 1

    def is_known(self, day: int) -> bool:
        return self.known_until is None or day <= self.known_until

    @property
    def shown_until(self) -> int | None:
        """The last day that may be shown: -1 for none, None for no such limit."""
        return self.known_until if self.is_shown else -1

    def shown(self, day: int) -> Point | None:
        """The estimate on a day, or None where it is "noch nicht bekannt"."""
        return self.at(day) if self.is_shown and self.is_known(day) else None


@dataclass(frozen=True, slots=True)
class Headline:
    """The numbers of a curve that may be shown; None is "noch nicht bekannt"."""

    day7: Point | None
    day14: Point | None
    day30: Point | None
    rmst30: float | None
    median: int | None


def headline(curve: Curve) -> Headline:
    day30 = curve.shown(30)
    median = curve.median
    return Headline(
        day7=curve.shown(7),
        day14=curve.shown(14),
        day30=day30,
        rmst30=curve.rmst30 if day30 else None,
        median=median if median is not None and curve.shown(median) else None,
    )


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely is an answer by day 30 to those still waiting. Shares in 0..1; `lower`, `upper`: 90 % interval."""

    answered: float
    lower: float
    upper: float
    variance: float


def outlook(curve: Curve) -> dict[int, Chance]:
    """ "Lohnt Warten noch?": the chance of an answer by day 30, by the number of silent days behind (0..29).

    After t silent days it is the curve refitted with entry = max(entry, t + 1), read at day 30, and equals
    (F(30) - F(t)) / S(t). A day with fewer than five persons at risk is left out, and all days are where the curve or
    its day 30 may not be shown: the market's curve serves then.
    """
    if curve.shown(FORMULA.horizon) is None:
        return {}
    return {
        day: chance for day, chance in _chances(curve.days) if curve.at(day).persons >= FORMULA.chance_persons
    }


def _chances(days: Sequence[RiskDay]) -> Iterator[tuple[int, Chance]]:
    """Every refit in one pass, from the last day to the first.

    The refit after t silent days has the risk sets of the days after t and no others. A day put before them multiplies
    all their shares by q = 1 - d/n, so F and Var F of a refit follow from those of the one a day later.
    """
    rows = {row.day: row for row in days}
    waits = sum(row.events + row.silent for row in days if row.day > FORMULA.horizon)
    answered, variance = 0.0, 0.0
    for day in range(FORMULA.horizon, 0, -1):
        if row := rows.get(day):
            waits += row.events + row.silent
            answered, variance = _put_before(row, answered, variance)
        if waits:
            yield day - 1, _chance(answered, variance, waits)


def _put_before(row: RiskDay, answered: float, variance: float) -> tuple[float, float]:
    """F(30) and its variance, as `estimate` has them, with one more day before those that made them."""
    n, a, d = row.at_risk, row.answered, row.events
    if not d:
        return answered, variance
    rise = (n - d) / n * answered
    greenwood = rise**2 * d / (n * (n - d)) if n > d else 0.0
    own = greenwood + a * (n - a) / n**3 - 2 * rise * a / n**2
    return _settled(a / n + rise), ((n - d) / n) ** 2 * variance + own


def _chance(answered: float, variance: float, waits: int) -> Chance:
    variance = max(0.0, variance)
    return Chance(answered, *_interval(answered, variance, waits), variance)


def estimate(days: Sequence[RiskDay]) -> Iterator[Point]:
    """The Aalen-Johansen estimate for each risk day. Events of a day come together, before its censorings.

    The variance is the published sum over u <= t, carried along instead of summed anew for each t: the
    difference F(t) - F(u) grows by the same rise for every earlier u. So three running sums suffice: the
    variance, half its slope in that rise, and its curvature, which is the sum known from Greenwood's formula.
    """
    waits = sum(entered(days))
    answered, waiting = 0.0, 1.0
    variance, slope, greenwood = 0.0, 0.0, 0.0
    for row in days:
        if row.events:
            n, a, d = row.at_risk, row.answered, row.events
            rise = waiting * a / n
            variance += 2 * rise * slope + rise**2 * greenwood + waiting**2 * a * (n - a) / n**3
            slope += rise * greenwood - waiting * a / n**2
            greenwood += d / (n * (n - d)) if n > d else 0.0
            answered = _settled(answered + rise)
            waiting *= (n - d) / n
        yield _point(row, waits, answered=answered, waiting=waiting, variance=max(0.0, variance))


def _point(row: RiskDay, waits: int, *, answered: float, waiting: float, variance: float) -> Point:
    lower, upper = _interval(answered, variance, waits)
    return Point(row.day, answered, lower, upper, waiting, variance, row.at_risk, row.persons)


def _interval(share: float, variance: float, waits: int) -> tuple[float, float]:
    """90 % on the scale log(-log F). At 0 and 1 that is no use: the exact one-sided 95 % limit stands in."""
    if waits == 0:
        return 0.0, 1.0
    if share == 0:
        return 0.0, 1 - 0.05 ** (1 / waits)
    if share == 1:
        return 0.05 ** (1 / waits), 1.0
    margin = FORMULA.z * sqrt(variance) / (share * abs(log(share)))
    return share ** exp(margin), share ** exp(-margin)


def _settled(share: float) -> float:
    """A share that is 1 but for the rounding of floats is 1, so that "all" can be told from "nearly all"."""
    return 1.0 if share > 1 - TOLERANCE else share


def _last_backed_day(days: Sequence[RiskDay]) -> int | None:
    """The last day on which the estimate rests on enough; None where no more can become known after it.

    Three persons at risk are enough. So is having lost nobody yet: up to the first wait that is lost sight of, the
    curve estimates nothing, it counts. Without that, an agency that answered nearly all would show no number.
    Nothing more can become known when no wait was lost sight of, or when on that day everybody left was resolved.
    """
    backed = [row for row in days if row.persons >= FORMULA.min_persons_at_risk]
    lost = next((row.day for row in days if row.silent), None)
    if not backed:
        return -1
    if lost is None or backed[-1].events == backed[-1].at_risk:
        return None
    all_watched = len(list(filter(None, entered(days)))) == 1
    return max(backed[-1].day, lost) if all_watched else backed[-1].day


def _first_thin_day(days: Sequence[RiskDay]) -> int | None:
    """The first day whose events rest on too few, while others come under watch only later.

    With late entry one early answer can drive the curve to 1 before most are watched at all. From such a day
    on it describes that one wait, not the agency.
    """
    last_entry = max((row.day for row, count in zip(days, entered(days), strict=True) if count), default=-1)
    for row in days:
        if row.day >= last_entry:
            return None
        if row.events and (row.persons < FORMULA.min_persons_at_risk or row.events == row.at_risk):
            return row.day
    return None
