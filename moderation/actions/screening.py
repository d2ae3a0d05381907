"""Screening as an act: examine a revision, note the marks, and send it on. It never rejects."""

import structlog
from django.db import transaction
from django.db.models import Q

from agencies.choices import AgencyStatus
from moderation.actions.agencies import follow_merge, give_back
from moderation.actions.decisions import accept
from moderation.models import Mark, Screening
from moderation.screening import Case, Finding, examine
from reviews import moves
from reviews.models import Review, Revision
from reviews.states import COUNTED, Status

log = structlog.get_logger(__name__)

SCREENED = (Status.SCREENING, Status.IN_MODERATION, *COUNTED)
BATCH = 500


def screen(review_id: int) -> None:
    """Screen the open revision of a review, if there is one; can run twice, tolerates a missing review.

    If screening itself fails, a person looks: nothing is published by a failure.
    """
    try:
        _screen(review_id)
    except Review.DoesNotExist:
        log.info("nothing to screen", review=review_id)
    except Exception as error:  # whatever it was, the review must not get lost
        # Without the traceback: its message may quote the text.
        log.error("screening failed", review=review_id, error=type(error).__name__)  # noqa: TRY400
        _leave_to_a_person(review_id)


def waiting() -> list[int]:
    """Reviews that screening has not looked at, oldest first, one batch.

    Found by their open revisions, of which there are as many as moderation is behind, however many reviews there are.
    """
    is_owed = Q(review__status=Status.SCREENING) | Q(review__status__in=SCREENED, screening=None)
    open_ones = Revision.objects.filter(is_owed, state=Revision.State.PENDING)
    return list(open_ones.order_by("review_id").values_list("review_id", flat=True)[:BATCH])


@transaction.atomic
def _screen(review_id: int) -> None:
    review = moves.lock(review_id)
    revision = _open_revision(review)
    if revision is None:
        return
    if review.agency.status == AgencyStatus.REFUSED:
        give_back(review)
        return
    follow_merge(review)
    findings = examine(Case.of(revision))
    _note(revision, findings)
    if findings:
        _send_to_moderation(review)
    elif review.status != Status.IN_MODERATION:  # there a person has it already
        accept(review, revision, by=None)


@transaction.atomic
def _leave_to_a_person(review_id: int) -> None:
    review = moves.lock(review_id)
    if revision := _open_revision(review):
        _note(revision, [Finding(Mark.Code.FAILED)])
        _send_to_moderation(review)


def _open_revision(review: Review) -> Revision | None:
    """What is to be screened: nothing once a person or an earlier run has dealt with it."""
    revision = review.revisions.filter(state=Revision.State.PENDING).first()
    if revision is None or review.status not in SCREENED:
        return None
    seen = Screening.objects.filter(revision=revision).exists()
    return None if seen and review.status != Status.SCREENING else revision


def _note(revision: Revision, findings: list[Finding]) -> None:
    """Store what was found, in place of what an earlier run found."""
    Screening.objects.get_or_create(revision=revision)
    revision.marks.all().delete()
    Mark.objects.bulk_create(Mark(revision=revision, **finding._asdict()) for finding in findings)


def _send_to_moderation(review: Review) -> None:
    """A published review stays published while its new version waits."""
    if review.status == Status.SCREENING:
        moves.move(review, Status.IN_MODERATION, by=None)
