"""/agenturen/<slug>/rechnung/: how the numbers of one agency come about, with its real sums."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from agencies.cards import score_pending
from agencies.models import Agency, WaitCurve
from agencies.shared import shared
from reviews import numbers
from reviews.scoring import FORMULA
from reviews.working import score_working, waits_working


@require_safe
@shared
def agency_working(request: HttpRequest, slug: str) -> HttpResponse:
    agency = get_object_or_404(Agency.objects.with_numbers().select_related("merged_into"), slug=slug)
    if agency.merged_into:
        return redirect("reviews:agency-working", agency.merged_into.slug, permanent=True)
    if not agency.is_readable:
        raise Http404
    interviews = numbers.waits(agency.curves.all())
    applications = numbers.waits(agency.curves.all(), WaitCurve.Kind.APPLICATION)
    context = {
        "agency": agency,
        "formula": FORMULA,
        "score": score_working(agency),
        "score_pending": score_pending(agency.score),
        "waits": waits_working(interviews),
        "waits_pending": interviews.not_yet if interviews else "",
        "applications": waits_working(applications),
    }
    return render(request, "reviews/agency_working.html", context)
