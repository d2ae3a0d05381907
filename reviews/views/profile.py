"""The page of one agency: who they are, how they answer, how they are rated, and what people wrote."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from agencies import cards
from agencies.choices import AgencyStatus
from agencies.models import Agency, MarketScore, SegmentScore, WaitCurve
from agencies.neighbours import neighbours
from agencies.shared import shared
from agencies.tray import Tray
from pictures.answers import answer
from reviews import numbers, segments, trends
from reviews.listing import Listing
from reviews.pictures import AgencyPicture


@require_safe
@shared
def agency_profile(request: HttpRequest, slug: str) -> HttpResponse:
    agency = get_object_or_404(
        Agency.objects.with_score()
        .prefetch_related("offices", "criterion_scores")
        .defer("search_words", "search_document"),
        slug=slug,
    )
    if agency.status == AgencyStatus.MERGED and agency.merged_into:
        return redirect(agency.merged_into, permanent=True)
    if not agency.is_readable:
        raise Http404
    shown = figures(agency)
    context = {
        "agency": agency,
        "score": agency.score,
        "summary": numbers.summary(agency),
        "is_closed": agency.status == AgencyStatus.CLOSED,
        "offices": agency.offices.all(),
        "recruiters": agency.recruiters.public(),
        "listing": Listing(agency, request.GET),
        "neighbours": neighbours(agency),
        "picture": AgencyPicture.of(agency, shown["waits"]),
        "tray": Tray(),
        **shown,
    }
    context["picture_url"] = context["picture"].url(agency.slug)
    return render(request, "reviews/agency_profile.html", context)


@require_safe
def agency_picture(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    agency = get_object_or_404(
        Agency.objects.readable().prefetch_related("offices", "curves"),
        slug=slug,
    )
    picture = AgencyPicture.of(agency, numbers.waits(agency.curves.all()))
    return answer(request, version, picture.version, picture.url(slug), picture.draw)


def figures(agency: Agency) -> dict[str, Any]:
    """The numbers of the page, from stored rows: this agency's and the market's."""
    market = {row.criterion: row.mean for row in MarketScore.objects.all()}
    curves = list(WaitCurve.objects.filter(Q(agency=agency) | Q(agency=None)))
    ours = [row for row in curves if row.agency_id]
    everybody = [row for row in curves if not row.agency_id]
    shown = numbers.waits(ours)
    parts = SegmentScore.objects.filter(Q(agency=agency) | Q(agency=None))
    return {
        "waits": shown,
        "wait_facts": numbers.wait_facts(shown) if shown and shown.is_shown else [],
        "market_waits": numbers.waits(everybody, source=shown.row.source if shown else ""),
        "applications": numbers.waits(ours, WaitCurve.Kind.APPLICATION),
        "criteria": numbers.criteria(agency, market),
        "market": market.get("overall"),
        "basis": cards.basis(agency.score),
        "segments": segments.of_agency(agency, parts),
        "trends": trends.of_agency(agency, agency.score.as_of),
        "not_yet": cards.score_pending(agency.score),
    }
