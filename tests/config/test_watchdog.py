"""Work in the background that has stopped is noticed, and said where people look."""

import time
from datetime import timedelta

import pytest
from celery import current_app
from celery.schedules import crontab
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config import watchdog
from config.celery import app
from config.models import Heartbeat
from config.watchdog import LEAST, late_entries, patience
from tests.worker import running_worker

ENTRY = "dispatch check-ins"
TASK = "journeys.tasks.dispatch_check_ins"
CUT_OFF = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def all_ran(db: None) -> None:
    watchdog.begin()


def stopped(entry: str, ago: timedelta) -> None:
    Heartbeat.objects.filter(entry=entry).update(at=timezone.now() - ago)


def names() -> list[str]:
    return [late.entry for late in late_entries()]


@pytest.mark.usefixtures("all_ran")
def test_what_ran_lately_is_not_late() -> None:
    assert names() == []


@pytest.mark.usefixtures("all_ran")
def test_an_entry_is_late_after_twice_its_period() -> None:
    stopped(ENTRY, timedelta(seconds=115))
    assert names() == []
    stopped(ENTRY, timedelta(seconds=125))
    assert names() == [ENTRY]


@pytest.mark.django_db
def test_where_beat_has_never_run_everything_is_late() -> None:
    assert names() == list(app.conf.beat_schedule)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (60.0, timedelta(minutes=2)),
        (1.0, LEAST),
        (crontab(hour=2, minute=0), timedelta(days=2)),
        (crontab(hour=4, minute=0, day_of_week="sun"), timedelta(days=14)),
    ],
)
def test_patience_is_twice_the_period(schedule: float | crontab, expected: timedelta) -> None:
    assert patience(schedule) == expected


@pytest.mark.usefixtures("all_ran")
def test_a_new_start_of_beat_does_not_hide_what_was_late() -> None:
    stopped(ENTRY, timedelta(hours=1))
    watchdog.begin()
    assert names() == [ENTRY]


# ---- where it is said --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("all_ran")
def test_readiness_names_what_is_late_and_stays_ready(client: Client) -> None:
    assert "Degraded" not in client.get("/readyz")
    stopped(ENTRY, timedelta(hours=1))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer["Degraded"] == ENTRY
    assert f"degraded: {ENTRY}, last run 20" in answer.content.decode()
    assert client.get("/readyz", headers={"accept": "application/json"})["Degraded"] == ENTRY


@pytest.mark.usefixtures("all_ran")
def test_the_admin_says_what_stands_still(moderator_client: Client) -> None:
    page = reverse("admin:index")
    assert "steht still" not in moderator_client.get(page).content.decode()
    stopped(ENTRY, timedelta(hours=1))
    assert f"{ENTRY}: zuletzt vor 1" in moderator_client.get(page).content.decode()


# ---- who leaves a heartbeat --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_only_a_run_that_beat_has_started_counts() -> None:
    watchdog.begin()
    stopped(ENTRY, timedelta(hours=1))
    with running_worker("default"):
        current_app.send_task(TASK)
        current_app.send_task("accounts.tasks.purge", headers={"celery_beat_task": True})
        assert _eventually_ran("purge")
        assert names() == [ENTRY]
        current_app.send_task(TASK, headers={"celery_beat_task": True})
        assert _eventually_ran(ENTRY)


def _eventually_ran(entry: str) -> bool:
    before, end = Heartbeat.objects.get(entry=entry).at, time.monotonic() + 20
    while Heartbeat.objects.get(entry=entry).at == before and time.monotonic() < end:
        time.sleep(0.05)
    return Heartbeat.objects.get(entry=entry).at > before


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_database_was_restarted_works_again() -> None:
    watchdog.begin()
    with running_worker("default"):
        current_app.send_task(TASK, headers={"celery_beat_task": True})
        assert _eventually_ran(ENTRY)
        with connection.cursor() as cursor:
            cursor.execute(CUT_OFF)
        current_app.send_task(TASK, headers={"celery_beat_task": True})  # finds the connection broken
        current_app.send_task(TASK, headers={"celery_beat_task": True})
        assert _eventually_ran(ENTRY)
