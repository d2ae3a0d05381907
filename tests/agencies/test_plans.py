"""What a page costs with a hundred thousand agencies, and as many reviews, by the plans of its statements.

A plan is a test: no table that grows is read from one end to the other, and no step reads more than a quarter of it,
whatever is asked. Times would depend on the machine.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils.module_loading import import_string
from psycopg import ClientCursor
from pytest_django import DjangoDbBlocker

from agencies import front, gazetteer, keyset
from agencies.directory import Directory, Leaf
from agencies.models import Agency, Place, Postcode
from agencies.neighbours import MOST, neighbours
from agencies.places import suggest_places
from agencies.search import swapped
from agencies.similar import Similar
from agencies.suggest import suggest
from config.celery import app
from reviews.listing import MOST_FILTERED, Listing
from tests.agencies.many import COMMON, MANY, REVIEWS, forget_many, make_many
from tests.factories import AgencyFactory, OfficeFactory

pytestmark = pytest.mark.django_db
GROWING = {
    *("agencies_agency", "agencies_agencyscore", "agencies_office", "agencies_word"),
    *("journeys_journey", "reviews_review", "reviews_revision"),
}
FEW = MANY // 4  # rows that one step may read
AT_ONCE = 1_000  # rows in the order they lie in, until enough are found


@pytest.fixture(scope="module", autouse=True)
def many(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        gazetteer.load()
        make_many()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE agencies_placename, agencies_place, agencies_postcode")
        yield
        forget_many()
        Place.objects.all().delete()
        Postcode.objects.all().delete()


class Step(NamedTuple):
    """One step of a plan that reads a table: how, and how many rows it had to look at."""

    kind: str
    table: str
    rows: float


def steps(plan: dict[str, Any]) -> Iterator[Step]:
    if "Relation Name" in plan:
        looked_at = sum(plan.get(key, 0) for key in ("Actual Rows", "Rows Removed by Filter"))
        yield Step(plan["Node Type"], plan["Relation Name"], plan["Actual Loops"] * looked_at)
    for part in plan.get("Plans", ()):
        yield from steps(part)


def read_by(work: Callable[[], object]) -> list[Step]:
    """All reading steps of all statements of some work, as PostgreSQL carries them out."""
    asked: list[tuple[str, Any, bool]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "SAVEPOINT" not in sql:
            asked.append((sql, params, isinstance(context["cursor"].cursor, ClientCursor)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    found = [
        step
        for sql, params, is_planned_anew in asked
        for step in steps(
            _explained(sql, params) if is_planned_anew else _explained_as_planned_once(sql, params)
        )
    ]
    assert found
    return found


def _explained(statement: str, params: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", params)
        (plan,) = cursor.fetchone()
    (plan,) = json.loads(plan) if isinstance(plan, str) else plan
    whole: dict[str, Any] = plan["Plan"]
    return whole


def _explained_as_planned_once(sql: str, params: Any) -> dict[str, Any]:
    """By the one plan for any values, as web processes have it (settings: plan_cache_mode)."""
    values: list[Any] = []

    def place(found: re.Match[str]) -> str:
        values.append(params[found[1]] if found[1] else params[len(values)])
        return f"${len(values)}"

    text = re.sub(r"%\((\w+)\)s|%s", place, sql).replace("%%", "%")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE planned AS {text}", None)
    try:
        return _explained(f"EXECUTE planned ({', '.join(['%s'] * len(values))})", values)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE planned")
            cursor.execute("SET LOCAL plan_cache_mode = auto")


def directory(query: str) -> Callable[[], object]:
    def work() -> Directory:
        here = Directory(QueryDict(query))
        _ = here.groups, here.next_page, here.previous_page, here.notices
        return here

    return work


def assert_frugal(work: Callable[[], object], few: int = FEW) -> None:
    read = [step for step in read_by(work) if step.table in GROWING]
    assert [step for step in read if step.kind == "Seq Scan" and step.rows > AT_ONCE] == []
    assert [step for step in read if step.rows > few] == []


def deep(query: str) -> str:
    """The address of a page four hundred pages further on."""
    here = Directory(QueryDict(query))
    names = keyset.names(here.filters.key_kinds)
    keys = here.filters.ordered(here.filters.found()).values_list(*names)[DEEP]
    here.__dict__["page"] = Leaf([here.page.hits[0]._replace(keys=keys)], DEEP - 1, has_next=True)
    assert here.next_page
    address = here.next_page.url.partition("?")[2]
    assert "nach=" in address
    return address


DEEP = 8_000  # hits before it
ORDERS = ["", "sort=score", "sort=reviews", "sort=name"]


@pytest.mark.parametrize("query", ORDERS)
def test_the_directory_reads_a_page_and_no_more(query: str) -> None:
    assert_frugal(directory(query), few=100)


@pytest.mark.parametrize("query", [*ORDERS, "fach=it", "fach=it&sort=score"])
def test_a_deep_page_reads_as_little_as_the_first(query: str) -> None:
    first, behind = directory(query), directory(deep(query))
    assert_frugal(behind, few=1_000)
    assert sum(step.rows for step in read_by(behind)) <= 2 * sum(step.rows for step in read_by(first)) + 100


def test_the_last_page_with_a_number_skips_a_thousand_at_most() -> None:
    assert_frugal(directory("page=50"), few=1_001)


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("query", ["fach=it", "fach=education", "form=temp", "fach=it&form=rpo"])
def test_fields_and_kinds_are_filtered_by_an_index(query: str, sort: str) -> None:
    assert_frugal(directory(f"{query}&{sort}"), few=2_500)


@pytest.mark.parametrize(
    "words",
    [
        "hafenkante",
        "Hafenkante Söhne",
        COMMON,
        f"{COMMON} Söhne",
        "personalvermittlung",  # a fifth of all
        "Vermittlung für IT",
        "Ort 77",
        "nord",  # the beginning of many
        "per",
        "hafnkante",
        "hafenkannte shöne",
        "personla",  # of a very common word
        "personalberatung Graz",  # two frequent words that nobody has together
        "qwertzuiopq",
        "haus " * 30,
        "x" * 120,
    ],
)
def test_a_search_reads_few_rows_whatever_is_typed(words: str) -> None:
    assert_frugal(directory(f"q={words}"))
    assert_frugal(directory(f"q={words}&fach=it"))


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("place", [9_000, 40_000, 72_000])
def test_a_rare_name_is_not_looked_for_among_all(place: int, sort: str) -> None:
    word = Agency.objects.get(pk=place + 1).sort_name.split()[0]
    assert_frugal(directory(f"q={word}&{sort}"))
    assert_frugal(lambda: suggest(word))
    assert_frugal(lambda: suggest(swapped(word)[len(word) // 2]))


@pytest.mark.parametrize("sort", [*ORDERS, "sort=distance"])
@pytest.mark.parametrize(
    "around", ["ort=Kassel&umkreis=10", "ort=Kassel", "ort=34117&umkreis=200", "ort=Kassl"]
)
def test_a_place_is_looked_up_with_its_surroundings(around: str, sort: str) -> None:
    assert_frugal(directory(f"{around}&{sort}"))


def test_a_search_around_a_place_uses_both() -> None:
    assert_frugal(directory(f"q={COMMON}&ort=Kassel&sort=distance"))


@pytest.mark.parametrize(
    "name", ["Hafenkante", "Haffenkante und Söhne GmbH", f"{COMMON} GmbH", "Ort", "x" * 120]
)
def test_a_proposal_is_compared_with_few(name: str) -> None:
    assert_frugal(lambda: Similar.to(name, "https://viele-1.example"))


def test_the_start_page_chooses_by_an_index() -> None:
    assert_frugal(front.choice_of_the_week, few=100)


@pytest.mark.parametrize("address", ["", f"nach={REVIEWS // 2}", f"vor={REVIEWS // 2}"])
def test_the_reviews_of_a_profile_are_read_in_the_order_of_an_index(address: str) -> None:
    agency = Agency.objects.with_score().get(pk=1)
    read = read_by(lambda: Listing(agency, [], QueryDict(address)))
    assert {step.kind for step in read if step.table == "reviews_review"} <= {"Index Scan", "Index Only Scan"}
    assert max(step.rows for step in read) <= 20


TYPED = [
    *("mü", "nor", "pers", "söh", "hafenk", "morgenst", "BRÜCK", "muehl", "perso"),
    *("hafenkante", "Hafenkante Personal", "& Söhne", COMMON, f"{COMMON} Söhne", "haus hof", "nord süd"),
    *("hafnkante", "hafenkannte", "personla", "nordlciht", "söne", "hafenkante shöne", "abend personal"),
    *("personalv", "Personalvermittlung", "zeitabreit", "pfelge", "headhuntre", "Vermittlung für IT"),
    *("hamb", "hambrug", "koeln", "düsseldorf", "frankfurt am m", "Ort 7", "20095"),
    *("personalberatung Graz", "recruiting rostock", "Söhne Zürich", "qwertzuiopq", "x" * 120),
]
"""Beginnings and wholes of names, words, places and postcodes; mistyped; together, also where nobody has both."""
BEGUN = ["h", "ö", "no", "it", "1"]  # too little for agencies, and enough for the field of a place


@pytest.mark.parametrize("text", TYPED)
def test_suggestions_read_few_rows(text: str) -> None:
    assert_frugal(lambda: suggest(text))


def test_suggestions_come_within_fifty_milliseconds() -> None:
    """The middle one, each at its quickest of three: a busy machine delays some, and hardly half of them thrice.

    On an idle one that is 10 ms. What could make a single one slow is held by the rows that it may read.
    """

    def milliseconds(text: str) -> float:
        begin = time.perf_counter()
        suggest(text), suggest_places(text)
        return 1000 * (time.perf_counter() - begin)

    assert median(min(milliseconds(text) for _ in range(3)) for text in (*BEGUN, *TYPED)) < 50


@pytest.mark.parametrize(
    "address", ["rolle=student", "rolle=permanent", "wert=1-2", "wert=4-5&ausgang=rejected"]
)
def test_a_filter_looks_at_a_bounded_number_of_reviews(address: str) -> None:
    agency = Agency.objects.with_score().get(pk=1)
    read = read_by(lambda: Listing(agency, [], QueryDict(address)))
    assert {step.kind for step in read if step.table == "reviews_review"} <= {"Index Scan", "Index Only Scan"}
    assert max(step.rows for step in read) <= MOST_FILTERED


@pytest.mark.parametrize(
    "fields", [["it"], ["education"], ["it", "education"], []], ids=["common", "rare", "both", "none"]
)
@pytest.mark.parametrize("postcode", ["10115", ""], ids=["somewhere", "nowhere"])
def test_similar_agencies_are_found_among_few(fields: list[str], postcode: str) -> None:
    agency = AgencyFactory(fields=fields, kinds=["temp"])
    if postcode:
        OfficeFactory(agency=agency, postcode=postcode, latitude=52.5, longitude=13.4)
    main = agency.offices.first()
    assert len(neighbours(agency, main)) == MOST
    assert_frugal(lambda: neighbours(agency, main), few=5_000)


SWEEPS = [
    entry["task"]
    for entry in app.conf.beat_schedule.values()
    if isinstance(entry["schedule"], float) and entry["task"] != "agencies.tasks.count_listing"
]
"""What runs every few seconds, but for the one whose work is to read all agencies."""


@pytest.mark.parametrize("task", SWEEPS)
def test_a_sweep_that_finds_nothing_reads_next_to_nothing(task: str) -> None:
    assert_frugal(import_string(task), few=100)
