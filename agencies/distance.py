"""How far apart two points are, in the database and without an extension."""

from __future__ import annotations

import math
from typing import NamedTuple

from django.db.models import F, FloatField, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


class Box(NamedTuple):
    """Degrees, WGS 84."""

    south: float
    north: float
    west: float
    east: float


def bounding_box(latitude: float, longitude: float, km: float) -> Box:
    """The smallest box around all points within `km`, for circles that reach neither a pole nor the date line."""
    angle = km / EARTH_RADIUS_KM
    width = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(latitude))))
    height = math.degrees(angle)
    return Box(latitude - height, latitude + height, longitude - width, longitude + width)


def inside_box(latitude: float, longitude: float, km: float, prefix: str = "") -> Q:
    """The condition an index can answer; `prefix` leads to the columns, such as "offices__"."""
    box = bounding_box(latitude, longitude, km)
    return Q(
        **{
            f"{prefix}latitude__range": (box.south, box.north),
            f"{prefix}longitude__range": (box.west, box.east),
        }
    )


def distance_km(latitude: float, longitude: float, prefix: str = "") -> CombinedExpression:
    """Great-circle distance in km to the columns `latitude` and `longitude` (haversine formula)."""
    here, there = Radians(Value(latitude)), Radians(F(f"{prefix}latitude"))
    across = Radians(F(f"{prefix}longitude") - Value(longitude))
    half_chord = Power(Sin((there - here) / 2), 2) + Cos(here) * Cos(there) * Power(Sin(across / 2), 2)
    # Rounding may lift the far side of the earth just above 1, where asin has no value.
    return ASin(Sqrt(Least(half_chord, 1.0)), output_field=FloatField()) * (2 * EARTH_RADIUS_KM)
