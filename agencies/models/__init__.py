from agencies.models.agency import Agency, Membership, Office, Recruiter, domain_of
from agencies.models.places import Place, Postcode
from agencies.models.score import AgencyScore, CriterionScore, MarketScore, WaitCurve, mark_stale

__all__ = [
    "Agency",
    "AgencyScore",
    "CriterionScore",
    "MarketScore",
    "Membership",
    "Office",
    "Place",
    "Postcode",
    "Recruiter",
    "WaitCurve",
    "domain_of",
    "mark_stale",
]
