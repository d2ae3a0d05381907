"""The log is append-only and chained, whoever writes to it."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.events import record
from accounts.models import Event, User

pytestmark = pytest.mark.django_db


def test_each_event_carries_the_hash_of_the_one_before(candidate: User) -> None:
    first = record(verb="test", subject=candidate, by=None)
    second = record(verb="test", subject=candidate, by=candidate, reason="because", note=1)
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.previous_hash == first.hash
    assert len(second.hash) == 64
    call_command("verify_log")


def test_nobody_changes_the_log(candidate: User) -> None:
    event = record(verb="test", subject=candidate, by=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(verb="other")


def test_nobody_deletes_from_the_log(candidate: User) -> None:
    event = record(verb="test", subject=candidate, by=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.delete()


def test_the_log_cannot_be_truncated() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_event ENABLE TRIGGER event_no_truncate")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute("TRUNCATE accounts_event")


def test_a_change_behind_the_trigger_is_found(candidate: User) -> None:
    event = record(verb="test", subject=candidate, by=None)
    record(verb="later", subject=candidate, by=None)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_event DISABLE TRIGGER event_no_change")
        cursor.execute("UPDATE accounts_event SET reason = 'forged' WHERE id = %s", [event.pk])
        cursor.execute("ALTER TABLE accounts_event ENABLE TRIGGER event_no_change")
    with pytest.raises(CommandError, match=f"event {event.pk} "):
        call_command("verify_log")
