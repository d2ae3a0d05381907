"""Recomputes every number of a data set from the sums and risk sets beside it. Needs the file and nothing else."""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from agencies.figures import MARKED_DAYS
from agencies.models import WaitCurve
from reviews.opendata.entries import FINISHED, OVERALL, RISK_SET, SHARES, SUMS, Entry, formula, mixed, shares
from reviews.scoring import (
    FORMULA,
    Curve,
    Point,
    RiskDay,
    Sums,
    dots_of,
    is_shown,
    market_mean,
    summarise,
)

TOLERANCE = 1e-9
LONGEST_LINE = 10_000_000  # bytes; an agency takes some thousands
GZIP = b"\x1f\x8b"


class Damaged(Exception):
    """The file cannot be what was published. The message is a sentence."""


@dataclass(frozen=True)
class Difference:
    """A number that does not follow from the sums beside it."""

    where: str
    published: Any
    computed: Any

    def __str__(self) -> str:
        return f"{self.where}: published {self.published!r}, recomputed {self.computed!r}"


@dataclass
class Report:
    outcomes: Mapping[str, int] = field(default_factory=dict)  # of the platform, from the head
    agencies: int = 0
    numbers: int = 0
    differences: list[Difference] = field(default_factory=list)

    def compare(self, where: str, published: Any, computed: Any) -> None:
        self.numbers += 1
        if not same(published, computed):
            self.differences.append(Difference(where, published, computed))


