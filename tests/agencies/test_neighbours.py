"""Agencies like one: by field, place and kind, never itself, never what is not listed."""

import pytest
from pytest_django import DjangoAssertNumQueries

from agencies.models import Agency
from agencies.neighbours import MOST, Neighbour, neighbours
from tests.factories import AgencyFactory, OfficeFactory

pytestmark = pytest.mark.django_db

HAMBURG = {"postcode": "20095", "latitude": 53.55, "longitude": 10.0}
LUEBECK = {"postcode": "23552", "place": "Lübeck", "latitude": 53.87, "longitude": 10.69}
MUNICH = {"postcode": "80331", "place": "München", "latitude": 48.14, "longitude": 11.57}
VIENNA = {"postcode": "1010", "place": "Wien", "country": "AT", "latitude": 48.21, "longitude": 16.37}


def agency(name: str, office: dict[str, object] | None = HAMBURG, **fields: object) -> Agency:
    made = AgencyFactory(name=name, **fields)
    if office:
        OfficeFactory(agency=made, **office)
    return made


def like(agency: Agency) -> tuple[Neighbour, ...]:
    return neighbours(agency, agency.offices.first())


def names(of: Agency) -> list[str]:
    return [neighbour.card.name for neighbour in like(Agency.objects.get(pk=of.pk))]


def test_those_in_the_same_field_and_town_come_before_those_far_away() -> None:
    ours = agency("Wir")
    agency("In München", MUNICH)
    agency("In Lübeck", LUEBECK)
    agency("Nebenan")
    assert names(ours) == ["Nebenan", "In Lübeck", "In München"]


def test_more_fields_and_kinds_in_common_come_first() -> None:
    ours = agency("Wir", fields=["it", "hr"], kinds=["placement", "temp"])
    agency("Eines", fields=["it"], kinds=["rpo"])
    agency("Beide", fields=["hr", "it"], kinds=["rpo"])
    agency("Beide und Zeitarbeit", fields=["it", "hr"], kinds=["temp"])
    assert names(ours) == ["Beide und Zeitarbeit", "Beide", "Eines"]


def test_who_shares_no_field_is_not_alike() -> None:
    ours = agency("Wir", fields=["it"])
    agency("Pflege", fields=["health"])
    assert names(ours) == []


def test_without_fields_the_kinds_decide() -> None:
    ours = agency("Wir", fields=[], kinds=["rpo"])
    agency("Auch RPO", kinds=["rpo"])
    agency("Zeitarbeit", kinds=["temp"])
    assert names(ours) == ["Auch RPO"]
    assert names(agency("Nichts", fields=[], kinds=[])) == []


@pytest.mark.parametrize("status", ["proposed", "closed", "refused"])
def test_only_listed_ones_are_named_and_never_the_agency_itself(status: str) -> None:
    ours = agency("Wir")
    OfficeFactory(agency=ours, is_main=False, **LUEBECK)
    agency("Nicht gelistet", status=status)
    assert names(ours) == []


def test_a_rare_field_is_found_anywhere() -> None:
    ours = agency("Wir", VIENNA, fields=["education"])
    for number in range(3):
        agency(f"IT {number}", VIENNA)
    agency("In München", MUNICH, fields=["education"])
    agency("Ohne Büro", None, fields=["education"])
    assert names(ours) == ["In München", "Ohne Büro"]
    assert names(agency("Auch ohne Büro", None, fields=["education"])) == ["Wir", "In München", "Ohne Büro"]


def test_an_office_without_coordinates_or_postcode_is_as_good_as_any() -> None:
    ours = agency("Wir", {"postcode": "", "latitude": None, "longitude": None})
    agency("Auch", {"postcode": "", "latitude": None, "longitude": None})
    agency("Nebenan")
    assert names(ours) == ["Auch", "Nebenan"]


def test_there_are_four_at_most_and_always_the_same(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    agencies = [agency(f"Nr. {number}") for number in range(9)]
    ours = agencies[4]
    main = ours.offices.first()
    with django_assert_num_queries(2):
        first = [one.card.slug for one in neighbours(ours, main)]
    assert len(first) == MOST
    assert first == [one.card.slug for one in like(ours)]


def test_the_address_compares_the_two() -> None:
    ours, other = agency("Wir"), agency("Andere")
    (neighbour,) = like(ours)
    assert neighbour.compare_url == f"/vergleich/?a={ours.slug}&a={other.slug}"
