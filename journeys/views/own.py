"""What the views of the tracker share: everybody sees their own, and nobody anything else."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts import limits
from accounts.people import me
from agencies.views.directory import PAGE_WAS_OLD
from journeys.choices import WaitKind
from journeys.models import Interview, Journey


def private[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """For whoever is logged in, with times as their own clock shows them, and not faster than people write.

    What another tab has deleted between reading and writing is as gone as what never was there.
    """

    @wraps(view)
    def on_own_clock(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST" and not limits.allowed(request, "track"):
            return limits.too_many(request)
        with timezone.override(me(request).zone):
            try:
                return view(request, *args, **kwargs)
            except (Journey.DoesNotExist, Interview.DoesNotExist) as gone:
                raise Http404 from gone

    return login_required(on_own_clock)


def own_journey(request: HttpRequest, pk: int) -> Journey:
    """With all that its pages show; a stranger's does not exist."""
    return get_object_or_404(Journey.objects.tracked_by(me(request)).for_pages(), pk=pk)


def own_interview(request: HttpRequest, pk: int) -> Interview:
    mine = Journey.objects.tracked_by(me(request))
    talks = Interview.objects.filter(kind=WaitKind.INTERVIEW, journey__in=mine)
    return get_object_or_404(talks.select_related("journey__agency"), pk=pk)


# ---- forms -------------------------------------------------------------------------------------------------


def sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def may_act(request: HttpRequest) -> bool:
    """Whether a form was sent from a page that was still good; else it is shown again as it was typed."""
    return request.method == "POST" and not getattr(request, "csrf_failed", False)


def form_page(
    request: HttpRequest, template: str, form: Form, *, status: int = 200, notice: str = "", **context: Any
) -> HttpResponse:
    if getattr(request, "csrf_failed", False):
        status, notice = 403, str(PAGE_WAS_OLD)
    return render(request, template, {"form": form, "notice": notice, **context}, status=status)