def verify(path: Path) -> Report:
    """`Damaged` for a file that was changed, cut off or made by other formulas, OSError for one that is not there."""
    report = Report()
    for number, entry in enumerate(whole(path), 1):
        try:
            check(report, entry)
        except (KeyError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            raise Damaged(f"Line {number} is not as the format says: {error!r}.") from error
    return report


def same(published: Any, computed: Any) -> bool:
    """Numbers to 1e-9; whatever else is the same or is not. Nothing is the same as NaN."""
    if is_number(published) and is_number(computed):
        return bool(abs(published - computed) <= TOLERANCE)
    return type(published) is type(computed) and bool(published == computed)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# ---- the file --------------------------------------------------------------------------------------------


def whole(path: Path) -> Iterator[Entry]:
    """The entries before the last line, which must fit them. `Damaged` if anything is amiss."""
    entries = parsed(path)
    head, _nothing = next(entries, ({}, ""))
    check_head(head)
    yield head
    count = 0
    for entry, before in entries:
        if entry.get("type") == "end":
            check_end(entry, count, before)
            if next(entries, None):
                raise Damaged("There are lines after the last one.")
            return
        count += entry.get("type") == "agency"
        yield entry
    raise Damaged("The file is cut off: its last line is missing.")


def parsed(path: Path) -> Iterator[tuple[Entry, str]]:
    """Each line, and the hash of all lines before it."""
    seen = sha256()
    for number, line in enumerate(read(path), 1):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Damaged(f"Line {number} is no JSON.") from error
        if not isinstance(entry, dict):
            raise Damaged(f"Line {number} is no JSON object.")
        yield entry, seen.hexdigest()
        seen.update(line)


def read(path: Path) -> Iterator[bytes]:
    """Lines, unpacked if they are packed."""
    with path.open("rb") as file:
        is_packed = file.read(2) == GZIP
    try:
        with gzip.open(path) if is_packed else path.open("rb") as lines:
            while line := lines.readline(LONGEST_LINE):
                yield line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Damaged("The file is cut off or damaged: it cannot be unpacked.") from error


def check_head(head: Entry) -> None:
    if head.get("type") != "head":
        raise Damaged("This is no data set of ours: its first line does not say what it is.")
    if head.get("formula") != formula():
        raise Damaged(
            f"The data set was made by other constants than those of version {FORMULA.version} of the formulas."
        )


def check_end(end: Entry, count: int, hash_before: str) -> None:
    if end.get("sha256") != hash_before:
        raise Damaged("The file was changed: its lines do not have the hash that the last one names.")
    if end.get("agencies") != count:
        raise Damaged(f"The last line speaks of {end.get('agencies')} agencies, the file has {count}.")


# ---- the numbers -----------------------------------------------------------------------------------------


def check(report: Report, entry: Entry) -> None:
    match entry["type"]:
        case "head":
            report.outcomes = entry["outcomes"]
        case "agency":
            report.agencies += 1
            check_agency(report, entry)
        case "market":
            check_market(report, entry)
        case other:
            raise ValueError(f"unknown type {other!r}")


def check_agency(report: Report, entry: Entry) -> None:
    name, today = entry["slug"], date.fromisoformat(entry["as_of"])
    if entry["score"]:
        check_score(report, f"{name}, {OVERALL}", entry["score"], today)
        report.compare(f"{name}, histogram", sum(entry["histogram"]), entry["score"]["n"])
    for code, numbers in entry["criteria"].items():
        check_score(report, f"{name}, {code}", numbers, today)
    for part in entry["segments"]:
        check_score(report, f"{name}, {part['dimension']} {part['value']}", part, today)
    weight = entry["score"]["weight"] if entry["score"] else 0.0
    report.compare(
        f"{name}, standardised", entry["standardised"], mixed(entry["segments"], report.outcomes, weight)
    )
    curves = {(one["kind"], one["source"]): check_curve(report, name, one) for one in entry["waits"]}
    if first := entry["headline"]:
        check_headline(report, name, first, curves[WaitCurve.Kind.INTERVIEW, first["source"]])


def check_score(report: Report, where: str, numbers: Entry, today: date) -> None:
    score = summarise(Sums(*(numbers[name] for name in SUMS)), today=today)
    report.compare(f"{where}, shown", True, is_shown(score.n, score.weight))
    for name in FINISHED:
        report.compare(f"{where}, {name}", numbers[name], getattr(score, name))


def check_curve(report: Report, name: str, numbers: Entry) -> "Known":
    """Every share of the table, and what is read from it. Gives the curve as far as it is published."""
    where = f"{name}, {numbers['kind']} {numbers['source']}"
    enough = numbers["waits"] >= FORMULA.min_waits and numbers["persons"] >= FORMULA.min_wait_persons
    report.compare(f"{where}, shown", True, enough)
    curve = Known.of(numbers)
    for row, point in zip(numbers["days"], curve.points, strict=False):
        compare_shares(report, f"{where}, row of day {row[0]}", row[len(RISK_SET) :], shares(point))
    for day in MARKED_DAYS:
        compare_day(report, f"{where}, day {day}", numbers[f"day{day}"], curve.known(day))
    mean = curve.rmst30 if curve.known(FORMULA.horizon) else None
    report.compare(f"{where}, rmst30", numbers["rmst30"], mean)
    report.compare(f"{where}, median", numbers["median"], curve.median)
    return curve


def compare_day(report: Report, where: str, published: Entry | None, computed: Point | None) -> None:
    if published is None or computed is None:
        report.compare(where, published, computed)
    else:
        compare_shares(report, where, [published[name] for name in SHARES], shares(computed))


def compare_shares(report: Report, where: str, published: Sequence[Any], computed: Sequence[float]) -> None:
    for name, one, other in zip(SHARES, published, computed, strict=True):
        report.compare(f"{where}, {name}", one, other)


def check_headline(report: Report, name: str, numbers: Entry, curve: "Known") -> None:
    day14 = curve.known(FORMULA.prompt_days)
    ten = dots_of(day14, curve.known(FORMULA.horizon))
    computed = {
        "answered_14": day14 and day14.answered,
        "answered_14_lower": day14 and day14.lower,
        "dots_answered": ten and ten.answered,
        "dots_late": ten and ten.late,
        "dots_withdrawn": ten.withdrawn if ten else 0,
    }
    for key, value in computed.items():
        report.compare(f"{name}, {key}", numbers[key], value)


def check_market(report: Report, entry: Entry) -> None:
    for code, numbers in entry["scores"].items():
        sums = Sums(numbers["n"], numbers["sum_gv"], numbers["sum_gvx"])
        report.compare(f"market, {code}", numbers["mean"], market_mean(sums))
    for one in entry["waits"]:
        check_curve(report, "market", one)


@dataclass(frozen=True)
class Known(Curve):
    """A curve from the rows of the file, which end on the day up to which it is shown."""

    until: int | None = None

    @classmethod
    def of(cls, numbers: Entry) -> "Known":  # type: ignore[override]
        days = cut_days(numbers["days"], numbers["waits"])
        return cls(days, until=numbers["known_until"])

    def known(self, day: int) -> Point | None:
        return self.at(day) if self.until is None or day <= self.until else None


def cut_days(rows: Sequence[Sequence[float]], waits: int) -> tuple[RiskDay, ...]:
    """Risk sets from rows of the file, and one more that holds all those `waits` of which no more is told.

    Without it the number of waits, on which the limits of a share of 0 or 1 rest, would be too small.
    """
    sets = (map(int, row[: len(RISK_SET)]) for row in rows)
    days = tuple(RiskDay(day, at_risk, 0, *endings) for day, at_risk, *endings in sets)
    untold = waits - Curve(days).waits + (days[-1].staying if days else 0)
    return (*days, RiskDay(days[-1].day + 1 if days else 0, untold, 0, silent=untold)) if untold else days
