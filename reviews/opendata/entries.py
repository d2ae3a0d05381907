"""What the data set says of an agency, and of all together: plain values, as they stand in the file.

Nothing is in here that no page shows: a score and its sums from five persons on, a curve from eight waits of five
persons on and no further than the day up to which it is known. What is below that is left out, and so is what would
give it away by subtraction (`Remainder`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from agencies.figures import MARKED_DAYS
from agencies.models import Agency, AgencyScore, CriterionScore, MarketScore, SegmentScore, WaitCurve
from reviews.criteria import CODES
from reviews.scoring import FORMULA, Curve, Point, Sums, headline, standardised
from reviews.segments import shown

LICENCE = "CC-BY-4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
OVERALL = "overall"
SUMS = ("n", "sum_gv", "sum_gvx", "sum_gvxx")
FINISHED = ("weight", "mean", "spread", "lower", "upper")
"""What follows from the sums."""
SHARES = ("f", "lower", "upper", "s")
"""The share answered with its interval, and the share neither answered nor withdrawn."""
RISK_SET = ("day", "at_risk", "answered", "withdrawn", "silent")
"""Who was at risk on a day, and how it ended for some of them. A row of `days` is this, and the shares that follow."""

type Entry = dict[str, Any]


def head(*, as_of: date, made_at: datetime, outcomes: Mapping[str, int]) -> Entry:
    """The first line: what this is, who made it, every constant of the formulas, and what outcomes are mixed by."""
    return {
        "type": "head",
        "source": settings.SITE_URL,
        "attribution": f"{settings.SITE_NAME}, {settings.OPERATOR['name']}",
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "as_of": as_of.isoformat(),
        "made_at": made_at.isoformat(timespec="seconds"),
        "formula": formula(),
        "outcomes": dict(outcomes),
        "day_columns": [*RISK_SET, *SHARES],
    }


def formula() -> Entry:
    """The constants as JSON has them."""
    constants = asdict(FORMULA) | {"epoch": FORMULA.epoch.isoformat()}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in constants.items()}


def agencies() -> QuerySet[Agency]:
    """Those that have a page, with all that an entry reads: closed ones too, which the file leaves out."""
    unseen = ("search_words", "search_document", "description", "legal_name")
    return (
        Agency.objects.readable()
        .with_numbers()
        .prefetch_related("segments", "offices")
        .defer(*unseen)
        .order_by("pk")
    )


def agency(row: Agency, outcomes: Mapping[str, int]) -> Entry | None:
    """One of `agencies()`; None where nothing of it is shown. `outcomes` are those of the platform."""
    score = row.score
    waits = [found for stored in row.curves.all() if (found := curve(stored, score.as_of))]
    if not (score.is_shown or waits):
        return None
    criteria = {one.criterion: one for one in row.criterion_scores.all() if one.is_shown}
    parts = list(segments(row)) if score.is_shown else []
    return {
        "type": "agency",
        "slug": row.slug,
        "name": row.name,
        "as_of": score.as_of.isoformat(),
        "period": months(score.first_month, score.last_month) if score.is_shown else None,
        "score": summary(score) if score.is_shown else None,
        "histogram": score.histogram if score.is_shown else None,
        "criteria": {code: summary(criteria[code]) for code in CODES if code in criteria},
        "segments": parts,
        "standardised": mixed(parts, outcomes, score.weight),
        "waits": sorted(waits, key=lambda one: (one["kind"] != WaitCurve.Kind.INTERVIEW, one["source"])),
        "headline": first_numbers(score) if score.waits_shown else None,
    }


def summary(row: AgencyScore | CriterionScore | SegmentScore) -> Entry:
    return {name: getattr(row, name) for name in (*SUMS, *FINISHED)}


def segments(row: Agency) -> Iterator[Entry]:
    """The parts of its reviews whose score the page shows."""
    parts = sorted(
        shown(row, row.offices.all(), row.segments.all()), key=lambda one: (one[0].dimension, one[0].value)
    )
    for part, label in parts:
        place = {"place": label} if part.dimension == SegmentScore.Dimension.OFFICE else {}
        yield {"dimension": part.dimension, "value": part.value, **place, **summary(part)}


def mixed(parts: Iterable[Entry], outcomes: Mapping[str, int], weight: float) -> float | None:
    """The outcome-standardised score, if each outcome it is mixed from is among the parts."""
    by_outcome = {
        part["value"]: Sums(*(part[name] for name in SUMS))
        for part in parts
        if part["dimension"] == SegmentScore.Dimension.OUTCOME
    }
    return standardised(by_outcome, outcomes, weight=weight)


def first_numbers(score: AgencyScore) -> Entry:
    """What lists show of the waits after interviews, as it is stored beside the score."""
    return {
        "source": score.waits_source,
        "answered_14": score.answered_14,
        "answered_14_lower": score.answered_14_lower,
        "dots_answered": score.dots_answered,
        "dots_late": score.dots_late,
        "dots_withdrawn": score.dots_withdrawn,
    }


# ---- waits -----------------------------------------------------------------------------------------------


def stored_curve(row: WaitCurve) -> Curve:
    """The risk sets as they are stored. The only place here that knows how."""
    return Curve.from_json(row.curve)


def curve(row: WaitCurve, as_of: date) -> Entry | None:
    """One stored curve up to the day that is shown; None where no day is. It is of the day of its scores."""
    if not row.is_shown:
        return None
    known = stored_curve(row)
    until = known.shown_until
    if until is not None and until < 0:
        return None
    numbers = headline(known)
    return {
        "kind": row.kind,
        "source": row.source,
        "as_of": as_of.isoformat(),
        "period": months(row.first_month, row.last_month),
        "waits": row.waits,
        "persons": row.persons,
        "known_until": until,
        "days": list(shown_days(known, until)),
        **{f"day{day}": share(getattr(numbers, f"day{day}")) for day in MARKED_DAYS},
        "rmst30": numbers.rmst30,
        "median": numbers.median,
    }


def shown_days(known: Curve, until: int | None) -> Iterator[list[float]]:
    for row, point in zip(known.days, known.points, strict=True):
        if until is None or row.day <= until:
            yield [row.day, row.at_risk, row.answered, row.withdrawn, row.silent, *shares(point)]


def share(point: Point | None) -> Entry | None:
    return dict(zip(SHARES, shares(point), strict=True)) if point else None


def shares(point: Point) -> tuple[float, ...]:
    """In the order of `SHARES`."""
    return point.answered, point.lower, point.upper, point.waiting


def months(first: date | None, last: date | None) -> list[str] | None:
    return [f"{first:%Y-%m}", f"{last:%Y-%m}"] if first and last else None


# ---- all agencies together -------------------------------------------------------------------------------


class Remainder:
    """What the agencies of the file leave of the market: those whose numbers could be found by subtraction.

    The market's numbers are published only where these others are nobody, or five persons at least.
    """

    def __init__(self) -> None:
        self._voices: Counter[str] = Counter()
        self._waits: Counter[tuple[str, str]] = Counter()
        self._persons: Counter[tuple[str, str]] = Counter()

    def note(self, entry: Entry) -> None:
        """An agency that is in the file, or on a page; of its waits those that are shown."""
        if entry["score"]:
            self._voices[OVERALL] += entry["score"]["n"]
        self._voices.update({code: one["n"] for code, one in entry["criteria"].items()})
        for one in entry["waits"]:
            key = one["kind"], one["source"]
            self._waits[key] += sum(sum(day[2:5]) for day in one["days"])  # its tail may not be shown
            self._persons[key] += one["persons"]

    def hides(self, row: MarketScore) -> bool:
        others = row.n - self._voices[row.criterion]
        return others == 0 or others >= FORMULA.min_voices

    def hides_waits(self, row: WaitCurve) -> bool:
        """Somebody may have waited at several agencies, so the others are at least as many as are left here."""
        key = row.kind, row.source
        others, persons = row.waits - self._waits[key], row.persons - self._persons[key]
        return others == 0 or (others >= FORMULA.min_waits and persons >= FORMULA.min_wait_persons)


def market(remainder: Remainder) -> Entry:
    """All agencies pooled, also those that are not in the file by themselves."""
    rows = MarketScore.objects.all()
    scores = {row.criterion: row for row in rows if row.n >= FORMULA.min_voices}
    curves = WaitCurve.objects.filter(agency=None).order_by("kind", "source") if rows else []
    as_of = max((row.as_of for row in rows), default=date.min)
    return {
        "type": "market",
        "scores": {
            code: pooled(scores[code])
            for code in (OVERALL, *CODES)
            if code in scores and remainder.hides(scores[code])
        },
        "waits": [found for row in curves if remainder.hides_waits(row) and (found := curve(row, as_of))],
    }


def pooled(row: MarketScore) -> Entry:
    return {
        "as_of": row.as_of.isoformat(),
        "n": row.n,
        "sum_gv": row.sum_gv,
        "sum_gvx": row.sum_gvx,
        "mean": row.mean,
    }
