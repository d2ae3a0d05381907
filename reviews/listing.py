"""The reviews on the page of an agency: filters, and a page of them, newest first, at the same cost at any depth.

A page begins behind the last review of the page before it (`nach`) or ends before the first of the page after it
(`vor`); the address names that review by its number. Where somebody filters, only the newest of an agency with very
many are looked at, so that a filter which hardly any review passes costs no more than another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import F, TextChoices, Value
from django.db.models.lookups import GreaterThan, LessThan
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from agencies.keyset import Row
from agencies.models import Agency, Office
from agencies.prepared import Parameter, Prepared
from journeys.choices import Outcome, Role
from journeys.models import Journey
from reviews.models import Review, ReviewQuerySet
from reviews.published import readings

PER_PAGE = 10
MOST_FILTERED = 1000  # of an agency, the newest
LONGEST_NUMBER = 18  # digits that a bigint always holds
STAR_GROUPS = {
    "4-5": ((4, 5), gettext_lazy("4 bis 5")),
    "3": ((3, 3), "3"),
    "1-2": ((1, 2), gettext_lazy("1 bis 2")),
}
LOOKUPS = {"rolle": "role", "ausgang": "outcome", "buero": "office"}  # of the journey


@dataclass(frozen=True)
class Filter:
    """One select above the reviews; an unknown value means "alle"."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


class Leaf(NamedTuple):
    """One page, and whether there are others on either side of it."""

    numbers: list[int]  # of reviews
    has_newer: bool
    has_older: bool


class Listing:
    """One page of reviews, from an address. Wants the agency with its score."""

    def __init__(self, agency: Agency, offices: Iterable[Office], data: QueryDict) -> None:
        self.agency = agency
        self.data = data
        self.filters = review_filters(offices, data)
        self.chosen = {one.name: one.chosen for one in self.filters if one.chosen}
        self.readings = readings(self.leaf.numbers)

    # ---- which reviews -----------------------------------------------------------------------------------

    @cached_property
    def leaf(self) -> Leaf:
        """What the address asks for, or else the first page."""
        return self._asked_for or self._first

    @cached_property
    def _asked_for(self) -> Leaf | None:
        """None where the address asks for nothing that is there."""
        after, before = self._number("nach"), self._number("vor")
        if self.chosen:
            return self._behind(after) if after else self._before(before)
        if edge := self._edge(after):
            numbers = _numbers(beyond(self._all, edge)[: PER_PAGE + 1])
            return Leaf(numbers[:PER_PAGE], True, len(numbers) > PER_PAGE) if numbers else None
        if edge := self._edge(before):
            numbers = _numbers(beyond(self._all, edge, back=True)[: PER_PAGE + 1])
            return Leaf(numbers[PER_PAGE - 1 :: -1], True, True) if len(numbers) > PER_PAGE else self._first
        return None

    @cached_property
    def _first(self) -> Leaf:
        if self.chosen:
            return self._part(0)
        numbers = NEWEST(agency=self.agency.pk)
        return Leaf(numbers[:PER_PAGE], False, len(numbers) > PER_PAGE)

    def _number(self, name: str) -> int:
        """The number of a review; 0 for whatever is none."""
        number = self.data.get(name, "")
        is_number = number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER
        return int(number) if is_number else 0

    @property
    def _all(self) -> ReviewQuerySet:
        return of_agency(self.agency)

    def _edge(self, number: int) -> tuple[object, int] | None:
        """Day and number of the review at which a page begins or ends."""
        return self._all.filter(pk=number).values_list("published_on", "pk").first() if number else None

    # ---- where somebody filters: a few numbers are leafed through here -----------------------------------

    @cached_property
    def _found(self) -> list[int]:
        """The numbers of all hits among the newest, newest first.

        In two steps that each look at no more than those: a planner that sees both at once may read a whole table.
        """
        rows = list(self._all.values_list("pk", "journey_id", "stars")[:MOST_FILTERED])
        if "wert" in self.chosen:
            low, high = STAR_GROUPS[self.chosen["wert"]][0]
            rows = [row for row in rows if low <= row[2] <= high]
        wanted = {LOOKUPS[name]: value for name, value in self.chosen.items() if name in LOOKUPS}
        if wanted:
            among = Journey.objects.filter(pk__in=[journey for _pk, journey, _stars in rows], **wanted)
            journeys = set(among.values_list("pk", flat=True))
            rows = [row for row in rows if row[1] in journeys]
        return [pk for pk, _journey, _stars in rows]

    def _part(self, start: int) -> Leaf:
        numbers = self._found[start : start + PER_PAGE]
        return Leaf(numbers, start > 0, start + PER_PAGE < len(self._found))

    def _behind(self, number: int) -> Leaf | None:
        start = self._found.index(number) + 1 if number in self._found else 0
        return self._part(start) if 0 < start < len(self._found) else None

    def _before(self, number: int) -> Leaf | None:
        return self._part(max(0, self._found.index(number) - PER_PAGE)) if number in self._found else None

    # ---- words -------------------------------------------------------------------------------------------

    @property
    def is_cut(self) -> bool:
        return bool(self.chosen) and self.agency.score.reviews_shown > MOST_FILTERED

    @cached_property
    def count(self) -> int:
        """Of hits; unfiltered it is the stored one, which follows a decision within seconds."""
        stored = self.agency.score.reviews_shown
        return len(self._found) if self.chosen else max(stored, len(self.leaf.numbers))

    @property
    def title(self) -> str:
        n = number_format(self.count, force_grouping=True)
        return ngettext("%(n)s Bewertung", "%(n)s Bewertungen", self.count) % {"n": n}

    @property
    def notices(self) -> list[str]:
        notices = []
        if self.is_cut:
            notices.append(
                _("Gefiltert werden die neuesten %(most)s von %(all)s Bewertungen.")
                % {
                    "most": number_format(MOST_FILTERED, force_grouping=True),
                    "all": number_format(self.agency.score.reviews_shown, force_grouping=True),
                }
            )
        asked = any(self.data.get(name) for name in ("nach", "vor")) or self.data.get("page", "1") != "1"
        if asked and self._asked_for is None:
            notices.append(_("Diese Seite der Bewertungen gibt es nicht. Du siehst die neuesten."))
        return notices

    # ---- addresses ---------------------------------------------------------------------------------------

    @property
    def newest(self) -> str:
        return self._address()

    @property
    def newer(self) -> str:
        """ "" where there are none."""
        return self._address(vor=self.leaf.numbers[0]) if self.leaf.has_newer else ""

    @property
    def older(self) -> str:
        return self._address(nach=self.leaf.numbers[-1]) if self.leaf.has_older else ""

    def _address(self, **edge: int) -> str:
        query = urlencode({**self.chosen, **edge})
        page = reverse("reviews:agency-profile", args=[self.agency.slug])
        return f"{page}{'?' if query else ''}{query}#bewertungen"


