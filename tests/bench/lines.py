"""What a measurement says: one line for each promise, ours beside a floor measured in the same run."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """`ours` and `floor` in the same unit; `goal` is the least their ratio may be, or with `at_most` the most."""

    name: str
    ours: float
    floor: float
    goal: float
    at_most: bool = False

    @property
    def ratio(self) -> float:
        return self.ours / self.floor

    @property
    def ok(self) -> bool:
        return self.ratio <= self.goal if self.at_most else self.ratio >= self.goal

    def json(self) -> str:
        rounded = {name: round(getattr(self, name), 3) for name in ("ours", "floor", "ratio", "goal")}
        return json.dumps({"name": self.name, **rounded, "ok": self.ok})


type Measure = Callable[[bool], Iterator[Line]]  # is it the small scale?
