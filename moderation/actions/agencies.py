"""Acts on whole agencies: list a proposal, refuse it, merge two that are one, close one that is gone."""

import uuid
from collections.abc import Iterable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.models import User
from agencies.actions import hide_recruiter, settle_owners
from agencies.choices import RATEABLE, READABLE, AgencyStatus
from agencies.models import Agency, AgencyScore, Office, Recruiter
from agencies.search import refresh_search
from journeys.models import Journey
from moderation import notices
from moderation.actions.refusals import Refused
from moderation.models import Decision
from moderation.rules import rule_of_record
from reviews import moves
from reviews.models import Draft, Review, Revision
from reviews.states import Status

WAITING = (Status.SCREENING, Status.IN_MODERATION, Status.CHANGES_REQUESTED)


@transaction.atomic
def list_agency(*, agency_id: int, by: User) -> None:
    """Accept a proposal, or open a closed agency again. Reviews that wait with it stay in the queue."""
    agency = _lock(agency_id)
    _require(agency, AgencyStatus.PROPOSED, AgencyStatus.CLOSED)
    was_proposed = agency.status == AgencyStatus.PROPOSED
    _set_status(agency, AgencyStatus.LISTED, by)
    if was_proposed:
        notices.agency_listed(agency, agency.proposed_by)


@transaction.atomic
def close_agency(*, agency_id: int, by: User) -> None:
    """The agency no longer exists: its page and reviews stay, the directory drops it."""
    agency = _lock(agency_id)
    _require(agency, AgencyStatus.LISTED)
    _set_status(agency, AgencyStatus.CLOSED, by)


@transaction.atomic
def refuse_agency(*, agency_id: int, reasons: str, by: User) -> int:
    """Refuse a proposal; return how many reviews went with it.

    Whoever reviewed it gets the draft back and can choose another agency.
    """
    agency = _lock(agency_id)
    _require(agency, AgencyStatus.PROPOSED)
    reviews = _lock_waiting(agency)  # before the first event takes the log's lock
    _set_status(agency, AgencyStatus.REFUSED, by, reason=reasons[:80])
    for review in reviews:
        give_back(review, reasons=reasons, by=by)
    if agency.proposed_by_id not in {review.author_id for review in reviews}:
        notices.agency_refused(agency, agency.proposed_by, reasons)
    return len(reviews)


def _lock_waiting(agency: Agency) -> list[Review]:
    """The reviews that wait with a proposal, locked; whoever took theirs back in this moment is left out."""
    waiting = agency.reviews.filter(status__in=WAITING).order_by("pk").values_list("pk", flat=True)
    return [review for review in map(moves.lock, list(waiting)) if review.status in WAITING]


def give_back(review: Review, *, reasons: str = "", by: User | None = None) -> None:
    """Turn a locked review of a refused agency back into its author's draft, without an agency, and say why.

    Without `reasons` they are those of the refusal: somebody confirmed a review after it.
    """
    revision = review.revisions.latest("number")
    reasons = reasons or _reasons_of_refusal(review.agency)
    draft = Draft.objects.create(user=review.author, answers=revision.answers) if review.author else None
    decision = Decision.objects.create(
        review=review,
        revision=revision,
        outcome=Decision.Outcome.REJECT,
        reason=Decision.Reason.AGENCY_REFUSED,
        text=reasons,
        rule=rule_of_record(Decision.Reason.AGENCY_REFUSED),
        by=by,
    )
    review.revisions.filter(state=Revision.State.PENDING).update(state=Revision.State.REFUSED)
    moves.move(review, Status.WITHDRAWN, by=None, reason=Decision.Reason.AGENCY_REFUSED, decision=decision.pk)
    notices.agency_refused(review.agency, review.author, reasons, draft)


def _reasons_of_refusal(agency: Agency) -> str:
    earlier = Decision.objects.filter(review__agency=agency, reason=Decision.Reason.AGENCY_REFUSED).first()
    return earlier.text if earlier else _("Der Vorschlag wurde geprüft und nicht angenommen.")


@transaction.atomic
def merge_agency(*, source_id: int, target_id: int, by: User) -> int:
    """Make `source` part of `target`: everything moves, its page answers 301; return how many reviews moved.

    One voice per person: whoever reviewed both counts once at the target, with the newest review.
    """
    _take_time()
    agencies = {agency.pk: agency for agency in _lock_all(source_id, target_id)}
    source, target = agencies[source_id], agencies[target_id]
    if source == target:
        raise Refused(_("Eine Agentur kann nicht mit sich selbst zusammengeführt werden."))
    _require(source, *RATEABLE)
    _require(target, *READABLE)
    before, moved = source.status, _move_reviews(source, target)
    _move_offices(source, target)
    _move_owners(source, target)
    Draft.objects.filter(agency=source).update(agency=target)
    Agency.objects.filter(merged_into=source).update(
        merged_into=target
    )  # one hop for old addresses, never two
    Agency.objects.filter(pk=source.pk).update(status=AgencyStatus.MERGED, merged_into=target)
    refresh_search([source.pk, target.pk])
    _move_recruiters(source, target, by)  # may write events, which come last
    record(
        verb="merge",
        subject=source,
        by=by,
        before=before,
        after=AgencyStatus.MERGED,
        into=target.pk,
        reviews=moved,
    )
    record(verb="absorb", subject=target, by=by, source=source.pk, reviews=moved)
    if before == AgencyStatus.PROPOSED:
        notices.agency_listed(target, source.proposed_by, is_merged=True)
    return moved


