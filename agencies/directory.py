"""One page of the directory, from its address alone: filters, hits, chips, and what is marked for comparison."""

from functools import cached_property
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.cards import Card
from agencies.filters import EXPLANATIONS, AgencyFilter, Sort
from agencies.models import Agency, WaitCurve

PAGE_SIZE = 20
MOST_PAGES = 50
MOST_COMPARED = 4
LONGEST_SLUG = 140


class Link(NamedTuple):
    url: str
    label: str


class Marked(NamedTuple):
    """An agency in the tray; the address is that of this page without it."""

    slug: str
    label: str
    url: str


class Option(NamedTuple):
    value: str
    label: str
    is_chosen: bool


class Group(NamedTuple):
    """Cards under one heading; without a title they need none."""

    title: str
    note: str
    cards: list[Card]


class Tray:
    """Up to four agencies marked for comparison, in the order in which they were marked."""

    most = MOST_COMPARED

    def __init__(self, data: QueryDict) -> None:
        slugs = list(dict.fromkeys(slug[:LONGEST_SLUG] for slug in data.getlist("a")[:20]))
        found = {}
        if slugs:
            listed = Agency.objects.listed().filter(slug__in=[slug.replace("\0", "") for slug in slugs])
            found = {agency.slug: agency for agency in listed.only("slug", "name")}
        self.agencies = [found[slug] for slug in slugs if slug in found][:MOST_COMPARED]

    @property
    def slugs(self) -> list[str]:
        return [agency.slug for agency in self.agencies]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [("a", slug) for slug in self.slugs]

    @property
    def url(self) -> str:
        return f"{reverse('reviews:agency-compare')}?{urlencode(self.pairs)}"

    @property
    def title(self) -> str:
        return _("%(n)s von %(most)s im Vergleich") % {"n": len(self.agencies), "most": MOST_COMPARED}


class Directory:
    """What the list template shows. Costs a count, the agencies and their offices, whatever their number."""

    def __init__(self, data: QueryDict, *, is_fragment: bool = False) -> None:
        self.data = data
        self.is_fragment = is_fragment
        self.filters = AgencyFilter(data, Agency.objects.listed().for_cards())
        self.tray = Tray(data)
        self.is_rating = data.get("bewerten") == "1"

    # ---- hits --------------------------------------------------------------------------------------------

    @cached_property
    def page(self) -> Page[Agency]:
        paginator = Paginator(self.filters.qs, PAGE_SIZE)
        return paginator.get_page(min(self._wanted_page or 1, MOST_PAGES))

    @property
    def _wanted_page(self) -> int | None:
        """None for what is no page at all."""
        wanted = self.data.get("page", "1")
        return int(wanted) if wanted.isascii() and wanted.isdigit() and int(wanted[:6]) > 0 else None

    @property
    def count(self) -> int:
        return self.page.paginator.count

    @property
    def found(self) -> str:
        return ngettext("%(n)s Agentur gefunden", "%(n)s Agenturen gefunden", self.count) % {"n": self.count}

    @cached_property
    def groups(self) -> list[Group]:
        """In the order of feedback, measured and recalled waits are told apart; else there is one group."""
        if self.filters.order != Sort.FEEDBACK:
            return [Group("", "", [Card.of(agency) for agency in self.page])]
        sources = groupby(
            self.page, key=lambda agency: agency.score.waits_source if agency.score.waits_shown else ""
        )
        return [
            Group(*_heading(source), [Card.of(agency) for agency in agencies]) for source, agencies in sources
        ]

    @property
    def advice(self) -> str:
        """What helps where nothing was found; "" where nothing was asked."""
        names = [name for name, _label in self.filters.chips()]
        if names == ["q"]:
            return _("Sieh nach der Schreibweise, oder such nach einem Ort oder Fachgebiet.")
        return _("Nimm oben einen Filter weg oder wähle einen größeren Umkreis.") if names else ""

    # ---- addresses ---------------------------------------------------------------------------------------

    def address(self, *, without: str = "", unmarked: str = "", page: int = 1) -> str:
        """This page without a filter, without a mark, or at another page of the hits."""
        pairs = self.filters.pairs(without)
        pairs += [("bewerten", "1")] if self.is_rating else []
        pairs += [("page", str(page))] if page > 1 else []
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
        return self.address(page=self.page.number)

    @cached_property
    def chips(self) -> list[Link]:
        return [Link(self.address(without=name), label) for name, label in self.filters.chips()]

    @property
    def marked(self) -> list[Marked]:
        number = self.page.number
        return [
            Marked(
                agency.slug,
                agency.short_name,
                self.address(unmarked=agency.slug, page=number),
            )
            for agency in self.tray.agencies
        ]

    @property
    def chosen_elsewhere(self) -> list[str]:
        """What is marked and not among these hits."""
        here = {agency.slug for agency in self.page}
        return [slug for slug in self.tray.slugs if slug not in here]

    @property
    def next_page(self) -> Link | None:
        if not self.page.has_next() or self.page.number >= MOST_PAGES:
            return None
        number = self.page.next_page_number()
        rest = min(PAGE_SIZE, self.count - self.page.end_index())
        label = ngettext("Nächste %(n)s Agentur", "Nächste %(n)s Agenturen", rest) % {"n": rest}
        return Link(self.address(page=number), label)

    @property
    def previous_page(self) -> Link | None:
        if not self.page.has_previous():
            return None
        return Link(self.address(page=self.page.previous_page_number()), _("Zurück"))

    # ---- words -------------------------------------------------------------------------------------------

    @property
    def orders(self) -> list[Option]:
        """The usual order goes without a name in the address, so that it can follow the search."""
        usual, chosen = self.filters.usual_order, self.filters.order
        return [
            Option("" if sort == usual else sort, str(sort.label), sort == chosen)
            for sort in self.filters.orders
        ]

    @property
    def explanation(self) -> str:
        return str(EXPLANATIONS[self.filters.order])

    @property
    def is_cautious(self) -> bool:
        return self.filters.order in {Sort.FEEDBACK, Sort.SCORE}

    @cached_property
    def notices(self) -> list[str]:
        notices = list(self.filters.notices())
        if self.count and self.filters.words.mistyped:
            guessed = _("„%(text)s“ steht so bei keiner Agentur. Du siehst, was ähnlich geschrieben wird.")
            notices.append(guessed % {"text": self.filters.words.text})
        if self._wanted_page != self.page.number:
            notices.append(
                _("Diese Seite der Liste gibt es nicht. Du siehst Seite %(n)s.") % {"n": self.page.number}
            )
        if self.page.number == MOST_PAGES and self.page.has_next():
            notices.append(_("Weiter blättern geht nicht. Grenze die Suche ein, etwa mit einem Ort."))
        return notices


def _heading(source: str) -> tuple[str, str]:
    match source:
        case WaitCurve.Source.MEASURED:
            return _("Gemessen"), _("Festgehalten, bevor die Antwort bekannt war.")
        case WaitCurve.Source.RECALLED:
            return _("Aus Bewertungen"), _("Von Bewerber:innen hinterher erzählt.")
    return _("Noch ohne Zahl"), _("Zu wenige Gespräche sind eingetragen.")
