"""Following a process in tests: through the actions, at moments of one's own clock."""

from datetime import datetime, time, timedelta

import time_machine
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency
from journeys import actions
from journeys.clock import moment_at, today_of
from journeys.models import Interview, Journey
from tests.factories import AgencyFactory


def days_ago(person: User, days: int, at: time = time(10)) -> datetime:
    """The moment (UTC) on that person's clock so many days ago; negative days lie ahead."""
    return moment_at(today_of(person) - timedelta(days=days), at, person)


def followed(person: User, agency: Agency | None = None, **told: str) -> Journey:
    return actions.start_journey(agency=agency or AgencyFactory(), by=person, **told)


def interviewed(person: User, days: int, journey: Journey | None = None, *, logged: int = 0) -> Interview:
    """An interview so many days ago, logged the given number of days after it (0: on its day)."""
    held_at = days_ago(person, days)
    journey = journey or followed(person)
    round_ = journey.interviews.count() + 1
    with time_machine.travel(min(held_at + timedelta(days=logged, hours=1), timezone.now()), tick=False):
        return actions.log_interview(journey=journey, held_at=held_at, round=round_, by=person)
