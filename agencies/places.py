"""From what people type to a point on the map: "muenchen", "80331", "D-20095 Hamburg", "Frankfurt, Hessen"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import OuterRef, QuerySet, Subquery

from agencies.folding import fold
from agencies.models.places import Country, Place, PlaceName, Postcode

# Vehicle and ISO letters that stand before a postcode, after folding.
LETTERS = {
    "d": Country.GERMANY,
    "de": Country.GERMANY,
    "a": Country.AUSTRIA,
    "at": Country.AUSTRIA,
    "ch": Country.SWITZERLAND,
    "fl": Country.LIECHTENSTEIN,
    "li": Country.LIECHTENSTEIN,
}
POSTCODE = re.compile(rf"\b(?:(?P<letters>{'|'.join(LETTERS)}) )?(?P<code>\d{{4,5}})\b")
LONGEST_INPUT = 120  # characters; no address of a place is longer
ENOUGH_TO_GUESS = 4  # letters; below that every typo is another place
CLOSE = 60  # spellings to look at letter by letter


@dataclass(frozen=True, slots=True)
class Located:
    """A point with the words that say where it is. `guessed`: nothing is spelled like the input, this is close."""

    name: str
    label: str
    country: str
    latitude: float
    longitude: float
    postcode: str = ""
    guessed: bool = False


def find_place(text: str, country: str = "") -> Located | None:
    """The place a person means, the largest one in doubt; None if nothing is even similar."""
    text = text[:LONGEST_INPUT]
    match = POSTCODE.search(fold(text))
    if match is None:
        return find_name(text, country)
    beside = f"{match.string[: match.start()]} {match.string[match.end() :]}".strip()
    country = LETTERS.get(match["letters"] or "", country)
    return find_postcode(match["code"], beside, country) or (find_name(beside, country) if beside else None)


def find_postcode(code: str, beside: str, country: str) -> Located | None:
    """The area with this code: Graz and Zürich share 8010, so the words beside it decide, then the size."""
    areas = Postcode.objects.filter(code=code)
    if country:
        areas = areas.filter(country=country)
    largest = areas.order_by(population_of_town().desc(nulls_last=True), "country")
    return next(map(at_postcode, sorted(largest, key=lambda area: fold(area.place_name) not in beside)), None)


def population_of_town() -> Subquery:
    towns = Place.objects.filter(country=OuterRef("country"), name=OuterRef("place_name"))
    return Subquery(towns.order_by("-population").values("population")[:1])


def find_name(text: str, country: str) -> Located | None:
    """By its spelling, or by "Linden, Hannover" with what lies around it, or by the nearest spelling."""
    name, comma, within = text.rpartition(",")
    places = Place.objects.in_country(country)
    found = places.spelled(fold(text)).largest_first().first()
    if found is None and comma:
        found = lying_within(places.spelled(fold(name)).largest_first(), fold(within))
    if found is None:
        guess = nearest_spelling(fold(text), country)
        return at_place(guess, guessed=True) if guess else None
    return at_place(found)


def lying_within(places: QuerySet[Place], folded: str) -> Place | None:
    """The first that lies in this city or region, or else the first."""
    return min(places, key=lambda place: fold(place.part_of or place.region) != folded, default=None)


def nearest_spelling(folded: str, country: str) -> Place | None:
    """The place a slip of the finger meant. Trigrams find what is close; the order of the letters then decides,
    and ten times the people make up for a twentieth of the letters."""
    if len(folded) < ENOUGH_TO_GUESS:
        return None
    close = PlaceName.objects.similar_to(folded).in_country(country).select_related("place")[:CLOSE]
    letters = SequenceMatcher(b=folded)  # the class prepares its second text once

    def likeness(name: PlaceName) -> float:
        letters.set_seq1(name.folded)
        return letters.ratio() + math.log10(name.place.population + 1) / 20

    return max(close, key=likeness).place if close else None


def suggest_places(prefix: str, limit: int = 8) -> list[Located]:
    """What to offer while a person types a place or a postcode, largest first."""
    folded = fold(prefix[:LONGEST_INPUT])
    if not folded:
        return []
    if folded.isdecimal():
        areas = Postcode.objects.filter(code__startswith=folded).order_by("code", "country")
        return [at_postcode(area) for area in areas[:limit]]
    return [at_place(place) for place in Place.objects.starting_with(folded).largest_first()[:limit]]


def at_place(place: Place, *, guessed: bool = False) -> Located:
    return Located(place.name, place.label, place.country, place.latitude, place.longitude, guessed=guessed)


def at_postcode(area: Postcode) -> Located:
    return Located(
        area.place_name, str(area), area.country, area.latitude, area.longitude, postcode=area.code
    )
