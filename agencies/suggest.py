"""What somebody may mean while they type: agencies by their name, and places to search around."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.cards import places
from agencies.filters import INDEXED, Sort
from agencies.models import Agency
from agencies.models.agency import AgencyQuerySet
from agencies.places import Located, suggest_places
from agencies.search import ENOUGH_TO_COMPLETE, Search

MOST_AGENCIES = 5
MOST_PLACES = 3
MOST_ORDERED = 500


class Suggestion(NamedTuple):
    """`url` is where choosing it leads."""

    label: str
    note: str
    url: str


def suggest(text: str, *, to_rate: bool = False) -> list[Suggestion]:
    """Agencies first, those with most reviews before others; `to_rate` leads on to rating them."""
    search = Search(text)
    if max(map(len, search.words), default=0) < ENOUGH_TO_COMPLETE:
        return []
    found = [_agency(agency, to_rate=to_rate) for agency in _agencies(search)]
    return found + [_place(place, to_rate=to_rate) for place in suggest_places(text, MOST_PLACES)]


def _agencies(search: Search) -> list[Agency]:
    """By their name; where nobody is called like that, by what may have been meant."""
    listed = Agency.objects.in_directory()
    return _most_rated(search.named(listed)) or (
        _most_rated(search.matching(listed)) if search.is_guess else []
    )


def _most_rated(agencies: AgencyQuerySet) -> list[Agency]:
    """Among the first that are found: in the order of an index, all would be looked at for a word that few have."""
    found = Agency.objects.filter(pk__in=agencies.values("pk")[:MOST_ORDERED])
    ordered = found.order_by(*INDEXED[Sort.REVIEWS]).only("name", "slug")
    return list(ordered.prefetch_related("offices")[:MOST_AGENCIES])


def _agency(agency: Agency, *, to_rate: bool) -> Suggestion:
    towns = [office.place for office in agency.offices.all()]
    page = "reviews:review-write" if to_rate else "reviews:agency-profile"
    return Suggestion(agency.name, places(towns), reverse(page, args=[agency.slug]))


def _place(place: Located, *, to_rate: bool) -> Suggestion:
    pairs = [("bewerten", "1")] if to_rate else []
    query = urlencode([*pairs, ("ort", place.label)])
    note = _("Agenturen in der Nähe")
    return Suggestion(place.label, note, f"{reverse('agencies:agency-list')}?{query}")
