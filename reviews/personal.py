"""What reviews know about a person, for their export; and their way out (Art. 15, 17, 20 GDPR)."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.personal import Part, addresses_of
from agencies.models import mark_stale
from journeys.models import Journey
from journeys.personal import make_recalled
from reviews import claims
from reviews.criteria import CODES
from reviews.models import Claim, Draft, Review, Revision
from reviews.moves import move
from reviews.states import Status

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
    """Erase the reviews of a person; with `keep_reviews` public ones stay, as visitors read them, without author.

    Drafts go with the account, and so does what still waits for a confirmation by one of its addresses. The voice
    is a random number that leads to nobody any more. All reviews are locked before the first score, all scores
    before the first event (reviews.moves).
    """
    claims.discard(Review.objects.filter(status=Status.UNCONFIRMED, claim__email__in=addresses_of(user)))
    reviews = list(Review.objects.by(user).order_by("pk").select_for_update(of=("self",)))
    going = [review for review in reviews if not (keep_reviews and review.is_public)]
    mark_stale(review.agency_id for review in going if review.is_public)
    for review in going:
        _empty(review, by=user)
    for review in reviews:
        _unlink(review)


def _empty(review: Review, *, by: User) -> None:
    """Leave a tombstone: that there was a review, and nothing of what it said."""
    move(review, Status.ERASED, by=by)
    _empty_texts(review.revisions.all())
    Review.objects.filter(pk=review.pk).update(**dict.fromkeys(CODES))
    review.journey.interviews.all().delete()
    Journey.objects.filter(pk=review.journey_id).update(**EMPTY)


def _unlink(review: Review) -> None:
    """Nobody's review: no author, no claim, and no version that visitors do not read."""
    review.revisions.filter(state=Revision.State.PENDING).update(state=Revision.State.REFUSED)
    _empty_texts(review.revisions.exclude(public_for=review))
    Claim.objects.filter(review=review).delete()
    Review.objects.filter(pk=review.pk).update(author=None)
    journey = Journey.objects.filter(pk=review.journey_id)
    make_recalled(journey)
    journey.update(author=None)


def _empty_texts(revisions: QuerySet[Revision]) -> None:
    revisions.update(good="", better="", answers={})


PART = Part(collect=collect, erase=erase)
