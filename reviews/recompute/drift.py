"""Whether stored numbers still are what their rows say: if not, something changed rows without a mark."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import isclose
from typing import Any

import structlog
from django.db.models import TextField
from django.db.models.functions import Cast

from agencies.models import AgencyScore, CriterionScore, WaitCurve
from journeys.models import Journey
from reviews.models import Review
from reviews.recompute import segments
from reviews.recompute.stars import OVERALL, SUMS

log = structlog.get_logger(__name__)

SEGMENTS = "segments"
TOLERANCE = 1e-9  # floats that were added up in another order

type Numbers = Mapping[tuple[int, str], Sequence[Any]]
"""By agency and by what it is: "overall", a criterion, a kind of wait, all segments."""


def settled(agency_ids: Sequence[int], today: date) -> Numbers:
    """The stored numbers that nothing is known to have changed: neither a mark nor, for waits, the day or the night.

    Those of an agency that was never computed are none yet.

    Tracked waits change without a mark, as nothing may show until the night, and each night writes all of them from the
    rows. So measured curves are not asked, nor recalled ones of agencies where a review tells of a tracked journey.
    """
    ids = list(
        AgencyScore.objects.filter(agency__in=agency_ids, stale_since=None, version__gt=0).values_list(
            "pk", flat=True
        )
    )
    scores = AgencyScore.objects.filter(agency__in=ids).values_list("agency_id", *SUMS, "histogram")
    criteria = CriterionScore.objects.filter(agency__in=ids).values_list("agency_id", "criterion", *SUMS)
    tracked = Review.objects.published().filter(journey__origin=Journey.Origin.TRACKED, agency__in=ids)
    curves = (
        WaitCurve.objects.filter(agency__in=ids, agency__score__as_of=today, source=WaitCurve.Source.RECALLED)
        .exclude(agency__in=tracked.values("agency"))
        .values_list("agency_id", "kind", Cast("risk_days", TextField()))
    )
    return {
        **{(agency, OVERALL): numbers for agency, *numbers in scores},
        **{(agency, part): numbers for agency, part, *numbers in [*criteria, *curves]},
        **{(agency, SEGMENTS): numbers for agency, numbers in segments.settled(ids).items()},
    }


def report(stored: Numbers, computed: Numbers) -> None:
    for key, numbers in stored.items():
        if not _agree(numbers, computed[key]):
            agency, part = key
            log.error("a score drifted from its rows", agency=agency, part=part)


def _agree(stored: Sequence[Any], computed: Sequence[Any]) -> bool:
    return len(stored) == len(computed) and all(map(_same, stored, computed))


def _same(a: Any, b: Any) -> bool:
    return isclose(a, b, rel_tol=TOLERANCE) if isinstance(a, float) else a == b
