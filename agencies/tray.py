"""What is marked for comparison, from the address of a page."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency

MOST_COMPARED = 4
LONGEST_SLUG = 140


class Marked(NamedTuple):
    """An agency in the tray; the address is that of this page without it."""

    slug: str
    label: str
    url: str


class Shown(NamedTuple):
    """What its template shows of a tray."""

    is_empty: bool
    most: int
    title: str
    url: str


class Tray:
    """Up to four agencies marked for comparison, in the order in which they were marked.

    From an address; on pages whose address holds no marks it is empty, and static/js/compare.js fills it.
    """

    most = MOST_COMPARED

    def __init__(self, data: QueryDict | None = None) -> None:
        values = data.getlist("a") if data else []
        slugs = list(dict.fromkeys(slug[:LONGEST_SLUG] for slug in values[:20]))
        found = {}
        if slugs:
            listed = Agency.objects.listed().filter(slug__in=[slug.replace("\0", "") for slug in slugs])
            found = {agency.slug: agency for agency in listed.only("slug", "name")}
        known = [found[slug] for slug in slugs if slug in found]
        self.agencies, self.beyond = known[:MOST_COMPARED], known[MOST_COMPARED:]
        self.unknown = len([slug for slug in slugs if slug and slug not in found])

    @property
    def slugs(self) -> list[str]:
        return [agency.slug for agency in self.agencies]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [("a", slug) for slug in self.slugs]

    @property
    def url(self) -> str:
        return f"{reverse('reviews:agency-compare')}?{urlencode(self.pairs)}"

    def notices(self) -> Iterator[str]:
        """What the address marks and the tray does not hold."""
        if self.beyond:
            yield _("Mehr als vier passen nicht in den Vergleich. Nicht markiert: %(names)s.") % {
                "names": ", ".join(agency.short_name for agency in self.beyond)
            }
        if self.unknown:
            yield ngettext(
                "Eine markierte Agentur steht nicht im Verzeichnis und bleibt weg.",
                "%(n)s markierte Agenturen stehen nicht im Verzeichnis und bleiben weg.",
                self.unknown,
            ) % {"n": self.unknown}

    @property
    def shown(self) -> Shown:
        return Shown(not self.agencies, self.most, self.title, self.url)

    @property
    def title(self) -> str:
        return _("%(n)s von %(most)s im Vergleich") % {"n": len(self.agencies), "most": MOST_COMPARED}
