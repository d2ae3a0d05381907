"""How much there is of everything, and which numbers the rows of a kind have."""

from dataclasses import dataclass
from functools import cached_property
from math import gcd

SMALLEST = 3  # agencies
STEP = 16  # every so many reviews one replaces an earlier one of the same voice
PRIMES = (7919, 104_729)


@dataclass(frozen=True)
class Size:
    """Journeys 1 to `recalled` are told by the review of the same number, the others are tracked.

    The first tracked ones are reviewed too, up to number `reviews`; the rest of them, up to `journeys`, are not.
    """

    agencies: int
    reviews: int

    def __post_init__(self) -> None:
        if self.agencies < SMALLEST or self.reviews < 1:
            raise ValueError(f"It takes at least {SMALLEST} agencies and a review.")

    @cached_property
    def tracked(self) -> int:
        return max(60, self.reviews // 100)

    @cached_property
    def recalled(self) -> int:
        return max(1, self.reviews - self.tracked // 3)

    @cached_property
    def journeys(self) -> int:
        return self.recalled + self.tracked

    @cached_property
    def tracked_agencies(self) -> int:
        """So many agencies have people who follow their processes with them; they are spread over all."""
        return max(SMALLEST, self.agencies // 13)

    @cached_property
    def people(self) -> int:
        """Each follows three processes, at three agencies."""
        return -(-self.tracked // 3)

    @cached_property
    def shift(self) -> int:
        """Review `n`, where STEP divides n, replaces review n - shift + 1."""
        return STEP * max(1, self.recalled // (20 * STEP))

    @cached_property
    def stride(self) -> int:
        """Spreads the ranks of agencies over their numbers: prime to the number of agencies."""
        return next(prime for prime in PRIMES if gcd(prime, self.agencies) == 1)
