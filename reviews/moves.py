"""The one place that changes the status of a review.

Lock order everywhere: review, score, event. The caller holds the transaction; what follows from a move (which
review of a voice counts, the stale mark, the log) happens here, so no caller can forget it.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.models import User
from accounts.queue import enqueue
from agencies.models import mark_stale
from reviews.answers import apply_answers
from reviews.models import Review, Revision
from reviews.scoring import today
from reviews.states import COUNTED, Status, may_move

GATHER = 0.2  # seconds; five agencies together cost a worker little more than one


class IllegalMove(Exception):
    """The review cannot go there from where it is; the message is for the person who tried."""


def lock(review_id: int) -> Review:
    """The review, locked until the transaction ends. Review.DoesNotExist if there is none."""
    return Review.objects.select_for_update(of=("self",)).get(pk=review_id)


def move(
    review: Review, to: Status, *, by: User | None, reason: str = "", also: Sequence[str] = (), **data: Any
) -> None:
    """Bring a locked review to status `to`, and save its fields `also` with that.

    IllegalMove if the table in reviews.states does not allow it.
    """
    before = Status(review.status)
    if not may_move(before, to):
        raise IllegalMove(
            _("Von „%(before)s“ nach „%(after)s“ geht es nicht.")
            % {"before": before.label, "after": to.label}
        )
    review.status = to
    review.status_since = timezone.now()
    if to not in COUNTED:
        review.is_current = False
    review.save(update_fields=["status", "status_since", "is_current", *also])
    if before in COUNTED or to in COUNTED:
        _what_counts_has_changed(review)
    record(verb="move", subject=review, by=by, before=before, after=to, reason=reason, **data)


def publish(review: Review, revision: Revision, *, by: User | None, reason: str = "") -> None:
    """Make `revision` what visitors read. A first publication sets the day its age counts from, once for good.

    A later revision brings its facts and stars with it; those of the first were written when it was sent.
    """
    if revision.number > 1:
        apply_answers(review, revision)
    revision.state = Revision.State.ACCEPTED
    revision.save(update_fields=["state"])
    review.public_revision = revision
    review.published_on = review.published_on or today()
    new = ("public_revision", "published_on")
    if review.is_public:
        review.save(update_fields=new)
        _what_counts_has_changed(review)
        record(verb="publish revision", subject=review, by=by, reason=reason, revision=revision.number)
    else:
        move(review, Status.PUBLISHED, by=by, reason=reason, also=new, revision=revision.number)


def _what_counts_has_changed(review: Review) -> None:
    review.is_current = review.pk in refresh_current(review.agency_id, [review.voice])
    count_again(review.agency_id)


def count_again(*agency_ids: int) -> None:
    """Have the numbers of these agencies computed anew, together with those of others that change in this moment."""
    mark_stale(agency_ids)
    enqueue("reviews.tasks.recompute_stale", gather=GATHER)


def refresh_current(agency_id: int, voices: list[Any]) -> set[int]:
    """Let the newest published review of each voice count, and no other. Which ones that are."""
    of_voices = Review.objects.filter(agency_id=agency_id, voice__in=voices)
    newest = of_voices.published().order_by("voice", "-published_on", "-pk").distinct("voice")
    chosen = set(newest.values_list("pk", flat=True))
    counted = set(of_voices.counted().values_list("pk", flat=True))
    if replaced := counted - chosen:  # first: of a voice only one may count
        Review.objects.filter(pk__in=replaced).update(is_current=False)
    if new := chosen - counted:
        Review.objects.filter(pk__in=new).update(is_current=True)
    return chosen