def of_agency(agency: Agency | Parameter) -> ReviewQuerySet:
    return Review.objects.published().filter(agency=agency).newest_first()


NEWEST: Prepared[int] = Prepared(
    itemgetter(0), ["pk"], lambda: of_agency(Parameter("agency"))[: PER_PAGE + 1], uneven=True
)


def _numbers(reviews: ReviewQuerySet) -> list[int]:
    return list(reviews.values_list("pk", flat=True))


def beyond(reviews: ReviewQuerySet, edge: tuple[object, int], *, back: bool = False) -> ReviewQuerySet:
    """Those older than the edge, newest first; with `back` those newer, the nearest first."""
    here, there = Row(F("published_on"), F("pk")), Row(*map(Value, edge))
    if back:
        return reviews.filter(GreaterThan(here, there)).reverse()
    return reviews.filter(LessThan(here, there))


def review_filters(branches: Iterable[Office], data: QueryDict) -> list[Filter]:
    """The filters as the address bar has them."""
    stars = [(key, str(label)) for key, (_range, label) in STAR_GROUPS.items()]
    offices = [(str(office.pk), office.place) for office in branches]
    options = {
        "rolle": _in_words(Role),
        "ausgang": _in_words(Outcome),
        "wert": stars,
        "buero": offices,
    }
    labels = {"rolle": _("Anstellung"), "ausgang": _("Ausgang"), "wert": _("Wert"), "buero": _("Büro")}
    return [
        Filter(name, labels[name], tuple(choices), _known(data.get(name, ""), choices))
        for name, choices in options.items()
        if name != "buero" or len(choices) > 1
    ]


def _in_words(choices: type[TextChoices]) -> list[tuple[str, str]]:
    return _named(choices, get_language())


@lru_cache
def _named(choices: type[TextChoices], language: str) -> list[tuple[str, str]]:
    return [(one.value, str(one.label)) for one in choices]


def _known(value: str, choices: Any) -> str:
    return value if any(value == code for code, _label in choices) else ""
