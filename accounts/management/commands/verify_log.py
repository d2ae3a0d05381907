"""Recompute the hash chain of the event log and say where it breaks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

BROKEN = """
SELECT id FROM (
  SELECT e.id, e.hash, e.previous_hash, event_hash(e.previous_hash, e) AS expected,
         coalesce(lag(e.hash) OVER (ORDER BY e.id), '') AS before
  FROM accounts_event e
) chain
WHERE hash <> expected OR previous_hash <> before
ORDER BY id LIMIT 1
"""


def first_broken_event() -> int | None:
    """The id of the first event whose hash or link does not fit, or None if the chain holds."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        row = cursor.fetchone()
    return row[0] if row else None


class Command(BaseCommand):
    help = "Verify the hash chain of the event log."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = first_broken_event()
        if broken is not None:
            raise CommandError(f"The log was changed: event {broken} does not fit its chain.")
        self.stdout.write("The log is whole.")
