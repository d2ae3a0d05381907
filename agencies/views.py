"""Start page, directory and the proposal of a missing agency."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails

from accounts import limits
from agencies import front
from agencies.directory import Directory
from agencies.models import Agency
from agencies.places import suggest_places
from agencies.templatetags.figures import mark


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """One search box, the market in ten dots, three that answer well, and the way to rate."""
    context = {
        "count": Agency.objects.listed().count(),
        "market": front.market(),
        "choice": front.choice_of_the_week(),
        "marks": {state: mark(state) for state in ("answered", "waiting", "silent", "withdrawn")},
    }
    return render(request, "start.html", context)


@require_safe
@vary_on_headers("HX-Request")
def agency_list(request: HtmxRequest) -> HttpResponse:
    """The directory, or only its hits, or the places a person may mean while they type one."""
    searches = request.GET.get("q") or request.GET.get("ort")
    if searches and not limits.allowed(request, "search"):
        return too_many(request)
    if request.htmx.target == "orte":
        places = suggest_places(request.GET.get("ort", ""))
        return render(request, "agencies/agency_list.html#places", {"places": places})
    is_fragment = bool(request.htmx) and not request.htmx.history_restore_request
    directory = Directory(request.GET, is_fragment=is_fragment)
    template = "agencies/agency_list.html#results" if is_fragment else "agencies/agency_list.html"
    response = render(request, template, {"directory": directory})
    if is_fragment:
        response["HX-Push-Url"] = directory.here
    return response


def too_many(request: HtmxRequest) -> HttpResponse:
    """The page that asks for patience; a fragment leads there, because htmx shows no refused one."""
    response = render(request, "429.html", status=429)
    if request.htmx:
        response["HX-Redirect"] = request.get_full_path()
    return response


def agency_propose(request: HttpRequest) -> HttpResponse:
    return render(request, "agencies/agency_propose.html")
