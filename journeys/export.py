"""All processes of a person as a table: one row for each interview, one for a process without any."""

from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies import csv_export
from journeys.models import Interview, Journey


def csv_of(journeys: Iterable[Journey]) -> HttpResponse:
    name = f"prozesse-{timezone.localdate():%Y-%m-%d}.csv"
    return csv_export.response(name, _header(), (row for journey in journeys for row in _rows(journey)))


def _header() -> list[str]:
    return [
        *(_("Agentur"), _("Stelle"), _("Kunde"), _("Notiz"), _("Beginn des Kontakts")),
        *(_("Art"), _("Tag"), _("Uhrzeit"), _("Runde"), _("Mit wem"), _("Rückmeldung"), _("Tage"), _("Weg")),
        *(_("Begründung"), _("Nachfragen"), _("Wer schwieg"), _("Notiz zum Gespräch")),
    ]


def _rows(journey: Journey) -> Iterator[Sequence[object]]:
    """Days are written as ISO 8601, so that every spreadsheet sorts them."""
    told = [journey.agency.name, journey.title, journey.client, journey.note, journey.get_contact_display()]
    interviews = list(journey.interviews.all())
    for interview in interviews:
        yield [*told, *_cells(interview)]
    if not interviews:
        yield told


def _cells(interview: Interview) -> list[object]:
    at = timezone.localtime(interview.held_at) if interview.held_at else None
    return [
        interview.get_kind_display(),
        interview.held_on.isoformat(),
        date_format(at, "TIME_FORMAT") if at else "",
        interview.round,
        interview.get_party_display(),
        interview.get_response_display() if interview.statements.all() else "",
        interview.wait_days,
        interview.get_channel_display(),
        interview.get_reason_display(),
        interview.chased,
        interview.get_silent_party_display(),
        interview.note,
    ]
