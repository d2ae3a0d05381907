"""List, refuse, merge and close an agency, and what becomes of its reviews."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from accounts.models import Event, OutgoingMail, User
from agencies.choices import AgencyStatus
from agencies.models import Agency, AgencyScore, Membership, Recruiter
from moderation.actions import Refused, close_agency, list_agency, merge_agency, refuse_agency
from moderation.models import Decision
from reviews.models import Draft, Revision
from reviews.scoring import today
from reviews.states import Status
from tests.factories import (
    AgencyFactory,
    DraftFactory,
    JourneyFactory,
    MembershipFactory,
    OfficeFactory,
    RecruiterFactory,
    ReviewFactory,
)

pytestmark = pytest.mark.django_db

type Times = tuple[str, ...]


def proposed(**fields: Any) -> Agency:
    return AgencyFactory(status=AgencyStatus.PROPOSED, **fields)


def fresh[M: Model](row: M) -> M:
    row.refresh_from_db()
    return row


# ---- proposals -------------------------------------------------------------------------------------------


def test_a_listed_proposal_is_found_and_its_reviews_stay_in_the_queue(
    moderator: User, candidate: User
) -> None:
    agency = proposed(name="Nordlicht Probe", proposed_by=candidate)
    review = ReviewFactory(agency=agency, status=Status.IN_MODERATION)
    list_agency(agency_id=agency.pk, by=moderator)
    assert fresh(agency).status == AgencyStatus.LISTED
    assert "nordlicht" in agency.search_words
    assert fresh(review).status == Status.IN_MODERATION


def test_listing_tells_who_proposed_it_and_is_logged(moderator: User, candidate: User) -> None:
    agency = proposed(proposed_by=candidate)
    list_agency(agency_id=agency.pk, by=moderator)
    event = Event.objects.about(agency).get()
    assert (event.actor_id, event.before, event.after) == (moderator.pk, "proposed", "listed")
    assert (OutgoingMail.objects.get().kind, OutgoingMail.objects.get().to) == (
        "agency_listed",
        candidate.email,
    )


def test_a_refused_proposal_gives_each_author_their_draft_back(moderator: User, candidate: User) -> None:
    agency = proposed(proposed_by=candidate)
    review = ReviewFactory(agency=agency, author=candidate, status=Status.IN_MODERATION)
    answers = {"good": ["Nett."], "feedback": ["2"]}
    review.revisions.update(state=Revision.State.REFUSED)
    Revision.objects.create(review=review, number=2, answers=answers)
    refuse_agency(agency_id=agency.pk, reasons="Das ist eine Jobbörse.", by=moderator)
    draft = Draft.objects.get()
    assert (draft.user, draft.agency, draft.answers) == (candidate, None, answers)
    assert fresh(review).status == Status.WITHDRAWN
    assert fresh(agency).status == AgencyStatus.REFUSED


def test_the_mail_about_a_refused_proposal_gives_reasons_and_the_way_to_the_draft(
    moderator: User, candidate: User
) -> None:
    agency = proposed(proposed_by=candidate)
    ReviewFactory(agency=agency, author=candidate, status=Status.SCREENING)
    refuse_agency(agency_id=agency.pk, reasons="Das ist eine Jobbörse.", by=moderator)
    mail = OutgoingMail.objects.get()  # one, though this person proposed and reviewed
    for part in (mail.text, mail.html):
        assert "Das ist eine Jobbörse." in part
        assert "/konto/bewertungen/" in part
        assert "sechs Monate" in part
    assert Decision.objects.get().reason == Decision.Reason.AGENCY_REFUSED


def test_who_only_proposed_is_told_too(moderator: User, candidate: User, other_candidate: User) -> None:
    agency = proposed(proposed_by=candidate)
    ReviewFactory(agency=agency, author=other_candidate, status=Status.IN_MODERATION)
    refuse_agency(agency_id=agency.pk, reasons="Das ist eine Jobbörse.", by=moderator)
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {candidate.email, other_candidate.email}


def test_a_review_that_nobody_confirmed_waits_for_its_mail_as_before(moderator: User) -> None:
    agency = proposed()
    review = ReviewFactory(agency=agency, author=None, status=Status.UNCONFIRMED)
    refuse_agency(agency_id=agency.pk, reasons="Das ist eine Jobbörse.", by=moderator)
    assert fresh(review).status == Status.UNCONFIRMED


@pytest.mark.parametrize("status", [AgencyStatus.LISTED, AgencyStatus.REFUSED, AgencyStatus.CLOSED])
def test_only_a_proposal_can_be_refused(status: AgencyStatus, moderator: User) -> None:
    agency = AgencyFactory(status=status)
    with pytest.raises(Refused):
        refuse_agency(agency_id=agency.pk, reasons="Nein.", by=moderator)
    assert fresh(agency).status == status


def test_a_closed_agency_keeps_its_reviews_and_can_be_opened_again(moderator: User) -> None:
    review = ReviewFactory()
    close_agency(agency_id=review.agency_id, by=moderator)
    assert fresh(review.agency).status == AgencyStatus.CLOSED
    assert fresh(review).status == Status.PUBLISHED
    list_agency(agency_id=review.agency_id, by=moderator)
    assert fresh(review.agency).status == AgencyStatus.LISTED
    assert not OutgoingMail.objects.exists()


# ---- merging ---------------------------------------------------------------------------------------------


@pytest.fixture
def source() -> Agency:
    return AgencyFactory(name="Nordlicht Alt")


@pytest.fixture
def target() -> Agency:
    return AgencyFactory(name="Nordlicht Neu")


def merge(source: Agency, target: Agency, by: User) -> int:
    moved = merge_agency(source_id=source.pk, target_id=target.pk, by=by)
    fresh(source), fresh(target)
    return moved


def test_a_merge_may_take_longer_than_a_page(source: Agency, target: Agency, moderator: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 5000")
        merge(source, target, moderator)
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("1min",)


def test_reviews_and_journeys_move_and_count_at_the_target(
    source: Agency, target: Agency, moderator: User
) -> None:
    review = ReviewFactory(agency=source)
    tracked = JourneyFactory(agency=source)
    assert merge(source, target, moderator) == 1
    tracked.refresh_from_db()
    assert fresh(review).agency == target
    assert (review.journey.agency, tracked.agency) == (target, target)
    assert review.is_current


def test_the_source_points_to_its_successor(source: Agency, target: Agency, moderator: User) -> None:
    merge(source, target, moderator)
    assert (source.status, source.merged_into) == (AgencyStatus.MERGED, target)


def test_both_scores_are_marked_stale(source: Agency, target: Agency, moderator: User) -> None:
    merge(source, target, moderator)
    assert AgencyScore.objects.stale().count() == 2


def test_who_reviewed_both_has_one_voice_and_the_newest_review_counts(
    source: Agency, target: Agency, moderator: User, candidate: User
) -> None:
    older = ReviewFactory(agency=target, author=candidate, days_ago=90)
    newer = ReviewFactory(agency=source, author=candidate, days_ago=5)
    merge(source, target, moderator)
    assert fresh(newer).voice == fresh(older).voice == newer.journey.voice
    assert (newer.is_current, older.is_current) == (True, False)


def test_an_older_review_from_the_source_does_not_push_out_the_targets_newer_one(
    source: Agency, target: Agency, moderator: User, candidate: User
) -> None:
    newer = ReviewFactory(agency=target, author=candidate, days_ago=5)
    older = ReviewFactory(agency=source, author=candidate, days_ago=90)
    merge(source, target, moderator)
    assert (fresh(newer).is_current, fresh(older).is_current) == (True, False)
    assert older.status == Status.PUBLISHED  # still to be read


def test_two_people_keep_two_voices(source: Agency, target: Agency, moderator: User) -> None:
    ReviewFactory(agency=source)
    ReviewFactory(agency=target)
    merge(source, target, moderator)
    assert target.reviews.counted().count() == 2


def test_reviews_without_an_account_keep_their_own_voice(
    source: Agency, target: Agency, moderator: User
) -> None:
    ReviewFactory(agency=source, author=None)
    ReviewFactory(agency=target, author=None)
    merge(source, target, moderator)
    assert target.reviews.counted().count() == 2


def test_reviews_that_wait_move_and_keep_waiting(source: Agency, target: Agency, moderator: User) -> None:
    review = ReviewFactory(agency=source, status=Status.IN_MODERATION)
    merge(source, target, moderator)
    assert (fresh(review).agency, review.status) == (target, Status.IN_MODERATION)


def test_the_same_office_becomes_one_and_the_target_keeps_its_main_office(
    source: Agency, target: Agency, moderator: User
) -> None:
    kept = OfficeFactory(agency=target, street="Elbweg 1")
    twin = OfficeFactory(agency=source, street="ELBWEG 1", is_main=False)
    other = OfficeFactory(agency=source, place="Bremen", postcode="28195")
    journey = JourneyFactory(agency=source, office=twin)
    merge(source, target, moderator)
    journey.refresh_from_db()
    assert journey.office == kept
    assert list(target.offices.values_list("pk", "is_main")) == [(kept.pk, True), (other.pk, False)]
    assert "bremen" in target.search_words


def test_a_recruiter_known_to_both_becomes_one(source: Agency, target: Agency, moderator: User) -> None:
    kept = RecruiterFactory(agency=target, email="testa@nordlicht.example")
    twin = RecruiterFactory(agency=source, email="Testa@nordlicht.example")
    other = RecruiterFactory(agency=source)
    journey = JourneyFactory(agency=source, recruiter=twin)
    merge(source, target, moderator)
    journey.refresh_from_db()
    assert journey.recruiter == kept
    assert set(target.recruiters.all()) == {kept, other}


def twins(source: Agency, target: Agency, at_source: Times, at_target: Times) -> tuple[Recruiter, Recruiter]:
    """The same person at both agencies, with what happened there."""
    now = timezone.now()
    ours = RecruiterFactory(agency=source, email="testa@nordlicht.example", **dict.fromkeys(at_source, now))
    theirs = RecruiterFactory(agency=target, email="testa@nordlicht.example", **dict.fromkeys(at_target, now))
    return ours, theirs


@pytest.mark.parametrize("answered", [("confirmed_at",), ("refused_at",), ("confirmed_at", "hidden_at")])
def test_what_a_recruiter_answered_survives_a_merge_with_one_who_was_never_asked(
    answered: Times, source: Agency, target: Agency, moderator: User
) -> None:
    ours, theirs = twins(source, target, answered, ("asked_at",))
    journey = JourneyFactory(agency=target, recruiter=theirs)
    merge(source, target, moderator)
    journey.refresh_from_db()
    kept = target.recruiters.get()
    assert (kept, journey.recruiter, kept.state) == (ours, ours, ours.state)


@pytest.mark.parametrize("no", [("refused_at",), ("confirmed_at", "hidden_at")])
def test_a_no_said_at_either_agency_holds_after_a_merge(
    no: Times, source: Agency, target: Agency, moderator: User
) -> None:
    twins(source, target, no, ("confirmed_at",))
    merge(source, target, moderator)
    kept = target.recruiters.get()
    assert (kept.state, kept.is_public) == ("hidden", False)
    assert OutgoingMail.objects.get().kind == "recruiter_hidden"


def test_people_without_an_address_are_not_taken_for_one(
    source: Agency, target: Agency, moderator: User
) -> None:
    people = {RecruiterFactory(agency=agency, email="") for agency in (source, target)}
    merge(source, target, moderator)
    assert set(target.recruiters.all()) == people


def test_who_speaks_for_both_is_listed_once(
    source: Agency, target: Agency, moderator: User, candidate: User
) -> None:
    MembershipFactory(agency=source, user=candidate)
    kept = MembershipFactory(agency=target, user=candidate, verified_at=None)
    other = MembershipFactory(agency=source)
    merge(source, target, moderator)
    assert set(Membership.objects.all()) == {kept, other}
    assert set(target.memberships.all()) == {kept, other}


def test_drafts_move_too(source: Agency, target: Agency, moderator: User) -> None:
    draft = DraftFactory(agency=source)
    merge(source, target, moderator)
    draft.refresh_from_db()
    assert draft.agency == target


def test_an_address_of_long_ago_needs_one_hop(source: Agency, target: Agency, moderator: User) -> None:
    oldest = AgencyFactory(status=AgencyStatus.MERGED, merged_into=source)
    merge(source, target, moderator)
    assert fresh(oldest).merged_into == target


def test_both_agencies_log_the_merge(source: Agency, target: Agency, moderator: User) -> None:
    ReviewFactory(agency=source)
    merge(source, target, moderator)
    merged, absorbed = Event.objects.about(source).get(), Event.objects.about(target).get()
    assert (merged.verb, merged.after, merged.data) == ("merge", "merged", {"into": target.pk, "reviews": 1})
    assert (absorbed.verb, absorbed.data) == ("absorb", {"source": source.pk, "reviews": 1})


def test_who_proposed_a_double_is_told_where_it_is(target: Agency, moderator: User, candidate: User) -> None:
    merge(proposed(proposed_by=candidate), target, moderator)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("agency_listed", candidate.email)
    assert f"/agenturen/{target.slug}/" in mail.text
    assert "gab es bei uns schon" in mail.text


def test_an_agency_is_not_merged_with_itself(source: Agency, moderator: User) -> None:
    with pytest.raises(Refused):
        merge(source, source, moderator)


@pytest.mark.parametrize("status", [AgencyStatus.PROPOSED, AgencyStatus.REFUSED])
def test_the_target_must_be_listed(status: AgencyStatus, source: Agency, moderator: User) -> None:
    with pytest.raises(Refused):
        merge(source, AgencyFactory(status=status), moderator)
    assert fresh(source).status == AgencyStatus.LISTED


def test_what_is_merged_already_is_not_merged_again(source: Agency, target: Agency, moderator: User) -> None:
    merge(source, target, moderator)
    with pytest.raises(Refused):
        merge(source, AgencyFactory(), moderator)
    with pytest.raises(Refused):
        merge(target, source, moderator)


def test_the_merge_survives_repeated_reviews_of_many_people(
    source: Agency, target: Agency, moderator: User
) -> None:
    """Several reviews of each of several people on both sides: afterwards one of each counts, the newest."""
    people = [ReviewFactory(agency=source, days_ago=10).author for _ in range(3)]
    for days, person in enumerate(people, start=1):
        voice = person.reviews.get().voice
        ReviewFactory(agency=source, author=person, voice=voice, days_ago=400, is_current=False)
        ReviewFactory(agency=target, author=person, days_ago=9 + days)
    assert merge(source, target, moderator) == 6
    counted = target.reviews.counted()
    assert counted.values("author").distinct().count() == counted.count() == 3
    assert {review.published_on for review in counted} == {today() - timedelta(days=10)}
