"""How a number comes about, step by step with the numbers themselves: for an agency's own page and for the calculator.

What is not shown is not worked out either: sums of few persons would tell what single ones said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from agencies.cards import basis
from agencies.figures import MARKED_DAYS, decimal, interval
from agencies.models import Agency
from reviews.criteria import CRITERIA
from reviews.numbers import Waits, stored_sums
from reviews.scoring import FORMULA, Curve, Point, Score, Sums, growth, summarise

PLACES = 4


@dataclass(frozen=True)
class Step:
    """One line of a computation: what is computed, with which numbers, and what comes out."""

    name: str
    working: str
    result: str


def figure(value: float) -> str:
    return decimal(value, PLACES)


# ---- stars -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weighted:
    """The sums as they weigh on a day: W, the sum of w*x and the sum of w*x²."""

    weight: float
    stars: float
    squares: float

    @classmethod
    def of(cls, sums: Sums, today: date) -> "Weighted":
        now = growth(today)
        return cls(sums.gv / now, sums.gvx / now, sums.gvxx / now)


def ageing_steps(sums: Sums, today: date) -> list[Step]:
    """From the stored sums to those of the day."""
    now, weighted = figure(growth(today)), Weighted.of(sums, today)
    return [
        Step("W", f"{figure(sums.gv)} / {now}", figure(weighted.weight)),
        Step("Σ w·x", f"{figure(sums.gvx)} / {now}", figure(weighted.stars)),
        Step("Σ w·x²", f"{figure(sums.gvxx)} / {now}", figure(weighted.squares)),
    ]


def score_steps(weighted: Weighted) -> list[Step]:
    """From the sums of a day to the score with its interval, which the prior keeps within 1..5."""
    m, mean_of_prior, square_of_prior = (
        FORMULA.prior_weight,
        decimal(FORMULA.prior_mean),
        decimal(FORMULA.prior_square, 2),
    )
    score = score_of(weighted)
    total, mean, spread = figure(weighted.weight), figure(score.mean), figure(score.spread)
    margin = f"{decimal(FORMULA.z, 3)} · {spread}"
    return [
        Step(
            _("Wert"),
            f"({m} · {mean_of_prior} + {figure(weighted.stars)}) / ({m} + {total})",
            mean,
        ),
        Step(
            _("Streuung"),
            f"√( (({m} · {square_of_prior} + {figure(weighted.squares)}) / ({m} + {total}) − {mean}²)"
            f" / ({m} + {total} + 1) )",
            spread,
        ),
        Step(_("untere Grenze"), f"{mean} − {margin}", figure(score.lower)),
        Step(_("obere Grenze"), f"{mean} + {margin}", figure(score.upper)),
    ]


def score_of(weighted: Weighted, n: int = 0) -> Score:
    """Reckoned as of the epoch, when the growth factor is one."""
    return summarise(Sums(n, weighted.weight, weighted.stars, weighted.squares), today=FORMULA.epoch)


@dataclass(frozen=True)
class SumsRow:
    """One criterion with its stored sums; without numbers where it is not shown."""

    label: str
    n: int
    is_shown: bool
    numbers: Sequence[str] = ()
    """The three sums, then mean and spread."""
    interval: str = ""


@dataclass(frozen=True)
class ScoreWorking:
    """The overall score of an agency that is shown, and its criteria."""

    as_of: date
    n: int
    basis: str
    now: str
    sums: Sequence[tuple[str, str]]
    steps: Sequence[Step]
    criteria: Sequence[SumsRow]


def score_working(agency: Agency) -> ScoreWorking | None:
    """None where no score is shown. Wants `with_numbers`."""
    score = agency.score
    if not score.is_shown:
        return None
    sums = stored_sums(score)
    return ScoreWorking(
        as_of=score.as_of,
        n=score.n,
        basis=basis(score),
        now=figure(growth(score.as_of)),
        sums=[("Σ g·v", figure(sums.gv)), ("Σ g·v·x", figure(sums.gvx)), ("Σ g·v·x²", figure(sums.gvxx))],
        steps=[*ageing_steps(sums, score.as_of), *score_steps(Weighted.of(sums, score.as_of))],
        criteria=list(_criteria(agency)),
    )


def _criteria(agency: Agency) -> Iterator[SumsRow]:
    stored = {row.criterion: row for row in agency.criterion_scores.all()}
    for criterion in CRITERIA:
        row = stored.get(criterion.code)
        if row is None or not row.is_shown:
            yield SumsRow(str(criterion.label), row.n if row else 0, is_shown=False)
            continue
        numbers = (row.sum_gv, row.sum_gvx, row.sum_gvxx, row.mean, row.spread)
        yield SumsRow(
            str(criterion.label),
            row.n,
            True,
            [figure(one) for one in numbers],
            interval(row.lower, row.upper),
        )


# ---- waits -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DayRow:
    """One day on which a wait ended. Shares are text in percent."""

    day: int
    at_risk: int
    answered: int
    withdrawn: int
    silent: int
    waiting: str
    share: str
    low: str
    high: str


@dataclass(frozen=True)
class WaitsWorking:
    """A curve that is shown, day by day up to the last one that is known."""

    basis: str
    until: int | None
    rows: Sequence[DayRow]
    steps: Sequence[Step]
    marked: Sequence[tuple[int, DayRow | None]]
    """Day 7, 14 and 30; None is not known yet."""


def waits_working(waits: Waits | None) -> WaitsWorking | None:
    """None where no curve is shown."""
    if waits is None or not waits.is_shown:
        return None
    curve, until = waits.curve, waits.until
    known = [row for row in curve.days if until is None or row.day <= until]
    rows = [
        _day(point, row.answered, row.withdrawn, row.silent)
        for row, point in zip(known, curve.points, strict=False)
        if row.events or row.silent
    ]
    marked = [(day, _day(point) if (point := curve.shown(day)) else None) for day in MARKED_DAYS]
    return WaitsWorking(waits.basis, until, rows, list(_wait_steps(waits)), marked)


def _day(point: Point, answered: int = 0, withdrawn: int = 0, silent: int = 0) -> DayRow:
    shares = (point.waiting, point.answered, point.lower, point.upper)
    return DayRow(
        point.day, point.at_risk, answered, withdrawn, silent, *(decimal(100 * one) for one in shares)
    )


def _wait_steps(waits: Waits) -> Iterator[Step]:
    """The last rise of the curve that is shown, then what is read from the whole."""
    curve, until, numbers = waits.curve, waits.until, waits.headline
    rises = [step for step in curve.steps if until is None or step.day <= until]
    if rises:
        yield _rise(curve, rises[-1])
    if numbers.rmst30 is not None:
        days = _("%(days)s Tage") % {"days": decimal(numbers.rmst30, 2)}
        yield Step(
            _("mittlere Wartezeit"), f"{FORMULA.horizon} − {figure(FORMULA.horizon - numbers.rmst30)}", days
        )
    if numbers.median is not None:
        reached = f"F({numbers.median}) = {figure(curve.at(numbers.median).answered)}"
        yield Step(
            _("Hälfte erreicht"),
            "",
            _("Tag %(day)s, %(reached)s") % {"day": numbers.median, "reached": reached},
        )


def _rise(curve: Curve, after: Point) -> Step:
    before = curve.at(after.day - 1)
    row = next(row for row in curve.days if row.day == after.day)
    working = f"{figure(before.answered)} + {figure(before.waiting)} · {row.answered} / {row.at_risk}"
    return Step(f"F({after.day})", working, figure(after.answered))
