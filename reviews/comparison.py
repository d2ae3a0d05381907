"""Two to four agencies side by side: which differences are real, and which may be chance.

A row compares the same number of each agency with the best of the row. Where the probability of scoring.md is
below 0.9 for all of them, the row says so instead of naming a winner.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from agencies import cards
from agencies.figures import decimal
from agencies.models import Agency, WaitCurve
from reviews import scoring
from reviews.criteria import CRITERIA
from reviews.numbers import Number, Waits, as_number, interval, percents, waits

MOST = 4


@dataclass(frozen=True)
class Cell:
    """One number of one agency as text, and what stands under it; `missing` says why there is none."""

    text: str = ""
    note: str = ""
    missing: str = ""
    dots: scoring.Dots | None = None
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Row:
    """One line of the table. `verdict` names who is ahead of whom, `is_noise` that nobody can be said to be."""

    label: str
    cells: Sequence[Cell]
    verdict: str = ""
    is_noise: bool = False


@dataclass(frozen=True)
class Column:
    """One agency of the comparison, with the curve that all columns have in common."""

    agency: Agency
    waits: Waits | None

    @property
    def name(self) -> str:
        return self.agency.short_name

    @property
    def what(self) -> str:
        return cards.trade(self.agency)

    @property
    def places(self) -> str:
        return cards.places(self.agency)

    def point(self, day: int) -> scoring.Point | None:
        return self.waits.curve.shown(day) if self.waits else None

    def criterion(self, code: str) -> Number | None:
        row = next((row for row in self.agency.criterion_scores.all() if row.criterion == code), None)
        return as_number(row) if row and row.is_shown else None

    @property
    def overall(self) -> Number | None:
        return as_number(self.agency.score) if self.agency.score.is_shown else None


class Comparison:
    """The table, from agencies with score, criterion_scores, curves and offices loaded."""

    def __init__(self, agencies: Sequence[Agency]) -> None:
        self.source = _common_source(agencies)
        self.columns = [Column(agency, waits(agency.curves.all(), source=self.source)) for agency in agencies]

    @cached_property
    def feedback(self) -> list[Row]:
        by_day = [self._wait_row(_("Innerhalb von %(n)s Tagen") % {"n": day}, day) for day in (14, 7, 30)]
        return [
            *by_day,
            self._row(_("Mittlere Wartezeit, höchstens 30 Tage gezählt"), _mean_wait),
            self._row(_("Antworten mit konkretem Grund"), lambda column: _share(column, "share_reasoned")),
            self._row(_("Antworten erst auf Nachfrage"), lambda column: _share(column, "share_chased")),
        ]

    @cached_property
    def ratings(self) -> list[Row]:
        overall = self._judged(_("Gesamtwert"), [column.overall for column in self.columns], _overall_cell)
        return [
            overall,
            *(self._criterion_row(criterion.code, str(criterion.label)) for criterion in CRITERIA),
        ]

    @cached_property
    def real_differences(self) -> list[Row]:
        return [row for row in (*self.feedback, *self.ratings) if row.verdict]

    def _row(self, label: str, cell: Callable[[Column], Cell]) -> Row:
        return Row(label, [cell(column) for column in self.columns])

    def _wait_row(self, label: str, day: int) -> Row:
        return self._judged(
            label, [column.point(day) for column in self.columns], lambda c: _wait_cell(c, day)
        )

    def _criterion_row(self, code: str, label: str) -> Row:
        values = [column.criterion(code) for column in self.columns]
        return self._judged(label, values, lambda column: _criterion_cell(column, code))

    def _judged(
        self, label: str, values: Sequence[scoring.Estimate | None], cell: Callable[[Column], Cell]
    ) -> Row:
        """The row with its verdict: who is reliably behind the best."""
        known = [(column.name, value) for column, value in zip(self.columns, values, strict=True) if value]
        cells = [cell(column) for column in self.columns]
        if len(known) < 2:
            return Row(label, cells)
        best_name, best = max(known, key=lambda pair: pair[1].value)
        behind = [
            name
            for name, value in known
            if name != best_name and scoring.is_reliable(scoring.difference(best, value))
        ]
        if not behind:
            return Row(label, cells, is_noise=True)
        return Row(label, cells, _("%(best)s vor %(others)s") % {"best": best_name, "others": _and(behind)})


def _common_source(agencies: Sequence[Agency]) -> WaitCurve.Source:
    """Measured waits only if all agencies have them to show; else recalled ones for all."""
    sources = [
        {row.source for row in agency.curves.all() if row.is_shown and row.kind == WaitCurve.Kind.INTERVIEW}
        for agency in agencies
    ]
    measured = WaitCurve.Source.MEASURED
    return measured if sources and all(measured in shown for shown in sources) else WaitCurve.Source.RECALLED


def _and(names: Sequence[str]) -> str:
    return (
        names[0]
        if len(names) == 1
        else _("%(names)s und %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
    )


def _of_ten(number: int) -> str:
    return _("%(number)s von 10") % {"number": number}


def _no_waits(column: Column) -> str:
    return column.waits.not_yet if column.waits and not column.waits.is_shown else _("noch nicht bekannt")


def _wait_cell(column: Column, day: int) -> Cell:
    point = column.point(day)
    if point is None or column.waits is None:
        return Cell(missing=_no_waits(column))
    note = _("%(low)s bis %(high)s %%") % percents(point)
    dots = column.waits.dots if day == scoring.FORMULA.prompt_days else None
    return Cell(_of_ten(scoring.tenths(point.answered)), note, dots=dots)


def _mean_wait(column: Column) -> Cell:
    days = column.waits.headline.rmst30 if column.waits else None
    if days is None:
        return Cell(missing=_no_waits(column))
    return Cell(_("%(days)s Tage") % {"days": decimal(days)})


def _share(column: Column, fact: str) -> Cell:
    number = column.waits.of_ten(fact) if column.waits and column.waits.is_shown else None
    return Cell(missing=_no_waits(column)) if number is None else Cell(_of_ten(number))


def _overall_cell(column: Column) -> Cell:
    score = column.agency.score
    if not score.is_shown:
        return Cell(missing=cards.score_pending(score))
    note = f"{interval(score.lower, score.upper)}, {cards.basis(score)}"
    return Cell(decimal(score.mean), note, mean=score.mean, lower=score.lower, upper=score.upper)


def _criterion_cell(column: Column, code: str) -> Cell:
    row = next((row for row in column.agency.criterion_scores.all() if row.criterion == code), None)
    if row is None or not row.is_shown:
        return Cell(missing=_("zu wenige Angaben"))
    return Cell(decimal(row.mean), f"n {row.n}", mean=row.mean)