def _take_time() -> None:
    """Let each statement of this transaction take a minute, also in a page: a large agency has 50,000 reviews."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '60s'")


def follow_merge(review: Review) -> None:
    """Take a locked review along that was confirmed after its agency became part of another."""
    source = review.agency
    if source.merged_into:
        _move_reviews(source, source.merged_into)
        review.refresh_from_db()


@transaction.atomic
def keep_agency(*, agency: Agency, by: User, is_new: bool, changed: Iterable[str]) -> None:
    """What follows from editing an agency (`changed`: names of facts): search finds it, its owners are known.

    Its score is marked, as an office may be gone by which reviews were divided.
    """
    if is_new:
        AgencyScore.objects.get_or_create(agency=agency)
    moves.count_again(agency.pk)
    refresh_search([agency.pk])
    settle_owners()
    verb = "add agency" if is_new else "change agency"
    record(verb=verb, subject=agency, by=by, after=agency.status, fields=sorted(changed))


# ---- what a merge moves ----------------------------------------------------------------------------------


def _move_reviews(source: Agency, target: Agency) -> int:
    """Move reviews and journeys. The reviews of both are locked, in one order, before anything is written."""
    locked = Review.objects.filter(agency__in=[source, target]).order_by("pk").select_for_update(of=("self",))
    list(locked.values_list("pk"))
    _join_voices(source, target)
    moving = Review.objects.filter(agency=source)
    voices = list(moving.values_list("voice", flat=True).distinct())
    Journey.objects.filter(agency=source).update(agency=target)
    moved = moving.update(agency=target, is_current=False)
    moves.refresh_current(target.pk, voices)
    moves.count_again(source.pk, target.pk)
    return moved


def _join_voices(source: Agency, target: Agency) -> None:
    """Give whoever wrote about both the voice they have at the target."""
    for author, voice in _voices_at(target).items():
        for rows in (source.reviews, source.journeys):
            rows.filter(author_id=author).exclude(voice=voice).update(voice=voice)


def _voices_at(agency: Agency) -> dict[int, uuid.UUID]:
    known = agency.journeys.exclude(author=None).values_list("author_id", "voice")
    reviewed = agency.reviews.exclude(author=None).values_list("author_id", "voice")
    return dict(known) | dict(reviewed)


def _move_offices(source: Agency, target: Agency) -> None:
    """An office that both have becomes one; the target keeps its main office."""
    there = {_address(office): office for office in target.offices.all()}
    has_main = any(office.is_main for office in there.values())
    for office in source.offices.all():
        if twin := there.get(_address(office)):
            office.journeys.update(office=twin)
            office.delete()
        else:
            source.offices.filter(pk=office.pk).update(agency=target, is_main=office.is_main and not has_main)


def _address(office: Office) -> tuple[str, ...]:
    return (office.country, office.postcode, office.place.casefold(), office.street.casefold())


def _move_owners(source: Agency, target: Agency) -> None:
    source.memberships.filter(user__in=target.memberships.values("user")).delete()
    source.memberships.update(agency=target)


def _move_recruiters(source: Agency, target: Agency, by: User) -> None:
    """Whoever is at both becomes one. A no that they said to either holds for the one that is left."""
    there = {recruiter.email.casefold(): recruiter for recruiter in target.recruiters.exclude(email="")}
    twins = [(one, there.get(one.email.casefold())) for one in source.recruiters.all()]
    joined = [_join(ours, theirs) for ours, theirs in twins if theirs]
    source.recruiters.update(agency=target)
    for kept, gone in joined:
        if gone.is_unwilling:
            hide_recruiter(recruiter_id=kept.pk, by=by)


def _join(ours: Recruiter, theirs: Recruiter) -> tuple[Recruiter, Recruiter]:
    """Keep the target's, unless only ours knows what the person answered; return who stays and who goes."""
    kept, gone = (ours, theirs) if ours.has_answered and not theirs.has_answered else (theirs, ours)
    gone.journeys.update(recruiter=kept)
    gone.delete()
    return kept, gone


# ---- one agency ------------------------------------------------------------------------------------------


def _lock(agency_id: int) -> Agency:
    return Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=agency_id)


def _lock_all(*agency_ids: int) -> list[Agency]:
    """In order, and without keeping out rows that only point at them."""
    agencies = Agency.objects.filter(pk__in=agency_ids).order_by("pk")
    return list(agencies.select_for_update(of=("self",), no_key=True))


def _require(agency: Agency, *statuses: AgencyStatus) -> None:
    if agency.status not in statuses:
        raise Refused(
            _("„%(name)s“ ist %(status)s, so geht das nicht.")
            % {"name": agency.name, "status": agency.get_status_display()}
        )


def _set_status(agency: Agency, status: AgencyStatus, by: User, reason: str = "") -> None:
    before, agency.status = agency.status, status
    agency.save(update_fields=["status"])
    refresh_search([agency.pk])
    record(verb="set status", subject=agency, by=by, before=before, after=status, reason=reason)
