"""An interview and its questions as a calendar file (RFC 5545). Times are UTC, every calendar shows its own zone.

An event keeps its UID, so a file that is opened again replaces what the calendar had.
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


def calendar_of(interview: Interview) -> bytes:
    """The interview, which has a time, and the questions about it that are still planned."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//DE")
    calendar.add("version", "2.0")
    if interview.held_at:
        calendar.add_component(_talk(interview, interview.held_at))
    for check_in in interview.check_ins.filter(state=CheckIn.State.PLANNED):
        calendar.add_component(_question(interview, check_in))
    text: bytes = calendar.to_ical()
    return text


def _talk(interview: Interview, held_at: datetime) -> Event:
    title = _("Gespräch: %(agency)s") % {"agency": interview.journey.agency.name}
    return _event(f"interview-{interview.pk}", interview, title, held_at, TALK)


def _question(interview: Interview, check_in: CheckIn) -> Event:
    title = _("Tag %(day)s: Kam eine Antwort von %(agency)s?") % {
        "day": check_in.day,
        "agency": interview.journey.agency.name,
    }
    event = _event(f"check-in-{interview.pk}-{check_in.day}", interview, title, check_in.due_at, QUESTION)
    event.add("transp", "TRANSPARENT")  # it takes no time out of the day
    return event


def _event(name: str, interview: Interview, title: str, begin: datetime, length: timedelta) -> Event:
    event = Event()
    event.add("uid", f"{name}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", begin)
    event.add("dtend", begin + length)
    event.add("summary", title)
    if interview.journey.title:
        event.add("description", interview.journey.title)
    event.add("url", f"{settings.SITE_URL}{reverse('journeys:journey-detail', args=[interview.journey_id])}")
    return event
