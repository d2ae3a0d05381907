"""Questions are planned with the interview, follow it when it moves, and end with an answer."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

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


def move(interview: Interview, held_at: datetime) -> None:
    interview.held_at, interview.held_on = held_at, held_at.date()


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
    move(interview, NOW + timedelta(days=7))
    check_ins.plan(interview)
    assert interview.check_ins.get(day=3).due_at == datetime(2026, 11, 13, 17, tzinfo=UTC)
    assert set(interview.check_ins.values_list("pk", flat=True)) == numbers


def test_a_move_into_the_past_asks_only_what_still_lies_ahead(candidate: User) -> None:
    interview = held(candidate, 0)
    move(interview, NOW - timedelta(days=10))
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
    move(interview, NOW + timedelta(days=7))
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


# ---- another time zone -------------------------------------------------------------------------------------


def move_to(person: User, client: Client, zone: str) -> None:
    """As the account's settings do it."""
    told = {"pseudonym": person.pseudonym, "language": person.language, "zone": zone}
    assert client.post("/konto/", told).status_code == 302


def test_who_moves_to_another_zone_is_asked_at_six_there(candidate: User, candidate_client: Client) -> None:
    interview = held(candidate, 0)
    move_to(candidate, candidate_client, "America/New_York")
    assert [one.due_at for one in interview.check_ins.order_by("day")[:2]] == [
        datetime(2026, 11, 6, 23, tzinfo=UTC),
        datetime(2026, 11, 10, 23, tzinfo=UTC),
    ]


def test_the_day_of_an_interview_stays_what_it_was(candidate: User, candidate_client: Client) -> None:
    """Half past midnight in Berlin is still the evening before in New York."""
    candidate.zone = "Europe/Berlin"
    interview = waiting(candidate, days=0)
    Interview.objects.filter(pk=interview.pk).update(held_at=datetime(2026, 11, 2, 23, 30, tzinfo=UTC))
    check_ins.plan(interview)
    move_to(candidate, candidate_client, "America/New_York")
    assert interview.check_ins.get(day=3).due_at == datetime(2026, 11, 6, 23, tzinfo=UTC)


def test_what_is_asked_already_or_settled_stays_so(candidate: User, candidate_client: Client) -> None:
    interview = held(candidate, 0)
    interview.check_ins.filter(day=3).update(state=State.CLAIMED)
    interview.check_ins.filter(day=7).update(state=State.CANCELLED)
    before = {one.day: (one.state, one.due_at) for one in interview.check_ins.all()}
    move_to(candidate, candidate_client, "Asia/Tokyo")
    after = {one.day: (one.state, one.due_at) for one in interview.check_ins.all()}
    assert [day for day in DAYS if after[day] == before[day]] == [3, 7]


def test_the_questions_of_others_and_other_settings_move_nothing(
    candidate: User, other_candidate: User, candidate_client: Client
) -> None:
    own, other = held(candidate, 0), held(other_candidate, 0)
    own.check_ins.update(due_at=NOW + timedelta(days=1))  # put off, for one
    move_to(candidate, candidate_client, candidate.zone)
    assert own.check_ins.filter(due_at=NOW + timedelta(days=1)).count() == len(DAYS)
    move_to(candidate, candidate_client, "America/New_York")
    assert other.check_ins.get(day=3).due_at == datetime(2026, 11, 6, 17, tzinfo=UTC)
