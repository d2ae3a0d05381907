"""scores.csv: the published numbers alone, one row for each agency of the data set."""

from collections.abc import Sequence
from typing import Any

from agencies.figures import MARKED_DAYS
from agencies.models import WaitCurve
from reviews.opendata.entries import Entry
from reviews.scoring import FORMULA

SCORE = ("n", "mean", "lower", "upper")
WAITS = ("source", "waits", "persons")
SHARES = [(f"day{day}", name) for day in MARKED_DAYS for name in ("f", "lower", "upper")]
TIMES = ("rmst30", "median")
COLUMNS = (
    *("slug", "name", "as_of", "formula", *SCORE, "first_month", "last_month"),
    *(f"waits_{name}" if name != "waits" else name for name in WAITS),
    *(f"{day}_{name}" for day, name in SHARES),
    *TIMES,
)


def row(entry: Entry) -> list[Any]:
    """Cells in the order of `COLUMNS`; empty where a number is not shown. Waits are those that lists show."""
    waits = _first_curve(entry)
    return [
        *(entry["slug"], entry["name"], entry["as_of"], FORMULA.version),
        *_values(entry["score"], SCORE),
        *(entry["period"] or (None, None)),
        *_values(waits, WAITS),
        *((waits.get(day) or {}).get(name) for day, name in SHARES),
        *_values(waits, TIMES),
    ]


def _first_curve(entry: Entry) -> Entry:
    source = (entry["headline"] or {}).get("source")
    key = (WaitCurve.Kind.INTERVIEW, source)
    return next((one for one in entry["waits"] if (one["kind"], one["source"]) == key), {})


def _values(numbers: Entry | None, names: Sequence[str]) -> list[Any]:
    return [(numbers or {}).get(name) for name in names]
