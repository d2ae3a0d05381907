"""Leafing through the directory: each agency once, forwards and back, in every order, whatever the address."""

import base64
import json

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from agencies import directory
from agencies.directory import Directory
from agencies.filters import KEY_KINDS, Sort
from agencies.keyset import Cursor
from agencies.models import Agency, AgencyScore
from tests.agencies.listing import answering, listed, rated

COUNT = 23
ORDERS = ["", "sort=score", "sort=reviews", "sort=name", "sort=distance&ort=20095", "q=agentur"]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five hits on a page, and only the first two pages have a number."""
    monkeypatch.setattr(directory, "PAGE_SIZE", 5)
    monkeypatch.setattr(directory, "MOST_PAGES", 2)


@pytest.fixture
def agencies(db: None) -> None:
    """With many that are alike in all but the name."""
    for number in range(COUNT):
        numbers = [
            rated(4.0, 3.5, n=20) | answering(7, 0.5),
            rated(4.0, 3.5 + number / 100, n=number + 5) | answering(7, 0.5, source="measured"),
            {"waits": number % 2},
        ]
        listed(
            f"Agentur {number:02}",
            place=("Hamburg", "Hamburg", "München")[number % 3],
            score=numbers[number % 3],
        )


def shown(query: str) -> list[str]:
    return [hit.card.name for hit in Directory(QueryDict(query)).page.hits]


def walk(query: str, way: str = "next_page") -> list[tuple[str, list[str]]]:
    """The pages from an address on, each with its address."""
    pages = []
    while True:
        here = Directory(QueryDict(query))
        pages.append((here.here, [hit.card.name for hit in here.page.hits]))
        link = getattr(here, way)
        if link is None or len(pages) > COUNT:
            return pages
        query = link.url.partition("?")[2]


@pytest.mark.usefixtures("agencies", "small_pages")
@pytest.mark.parametrize("query", ORDERS)
def test_every_hit_comes_once_forwards_and_back(query: str) -> None:
    pages = walk(query)
    names = [name for _address, page in pages for name in page]
    assert len(names) == len(set(names)) == Directory(QueryDict(query)).count
    last = pages[-1][0].partition("?")[2]
    assert [page for _address, page in walk(last, "previous_page")] == [page for _address, page in pages][
        ::-1
    ]


@pytest.mark.usefixtures("agencies", "small_pages")
def test_the_first_pages_have_a_number_and_those_behind_a_cursor() -> None:
    addresses = [address for address, _page in walk("sort=name")]
    assert addresses[:2] == ["/agenturen/?sort=name", "/agenturen/?sort=name&page=2"]
    assert all("nach=" in address and "page=" not in address for address in addresses[2:])


@pytest.mark.usefixtures("agencies", "small_pages")
def test_what_hangs_on_a_cursor_comes_into_no_address_of_the_page() -> None:
    behind, _names = walk("sort=name")[3]
    address = f"{behind.partition('?')[2]}{'!' * 5000}"
    here = Directory(QueryDict(f"{address}&a={Agency.objects.earliest('pk').slug}"))
    assert here.here.partition("&a=")[0] == behind
    assert [len(mark.url) < 500 for mark in here.marked] == [True]


@pytest.mark.usefixtures("agencies", "small_pages")
def test_equal_numbers_are_ordered_by_name() -> None:
    names = [name for _address, page in walk("") for name in page]
    recalled = [f"Agentur {number:02}" for number in range(0, COUNT, 3)]
    assert [name for name in names if name in recalled] == recalled


@pytest.mark.usefixtures("agencies", "small_pages")
def test_a_row_that_moved_is_neither_repeated_nor_does_it_shift_the_page() -> None:
    third = walk("sort=score")[2]
    AgencyScore.objects.filter(agency__name=shown("sort=score")[0]).update(lower=1.0, is_shown=True)
    assert shown(third[0].partition("?")[2])[0] == third[1][0]


@pytest.mark.usefixtures("agencies", "small_pages")
def test_a_cursor_of_another_order_or_behind_the_end_shows_the_first_page_and_says_so() -> None:
    for cursor in (Cursor("name", 10, ("agentur 05", 5)), Cursor("score", 10, (99.0, 0, "", 0))):
        here = Directory(QueryDict(f"sort=score&nach={cursor}"))
        assert [hit.card.name for hit in here.page.hits] == shown("sort=score")
        assert "gibt es nicht" in " ".join(here.notices)
        assert "nach" not in here.here


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.usefixtures("agencies")
@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "garbage",
        "%00",
        "ä" * 50,
        "x" * 10_000,
        packed([]),
        packed({}),
        packed(7),
        packed(["score"]),
        packed(["score", -1, 1.0, 1, "a", 1]),
        packed(["score", 20, 1.0, 1, "a"]),
        packed(["score", 20, "1.0", 1, "a", 1]),
        packed(["score", 20, 1.0, 1, "a\0", 1]),
        packed(["score", 20, 1.0, 1, ["a"], 1]),
        packed(["score", 20, 1.0, 10**30, "a", 1]),
        packed(["score", 20, True, 1, "a", 1]),
        base64.urlsafe_b64encode(b'["score",20,NaN,1,"a",1]').decode(),
        base64.urlsafe_b64encode(b'["score",20,1e999,1,"a",1]').decode(),
        base64.urlsafe_b64encode(b"[" * 900).decode(),
    ],
)
@pytest.mark.parametrize("name", ["nach", "vor"])
def test_what_is_no_cursor_shows_the_first_page_and_says_so(name: str, cursor: str) -> None:
    response = Client().get("/agenturen/", {"sort": "score", name: cursor})
    assert response.status_code == 200
    assert "gibt es nicht" in response.content.decode()
    assert [hit.card.name for hit in response.context["directory"].page.hits] == shown("sort=score")


keys = {float: st.floats(allow_nan=False, allow_infinity=False), int: st.integers(-(2**53), 2**53)}
keys[str] = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=120)  # type: ignore[assignment]


@given(order=st.sampled_from(Sort), at=st.integers(0, 2**53), data=st.data())
def test_a_cursor_is_read_as_it_was_written(order: Sort, at: int, data: st.DataObject) -> None:
    kinds = KEY_KINDS[order]
    cursor = Cursor(order, at, tuple(data.draw(keys[kind]) for kind in kinds))
    assert Cursor.read(str(cursor), order, kinds) == cursor
