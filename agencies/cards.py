"""An agency as lists show it: what it does and where, its ten dots, its score with n and period, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from agencies.choices import Field, Kind
from agencies.figures import interval
from agencies.models import Agency, AgencyScore, Office
from agencies.prepared import Columns, Prepared, Values, among
from agencies.remembered import MANY, remembered
from agencies.tenths import Tenths
from agencies.thresholds import MIN_VOICES, MIN_WAIT_PERSONS, MIN_WAITS

MOST_PLACES = 3


@dataclass(frozen=True, slots=True)
class Card:
    """Plain values, so that two cards that look the same are equal and drawn once (agencies.templatetags.figures)."""

    slug: str
    name: str
    domain: str
    is_demo: bool
    trade: str  # "IT und Software · Personalvermittlung, Zeitarbeit"
    places: str  # "Hamburg, Kiel"
    mean: float
    lower: float
    upper: float
    basis: str
    interval: str
    score_pending: str  # what is missing until the score is shown, "" when it is
    dots: Tenths | None
    has_waits: bool
    waits_source: str  # "" while the waits are not shown
    waits_pending: str  # what is missing until the dots are shown, "" when they are
    waits_so_far: str
    distance: str = ""  # "12 km entfernt", "" in town or where nobody asked

    @property
    def url(self) -> str:
        return reverse("reviews:agency-profile", args=[self.slug])


def by_id(ids: Iterable[int]) -> dict[int, Card]:
    """The cards of agencies, however many, in one query; who is gone has none."""
    asked = list(ids)
    return {row[0]: _card(row) for row in _ROWS(ids=asked)} if asked else {}


_AGENCY = Columns(Agency, "id", "name", "slug", "domain", "kinds", "fields")
_SCORE = Columns(
    AgencyScore,
    *("n", "mean", "lower", "upper", "is_shown", "first_month", "last_month"),
    *("waits_source", "waits_shown", "waits", "wait_persons"),
    *("dots_answered", "dots_late", "dots_withdrawn"),
)


_ROWS: Prepared[Values] = Prepared(
    tuple,
    [*_AGENCY, *_SCORE.behind("score"), "towns"],
    lambda: Agency.objects.filter(among("pk", "ids")).annotate(
        towns=ArraySubquery(Office.objects.filter(agency=OuterRef("pk")).values("place"))
    ),
)


@remembered(MANY)
def _card(row: Values) -> Card:
    """From a row of the columns above and the towns of its offices."""
    agency = _AGENCY.instance(row[: len(_AGENCY)])
    score = _SCORE.instance(row[len(_AGENCY) : -1])
    return Card(
        slug=agency.slug,
        name=agency.short_name,
        domain=agency.domain,
        is_demo=agency.is_demo,
        trade=trade(agency),
        places=places(row[-1]),
        mean=score.mean,
        lower=score.lower,
        upper=score.upper,
        basis=basis(score),
        interval=interval(score.lower, score.upper),
        score_pending=score_pending(score),
        dots=score.dots,
        has_waits=bool(score.waits),
        waits_source=score.waits_source if score.waits_shown else "",
        waits_pending=waits_pending(score),
        waits_so_far=waits_so_far(score),
    )


def trade(agency: Agency) -> str:
    """The fields, then the kinds of service."""
    return _trade(tuple(agency.fields), tuple(agency.kinds), get_language())


@lru_cache
def _trade(field_codes: tuple[str, ...], kind_codes: tuple[str, ...], language: str) -> str:
    fields = [str(Field(field).label) for field in field_codes]
    kinds = [str(Kind(kind).label) for kind in kind_codes]
    return "\u00a0· ".join(", ".join(labels) for labels in (fields, kinds) if labels)


def places(towns: Iterable[str]) -> str:
    """The towns of the offices, the main one first, each once; more than three are counted."""
    different = list(dict.fromkeys(towns))
    shown, more = different[:MOST_PLACES], len(different) - MOST_PLACES
    if more > 0:
        shown.append(ngettext("%(n)s weiterer Ort", "%(n)s weitere Orte", more) % {"n": more})
    return ", ".join(shown)


def distance(km: float) -> str:
    """From the place that was asked for to the nearest office."""
    return _("%(n)s km entfernt") % {"n": round(km)} if km >= 1 else ""


@remembered(MANY)
def period(first: date | None, last: date | None) -> str:
    """The months covered: "11/2024 bis 11/2026", one month alone if they are the same, "" if there are none."""
    if first is None or last is None:
        return ""
    begin, end = (f"{month:%m/%Y}" for month in (first, last))
    return begin if begin == end else _("%(first)s bis %(last)s") % {"first": begin, "last": end}


def basis(score: AgencyScore) -> str:
    """What a mean rests on: "aus 37 Bewertungen, 11/2024 bis 11/2026"."""
    count = ngettext("aus %(n)s Bewertung", "aus %(n)s Bewertungen", score.n) % {"n": score.n}
    covered = period(score.first_month, score.last_month)
    return f"{count}, {covered}" if covered else count


def talks(n: int) -> str:
    return ngettext("%(n)s Gespräch", "%(n)s Gespräche", n) % {"n": n}


def talks_of(n: int, persons: int) -> str:
    """ "42 Gespräche von 37 Personen"."""
    people = ngettext("%(n)s Person", "%(n)s Personen", persons) % {"n": persons}
    return _("%(waits)s von %(persons)s") % {"waits": talks(n), "persons": people}


def score_pending(score: AgencyScore) -> str:
    """Why no score is shown: reviews are missing, or those there are have aged."""
    if score.is_shown:
        return ""
    missing = MIN_VOICES - score.n
    if missing <= 0:
        return _("Zu wenige aktuelle Bewertungen für einen Wert.")
    return ngettext("Noch %(n)s Bewertung bis zum Wert.", "Noch %(n)s Bewertungen bis zum Wert.", missing) % {
        "n": missing
    }


def waits_pending(score: AgencyScore) -> str:
    """Why no dots are shown: conversations are missing, or people, or day 14 has not come for enough of them."""
    if score.waits_shown:
        return "" if score.dots_answered is not None else _("Was bis Tag 14 kam, ist noch nicht bekannt.")
    if not score.waits:
        return _("Noch keine Gespräche eingetragen.")
    missing = max(MIN_WAITS - score.waits, MIN_WAIT_PERSONS - score.wait_persons)
    return ngettext("Noch %(n)s Gespräch bis zur Zahl.", "Noch %(n)s Gespräche bis zur Zahl.", missing) % {
        "n": missing
    }


def waits_so_far(score: AgencyScore) -> str:
    """How far it is to the thresholds: conversations first, then different people."""
    if score.waits_shown or not score.waits:
        return ""
    if score.waits < MIN_WAITS:
        return _("Bisher %(n)s von mindestens %(least)s.") % {"n": score.waits, "least": MIN_WAITS}
    return _("Bisher von %(n)s Menschen, nötig sind %(least)s.") % {
        "n": score.wait_persons,
        "least": MIN_WAIT_PERSONS,
    }
