"""From told facts to days and ends: scoring.md, "Feedback behaviour: a wait is a survival time"."""

from datetime import date

import pytest

from journeys import waits
from journeys.choices import Response, WaitEnd

TOLD_ON = date(2026, 11, 22)
HELD = waits.on_day(date(2026, 11, 2))


@pytest.mark.parametrize("response", [Response.POSITIVE, Response.NEGATIVE, Response.CANCELLED])
def test_yes_no_and_a_cancelled_role_all_answer(response: str) -> None:
    assert waits.wait(response, HELD, told_on=TOLD_ON, days=6) == waits.Wait(6, WaitEnd.ANSWERED)


@pytest.mark.parametrize("response", [Response.NOTHING, Response.HOLDING])
def test_silence_and_a_holding_message_last_until_the_day_of_telling(response: str) -> None:
    assert waits.wait(response, HELD, told_on=TOLD_ON, days=None) == waits.Wait(20, WaitEnd.SILENT)


def test_the_day_of_a_holding_message_does_not_end_the_wait() -> None:
    assert waits.wait(Response.HOLDING, HELD, told_on=TOLD_ON, days=3).days == 20


def test_pulling_out_ends_the_wait_without_an_answer() -> None:
    wait = waits.wait(Response.WITHDREW, HELD, told_on=TOLD_ON, days=9)
    assert wait == waits.Wait(9, WaitEnd.WITHDRAWN)


def test_an_answer_without_a_day_is_no_answer_we_can_count() -> None:
    with pytest.raises(ValueError, match="negative"):
        waits.wait(Response.NEGATIVE, HELD, told_on=TOLD_ON, days=None)


def test_day_0_exists() -> None:
    assert waits.days_until(HELD, HELD.day) == 0


def test_a_remembered_month_is_its_15th() -> None:
    start = waits.in_month(date(2026, 9, 1), told_on=TOLD_ON)
    assert (start.day, start.is_exact) == (date(2026, 9, 15), False)


def test_a_remembered_month_that_is_not_over_never_lies_in_the_future() -> None:
    start = waits.in_month(date(2026, 11, 1), told_on=date(2026, 11, 4))
    assert start.day == date(2026, 11, 4)


def test_an_answer_before_the_middle_of_a_remembered_month_took_0_days_not_fewer() -> None:
    start = waits.in_month(date(2026, 9, 1), told_on=TOLD_ON)
    assert waits.days_until(start, date(2026, 9, 3)) == 0


def test_what_would_lie_in_the_future_is_not_possible() -> None:
    assert waits.is_possible(HELD, 20, told_on=TOLD_ON)
    assert not waits.is_possible(HELD, 21, told_on=TOLD_ON)


def test_a_remembered_month_is_given_the_benefit_of_its_first_day() -> None:
    start = waits.in_month(date(2026, 11, 1), told_on=TOLD_ON)
    assert waits.is_possible(start, 21, told_on=TOLD_ON)
    assert not waits.is_possible(start, 22, told_on=TOLD_ON)
