"""Geometry of the figures: numbers in, SVG attribute values out.

Stars run from 1 to 5, shares from 0 to 1, days from 0 to 45. What comes out is text for attributes: a position such as
"69.67%" on a figure without a viewBox, so that its words keep their size at any width, or a path in the stretched inner
viewBox of the curve (0 0 45 100). The partials in templates/figures/ put it together; agencies.trend has the trends.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils import formats
from django.utils.translation import gettext as _

from agencies.tenths import Tenths, of_ten

LAST_DAY = 45  # the waiting curve ends here
MARKED_DAYS = (7, 14, 30)
TABLE_DAYS = (3, 7, 14, 30, 45)
ROOM_FOR_WORDS = 14  # days on the narrowest screen
MOST_CURVES = 4  # so many dash patterns and marker shapes there are

# ---- text for numbers --------------------------------------------------------------------------------------


def decimal(value: float, places: int = 1) -> str:
    """A number as people read it: 3.949 is "3,9" in German and "3.9" in English. Halves go up, as in the database."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return str(rounded).replace(".", formats.get_format("DECIMAL_SEPARATOR"))


def percent(share: float) -> int:
    return math.floor(100 * share + 0.5)


def between(low: object, high: object) -> str:
    """ "3,2 bis 4,2", of whatever is put into words already."""
    return _("%(low)s bis %(high)s") % {"low": low, "high": high}


def interval(low: float, high: float, places: int = 1) -> str:
    return between(decimal(low, places), decimal(high, places))


def in_percent(share: float) -> str:
    return _("%(share)s %%") % {"share": percent(share)}


def interval_in_percent(low: float, high: float) -> str:
    return _("%(low)s bis %(high)s %%") % {"low": percent(low), "high": percent(high)}


def number_of_ten(number: int) -> str:
    return _("%(number)s von 10") % {"number": number}


