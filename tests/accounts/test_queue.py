"""Announcing a task: through the broker of the settings, after commit, and never in the way of a page."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from celery import current_app
from django.db import connection, transaction

from accounts.queue import begin, enqueue

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "scores"
TASK = "reviews.tasks.recompute_stale"


def announced() -> int:
    """How many tasks wait in the queue; takes them out."""
    with current_app.connection_for_write() as broker:
        return int(broker.default_channel.queue_purge(QUEUE) or 0)


@pytest.fixture(autouse=True)
def empty_queue() -> None:
    announced()


def test_a_task_is_announced_when_the_transaction_is_committed() -> None:
    with transaction.atomic():
        enqueue(TASK)
        assert announced() == 0
    assert announced() == 1


def test_a_task_of_a_transaction_that_failed_is_never_announced() -> None:
    with transaction.atomic():
        enqueue(TASK)
        transaction.set_rollback(True)
    assert announced() == 0


def test_a_task_that_finds_its_work_is_announced_once_until_it_begins() -> None:
    for _ in range(3):
        enqueue(TASK)
    assert announced() == 1
    begin(TASK)
    enqueue(TASK)
    assert announced() == 1


def test_a_task_that_is_told_its_work_is_announced_for_each() -> None:
    for review in (1, 2, 2):
        enqueue("reviews.tasks.of_one_review", review)
    assert announced() == 3


def test_a_thread_of_the_web_server_finds_the_same_broker() -> None:
    def answer() -> None:
        enqueue(TASK)
        connection.close()

    with ThreadPoolExecutor() as threads:
        threads.submit(answer).result(10)
    assert announced() == 1


ANNOUNCE = f"""
import django, time
django.setup()
from accounts.queue import enqueue
started = time.monotonic()
enqueue("{TASK}")
print(time.monotonic() - started)
"""


def test_a_dead_broker_costs_a_warning_and_no_time() -> None:
    environment = os.environ | {
        "REDIS_URL": "redis://127.0.0.1:1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-c", ANNOUNCE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=30)
    assert float(done.stdout) < 1
    assert "broker unreachable" in done.stderr
    assert "Traceback" not in done.stderr
