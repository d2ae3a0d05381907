"""Natural frequencies: "7 von 10", and the ten dots that draw them."""

from dataclasses import dataclass
from math import floor

from reviews.scoring.formula import FORMULA
from reviews.scoring.waits import TOLERANCE, Curve, Point

DOTS = 10


def tenths(share: float) -> int:
    """A share in 0..1 as "N von 10", half up. 0 and 10 only where it is exactly none or all."""
    if share <= 0:
        return 0
    if share >= 1:
        return DOTS
    return min(max(floor(share * DOTS + 0.5 + TOLERANCE), 1), DOTS - 1)


@dataclass(frozen=True, slots=True)
class Dots:
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
        return 0 if self.late is None else DOTS - self.answered - self.late - self.withdrawn


def dots(curve: Curve) -> Dots | None:
    """The ten dots of a curve, or None where day 14 may not be shown."""
    return dots_of(curve.shown(FORMULA.prompt_days), curve.shown(FORMULA.horizon))


def dots_of(day14: Point | None, day30: Point | None) -> Dots | None:
    """The ten dots from what is shown of the two days.

    The borders between the parts are rounded, not the parts: F(14), F(30) and 1 - S(30), each by `tenths`.
    So the dots add up to ten, the first part is the "7 von 10" of day 14, the first two together are that of
    day 30, and those who are still waiting never vanish by rounding.
    """
    if day14 is None:
        return None
    prompt = tenths(day14.answered)
    if day30 is None:
        return Dots(prompt)
    answered = tenths(day30.answered)
    settled = max(answered, tenths(1 - day30.waiting))
    return Dots(prompt, late=answered - prompt, withdrawn=settled - answered)