def coordinate(value: float) -> str:
    """An SVG number without needless digits: 12.50 is "12.5", 7.00 is "7"."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def position(value: float) -> str:
    return f"{coordinate(value)}%"


# ---- ten dots ----------------------------------------------------------------------------------------------

_DISC = "M0 8a8 8 0 1 1 16 0a8 8 0 1 1-16 0z"
_HOLE = "M2 8a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"
_RIGHT_HALF_OF_HOLE = "M8 14a6 6 0 0 0 0-12z"
_CORE = "M4 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"


def _ring_of_points() -> str:
    turns = (math.tau * step / 8 for step in range(8))
    centres = ((8 + 6.6 * math.cos(turn), 8 + 6.6 * math.sin(turn)) for turn in turns)
    return "".join(
        f"M{coordinate(x - 1.3)} {coordinate(y)}a1.3 1.3 0 1 1 2.6 0a1.3 1.3 0 1 1-2.6 0z" for x, y in centres
    )


# One filled path per state in a box of 16 x 16: the shape says what the colour says.
MARKS = {
    "answered": _DISC,
    "waiting": _DISC + _RIGHT_HALF_OF_HOLE,
    "silent": _DISC + _HOLE,
    "withdrawn": "M1 6.75h14v2.5H1z",
    "open": _ring_of_points(),
    "now": _DISC + _CORE,
}


class Dot(NamedTuple):
    x: int
    state: str
    path: str


def dots(ten: Tenths) -> list[Dot]:
    """Ten marks in a box of 210 x 16, with a gap after five that helps counting."""
    return [Dot(21 * i + (5 if i >= 5 else 0), state, MARKS[state]) for i, state in enumerate(ten.states)]


# ---- bars --------------------------------------------------------------------------------------------------


def _along(stars: float) -> float:
    """Where 1..5 stars lie on a bar, in percent."""
    return 25 * (min(5.0, max(1.0, stars)) - 1)


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """Solid up to the lower bound, by which lists are sorted; grey to the upper bound; a stroke at the mean."""

    lower: str
    width: str
    mean: str
    market: str | None


def score_bar(mean: float, lower: float, upper: float, market: float | None = None) -> ScoreBar:
    start, end = _along(lower), _along(upper)
    return ScoreBar(position(start), position(end - start), position(_along(mean)), _market(market))


@dataclass(frozen=True, slots=True)
class CriterionBar:
    width: str
    market: str | None


def criterion_bar(mean: float, market: float | None = None) -> CriterionBar:
    return CriterionBar(position(_along(mean)), _market(market))


def _market(stars: float | None) -> str | None:
    return None if stars is None else position(_along(stars))


class HistogramRow(NamedTuple):
    stars: int
    number: int
    width: str


def histogram(counts: Sequence[int]) -> list[HistogramRow]:
    """Rows from five stars down to one, from the counts of 1..5; the longest bar fills the width."""
    most = max([*counts, 1])
    rows = [
        HistogramRow(stars, number, position(100 * number / most))
        for stars, number in enumerate(counts, start=1)
    ]
    return rows[::-1]


# ---- the waiting curve -------------------------------------------------------------------------------------


class Step(NamedTuple):
    """From this day on the curve is at `share`, with its 90 % interval."""

    day: int
    share: float
    lower: float
    upper: float


NOTHING = Step(0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Curve:
    """Share answered by day, as steps in order; known up to and including the day `until`."""

    name: str
    steps: tuple[Step, ...]
    until: int = LAST_DAY

    def at(self, day: int) -> Step | None:
        """The step that holds on that day; None where the curve is not known yet."""
        if day > self.until:
            return None
        return max(
            (step for step in self.steps if step.day <= day), key=lambda step: step.day, default=NOTHING
        )

    def known(self) -> list[Step]:
        return [step for step in self.steps if step.day <= self.until]


def curve(name: str, steps: Iterable[Sequence[float]], until: int | None = LAST_DAY) -> Curve:
    """A curve from rows (day, share, lower, upper); `until` None or beyond day 45 means all of it is known."""
    rows = [Step(int(day), share, lower, upper) for day, share, lower, upper in steps]
    return Curve(name, tuple(sorted(rows)), LAST_DAY if until is None else min(until, LAST_DAY))


class Point(NamedTuple):
    x: str
    y: str


class Label(NamedTuple):
    """Where the name stands: it ends where the curve ends, or begins there if the curve ends early."""

    x: str
    y: str
    anchor: str
    dx: int


@dataclass(frozen=True, slots=True)
class Line:
    """One curve as drawn. `style` picks dash pattern and marker: 1..4, or 0 for the market."""

    name: str
    style: int
    path: str
    band: str
    label: Label
    markers: list[Point]


class Tick(NamedTuple):
    label: str
    x: str
    top: str


class Reading(NamedTuple):
    """A marked day in words: how many of ten, here and in the market; None is not known yet."""

    day: int
    of_ten: int | None
    market: int | None


class Cell(NamedTuple):
    share: str  # in percent, as its range
    range: str


class Row(NamedTuple):
    until: str
    cells: list[Cell | None]


@dataclass(frozen=True, slots=True)
class Chart:
    lines: list[Line]
    market: Line | None
    ticks: list[Tick]
    unknown: str | None  # where the part begins of which nothing is known yet
    unknown_width: str
    unknown_middle: str
    unknown_has_room: bool  # for the words "noch nicht bekannt"; the shading says it otherwise
    readings: list[Reading]
    names: list[str]
    rows: list[Row]
    summary: str


def chart(curves: Sequence[Curve], market: Curve | None = None) -> Chart:
    """Up to four curves over 45 days and the market's behind them."""
    drawn = list(curves[:MOST_CURVES])
    everything = drawn if market is None else [*drawn, market]
    labels = _labels(drawn, market)
    lines = [_line(one, style, labels[style - 1]) for style, one in enumerate(drawn, start=1)]
    until = max((one.until for one in drawn), default=LAST_DAY)
    return Chart(
        lines=lines,
        market=None if market is None else _line(market, 0, labels[-1]),
        ticks=[Tick(_tag(day), _day(day), _highest(drawn, day)) for day in MARKED_DAYS],
        unknown=_day(until) if until < LAST_DAY else None,
        unknown_width=_day(LAST_DAY - until),
        unknown_middle=_day((LAST_DAY + until) / 2),
        unknown_has_room=LAST_DAY - until >= ROOM_FOR_WORDS,
        readings=[_reading(drawn[0], market, day) for day in MARKED_DAYS] if drawn else [],
        names=[one.name for one in everything],
        rows=[Row(_tag(day), [_cell(one.at(day)) for one in everything]) for day in TABLE_DAYS],
        summary=" ".join(_summary(one) for one in everything),
    )


