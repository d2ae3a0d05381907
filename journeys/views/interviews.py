"""Interviews of a process: noting one, correcting it, and saying what came after it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.people import me
from journeys import actions
from journeys.calendar import calendar_of
from journeys.choices import Response
from journeys.clock import today_of
from journeys.forms import WAS_MOVED, AnswerForm, InterviewForm
from journeys.views.own import form_page, may_act, own_interview, own_journey, private, sent


@private
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """Note an interview: today, now and the next round stand there already."""
    journey = own_journey(request, pk)
    form = InterviewForm.new(journey, me(request), sent(request))
    if may_act(request) and form.is_valid():
        try:
            actions.log_interview(journey=journey, **form.told, by=me(request))
        except actions.TooMany:
            form.add_error(None, _("Dieser Prozess hat schon sehr viele Gespräche. Leg einen neuen an."))
        else:
            messages.success(request, _("Das Gespräch ist eingetragen."))
            return redirect("journeys:journey-detail", journey.pk)
    return form_page(request, "journeys/interview_log.html", form, journey=journey)


@private
def change(request: HttpRequest, pk: int) -> HttpResponse:
    interview = own_interview(request, pk)
    form = InterviewForm.about(interview, me(request), sent(request))
    if may_act(request) and form.is_valid():
        try:
            actions.change_interview(interview=interview, **form.told, by=me(request))
        except actions.ImpossibleDay:
            form.add_error(
                "day", _("Dann läge die Rückmeldung vor dem Gespräch. Ändere zuerst die Rückmeldung.")
            )
        else:
            messages.success(request, _("Geändert."))
            return redirect("journeys:journey-detail", interview.journey_id)
    return form_page(
        request, "journeys/interview_change.html", form, interview=interview, journey=interview.journey
    )


@private
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks on GET, deletes on POST."""
    interview = own_interview(request, pk)
    if request.method != "POST":
        return render(request, "journeys/interview_delete.html", {"interview": interview})
    try:
        actions.delete_interview(interview=interview, by=me(request))
    except actions.InReview:
        messages.info(request, _("Dieses Gespräch steht in deiner Bewertung. Ändere es dort."))
    else:
        messages.info(request, _("Das Gespräch ist gelöscht."))
    return redirect("journeys:journey-detail", interview.journey_id)


@private
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """What came after the interview. A button on the timeline may have said it all; the form is for the rest."""
    interview = own_interview(request, pk)
    today = today_of(me(request))
    if interview.held_on > today:
        messages.info(request, _("Dieses Gespräch steht noch bevor."))
        return redirect("journeys:journey-detail", interview.journey_id)
    form = AnswerForm.about(interview, today, sent(request), is_new="neu" in request.GET)
    if may_act(request) and form.is_valid():
        try:
            actions.state(interview=interview, **form.cleaned_data, by=me(request))
        except actions.ImpossibleDay:  # moved in another tab since it was read here
            interview.refresh_from_db(fields=["held_on"])
            form.add_error(None, WAS_MOVED)
        else:
            messages.success(request, _thanks(form.cleaned_data["response"]))
            return redirect("journeys:journey-detail", interview.journey_id)
    return form_page(
        request, "journeys/interview_state.html", form, interview=interview, journey=interview.journey
    )


log.keeps_input = change.keeps_input = state.keeps_input = True  # type: ignore[attr-defined]


def _thanks(response: str) -> str:
    if response in {Response.NOTHING, Response.HOLDING}:
        return _("Notiert. Die Uhr läuft weiter.")
    return _("Notiert. Zu diesem Gespräch fragen wir nicht mehr.")


@private
def ics(request: HttpRequest, pk: int) -> HttpResponse:
    interview = own_interview(request, pk)
    calendar = calendar_of(interview, with_names="namen" in request.GET)
    answer = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="termin-{interview.pk}.ics"'
    return answer
