"""The pages behind the links of a mail that asks. No login: the signed link shows who reads that mailbox.

They name the agency and the day of the interview, and nothing that is private. A program that opens links on their way
to the reader changes nothing: what is chosen is stored by the one button.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from journeys import actions, check_ins, links
from journeys.choices import Response
from journeys.clock import today_of
from journeys.forms import WAS_MOVED, AnswerForm
from journeys.models import CheckIn, Interview, Journey


class Answer(NamedTuple):
    """One of the four links: what it says, the responses it stands for, and what else is asked."""

    words: str | Promise
    responses: tuple[Response, ...]
    fields: tuple[str, ...]


ANSWERS = {
    "ja": Answer(
        _("Ja, es kam eine Antwort"),
        (Response.POSITIVE, Response.NEGATIVE, Response.CANCELLED),
        ("response", "on", "channel", "reason"),
    ),
    "vertroestet": Answer(_("Nur eine Vertröstung"), (Response.HOLDING,), ()),
    "nichts": Answer(_("Nein, bis heute nichts"), (Response.NOTHING,), ()),
    "zurueckgezogen": Answer(_("Ich habe selbst zurückgezogen"), (Response.WITHDREW,), ("on",)),
}


class LinkedAnswerForm(AnswerForm):
    """What is left to say when the link has said the rest."""

    def __init__(self, *args: Any, answer: Answer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer = answer
        for name in set(self.fields) - set(answer.fields):
            del self.fields[name]
        if "response" in self.fields:
            response = self.fields["response"]
            response.label = _("Welche Antwort?")
            response.error_messages["required"] = _("Sag noch, welche Antwort kam.")
            response.choices = [one for one in response.choices if one[0] in answer.responses]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if "response" not in self.fields:
            self.cleaned_data["response"] = self.answer.responses[0].value
        return super().clean()


def asked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the question its link stands for, on its reader's clock. Kept nowhere, found by no search."""

    @never_cache
    @wraps(view)
    def with_question(request: HttpRequest, token: str, **rest: str) -> HttpResponse:
        check_in = links.find(token)
        author = check_in.interview.journey.author if check_in else None
        if author is None:
            response = _expired(request)
        else:
            with timezone.override(author.zone):
                try:
                    response = view(request, check_in, token, **rest)
                except (Journey.DoesNotExist, Interview.DoesNotExist):  # deleted since it was read here
                    response = _expired(request)
        response["X-Robots-Tag"] = "noindex"
        return response

    return with_question


def _expired(request: HttpRequest) -> HttpResponse:
    return render(request, "journeys/check_in_expired.html", status=410)


@asked
def overview(request: HttpRequest, check_in: CheckIn, token: str) -> HttpResponse:
    """What is known about this interview, and the ways to say something else."""
    return _page(request, "journeys/check_in_overview.html", check_in, token)


@asked
def answer(request: HttpRequest, check_in: CheckIn, token: str, answer: str) -> HttpResponse:
    """The answer that the link chose, to be confirmed."""
    if answer not in ANSWERS:
        raise Http404
    interview = check_in.interview
    if _lies_ahead(interview):
        return _page(request, "journeys/check_in_overview.html", check_in, token, status=409)
    form = _form(request, interview, ANSWERS[answer])
    if request.method == "POST" and form.is_valid():
        try:
            actions.state(interview=interview, **form.cleaned_data, by=None, check_in=check_in)
        except actions.ImpossibleDay:  # moved since it was read here
            interview.refresh_from_db(fields=["held_on"])
            form.add_error(None, WAS_MOVED)
        else:
            return redirect("journeys:check-in-overview", token)
    return _page(request, "journeys/check_in_answer.html", check_in, token, form=form, chosen=answer)


@asked
def mute(request: HttpRequest, check_in: CheckIn, token: str) -> HttpResponse:
    """No more questions about this process; asks on GET, stores on POST."""
    journey = check_in.interview.journey
    if request.method == "POST":
        check_ins.mute(journey)
        return redirect(request.path)
    return _page(request, "journeys/check_in_mute.html", check_in, token, is_muted=not journey.is_reminded)


def _lies_ahead(interview: Interview) -> bool:
    """It was moved after the mail went out."""
    author = interview.journey.author
    return author is not None and interview.held_on > today_of(author)


def _form(request: HttpRequest, interview: Interview, answer: Answer) -> LinkedAnswerForm:
    sent = request.POST if request.method == "POST" else None
    known = {"response": interview.response, "channel": interview.channel, "reason": interview.reason}
    initial = known if interview.response in answer.responses and interview.statements.exists() else {}
    today = timezone.localdate()
    return LinkedAnswerForm(sent, interview=interview, today=today, initial=initial, answer=answer)


def _page(  # the link's own token: a new one would begin its 60 days anew
    request: HttpRequest, template: str, check_in: CheckIn, token: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    interview = check_in.interview
    chosen = context.get("chosen")
    others = [(slug, answer.words) for slug, answer in ANSWERS.items() if slug != chosen]
    context |= {
        "interview": interview,
        "agency": interview.journey.agency,
        "token": token,
        "is_said": interview.statements.exists(),
        "lies_ahead": _lies_ahead(interview),
        "others": others,
        "words": ANSWERS[chosen].words if chosen else "",
    }
    return render(request, template, context, status=status)
