"""Waits, and the risk sets they add up to: who was still waiting on which day, and what happened to them."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple


class Ending(StrEnum):
    """How a wait ended, as far as we know. The order is that of the counts in `RiskDay`."""

    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    """The candidate pulled out, or learnt otherwise that the role is gone: no answer can follow."""
    SILENT = "silent"
    """Not ended: still without an answer on the last day we know of."""


class Wait(NamedTuple):
    """One wait for feedback, in whole days since the interview."""

    day: int
    """The day of the ending. 0 is the day of the interview itself."""
    ending: Ending
    person: Hashable
    """Any key that is the same for the same person."""
    entry: int = 0
    """The first day on which we watched: 0 for a recalled wait, later for one that was logged later."""


class RiskDay(NamedTuple):
    """The risk set of a day, and of all days up to the next row. Endings belong to the row's day only."""

    day: int
    at_risk: int
    """Waits with entry <= day <= last day known."""
    persons: int
    """Different persons among them."""
    answered: int = 0
    withdrawn: int = 0
    silent: int = 0

    @property
    def events(self) -> int:
        return self.answered + self.withdrawn

    @property
    def staying(self) -> int:
        """Waits that are still open when the day is over."""
        return self.at_risk - self.events - self.silent


def risk_days(waits: Iterable[Wait]) -> tuple[RiskDay, ...]:
    """A row for each day on which the risk set changes or a wait ends, in order of days.

    A wait that ended before we began to watch was never at risk and is left out. ValueError for a
    negative day.
    """
    entering: defaultdict[int, list[Wait]] = defaultdict(list)
    ending: defaultdict[int, list[Wait]] = defaultdict(list)
    for wait in watched(waits):
        entering[max(wait.entry, 0)].append(wait)
        ending[wait.day].append(wait)
    open_waits: Counter[Hashable] = Counter()
    rows = []
    for day in sorted({*entering, *ending, *(day + 1 for day in ending)}):
        _close(open_waits, ending.get(day - 1, ()))
        open_waits.update(wait.person for wait in entering.get(day, ()))
        endings = Counter(Ending(wait.ending) for wait in ending.get(day, ()))
        rows.append(RiskDay(day, open_waits.total(), len(open_waits), *(endings[kind] for kind in Ending)))
    return tuple(rows)


def watched(waits: Iterable[Wait]) -> Iterable[Wait]:
    """The waits that were at risk on some day. ValueError for one that ends before its interview."""
    for wait in waits:
        if wait.day < 0:
            raise ValueError(f"a wait cannot end on day {wait.day}")
        if wait.entry <= wait.day:
            yield wait


def joined(*groups: Sequence[RiskDay]) -> tuple[RiskDay, ...]:
    """The risk sets of groups that have no person in common, taken together."""
    rows = [{row.day: row for row in group} for group in groups]
    days = sorted({day for by_day in rows for day in by_day})
    current = [RiskDay(0, 0, 0)] * len(groups)
    together = []
    for day in days:
        current = [
            by_day.get(day, before._replace(answered=0, withdrawn=0, silent=0))
            for by_day, before in zip(rows, current, strict=True)
        ]
        counts = zip(*(row[1:] for row in current), strict=True)
        together.append(RiskDay(day, *(sum(of_groups) for of_groups in counts)))
    return tuple(together)


def entered(days: Sequence[RiskDay]) -> list[int]:
    """How many waits came under watch on the day of each row."""
    stayed = [0, *(row.staying for row in days)]
    return [row.at_risk - before for row, before in zip(days, stayed, strict=False)]


def _close(open_waits: Counter[Hashable], ended: Iterable[Wait]) -> None:
    for wait in ended:
        open_waits[wait.person] -= 1
        if not open_waits[wait.person]:
            del open_waits[wait.person]
