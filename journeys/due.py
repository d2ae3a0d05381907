"""When a candidate is asked: on which days after an interview, and at which moment of the day. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = (3, 7, 14, 30, 45)  # after the interview, counted in days of the calendar where the candidate lives

# After work: an agency's working day is over, so "nothing yet" is true for that day, and who is employed reads it
# in private. No zone changes its clocks at this hour.
HOUR = time(18, 0)

# What is late, after an outage for one, comes as soon as nobody is woken by it.
MORNING, NIGHT = time(8, 0), time(21, 0)


def due_at(held_on: date, day: int, zone: str) -> datetime:
    """The moment (UTC) of the question of `day`, for an interview on that day of the candidate's calendar.

    Days are those of the calendar, not spans of 24 hours: after a night in which the clocks change it is 18 o'clock
    as well. Where a whole day was skipped (Samoa in 2011) the next evening answers.
    """
    return at_hour(held_on + timedelta(days=day), zone)


def awake_from(moment: datetime, zone: str) -> datetime:
    """That moment, if a mail may come then; else the next morning in that zone (UTC)."""
    local = moment.astimezone(ZoneInfo(zone))
    if MORNING <= local.time() < NIGHT:
        return moment
    day = local.date() + timedelta(days=local.time() >= NIGHT)
    return at_hour(day, zone, MORNING)


def local_day(moment: datetime, zone: str) -> date:
    """The day of the calendar that a moment falls on in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def at_hour(day: date, zone: str, hour: time = HOUR) -> datetime:
    """The moment (UTC) of the question on a day of the calendar in a zone."""
    return datetime.combine(day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def start_of_day(day: date, zone: str) -> datetime:
    """The first moment (UTC) of a day in a zone."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)
