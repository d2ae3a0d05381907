"""Stored segments made ready to be read: the overall score by role, outcome, field and office."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from agencies.choices import Field
from agencies.figures import decimal
from agencies.models import Agency, Office, SegmentScore
from journeys.choices import Outcome, Role
from reviews.numbers import stored_sums
from reviews.scoring import FORMULA, standardised

Dimension = SegmentScore.Dimension

NAMES: Mapping[str, Any] = {
    Dimension.ROLE: _("Anstellung"),
    Dimension.OUTCOME: _("Ausgang"),
    Dimension.FIELD: _("Fachgebiet"),
    Dimension.OFFICE: _("Büro"),
}
LABELS: Mapping[Dimension, Mapping[str, Any]] = {
    Dimension.ROLE: dict(Role.choices),
    Dimension.OUTCOME: dict(Outcome.choices),
    Dimension.FIELD: dict(Field.choices),
}


@dataclass(frozen=True)
class Segment:
    """The overall score of `n` persons who share a role, an outcome, a field or an office, with its 90 % interval."""

    label: str
    n: int
    mean: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Division:
    """The segments of one dimension that are shown, in the order of the form."""

    name: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Segments:
    divisions: tuple[Division, ...]
    standardised: float | None
    """The overall score if outcomes were mixed as on the whole platform; None where that is not known."""


def of_agency(agency: Agency, offices: Iterable[Office], rows: Iterable[SegmentScore]) -> Segments:
    """From the agency's rows and the platform's."""
    ours: list[SegmentScore] = []
    platform: dict[str, int] = {}
    for row in rows:
        if row.agency_id:
            ours.append(row)
        else:
            platform[row.value] = row.n
    by_outcome = {row.value: stored_sums(row) for row in ours if row.dimension == Dimension.OUTCOME}
    mixed = standardised(by_outcome, _mix(platform), weight=agency.score.weight)
    divisions = tuple(
        Division(str(NAMES[dimension]), tuple(_segment(row, label) for row, label in found))
        for dimension, found in groupby(shown(agency, offices, ours), key=lambda part: part[0].dimension)
    )
    return Segments(divisions, mixed if agency.score.is_shown else None)


def shown(
    agency: Agency, offices: Iterable[Office], rows: Iterable[SegmentScore]
) -> Iterator[tuple[SegmentScore, Any]]:
    """The parts of its score that page and open data show, of all its rows, with their labels in the order of the form.

    A part that is all of the agency's reviews has nothing to compare. Wants the score at hand.
    """
    found = {(row.dimension, row.value): row for row in rows if row.is_shown and row.n < agency.score.n}
    towns = {str(office.pk): office.place for office in offices}
    for dimension, labels in {**LABELS, Dimension.OFFICE: towns}.items():
        for value, label in labels.items():
            if row := found.get((dimension, value)):
                yield row, label


@dataclass(frozen=True)
class OutcomeShare:
    """How many reviews of the whole platform ended like that, and which share of all (percent, one decimal)."""

    label: str
    n: int
    percent: str


def of_platform() -> dict[str, int]:
    """Reviews of all agencies by outcome, as the night counted them."""
    rows = SegmentScore.objects.filter(agency=None).order_by("value").values_list("value", "n")
    return _mix(dict(rows))


def _mix(counted: dict[str, int]) -> dict[str, int]:
    """What scores are mixed by; nothing as long as one outcome has fewer than five."""
    return counted if all(n >= FORMULA.min_segment_persons for n in counted.values()) else {}


def outcomes() -> list[OutcomeShare]:
    """What standardised scores are mixed by, as the night counted it, in the order of the form."""
    counted = of_platform()
    total = sum(counted.values())
    return [
        OutcomeShare(str(label), counted[code], decimal(100 * counted[code] / total))
        for code, label in Outcome.choices
        if code in counted
    ]


def _segment(row: SegmentScore, label: Any) -> Segment:
    return Segment(str(label), row.n, row.mean, row.lower, row.upper)
