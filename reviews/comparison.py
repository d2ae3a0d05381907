"""Two to four agencies side by side: which differences are real, and which may be chance.

A row compares the same number of each agency with the best of the row. Where the probability of scoring.md is
below 0.9 for all of them, the row says so instead of naming a winner. Page, CSV and picture show the same sections.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import cards, figures
from agencies.figures import decimal, in_percent, interval, interval_in_percent, number_of_ten, percent
from agencies.models import Agency, AgencyScore, CriterionScore, Office, WaitCurve
from agencies.prepared import Values
from agencies.remembered import FEW, remembered
from agencies.templatetags.figures import star_words
from agencies.tenths import Tenths, of_ten
from journeys.choices import Channel, Reason
from reviews import scoring, stored
from reviews.chosen import enumeration
from reviews.criteria import CRITERIA
from reviews.numbers import Number, Waits, as_number, waits


class Bounds(NamedTuple):
    """A score with its 90 % range, in stars."""

    mean: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of one agency in words; `missing` says why there is none.

    `spread` is its 90 % range, `basis` what it rests on. What is drawn: `dots`, or a bar of `width` (an SVG length), or
    the score bar of `score`.
    """

    text: str = ""
    spread: str = ""
    basis: str = ""
    missing: str = ""
    dots: Tenths | None = None
    width: str = ""
    score: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `verdict` names who is ahead of whom, `is_noise` that nobody can be said to be."""

    label: str
    cells: tuple[Cell, ...]
    verdict: str = ""
    is_noise: bool = False

    @property
    def difference(self) -> str:
        return _("kein belastbarer Unterschied") if self.is_noise else self.verdict


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading. `look` is "parts" where they divide up one number, "words" where they hold none."""

    title: str
    note: str
    rows: Sequence[Row]
    look: str = "numbers"


class Column:
    """One agency of the comparison, with the curve that all columns have in common."""

    def __init__(
        self,
        agency: Agency,
        waits: Waits | None,
        criteria: Iterable[CriterionScore],
        towns: Sequence[str],
    ) -> None:
        self.agency = agency
        self.name = agency.short_name
        self.waits = waits
        self.criteria: Mapping[str, CriterionScore] = {row.criterion: row for row in criteria}
        self.towns = towns

    @property
    def shown_waits(self) -> Waits | None:
        return self.waits if self.waits and self.waits.is_shown else None

    @property
    def curve(self) -> figures.Curve | None:
        shown = self.shown_waits
        return figures.curve(self.name, shown.steps, shown.until) if shown else None

    @property
    def score(self) -> AgencyScore:
        return self.agency.score

    def point(self, day: int) -> scoring.Point | None:
        return self.waits.curve.shown(day) if self.waits else None

    def criterion(self, code: str) -> Number | None:
        row = self.criteria.get(code)
        return as_number(row) if row and row.is_shown else None

    @property
    def overall(self) -> Number | None:
        return as_number(self.score) if self.score.is_shown else None

    @property
    def period(self) -> str:
        return cards.period(self.score.first_month, self.score.last_month)

    @property
    def no_waits(self) -> str:
        """Why there is no number about waits."""
        if self.waits is None:
            return _("Noch keine Gespräche eingetragen.")
        return _("noch nicht bekannt") if self.waits.is_shown else self.waits.not_yet


class Rows(NamedTuple):
    """All that a comparison is made of."""

    agencies: tuple[Values, ...]
    offices: tuple[Values, ...] = ()
    criteria: tuple[Values, ...] = ()
    curves: tuple[Values, ...] = ()


def compare(agencies: Sequence[Agency]) -> "Comparison":
    """Agencies with their scores, in this order. Three queries, none for none."""
    ids = [agency.pk for agency in agencies]
    tables = (stored.OFFICES, stored.CRITERIA, stored.CURVES) if ids else ()
    return _comparison(
        Rows(tuple(map(stored.values_of, agencies)), *(tuple(rows(agencies=ids)) for rows in tables))
    )


@remembered(FEW)
def _comparison(rows: Rows) -> "Comparison":
    return Comparison(rows)


