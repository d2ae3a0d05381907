"""Decisions about one revision: publish, ask for a change, reject. Each is one transaction.

The review is locked, then decision, move, event and mail are written together. The database refuses a restriction
without its decision, so no caller can leave the reasons out.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.models import User
from agencies.choices import AgencyStatus
from moderation import notices
from moderation.actions.refusals import Refused, StaleRevision
from moderation.models import Decision, Mark
from moderation.rules import rule_of_record
from reviews import moves
from reviews.models import DAYS_TO_CHANGE, Review, Revision
from reviews.states import Status

OPEN = {Status.SCREENING, Status.IN_MODERATION, Status.PUBLISHED, Status.UNDER_CHECK}
NOT_ABOUT_CONTENT = (Mark.Code.FIRST_REVIEW, Mark.Code.PROPOSED_AGENCY, Mark.Code.FAILED)


@transaction.atomic
def publish(*, review_id: int, revision_id: int, by: User) -> Decision:
    """Let visitors read this revision. Refused or StaleRevision if that is not possible (any more)."""
    review, revision = _open(review_id, revision_id, by)
    if review.agency.status == AgencyStatus.PROPOSED:
        raise Refused(_("Die Agentur ist erst vorgeschlagen. Entscheide zuerst, ob sie aufgenommen wird."))
    decision = _decide(review, revision, Decision.Outcome.PUBLISH, by)
    accept(review, revision, by=by)
    return decision


@transaction.atomic
def request_changes(
    *, review_id: int, revision_id: int, by: User, reason: str, text: str, passage: str = ""
) -> Decision:
    """Send the revision back to its author with reasons; a published review stays as it is meanwhile."""
    review, revision = _open(review_id, revision_id, by)
    decision = _decide(review, revision, Decision.Outcome.REQUEST_CHANGES, by, reason, text, passage)
    _refuse(review, revision, Status.CHANGES_REQUESTED, decision)
    notices.changes_requested(decision)
    return decision


@transaction.atomic
def reject(
    *, review_id: int, revision_id: int, by: User, reason: str, text: str, passage: str = ""
) -> Decision:
    """Refuse the revision with reasons; a published review stays as it is."""
    review, revision = _open(review_id, revision_id, by)
    decision = _decide(review, revision, Decision.Outcome.REJECT, by, reason, text, passage)
    _refuse(review, revision, Status.REJECTED, decision)
    notices.rejected(decision)
    return decision


def accept(review: Review, revision: Revision, *, by: User | None) -> None:
    """Publish `revision` of a locked review and tell the author; `by` is None when screening found nothing."""
    moves.publish(review, revision, by=by)
    notices.published(review, revision)


def reject_unanswered(*, now: datetime | None = None) -> int:
    """Reject reviews whose authors left a request for a change unanswered until its day was over; return how many.

    The terms say so, and no judgement is involved; still the author gets the reasons and may complain.
    """
    today = timezone.localdate(now)
    asked = Review.objects.filter(status=Status.CHANGES_REQUESTED)
    late = asked.filter(status_since__date__lt=today - timedelta(days=DAYS_TO_CHANGE))
    return sum(_reject_unanswered(review_id, today) for review_id in list(late.values_list("pk", flat=True)))


@transaction.atomic
def _reject_unanswered(review_id: int, today: date) -> bool:
    review = moves.lock(review_id)
    if review.status != Status.CHANGES_REQUESTED or review.change_due >= today:
        return False
    asked = review.decisions.filter(outcome=Decision.Outcome.REQUEST_CHANGES).latest("at")
    with translation.override(review.author.language if review.author else "de"):
        late = _(
            "Wir hatten um eine Änderung gebeten und %(days)s Tage lang keine bekommen. Der Grund war:"
        ) % {"days": DAYS_TO_CHANGE}
    decision = Decision.objects.create(
        review=review,
        revision=asked.revision,
        outcome=Decision.Outcome.REJECT,
        reason=asked.reason,
        text=f"{late} {asked.text}",
        passage=asked.passage,
        rule=asked.rule,
        source=Decision.Source.DEADLINE,
    )
    moves.move(review, Status.REJECTED, by=None, reason=asked.reason, decision=decision.pk)
    notices.rejected(decision)
    return True


def _open(review_id: int, revision_id: int, by: User) -> tuple[Review, Revision]:
    """The locked review and its open revision, if `by` may decide about just this one."""
    review = moves.lock(review_id)
    revision = review.revisions.filter(state=Revision.State.PENDING).first()
    if revision is None or review.status not in OPEN:
        raise Refused(
            _("Darüber ist schon entschieden. Stand: %(status)s.") % {"status": review.get_status_display()}
        )
    if revision.pk != revision_id:
        raise StaleRevision(_("Inzwischen gibt es eine neue Fassung. Lies sie bitte, bevor du entscheidest."))
    _may_decide(review, by)
    return review, revision


def _may_decide(review: Review, by: User) -> None:
    if review.author_id == by.pk:
        raise Refused(_("Über eigene Bewertungen entscheidet jemand anderes."))
    if review.agency.memberships.filter(user=by).exists():
        raise Refused(_("Du vertrittst diese Agentur. Über ihre Bewertungen entscheidet jemand anderes."))


def _decide(
    review: Review,
    revision: Revision,
    outcome: str,
    by: User,
    reason: str = "",
    text: str = "",
    passage: str = "",
) -> Decision:
    found = revision.marks.exclude(code__in=NOT_ABOUT_CONTENT).exists()
    return Decision.objects.create(
        review=review,
        revision=revision,
        outcome=outcome,
        reason=reason,
        text=text,
        passage=passage,
        rule=rule_of_record(reason) if reason else "",
        source=Decision.Source.SCREENING if found else Decision.Source.REVIEWING,
        by=by,
    )


def _refuse(review: Review, revision: Revision, to: Status, decision: Decision) -> None:
    """Close the revision; a review that was never published moves with it."""
    by, reason = decision.by, decision.reason
    revision.state = Revision.State.REFUSED
    revision.save(update_fields=["state"])
    if review.is_public:
        record(
            verb="refuse revision",
            subject=review,
            by=by,
            reason=reason,
            revision=revision.number,
            decision=decision.pk,
        )
        return
    if review.status == Status.SCREENING:  # screening is down, a person looked
        moves.move(review, Status.IN_MODERATION, by=by)
    moves.move(review, to, by=by, reason=reason, decision=decision.pk)
