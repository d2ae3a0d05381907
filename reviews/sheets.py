"""A comparison as a table for spreadsheets: everything its page shows."""

from collections.abc import Iterator
from itertools import chain

from django.conf import settings
from django.utils.translation import gettext as _

from agencies import figures
from reviews.comparison import Cell, Column, Comparison, Row


def header(comparison: Comparison) -> list[str]:
    """For each agency three columns: the number, its 90 % range, and what it rests on."""
    by_agency = chain.from_iterable(
        (name, _range_of(name), _("%(name)s: Grundlage") % {"name": name})
        for name in (column.agency.name for column in comparison.columns)
    )
    everybody = _("Alle Agenturen")
    return [
        _("Abschnitt"),
        _("Merkmal"),
        *by_agency,
        _("Unterschied"),
        everybody,
        _range_of(everybody),
    ]


def rows(comparison: Comparison) -> Iterator[list[str]]:
    """The sections of the page in their order, then the curves as their table has them."""
    for section in comparison.sections:
        title = f"{section.title} ({section.note})" if section.note else section.title
        for row in section.rows:
            yield [title, *_row(row), "", ""]
    yield [
        _("Wer sie sind"),
        *_row(Row(_("Seite"), tuple(_page(column) for column in comparison.columns))),
        "",
        "",
    ]
    for day in figures.TABLE_DAYS:
        cells = tuple(_on_day(column.curve, day) for column in comparison.columns)
        everybody = _on_day(comparison.market_curve, day)
        label = _("Bis Tag %(day)s") % {"day": day}
        yield [_("Anteil mit Rückmeldung"), *_row(Row(label, cells)), _text(everybody), everybody.spread]


def _row(row: Row) -> list[str]:
    cells = ((_text(cell), cell.spread, cell.basis) for cell in row.cells)
    return [row.label, *chain.from_iterable(cells), row.difference]


def _text(cell: Cell) -> str:
    return cell.text or cell.missing


def _range_of(name: str) -> str:
    return _("%(name)s: Bereich") % {"name": name}


def _page(column: Column) -> Cell:
    return Cell(f"{settings.SITE_URL}{column.agency.get_absolute_url()}")


def _on_day(curve: figures.Curve | None, day: int) -> Cell:
    step = curve.at(day) if curve else None
    if step is None:
        return Cell(missing=_("noch nicht bekannt"))
    return Cell(figures.in_percent(step.share), figures.interval_in_percent(step.lower, step.upper))
