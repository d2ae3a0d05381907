"""The page of one agency: who they are, how they answer, how they are rated, and what people wrote."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from agencies import cards
from agencies.choices import AgencyStatus
from agencies.directory import Tray
from agencies.models import Agency, MarketScore, SegmentScore, WaitCurve
from agencies.shared import shared
from journeys.choices import Outcome, Role
from pictures.answers import answer
from reviews import numbers, reading, segments, trends
from reviews.models import Review, ReviewQuerySet
from reviews.pictures import AgencyPicture

PER_PAGE = 10
STAR_GROUPS = {"4-5": ((4, 5), _("4 bis 5")), "3": ((3, 3), "3"), "1-2": ((1, 2), _("1 bis 2"))}


@dataclass(frozen=True)
class Filter:
    """One select above the reviews; an unknown value means "alle"."""

    name: str
    label: Any
    options: list[tuple[str, Any]]
    chosen: str


@require_safe
@shared
def agency_profile(request: HttpRequest, slug: str) -> HttpResponse:
    agency = get_object_or_404(
        Agency.objects.with_score()
        .select_related("merged_into")
        .prefetch_related("offices", "criterion_scores"),
        slug=slug,
    )
    if agency.status == AgencyStatus.MERGED and agency.merged_into:
        return redirect(agency.merged_into, permanent=True)
    if agency.status not in {AgencyStatus.LISTED, AgencyStatus.CLOSED}:
        raise Http404
    shown = figures(agency)
    filters = review_filters(request, agency)
    chosen = {one.name: one.chosen for one in filters if one.chosen}
    context = {
        "agency": agency,
        "score": agency.score,
        "summary": numbers.summary(agency),
        "is_closed": agency.status == AgencyStatus.CLOSED,
        "offices": agency.offices.all(),
        "recruiters": agency.recruiters.public(),
        "filters": filters,
        "chosen": chosen,
        "query": urlencode(chosen),
        "page": review_page(request, agency, chosen),
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


def review_filters(request: HttpRequest, agency: Agency) -> list[Filter]:
    """The filters as the address bar has them."""
    stars = [(key, label) for key, (_range, label) in STAR_GROUPS.items()]
    offices = [(str(office.pk), office.place) for office in agency.offices.all()]
    options: dict[str, list[tuple[str, Any]]] = {
        "rolle": Role.choices,
        "ausgang": Outcome.choices,
        "wert": stars,
        "buero": offices,
    }
    labels = {"rolle": _("Anstellung"), "ausgang": _("Ausgang"), "wert": _("Wert"), "buero": _("Büro")}
    return [
        Filter(name, labels[name], list(choices), _known(request.GET.get(name, ""), choices))
        for name, choices in options.items()
        if name != "buero" or len(choices) > 1
    ]


def _known(value: str, choices: Any) -> str:
    return value if any(value == code for code, _label in choices) else ""


def review_page(request: HttpRequest, agency: Agency, chosen: dict[str, str]) -> Page[Any]:
    """One page of reviews, newest first, as prepared for reading."""
    found = filtered(Review.objects.published().filter(agency=agency), chosen).for_reading().newest_first()
    page: Page[Any] = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = [reading.read(review) for review in page.object_list]
    return page


def filtered(reviews: ReviewQuerySet, chosen: dict[str, str]) -> ReviewQuerySet:
    lookups = {"rolle": "journey__role", "ausgang": "journey__outcome", "buero": "journey__office"}
    reviews = reviews.filter(**{lookups[name]: value for name, value in chosen.items() if name in lookups})
    if "wert" in chosen:
        reviews = reviews.filter(stars__range=STAR_GROUPS[chosen["wert"]][0])
    return reviews
