"""Publish, ask for a change, reject: what each writes, and who may not."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Event, OutgoingMail, User
from agencies.choices import AgencyStatus
from agencies.models import AgencyScore
from moderation.actions import Refused, StaleRevision, publish, reject, reject_unanswered, request_changes
from moderation.models import Decision, Mark
from reviews.models import Review, Revision
from reviews.scoring import today
from reviews.states import Status
from tests.factories import AgencyFactory, MembershipFactory, ReviewFactory

pytestmark = pytest.mark.django_db
REASONS = {"reason": Decision.Reason.PERSONAL_DATA, "text": "Der Text nennt einen Namen."}


def waiting(**fields: Any) -> Review:
    return ReviewFactory(status=Status.IN_MODERATION, **fields)


def open_revision(review: Review) -> int:
    return review.revisions.get(state=Revision.State.PENDING).pk


def new_version(review: Review, **texts: str) -> Revision:
    """As an author sends one for a published review."""
    number = review.revisions.count() + 1
    return Revision.objects.create(review=review, number=number, **texts)


def decide(action: Any, review: Review, by: User, **reasons: str) -> Decision:
    decision: Decision = action(review_id=review.pk, revision_id=open_revision(review), by=by, **reasons)
    review.refresh_from_db()
    return decision


def the_mail() -> OutgoingMail:
    return OutgoingMail.objects.get()


# ---- publish ---------------------------------------------------------------------------------------------


def test_publishing_makes_the_review_count(moderator: User) -> None:
    review = waiting()
    decide(publish, review, moderator)
    assert review.status == Status.PUBLISHED
    assert review.is_current
    assert review.published_on == today()
    assert review.public_revision == review.revisions.get()
    assert AgencyScore.objects.get(agency=review.agency).stale_since is not None


def test_what_is_published_after_midnight_here_has_the_day_that_scores_count(moderator: User) -> None:
    review = waiting()
    with time_machine.travel("2026-12-07 00:30 +01:00"):
        decide(publish, review, moderator)
    assert str(review.published_on) == "2026-12-06"


def test_publishing_writes_decision_event_and_mail(moderator: User) -> None:
    review = waiting()
    decision = decide(publish, review, moderator)
    event = Event.objects.about(review).get()
    assert (decision.outcome, decision.by, decision.revision_id) == (
        "publish",
        moderator,
        review.public_revision_id,
    )
    assert (event.verb, event.actor_id, event.before, event.after) == (
        "move",
        moderator.pk,
        "moderation",
        "published",
    )
    assert (the_mail().kind, the_mail().to) == ("review_published", review.author.email)


def test_a_review_of_a_proposed_agency_cannot_be_published_before_the_agency_is_listed(
    moderator: User,
) -> None:
    review = waiting(agency=AgencyFactory(status=AgencyStatus.PROPOSED))
    with pytest.raises(Refused, match="erst vorgeschlagen"):
        decide(publish, review, moderator)
    assert not Decision.objects.exists()


def test_a_person_may_publish_while_screening_is_down(moderator: User) -> None:
    review = ReviewFactory(status=Status.SCREENING)
    decide(publish, review, moderator)
    assert review.status == Status.PUBLISHED


# ---- restrictions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        (request_changes, Status.CHANGES_REQUESTED, "review_changes"),
        (reject, Status.REJECTED, "review_rejected"),
    ],
)
@pytest.mark.parametrize("before", [Status.IN_MODERATION, Status.SCREENING])
def test_a_restriction_moves_the_review_and_tells_its_author_why(
    action: Any, status: Status, kind: str, before: Status, moderator: User
) -> None:
    review = ReviewFactory(status=before, good="Frau Müller war nett.")
    decide(action, review, moderator, **REASONS, passage="Frau Müller")
    connection.check_constraints()  # as the commit would
    assert review.status == status
    assert review.revisions.get().state == Revision.State.REFUSED
    assert (the_mail().kind, the_mail().to) == (kind, review.author.email)


@pytest.mark.parametrize("action", [request_changes, reject])
def test_the_mail_states_the_reasons(action: Any, moderator: User) -> None:
    review = waiting(good="Frau Müller war nett.")
    decide(action, review, moderator, **REASONS, passage="Frau Müller")
    for part in (the_mail().text, the_mail().html):
        assert "Der Text nennt einen Namen." in part  # the facts
        assert "Frau Müller" in part  # which passage
        assert "Nutzungsbedingungen, Abschnitt 3; Art. 6 DSGVO" in part  # which rule
        assert "/agb/#namen" in part
        assert "Ein Mensch hat deine Bewertung gelesen und entschieden." in part  # found and decided how
        assert "sechs Monate" in part  # how to complain
        assert "post@example.org" in part


def test_the_mail_says_when_screening_had_marked_something(moderator: User) -> None:
    review = waiting(good="Frau Müller war nett.")
    Mark.objects.create(
        revision_id=open_revision(review), code=Mark.Code.PERSON_NAME, part="good", start=0, end=11
    )
    decide(reject, review, moderator, **REASONS)
    assert "Ein Programm hatte etwas markiert." in the_mail().text


def test_that_it_was_a_first_review_is_no_finding(moderator: User) -> None:
    review = waiting()
    Mark.objects.create(revision_id=open_revision(review), code=Mark.Code.FIRST_REVIEW)
    assert decide(reject, review, moderator, **REASONS).source == Decision.Source.REVIEWING


@pytest.mark.parametrize("action", [request_changes, reject])
@pytest.mark.parametrize(
    ("language", "phrase"), [("de", "einer vorgeschlagenen Agentur"), ("en", "a proposed agency")]
)
def test_no_mail_repeats_the_name_of_a_proposal(
    action: Any, language: str, phrase: str, moderator: User, candidate: User
) -> None:
    User.objects.filter(pk=candidate.pk).update(language=language)
    agency = AgencyFactory(name="Gewinn auf evil.example", status=AgencyStatus.PROPOSED)
    decide(action, waiting(agency=agency, author=candidate), moderator, **REASONS)
    for part in (the_mail().subject, the_mail().text, the_mail().html):
        assert phrase in part
        assert "evil.example" not in part


def test_mails_speak_the_authors_language(moderator: User, candidate: User) -> None:
    candidate.language = "en"
    candidate.save()
    decide(request_changes, waiting(author=candidate), moderator, **REASONS)
    assert "/en/konto/bewertungen/" in the_mail().text
    assert "/en/agb/#namen" in the_mail().text
    assert Decision.objects.get().rule == "Nutzungsbedingungen, Abschnitt 3; Art. 6 DSGVO"


def test_the_subject_keeps_an_agencys_name_as_it_is(moderator: User) -> None:
    review = waiting(agency=AgencyFactory(name="Muster & Söhne"))
    decide(publish, review, moderator)
    assert the_mail().subject == "Deine Bewertung zu Muster & Söhne ist veröffentlicht"
    assert "Muster & Söhne" in the_mail().text


def test_nobody_is_written_to_once_the_account_is_gone(moderator: User) -> None:
    review = waiting(author=None)
    decide(reject, review, moderator, **REASONS)
    assert review.status == Status.REJECTED
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("missing", ["reason", "text"])
@pytest.mark.parametrize("action", [request_changes, reject])
def test_no_restriction_without_reason_and_text(action: Any, missing: str, moderator: User) -> None:
    review = waiting()
    with pytest.raises(IntegrityError, match="decision_restriction_has_reasons"), transaction.atomic():
        decide(action, review, moderator, **(REASONS | {missing: ""}))
    review.refresh_from_db()
    assert review.status == Status.IN_MODERATION


@pytest.mark.parametrize("status", [Status.CHANGES_REQUESTED, Status.REJECTED, Status.HIDDEN, Status.REMOVED])
def test_the_database_refuses_a_restriction_without_its_decision(status: Status) -> None:
    review = waiting()
    with pytest.raises(IntegrityError, match="without a statement of reasons"), transaction.atomic():  # noqa: PT012
        Review.objects.filter(pk=review.pk).update(status=status, status_since=timezone.now())
        connection.check_constraints()


def test_the_database_refuses_to_reuse_an_old_decision(moderator: User) -> None:
    review = waiting()
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        decide(request_changes, review, moderator, **REASONS)
    connection.check_constraints()
    with pytest.raises(IntegrityError, match="without a statement of reasons"), transaction.atomic():  # noqa: PT012
        Review.objects.filter(pk=review.pk).update(status=Status.REJECTED, status_since=timezone.now())
        connection.check_constraints()


# ---- new versions of what is public ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "kind"), [(request_changes, "review_changes"), (reject, "review_rejected")]
)
def test_refusing_a_new_version_leaves_the_public_one(action: Any, kind: str, moderator: User) -> None:
    review = ReviewFactory(good="Gut.")
    revision = new_version(review, good="Ein Idiot.")
    decide(action, review, moderator, **REASONS)
    revision.refresh_from_db()
    assert review.status == Status.PUBLISHED
    assert review.public_revision.good == "Gut."
    assert revision.state == Revision.State.REFUSED
    assert the_mail().kind == kind
    assert "Die bisherige bleibt unverändert auf der Seite." in the_mail().text
    assert Event.objects.about(review).latest("pk").verb == "refuse revision"


# ---- who may not, and what comes too late ----------------------------------------------------------------


@pytest.mark.parametrize("action", [publish, request_changes, reject])
def test_nobody_decides_about_their_own_review(action: Any, moderator: User) -> None:
    review = waiting(author=moderator)
    with pytest.raises(Refused, match="eigene"):
        decide(action, review, moderator, **({} if action is publish else REASONS))
    review.refresh_from_db()
    assert review.status == Status.IN_MODERATION
    assert not Decision.objects.exists()


@pytest.mark.parametrize("action", [publish, request_changes, reject])
def test_who_speaks_for_the_agency_does_not_decide(action: Any, moderator: User) -> None:
    review = waiting()
    MembershipFactory(agency=review.agency, user=moderator, verified_at=None)
    with pytest.raises(Refused, match="vertrittst"):
        decide(action, review, moderator, **({} if action is publish else REASONS))


def test_a_decision_about_an_older_version_is_refused(moderator: User) -> None:
    review = waiting()
    read = open_revision(review)
    Revision.objects.filter(pk=read).update(state=Revision.State.REFUSED)
    new_version(review, good="Anders.")
    with pytest.raises(StaleRevision, match="neue Fassung"):
        publish(review_id=review.pk, revision_id=read, by=moderator)
    review.refresh_from_db()
    assert review.status == Status.IN_MODERATION


def test_a_second_decision_is_refused(moderator: User, admin_user: User) -> None:
    review = waiting()
    revision = open_revision(review)
    publish(review_id=review.pk, revision_id=revision, by=moderator)
    with pytest.raises(Refused, match="schon entschieden"):
        reject(review_id=review.pk, revision_id=revision, by=admin_user, **REASONS)
    review.refresh_from_db()
    assert review.status == Status.PUBLISHED
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("status", [Status.UNCONFIRMED, Status.WITHDRAWN, Status.ERASED])
def test_what_does_not_wait_is_not_decided(status: Status, moderator: User) -> None:
    review = ReviewFactory(status=status)
    with pytest.raises(Refused):
        decide(publish, review, moderator)


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_at_the_same_moment_one_decides(moderator: User, admin_user: User) -> None:
    review = waiting()
    revision, start, refused = open_revision(review), threading.Barrier(2), []

    def act(by: User) -> None:
        start.wait()
        try:
            publish(review_id=review.pk, revision_id=revision, by=by)
        except Refused as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(person,)) for person in (moderator, admin_user)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Decision.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_failed_commit_leaves_nothing_behind(moderator: User) -> None:
    """A decision is one transaction: without it there is no move, no event, no mail."""
    review = waiting()
    with pytest.raises(IntegrityError), transaction.atomic():  # noqa: PT012
        decide(reject, review, moderator, **REASONS)
        Decision.objects.all().delete()  # the commit now finds a restriction without its reasons
    review.refresh_from_db()
    assert review.status == Status.IN_MODERATION
    assert not Event.objects.exists()
    assert not OutgoingMail.objects.exists()


# ---- the deadline ----------------------------------------------------------------------------------------


def asked_days_ago(days: int, by: User) -> Review:
    with time_machine.travel(timezone.now() - timedelta(days=days), tick=False):
        review = waiting()
        decide(request_changes, review, by, **REASONS, passage="Gute")
    OutgoingMail.objects.all().delete()
    return review


def test_a_request_unanswered_for_14_days_ends_in_a_rejection_with_the_same_reasons(moderator: User) -> None:
    review = asked_days_ago(15, moderator)
    assert reject_unanswered() == 1
    connection.check_constraints()
    review.refresh_from_db()
    decision = review.decisions.latest("pk")
    assert review.status == Status.REJECTED
    assert (decision.by, decision.source, decision.reason) == (None, "deadline", REASONS["reason"])
    assert "14 Tage" in decision.text
    assert REASONS["text"] in decision.text
    assert "Dass die Frist abgelaufen ist, hat ein Programm festgestellt." in the_mail().text


def test_the_day_that_the_mail_names_is_theirs_to_its_end(moderator: User) -> None:
    with time_machine.travel("2026-11-22 08:00 +01:00", tick=False):
        review = waiting()
        decide(request_changes, review, moderator, **REASONS, passage="Gute")
    assert "bis zum 6. Dezember 2026" in the_mail().text
    with time_machine.travel("2026-12-06 23:30 +01:00"):
        assert reject_unanswered() == 0
    with time_machine.travel("2026-12-07 00:30 +01:00"):
        assert reject_unanswered() == 1


def test_before_the_14_days_are_over_nothing_happens(moderator: User) -> None:
    review = asked_days_ago(13, moderator)
    assert reject_unanswered() == 0
    review.refresh_from_db()
    assert review.status == Status.CHANGES_REQUESTED


def test_the_deadline_rejects_once(moderator: User) -> None:
    asked_days_ago(20, moderator)
    assert [reject_unanswered(), reject_unanswered()] == [1, 0]
    assert OutgoingMail.objects.count() == 1
