"""Notices when work of the schedule is not done any more, whatever has stopped: beat, the broker or the workers.

Each entry leaves the moment of its last success in the database, which outlives them all. Only runs that beat has
started count: the same task may be announced by a page as well.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from celery.schedules import crontab
from celery.signals import beat_init, task_success
from django.utils import timezone

from config.celery import app
from config.models import Heartbeat

LEAST = timedelta(minutes=1)  # a busy worker may keep the quickest entries waiting for that long


class Late(NamedTuple):
    entry: str
    since: datetime | None  # None if it never ran


def late_entries(now: datetime | None = None) -> list[Late]:
    """The entries that have not run for twice their period, in the order of the schedule."""
    now = now or timezone.now()
    beats = dict(Heartbeat.objects.values_list("entry", "at"))
    return [
        Late(name, beats.get(name))
        for name, entry in app.conf.beat_schedule.items()
        if name not in beats or beats[name] < now - patience(entry["schedule"])
    ]


def patience(schedule: float | crontab) -> timedelta:
    """Twice the period: of a number of seconds, a time of the day, or one of the week."""
    if isinstance(schedule, crontab):
        return 2 * timedelta(days=1 if len(schedule.day_of_week) == 7 else 7)
    return max(2 * timedelta(seconds=schedule), LEAST)


def begin(**signal: Any) -> None:
    """From now on each entry is expected, also one that has never run."""
    entries = [Heartbeat(entry=name) for name in app.conf.beat_schedule]
    Heartbeat.objects.bulk_create(entries, ignore_conflicts=True)


def note(*, sender: Any, **signal: Any) -> None:
    """Receives every task that succeeded."""
    entry = _entry_of(sender.name)
    if entry and (sender.request.headers or {}).get("celery_beat_task"):
        Heartbeat.objects.update_or_create(entry=entry, defaults={"at": timezone.now()})


def _entry_of(task: str) -> str | None:
    return next((name for name, entry in app.conf.beat_schedule.items() if entry["task"] == task), None)


def watch() -> None:
    beat_init.connect(begin)
    task_success.connect(note)
