"""What the page of one agency reads: stored rows of its own, of the market, and of agencies like it.

Each is one query that Django wrote once (agencies.prepared), so that the page costs what its rows cost.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Q

from agencies.models import (
    Agency,
    AgencyScore,
    CriterionScore,
    MarketScore,
    Office,
    Recruiter,
    SegmentScore,
    WaitCurve,
)
from agencies.prepared import Columns, Parameter, Prepared, instances

_AGENCY = Columns(
    Agency,
    *("id", "name", "slug", "website", "domain", "kinds", "fields", "description", "founded", "size"),
    *("status", "merged_into_id"),
)
_SCORE = Columns(AgencyScore)


class Person(NamedTuple):
    """A recruiter who confirmed the own profile."""

    name: str
    position: str


def _with_score(values: Sequence[Any]) -> Agency:
    agency = _AGENCY.instance(values[: len(_AGENCY)])
    agency.score = _SCORE.instance(values[len(_AGENCY) :])
    return agency


_OURS = Q(agency=Parameter("agency"))
_OURS_AND_ALL = _OURS | Q(agency=None)

AGENCY = Prepared(
    _with_score,
    [*_AGENCY, *_SCORE.behind("score")],
    lambda: Agency.objects.filter(slug=Parameter("slug")),
)
OFFICES = instances(Office, lambda: Office.objects.filter(_OURS))
CRITERIA = instances(CriterionScore, lambda: CriterionScore.objects.filter(_OURS))
MARKET: Prepared[tuple[str, float]] = Prepared(
    itemgetter(0, 1), ["criterion", "mean"], MarketScore.objects.all
)
CURVES = instances(WaitCurve, lambda: WaitCurve.objects.filter(_OURS_AND_ALL))
SEGMENTS = instances(SegmentScore, lambda: SegmentScore.objects.filter(_OURS_AND_ALL))
RECRUITERS = Prepared(
    Person._make, Person._fields, lambda: Recruiter.objects.public().filter(_OURS).order_by("pk")
)
