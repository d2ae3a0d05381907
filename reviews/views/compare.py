"""Two to four agencies side by side, at an address that can be shared: as a page, as CSV and as a picture."""

from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import limits
from agencies import csv_export
from agencies.cards import Card
from agencies.choices import AgencyStatus
from agencies.directory import Directory
from agencies.remembered import FEW, remembered
from agencies.shared import shared
from agencies.tray import MOST_COMPARED, Tray
from pictures.answers import answer, is_drawn
from reviews import sheets
from reviews.chosen import Chosen, address, enumeration
from reviews.comparison import Column, Comparison, compare
from reviews.pictures import ComparisonPicture

MOST_HITS = 6  # of the search for one more agency


class Head(NamedTuple):
    """What stands above a column; `without` is the address of this comparison without it."""

    column: Column
    is_demo: bool
    url: str
    without: str


class Addition(NamedTuple):
    """An agency that may be added; `url` is the comparison with it."""

    card: Card
    url: str


class Finder(NamedTuple):
    """What was searched for one more agency, and what was found."""

    text: str
    hits: tuple[Addition, ...]


@require_safe
@shared
def agency_compare(request: HttpRequest) -> HttpResponse:
    searched = request.GET.get("q", "")
    if searched and not limits.allowed(request, "search"):
        return limits.too_many(request)
    chosen = Chosen.by(request.GET.getlist("a"))
    context: dict[str, Any] = {
        "notices": tuple(chosen.notices()),
        "most": MOST_COMPARED,
        "is_full": chosen.is_full,
        "slugs": chosen.slugs,
        "tray": Tray(),
        "directory": address(chosen.slugs, "agencies:agency-list"),
        "finder": finder(searched, chosen) if searched and not chosen.is_full else None,
    }
    if chosen.agencies:
        context |= table(compare(chosen.agencies))
    return render(request, "reviews/agency_compare.html", context)


@require_safe
def agency_compare_csv(request: HttpRequest) -> HttpResponse:
    comparison = compare(Chosen.by(request.GET.getlist("a")).agencies)
    found = sheets.rows(comparison) if comparison.columns else []
    return csv_export.response("vergleich.csv", sheets.header(comparison), found)


@require_safe
def agency_compare_picture(request: HttpRequest, version: str) -> HttpResponse:
    """Of two to four listed agencies. So many can be put together that drawing is limited; what is drawn waits in the
    cache and is not counted."""
    picture = picture_of(compare(Chosen.by(request.GET.getlist("a")).agencies))
    if picture is None:
        raise Http404
    if version == picture.version and not is_drawn(version) and not limits.allowed(request, "picture"):
        return limits.too_many(request)
    return answer(request, version, picture.version, picture.url, picture.draw)


def picture_of(comparison: Comparison) -> ComparisonPicture | None:
    """None where the site's own picture must do."""
    statuses = [column.agency.status for column in comparison.columns]
    has_one = len(statuses) >= 2 and set(statuses) == {AgencyStatus.LISTED}
    return ComparisonPicture.of(comparison) if has_one else None


@remembered(FEW)
def table(comparison: Comparison) -> dict[str, Any]:
    """What the page shows of a comparison. Read only, like it."""
    slugs = [column.agency.slug for column in comparison.columns]
    canonical = f"{settings.SITE_URL}{address(slugs)}"
    picture = picture_of(comparison)
    title = _("%(names)s im Vergleich") % {"names": enumeration([one.name for one in comparison.columns])}
    return {
        "comparison": comparison,
        "is_table": len(slugs) >= 2,
        "heads": tuple(head(column, slugs) for column in comparison.columns),
        "csv": address(slugs, "reviews:agency-compare-csv"),
        "title": title,
        "canonical": canonical,
        "picture": picture,
        "picture_url": picture.url if picture else "",
        "mail": f"mailto:?subject={quote(title)}&body={quote(f'{title}\n\n{canonical}\n')}",
    }


def head(column: Column, slugs: list[str]) -> Head:
    agency = column.agency
    rest = [slug for slug in slugs if slug != agency.slug]
    return Head(column, agency.is_demo, agency.get_absolute_url(), address(rest))


def finder(searched: str, chosen: Chosen) -> Finder:
    """What the directory finds first, each with the address of the comparison that has it too."""
    data = QueryDict(mutable=True)
    data["q"] = searched
    directory = Directory(data)
    words, slugs = directory.filters.words, chosen.slugs
    found = [hit.card for hit in directory.page.hits if hit.card.slug not in slugs] if words else []
    hits = (Addition(card, address([*slugs, card.slug])) for card in found[:MOST_HITS])
    return Finder(words.text, tuple(hits))
