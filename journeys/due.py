"""When a candidate is asked: on which days after an interview, and at which moment of the day. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = (3, 7, 14, 30, 45)  # after the interview, counted in days of the calendar where the candidate lives

# After work: an agency's working day is over, so "nothing yet" is true for that day, and who is employed reads it
# in private. No zone changes its clocks at this hour.
HOUR = time(18, 0)


def due_at(held_at: datetime, day: int, zone: str) -> datetime:
    """The moment (UTC) of the question of `day`, for an interview held at the moment `held_at`.

    Days are those of the candidate's calendar, not spans of 24 hours: after a night in which the clocks change it
    is 18 o'clock as well. Where a whole day was skipped (Samoa in 2011) the next evening answers.
    """
    return at_hour(local_day(held_at, zone) + timedelta(days=day), zone)


def local_day(moment: datetime, zone: str) -> date:
    """The day of the calendar that a moment falls on in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def at_hour(day: date, zone: str) -> datetime:
    """The moment (UTC) of the question on a day of the calendar in a zone."""
    return datetime.combine(day, HOUR, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def start_of_day(day: date, zone: str) -> datetime:
    """The first moment (UTC) of a day in a zone."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)
