"""The score of a criterion, and in the same way the overall score.

The stars of an agency are averaged together with a fixed prior of six pseudo-reviews, so that one enthusiast
does not make a 5.0. This is the Bayesian estimate of a mean under a Dirichlet prior over the five stars; mean
and spread are those of the posterior. A review counts less the older it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp2, sqrt
from typing import NamedTuple

from reviews.scoring.formula import FORMULA


@dataclass(frozen=True, slots=True)
class Sums:
    """What the database adds up over the counted reviews of one agency and criterion.

    `g` is `growth` of the day of first publication, `v` the proof weight, `x` the stars. None of these sums
    changes as time passes.
    """

    n: int = 0
    """Voices, that is persons, never rows."""
    gv: float = 0.0
    gvx: float = 0.0
    gvxx: float = 0.0
    """The sums of g*v, g*v*x and g*v*x²."""


class Rating(NamedTuple):
    """One counted review, for those who have reviews and no sums."""

    stars: float
    age_days: int
    """Days from first publication to now."""
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Score:
    n: int
    weight: float
    """W: what the reviews weigh today, without the prior."""
    mean: float
    spread: float
    lower: float
    upper: float
    """The 90 % interval in stars, within 1..5."""

    @property
    def value(self) -> float:
        return self.mean

    @property
    def is_shown(self) -> bool:
        return is_shown(self.n, self.weight)

    @property
    def missing(self) -> int:
        return missing(self.n)


def growth(day: date) -> float:
    """g(t). Ageing factors out: 0.5 ** (age / 365) is growth(published) / growth(today)."""
    return exp2((day - FORMULA.epoch).days / FORMULA.half_life_days)


def proof_weight(*, proven: bool) -> float:
    """v: a proven contact counts fully, any other less."""
    return FORMULA.weight_proven if proven else FORMULA.weight_unproven


def summarise(sums: Sums, *, today: date) -> Score:
    """The score as of `today` (UTC). Without reviews it is the prior."""
    now = growth(today)
    weight = sums.gv / now
    total = FORMULA.prior_weight + weight
    mean = (FORMULA.prior_weight * FORMULA.prior_mean + sums.gvx / now) / total
    square = (FORMULA.prior_weight * FORMULA.prior_square + sums.gvxx / now) / total
    spread = sqrt((square - mean**2) / (total + 1))
    margin = FORMULA.z * spread
    return Score(sums.n, weight, mean, spread, lower=max(1.0, mean - margin), upper=min(5.0, mean + margin))


def score_ratings(ratings: Iterable[Rating]) -> Score:
    """The score of a list of reviews, reckoned as if today were the epoch: only ages matter."""
    n, gv, gvx, gvxx = 0, 0.0, 0.0, 0.0
    for rating in ratings:
        published = FORMULA.epoch - timedelta(days=rating.age_days)
        weight = growth(published) * proof_weight(proven=rating.proven)
        n += 1
        gv += weight
        gvx += weight * rating.stars
        gvxx += weight * rating.stars**2
    return summarise(Sums(n, gv, gvx, gvxx), today=FORMULA.epoch)


def is_shown(n: int, weight: float) -> bool:
    """Whether a score may be published: enough persons, and recent enough."""
    return n >= FORMULA.min_voices and weight >= FORMULA.min_weight


def missing(n: int) -> int:
    """Reviews still missing until a score is shown. 0 while it is not shown means: too few recent ones."""
    return max(0, FORMULA.min_voices - n)


def order_key(score: Score, name: str) -> tuple[bool, float, int, str]:
    """Sorts agencies "by score": lower bound and number of voices downwards, then name; unrated ones last."""
    lower = score.lower if score.is_shown else 0.0
    return (not score.is_shown, -lower, -score.n, name)


def market_mean(sums: Sums) -> float | None:
    """The weighted mean of all counted reviews pooled, without the prior. "Now" cancels out."""
    return sums.gvx / sums.gv if sums.gv else None


def period(months: Iterable[date]) -> tuple[date, date] | None:
    """First and last month, each as its first day, that some reviews cover."""
    first_days = {month.replace(day=1) for month in months}
    return (min(first_days), max(first_days)) if first_days else None
