"""The one next step of a process, from what happened so far. Pure; days are those of the author's calendar.

The letter is that of the day: friendly from day 3, firm from day 14, whatever was sent before, so that its reason fits.
Whoever begins late leaves the agency as much time for an answer as there would have been between two letters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from journeys.choices import Party, Response, Step
from journeys.due import DAYS

GRADES = {Step.FRIENDLY: 3, Step.SECOND: 7, Step.FIRM: 14, Step.ACCESS: 30}  # letter to day of the wait
LAST_DAY = DAYS[-1]  # of waiting; then the process is rated as it is
THANKS = timedelta(days=3)  # how long after an answer a word of thanks is the next step


class Kind(StrEnum):
    LOG = "log"  # note the first talk
    WRITE = "write"  # the letter of `step`
    TALK = "talk"  # an interview lies ahead, all is prepared
    WAIT = "wait"  # until `on`
    THANK = "thank"
    RATE = "rate"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class NextStep:
    """`step` is the letter of WRITE, `on` the day of TALK or until which to WAIT."""

    kind: Kind
    step: Step | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """What matters of one interview. `ended_on` is the day of the answer or withdrawal, `sent` the letters about it."""

    held_on: date
    party: str = ""
    lies_ahead: bool = False
    response: str = Response.NOTHING
    ended_on: date | None = None
    sent: Mapping[str, date] = field(default_factory=dict)


def next_step(talks: Sequence[Talk], *, agreed: bool, is_reviewed: bool, today: date) -> NextStep:
    """`talks` in the order they take place; `agreed`: feedback was agreed upon before the first one."""
    if not talks and is_reviewed:  # a review may tell of a process without any talk
        return NextStep(Kind.DONE)
    ahead = next((talk for talk in talks if talk.lies_ahead), None)
    held = [talk for talk in talks if not talk.lies_ahead]
    if prepared := _prepare(ahead, is_first=not held, agreed=agreed):
        return prepared
    if held and held[-1].ended_on is None:
        return _chase(held[-1], is_reviewed, today)
    if ahead:
        return NextStep(Kind.TALK, on=ahead.held_on)
    return _close(held[-1], is_reviewed, today) if held else NextStep(Kind.LOG)


def _prepare(ahead: Talk | None, *, is_first: bool, agreed: bool) -> NextStep | None:
    """What to say before a talk: to the client's each time, otherwise before the very first one."""
    if ahead and ahead.party == Party.CLIENT:
        is_open = Step.CLIENT_TALK not in ahead.sent
        return NextStep(Kind.WRITE, Step.CLIENT_TALK) if is_open else None
    return NextStep(Kind.WRITE, Step.FIRST_TALK) if is_first and not agreed else None


def _chase(talk: Talk, is_reviewed: bool, today: date) -> NextStep:
    sent = [step for step in GRADES if step in talk.sent]
    left = list(GRADES)[list(GRADES).index(sent[-1]) + 1 :] if sent else list(GRADES)
    days = (today - talk.held_on).days
    if not left or days >= LAST_DAY:
        return NextStep(Kind.DONE if is_reviewed else Kind.RATE)
    on = talk.held_on + timedelta(days=GRADES[left[0]])
    if sent:
        apart = timedelta(days=GRADES[left[0]] - GRADES[sent[-1]])
        on = max(on, talk.sent[sent[-1]] + apart)
    if today < on:
        return NextStep(Kind.WAIT, on=on)
    return NextStep(Kind.WRITE, [step for step in left if GRADES[step] <= days][-1])


def _close(talk: Talk, is_reviewed: bool, today: date) -> NextStep:
    """Somebody who withdrew themselves owes no thanks."""
    assert talk.ended_on is not None  # noqa: S101 - only talks that ended are closed
    if talk.response != Response.WITHDREW and today - talk.ended_on <= THANKS:
        return NextStep(Kind.THANK)
    return NextStep(Kind.DONE if is_reviewed else Kind.RATE)