class Comparison:
    """The table; one agency alone has no verdicts. Read only: every visitor of a web process sees the same one."""

    def __init__(self, rows: Rows) -> None:
        agencies = list(map(stored.agency_of, rows.agencies))
        offices = _by_agency(map(stored.OFFICE.instance, rows.offices))
        criteria = _by_agency(map(stored.CRITERION.instance, rows.criteria))
        curves = _by_agency(map(stored.curve_of, rows.curves))
        self.source = _common_source([curves[agency.pk] for agency in agencies])
        self.market = waits(curves[None], source=self.source)
        self.columns = [
            Column(
                agency,
                waits(curves[agency.pk], source=self.source),
                criteria[agency.pk],
                [office.place for office in offices[agency.pk]],
            )
            for agency in agencies
        ]

    @cached_property
    def market_curve(self) -> figures.Curve | None:
        market = self.market
        return (
            figures.curve(_("Alle Agenturen"), market.steps, market.until)
            if market and market.is_shown
            else None
        )

    @cached_property
    def sections(self) -> list[Section]:
        told = _("Anteil an den Antworten, von denen es jemand gesagt hat")
        counted = _("Anzahl je gerundetem Gesamtwert, ungewichtet. Je Person zählt die neueste.")
        return [
            Section(_("Rückmeldung"), str(self.source.label), self._feedback()),
            Section(
                _("Begründung der Antworten"), told, self._parts("reasons", Reason.choices), look="parts"
            ),
            Section(
                _("Auf diesem Weg kamen sie"), told, self._parts("channels", Channel.choices), look="parts"
            ),
            Section(_("Gesamtwert und Kriterien"), _("von 1 bis 5"), self._ratings()),
            Section(_("Verteilung der Bewertungen"), counted, self._histogram(), look="parts"),
            Section(_("Wer sie sind"), "", self._profile(), look="words"),
        ]

    @cached_property
    def real_differences(self) -> list[Row]:
        return [row for section in self.sections for row in section.rows if row.verdict]

    @cached_property
    def curves(self) -> tuple[figures.Curve, ...]:
        """The waiting curves that may be shown, to be drawn in one figure."""
        return tuple(column.curve for column in self.columns if column.curve)

    # ---- sections ----------------------------------------------------------------------------------------

    def _feedback(self) -> list[Row]:
        return [
            *(
                self._judged(
                    _("Innerhalb von %(n)s Tagen") % {"n": day},
                    [column.point(day) for column in self.columns],
                    [_wait_cell(column, day) for column in self.columns],
                )
                for day in (14, 7, 30)
            ),
            self._row(_("Nach 30 Tagen noch ohne Antwort"), _still_waiting),
            self._row(_("Mittlere Wartezeit, höchstens 30 Tage gezählt"), _mean_wait),
            self._row(_("Antworten erst auf Nachfrage"), _chased),
        ]

    def _parts(self, fact: str, choices: Sequence[tuple[str, object]]) -> list[Row]:
        """A row for each part into which the stored counts of a fact divide the answers."""
        codes = [code for code, _label in choices]
        by_part = zip(*(_part_cells(column, fact, codes) for column in self.columns), strict=True)
        return [Row(str(label), tuple(cells)) for (_code, label), cells in zip(choices, by_part, strict=True)]

    def _ratings(self) -> list[Row]:
        overall = self._judged(
            _("Gesamtwert"),
            [column.overall for column in self.columns],
            list(map(_overall_cell, self.columns)),
        )
        return [
            overall,
            *(self._criterion_row(criterion.code, str(criterion.label)) for criterion in CRITERIA),
        ]

    def _criterion_row(self, code: str, label: str) -> Row:
        values = [column.criterion(code) for column in self.columns]
        return self._judged(label, values, [_criterion_cell(column, code) for column in self.columns])

    def _histogram(self) -> list[Row]:
        labels = [f"{stars} {word}" for stars, word in enumerate(star_words(), start=1)][::-1]
        by_stars = zip(*map(_star_cells, self.columns), strict=True)
        return [Row(label, tuple(cells)) for label, cells in zip(labels, by_stars, strict=True)]

    def _profile(self) -> list[Row]:
        return [
            self._row(_("Was sie tun"), lambda column: Cell(cards.trade(column.agency))),
            self._row(
                _("Orte"),
                lambda column: Cell(cards.places(column.towns)),
            ),
        ]

    # ---- rows --------------------------------------------------------------------------------------------

    def _row(self, label: str, cell: Callable[[Column], Cell]) -> Row:
        return Row(label, tuple(cell(column) for column in self.columns))

    def _judged(self, label: str, values: Sequence[scoring.Estimate | None], cells: Sequence[Cell]) -> Row:
        """The row with its verdict: who is reliably behind the best."""
        known = [(column.name, value) for column, value in zip(self.columns, values, strict=True) if value]
        if len(known) < 2:
            return Row(label, tuple(cells))
        best = max(known, key=lambda pair: pair[1].value)
        behind = [
            name
            for name, value in known
            if value is not best[1] and scoring.is_reliable(scoring.difference(best[1], value))
        ]
        if not behind:
            return Row(label, tuple(cells), is_noise=True)
        said = _("%(best)s vor %(others)s") % {"best": best[0], "others": enumeration(behind)}
        return Row(label, tuple(cells), said)


