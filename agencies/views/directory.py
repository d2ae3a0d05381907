"""Start page, directory, and the proposal of a missing agency."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails

from accounts import limits
from accounts.models import User
from agencies import counts, front
from agencies.actions import propose_agency
from agencies.directory import Directory
from agencies.filters import readable
from agencies.forms import ProposalForm
from agencies.places import suggest_places
from agencies.shared import shared
from agencies.similar import Similar
from agencies.suggest import suggest
from agencies.templatetags.figures import mark

PAGE_WAS_OLD = gettext_lazy(
    "Diese Seite war nicht mehr aktuell, etwa weil du dich in einem anderen Fenster angemeldet hast."
    " Alles, was du geschrieben hast, steht noch da. Schick es bitte noch einmal ab."
)
TOO_MANY_PROPOSALS = gettext_lazy(
    "Von deinem Anschluss kamen heute schon viele Vorschläge. Was du geschrieben hast, steht noch da:"
    " Versuch es morgen noch einmal."
)


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


@require_safe
@shared
def start(request: HttpRequest) -> HttpResponse:
    """One search box, the market in ten dots, three that answer well, and the way to rate."""
    context = {
        "count": counts.listed(),
        "market": front.market(),
        "choice": front.choice_of_the_week(),
        "marks": {state: mark(state) for state in ("answered", "waiting", "silent", "withdrawn")},
    }
    return render(request, "start.html", context)


@require_safe
@shared
@vary_on_headers("HX-Request", "HX-Target")
def agency_list(request: HtmxRequest) -> HttpResponse:
    """The directory, or only its hits, or what a person may mean while they type."""
    if request.htmx and request.htmx.target in {"orte", "vorschlaege"}:
        return _suggestions(request)
    searches = request.GET.get("q") or request.GET.get("ort")
    if searches and not limits.allowed(request, "search"):
        return too_many(request)
    is_fragment = bool(request.htmx) and not request.htmx.history_restore_request
    directory = Directory(request.GET, is_fragment=is_fragment)
    if not is_fragment:
        return render(request, "agencies/agency_list.html", {"directory": directory})
    response = render(request, "agencies/results.html", {"results": directory.results})
    response["HX-Push-Url"] = directory.here
    return response


def _suggestions(request: HtmxRequest) -> HttpResponse:
    """Places for the field of places, agencies and places for the search box."""
    if not limits.allowed(request, "suggest"):
        return HttpResponse(status=204)  # htmx leaves what it shows
    if request.htmx.target == "orte":
        places = suggest_places(request.GET.get("ort", ""))
        return render(request, "agencies/agency_list.html#places", {"places": places})
    suggestions = suggest(request.GET.get("q", ""), to_rate=request.GET.get("bewerten") == "1")
    return render(request, "agencies/agency_list.html#suggestions", {"suggestions": suggestions})


def too_many(request: HtmxRequest) -> HttpResponse:
    """The page that asks for patience; a fragment leads there, because htmx shows no refused one."""
    response = limits.too_many(request)
    if request.htmx:
        response["HX-Redirect"] = request.get_full_path()
    return response


@vary_on_headers("HX-Request")
def agency_propose(request: HtmxRequest) -> HttpResponse:
    """Propose an agency that is missing, and go on to rate it. Likely duplicates are asked about first."""
    if request.htmx and request.method == "GET":
        return _similar_fragment(request)
    if getattr(request, "csrf_failed", False):
        return _propose_page(request, ProposalForm(request.POST), status=403, notice=str(PAGE_WAS_OLD))
    if request.method == "POST":
        return _receive_proposal(request)
    name = readable(request.GET.get("name", ""))[:120]
    return _propose_page(request, ProposalForm(initial={"name": name}))


agency_propose.keeps_input = True  # type: ignore[attr-defined]


def _receive_proposal(request: HtmxRequest) -> HttpResponse:
    form = ProposalForm(request.POST)
    if not form.is_valid():
        return _propose_page(request, form)
    similar = Similar.to(form.cleaned_data["name"], form.cleaned_data["website"])
    if similar.same_domain or (similar and "new" not in request.POST):
        return _propose_page(request, form, similar, asks=not similar.same_domain)
    if not limits.allowed(request, "agency_propose"):
        return _propose_page(request, form, status=429, notice=str(TOO_MANY_PROPOSALS))
    agency = propose_agency(**form.proposal(), by=request.user if isinstance(request.user, User) else None)
    messages.success(request, _("Danke für den Vorschlag. Erzähl jetzt, wie es war."))
    return redirect("reviews:review-write", agency.slug)


def _similar_fragment(request: HtmxRequest) -> HttpResponse:
    if not limits.allowed(request, "search"):
        return HttpResponse(status=204)  # htmx leaves what it shows
    similar = Similar.to(request.GET.get("name", ""), request.GET.get("website", ""))
    return render(request, "agencies/agency_propose.html#similar", {"similar": similar})


def _propose_page(
    request: HttpRequest,
    form: ProposalForm,
    similar: Similar | None = None,
    *,
    asks: bool = False,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "similar": similar,
        "was_sent": similar is not None,
        "asks": asks,
        "notice": notice,
    }
    return render(request, "agencies/agency_propose.html", context, status=status)
