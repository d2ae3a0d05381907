"""What reviews know about a person, for their export; and their way out (Art. 15, 17, 20 GDPR)."""

from typing import Any

from accounts.models import User
from accounts.personal import Part
from journeys.models import Journey
from reviews.criteria import CODES
from reviews.models import Draft, Review, Revision
from reviews.moves import lock, move
from reviews.states import COUNTED, Status

WAIT = (
    "kind",
    "round",
    "party",
    "held_on",
    "is_exact",
    "response",
    "channel",
    "reason",
    "chased",
    "silent_party",
)
EMPTY = {"office": None, "recruiter": None, "role": "", "field": "", "contact": ""}


def collect(user: User) -> dict[str, Any]:
    reviews = (
        Review.objects.by(user)
        .select_related("agency", "journey__office", "journey__recruiter")
        .prefetch_related("revisions", "journey__interviews")
    )
    drafts = Draft.objects.filter(user=user).select_related("agency")
    return {
        "reviews": [_review(review) for review in reviews.order_by("pk")],
        "drafts": [
            {
                "agency": draft.agency and draft.agency.name,
                "saved": draft.updated_at,
                "answers": draft.answers,
            }
            for draft in drafts
        ],
    }


def _review(review: Review) -> dict[str, Any]:
    return {
        "agency": review.agency.name,
        "status": review.status,
        "written": review.created_at,
        "published": review.published_on,
        "ratings": review.ratings,
        "experience": _experience(review.journey),
        "versions": [
            {
                "number": version.number,
                "state": version.state,
                "written": version.created_at,
                "good": version.good,
                "better": version.better,
                "answers": version.answers,
            }
            for version in review.revisions.all()
        ],
    }


def _experience(journey: Journey) -> dict[str, Any]:
    return {
        "month": journey.month,
        "stage": journey.stage,
        "outcome": journey.outcome,
        "role": journey.role,
        "field": journey.field,
        "contact": journey.contact,
        "office": journey.office and str(journey.office),
        "recruiter": journey.recruiter and journey.recruiter.name,
        "waits": [{name: getattr(wait, name) for name in WAIT} for wait in journey.interviews.all()],
    }


def erase(user: User, keep_reviews: bool) -> None:
    """Erase the reviews of a person; with `keep_reviews` public ones stay and only lose their author.

    Drafts go with the account. The voice is a random number that leads to nobody any more.
    """
    for review_id in Review.objects.by(user).order_by("pk").values_list("pk", flat=True):
        review = lock(review_id)
        if not (keep_reviews and review.status in COUNTED):
            _empty(review)
        _unlink(review)


def _empty(review: Review) -> None:
    """Leave a tombstone: that there was a review, and nothing of what it said."""
    move(review, Status.ERASED, by=None)
    review.revisions.update(good="", better="", answers={})
    Review.objects.filter(pk=review.pk).update(**dict.fromkeys(CODES))
    review.journey.interviews.all().delete()
    Journey.objects.filter(pk=review.journey_id).update(**EMPTY)


def _unlink(review: Review) -> None:
    review.revisions.filter(state=Revision.State.PENDING).update(state=Revision.State.REFUSED)
    Review.objects.filter(pk=review.pk).update(author=None)
    Journey.objects.filter(pk=review.journey_id).update(author=None)


PART = Part(collect=collect, erase=erase)
