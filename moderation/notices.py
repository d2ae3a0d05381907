"""The mails about decisions, in the language of whoever reads them: statements of reasons (Art. 17 DSA), good news."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.mail import queue_mail
from accounts.models import User
from agencies.models import Agency
from moderation.models import Decision
from moderation.rules import RULES
from reviews.models import Draft, Review, Revision

DAYS_TO_CHANGE = 14


def published(review: Review, revision: Revision) -> None:
    _tell(
        review.author,
        "review_published",
        {"agency": review.agency, "review": review, "is_update": revision.number > 1},
    )


def changes_requested(decision: Decision) -> None:
    until = timezone.localdate(decision.at) + timedelta(days=DAYS_TO_CHANGE)
    _tell(decision.review.author, "review_changes", _statement(decision) | {"until": until})


def rejected(decision: Decision) -> None:
    _tell(decision.review.author, "review_rejected", _statement(decision))


def agency_listed(agency: Agency, user: User | None, *, is_merged: bool = False) -> None:
    """`agency` is where the proposal now stands: itself, or (`is_merged`) the one it turned out to be."""
    _tell(user, "agency_listed", {"agency": agency, "is_merged": is_merged})


def agency_refused(agency: Agency, user: User | None, reasons: str, draft: Draft | None = None) -> None:
    rule = RULES[Decision.Reason.AGENCY_REFUSED]
    context = {
        "agency": agency,
        "reasons": reasons,
        "rule": rule,
        "draft": draft,
        "operator": settings.OPERATOR,
    }
    _tell(user, "agency_refused", context)


def _statement(decision: Decision) -> dict[str, Any]:
    """What is owed with a restriction: what, the facts, the rule, found how, decided how, how to complain."""
    return {
        "decision": decision,
        "review": decision.review,
        "agency": decision.review.agency,
        "rule": RULES[decision.reason],
        "stays_public": decision.review.is_public,  # an older version, that is
        "by_deadline": decision.source == Decision.Source.DEADLINE,
        "operator": settings.OPERATOR,
    }


def _tell(user: User | None, kind: str, context: dict[str, Any]) -> None:
    if user is not None:  # whoever deleted their account is not written to
        queue_mail(kind=kind, to=user.email, language=user.language, context=context, user=user)
