"""From what a person told about a wait to what statistics read. Pure; whole days, as scoring.md counts them.

A wait starts on the day of the interview (or the day the CV went out) and ends with an answer or a withdrawal.
While it is silent it lasts until the day of the author's last statement, never until "today".
"""

from dataclasses import dataclass
from datetime import date, timedelta

from journeys.choices import WAIT_END, Response, WaitEnd


@dataclass(frozen=True, slots=True)
class Start:
    """When a wait began. Of a month that was only remembered we take the 15th, or the day of telling before it."""

    day: date
    is_exact: bool
    earliest: date  # the first day it can have been


def on_day(day: date) -> Start:
    return Start(day=day, is_exact=True, earliest=day)


def in_month(month: date, *, told_on: date) -> Start:
    """`month` is its first day and not after `told_on`."""
    return Start(day=min(month.replace(day=15), told_on), is_exact=False, earliest=month)


@dataclass(frozen=True, slots=True)
class Wait:
    days: int
    end: WaitEnd


def days_until(start: Start, day: date) -> int:
    """Whole days from the start to a named day, 0 on the same day (and where an estimated start lies after it)."""
    return max(0, (day - start.day).days)


def is_possible(start: Start, days: int, *, told_on: date) -> bool:
    """Whether something `days` after the start can have happened by the day of telling."""
    return start.earliest + timedelta(days=days) <= told_on


def wait(response: str, start: Start, *, told_on: date, days: int | None) -> Wait:
    """`days` is the time to the answer or the withdrawal. ValueError if the response needs it and it is missing."""
    end = WAIT_END[Response(response)]
    if end == WaitEnd.SILENT:
        return Wait(days_until(start, told_on), end)
    if days is None:
        raise ValueError(f"{response} happened on a day")
    return Wait(days, end)
