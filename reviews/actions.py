"""What an author does with a review: send it, confirm it, change it, take it back. One transaction each.

Lock order: draft, review, person, journey, score, event.
"""

import uuid

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from accounts.events import record
from accounts.models import User
from accounts.queue import enqueue
from agencies.models import Agency
from journeys.models import Journey
from journeys.voices import voice_of
from reviews import answers, claims, tracked
from reviews.forms.review import Answers, ReviewForm
from reviews.models import Claim, Draft, Review, Revision, new_nonce
from reviews.moves import lock, move
from reviews.states import Status

EDITABLE = (
    Status.SCREENING,
    Status.IN_MODERATION,
    Status.CHANGES_REQUESTED,
    Status.PUBLISHED,
    Status.UNDER_CHECK,
)
CONFIRMABLE = (claims.Situation.NEW, claims.Situation.READY)


class Incomplete(Exception):
    """The answers cannot be sent as they are; `form` says why."""

    def __init__(self, form: ReviewForm) -> None:
        super().__init__("incomplete")
        self.form = form


class NotConfirmable(Exception):
    """Opening the link does not confirm the review, at least not for this person; claims.situation says why."""


class AlreadyReviewed(Exception):
    """The journey that the answers are about has its review, which can be changed; `review` is that one."""

    def __init__(self, review: Review) -> None:
        super().__init__(review.pk)
        self.review = review


class NotEditable(Exception):
    """The review is in a state in which its author cannot change it."""


# ---- sending -----------------------------------------------------------------------------------------------


@transaction.atomic
def submit(*, draft_id: uuid.UUID, by: User | None, language: str) -> Review:
    """Turn a draft into a review, once: a second click or tab gets the review of the first.

    With `by` (whose address is verified) it goes to screening; otherwise it waits, tied to nobody, for the mail to
    the address in the answers. Incomplete if the answers do not hold; Review.DoesNotExist if there is no draft.
    Answers about a journey that `by` follows make the review of that journey, its only one: else AlreadyReviewed.
    """
    draft = Draft.objects.select_for_update(of=("self",)).select_related("agency").filter(pk=draft_id).first()
    if sent := Review.objects.filter(draft_key=draft_id).first():
        return sent
    if draft is None or draft.agency is None:
        raise Review.DoesNotExist
    form = _checked(draft.answers, draft.agency, asks_email=by is None)
    review = _create(draft, draft.agency, form, by=by, language=language)
    draft.delete()
    if by is None:
        claims.send(Claim.objects.create(review=review, email=form.cleaned_data["email"]), language=language)
    else:
        _to_screening(review, by=by)
    return review


def _checked(sent: Answers, agency: Agency, *, asks_email: bool) -> ReviewForm:
    today = timezone.localdate()
    form = ReviewForm(sent, agency=agency, told_on=today, written_on=today, check=True, asks_email=asks_email)
    if not form.is_valid():
        raise Incomplete(form)
    return form


def _create(draft: Draft, agency: Agency, form: ReviewForm, *, by: User | None, language: str) -> Review:
    """The rows of a review: journey, waits, review, first revision."""
    voice = voice_of(by, agency) if by else uuid.uuid4()
    journey = _followed(draft, agency, by) or Journey(agency=agency, author=by)
    journey.voice = voice
    review = Review(agency=agency, author=by, voice=voice, draft_key=draft.pk, language=language)
    answers.fill(review, journey, form)
    journey.save()
    review.journey = journey
    review.save()
    answers.write_waits(journey, form)
    _add_revision(review, form, draft.answers, number=1)
    record(verb="submit", subject=review, by=by, after=review.status)
    return review


def _followed(draft: Draft, agency: Agency, by: User | None) -> Journey | None:
    """The journey that the answers are about, locked, if `by` follows it."""
    journey = tracked.find(by, agency, tracked.named_in(draft.answers))
    if journey is None:
        return None
    Journey.objects.select_for_update().get(pk=journey.pk)
    if earlier := Review.objects.filter(journey=journey).first():
        raise AlreadyReviewed(earlier)
    return journey


def _add_revision(review: Review, form: ReviewForm, sent: Answers, *, number: int) -> Revision:
    return Revision.objects.create(
        review=review,
        number=number,
        good=form.cleaned_data["good"],
        better=form.cleaned_data["better"],
        answers=answers.for_revision(sent),
    )


