"""Stored months made ready to be read: how the overall score and the share answered by day 14 went."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import cards
from agencies.models import Agency, ScoreSnapshot, WaitCurve
from agencies.prepared import Parameter, Prepared
from agencies.remembered import SOME, remembered
from agencies.trend import Month, Trend, score_trend, share_trend
from reviews.scoring import window_start


class Row(NamedTuple):
    """What a trend reads of a stored month (ScoreSnapshot)."""

    month: date
    n: int
    mean: float | None
    lower: float | None
    upper: float | None
    first_month: date | None
    last_month: date | None
    waits_source: str
    waits: int
    wait_persons: int
    answered_14: float | None
    answered_14_lower: float | None
    answered_14_upper: float | None


_ROWS = Prepared(
    Row._make,
    Row._fields,
    lambda: ScoreSnapshot.objects.filter(
        agency=Parameter("agency"), month__gte=Parameter("first_month")
    ).order_by("month"),
)


def read(agency: Agency) -> tuple[Row, ...]:
    """The stored months of the last 24; costs one query."""
    first_month = window_start(agency.score.as_of).replace(day=1)
    return tuple(_ROWS(agency=agency.pk, first_month=first_month))


@remembered(SOME)
def of(rows: tuple[Row, ...]) -> tuple[Trend, ...]:
    """The trends that there are enough months for."""
    return tuple(trend for trend in (_score(rows), _answered(rows)) if trend)


def _score(rows: Iterable[Row]) -> Trend | None:
    shown = [
        Month(row.month, row.mean, row.lower, row.upper, _reviews(row))
        for row in rows
        if row.mean is not None and row.lower is not None and row.upper is not None
    ]
    return score_trend(_("Gesamtwert"), shown)


def _answered(rows: Iterable[Row]) -> Trend | None:
    """Measured and recalled waits are never one line: it is drawn from those that the last month has."""
    known = [row for row in rows if row.answered_14 is not None]
    source = known[-1].waits_source if known else ""
    months = [
        Month(
            row.month,
            row.answered_14,
            row.answered_14_lower,
            row.answered_14_upper,
            cards.talks_of(row.waits, row.wait_persons),
        )
        for row in known
        if row.waits_source == source
        and row.answered_14 is not None
        and row.answered_14_lower is not None
        and row.answered_14_upper is not None
    ]
    label = WaitCurve.Source(source).label if source else ""
    return share_trend(_("Rückmeldung binnen 14 Tagen, %(source)s") % {"source": label}, months)


def _reviews(row: Row) -> str:
    count = ngettext("%(n)s Bewertung", "%(n)s Bewertungen", row.n) % {"n": row.n}
    return ", ".join(part for part in (count, cards.period(row.first_month, row.last_month)) if part)
