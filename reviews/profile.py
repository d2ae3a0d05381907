"""What the page of one agency shows, but for its reviews and its neighbours: made once of the same stored rows."""

from dataclasses import dataclass
from typing import NamedTuple

from agencies import cards
from agencies.choices import AgencyStatus
from agencies.models import Agency, AgencyScore, Office, WaitCurve
from agencies.prepared import Values
from agencies.remembered import SOME, remembered
from agencies.trend import Trend
from reviews import numbers, segments, stored, trends
from reviews.numbers import CriterionRow, Waits
from reviews.pictures import AgencyPicture
from reviews.segments import Segments


class Rows(NamedTuple):
    """All that a profile is made of."""

    agency: Values
    offices: tuple[Values, ...]
    criteria: tuple[Values, ...]
    market: tuple[Values, ...]
    curves: tuple[Values, ...]
    segments: tuple[Values, ...]
    months: tuple[trends.Row, ...]
    people: tuple[Values, ...]


class Person(NamedTuple):
    """A recruiter who confirmed the own profile."""

    name: str
    position: str


@dataclass(frozen=True, eq=False)
class Profile:
    """Read only: every visitor of a web process sees the same one. Two are equal if they are one."""

    agency: Agency
    offices: tuple[Office, ...]
    summary: str
    waits: Waits | None
    wait_facts: tuple[str, ...]
    market_waits: Waits | None
    applications: Waits | None
    criteria: tuple[CriterionRow, ...]
    market: float | None
    basis: str
    segments: Segments
    trends: tuple[Trend, ...]
    not_yet: str
    recruiters: tuple[Person, ...]
    picture: AgencyPicture

    @property
    def score(self) -> AgencyScore:
        return self.agency.score

    @property
    def is_closed(self) -> bool:
        return self.agency.status == AgencyStatus.CLOSED

    @property
    def has_bars(self) -> bool:
        """Whether enough people said something about one of the nine criteria."""
        return any(row.mean for row in self.criteria)

    @property
    def picture_url(self) -> str:
        return self.picture.url(self.agency.slug)


def read(agency: Agency) -> Rows:
    """Seven queries, whatever there is."""
    ids = [agency.pk]
    return Rows(
        agency=stored.values_of(agency),
        offices=tuple(stored.OFFICES(agencies=ids)),
        criteria=tuple(stored.CRITERIA(agencies=ids)),
        market=tuple(stored.MARKET()),
        curves=tuple(stored.CURVES(agencies=ids)),
        segments=tuple(stored.SEGMENTS(agencies=ids)),
        months=trends.read(agency),
        people=tuple(stored.RECRUITERS(agencies=ids)),
    )


@remembered(SOME)
def profile(rows: Rows) -> Profile:
    agency = stored.agency_of(rows.agency)
    market: dict[str, float] = dict(rows.market)
    offices = tuple(map(stored.OFFICE.instance, rows.offices))
    towns = [office.place for office in offices]
    curves = list(map(stored.curve_of, rows.curves))
    ours, everybody = [[row for row in curves if bool(row.agency_id) == is_ours] for is_ours in (True, False)]
    waits = numbers.waits(ours)
    return Profile(
        agency=agency,
        offices=offices,
        summary=numbers.summary(agency, towns),
        waits=waits,
        wait_facts=tuple(numbers.wait_facts(waits)) if waits and waits.is_shown else (),
        market_waits=numbers.waits(everybody, source=waits.row.source if waits else ""),
        applications=numbers.waits(ours, WaitCurve.Kind.APPLICATION),
        criteria=tuple(numbers.criteria(map(stored.CRITERION.instance, rows.criteria), market)),
        market=market.get("overall"),
        basis=cards.basis(agency.score),
        segments=segments.of_agency(agency, offices, map(stored.SEGMENT.instance, rows.segments)),
        trends=trends.of(rows.months),
        not_yet=cards.score_pending(agency.score),
        recruiters=tuple(map(Person._make, rows.people)),
        picture=AgencyPicture.of(agency, towns, waits),
    )
