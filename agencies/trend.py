"""Geometry of a trend: months in, SVG attribute values out, as in agencies.figures.

Paths are made for the stretched inner viewBox 0 0 100 100 of templates/figures/trend.html.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from django.utils import formats
from django.utils.translation import gettext as _

from agencies.figures import Point, between, coordinate, decimal, in_percent, number_of_ten, position
from agencies.remembered import MANY, remembered
from agencies.tenths import of_ten

LEAST_MONTHS = 3  # a trend is drawn from so many on


class Month(NamedTuple):
    """A number at the end of a month with its 90 % interval, and what it rests on, in words."""

    month: date
    value: float
    lower: float
    upper: float
    basis: str


class Level(NamedTuple):
    label: str
    y: str


class End(NamedTuple):
    label: str
    x: str
    y: str
    month: str


class TrendRow(NamedTuple):
    month: str
    value: str
    range: str
    basis: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Months side by side at their true distance; where some are not known, line and band are interrupted."""

    name: str
    path: str
    band: str
    alone: tuple[Point, ...]  # months between two gaps
    levels: tuple[Level, ...]
    first: End
    last: End
    rows: tuple[TrendRow, ...]
    summary: str


def score_trend(name: str, months: Sequence[Month]) -> Trend | None:
    """A trend of stars, on half stars around all that is drawn; None below three months."""
    if len(months) < LEAST_MONTHS:
        return None
    low, high = _range(months)
    levels = [(stars, decimal(stars)) for stars in range(1, 6) if low <= stars <= high]
    return _trend(name, months, levels, (low, high), decimal, decimal)


def share_trend(name: str, months: Sequence[Month]) -> Trend | None:
    """A trend of shares 0..1; None below three months."""
    if len(months) < LEAST_MONTHS:
        return None
    levels = [(number / 10, str(number)) for number in (0, 5, 10)]
    return _trend(name, months, levels, (0.0, 1.0), _tenths, in_percent)


def _trend(
    name: str,
    months: Sequence[Month],
    levels: Iterable[tuple[float, str]],
    bounds: tuple[float, float],
    say: Callable[[float], str],
    tell: Callable[[float], str],
) -> Trend:
    """`say` makes the words at both ends, `tell` those of the table."""
    low, high = bounds
    start, end = _count(months[0]), _count(months[-1])

    def x(one: Month) -> float:
        return 100 * (_count(one) - start) / (end - start)

    def y(value: float) -> float:
        return 100 * (high - value) / (high - low)

    def at(one: Month, value: float) -> str:
        return f"{coordinate(x(one))} {coordinate(y(value))}"

    runs = _runs(months)
    drawn = [run for run in runs if len(run) > 1]
    bands = [
        "L".join([*(at(one, one.upper) for one in run), *(at(one, one.lower) for one in reversed(run))])
        for run in drawn
    ]
    first, last = (
        End(say(one.value), position(x(one)), position(y(one.value)), _month(one.month))
        for one in (months[0], months[-1])
    )
    return Trend(
        name=name,
        path="".join("M" + "L".join(at(one, one.value) for one in run) for run in drawn),
        band="".join(f"M{band}Z" for band in bands),
        alone=tuple(
            Point(position(x(one)), position(y(one.value))) for run in runs if len(run) == 1 for one in run
        ),
        levels=tuple(Level(label, position(y(value))) for value, label in levels),
        first=first,
        last=last,
        rows=tuple(
            TrendRow(
                _month(one.month),
                tell(one.value),
                between(tell(one.lower), tell(one.upper)),
                one.basis,
            )
            for one in reversed(months)
        ),
        summary=_("%(name)s von %(first)s bis %(last)s: von %(from)s auf %(to)s")
        % {"name": name, "first": first.month, "last": last.month, "from": first.label, "to": last.label},
    )


def _count(one: Month) -> int:
    return 12 * one.month.year + one.month.month


def _runs(months: Sequence[Month]) -> list[list[Month]]:
    """The months in order, parted where one is missing."""
    runs = [[months[0]]]
    for before, one in pairwise(months):
        if _count(one) == _count(before) + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _range(months: Sequence[Month]) -> tuple[float, float]:
    """Half stars around everything that is drawn, at least two stars wide, within 1..5."""
    low = max(1.0, math.floor(2 * min(one.lower for one in months)) / 2)
    high = min(5.0, math.ceil(2 * max(one.upper for one in months)) / 2)
    low = max(1.0, min(low, high - 2))
    return low, max(high, min(5.0, low + 2))


def _tenths(share: float) -> str:
    return number_of_ten(of_ten(share))


@remembered(MANY)
def _month(month: date) -> str:
    return formats.date_format(month, "F Y")
