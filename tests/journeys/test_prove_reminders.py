"""Killed workers lose no question and ask none twice: `make prove-reminders` in small, without the restarts."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.db import connection

from tests.bench.prove_reminders import QUEUES, prove

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def database() -> Iterator[str]:
    """Its address for other processes; nothing waits in the queues before and after."""
    _empty_queues()
    yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    _empty_queues()


def _empty_queues() -> None:
    with current_app.connection_for_write() as broker:
        for queue in QUEUES.split(","):
            broker.default_channel.queue_purge(queue)


def test_killed_workers_lose_nothing_and_double_nothing(database: str) -> None:
    outcome = prove(due=60, kills=3, database=database)
    assert (outcome.sent, outcome.kills) == (60, 3)
    assert (outcome.lost, outcome.doubled_other) == (0, 0)
    assert (
        outcome.retried_same_id <= outcome.counted_repeats <= outcome.kills
    )  # a kill leaves one mail in doubt at most
