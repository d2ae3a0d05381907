"""My processes: the list, the timeline of one, and what else one does with it."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import consents
from accounts.models import Consent, User
from accounts.people import me
from journeys import actions
from journeys.choices import Step
from journeys.clock import today_of
from journeys.export import csv_of
from journeys.forms import ChangeJourneyForm, LetterForm
from journeys.letters.filling import Filled, values_of
from journeys.letters.texts import Tone, Version
from journeys.models import Journey, SentLetter
from journeys.outlook import Outlook
from journeys.personal import collect
from journeys.process import Process, by_urgency, presented_twice
from journeys.views.own import form_page, may_act, own_journey, private, sent
from journeys.views.start import ask_for_reminders


@private
@require_safe
def journey_list(request: HttpRequest) -> HttpResponse:
    """What is due comes first."""
    processes = by_urgency(Journey.objects.tracked_by(me(request)).for_pages(), me(request))
    context = {
        "asked": [process for process in processes if process.question],
        "others": [process for process in processes if not process.question],
    }
    return render(request, "journeys/journey_list.html", context)


@private
@require_safe
def journey_detail(request: HttpRequest, pk: int) -> HttpResponse:
    journey = own_journey(request, pk)
    process = Process(journey, me(request))
    context = {
        "process": process,
        "journey": journey,
        "letter": _letter(process),
        "outlook": Outlook.of(journey.agency, process.days) if process.days else None,
        "presented_twice": presented_twice(journey, me(request)),
        "wording": consents.WORDINGS[Consent.Kind.CHECK_INS].sentence,
        **_reminders(me(request)),
    }
    return render(request, "journeys/journey_detail.html", context)


def _reminders(person: User) -> dict[str, bool]:
    """Whether mails may come, or else the mail that asks for it is on its way with a link that still works."""
    open_ones = Consent.objects.filter(user=person, kind=Consent.Kind.CHECK_INS, withdrawn_at=None)
    consent = open_ones.first()
    is_given = bool(consent and consent.confirmed_at)
    still_works = timezone.now() - timedelta(hours=consents.HOURS)
    return {
        "has_reminders": is_given,
        "is_link_sent": bool(consent and not is_given and consent.asked_at > still_works),
    }


def _letter(process: Process) -> Filled | None:
    """The letter of the next step, with what the process knows in its blanks."""
    step = process.next_step.step
    if step is None:
        return None
    values = values_of(process.journey, process.about)
    return Filled(step, Version(get_language() or "de", Tone.FORMAL), values)


@private
def change(request: HttpRequest, pk: int) -> HttpResponse:
    journey = own_journey(request, pk)
    form = ChangeJourneyForm.about(journey, sent(request))
    if may_act(request) and form.is_valid():
        actions.change_journey(journey=journey, **form.cleaned_data, by=me(request))
        messages.success(request, _("Gespeichert."))
        return redirect("journeys:journey-detail", journey.pk)
    return form_page(request, "journeys/journey_change.html", form, journey=journey)


change.keeps_input = True  # type: ignore[attr-defined]


@private
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks on GET, deletes on POST."""
    journey = own_journey(request, pk)
    if request.method != "POST":
        return render(request, "journeys/journey_delete.html", {"process": Process(journey, me(request))})
    actions.delete_journey(journey=journey, by=me(request))
    messages.info(request, _("Der Prozess ist gelöscht."))
    return redirect("journeys:journey-list")


# ---- consents ----------------------------------------------------------------------------------------------


@private
@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """The box decides: ticked, the dates count from now on; empty, they no longer do."""
    journey = own_journey(request, pk)
    if "shares_dates" in request.POST:
        actions.share(journey=journey, by=me(request))
        messages.success(request, _("Danke. Tage und Ausgang dieses Prozesses zählen ab jetzt anonym mit."))
    else:
        actions.unshare(journey=journey, by=me(request))
        messages.info(request, _("Zurückgenommen. Ab der nächsten Nacht zählt dieser Prozess nicht mehr."))
    return redirect("journeys:journey-detail", journey.pk)


@private
@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    journey = own_journey(request, pk)
    if "wants_reminders" in request.POST:
        ask_for_reminders(request)
    return redirect("journeys:journey-detail", journey.pk)


# ---- letters -----------------------------------------------------------------------------------------------


@private
@require_POST
def mark_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """Today's event of the timeline: a letter went out, or a call was made."""
    journey = own_journey(request, pk)
    form = LetterForm(request.POST, journey=journey)
    if form.is_valid():
        actions.mark_sent(journey=journey, **form.cleaned_data, on=today_of(me(request)), by=me(request))
        messages.success(request, _noted(form.cleaned_data["step"]))
    return redirect("journeys:journey-detail", journey.pk)


def _noted(step: str) -> str:
    if Step(step).is_chasing:
        return _("Vermerkt. Wir zählen es als Nachfrage, falls noch eine Antwort kommt.")
    return _("Vermerkt.")


@private
@require_POST
def unmark_sent(request: HttpRequest, pk: int) -> HttpResponse:
    mine = SentLetter.objects.filter(journey__in=Journey.objects.tracked_by(me(request)))
    letter = get_object_or_404(mine.select_related("journey"), pk=pk)
    actions.unmark_sent(letter=letter, by=me(request))
    return redirect("journeys:journey-detail", letter.journey_id)


# ---- everything as a file ----------------------------------------------------------------------------------


@private
@require_safe
def export_csv(request: HttpRequest) -> HttpResponse:
    return csv_of(Journey.objects.tracked_by(me(request)).for_export().order_by("pk"))


@private
@require_safe
def export_json(request: HttpRequest) -> HttpResponse:
    answer = JsonResponse(collect(me(request)), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="prozesse-{timezone.localdate():%Y-%m-%d}.json"'
    return answer
