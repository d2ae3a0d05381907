"""The question comes at six in the evening where the candidate lives, whatever the clocks do in between."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.due import DAYS, awake_from, due_at, local_day, start_of_day
from tests.daytime import zone_by_day

ZONES = ["Europe/Berlin", "Europe/Zurich", "Europe/London", "America/New_York"]

# The interview as the candidate's clock shows it, the day asked for, and the moment of the question in UTC.
TABLE = [
    # An ordinary November: winter time, six o'clock is 17:00, 17:00, 18:00 and 23:00 in UTC.
    ("Europe/Berlin", "2026-11-03 14:00", 3, "2026-11-06 17:00"),
    ("Europe/Zurich", "2026-11-03 14:00", 3, "2026-11-06 17:00"),
    ("Europe/London", "2026-11-03 14:00", 3, "2026-11-06 18:00"),
    ("America/New_York", "2026-11-03 14:00", 3, "2026-11-06 23:00"),
    # An ordinary July.
    ("Europe/Berlin", "2026-07-01 09:00", 7, "2026-07-08 16:00"),
    ("Europe/Zurich", "2026-07-01 09:00", 7, "2026-07-08 16:00"),
    ("Europe/London", "2026-07-01 09:00", 7, "2026-07-08 17:00"),
    ("America/New_York", "2026-07-01 09:00", 7, "2026-07-08 22:00"),
    # Clocks go forward on the last Sunday of March (29 March 2026): an hour earlier in UTC from that day on.
    ("Europe/Berlin", "2026-03-25 14:00", 3, "2026-03-28 17:00"),
    ("Europe/Berlin", "2026-03-26 14:00", 3, "2026-03-29 16:00"),
    ("Europe/Zurich", "2026-03-26 14:00", 3, "2026-03-29 16:00"),
    ("Europe/London", "2026-03-26 14:00", 3, "2026-03-29 17:00"),
    ("America/New_York", "2026-03-26 14:00", 3, "2026-03-29 22:00"),  # since 8 March already
    ("America/New_York", "2026-03-05 14:00", 3, "2026-03-08 22:00"),
    # An interview in the hour that does not exist, and one in the hour before.
    ("Europe/Berlin", "2026-03-29 02:30", 3, "2026-04-01 16:00"),
    ("Europe/London", "2026-03-29 00:30", 3, "2026-04-01 17:00"),
    # Clocks go back on the last Sunday of October (25 October 2026).
    ("Europe/Berlin", "2026-10-21 14:00", 3, "2026-10-24 16:00"),
    ("Europe/Berlin", "2026-10-22 14:00", 3, "2026-10-25 17:00"),
    ("Europe/Zurich", "2026-10-22 14:00", 3, "2026-10-25 17:00"),
    ("Europe/London", "2026-10-22 14:00", 3, "2026-10-25 18:00"),
    ("America/New_York", "2026-10-22 14:00", 3, "2026-10-25 22:00"),  # until 1 November
    ("America/New_York", "2026-10-29 14:00", 3, "2026-11-01 23:00"),
    # The question that crosses both winter and summer time.
    ("Europe/Berlin", "2026-10-20 14:00", 14, "2026-11-03 17:00"),
    ("Europe/Berlin", "2026-03-01 14:00", 45, "2026-04-15 16:00"),
    # A leap day is a day like others, whether it is the interview's, the question's or between them.
    ("Europe/Berlin", "2028-02-26 10:00", 3, "2028-02-29 17:00"),
    ("Europe/Zurich", "2028-02-29 10:00", 3, "2028-03-03 17:00"),
    ("Europe/London", "2028-02-29 10:00", 30, "2028-03-30 17:00"),
    ("America/New_York", "2028-02-15 10:00", 14, "2028-02-29 23:00"),
    ("Europe/Berlin", "2027-02-26 10:00", 3, "2027-03-01 17:00"),  # no leap year
    # At 23:30 it is the same day for the candidate, and already the next one in UTC or in Berlin.
    ("Europe/Berlin", "2026-11-03 23:30", 3, "2026-11-06 17:00"),
    ("Europe/Zurich", "2026-07-01 23:30", 3, "2026-07-04 16:00"),
    ("Europe/London", "2026-07-01 23:30", 3, "2026-07-04 17:00"),
    ("America/New_York", "2026-11-03 23:30", 3, "2026-11-06 23:00"),
    ("Europe/Berlin", "2026-10-24 23:30", 3, "2026-10-27 17:00"),
    # Half an hour past midnight is the next day, though it is still the day before in UTC.
    ("Europe/Berlin", "2026-07-02 00:30", 3, "2026-07-05 16:00"),
]


def in_utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "clock", "day", "asked"), TABLE)
def test_the_question_comes_at_six_by_the_candidates_clock(
    zone: str, clock: str, day: int, asked: str
) -> None:
    held_at = datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert due_at(local_day(held_at, zone), day, zone) == in_utc(asked)


@pytest.mark.parametrize("hour", [0, 1])  # 02:30 of 25 October 2026 is 00:30 and again 01:30 in UTC
def test_both_hours_of_the_same_name_are_of_the_same_day(hour: int) -> None:
    held_on = local_day(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), "Europe/Berlin")
    assert due_at(held_on, 3, "Europe/Berlin") == in_utc("2026-10-28 17:00")


def test_a_day_that_a_country_skipped_is_asked_on_the_next_evening() -> None:
    asked = due_at(date(2011, 12, 27), 3, "Pacific/Apia")  # Samoa had no 30 December that year
    assert local_day(asked, "Pacific/Apia") == date(2011, 12, 31)


@given(
    st.integers(1_577_836_800, 2_114_380_800).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.sampled_from(DAYS),
    st.sampled_from(ZONES),
)
def test_it_is_always_six_and_always_that_many_days_later(held_at: datetime, day: int, zone: str) -> None:
    asked = due_at(local_day(held_at, zone), day, zone)
    assert asked.astimezone(ZoneInfo(zone)).strftime("%H:%M") == "18:00"
    assert local_day(asked, zone) - local_day(held_at, zone) == timedelta(days=day)


def test_a_day_begins_at_midnight_of_its_zone() -> None:
    assert start_of_day(date(2026, 3, 29), "Europe/Berlin") == in_utc("2026-03-28 23:00")
    assert start_of_day(date(2026, 3, 30), "Europe/Berlin") == in_utc("2026-03-29 22:00")


# A moment as the candidate's clock shows it, and from when on a mail may come.
LATE = [
    ("Europe/Berlin", "2026-11-06 03:12", "2026-11-06 08:00"),
    ("Europe/Berlin", "2026-11-06 07:59", "2026-11-06 08:00"),
    ("Europe/Berlin", "2026-11-06 08:00", "2026-11-06 08:00"),
    ("Europe/Berlin", "2026-11-06 20:59", "2026-11-06 20:59"),
    ("Europe/Berlin", "2026-11-06 21:00", "2026-11-07 08:00"),
    ("Europe/Berlin", "2026-11-06 23:59", "2026-11-07 08:00"),
    ("America/New_York", "2026-11-06 22:00", "2026-11-07 08:00"),
    ("Europe/London", "2026-12-31 22:00", "2027-01-01 08:00"),
    # The nights in which the clocks change.
    ("Europe/Berlin", "2026-03-28 23:00", "2026-03-29 08:00"),
    ("Europe/Berlin", "2026-10-24 23:00", "2026-10-25 08:00"),
    ("America/New_York", "2026-11-01 00:30", "2026-11-01 08:00"),
]


@pytest.mark.parametrize(("zone", "clock", "awake"), LATE)
def test_what_is_late_wakes_nobody(zone: str, clock: str, awake: str) -> None:
    moment, expected = (
        datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for text in (clock, awake)
    )
    assert awake_from(moment, zone) == expected


@given(
    st.integers(1_577_836_800, 2_114_380_800).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.sampled_from(ZONES),
)
def test_the_next_moment_to_write_is_by_day_and_less_than_half_a_day_off(moment: datetime, zone: str) -> None:
    awake = awake_from(moment, zone)
    assert 8 <= awake.astimezone(ZoneInfo(zone)).hour < 21
    assert timedelta(0) <= awake - moment <= timedelta(hours=12)
    assert awake_from(awake, zone) == awake


@pytest.mark.parametrize("month", [1, 4, 7, 10, 11])
@pytest.mark.parametrize("hour", range(24))
def test_somewhere_it_is_day_for_three_more_hours(month: int, hour: int) -> None:
    now = datetime(2026, month, 3, hour, 59, tzinfo=UTC)
    zone = zone_by_day(now)
    assert awake_from(now, zone) == now
    assert awake_from(now + timedelta(hours=3), zone) == now + timedelta(hours=3)
