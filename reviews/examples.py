"""Worked examples for /so-rechnen-wir/: invented reviews and waits, computed by the functions that score agencies.

Nothing here is a result. Whoever changes a constant or a formula changes every number of that page with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import fsum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.figures import decimal, percent
from agencies.tenths import Tenths, of_ten
from journeys.choices import Role
from reviews.scoring import (
    FORMULA,
    Chance,
    Curve,
    Ending,
    Headline,
    Point,
    Rating,
    Score,
    Wait,
    difference,
    dots,
    growth,
    headline,
    is_reliable,
    is_segment_shown,
    order_key,
    outlook,
    proof_weight,
    safe_segments,
    score_ratings,
)

# ---- stars -----------------------------------------------------------------------------------------------

REVIEWS = (
    Rating(1, 10),
    Rating(2, 40, proven=False),
    Rating(4, 400, proven=False),
    Rating(3, 90),
    Rating(5, 700, proven=False),
    Rating(1, 5, proven=False),
)


@dataclass(frozen=True)
class Line:
    """One review of the worked example. `share` is weight times stars."""

    stars: float
    age: str
    proof: str
    weight: str
    share: str


@dataclass(frozen=True)
class WorkedScore:
    lines: Sequence[Line]
    score: Score
    weight: str
    stars: str
    """The sum of all shares."""


def worked_score() -> WorkedScore:
    total = fsum(_weight(rating) * rating.stars for rating in REVIEWS)
    score = score_ratings(REVIEWS)
    return WorkedScore(
        [_line(rating) for rating in REVIEWS], score, decimal(score.weight, 2), decimal(total, 2)
    )


def _line(rating: Rating) -> Line:
    weight = _weight(rating)
    proof = _("Kontakt verifiziert") if rating.proven else _("E-Mail bestätigt")
    return Line(
        rating.stars, _age(rating.age_days), proof, decimal(weight, 2), decimal(weight * rating.stars, 2)
    )


def _weight(rating: Rating) -> float:
    """As of the epoch, like `score_ratings`."""
    return growth(FORMULA.epoch - timedelta(days=rating.age_days)) * proof_weight(proven=rating.proven)


def _age(days: int) -> str:
    return ngettext("vor %(n)s Tag", "vor %(n)s Tagen", days) % {"n": days}


@dataclass(frozen=True)
class Case:
    """What the formula makes of some reviews."""

    name: str
    score: Score


def cases() -> list[Case]:
    return [
        Case(_("keine Bewertung"), score_ratings([])),
        Case(_("eine mit 5 Sternen, von heute"), score_ratings([Rating(5, 0)])),
        Case(_("fünf mit 5 Sternen, von heute"), score_ratings([Rating(5, 0)] * 5)),
        Case(
            _("zwölf mit 5 Sternen, zwei Jahre alt, ohne Nachweis"),
            score_ratings([Rating(5, 730, False)] * 12),
        ),
        Case(_("fünfzig mit 5 Sternen, von heute"), score_ratings([Rating(5, 0)] * 50)),
    ]


def weights() -> list[tuple[str, int, int]]:
    """Age, weight in percent of a review with proven contact, and of any other."""
    years = [
        (_("von heute"), 0),
        (_("ein halbes Jahr alt"), 182),
        (_("ein Jahr alt"), 365),
        (_("zwei Jahre alt"), 730),
        (_("vier Jahre alt"), 1460),
    ]
    return [
        (age, percent(_weight(Rating(5, days))), percent(_weight(Rating(5, days, proven=False))))
        for age, days in years
    ]


def ranking() -> list[Case]:
    """Three agencies in the order of the list "by score"."""
    agencies = [
        Case(_("Agentur A"), score_ratings([Rating(5, 0)] * 8)),
        Case(_("Agentur B"), _of_counts(0, 0, 4, 22, 14)),
        Case(_("Agentur C"), score_ratings([Rating(5, 0)] * 3)),
    ]
    return sorted(agencies, key=lambda case: order_key(case.score, case.name))


def _of_counts(*counts: int) -> Score:
    """The score of fresh reviews with proven contact, so many with 1, 2, 3, 4 and 5 stars."""
    return score_ratings(Rating(stars, 0) for stars, count in enumerate(counts, 1) for _ in range(count))


@dataclass(frozen=True)
class Pair:
    """Two scores side by side, and how sure it is that one is better (percent)."""

    one: Score
    other: Score
    certainty: int
    is_reliable: bool


def pairs() -> list[Pair]:
    scores = [
        (_of_counts(0, 1, 3, 10, 6), _of_counts(1, 2, 4, 9, 4)),
        (_of_counts(0, 1, 3, 10, 6), _of_counts(3, 3, 5, 6, 3)),
    ]
    return [_pair(one, other) for one, other in scores]


def _pair(one: Score, other: Score) -> Pair:
    certainty = difference(one, other)
    return Pair(one, other, percent(certainty), is_reliable(certainty))


@dataclass(frozen=True)
class Part:
    """One group of a division: `is_large` if it alone had enough persons to be shown."""

    name: str
    persons: int
    is_large: bool
    is_shown: bool


@dataclass(frozen=True)
class Division:
    parts: Sequence[Part]
    left: int
    """The persons who would be left over beside all large groups."""


def division() -> Division:
    """A large group that is hidden because the smallest would follow from it by subtraction."""
    least = FORMULA.min_segment_persons
    persons: dict[str, int] = {Role.PERMANENT: 2 * least + 2, Role.TEMP: least + 3, Role.FREELANCE: least - 2}
    total = sum(persons.values())
    shown = safe_segments(persons, total)
    large = {role for role, count in persons.items() if is_segment_shown(count, total - count)}
    parts = [
        Part(str(Role(role).label), count, role in large, role in shown) for role, count in persons.items()
    ]
    return Division(parts, total - sum(persons[role] for role in large))


# ---- waits -----------------------------------------------------------------------------------------------

WAITS = tuple(
    Wait(day, ending, person)
    for person, (day, ending) in enumerate(
        [(day, Ending.ANSWERED) for day in (2, 3, 5, 6, 9, 14, 20)]
        + [(8, Ending.WITHDRAWN)]
        + [(day, Ending.SILENT) for day in (10, 30, 36, 45)]
    )
)
"""Twelve interviews of twelve people."""


@dataclass(frozen=True)
class Row:
    """One day of the life table, on which at least one wait ended. Shares are whole percents."""

    day: int
    at_risk: int
    answered: int
    withdrawn: int
    silent: int
    share: int
    """Answered by the end of this day."""
    waiting: int


@dataclass(frozen=True)
class Rise:
    """How the curve rose on one day, in percent."""

    day: int
    waiting: int
    """Neither answered nor withdrawn before that day."""
    answered: int
    at_risk: int
    by: int
    share: int


@dataclass(frozen=True)
class WorkedCurve:
    """The waits of the example as a page shows an agency's. `dots` are None where a curve may not be shown."""

    rows: Sequence[Row]
    last_rise: Rise
    steps: Sequence[Sequence[float]]
    until: int | None
    waits: int
    dots: Tenths | None
    headline: Headline
    naive_days: str
    """The mean wait of those who got an answer: what hides the others."""
    mean_days: str
    chance: Chance | None
    """Of an answer by day 30, after `chance_day` silent days."""
    chance_day: int = 7

    @property
    def chance_tenths(self) -> int:
        return of_ten(self.chance.answered) if self.chance else 0

    @property
    def chance_lower(self) -> int:
        return percent(self.chance.lower) if self.chance else 0

    @property
    def chance_upper(self) -> int:
        return percent(self.chance.upper) if self.chance else 0

    @property
    def points(self) -> list[tuple[int, int, int, int]]:
        """Day 7, 14 and 30 with the share answered and its 90 % range, in percent."""
        known = (self.headline.day7, self.headline.day14, self.headline.day30)
        return [_in_percent(point) for point in known if point]


