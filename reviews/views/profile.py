"""The page of one agency: who they are, how they answer, how they are rated, and what people wrote."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from agencies import cards
from agencies.choices import AgencyStatus
from agencies.models import Agency, Office, WaitCurve
from agencies.neighbours import neighbours
from agencies.shared import shared
from agencies.tray import Tray
from pictures.answers import answer
from reviews import numbers, profile, segments, trends
from reviews.listing import Listing
from reviews.pictures import AgencyPicture


@require_safe
@shared
def agency_profile(request: HttpRequest, slug: str) -> HttpResponse:
    agency = next(iter(profile.AGENCY(slug=slug)), None)
    if agency and agency.merged_into:
        return redirect(agency.merged_into, permanent=True)
    if agency is None or not agency.is_readable:
        raise Http404
    offices = profile.OFFICES(agency=agency.pk)
    towns = [office.place for office in offices]
    shown = figures(agency, offices)
    picture = AgencyPicture.of(agency, towns, shown["waits"])
    context = {
        "agency": agency,
        "score": agency.score,
        "summary": numbers.summary(agency, towns),
        "is_closed": agency.status == AgencyStatus.CLOSED,
        "offices": offices,
        "recruiters": profile.RECRUITERS(agency=agency.pk),
        "listing": Listing(agency, offices, request.GET),
        "neighbours": neighbours(agency, offices[0] if offices else None),
        "picture": picture,
        "picture_url": picture.url(agency.slug),
        "tray": Tray(),
        **shown,
    }
    return render(request, "reviews/agency_profile.html", context)


@require_safe
def agency_picture(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    agency = get_object_or_404(Agency.objects.readable().prefetch_related("curves"), slug=slug)
    towns = agency.offices.values_list("place", flat=True)
    picture = AgencyPicture.of(agency, towns, numbers.waits(agency.curves.all()))
    return answer(request, version, picture.version, picture.url(slug), picture.draw)


def figures(agency: Agency, offices: Sequence[Office]) -> dict[str, Any]:
    """The numbers of the page, from stored rows: this agency's and the market's."""
    market = dict(profile.MARKET())
    curves = profile.CURVES(agency=agency.pk)
    ours = [row for row in curves if row.agency_id]
    everybody = [row for row in curves if not row.agency_id]
    shown = numbers.waits(ours)
    return {
        "waits": shown,
        "wait_facts": numbers.wait_facts(shown) if shown and shown.is_shown else [],
        "market_waits": numbers.waits(everybody, source=shown.row.source if shown else ""),
        "applications": numbers.waits(ours, WaitCurve.Kind.APPLICATION),
        "criteria": numbers.criteria(profile.CRITERIA(agency=agency.pk), market),
        "market": market.get("overall"),
        "basis": cards.basis(agency.score),
        "segments": segments.of_agency(agency, offices, profile.SEGMENTS(agency=agency.pk)),
        "trends": trends.of_agency(agency, agency.score.as_of),
        "not_yet": cards.score_pending(agency.score),
    }
