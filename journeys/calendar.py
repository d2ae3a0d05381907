"""An interview and its questions as a calendar file (RFC 5545). Times are UTC, every calendar shows its own zone.

An event keeps its UID, so a file that is opened again replaces what the calendar had.

Calendars are shared with colleagues. By itself an event says "privater Termin" and names nobody; with names it says
which agency and which position, and leads to the process.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from journeys.models import CheckIn, Interview

TALK = timedelta(hours=1)
QUESTION = timedelta(minutes=15)


def calendar_of(interview: Interview, *, with_names: bool) -> bytes:
    """The interview, which has a time, and the questions about it that are still planned."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//DE")
    calendar.add("version", "2.0")
    if interview.held_at:
        calendar.add_component(_talk(interview, interview.held_at, with_names))
    for check_in in interview.check_ins.filter(state=CheckIn.State.PLANNED):
        calendar.add_component(_question(interview, check_in, with_names))
    text: bytes = calendar.to_ical()
    return text


def _talk(interview: Interview, held_at: datetime, with_names: bool) -> Event:
    named = _("Gespräch: %(agency)s") % {"agency": interview.journey.agency.name}
    event = _event(f"interview-{interview.pk}", named if with_names else _("Privater Termin"), held_at, TALK)
    return _named(event, interview) if with_names else event


def _question(interview: Interview, check_in: CheckIn, with_names: bool) -> Event:
    named = _("Tag %(day)s: Kam eine Antwort von %(agency)s?") % {
        "day": check_in.day,
        "agency": interview.journey.agency.name,
    }
    title = named if with_names else _("Privat: Tag %(day)s") % {"day": check_in.day}
    event = _event(f"check-in-{interview.pk}-{check_in.day}", title, check_in.due_at, QUESTION)
    if with_names:
        _named(event, interview)
    event.add("transp", "TRANSPARENT")  # it takes no time out of the day
    return event


def _event(name: str, title: str, begin: datetime, length: timedelta) -> Event:
    event = Event()
    event.add("uid", f"{name}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", begin)
    event.add("dtend", begin + length)
    event.add("summary", title)
    event.add("class", "PRIVATE")  # most shared calendars then show others that one is busy, and no more
    return event


def _named(event: Event, interview: Interview) -> Event:
    if interview.journey.title:
        event.add("description", interview.journey.title)
    event.add("url", f"{settings.SITE_URL}{reverse('journeys:journey-detail', args=[interview.journey_id])}")
    return event
