"""Stored rows of agencies, as the pages about one and about several read them: one query each, for any number.

What comes out are values (agencies.prepared), but for the agencies themselves, which `values_of` turns into some. Pages
are made of values and of nothing else, so that the same are the same page; their columns make instances of them.
"""

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
from agencies.prepared import Columns, Prepared, Values, among
from agencies.remembered import FEW, one_of_equals, remembered

AGENCY = Columns(
    Agency,
    *("id", "name", "slug", "website", "domain", "kinds", "fields", "description", "founded", "size"),
    *("status", "merged_into_id"),
)
SCORE = Columns(
    AgencyScore,
    *("n", "sum_gv", "sum_gvx", "sum_gvxx", "weight", "mean", "spread", "lower", "upper"),
    *("is_shown", "as_of"),
    *("histogram", "first_month", "last_month", "reviews_shown"),
    *("waits_source", "waits_shown", "waits", "wait_persons"),
    *("answered_14", "answered_14_lower", "dots_answered", "dots_late", "dots_withdrawn"),
)
"""What is shown, and not when it was computed: a mark that a score is stale changes nothing that is kept."""
OFFICE = Columns(Office)
CRITERION = Columns(
    CriterionScore, *("id", "agency_id", "criterion", "n", "mean", "spread", "lower", "upper", "is_shown")
)
CURVE = Columns(
    WaitCurve,
    *("id", "agency_id", "kind", "source", "waits", "persons", "early_persons", "is_shown"),
    *("risk_days", "facts", "first_month", "last_month"),
)
SEGMENT = Columns(SegmentScore)

_WITH_SCORE = [*AGENCY, *SCORE.behind("score"), "score__stale_since"]
_THEIRS = Q(among("agency", "agencies"))
_THEIRS_AND_ALL = _THEIRS | Q(agency=None)


def _agency(values: Values) -> Agency:
    """With its score, which knows since when it is stale."""
    agency = agency_of(values[:-1])
    agency.score.stale_since = values[-1]
    return agency


AGENCIES = Prepared(_agency, _WITH_SCORE, lambda: Agency.objects.filter(among("slug", "slugs")))
SUCCESSORS = Prepared(_agency, _WITH_SCORE, lambda: Agency.objects.filter(among("pk", "ids")))
OFFICES: Prepared[Values] = Prepared(tuple, OFFICE, lambda: Office.objects.filter(_THEIRS))
CRITERIA: Prepared[Values] = Prepared(tuple, CRITERION, lambda: CriterionScore.objects.filter(_THEIRS))
CURVES: Prepared[Values] = Prepared(one_of_equals, CURVE, lambda: WaitCurve.objects.filter(_THEIRS_AND_ALL))
SEGMENTS: Prepared[Values] = Prepared(tuple, SEGMENT, lambda: SegmentScore.objects.filter(_THEIRS_AND_ALL))
MARKET: Prepared[Values] = Prepared(tuple, ["criterion", "mean"], MarketScore.objects.all)
RECRUITERS: Prepared[Values] = Prepared(
    tuple, ["name", "position"], lambda: Recruiter.objects.public().filter(_THEIRS).order_by("pk")
)


@remembered(FEW)
def curve_of(values: Values) -> WaitCurve:
    """From the values of a row of `CURVES`; the market's are on every page, so they are taken apart once.

    Read only, and nothing but these columns: whatever else somebody asked of it would be kept with it.
    """
    return CURVE.instance(values)


def agency_of(values: Values) -> Agency:
    """With its score, from the `values_of` it."""
    agency = AGENCY.instance(values[: len(AGENCY)])
    agency.score = SCORE.instance(values[len(AGENCY) :])
    return agency


def values_of(agency: Agency) -> Values:
    return AGENCY.values(agency) + SCORE.values(agency.score)
