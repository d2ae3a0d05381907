"""Agencies as the directory finds them: with an office, numbers and the words that are searched."""

from datetime import date
from typing import Any

from agencies.models import Agency, AgencyScore
from agencies.search import refresh_search
from tests.factories import AgencyFactory, OfficeFactory

TOWNS = {
    "Hamburg": ("DE", "20095", 53.55, 10.0),
    "Lübeck": ("DE", "23552", 53.87, 10.69),  # some 57 km from Hamburg
    "München": ("DE", "80331", 48.14, 11.58),
    "Münster": ("DE", "48143", 51.96, 7.63),
    "Leipzig": ("DE", "04109", 51.34, 12.37),
    "Bern": ("CH", "3011", 46.95, 7.45),
    "Berlin": ("DE", "10115", 52.52, 13.4),
}
MONTHS = {"first_month": date(2024, 11, 1), "last_month": date(2026, 11, 1)}


def listed(name: str, place: str = "Hamburg", score: dict[str, Any] | None = None, **fields: Any) -> Agency:
    """An agency in one of TOWNS; `score` are columns of its score row."""
    agency = AgencyFactory(name=name, **fields)
    country, postcode, latitude, longitude = TOWNS[place]
    OfficeFactory(
        agency=agency, place=place, country=country, postcode=postcode, latitude=latitude, longitude=longitude
    )
    if score:
        AgencyScore.objects.filter(agency=agency).update(**score)
    refresh_search([agency.pk])
    return agency


def rated(mean: float, lower: float, n: int = 20) -> dict[str, Any]:
    """A score that is shown."""
    return {
        "is_shown": True,
        "mean": mean,
        "lower": lower,
        "upper": min(5.0, 2 * mean - lower),
        "n": n,
        **MONTHS,
    }


def answering(dots: int, lower: float, source: str = "recalled", late: int = 0) -> dict[str, Any]:
    """Waits that are shown: so many of ten within 14 days, and the lower bound that orders them."""
    return {
        "waits_shown": True,
        "waits_source": source,
        "waits": 20,
        "wait_persons": 18,
        "answered_14": dots / 10,
        "answered_14_lower": lower,
        "dots_answered": dots,
        "dots_late": late,
    }
