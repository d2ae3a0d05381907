from agencies.models.agency import Agency, Membership, Office, Recruiter
from agencies.models.places import Place, Postcode
from agencies.models.score import AgencyScore, CriterionScore, MarketScore, WaitCurve, mark_stale
from agencies.websites import domain_of

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
