"""What a measurement says: one line for each promise, ours beside a floor measured in the same run."""

import json
import operator
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 5
MANY_ROUNDS = 31  # of what takes milliseconds
COMPARE = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True)
class Line:
    """`ours` and `floor` in the same unit; `goal` says what their ratio must be, such as ">= 0.7" or "<= 2.0"."""

    name: str
    ours: float
    floor: float
    goal: str

    @property
    def ratio(self) -> float:
        return self.ours / self.floor

    @property
    def ok(self) -> bool:
        sign, bound = self.goal.split()
        return bool(COMPARE[sign](self.ratio, float(bound)))

    def json(self) -> str:
        numbers = {name: float(f"{getattr(self, name):.4g}") for name in ("ours", "floor", "ratio")}
        return json.dumps({"name": self.name, **numbers, "goal": self.goal, "ok": self.ok})


def alternating(
    ours: Callable[[], float], floor: Callable[[], float], *, rounds: int = ROUNDS
) -> tuple[float, float]:
    """Measure both in turns, so that a busy machine slows both; the median of what each returned."""
    pairs = [(ours(), floor()) for _ in range(rounds)]
    return median(one for one, _ in pairs), median(other for _, other in pairs)


def seconds(work: Callable[[], object]) -> Callable[[], float]:
    """The same work, which now returns how long it took."""

    def timed() -> float:
        begin = time.perf_counter()
        work()
        return time.perf_counter() - begin

    return timed
