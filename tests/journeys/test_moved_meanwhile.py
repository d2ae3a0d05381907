"""An interview that another tab moves or deletes while its answer is being sent: a sentence, and nothing typed is lost.

The other tab holds the process, as every action does, until the answer waits for it.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from journeys import actions, links
from journeys.choices import Response
from journeys.clock import today_of
from journeys.models import Interview, Journey
from tests.factories import UserFactory
from tests.journeys.asking import due
from tests.journeys.tracking import days_ago, interviewed

pytestmark = pytest.mark.django_db(transaction=True)

MOVED = "Dieses Gespräch wurde gerade verlegt"
PATIENCE = 20  # seconds

WAITS_FOR_A_LOCK = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def post(client: Client, path: str, data: dict[str, str]) -> Any:
    try:
        return client.post(path, data)
    finally:
        connection.close()


def while_it_is_sent(interview: Interview, act: Callable[[], object], send: Callable[[], Any]) -> Any:
    """What `send` gets, if `act` happens after it has read the interview and before it has the lock."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Journey.objects.select_for_update().get(pk=interview.journey_id)
            sending = pool.submit(send)
            end = time.monotonic() + PATIENCE
            while not _somebody_waits():
                assert time.monotonic() < end, "the answer never waited for the other tab"
                time.sleep(0.02)
            act()
        return sending.result(PATIENCE)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITS_FOR_A_LOCK)
        return bool(cursor.fetchone()[0])


def move_to(interview: Interview, days: int, person: User) -> Callable[[], object]:
    """To the day so many days ago; negative ones lie ahead."""
    held_at = days_ago(person, days)
    return lambda: actions.change_interview(
        interview=interview, held_at=held_at, round=1, party="", note="", by=person
    )


def logged_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("days", [-3, 2])
def test_an_answer_that_would_lie_before_the_interview_is_refused_and_kept(days: int) -> None:
    person = UserFactory()
    interview, client = interviewed(person, 9), logged_in(person)
    on = today_of(person) - timedelta(days=5)
    told = {"response": "negative", "on": on.isoformat(), "channel": "phone", "reason": "concrete"}
    path = reverse("journeys:interview-state", args=[interview.pk])
    answer = while_it_is_sent(
        interview, move_to(interview, days, person), lambda: post(client, path, {**told, "chased": "4"})
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert MOVED in page
    assert f'value="{on.isoformat()}"' in page
    assert 'name="chased" value="4"' in page
    assert not interview.statements.exists()


def test_one_click_on_an_interview_that_then_lies_ahead_says_so() -> None:
    person = UserFactory()
    interview, client = interviewed(person, 9), logged_in(person)
    path = reverse("journeys:interview-state", args=[interview.pk])
    answer = while_it_is_sent(
        interview, move_to(interview, -3, person), lambda: post(client, path, {"response": "nothing"})
    )
    assert MOVED in answer.content.decode()
    assert not interview.statements.exists()


def test_the_link_of_a_mail_says_so_too() -> None:
    person = UserFactory()
    interview = interviewed(person, 9)
    path = reverse("journeys:check-in", args=[links.token_of(due(interview, day=8)), "nichts"])
    answer = while_it_is_sent(interview, move_to(interview, -3, person), lambda: post(Client(), path, {}))
    assert answer.status_code == 200
    assert MOVED in answer.content.decode()


def test_the_link_of_a_mail_ends_with_its_interview() -> None:
    person = UserFactory()
    interview = interviewed(person, 9)
    path = reverse("journeys:check-in", args=[links.token_of(due(interview, day=8)), "nichts"])

    def delete() -> None:
        actions.delete_interview(interview=interview, by=person)

    answer = while_it_is_sent(interview, delete, lambda: post(Client(), path, {}))
    assert answer.status_code == 410


def test_an_interview_moved_to_an_earlier_day_takes_the_answer() -> None:
    person = UserFactory()
    interview, client = interviewed(person, 9), logged_in(person)
    path = reverse("journeys:interview-state", args=[interview.pk])
    answer = while_it_is_sent(
        interview, move_to(interview, 12, person), lambda: post(client, path, {"response": "nothing"})
    )
    assert answer.status_code == 302
    interview.refresh_from_db()
    assert (interview.response, interview.wait_days) == (Response.NOTHING, 12)
