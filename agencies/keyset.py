"""Leafing through a list by the keys of its rows, at the same cost at any depth.

A list is ordered by keys that all ascend and end in the primary key, so no two rows are alike. A page begins behind
the last row of the page before; a cursor in the address holds that row's keys. Nothing in it is secret or trusted: it
is compared with rows, and where it does not fit the order it is none.
"""

import json
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import BooleanField, Expression, F, Func, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan

LONGEST = 1_000  # characters of a cursor
LARGEST = 2**53  # no number of ours is larger

type Key = float | int | str


class Row(Func):
    """Several expressions as one row: rows are compared from left to right, as an index over them is sorted."""

    function = "ROW"
    output_field = BooleanField()  # never selected, but something it must be


@dataclass(frozen=True, slots=True)
class Cursor:
    """The keys of a row in a list, and how many rows stand before the page that begins or ends there."""

    order: str
    at: int
    keys: tuple[Key, ...]

    def __str__(self) -> str:
        packed = json.dumps([self.order, self.at, *self.keys], separators=(",", ":"), ensure_ascii=False)
        return urlsafe_b64encode(packed.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, order: str, kinds: Sequence[type]) -> Self | None:
        """None for what is no cursor of this order, whose keys are of these kinds."""
        try:
            packed = urlsafe_b64decode(text[:LONGEST] + "=" * (-len(text) % 4))
            named, at, *keys = json.loads(packed)
        except (ValueError, TypeError, RecursionError):
            return None
        if named != order or not _is(at, int) or at < 0 or len(keys) != len(kinds):
            return None
        return cls(order, at, tuple(keys)) if all(map(_is, keys, kinds)) else None


def _is(value: Any, kind: type) -> bool:
    """Whether a value from outside is a finite number or a text that a database can compare."""
    if isinstance(value, bool):
        return False
    if kind is str:
        return isinstance(value, str) and "\0" not in value and value.isprintable()
    if kind is float and isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and abs(value) <= LARGEST


def names(keys: Sequence[object]) -> list[str]:
    """What so many keys are called in the rows that are `ordered` by them."""
    return [f"key{place}" for place in range(len(keys))]


def ordered[T: QuerySet[Any]](rows: T, keys: Sequence[Expression | F]) -> T:
    """In the order of the keys, which each row carries by their `names`."""
    named = dict(zip(names(keys), keys, strict=True))
    return rows.annotate(**named).order_by(*named)


def beyond[T: QuerySet[Any]](rows: T, cursor: Cursor, *, back: bool = False) -> T:
    """The `ordered` rows after the cursor, or with `back` those before it, in the opposite order."""
    here = Row(*map(F, names(cursor.keys)))
    there = Row(*map(Value, cursor.keys))
    return rows.filter(LessThan(here, there)).reverse() if back else rows.filter(GreaterThan(here, there))
