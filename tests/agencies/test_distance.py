"""Distances in the database, against the same formula in Python and against known ones."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.distance import EARTH_RADIUS_KM, bounding_box, distance_km, inside_box
from agencies.models import Place

MUNICH, HAMBURG, VIENNA = (48.1374, 11.5755), (53.5507, 9.9930), (48.2085, 16.3721)


def great_circle(here: tuple[float, float], there: tuple[float, float]) -> float:
    (a, b), (c, d) = (map(math.radians, point) for point in (here, there))
    half_chord = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half_chord))


def place(number: int, point: tuple[float, float]) -> Place:
    latitude, longitude = point
    return Place.objects.create(
        geoname_id=number,
        name="Ort",
        country="DE",
        region="Hier",
        population=1,
        latitude=latitude,
        longitude=longitude,
    )


latitudes, longitudes = st.floats(45.5, 55.5), st.floats(5.5, 17.5)


@given(latitudes, longitudes, st.floats(0.1, 300), st.floats(0, 2 * math.pi))
def test_the_box_holds_every_point_of_the_circle(
    latitude: float, longitude: float, km: float, bearing: float
) -> None:
    angle, start = km / EARTH_RADIUS_KM * 0.999, math.radians(latitude)
    there = math.asin(
        math.sin(start) * math.cos(angle) + math.cos(start) * math.sin(angle) * math.cos(bearing)
    )
    across = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(start),
        math.cos(angle) - math.sin(start) * math.sin(there),
    )
    box = bounding_box(latitude, longitude, km)
    assert box.south <= math.degrees(there) <= box.north
    assert box.west <= longitude + math.degrees(across) <= box.east


def test_the_box_is_no_larger_than_needed() -> None:
    box = bounding_box(*MUNICH, 50)
    assert great_circle(MUNICH, (box.north, MUNICH[1])) == pytest.approx(50)
    assert great_circle(MUNICH, (MUNICH[0], box.east)) == pytest.approx(50, rel=0.001)


@pytest.mark.django_db
def test_the_database_knows_how_far_it_is_from_munich_to_hamburg() -> None:
    place(1, HAMBURG)
    measured = Place.objects.annotate(km=distance_km(*MUNICH)).values_list("km", flat=True).get()
    assert measured == pytest.approx(great_circle(MUNICH, HAMBURG))
    assert measured == pytest.approx(612, abs=2)


@pytest.mark.django_db
@pytest.mark.parametrize("there", [MUNICH, (-48.1374, -168.4245)])
def test_the_same_point_and_its_opposite_have_a_distance(there: tuple[float, float]) -> None:
    place(1, there)
    measured = Place.objects.annotate(km=distance_km(*MUNICH)).values_list("km", flat=True).get()
    assert measured == pytest.approx(great_circle(MUNICH, there), abs=0.001)


@pytest.mark.django_db
def test_box_and_distance_together_find_what_is_near() -> None:
    near, far = place(1, (48.35, 11.78)), place(2, VIENNA)  # Munich airport, Vienna
    found = Place.objects.filter(inside_box(*MUNICH, 50)).annotate(km=distance_km(*MUNICH)).filter(km__lte=50)
    assert list(found) == [near]
    assert far not in found