def _day(day: float) -> str:
    return position(100 * day / LAST_DAY)


def _height(share: float) -> float:
    return 100 * (1 - share)


def _line(one: Curve, style: int, label: float) -> Line:
    return Line(
        name=one.name,
        style=style,
        path=_stairs([(step.day, step.share) for step in one.known()], one.until),
        band=_band(one),
        label=_label(one, label),
        markers=[
            Point(_day(day), position(_height(step.share)))
            for day in MARKED_DAYS
            if (step := one.at(day)) is not None
        ],
    )


def _stairs(points: Iterable[tuple[int, float]], until: int) -> str:
    return "M0 100" + "".join(f"H{day}V{coordinate(_height(share))}" for day, share in points) + f"H{until}"


def _band(one: Curve) -> str:
    """The 90 % range as an area: along the upper bounds, back along the lower ones."""
    steps = one.known()
    there = _stairs([(step.day, step.upper) for step in steps], one.until)
    back = "".join(f"V{coordinate(_height(step.lower))}H{step.day}" for step in reversed(steps))
    return f"{there}{back}V100Z"


def _last(one: Curve) -> Step:
    return one.at(one.until) or NOTHING


def _highest(curves: Sequence[Curve], day: int) -> str:
    shares = [step.share for one in curves if (step := one.at(day)) is not None]
    return position(_height(max(shares, default=0.0)))


def _label(one: Curve, height: float) -> Label:
    early = one.until < LAST_DAY / 2
    return Label(_day(one.until), position(height), "start" if early else "end", 8 if early else 0)


def _labels(curves: Sequence[Curve], market: Curve | None) -> list[float]:
    """Heights in percent of the names, the market's last: each above its line (left of its end a rising line is lower),
    the market's below where it is the lowest, and none on another."""
    heights = [_height(_last(one).share) - 3 for one in curves]
    if market is not None:
        line = _height(_last(market).share)
        heights.append(line + 8 if line < 85 and all(line - 3 > height for height in heights) else line - 3)
    order = sorted(range(len(heights)), key=heights.__getitem__)
    spread = _spread([heights[i] for i in order], gap=7.5, limit=97)
    return [spread[order.index(i)] for i in range(len(heights))]


def _spread(heights: Sequence[float], gap: float, limit: float) -> list[float]:
    """Moves ascending heights apart by at least `gap`: first downwards, then back up from the limit."""
    down: list[float] = []
    for height in heights:
        down.append(max(height, down[-1] + gap) if down else height)
    up: list[float] = []
    for height in reversed(down):
        up.append(min(height, up[-1] - gap) if up else min(height, limit))
    return up[::-1]


def _reading(one: Curve, market: Curve | None, day: int) -> Reading:
    here = one.at(day)
    there = market.at(day) if market else None
    return Reading(day, of_ten(here.share) if here else None, of_ten(there.share) if there else None)


def _tag(day: int) -> str:
    return _("Tag %(day)s") % {"day": day}


def _cell(step: Step | None) -> Cell | None:
    if step is None:
        return None
    return Cell(in_percent(step.share), between(percent(step.lower), percent(step.upper)))


def _summary(one: Curve) -> str:
    """The curve in one sentence, for those who hear it."""
    known = [(day, step) for day in MARKED_DAYS if (step := one.at(day)) is not None]
    parts = [
        _("bis Tag %(day)s %(share)s %%") % {"day": day, "share": percent(step.share)} for day, step in known
    ]
    return f"{one.name}: {', '.join(parts) or _('noch nicht bekannt')}."
