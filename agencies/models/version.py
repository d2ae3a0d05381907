"""One number for all that visitors see: whoever has stored a page can tell whether it is still true."""

from datetime import datetime

from django.db import connection, models

CURRENT = "SELECT coalesce(sum(changed_at), 0)::text FROM agencies_publicchange"
SETTLE = """
WITH gone AS (
    DELETE FROM agencies_publicchange
    WHERE backend <> 0 AND backend NOT IN (SELECT pid FROM pg_stat_activity)
    RETURNING changed_at
)
INSERT INTO agencies_publicchange (backend, changed_at)
SELECT 0, sum(changed_at) FROM gone HAVING count(*) > 0
ON CONFLICT (backend) DO UPDATE SET changed_at = agencies_publicchange.changed_at + excluded.changed_at
"""


class PublicChange(models.Model):
    """When each connection to the database last changed something that visitors see.

    Triggers on the tables behind public pages write it in the transaction of the change (agencies 0005, reviews 0004).
    Each connection has a row of its own, so that nobody waits for anybody; their sum grows with every commit and at the
    same moment, so a page that was stored under one sum is as true as on the day it was made while the sum is the same.
    """

    backend = models.IntegerField(primary_key=True)  # process of PostgreSQL; 0 for all that are gone
    changed_at = models.BigIntegerField()  # microseconds since 1970 (UTC), or one more than before

    class Meta:
        verbose_name = "public change"

    def __str__(self) -> str:
        return f"{self.backend}: {self.changed_at}"


def data_version() -> str:
    """What public pages are made from right now, as one number. Read it before the data, never after."""
    with connection.cursor() as cursor:
        cursor.execute(CURRENT)
        row: tuple[str] = cursor.fetchone()
    return row[0]


def settle(before: datetime) -> int:
    """Add up the rows of connections that are gone; the sum stays. How many sums were written, 0 or 1.

    A rule for accounts.retention, which needs no date: a connection is there or it is not.
    """
    with connection.cursor() as cursor:
        cursor.execute(SETTLE)
        settled: int = cursor.rowcount
    return settled
