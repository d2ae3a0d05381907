from agencies.models.agency import Agency, Membership, Office, Recruiter
from agencies.models.listing import ListingCount, Word
from agencies.models.places import Place, Postcode
from agencies.models.score import AgencyScore, CriterionScore, MarketScore, WaitCurve, mark_stale
from agencies.models.segments import SegmentScore
from agencies.models.snapshots import ScoreSnapshot
from agencies.models.version import PublicChange, data_version
from agencies.websites import domain_of

__all__ = [
    "Agency",
    "AgencyScore",
    "CriterionScore",
    "ListingCount",
    "MarketScore",
    "Membership",
    "Office",
    "Place",
    "Postcode",
    "PublicChange",
    "Recruiter",
    "ScoreSnapshot",
    "SegmentScore",
    "WaitCurve",
    "Word",
    "data_version",
    "domain_of",
    "mark_stale",
]
