"""What the start page shows: the market in ten dots, and three agencies that answer well."""

from datetime import date
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from agencies import cards
from agencies.cards import Card, period
from agencies.models import AgencyScore, WaitCurve
from agencies.tenths import Tenths

BEST = 40  # so many share the place on the start page
SHOWN = 3
RELIABLE = 0.5  # even by the cautious estimate at least half were answered within 14 days


class Market(NamedTuple):
    """All agencies together: of ten people who had an interview."""

    dots: Tenths
    basis: str


class Choice(NamedTuple):
    """Three of the best, another three each week."""

    cards: list[Card]
    among: int


def market() -> Market | None:
    """From measured waits as soon as they may be shown, else from recalled ones; None before that."""
    shown = WaitCurve.objects.filter(agency=None, kind=WaitCurve.Kind.INTERVIEW, is_shown=True)
    row = shown.order_by("source").first()  # "measured" comes before "recalled"
    return Market(row.dots, _basis(row)) if row and row.dots else None


def _basis(row: WaitCurve) -> str:
    return _("Alle Agenturen, %(waits)s Gespräche von %(persons)s Personen, %(period)s.") % {
        "waits": number_format(row.waits, force_grouping=True),
        "persons": number_format(row.persons, force_grouping=True),
        "period": period(row.first_month, row.last_month),
    }


def choice_of_the_week(today: date | None = None) -> Choice:
    """Three neighbours in the order of the cautious estimate; each week the next three."""
    best = list(
        AgencyScore.objects.filter(is_listed=True, waits_shown=True, answered_14_lower__gte=RELIABLE)
        .order_by("-answered_14_lower", "agency_id")
        .values_list("agency_id", flat=True)[:BEST]
    )
    week = ((today or timezone.localdate()).toordinal() - 1) // 7  # weeks begin on Monday
    places = sorted((SHOWN * week + i) % len(best) for i in range(min(SHOWN, len(best))))
    chosen = cards.by_id(best[place] for place in places)
    return Choice([chosen[best[place]] for place in places], len(best))
