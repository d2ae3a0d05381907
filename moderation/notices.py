"""The mails about decisions, in the language of whoever reads them: statements of reasons (Art. 17 DSA), good news."""

from typing import Any

from django.conf import settings

from accounts.mail import queue_mail
from accounts.models import User
from agencies.models import Agency
from moderation.models import Decision
from moderation.rules import RULES
from reviews.models import Draft, Review, Revision


def published(review: Review, revision: Revision) -> None:
    _tell(
        review.author,
        "review_published",
        {"agency": review.agency, "review": review, "is_update": revision.number > 1},
    )


def changes_requested(decision: Decision) -> None:
    """The review must have moved already: the day on which the change is due follows from its status."""
    context = _statement(decision) | {"until": decision.review.change_due}
    _tell(decision.review.author, "review_changes", context)


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
        "agency": decision.review.agency.name_in_mails,
        "rule": RULES[decision.reason],
        "stays_public": decision.review.is_public,  # an older version, that is
        "by_deadline": decision.source == Decision.Source.DEADLINE,
        "operator": settings.OPERATOR,
    }


def _tell(user: User | None, kind: str, context: dict[str, Any]) -> None:
    if user is not None:  # whoever deleted their account is not written to
        queue_mail(kind=kind, to=user.email, language=user.language, context=context, user=user)
