"""Following a process: what is stored, what counts, and what never happens twice."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts import personal
from accounts.models import Event, User
from agencies.models import Agency
from journeys import actions
from journeys.choices import Outcome, Party, Response, Stage, Step, WaitEnd
from journeys.clock import NoSuchTime, moment_at, today_of
from journeys.models import CheckIn, Interview, Journey, SentLetter, Statement
from reviews.models import Revision
from tests.factories import AgencyFactory, ReviewFactory, UserFactory
from tests.journeys.tracking import days_ago, followed, interviewed

pytestmark = pytest.mark.django_db


def say(interview: Interview, response: str, days: int, **told: object) -> Interview:
    """State what came so many days after the interview."""
    on = interview.held_on + timedelta(days=days)
    return actions.state(interview=interview, response=response, on=on, by=interview.journey.author, **told)  # type: ignore[arg-type]


# ---- starting ----------------------------------------------------------------------------------------------


def test_a_new_process_is_private_and_does_not_count(candidate: User) -> None:
    journey = followed(candidate, title="Controllerin")
    assert journey.origin == Journey.Origin.TRACKED
    assert journey.shared_at is None
    assert journey.month == today_of(candidate).replace(day=1)


def test_a_second_click_starts_no_second_process(candidate: User) -> None:
    agency = AgencyFactory()
    assert followed(candidate, agency, title="A") == followed(candidate, agency, title="A")
    assert followed(candidate, agency, title="B") != followed(candidate, agency, title="A")
    assert Journey.objects.tracked_by(candidate).count() == 2


def test_the_same_role_a_day_later_is_another_process(candidate: User) -> None:
    agency = AgencyFactory()
    first = followed(candidate, agency, title="A")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert followed(candidate, agency, title="A") != first


def test_a_person_has_one_voice_at_an_agency_whatever_they_write(candidate: User) -> None:
    review = ReviewFactory(author=candidate)
    assert followed(candidate, review.agency).voice == review.journey.voice
    assert followed(candidate).voice != review.journey.voice


def test_nobody_follows_a_thousand_processes(candidate: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_JOURNEYS", 1)
    followed(candidate)
    with pytest.raises(actions.TooMany):
        followed(candidate)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_process_and_one_interview() -> None:
    person, agency = UserFactory(), AgencyFactory()
    held_at = days_ago(person, 0)

    def click() -> None:
        journey = actions.start_journey(agency=agency, title="A", by=person)
        interview = actions.log_interview(journey=journey, held_at=held_at, round=1, by=person)
        actions.state(interview=interview, response=Response.NOTHING, on=interview.held_on, by=person)
        actions.mark_sent(journey=journey, step=Step.FRIENDLY, on=today_of(person), by=person)

    at_once([click] * 4)
    assert [model.objects.count() for model in (Journey, Interview, Statement, SentLetter)] == [1, 1, 1, 1]


def at_once(clicks: list[Callable[[], None]]) -> None:
    """Run them in threads with connections of their own; what one raises is raised here."""
    problems: list[BaseException] = []

    def run(click: Callable[[], None]) -> None:
        try:
            click()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[click]) for click in clicks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


# ---- interviews --------------------------------------------------------------------------------------------


def test_a_new_interview_says_nothing_about_an_answer_yet(candidate: User) -> None:
    interview = interviewed(candidate, 5, logged=5)
    assert (interview.wait_end, interview.wait_days) == (WaitEnd.SILENT, 0)
    assert interview.told_on == interview.held_on
    assert interview.entry_day == 5


def test_the_day_of_an_interview_is_that_of_the_candidates_zone(candidate: User) -> None:
    candidate.zone = "America/New_York"
    candidate.save()
    late = datetime(2026, 11, 3, 3, 30, tzinfo=UTC)  # half past ten in the evening of the 2nd
    with time_machine.travel(late + timedelta(days=2)):
        interview = actions.log_interview(journey=followed(candidate), held_at=late, round=1, by=candidate)
    assert interview.held_on == date(2026, 11, 2)


def test_an_interview_brings_its_questions(candidate: User) -> None:
    interview = interviewed(candidate, 0)
    assert list(interview.check_ins.values_list("day", flat=True)) == [3, 7, 14, 30, 45]


def test_the_facts_a_review_starts_from_follow_from_the_interviews(candidate: User) -> None:
    journey = followed(candidate)
    interview = actions.log_interview(
        journey=journey, held_at=days_ago(candidate, 40), round=1, party=Party.CLIENT, by=candidate
    )
    say(interview, Response.NEGATIVE, 5)
    journey.refresh_from_db()
    assert (journey.stage, journey.outcome) == (Stage.CLIENT_TALK, Outcome.REJECTED)
    assert journey.month == interview.held_on.replace(day=1)
    actions.delete_interview(interview=interview, by=candidate)
    journey.refresh_from_db()
    assert (journey.stage, journey.outcome) == (Stage.CV_SENT, Outcome.OPEN)


def test_what_a_review_told_is_not_changed_by_the_process(candidate: User) -> None:
    interview = interviewed(candidate, 20)
    journey = interview.journey
    Journey.objects.filter(pk=journey.pk).update(outcome=Outcome.SILENT)
    ReviewFactory(agency=journey.agency, author=candidate, journey=journey)
    say(interview, Response.NEGATIVE, 19)
    journey.refresh_from_db()
    assert journey.outcome == Outcome.SILENT


def test_moving_an_interview_that_lies_ahead_keeps_it_measurable(candidate: User) -> None:
    interview = interviewed(candidate, -3)
    moved = move(interview, days_ago(candidate, -5))
    assert not moved.was_moved
    assert moved.held_on == moved.told_on == today_of(candidate) + timedelta(days=5)
    assert moved.check_ins.earliest("due_at").due_at > days_ago(candidate, -5)


def test_moving_one_that_took_place_makes_its_dates_remembered(candidate: User) -> None:
    assert move(interviewed(candidate, 3), days_ago(candidate, 2)).was_moved


def test_a_talk_noted_ahead_is_not_measured_on_a_day_gone_by(candidate: User) -> None:
    assert move(interviewed(candidate, -30), days_ago(candidate, 20)).was_moved


def test_a_talk_brought_forward_to_today_stays_measurable(candidate: User) -> None:
    assert not move(interviewed(candidate, -3), days_ago(candidate, 0)).was_moved


def test_correcting_the_hour_only_leaves_the_dates_as_they_are(candidate: User) -> None:
    interview = interviewed(candidate, 3)
    assert not move(interview, days_ago(candidate, 3, time(11))).was_moved


def test_the_day_of_the_answer_stays_when_the_interview_moves(candidate: User) -> None:
    interview = say(interviewed(candidate, 10), Response.NEGATIVE, 6)
    assert move(interview, days_ago(candidate, 8)).wait_days == 4
    with pytest.raises(actions.ImpossibleDay):
        move(interview, days_ago(candidate, 3))


def move(interview: Interview, held_at: datetime) -> Interview:
    author = interview.journey.author
    assert author is not None
    return actions.change_interview(
        interview=interview, held_at=held_at, round=1, party="", note="", by=author
    )


def test_an_interview_of_a_review_is_not_deleted_behind_its_back(candidate: User) -> None:
    interview = interviewed(candidate, 5)
    Interview.objects.filter(pk=interview.pk).update(in_review=True)
    with pytest.raises(actions.InReview):
        actions.delete_interview(interview=interview, by=candidate)


def test_an_hour_that_the_clock_skips_is_refused(candidate: User) -> None:
    with pytest.raises(NoSuchTime):
        moment_at(date(2026, 3, 29), time(2, 30), candidate)


def test_an_hour_that_comes_twice_is_the_first_of_the_two(candidate: User) -> None:
    assert moment_at(date(2026, 10, 25), time(2, 30), candidate) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


# ---- statements --------------------------------------------------------------------------------------------


def test_silence_lasts_until_the_day_it_was_last_stated(candidate: User) -> None:
    interview = say(interviewed(candidate, 20), Response.NOTHING, 14)
    assert (interview.wait_days, interview.wait_end) == (14, WaitEnd.SILENT)
    assert say(interview, Response.HOLDING, 7).wait_days == 14, "an earlier silence says nothing new"
    assert say(interview, Response.NOTHING, 20).wait_days == 20


def test_an_answer_ends_the_wait_on_its_own_day(candidate: User) -> None:
    interview = say(interviewed(candidate, 20), Response.NEGATIVE, 6, channel="mail", reason="concrete")
    assert (interview.wait_days, interview.wait_end) == (6, WaitEnd.ANSWERED)
    assert interview.told_on == today_of(candidate)
    assert (interview.channel, interview.reason) == ("mail", "concrete")
    assert not interview.check_ins.filter(state=CheckIn.State.PLANNED).exists()


def test_only_details_that_fit_the_end_are_kept(candidate: User) -> None:
    told = {"channel": "mail", "reason": "concrete", "silent_party": "client"}
    interview = say(interviewed(candidate, 20), Response.NOTHING, 20, **told)
    assert (interview.channel, interview.reason, interview.silent_party) == ("", "", "client")


def test_an_answer_can_be_corrected_and_questions_come_again(candidate: User) -> None:
    interview = say(interviewed(candidate, 10), Response.POSITIVE, 4)
    first = interview.settled_at
    interview = say(interview, Response.NOTHING, 10)
    assert interview.settled_at == first, "whether it was measured is decided by the first statement"
    assert interview.wait_end == WaitEnd.SILENT
    planned = interview.check_ins.filter(state=CheckIn.State.PLANNED)
    assert list(planned.values_list("day", flat=True)) == [14, 30, 45]
    assert [one.response for one in interview.statements.all()] == ["positive", "nothing"]


@pytest.mark.parametrize("days", [-1, 11])
def test_no_answer_comes_before_the_interview_or_tomorrow(candidate: User, days: int) -> None:
    interview = interviewed(candidate, 10)
    with pytest.raises(actions.ImpossibleDay):
        say(interview, Response.NEGATIVE, days)
    assert not Statement.objects.exists()


def test_whoever_says_nothing_came_is_not_asked_for_that_day_again(candidate: User) -> None:
    interview = interviewed(candidate, 0)
    with time_machine.travel(days_ago(candidate, -7, time(9))):
        say(interview, Response.NOTHING, 7)
    planned = interview.check_ins.filter(state=CheckIn.State.PLANNED)
    assert list(planned.values_list("day", flat=True)) == [14, 30, 45]


def test_the_question_that_was_answered_says_so(candidate: User) -> None:
    interview = interviewed(candidate, 3)
    check_in = interview.check_ins.get(day=3)
    actions.state(
        interview=interview, response=Response.NOTHING, on=today_of(candidate), by=None, check_in=check_in
    )
    check_in.refresh_from_db()
    assert check_in.response == Response.NOTHING
    assert check_in.answered_at is not None


def test_letters_sent_before_the_answer_are_counted_as_chasing(candidate: User) -> None:
    interview = interviewed(candidate, 20)
    for step, days in ((Step.CLIENT_TALK, 0), (Step.FRIENDLY, 3), (Step.SECOND, 7), (Step.FIRM, 15)):
        on = interview.held_on + timedelta(days=days)
        actions.mark_sent(journey=interview.journey, interview=interview, step=step, on=on, by=candidate)
    assert say(interview, Response.NEGATIVE, 9).chased == 2
    assert say(interview, Response.NEGATIVE, 9, chased=0).chased == 0, "what the author says wins"


def test_a_stranger_states_nothing(candidate: User, other_candidate: User) -> None:
    interview = interviewed(candidate, 3)
    with pytest.raises(Interview.DoesNotExist):
        actions.state(
            interview=interview, response=Response.NEGATIVE, on=today_of(candidate), by=other_candidate
        )


# ---- consent -----------------------------------------------------------------------------------------------


def test_a_wait_is_watched_from_the_day_of_the_consent(candidate: User) -> None:
    interview = interviewed(candidate, 6)
    assert interview.entry_day == 0
    actions.share(journey=interview.journey, by=candidate)
    interview.refresh_from_db()
    assert interview.entry_day == 6
    assert interview.journey.shared_at is not None


def test_an_interview_logged_after_the_consent_is_watched_from_its_own_day(candidate: User) -> None:
    journey = followed(candidate)
    actions.share(journey=journey, by=candidate)
    interview = actions.log_interview(journey=journey, held_at=days_ago(candidate, -2), round=1, by=candidate)
    assert interview.entry_day == 0


def test_taking_the_consent_back_leaves_only_its_trace_in_the_log(candidate: User) -> None:
    interview = interviewed(candidate, 6)
    actions.share(journey=interview.journey, by=candidate)
    actions.unshare(journey=interview.journey, by=candidate)
    interview.refresh_from_db()
    assert interview.journey.shared_at is None
    assert interview.entry_day == 0
    assert list(Event.objects.values_list("verb", flat=True)) == ["share dates", "unshare dates"]


# ---- leaving -----------------------------------------------------------------------------------------------


def test_deleting_a_process_deletes_everything(candidate: User) -> None:
    interview = interviewed(candidate, 6)
    say(interview, Response.NOTHING, 6)
    actions.delete_journey(journey=interview.journey, by=candidate)
    assert not any(model.objects.exists() for model in (Journey, Interview, Statement, CheckIn))


def a_reviewed_process(candidate: User) -> Interview:
    journey = followed(candidate, title="Controllerin", client="Beispielwerft", note="Frau Muster anrufen")
    interview = interviewed(candidate, 12, journey)
    Interview.objects.filter(pk=interview.pk).update(note="War nett.", in_review=True)
    actions.log_interview(journey=journey, held_at=days_ago(candidate, -4), round=2, by=candidate)
    actions.share(journey=journey, by=candidate)
    actions.mark_sent(journey=journey, step=Step.FRIENDLY, on=today_of(candidate), by=candidate)
    say(interview, Response.NEGATIVE, 9)
    ReviewFactory(agency=journey.agency, author=candidate, journey=journey, voice=journey.voice)
    return interview


def assert_only_public_facts(interview: Interview) -> None:
    journey = Journey.objects.get(pk=interview.journey_id)
    assert (journey.title, journey.client, journey.note, journey.shared_at) == ("", "", "", None)
    assert journey.origin == Journey.Origin.RECALLED
    kept = journey.interviews.get()
    assert (kept.wait_days, kept.response, kept.note, kept.held_at) == (9, "negative", "", None)
    assert not any(model.objects.exists() for model in (Statement, CheckIn, SentLetter))


def test_deleting_a_reviewed_process_keeps_the_public_facts_only(candidate: User) -> None:
    interview = a_reviewed_process(candidate)
    actions.delete_journey(journey=interview.journey, by=candidate)
    assert_only_public_facts(interview)
    assert not Journey.objects.tracked_by(candidate).exists()


def test_an_answer_that_came_after_the_review_does_not_become_public_by_deleting(candidate: User) -> None:
    interview = a_reviewed_process(candidate)
    version = interview.journey.review.public_revision
    assert version is not None
    Revision.objects.filter(pk=version.pk).update(created_at=timezone.now() - timedelta(days=7))
    actions.delete_journey(journey=interview.journey, by=candidate)
    kept = Journey.objects.get().interviews.get()
    assert (kept.response, kept.wait_days, kept.reason) == (Response.NOTHING, 5, "")


def test_deleting_the_account_keeps_the_public_facts_only(candidate: User) -> None:
    interview = a_reviewed_process(candidate)
    interviewed(candidate, 3)
    personal.erase(user=candidate, keep_reviews=True)
    assert_only_public_facts(interview)
    assert Journey.objects.get().author is None


def test_deleting_the_account_with_its_reviews_leaves_no_wait(candidate: User) -> None:
    a_reviewed_process(candidate)
    personal.erase(user=candidate, keep_reviews=False)
    assert not Interview.objects.exists()
    assert Journey.objects.get().title == ""


def test_a_stranger_deletes_nothing(candidate: User, other_candidate: User) -> None:
    journey = followed(candidate)
    with pytest.raises(Journey.DoesNotExist):
        actions.delete_journey(journey=journey, by=other_candidate)


def test_a_process_follows_its_agency_into_a_merger(candidate: User) -> None:
    interview = interviewed(candidate, 3)
    successor: Agency = AgencyFactory()
    Journey.objects.filter(pk=interview.journey_id).update(agency=successor)
    assert say(interview, Response.NEGATIVE, 2).journey.agency == successor
