"""How quickly agencies are found, against the same SQL without Django; and a page far down against the first. Seconds.

Both sides send the same statements and fetch the same rows. What is compared is the 95th percentile over words as
people type them: whole names, beginnings, and names with two letters exchanged.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import quantiles

import psycopg
from django.db import connection
from django.http import QueryDict

from agencies import cards, keyset
from agencies.cards import Card
from agencies.directory import PAGE_SIZE, Directory
from agencies.filters import AgencyFilter, by_relevance
from agencies.models import Agency
from agencies.prepared import AGAIN
from agencies.search import Search, swapped
from tests.bench.lines import MANY_ROUNDS, Line, alternating, seconds
from tests.bench.recompute import send, sent_by

NAMES = 40
DEPTH = 500  # pages


def search() -> Iterator[Line]:
    asked = list(typed())
    with psycopg.connect(**connection.get_connection_params()) as session:
        session.prepare_threshold = AGAIN
        statements = [sent_by(partial(hits, text)) for text in asked]

        def ours() -> float:
            return p95([partial(hits, text) for text in asked])

        def floor() -> float:
            return p95([partial(send, session, sent) for sent in statements])

        ours(), floor()
        yield Line("search", *alternating(ours, floor), "<= 2.0")


def deep_page() -> Iterator[Line]:
    deep = deep_address()
    first, behind = seconds(lambda: page("")), seconds(lambda: page(deep))
    first(), behind()
    yield Line("deep_page", *alternating(behind, first, rounds=MANY_ROUNDS), "<= 1.2")


# ---- what is searched --------------------------------------------------------------------------------------


def typed() -> Iterator[str]:
    """The first two words of names from all over the alphabet, their beginnings, and one word mistyped."""
    every = Agency.objects.in_directory().order_by("sort_name")
    step = max(1, every.count() // NAMES)
    for name in every.values_list("sort_name", flat=True)[::step]:
        first, *others = name.split()
        yield " ".join([first, *others[:1]])
        yield first[:6]
        yield swapped(first)[len(first) // 2]


def hits(text: str) -> list[Card]:
    """The first page of a search, by relevance, with all that its cards show."""
    words = Search(text)
    found = keyset.ordered(words.matching(Agency.objects.in_directory()), by_relevance(words))
    return list(cards.by_id(found.values_list("pk", flat=True)[: PAGE_SIZE + 1]).values())


def p95(works: Sequence[Callable[[], object]]) -> float:
    return quantiles((seconds(work)() for work in works), n=20)[-1]


# ---- pages -------------------------------------------------------------------------------------------------


def page(address: str) -> Directory:
    """All that the directory shows of one page, from an address."""
    here = Directory(QueryDict(address))
    _ = here.groups, here.next_page, here.previous_page, here.notices
    return here


def deep_address() -> str:
    """Page 500, or the last full one, by a cursor behind the hit before it."""
    filters = AgencyFilter(QueryDict(), Agency.objects.in_directory())
    at = PAGE_SIZE * (min(DEPTH, filters.found().count() // PAGE_SIZE) - 1)
    keys = filters.ordered(filters.found()).values_list(*keyset.names(filters.key_kinds))[at - 1]
    return f"nach={keyset.Cursor(filters.order, at, keys)}"
