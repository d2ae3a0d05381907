"""The formulas once more, slowly and without rounding: the reference that reviews/scoring is held against.

Written straight from their definition: fractions instead of floats, every risk set counted anew from the
waits, every sum taken from its start.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, getcontext
from fractions import Fraction
from functools import cached_property

from reviews.scoring import Ending, Wait

Z = Decimal("1.645")
getcontext().prec = 40
PRIOR = {stars: Fraction(percent, 100) for stars, percent in enumerate((15, 12, 18, 28, 27), 1)}
M = 6


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def parse_waits(text: str) -> list[Wait]:
    """Reads "6 9+ 3w 15@9": days, + still silent, w withdrawn, @ entry. Each wait is another person."""
    return [_parse_wait(word, person) for person, word in enumerate(text.split())]


def _parse_wait(word: str, person: int) -> Wait:
    body, _, entry = word.partition("@")
    ending = {"+": Ending.SILENT, "w": Ending.WITHDRAWN}.get(body[-1], Ending.ANSWERED)
    return Wait(int(body.rstrip("+w")), ending, person, int(entry or 0))


@dataclass(frozen=True)
class ExactScore:
    """Reviews as pairs of weight and stars."""

    reviews: Sequence[tuple[Fraction, int]]

    @property
    def weight(self) -> Fraction:
        return sum((weight for weight, _ in self.reviews), Fraction(0))

    @property
    def mean(self) -> Fraction:
        return self._moment(1)

    @property
    def squared_spread(self) -> Fraction:
        return (self._moment(2) - self.mean**2) / (M + self.weight + 1)

    def _moment(self, power: int) -> Fraction:
        prior = sum((M * share * Fraction(stars) ** power for stars, share in PRIOR.items()), Fraction(0))
        own = sum((weight * Fraction(stars) ** power for weight, stars in self.reviews), Fraction(0))
        return (prior + own) / (M + self.weight)


@dataclass(frozen=True)
class ExactCurve:
    waits: Sequence[Wait]

    def at_risk(self, day: int) -> list[Wait]:
        return [wait for wait in self.waits if wait.entry <= day <= wait.day]

    def events(self, day: int, *endings: Ending) -> int:
        return sum(wait.day == day and wait.ending in endings for wait in self.at_risk(day))

    @cached_property
    def days(self) -> list[int]:
        """The days on which somebody was answered or withdrew."""
        return [u for u in range(1 + max(w.day for w in self.waits)) if self._events_of(u)]

    def waiting(self, t: int) -> Fraction:
        share = Fraction(1)
        for u in self.days:
            if u <= t:
                share *= 1 - Fraction(self._events_of(u), len(self.at_risk(u)))
        return share

    def answered(self, t: int) -> Fraction:
        return sum((self._rise(u) for u in self.days if u <= t), Fraction(0))

    def variance(self, t: int) -> Fraction:
        return sum((self._variance_of(u, t) for u in self.days if u <= t), Fraction(0))

    def interval(self, t: int) -> tuple[Decimal, Decimal]:
        """By the scale on which it is symmetric, log(-log F), to 40 digits."""
        share, waits = self.answered(t), Decimal(len(self.waits))
        if share in {0, 1}:
            limit = Decimal("0.05") ** (1 / waits)
            return (limit, Decimal(1)) if share else (Decimal(0), 1 - limit)
        log = _decimal(share).ln()
        margin = Z * _decimal(self.variance(t)).sqrt() / (_decimal(share) * abs(log))
        lower, upper = (-((-log).ln() + sign * margin).exp() for sign in (1, -1))
        return lower.exp(), upper.exp()

    def rmst(self, horizon: int) -> Fraction:
        return sum((1 - self.answered(day) for day in range(horizon)), Fraction(0))

    def median(self) -> int | None:
        return next((u for u in self.days if self.answered(u) >= Fraction(1, 2)), None)

    def refitted(self, silent_days: int) -> "ExactCurve":
        """Only from the day after so many silent days on is anybody watched."""
        later = [wait._replace(entry=max(wait.entry, silent_days + 1)) for wait in self.waits]
        return ExactCurve([wait for wait in later if wait.entry <= wait.day])

    def _events_of(self, u: int) -> int:
        return self.events(u, Ending.ANSWERED, Ending.WITHDRAWN)

    def _rise(self, u: int) -> Fraction:
        return self.waiting(u - 1) * Fraction(self.events(u, Ending.ANSWERED), len(self.at_risk(u)))

    def _variance_of(self, u: int, t: int) -> Fraction:
        n, a, d = len(self.at_risk(u)), self.events(u, Ending.ANSWERED), self._events_of(u)
        later = self.answered(t) - self.answered(u)
        before = self.waiting(u - 1)
        first = later**2 * Fraction(d, n * (n - d)) if n > d else Fraction(0)
        return first + before**2 * Fraction(a * (n - a), n**3) - 2 * later * before * Fraction(a, n**2)
