"""Every act of moderation: keyword-only, one transaction, logged, and told to whom it concerns."""

from moderation.actions.agencies import close_agency, keep_agency, list_agency, merge_agency, refuse_agency
from moderation.actions.decisions import publish, reject, reject_unanswered, request_changes
from moderation.actions.refusals import Refused, StaleRevision
from moderation.actions.screening import screen

__all__ = [
    "Refused",
    "StaleRevision",
    "close_agency",
    "keep_agency",
    "list_agency",
    "merge_agency",
    "publish",
    "refuse_agency",
    "reject",
    "reject_unanswered",
    "request_changes",
    "screen",
]
