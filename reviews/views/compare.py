"""Two to four agencies side by side, at an address that can be shared."""

from typing import Any
from urllib.parse import urlencode

from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies import csv_export, figures
from agencies.models import Agency, WaitCurve
from agencies.shared import shared
from reviews.comparison import MOST, Column, Comparison, Row
from reviews.numbers import waits

LONGEST_LIST = 50  # slugs looked at; more in an address is nonsense


@require_safe
@shared
def agency_compare(request: HttpRequest) -> HttpResponse:
    agencies, notices = chosen_agencies(request)
    context: dict[str, Any] = {"agencies": agencies, "notices": notices, "most": MOST}
    if len(agencies) >= 2:
        context |= table(agencies)
    return render(request, "reviews/agency_compare.html", context)


@require_safe
def agency_compare_csv(request: HttpRequest) -> HttpResponse:
    agencies, _notices = chosen_agencies(request)
    comparison = Comparison(agencies)
    header = [_("Merkmal"), *(agency.name for agency in agencies), _("Unterschied")]
    rows = [_csv_row(row) for row in (*comparison.feedback, *comparison.ratings)] if agencies else []
    return csv_export.response("vergleich.csv", header, rows)


def _csv_row(row: Row) -> list[str]:
    verdict = _("kein belastbarer Unterschied") if row.is_noise else row.verdict
    cells = [f"{cell.text} ({cell.note})" if cell.note else cell.text or cell.missing for cell in row.cells]
    return [row.label, *cells, verdict]


def chosen_agencies(request: HttpRequest) -> tuple[list[Agency], list[str]]:
    """The agencies of the address in its order, merged ones replaced by their successor, and what was left out."""
    slugs = list(dict.fromkeys(request.GET.getlist("a")))[:LONGEST_LIST]
    known = [slug for slug in slugs if slug_re.match(slug)]
    found = {
        agency.slug: agency for agency in Agency.objects.filter(slug__in=known).select_related("merged_into")
    }
    wanted = [successor(found[slug]) for slug in slugs if slug in found]
    ids = list(dict.fromkeys(agency.pk for agency in wanted))
    loaded = Agency.objects.readable().in_bulk(ids)
    agencies = [loaded[pk] for pk in ids if pk in loaded]
    notices = []
    if len(agencies) < len(request.GET.getlist("a")):
        notices.append(_("Eine Agentur aus der Adresse gibt es nicht, oder sie stand doppelt darin."))
    if len(agencies) > MOST:
        notices.append(_("Mehr als vier passen nicht nebeneinander. Gezeigt werden die ersten vier."))
    return with_numbers(agencies[:MOST]), notices


def successor(agency: Agency) -> Agency:
    return agency.merged_into or agency


def with_numbers(agencies: list[Agency]) -> list[Agency]:
    """The same agencies with everything the table reads, in a fixed number of queries."""
    ids = [agency.pk for agency in agencies]
    loaded = (
        Agency.objects.with_score().prefetch_related("criterion_scores", "curves", "offices").in_bulk(ids)
    )
    return [loaded[pk] for pk in ids]


def table(agencies: list[Agency]) -> dict[str, Any]:
    comparison = Comparison(agencies)
    slugs = [agency.slug for agency in agencies]
    csv = f"{reverse('reviews:agency-compare-csv')}?{urlencode([('a', slug) for slug in slugs])}"
    return {
        "comparison": comparison,
        "heads": [(column, without(column.agency.slug, slugs)) for column in comparison.columns],
        "lines": [line(column) for column in comparison.columns if column.waits and column.waits.is_shown],
        "market": market_line(comparison.source),
        "csv": csv,
    }


def without(slug: str, slugs: list[str]) -> str:
    """The address of this comparison without one of its agencies."""
    left = urlencode([("a", other) for other in slugs if other != slug])
    return f"{reverse('reviews:agency-compare')}?{left}"


def line(column: Column) -> figures.Curve:
    assert column.waits is not None  # noqa: S101 - the caller filters
    return figures.curve(column.name, column.waits.steps, column.waits.until)


def market_line(source: str) -> figures.Curve | None:
    market = waits(WaitCurve.objects.filter(agency=None), source=source)
    return (
        figures.curve(_("Alle Agenturen"), market.steps, market.until) if market and market.is_shown else None
    )
