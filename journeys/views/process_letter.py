"""A letter filled from the process of whoever reads it. What is typed besides is shown and forgotten."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts.people import me
from journeys.choices import Step
from journeys.letters.filling import values_of
from journeys.letters.forms import BlanksForm
from journeys.models import Interview
from journeys.process import Process
from journeys.views.letters import letters_page
from journeys.views.own import own_journey, private, sent


@private
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def journey_letter(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    if step not in Step:
        raise Http404
    process = Process(own_journey(request, pk), me(request))
    interview = _about(process, Step(step))
    form = BlanksForm(sent(request), initial=values_of(process.journey, interview))
    return letters_page(
        request,
        "journeys/letter_of_journey.html",
        form,
        Step(step),
        process=process,
        interview=interview,
        sent=[letter for letter in process.journey.letters.all() if letter.step == step],
        steps=Step,
    )


journey_letter.keeps_input = True  # type: ignore[attr-defined]


def _about(process: Process, step: Step) -> Interview | None:
    """The interview that a letter speaks of: the one to come before it, afterwards the one that waits."""
    if step == Step.FIRST_TALK:
        return next(iter(process.interviews), None)
    if step == Step.CLIENT_TALK:
        return process.ahead
    return process.waiting or next(reversed(process.held), None)
