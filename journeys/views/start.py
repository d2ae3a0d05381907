"""Beginning to follow a process: with which agency, and what one wants to note about it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers

from accounts import consents, limits
from accounts.models import Consent
from accounts.people import me
from agencies import cards
from agencies.actions import propose_agency
from agencies.cards import Card
from agencies.filters import readable
from agencies.forms import ProposalForm
from agencies.models import Agency
from agencies.search import LONGEST_QUERY, Search
from agencies.similar import Similar
from agencies.views.directory import TOO_MANY_PROPOSALS
from journeys import actions
from journeys.forms import StartForm
from journeys.models import Journey
from journeys.views.own import form_page, may_act, private, sent

MOST_FOUND = 8


@private
@vary_on_headers("HX-Request")
def start(request: HttpRequest) -> HttpResponse:
    """First the agency, found while typing or with a button, then a form that may stay empty."""
    if "agentur" in request.GET:
        return _start_at(request, _rateable(request.GET["agentur"]))
    is_fragment = request.headers.get("HX-Request") == "true"
    if not limits.allowed(request, "search"):
        return HttpResponse(status=204) if is_fragment else limits.too_many(request)
    text = readable(request.GET.get("q", ""))[:LONGEST_QUERY]
    template = "journeys/journey_start.html#found" if is_fragment else "journeys/journey_start.html"
    return render(request, template, {"text": text, "found": _found(text)})


def _rateable(slug: str) -> Agency:
    """The agency, or the one it became part of."""
    agency = get_object_or_404(Agency.objects.select_related("merged_into"), slug=slug.replace("\0", ""))
    agency = agency.merged_into or agency
    if not agency.is_rateable:
        raise Http404
    return agency


def _found(text: str) -> list[Card]:
    search = Search(text)
    if not search:
        return []
    agencies = search.matching(Agency.objects.listed()).order_by(search.relevance().desc(), "pk")
    ids = list(agencies.values_list("pk", flat=True)[:MOST_FOUND])
    known = cards.by_id(ids)
    return [known[pk] for pk in ids]


def _start_at(request: HttpRequest, agency: Agency) -> HttpResponse:
    has_reminders = consents.has_given(me(request), Consent.Kind.CHECK_INS)
    form = StartForm(sent(request), has_reminders=has_reminders, use_required_attribute=False)
    if may_act(request) and form.is_valid():
        try:
            return redirect("journeys:journey-detail", _begin(request, agency, form).pk)
        except actions.TooMany:
            form.add_error(None, _("Du verfolgst schon sehr viele Prozesse. Lösch zuerst einen alten."))
    return form_page(request, "journeys/journey_new.html", form, agency=agency)


def _begin(request: HttpRequest, agency: Agency, form: StartForm) -> Journey:
    journey = actions.start_journey(agency=agency, **form.told, by=me(request))
    if form.cleaned_data["shares_dates"]:
        actions.share(journey=journey, by=me(request))
    messages.success(request, _("Der Prozess ist angelegt."))
    if form.cleaned_data.get("wants_reminders"):
        ask_for_reminders(request)
    return journey


def ask_for_reminders(request: HttpRequest) -> None:
    messages.info(request, consents.ask(user=me(request), kind=Consent.Kind.CHECK_INS).words)


@private
def propose(request: HttpRequest) -> HttpResponse:
    """Name an agency that is missing, and go on with it. Likely duplicates are asked about first."""
    initial = {"name": readable(request.GET.get("name", ""))[:LONGEST_QUERY]}
    form = ProposalForm(sent(request), initial=initial)
    if not may_act(request) or not form.is_valid():
        return _propose_page(request, form)
    similar = Similar.to(form.cleaned_data["name"], form.cleaned_data["website"])
    if similar.same_domain or (similar and "new" not in request.POST):
        return _propose_page(request, form, similar)
    if not limits.allowed(request, "agency_propose"):
        return _propose_page(request, form, status=429, notice=str(TOO_MANY_PROPOSALS))
    agency = propose_agency(**form.proposal(), by=me(request))
    return redirect(f"{reverse('journeys:journey-start')}?{urlencode({'agentur': agency.slug})}")


def _propose_page(
    request: HttpRequest,
    form: ProposalForm,
    similar: Similar | None = None,
    *,
    status: int = 200,
    notice: str = "",
) -> HttpResponse:
    template = "journeys/agency_propose.html"
    return form_page(request, template, form, status=status, notice=notice, similar=similar)


start.keeps_input = propose.keeps_input = True  # type: ignore[attr-defined]
