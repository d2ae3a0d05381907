"""One page of the directory, from its address alone: filters, hits, chips, and what is marked for comparison."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, zip_longest
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import cards, counts, keyset
from agencies.cards import Card
from agencies.counts import MOST_COUNTED, OPTIONS, Counts
from agencies.filters import EXPLANATIONS, INDEXED, AgencyFilter, Sort
from agencies.keyset import Cursor, Key
from agencies.models import Agency, WaitCurve
from agencies.models.agency import AgencyQuerySet
from agencies.remembered import MANY, remembered
from agencies.tray import Marked, Tray

PAGE_SIZE = 20
MOST_PAGES = 50  # have a number; they leave out at most so many hits that an index does it at once
MOST_RANKED = 200  # hits that are compared with the words one by one, or with how far they are

type Pair = tuple[str, str]  # as in the address


class Link(NamedTuple):
    url: str
    label: str


class Option(NamedTuple):
    value: str
    label: str
    is_chosen: bool


class Select(NamedTuple):
    """One of several options, by the name of its filter."""

    name: str
    label: str
    options: tuple[Option, ...]


class Listed(NamedTuple):
    """A card in the list, and whether its agency is marked for comparison."""

    card: Card
    is_chosen: bool


class Group(NamedTuple):
    """Cards under one heading; without a title they need none."""

    title: str
    note: str
    cards: tuple[Listed, ...]


class Hit(NamedTuple):
    """An agency that was found, and the keys of its place in the list (agencies.keyset)."""

    card: Card
    keys: tuple[Key, ...]


class Finder(NamedTuple):
    """What the form above the list shows: a search, and the filters as one sentence."""

    is_rating: bool
    has_filters: bool
    words: str
    place: str
    form: Select
    fach: Select
    umkreis: Select
    min_feedback: Select
    min_score: Select


class Results(NamedTuple):
    """What was found as the page shows it, in plain values: the same results are drawn once."""

    is_fragment: bool
    title: str  # of the page, which a fragment renames
    is_rating: bool
    has_hits: bool
    found: str
    chips: tuple[Link, ...]
    counted: tuple[Select, ...]  # filters whose options say how many agencies they leave
    orders: tuple[Option, ...]
    explanation: str
    is_cautious: bool
    notices: tuple[str, ...]
    groups: tuple[Group, ...]
    advice: str
    previous_page: Link | None
    next_page: Link | None
    propose_url: str
    chosen_elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class Leaf:
    """Consecutive hits, how many stand before them, and whether any follow."""

    hits: list[Hit]
    at: int = 0
    has_next: bool = False


class Directory:
    """What the list template shows. Costs the counts, which agencies, and their cards, whatever their number.

    The first pages go by their number in the address, those behind by a cursor (agencies.keyset): `nach` begins after
    it, `vor` ends before it.
    """

    def __init__(self, data: QueryDict, *, is_fragment: bool = False) -> None:
        self.data = data
        self.is_fragment = is_fragment
        self.filters = AgencyFilter(data, Agency.objects.in_directory())
        self.tray = Tray(data)
        self.is_rating = data.get("bewerten") == "1"

    # ---- hits --------------------------------------------------------------------------------------------

    @cached_property
    def counts(self) -> Counts:
        return counts.count(self.filters)

    @property
    def count(self) -> int:
        return self.counts.n

    @cached_property
    def found(self) -> str:
        if self.counts.is_more:
            return _("Mehr als %(n)s Agenturen gefunden") % {
                "n": number_format(self.count, force_grouping=True)
            }
        return ngettext("%(n)s Agentur gefunden", "%(n)s Agenturen gefunden", self.count) % {
            "n": number_format(self.count, force_grouping=True)
        }

    @cached_property
    def page(self) -> Leaf:
        """What the address asks for, or else the first page."""
        return self._asked_for or self._numbered(1)

    @cached_property
    def _asked_for(self) -> Leaf | None:
        """None where the address asks for nothing that can be shown."""
        if not self.count:
            return None
        leaf = None
        if cursor := self._cursor("nach"):
            leaf = self._leaf(keyset.beyond(self._found, cursor), cursor.at)
        elif cursor := self._cursor("vor"):
            leaf = self._before(cursor)
        elif number := self._wanted_number:
            leaf = self._numbered(number)
        return leaf if leaf and leaf.hits else None

    @cached_property
    def _found(self) -> AgencyQuerySet:
        """All hits in their order; of very many the best or nearest, where no index knows which these are."""
        if self.counts.is_more and self.filters.order == Sort.DISTANCE:
            self.filters.narrow(MOST_RANKED)
        found = self.filters.found()
        if self.counts.is_more and self.filters.order == Sort.RELEVANCE:
            named = self.filters.words.named(found)
            found = found.filter(pk__in={*_best(named), *_best(found)})
        elif self.filters.words and not self.counts.is_more:
            # The few first, then their order: PostgreSQL takes a word it has no figures of for a frequent one.
            found = found.filter(pk__in=found.values("pk")[:MOST_COUNTED])
        return self.filters.ordered(found)

    def _leaf(self, agencies: AgencyQuerySet, at: int) -> Leaf:
        hits = self._hits(agencies[: PAGE_SIZE + 1])
        return Leaf(hits[:PAGE_SIZE], at, len(hits) > PAGE_SIZE)

    def _numbered(self, number: int) -> Leaf:
        start = (number - 1) * PAGE_SIZE
        return self._leaf(self._found[start:], start) if self.count else Leaf([])

    def _before(self, cursor: Cursor) -> Leaf | None:
        """The page that ends before the cursor; None where that is not a full one, so that the first is shown."""
        hits = self._hits(keyset.beyond(self._found, cursor, back=True)[:PAGE_SIZE])
        at = max(0, cursor.at - PAGE_SIZE)
        return Leaf(hits[::-1], at, has_next=True) if len(hits) == PAGE_SIZE else None

    def _hits(self, agencies: AgencyQuerySet) -> list[Hit]:
        """Which agencies in one query, their cards in another."""
        names = keyset.names(self.filters.key_kinds)
        away = ["km"] if self.filters.place else []
        rows = list(agencies.values_list("pk", *names, *away))
        known = cards.by_id(row[0] for row in rows)
        if away:
            known |= {
                row[0]: replace(known[row[0]], distance=cards.distance(row[-1]))
                for row in rows
                if row[0] in known
            }
        return [Hit(known[row[0]], row[1 : len(names) + 1]) for row in rows if row[0] in known]

    def _cursor(self, name: str) -> Cursor | None:
        return Cursor.read(self.data.get(name, ""), self.filters.order, self.filters.key_kinds)

    @property
    def _wanted_number(self) -> int | None:
        """From 1 to the last that has a number; None for anything else."""
        if "nach" in self.data or "vor" in self.data:
            return None
        wanted = self.data.get("page", "1")
        is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) <= len(str(MOST_PAGES))
        return int(wanted) if is_number and 1 <= int(wanted) <= MOST_PAGES else None

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """In the order of feedback, measured and recalled waits are told apart; else there is one group."""
        found = [hit.card for hit in self.page.hits]
        if self.filters.order != Sort.FEEDBACK:
            return (Group("", "", self._listed(found)),)
        sources = groupby(found, key=lambda card: card.waits_source)
        return tuple(Group(*_heading(source), self._listed(some)) for source, some in sources)

    def _listed(self, some: Iterable[Card]) -> tuple[Listed, ...]:
        chosen = self.tray.slugs
        return tuple(Listed(card, card.slug in chosen) for card in some)

    @property
    def advice(self) -> str:
        """What helps where nothing was found; "" where nothing was asked."""
        names = [name for name, _label in self.filters.chips()]
        if names == ["q"]:
            return _("Sieh nach der Schreibweise, oder such nach einem Ort oder Fachgebiet.")
        return _("Nimm oben einen Filter weg oder wähle einen größeren Umkreis.") if names else ""

    # ---- addresses ---------------------------------------------------------------------------------------

    def address(self, *, without: str = "", unmarked: str = "", leaf: Sequence[Pair] = ()) -> str:
        """This page without a filter, without a mark, or at another leaf of the hits."""
        pairs = self.filters.pairs(without)
        pairs += [("bewerten", "1")] if self.is_rating else []
        pairs += leaf
        pairs += [pair for pair in self.tray.pairs if pair[1] != unmarked]
        query = urlencode(pairs)
        return f"{reverse('agencies:agency-list')}{'?' if query else ''}{query}"

    @property
    def propose_url(self) -> str:
        name = self.filters.words.text if not self.count else ""
        query = f"?{urlencode({'name': name})}" if name else ""
        return f"{reverse('agencies:agency-propose')}{query}"

    @property
    def here(self) -> str:
        return self.address(leaf=self._here)

    @property
    def _here(self) -> list[Pair]:
        """What in the address says which hits are shown."""
        if self._asked_for is None:
            return []
        for name in ("nach", "vor"):
            if cursor := self._cursor(name):
                return [(name, str(cursor))]  # as we write it: what else was sent is not shown or kept
        return _numbered(self.page.at)

    @cached_property
    def chips(self) -> tuple[Link, ...]:
        return tuple(Link(self.address(without=name), label) for name, label in self.filters.chips())

    @property
    def marked(self) -> tuple[Marked, ...]:
        return tuple(
            Marked(agency.slug, agency.short_name, self.address(unmarked=agency.slug, leaf=self._here))
            for agency in self.tray.agencies
        )

    @property
    def chosen_elsewhere(self) -> tuple[str, ...]:
        """What is marked and not among these hits."""
        here = {hit.card.slug for hit in self.page.hits}
        return tuple(slug for slug in self.tray.slugs if slug not in here)

    @property
    def next_page(self) -> Link | None:
        if not self.page.has_next:
            return None
        at = self.page.at + len(self.page.hits)
        return Link(
            self.address(leaf=_numbered(at) or [("nach", self._cursor_at(-1, at))]), self._next_label(at)
        )

    def _next_label(self, at: int) -> str:
        rest = PAGE_SIZE if self.counts.is_more else min(PAGE_SIZE, max(1, self.count - at))
        return ngettext("Nächste %(n)s Agentur", "Nächste %(n)s Agenturen", rest) % {"n": rest}

    @property
    def previous_page(self) -> Link | None:
        if not self.page.at:
            return None
        before = max(0, self.page.at - PAGE_SIZE)
        leaf = _numbered(before) or [("vor", self._cursor_at(0, self.page.at))]
        return Link(self.address(leaf=leaf if before else []), _("Zurück"))

    def _cursor_at(self, place: int, at: int) -> str:
        """A cursor at the first or last of the hits that are shown."""
        return str(Cursor(self.filters.order, at, self.page.hits[place].keys))

    # ---- words -------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        if self.is_rating:
            return _("Agentur bewerten")
        asked = ", ".join(chip.label for chip in self.chips)
        return f"{self.found}: {asked}" if asked else _("Agenturen")

    @property
    def orders(self) -> tuple[Option, ...]:
        """The usual order goes without a name in the address, so that it can follow the search."""
        usual, chosen = self.filters.usual_order, self.filters.order
        return tuple(
            Option("" if sort == usual else sort.value, str(sort.label), sort == chosen)
            for sort in self.filters.orders
        )

    @property
    def explanation(self) -> str:
        return str(EXPLANATIONS[self.filters.order])

    @property
    def is_cautious(self) -> bool:
        return self.filters.order in {Sort.FEEDBACK, Sort.SCORE}

    @cached_property
    def notices(self) -> tuple[str, ...]:
        notices = [*self.filters.notices(), *self.tray.notices()]
        if self.count and self.filters.words.is_guess:
            guessed = _("„%(text)s“ steht so bei keiner Agentur. Du siehst, was ähnlich geschrieben wird.")
            notices.append(guessed % {"text": self.filters.words.text})
        if self.count and self._asked_for is None:
            notices.append(_("Diese Seite der Liste gibt es nicht. Du siehst die erste."))
        if self.counts.is_more and not self.page.has_next:
            notices.append(
                _("So geordnet geht es nicht weiter. Grenze die Suche ein oder ordne nach dem Namen.")
            )
        return tuple(notices)

    # ---- as the templates want it ------------------------------------------------------------------------

    @cached_property
    def finder(self) -> Finder:
        place, radius = self.filters.form["ort"].value(), select("umkreis", str(self.filters.radius))
        selects = {one.name: one for one in self._counted}
        text = self.filters.words.text
        return Finder(self.is_rating, bool(self.chips), text, place, umkreis=radius, **selects)

    @cached_property
    def _counted(self) -> tuple[Select, ...]:
        chosen, leaves = self.filters.options_chosen(), self.counts.options
        return tuple(
            select(name, chosen[name], tuple(leaves.get((name, value)) for value, _label in choices))
            for name, choices in OPTIONS.items()
        )

    @property
    def results(self) -> Results:
        return Results(
            is_fragment=self.is_fragment,
            title=self.title if self.is_fragment else "",
            is_rating=self.is_rating,
            has_hits=bool(self.count),
            found=self.found,
            chips=self.chips,
            counted=self._counted if self.is_fragment else (),
            orders=self.orders,
            explanation=self.explanation,
            is_cautious=self.is_cautious,
            notices=self.notices,
            groups=self.groups,
            advice=self.advice,
            previous_page=self.previous_page,
            next_page=self.next_page,
            propose_url=self.propose_url,
            chosen_elsewhere=self.chosen_elsewhere,
        )


@remembered(MANY)
def select(name: str, chosen: str, leaves: tuple[int | None, ...] = ()) -> Select:
    """The options of a filter, each with the number of agencies that it would leave, where that is known.

    Not the chosen one: it is read as part of the sentence, and its number is that of the hits.
    """
    extra = AgencyFilter.base_filters[name].extra
    none = [Option("", str(extra["empty_label"]), not chosen)] if extra["empty_label"] else []
    options = [
        Option(value, str(label) if value == chosen else _counted(label, n), value == chosen)
        for (value, label), n in zip_longest(extra["options"], leaves)
    ]
    return Select(name, str(AgencyFilter.base_filters[name].label), (*none, *options))


def _counted(label: object, n: int | None) -> str:
    return str(label) if n is None else f"{label} ({number_format(n, force_grouping=True)})"


def _best(agencies: AgencyQuerySet) -> list[int]:
    """The ids of those that answer best."""
    best = agencies.order_by(*INDEXED[Sort.FEEDBACK]).values_list("pk", flat=True)
    return list(best[:MOST_RANKED])


def _numbered(at: int) -> list[Pair]:
    """The page with so many hits before it by its number; empty for the first, and for those that have none."""
    number = at // PAGE_SIZE + 1
    return [("page", str(number))] if 1 < number <= MOST_PAGES and not at % PAGE_SIZE else []


def _heading(source: str) -> tuple[str, str]:
    match source:
        case WaitCurve.Source.MEASURED:
            return _("Gemessen"), _("Festgehalten, bevor die Antwort bekannt war.")
        case WaitCurve.Source.RECALLED:
            return _("Aus Bewertungen"), _("Von Bewerber:innen hinterher erzählt.")
    return _("Noch ohne Zahl"), _("Zu wenige Gespräche sind eingetragen.")
