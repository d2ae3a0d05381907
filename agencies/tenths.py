"""Natural frequencies: "7 von 10", and the ten people whom the dots draw. Part of the formula, and what lists show."""

from math import floor
from typing import NamedTuple

ALL = 10
TOLERANCE = 1e-9  # 5 of 20 may come as 0.2499999


def of_ten(share: float) -> int:
    """A share in 0..1 as "N von 10", half up. 0 and 10 only where it is exactly none or all."""
    if share <= TOLERANCE:
        return 0
    if share >= 1 - TOLERANCE:
        return ALL
    return min(max(floor(share * ALL + 0.5 + TOLERANCE), 1), ALL - 1)


class Tenths(NamedTuple):
    """Ten people who had an interview. Once day 30 is known, the parts add up to ten."""

    answered: int
    """By day 14."""
    late: int | None = None
    """On day 15 to 30; None while day 30 is "noch nicht bekannt", and with it what became of the others."""
    withdrawn: int = 0
    """Pulled out unanswered by day 30."""

    @property
    def silent(self) -> int:
        """Still waiting when day 30 is over."""
        return 0 if self.late is None else ALL - self.answered - self.late - self.withdrawn

    @property
    def states(self) -> list[str]:
        """One for each of the ten, as agencies.figures.MARKS names them."""
        parts = ("answered", self.answered), ("waiting", self.late or 0), ("silent", self.silent)
        states = [
            state for state, number in (*parts, ("withdrawn", self.withdrawn)) for _one in range(number)
        ]
        return states + ["open"] * (ALL - len(states))
