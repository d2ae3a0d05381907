"""The ten dots of a waiting curve."""

from agencies.tenths import Tenths, of_ten
from reviews.scoring.formula import FORMULA
from reviews.scoring.waits import Curve, Point


def dots(curve: Curve) -> Tenths | None:
    """The ten dots of a curve, or None where day 14 may not be shown."""
    return dots_of(curve.shown(FORMULA.prompt_days), curve.shown(FORMULA.horizon))


def dots_of(day14: Point | None, day30: Point | None) -> Tenths | None:
    """The ten dots from what is shown of the two days.

    The borders between the parts are rounded, not the parts: F(14), F(30) and 1 - S(30), each by `of_ten`.
    So the dots add up to ten, the first part is the "7 von 10" of day 14, the first two together are that of
    day 30, and those who are still waiting never vanish by rounding.
    """
    if day14 is None:
        return None
    prompt = of_ten(day14.answered)
    if day30 is None:
        return Tenths(prompt)
    answered = of_ten(day30.answered)
    settled = max(answered, of_ten(1 - day30.waiting))
    return Tenths(prompt, late=answered - prompt, withdrawn=settled - answered)
