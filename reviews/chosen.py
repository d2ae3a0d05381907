"""Which agencies the address of a comparison names, and in words which were left out and why.

Nothing in an address is an error: what is no agency is named if that can be done safely, and left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.core.validators import slug_re
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.choices import AgencyStatus
from agencies.models import Agency
from agencies.tray import LONGEST_SLUG, MOST_COMPARED
from reviews import stored

LONGEST_LIST = 50  # values looked at; more in an address is nonsense
LONGEST_ECHO = 60  # characters of an unknown slug that are fit to be shown again
MOST_NAMES = 3  # named in a sentence; further ones are counted


@dataclass
class Chosen:
    """The agencies side by side, in the order of the address and at most four, and what became of the others."""

    agencies: list[Agency] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # values of the address
    doubled: list[str] = field(default_factory=list)  # names, as in the following
    beyond: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)  # (merged agency, its successor)
    was_cut: bool = False

    @classmethod
    def by(cls, values: Sequence[str]) -> "Chosen":
        """From the values of `a`: agencies with their scores, in one query, or two where some were merged."""
        asked = [value for value in values if value]
        chosen = cls(was_cut=len(asked) > LONGEST_LIST)
        asked = asked[:LONGEST_LIST]
        found = _found(asked)
        for value in asked:
            chosen._take(value, *found.get(value, (None, None)))
        return chosen

    def _take(self, value: str, agency: Agency | None, shown: Agency | None) -> None:
        """`shown` is the agency, or the one that it became part of."""
        if agency is None or shown is None or not shown.is_readable:
            self.unknown += [value] if value not in self.unknown else []
        elif shown in self.agencies or shown.short_name in self.beyond:
            self.doubled += [shown.short_name] if shown.short_name not in self.doubled else []
        elif len(self.agencies) == MOST_COMPARED:
            self.beyond.append(shown.short_name)
        else:
            self.agencies.append(shown)
            self.moved += [(agency.short_name, shown.short_name)] if shown != agency else []
            self.closed += [shown.short_name] if shown.status == AgencyStatus.CLOSED else []

    @property
    def slugs(self) -> list[str]:
        return [agency.slug for agency in self.agencies]

    @property
    def is_full(self) -> bool:
        return len(self.agencies) == MOST_COMPARED

    def notices(self) -> Iterator[str]:
        if self.unknown:
            yield _not_found(self.unknown)
        if self.doubled:
            yield _("Doppelt in der Adresse, hier einmal: %(names)s.") % {"names": _few(self.doubled)}
        if self.beyond:
            yield _(
                "Mehr als vier passen nicht nebeneinander. Gezeigt werden die ersten vier, ohne %(names)s."
            ) % {"names": _few(self.beyond)}
        for before, after in self.moved:
            yield _("%(before)s ist in %(after)s aufgegangen. Gezeigt wird %(after)s.") % {
                "before": before,
                "after": after,
            }
        for name in self.closed:
            yield _("%(name)s gibt es nicht mehr. Die Zahlen stehen noch da.") % {"name": name}
        if self.was_cut:
            yield _("Gelesen wurden nur die ersten %(n)s Angaben der Adresse.") % {"n": LONGEST_LIST}


def address(slugs: Sequence[str], page: str = "reviews:agency-compare") -> str:
    """The comparison of these agencies: a page, or its CSV, or the directory with them marked."""
    query = urlencode([("a", slug) for slug in slugs])
    return f"{reverse(page)}{'?' if query else ''}{query}"


def _found(values: Sequence[str]) -> dict[str, tuple[Agency, Agency | None]]:
    """By its address each agency, and which one is shown for it."""
    slugs = [value for value in values if _is_slug(value)]
    named = stored.AGENCIES(slugs=slugs) if slugs else []
    merged = {agency.merged_into_id for agency in named if agency.merged_into_id}
    rows = stored.SUCCESSORS(ids=list(merged)) if merged else []
    successors: dict[int | None, Agency] = {one.pk: one for one in rows}
    return {
        agency.slug: (agency, successors.get(agency.merged_into_id) if agency.merged_into_id else agency)
        for agency in named
    }


def _is_slug(value: str) -> bool:
    return len(value) <= LONGEST_SLUG and bool(slug_re.match(value))


def _not_found(values: Sequence[str]) -> str:
    """The addresses that lead nowhere; those that are no address at all are only counted."""
    fit = [value for value in values if _is_slug(value) and len(value) <= LONGEST_ECHO]
    if fit:
        unfit = len(values) - len(fit)
        return _("Nicht gefunden und weggelassen: %(names)s.") % {"names": _few(fit, unfit)}
    return ngettext(
        "Eine Angabe der Adresse ist keine Agentur und bleibt weg.",
        "%(n)s Angaben der Adresse sind keine Agenturen und bleiben weg.",
        len(values),
    ) % {"n": len(values)}


def _few(names: Sequence[str], others: int = 0) -> str:
    """The names in one line: the first three, and how many more there are."""
    others += max(0, len(names) - MOST_NAMES)
    said = list(names[:MOST_NAMES])
    if others:
        said.append(ngettext("%(n)s weitere Angabe", "%(n)s weitere Angaben", others) % {"n": others})
    return enumeration(said)


def enumeration(names: Sequence[str]) -> str:
    """ "A", "A und B", "A, B und C"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s und %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
