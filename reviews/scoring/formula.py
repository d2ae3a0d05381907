"""The published constants: the code computes with the object that /so-rechnen-wir/ prints."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime

from agencies.thresholds import MIN_VOICES, MIN_WAIT_PERSONS, MIN_WAITS


@dataclass(frozen=True, slots=True)
class Formula:
    """One version of the formulas. Changing any value here means a new version."""

    version: int = 1
    z: float = 1.645
    """Half width of a 90 % interval, in spreads of a normal distribution."""

    # Stars
    prior_weight: int = 6
    """m: so many pseudo-reviews join every agency's own ones."""
    prior_percent: tuple[int, int, int, int, int] = (15, 12, 18, 28, 27)
    """How the pseudo-reviews spread over 1..5 stars."""
    half_life_days: int = 365
    """After so many days a review weighs half."""
    weight_proven: float = 1.0
    weight_unproven: float = 0.7
    epoch: date = date(2024, 1, 1)
    """The day on which the growth factor of a review is 1."""
    min_voices: int = MIN_VOICES
    min_weight: float = 1.0

    # Waits
    window_months: int = 24
    min_waits: int = MIN_WAITS
    min_wait_persons: int = MIN_WAIT_PERSONS
    early_entry: int = 3
    """Waits and persons count towards the two minimums only if watched from this day or earlier."""
    min_persons_at_risk: int = 3
    account_days: int = 14
    """A tracked wait is measured only if its account is that old."""
    most_measured: int = 3
    """So many waits of one person at one agency are measured, the newest."""
    chance_persons: int = 5
    """So many persons must still be at risk for "Lohnt Warten noch?"."""
    prompt_days: int = 14
    """The ten dots call an answer prompt up to this day, late up to the horizon."""
    horizon: int = 30
    """The last day of the headline numbers."""

    # Comparing and splitting
    reliable: float = 0.9
    min_segment_persons: int = 5

    @property
    def prior_mean(self) -> float:
        """C, the mean of the prior in stars."""
        return sum(stars * share for stars, share in enumerate(self.prior_percent, 1)) / 100

    @property
    def prior_square(self) -> float:
        """Q, the mean of the squared stars of the prior."""
        return sum(stars**2 * share for stars, share in enumerate(self.prior_percent, 1)) / 100


FORMULA = Formula()


def today() -> date:
    """The day in UTC: the `as_of` of every number, and the day on which a review is published."""
    return datetime.now(UTC).date()


def window_start(today: date) -> date:
    """The first day whose interviews still count."""
    year, month = divmod(12 * today.year + today.month - 1 - FORMULA.window_months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


FRESH_DAYS = 7
"""So many days into a month the stored numbers still are those of the end of the last one. No constant of a formula."""
