"""Checks the address of an office and fills in what it leaves out: country, spelling of the town, coordinates."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies.distance import inside_box
from agencies.folding import fold
from agencies.models import Office, Place
from agencies.models.places import Country
from agencies.places import LETTERS, Located, find_place

CODE = re.compile(rf"(?:(?P<letters>{'|'.join(LETTERS)})[ -]?)?(?P<code>\d{{4,5}})")
SAME_TOWN = 30  # km between the middle of a postcode's area and the town it is written with


def office_at(*, postcode: str, place: str, country: str = "", street: str = "") -> Office:
    """An unsaved office. ValidationError with a sentence if the place is unknown or contradicts the postcode."""
    code, country = read_postcode(postcode, country)
    here = locate(code, place, country)
    return Office(
        street=street,
        postcode=here.postcode or code,
        place=town(place, here) if place else here.name,
        country=here.country,
        latitude=here.latitude,
        longitude=here.longitude,
    )


def read_postcode(text: str, country: str) -> tuple[str, str]:
    """The digits and the country: "CH-8001" is in Switzerland, "1067" in Germany lost its zero in a spreadsheet."""
    if not text:
        return "", country
    match = CODE.fullmatch(text.lower())
    lettered = LETTERS[match["letters"]] if match and match["letters"] else country
    if match is None or (country and lettered != country):
        raise ValidationError(_("„%(text)s“ ist dort keine Postleitzahl."), params={"text": text})
    return match["code"].zfill(5) if lettered == Country.GERMANY else match["code"], lettered


def locate(code: str, place: str, country: str) -> Located:
    here = find_place(f"{code} {place}", country)
    if here and here.country == Country.GERMANY and len(code) == 4:
        here = find_place(f"0{code} {place}", Country.GERMANY)
    if here is None:
        raise ValidationError(_("„%(text)s“ kennen wir nicht."), params={"text": f"{code} {place}".strip()})
    if here.guessed:
        raise ValidationError(
            _("„%(text)s“ kennen wir nicht. Gemeint ist vielleicht „%(guess)s“."),
            params={"text": place, "guess": here.name},
        )
    return here


def town(place: str, here: Located) -> str:
    """The town as we spell it. One that is too far from its postcode is refused, one we do not know is kept."""
    namesakes = Place.objects.in_country(here.country).spelled(fold(place)).largest_first()
    if not here.postcode:
        return here.name
    near = namesakes.filter(inside_box(here.latitude, here.longitude, SAME_TOWN)).first()
    if near is None and namesakes.exists():
        raise ValidationError(
            _("Die Postleitzahl %(code)s gehört zu %(town)s, nicht zu „%(place)s“."),
            params={"code": here.postcode, "town": here.name, "place": place},
        )
    return near.name if near else place
