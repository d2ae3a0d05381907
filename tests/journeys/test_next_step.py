"""One next step for each state of a process: a table of days."""

from datetime import date, timedelta

import pytest

from journeys.choices import Party, Response, Step
from journeys.next_step import Kind, NextStep, Talk, next_step

TODAY = date(2026, 11, 17)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def step(*talks: Talk, agreed: bool = True, is_reviewed: bool = False) -> NextStep:
    return next_step(talks, agreed=agreed, is_reviewed=is_reviewed, today=TODAY)


def write(letter: Step) -> NextStep:
    return NextStep(Kind.WRITE, letter)


def waiting(days: int, **sent_ago: int) -> Talk:
    """A silent talk so many days ago; letters by name, sent so many days ago."""
    return Talk(ago(days), sent={Step[name]: ago(day) for name, day in sent_ago.items()})


AHEAD = Talk(ago(-3), lies_ahead=True, party=Party.AGENCY)
AT_CLIENT = Talk(ago(-3), lies_ahead=True, party=Party.CLIENT)


def test_before_anything_feedback_is_agreed_upon() -> None:
    assert step(agreed=False) == write(Step.FIRST_TALK)
    assert step() == NextStep(Kind.LOG)


def test_before_the_first_talk_too() -> None:
    assert step(AHEAD, agreed=False) == write(Step.FIRST_TALK)
    assert step(AHEAD) == NextStep(Kind.TALK, on=AHEAD.held_on)


def test_before_each_talk_with_a_client_it_is_asked_for() -> None:
    answered = Talk(ago(9), response=Response.POSITIVE, ended_on=ago(8))
    assert step(answered, AT_CLIENT) == write(Step.CLIENT_TALK)
    asked = Talk(AT_CLIENT.held_on, Party.CLIENT, lies_ahead=True, sent={Step.CLIENT_TALK: TODAY})
    assert step(answered, asked) == NextStep(Kind.TALK, on=asked.held_on)


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (waiting(0), NextStep(Kind.WAIT, on=ago(-3))),
        (waiting(2), NextStep(Kind.WAIT, on=ago(-1))),
        (waiting(3), write(Step.FRIENDLY)),
        (waiting(6, FRIENDLY=3), NextStep(Kind.WAIT, on=ago(-1))),
        (waiting(7, FRIENDLY=4), write(Step.SECOND)),
        (waiting(13, FRIENDLY=10, SECOND=6), NextStep(Kind.WAIT, on=ago(-1))),
        (waiting(14, FRIENDLY=11, SECOND=7), write(Step.FIRM)),
        (waiting(29, FIRM=15), NextStep(Kind.WAIT, on=ago(-1))),
        (waiting(30, FIRM=16), write(Step.ACCESS)),
        (waiting(31, ACCESS=1), NextStep(Kind.RATE)),
        (waiting(45), NextStep(Kind.RATE)),
    ],
)
def test_while_all_is_silent_the_letters_come_at_their_days(talk: Talk, expected: NextStep) -> None:
    assert step(talk) == expected


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (waiting(6), write(Step.FRIENDLY)),
        (waiting(7), write(Step.SECOND)),
        (waiting(13), write(Step.SECOND)),
        (waiting(14), write(Step.FIRM)),
        (waiting(29), write(Step.FIRM)),
        (waiting(32), write(Step.ACCESS)),
        (waiting(44), write(Step.ACCESS)),
        (waiting(16, FRIENDLY=13), write(Step.FIRM)),
    ],
)
def test_whoever_begins_late_gets_the_letter_of_the_day(talk: Talk, expected: NextStep) -> None:
    assert step(talk) == expected


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (waiting(16, FRIENDLY=2), NextStep(Kind.WAIT, on=ago(-2))),
        (waiting(18, FRIENDLY=4), write(Step.FIRM)),
        (waiting(29, SECOND=6), NextStep(Kind.WAIT, on=ago(-1))),
        (waiting(30, SECOND=7), write(Step.ACCESS)),
        (waiting(32, FIRM=2), NextStep(Kind.WAIT, on=ago(-14))),
    ],
)
def test_after_a_late_letter_there_is_time_to_answer_it(talk: Talk, expected: NextStep) -> None:
    assert step(talk) == expected


@pytest.mark.parametrize(
    ("response", "days", "expected"),
    [
        (Response.NEGATIVE, 0, Kind.THANK),
        (Response.POSITIVE, 3, Kind.THANK),
        (Response.NEGATIVE, 4, Kind.RATE),
        (Response.CANCELLED, 9, Kind.RATE),
        (Response.WITHDREW, 0, Kind.RATE),
    ],
)
def test_after_an_answer_one_thanks_and_rates(response: Response, days: int, expected: Kind) -> None:
    assert step(Talk(ago(20), response=response, ended_on=ago(days))) == NextStep(expected)


def test_a_process_that_is_rated_without_any_talk_is_done() -> None:
    assert step(agreed=False, is_reviewed=True) == NextStep(Kind.DONE)


def test_what_is_rated_is_done() -> None:
    assert step(waiting(45), is_reviewed=True) == NextStep(Kind.DONE)
    ended = Talk(ago(20), response=Response.NEGATIVE, ended_on=ago(9))
    assert step(ended, is_reviewed=True) == NextStep(Kind.DONE)


def test_a_talk_ahead_does_not_stop_the_question_about_the_last_one() -> None:
    assert step(waiting(7, FRIENDLY=4), AHEAD) == write(Step.SECOND)


def test_the_newest_talk_decides() -> None:
    assert step(waiting(30), Talk(ago(5), response=Response.NEGATIVE, ended_on=ago(4))) == NextStep(Kind.RATE)
