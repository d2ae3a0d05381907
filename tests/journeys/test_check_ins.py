"""Questions are planned with the interview, follow it when it moves, and end with an answer."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import User
from journeys import check_ins
from journeys.due import DAYS
from journeys.models import CheckIn, Interview
from tests.journeys.asking import waiting

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
State = CheckIn.State


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def held(author: User, days_ago: int) -> Interview:
    interview = waiting(author, days=days_ago)
    check_ins.plan(interview)
    return interview


def states(interview: Interview) -> dict[int, str]:
    return dict(interview.check_ins.order_by("day").values_list("day", "state"))


def test_an_interview_of_today_is_asked_about_five_times(candidate: User) -> None:
    assert states(held(candidate, 0)) == dict.fromkeys(DAYS, State.PLANNED)


def test_days_that_have_passed_are_never_asked_about(candidate: User) -> None:
    assert list(states(held(candidate, 10))) == [14, 30, 45]


def test_each_question_comes_at_six_on_its_day(candidate: User) -> None:
    interview = held(candidate, 0)
    assert interview.check_ins.get(day=3).due_at == datetime(2026, 11, 6, 17, tzinfo=UTC)


def test_planning_twice_plans_the_same_once(candidate: User) -> None:
    interview = held(candidate, 0)
    check_ins.plan(interview)
    assert interview.check_ins.count() == len(DAYS)


def test_a_moved_interview_takes_its_questions_along(candidate: User) -> None:
    interview = held(candidate, 0)
    numbers = set(interview.check_ins.values_list("pk", flat=True))
    interview.held_at = NOW + timedelta(days=7)
    check_ins.plan(interview)
    assert interview.check_ins.get(day=3).due_at == datetime(2026, 11, 13, 17, tzinfo=UTC)
    assert set(interview.check_ins.values_list("pk", flat=True)) == numbers


def test_a_move_into_the_past_asks_only_what_still_lies_ahead(candidate: User) -> None:
    interview = held(candidate, 0)
    interview.held_at = NOW - timedelta(days=10)
    check_ins.plan(interview)
    assert states(interview) == {
        3: State.CANCELLED,
        7: State.CANCELLED,
        14: State.PLANNED,
        30: State.PLANNED,
        45: State.PLANNED,
    }


def test_what_was_asked_too_early_is_asked_again_after_the_move(candidate: User) -> None:
    interview = held(candidate, 0)
    interview.check_ins.filter(day=3).update(state=State.CLAIMED, response="nothing", answered_at=NOW)
    interview.held_at = NOW + timedelta(days=7)
    check_ins.plan(interview)
    again = interview.check_ins.get(day=3)
    assert (again.state, again.response, again.mail) == (State.PLANNED, "", None)


def test_an_answer_ends_what_is_planned(candidate: User) -> None:
    interview = held(candidate, 0)
    check_ins.cancel(interview)
    assert set(states(interview).values()) == {State.CANCELLED}


def test_a_recalled_interview_asks_nothing(candidate: User) -> None:
    interview = waiting(candidate, days=0)
    interview.held_at = None
    check_ins.plan(interview)
    assert not interview.check_ins.exists()


def test_muting_a_process_leaves_others_alone(candidate: User) -> None:
    muted, other = waiting(candidate).journey, waiting(candidate).journey
    check_ins.mute(muted)
    muted.refresh_from_db()
    other.refresh_from_db()
    assert (muted.is_reminded, other.is_reminded) == (False, True)