def worked_curve() -> WorkedCurve:
    curve = Curve.of(WAITS)
    answered = [wait.day for wait in WAITS if wait.ending == Ending.ANSWERED]
    return WorkedCurve(
        rows=_life_table(curve),
        last_rise=_last_rise(curve),
        steps=curve.shown_steps,
        until=curve.shown_until,
        waits=len(WAITS),
        dots=dots(curve),
        headline=headline(curve),
        naive_days=decimal(fsum(answered) / len(answered)),
        mean_days=decimal(curve.rmst30),
        chance=outlook(curve).get(WorkedCurve.chance_day),
    )


def _life_table(curve: Curve) -> list[Row]:
    days = zip(curve.days, curve.points, strict=True)
    return [
        Row(
            day.day,
            day.at_risk,
            day.answered,
            day.withdrawn,
            day.silent,
            percent(point.answered),
            percent(point.waiting),
        )
        for day, point in days
        if day.events or day.silent
    ]


def _last_rise(curve: Curve) -> Rise:
    after = curve.steps[-1]
    before = curve.at(after.day - 1)
    row = next(row for row in curve.days if row.day == after.day)
    by = percent(after.answered - before.answered)
    return Rise(row.day, percent(before.waiting), row.answered, row.at_risk, by, percent(after.answered))


def _in_percent(point: Point) -> tuple[int, int, int, int]:
    return point.day, percent(point.answered), percent(point.lower), percent(point.upper)
