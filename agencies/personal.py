"""What agencies know about a person: the ones they proposed, the ones they speak for. Foreign keys do the erasing."""

from typing import Any

from accounts.models import User
from accounts.personal import Part


def collect(user: User) -> dict[str, Any]:
    return {
        "proposed": list(
            user.proposed_agencies.order_by("pk").values("name", "website", "status", "created_at")
        ),
        "speaks_for": list(
            user.memberships.order_by("pk").values("agency__name", "verified_at", "created_at")
        ),
    }


PART = Part(collect=collect)
