"""What is stored of waiting curves, for a batch of them at once: the formulas of reviews.scoring.waits over columns.

That module is the definition. Here the same steps are taken in the same order, each for all curves together: days are
rows of a table, curves its columns. Only workers import this, so that no web process carries numpy.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from reviews.scoring import FORMULA, Point, RiskDay
from reviews.scoring.waits import TOLERANCE

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float64]
type Flags = npt.NDArray[np.bool_]
type Estimate = tuple[Floats, Floats, Floats]
"""F, S and the variance of F, each of all curves."""
type Rows = Sequence[Sequence[int]]
"""One curve: rows of `RiskDay` in order of days, at least one."""

DAYS = FORMULA.horizon + 1
ALWAYS = np.iinfo(np.int64).max
"""The last day known of a curve that has no such limit."""


class Fit(NamedTuple):
    """One curve: `Curve.shown` of day 14 and 30, and `outlook` as rows (silent days, chance, lower, upper)."""

    day14: Point | None
    day30: Point | None
    outlook: list[list[float]]


def fit(curves: Sequence[Rows]) -> list[Fit]:
    """Fit curves that have enough waits and persons to be shown; the days are still checked one by one."""
    if not curves:
        return []
    sets = RiskSets.of(curves)
    until = sets.known_until
    table = Table.of(sets)
    estimates = list(table.estimates())
    day14, day30 = (
        table.points(day, estimates[day], until) for day in (FORMULA.prompt_days, FORMULA.horizon)
    )
    return list(map(Fit, day14, day30, table.outlooks(until >= FORMULA.horizon)))


class RiskSets(NamedTuple):
    """The rows of all curves, one after the other, each column of `RiskDay` an array."""

    starts: Ints
    """Where the rows of each curve begin."""
    owner: Ints
    """The curve of each row."""
    day: Ints
    at_risk: Ints
    persons: Ints
    answered: Ints
    withdrawn: Ints
    silent: Ints

    @classmethod
    def of(cls, curves: Sequence[Rows]) -> Self:
        lengths = np.array([len(rows) for rows in curves])
        numbers = chain.from_iterable(chain.from_iterable(curves))
        columns = np.fromiter(numbers, np.int64).reshape(-1, len(RiskDay._fields)).T
        return cls(np.cumsum(lengths) - lengths, np.repeat(np.arange(len(curves)), lengths), *columns)

    @property
    def events(self) -> Ints:
        return self.answered + self.withdrawn

    @property
    def entered(self) -> Ints:
        """How many waits came under watch on the day of each row."""
        return self.at_risk - self.before(self.at_risk - self.events - self.silent)

    @property
    def waits(self) -> Ints:
        return np.add.reduceat(self.entered, self.starts)

    @property
    def known_until(self) -> Ints:
        """`Curve.known_until`; ALWAYS for no limit."""
        last_entry = self._last(self.entered > 0)
        thin = self._first(self._is_thin & (self.day < last_entry[self.owner]))
        return np.where(thin < ALWAYS, thin - 1, self._last_backed)

    @property
    def _is_thin(self) -> Flags:
        few: Flags = (self.persons < FORMULA.min_persons_at_risk) | (self.events == self.at_risk)
        return few & (self.events > 0)

    @property
    def _last_backed(self) -> Ints:
        is_backed = self.persons >= FORMULA.min_persons_at_risk
        backed, lost = self._last(is_backed), self._first(self.silent > 0)
        all_resolved = is_backed & (self.events == self.at_risk) & (self.day == backed[self.owner])
        is_endless = (lost == ALWAYS) | np.logical_or.reduceat(all_resolved, self.starts)
        all_watched = np.add.reduceat((self.entered > 0).astype(np.int64), self.starts) == 1
        limit = np.where(all_watched, np.maximum(backed, lost), backed)
        return np.where(backed < 0, -1, np.where(is_endless, ALWAYS, limit))

    def _first(self, chosen: Flags) -> Ints:
        """The first of the chosen days of each curve, ALWAYS for none."""
        return np.minimum.reduceat(np.where(chosen, self.day, ALWAYS), self.starts)

    def _last(self, chosen: Flags) -> Ints:
        """The last of the chosen days of each curve, -1 for none."""
        return np.maximum.reduceat(np.where(chosen, self.day, -1), self.starts)

    def before(self, column: Ints) -> Ints:
        """The value of the row before, 0 in the first row of a curve."""
        before = np.roll(column, 1)
        before[self.starts] = 0
        return before


class Table(NamedTuple):
    """Day 0 to 30 as rows, curves as columns; 0 where a curve has no row for the day."""

    waits: Ints
    """Of each curve."""
    later: Ints
    """Waits of each curve that ended after day 30."""
    at_risk: Floats
    """Waits, 1 where nobody is: a divisor."""
    answered: Floats
    events: Floats
    ended: Ints
    """Events and waits that were lost sight of."""
    persons: Ints
    """At risk on the day: those of the last row up to it."""
    waiting: Ints
    """Waits at risk on the day, in the same way."""

    @classmethod
    def of(cls, sets: RiskSets) -> Self:
        shape = (DAYS, len(sets.starts))
        early = sets.day < DAYS
        place = sets.day[early], sets.owner[early]

        def spread(column: Ints) -> Ints:
            table = np.zeros(shape, np.int64)
            table[place] = column[early]
            return table

        ended = sets.events + sets.silent
        row = np.full(shape, -1)  # of the risk sets, the last one up to each day
        row[place] = np.flatnonzero(early)
        row = np.maximum.accumulate(row)
        return cls(
            waits=sets.waits,
            later=np.bincount(sets.owner, ended * ~early, shape[1]).astype(np.int64),
            at_risk=np.maximum(spread(sets.at_risk), 1).astype(np.float64),
            answered=spread(sets.answered).astype(np.float64),
            events=spread(sets.events).astype(np.float64),
            ended=spread(ended),
            persons=np.where(row >= 0, sets.persons[row], 0),
            waiting=np.where(row >= 0, sets.at_risk[row], 0),
        )

    def points(self, day: int, estimate: Estimate, until: Ints) -> list[Point | None]:
        """`Curve.at` the day, None beyond the day up to which a curve is known."""
        answered, waiting, variance = estimate
        lower, upper = interval(answered, variance, self.waits)
        known = until >= day
        floats = [column.tolist() for column in (answered, lower, upper, waiting, variance)]
        counts = [column.tolist() for column in (self.waiting[day], self.persons[day])]
        points = map(Point, repeat(day), *floats, *counts)
        return [point if shown else None for point, shown in zip(points, known.tolist(), strict=True)]

    def estimates(self) -> Iterator[Estimate]:
        """`estimate` up to each day."""
        zero = np.zeros(len(self.waits))
        answered, waiting = zero, zero + 1
        variance, slope, greenwood = zero, zero, zero
        for n, a, d in zip(self.at_risk, self.answered, self.events, strict=True):
            rise = waiting * a / n
            variance = variance + 2 * rise * slope + rise**2 * greenwood + waiting**2 * a * (n - a) / n**3
            slope = slope + rise * greenwood - waiting * a / n**2
            greenwood = greenwood + np.where(n > d, d / (n * np.where(n > d, n - d, 1)), 0)
            answered = _settled(answered + rise)
            waiting = waiting * (n - d) / n
            yield answered, waiting, np.maximum(variance, 0)

    def outlooks(self, shown: Flags) -> list[list[list[float]]]:
        """`outlook` of each curve as rows (silent days, chance, lower, upper), none where day 30 is not shown."""
        days = np.arange(FORMULA.horizon, 0, -1)
        fits = np.array(list(self._refits()))
        waits = self.later + np.cumsum(self.ended[days], axis=0)
        lower, upper = interval(fits[:, 0], np.maximum(fits[:, 1], 0), waits)
        backed = shown & (waits > 0) & (self.persons[days - 1] >= FORMULA.chance_persons)
        curves, places = np.nonzero(backed.T)
        columns = (days[places] - 1, *(table[places, curves] for table in (fits[:, 0], lower, upper)))
        offered: list[list[list[float]]] = [[] for _ in self.waits]
        for curve, *row in zip(curves.tolist(), *(column.tolist() for column in columns), strict=True):
            offered[curve].append(row)
        return offered

    def _refits(self) -> Iterator[tuple[Floats, Floats]]:
        """F(30) and its variance of those still waiting after 29 silent days, after 28, down to 0."""
        answered = variance = np.zeros(len(self.waits))
        for day in range(FORMULA.horizon, 0, -1):
            answered, variance = self._put_before(day, answered, variance)
            yield answered, variance

    def _put_before(self, day: int, answered: Floats, variance: Floats) -> tuple[Floats, Floats]:
        n, a, d = self.at_risk[day], self.answered[day], self.events[day]
        rise = (n - d) / n * answered
        greenwood = np.where(n > d, rise**2 * d / (n * np.where(n > d, n - d, 1)), 0)
        own = greenwood + a * (n - a) / n**3 - 2 * rise * a / n**2
        eventful = d > 0
        return (
            np.where(eventful, _settled(a / n + rise), answered),
            np.where(eventful, ((n - d) / n) ** 2 * variance + own, variance),
        )


def interval(share: Floats, variance: Floats, waits: Ints) -> tuple[Floats, Floats]:
    """The 90 % interval of a share of so many waits, where the exact limits stand in at 0 and 1."""
    inside = (share > 0) & (share < 1)
    safe = np.where(inside, share, 0.5)
    margin = FORMULA.z * np.sqrt(variance) / (safe * np.abs(np.log(safe)))
    exact = np.where(waits > 0, 0.05 ** (1 / np.maximum(waits, 1)), 0)
    lower = np.where(inside, safe ** np.exp(margin), np.where(share == 1, exact, 0))
    upper = np.where(inside, safe ** np.exp(-margin), np.where(share == 0, 1 - exact, 1))
    return np.where(waits > 0, lower, 0), np.where(waits > 0, upper, 1)


def _settled(share: Floats) -> Floats:
    return np.where(share > 1 - TOLERANCE, 1.0, share)
