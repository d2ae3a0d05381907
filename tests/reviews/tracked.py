"""Tracked waits in tests, written as rows: who follows what, from which day on, and what they said."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from agencies.models import Agency
from journeys.choices import Response, WaitEnd
from journeys.models import Interview, Journey
from tests.factories import InterviewFactory, JourneyFactory, UserFactory

RESPONSES = {
    WaitEnd.ANSWERED: Response.NEGATIVE,
    WaitEnd.WITHDRAWN: Response.WITHDREW,
    WaitEnd.SILENT: Response.NOTHING,
}


def member_since(days: int, **fields: Any) -> User:
    """A person whose account is so many days old."""
    user: User = UserFactory(date_joined=timezone.now() - timedelta(days=days), **fields)
    return user


def followed(agency: Agency, author: User | None = None, *, shared: bool = True, **fields: Any) -> Journey:
    """A process that somebody follows and, with `shared`, has shared since before its interviews."""
    journey: Journey = JourneyFactory(
        agency=agency,
        author=author or member_since(400),
        origin=Journey.Origin.TRACKED,
        shared_at=timezone.now() - timedelta(days=300) if shared else None,
        **fields,
    )
    return journey


def tracked(
    journey: Journey, days: int, end: str = WaitEnd.ANSWERED, *, entry: int = 0, ago: int = 60, **fields: Any
) -> Interview:
    """A wait of an interview `ago` days ago, watched from day `entry` on, that ended or is known up to day `days`."""
    held_on = fields.pop("held_on", timezone.localdate() - timedelta(days=ago))
    settled_on = None if end == WaitEnd.SILENT else held_on + timedelta(days=days)
    values = {
        "held_on": held_on,
        "wait_days": days,
        "wait_end": end,
        "response": RESPONSES[WaitEnd(end)],
        "entry_day": entry,
        "told_on": held_on + timedelta(days=days),
        "settled_at": settled_on and datetime.combine(settled_on, time(12), UTC),
        "logged_at": datetime.combine(held_on + timedelta(days=entry), time(12), UTC),
    }
    interview: Interview = InterviewFactory(journey=journey, **values | fields)
    return interview
