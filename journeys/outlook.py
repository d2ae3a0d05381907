"""Lohnt Warten noch? How many of those who waited as long still got an answer by day 30.

The numbers are stored with the curves (agencies.models.WaitCurve.outlook) for each day of waiting that has enough
people behind it. Where the agency has too few, the whole market answers.
"""

from typing import NamedTuple, Self

from django.db.models import F, Q

from agencies.cards import period
from agencies.models import Agency, WaitCurve
from agencies.tenths import of_ten


class Outlook(NamedTuple):
    """How many of ten, with the 90 % interval, and the curve it was read from."""

    days: int
    chance: int
    lower: int
    upper: int
    curve: WaitCurve

    @property
    def is_market(self) -> bool:
        return self.curve.agency_id is None

    @property
    def covered(self) -> str:
        return period(self.curve.first_month, self.curve.last_month)

    @classmethod
    def of(cls, agency: Agency, days: int) -> Self | None:
        """After so many silent days; None where nobody knows enough. Measured waits say more than recalled ones."""
        mine_or_all = Q(agency=agency) | Q(agency=None)
        curves = WaitCurve.objects.filter(mine_or_all, kind=WaitCurve.Kind.INTERVIEW)
        for curve in curves.order_by(F("agency_id").asc(nulls_last=True), "source"):
            if known := curve.chance_after(days):
                chance, lower, upper = map(of_ten, known)
                return cls(days, chance, lower, upper, curve)
        return None
