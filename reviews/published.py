"""Published reviews as pages show them: read in two queries, and put into words once (agencies.remembered)."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from agencies.models import Office, Recruiter
from agencies.prepared import Columns, Prepared, Values, among
from agencies.remembered import MANY, remembered
from journeys.models import Interview, Journey
from reviews.criteria import CODES
from reviews.models import Review, Revision
from reviews.reading import Reading, compose, told

# What a reading shows of each row, and nothing private.
_REVIEW = Columns(Review, "id", "status", "is_current", "proof", "language", "published_on", *CODES)
_JOURNEY = Columns(
    Journey, "id", "origin", "role", "field", "month", "stage", "outcome", "office_id", "recruiter_id"
)
_REVISION = Columns(Revision, "id", "good", "better", "created_at")
_OFFICE = Columns(Office, "id", "place")
_RECRUITER = Columns(Recruiter, "id", "name", "asked_at", "confirmed_at", "refused_at", "hidden_at")
_WAIT = Columns(
    Interview,
    *("journey_id", "kind", "round", "party", "held_on", "is_exact", "in_review", "response", "channel"),
    *("reason", "chased", "silent_party", "wait_days", "wait_end"),
)


class _Row(NamedTuple):
    """The values of a published review and of what it refers to."""

    review: Values
    journey: Values
    revision: Values
    office: Values
    recruiter: Values


_PATHS: dict[str, Columns[Any]] = {
    "journey": _JOURNEY,
    "public_revision": _REVISION,
    "journey__office": _OFFICE,
    "journey__recruiter": _RECRUITER,
}


def _row(values: Values) -> _Row:
    columns = iter(values)
    return _Row._make(tuple(islice(columns, len(part))) for part in (_REVIEW, *_PATHS.values()))


_REVIEWS = Prepared(
    _row,
    [*_REVIEW, *chain.from_iterable(columns.behind(path) for path, columns in _PATHS.items())],
    lambda: Review.objects.published().filter(among("pk", "numbers")),
)
_WAITS: Prepared[Values] = Prepared(
    tuple, _WAIT, lambda: Interview.objects.filter(among("journey", "journeys"))
)


def readings(numbers: Sequence[int]) -> list[Reading]:
    """The published reviews of these numbers, in this order; what is not published is left out."""
    if not numbers:
        return []
    rows = {row.review[0]: row for row in _REVIEWS(numbers=list(numbers))}
    waits: dict[int, list[Values]] = defaultdict(list)
    for wait in _WAITS(journeys=[row.journey[0] for row in rows.values()]):
        waits[wait[0]].append(wait)
    shown = [rows[number] for number in numbers if number in rows]
    return [_reading(row, tuple(waits[row.journey[0]])) for row in shown]


@remembered(MANY)
def _reading(row: _Row, waits: tuple[Values, ...]) -> Reading:
    journey, revision = _JOURNEY.instance(row.journey), _REVISION.instance(row.revision)
    journey.office = _OFFICE.instance(row.office) if journey.office_id else None
    journey.recruiter = _RECRUITER.instance(row.recruiter) if journey.recruiter_id else None
    held = [_WAIT.instance(wait) for wait in waits]
    return compose(_REVIEW.instance(row.review), journey, told(journey, held, revision), revision)