def _to_screening(review: Review, *, by: User) -> None:
    move(review, Status.SCREENING, by=by)
    enqueue("moderation.tasks.screen_review", review.pk)


# ---- confirming --------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(*, claim: Claim, by: User | None, language: str) -> Review:
    """Attach an unconfirmed review to `by`, or to a new account for its address, and have it screened.

    The claim's address is forgotten; the claim stays, so that a second click on the link can say what happened.
    NotConfirmable if that happened already, if the address is not `by`'s or has an owner who must log in first, or
    if it was corrected in the meantime.
    """
    review = lock(claim.review_id)
    current = Claim.objects.select_for_update(of=("self",)).select_related("review").get(pk=claim.pk)
    if current.nonce != claim.nonce or claims.situation(current, by or AnonymousUser()) not in CONFIRMABLE:
        raise NotConfirmable
    person = by or _open_account(current.email, language)
    _attach(review, person)
    _to_screening(review, by=person)
    Claim.objects.filter(pk=claim.pk).update(email="")
    return review


def _open_account(email: str, language: str) -> User:
    """The account of a mailbox that was just proven: no password, log in by code.

    Somebody may have signed up with the address and never confirmed it. Their password must not open what the
    owner of the mailbox now gets, so it is dropped.
    """
    person, _created = User.objects.get_or_create(email=email, defaults={"language": language})
    person.set_unusable_password()
    person.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(
        user=person, email=email, defaults={"verified": True, "primary": True}
    )
    return person


def _attach(review: Review, person: User) -> None:
    review.author = person
    review.voice = voice_of(person, review.agency)
    review.save(update_fields=["author", "voice"])
    Journey.objects.filter(pk=review.journey_id).update(author=person, voice=review.voice)


@transaction.atomic
def resend(*, claim: Claim, language: str) -> bool:
    """Send the link once more; False if nothing waits any more or it was sent too often."""
    waiting = _waiting(claim)
    if waiting is not None:
        claims.send(waiting, language=language)
    return waiting is not None


@transaction.atomic
def correct_address(*, claim: Claim, email: str, language: str) -> bool:
    """Send the link to another address; links sent before no longer work. False as in `resend`."""
    waiting = _waiting(claim)
    if waiting is None:
        return False
    waiting.email, waiting.nonce = email, new_nonce()
    waiting.save(update_fields=["email", "nonce"])
    claims.send(waiting, language=language)
    return True


def _waiting(claim: Claim) -> Claim | None:
    """The claim, locked, if a mail about it may still be sent."""
    locked = Claim.objects.select_for_update(of=("self",)).select_related("review__agency").get(pk=claim.pk)
    is_open = locked.review.status == Status.UNCONFIRMED and claims.may_send(locked)
    return locked if is_open else None


# ---- changing and taking back ------------------------------------------------------------------------------


@transaction.atomic
def revise(*, review: Review, sent: Answers, by: User) -> Revision | None:
    """Write a new revision and have it screened; what is public stays public until it is accepted.

    None if nothing was changed (a second click). Incomplete and NotEditable as their names say.
    """
    review = lock(review.pk)
    if review.status not in EDITABLE:
        raise NotEditable
    form = answers.form_about(review, sent, check=True)
    if not form.is_valid():
        raise Incomplete(form)
    newest = review.revisions.latest("number")
    if newest.answers == answers.for_revision(sent):
        return None
    return _replace(review, form, sent, number=newest.number + 1, by=by)


def _replace(review: Review, form: ReviewForm, sent: Answers, *, number: int, by: User) -> Revision:
    """Add the revision in place of one that still waits, and send the review the way its status asks for."""
    _close_pending(review, Revision.State.REPLACED)
    revision = _add_revision(review, form, sent, number=number)
    record(verb="revise", subject=review, by=by, revision=number)
    if review.status == Status.CHANGES_REQUESTED:
        _to_screening(review, by=by)
    else:
        enqueue("moderation.tasks.screen_review", review.pk)
    return revision


def _close_pending(review: Review, state: Revision.State) -> None:
    review.revisions.filter(state=Revision.State.PENDING).update(state=state)


@transaction.atomic
def withdraw(*, review: Review, by: User) -> None:
    """Take a review back, at once and for good. IllegalMove if it is final already."""
    review = lock(review.pk)
    move(review, Status.WITHDRAWN, by=by)
    _close_pending(review, Revision.State.REFUSED)
