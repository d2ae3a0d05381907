"""What moderation knows about an author: the decisions about their reviews (Art. 15, 20 GDPR)."""

from typing import Any

from accounts.models import User
from accounts.personal import Part
from moderation.models import Decision


def collect(user: User) -> list[dict[str, Any]]:
    """Every decision with its reasons, as the author was told; not who decided."""
    decisions = Decision.objects.filter(review__author=user).select_related("review__agency", "revision")
    return [
        {
            "agency": decision.review.agency.name,
            "version": decision.revision.number,
            "decided": decision.at,
            "outcome": decision.outcome,
            "reason": decision.reason,
            "text": decision.text,
            "passage": decision.passage,
            "rule": decision.rule,
            "source": decision.source,
        }
        for decision in decisions.order_by("pk")
    ]


def erase(user: User, keep_reviews: bool) -> None:
    """Reasons stay, as proof of a lawful decision; the author's own words that they quote do not."""
    Decision.objects.filter(review__author=user).update(passage="")


PART = Part(collect=collect, erase=erase)
