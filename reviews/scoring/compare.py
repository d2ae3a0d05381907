"""Whether two numbers differ by more than chance."""

from math import erf, inf, sqrt
from typing import Protocol

from reviews.scoring.formula import FORMULA


class Estimate(Protocol):
    """A number with its spread (standard deviation), in the same unit: a `Score` or a `Point` of a curve."""

    @property
    def value(self) -> float: ...

    @property
    def spread(self) -> float: ...


def difference(a: Estimate, b: Estimate) -> float:
    """P in 0.5..1: how sure it is that the one that looks better is better.

    The normal probability of the distance in joint spreads. Whether intervals overlap is not asked.
    """
    distance = abs(a.value - b.value)
    if distance == 0:
        return 0.5
    joint = sqrt(a.spread**2 + b.spread**2)
    return _normal(distance / joint if joint else inf)


def is_reliable(probability: float) -> bool:
    """Whether a difference may be called one. Otherwise: "kein belastbarer Unterschied"."""
    return probability >= FORMULA.reliable


def _normal(distance: float) -> float:
    """Phi, the standard normal distribution function."""
    return (1 + erf(distance / sqrt(2))) / 2