def _by_agency[R: (Office, CriterionScore, WaitCurve)](rows: Iterable[R]) -> dict[int | None, list[R]]:
    """The rows of each agency; those that belong to none, by None."""
    found: dict[int | None, list[R]] = defaultdict(list)
    for row in rows:
        found[row.agency_id].append(row)
    return found


def _common_source(curves: Iterable[Iterable[WaitCurve]]) -> WaitCurve.Source:
    """Measured waits only if all agencies have them to show; else recalled ones for all."""
    sources = [
        {row.source for row in rows if row.is_shown and row.kind == WaitCurve.Kind.INTERVIEW}
        for rows in curves
    ]
    measured = WaitCurve.Source.MEASURED
    return measured if sources and all(measured in shown for shown in sources) else WaitCurve.Source.RECALLED


# ---- cells -----------------------------------------------------------------------------------------------


def _wait_cell(column: Column, day: int) -> Cell:
    point = column.point(day)
    if point is None or column.waits is None:
        return Cell(missing=column.no_waits)
    return Cell(
        number_of_ten(of_ten(point.answered)),
        interval_in_percent(point.lower, point.upper),
        column.waits.short_basis,
        dots=column.waits.dots if day == scoring.FORMULA.prompt_days else None,
    )


def _still_waiting(column: Column) -> Cell:
    point = column.point(scoring.FORMULA.horizon)
    if point is None or column.waits is None:
        return Cell(missing=column.no_waits)
    return Cell(number_of_ten(of_ten(point.waiting)), basis=column.waits.short_basis)


def _mean_wait(column: Column) -> Cell:
    days = column.waits.headline.rmst30 if column.waits else None
    if days is None or column.waits is None:
        return Cell(missing=column.no_waits)
    return Cell(_("%(days)s Tage") % {"days": decimal(days)}, basis=column.waits.short_basis)


def _chased(column: Column) -> Cell:
    shown = column.shown_waits
    if shown is None:
        return Cell(missing=column.no_waits)
    told = shown.row.facts.get("chasing_told", 0)
    if told < scoring.FORMULA.min_segment_persons:
        return Cell(missing=_too_few_told())
    return _share(shown.row.facts.get("chased", 0), told)


def _part_cells(column: Column, fact: str, codes: Sequence[str]) -> list[Cell]:
    """One for each part; where there is nothing to tell, all say why."""
    shown = column.shown_waits
    counts: Mapping[str, int] = shown.row.facts.get(fact, {}) if shown else {}
    told = sum(counts.values())
    if told < scoring.FORMULA.min_segment_persons:
        return [Cell(missing=_too_few_told() if shown else column.no_waits)] * len(codes)
    return [_share(counts.get(code, 0), told) for code in codes]


def _too_few_told() -> str:
    """What a few told might be traced to one of them."""
    return _("Das haben noch zu wenige gesagt.")


def _share(part: int, whole: int) -> Cell:
    """A share of answers in percent, with the counts it comes from."""
    basis = ngettext("%(part)s von %(n)s Antwort", "%(part)s von %(n)s Antworten", whole) % {
        "part": part,
        "n": whole,
    }
    return Cell(in_percent(part / whole), basis=basis, width=f"{percent(part / whole)}%")


def _overall_cell(column: Column) -> Cell:
    score = column.score
    if not score.is_shown:
        return Cell(missing=cards.score_pending(score))
    bounds = Bounds(score.mean, score.lower, score.upper)
    return Cell(decimal(score.mean), interval(score.lower, score.upper), cards.basis(score), score=bounds)


def _criterion_cell(column: Column, code: str) -> Cell:
    row = column.criteria.get(code)
    if row is None or not row.is_shown:
        return Cell(missing=_("zu wenige Angaben"))
    n = ngettext("%(n)s Angabe", "%(n)s Angaben", row.n) % {"n": row.n}
    basis = f"{n}, {column.period}" if column.period else n
    bar = figures.criterion_bar(row.mean)
    return Cell(decimal(row.mean), interval(row.lower, row.upper), basis, width=bar.width)


def _star_cells(column: Column) -> list[Cell]:
    """From five stars down to one."""
    if not column.score.is_shown:
        return [Cell(missing=cards.score_pending(column.score))] * 5
    return [Cell(str(row.number), width=row.width) for row in figures.histogram(column.score.histogram)]
