"""The page of one agency: who they are, how they answer, how they are rated, and what people wrote."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from agencies.models import Agency
from agencies.neighbours import neighbours
from agencies.shared import shared
from agencies.tray import Tray
from pictures.answers import answer
from reviews import numbers, profile, stored
from reviews.listing import Listing
from reviews.pictures import AgencyPicture


@require_safe
@shared
def agency_profile(request: HttpRequest, slug: str) -> HttpResponse:
    agency = next(iter(stored.AGENCIES(slugs=[slug])), None)
    if agency and agency.merged_into:
        return redirect(agency.merged_into, permanent=True)
    if agency is None or not agency.is_readable:
        raise Http404
    page = profile.profile(profile.read(agency))
    context = {
        "page": page,
        "is_stale": agency.score.stale_since is not None,
        "listing": Listing(page.agency, page.offices, request.GET),
        "neighbours": neighbours(page.agency, page.offices[0] if page.offices else None),
        "tray": Tray(),
    }
    return render(request, "reviews/agency_profile.html", context)


@require_safe
def agency_picture(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    agency = get_object_or_404(Agency.objects.readable().prefetch_related("curves"), slug=slug)
    towns = agency.offices.values_list("place", flat=True)
    picture = AgencyPicture.of(agency, towns, numbers.waits(agency.curves.all()))
    return answer(request, version, picture.version, picture.url(slug), picture.draw)
