"""What a person's own clock says. Moments are stored in UTC, days are those of the calendar where the person lives."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from journeys.due import local_day


class NoSuchTime(ValueError):
    """The clock skips this time on this day, because summer time begins."""


def today_of(person: User) -> date:
    return local_day(timezone.now(), person.zone)


def moment_at(day: date, at: time, person: User) -> datetime:
    """The moment (UTC) that a person means by a day and a time.

    An hour that comes twice, because summer time ends, is the first of the two. NoSuchTime for one that is skipped.
    """
    zone, meant = ZoneInfo(person.zone), datetime.combine(day, at)
    moment = meant.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != meant:
        raise NoSuchTime
    return moment
