"""The synthetic data of one run: made once, in databases of one cluster, for all measurements that need it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

import psycopg

from config import embedded
from config.scale.size import Size
from tests.bench.servers import address

SCALE = os.environ.get("BENCH_SCALE", "full")
SIZES = {
    "full": Size(10_000, 5_000_000),
    "small": Size(1_000, 100_000),
    "tiny": Size(60, 900),
}  # tiny: for tests
SIZE = SIZES[SCALE]


class Data(StrEnum):
    """What a measurement can ask for. Scores are computed, caches empty; what one changes, the next one sees."""

    FULL = "full"
    TENTH = "tenth"

    @property
    def size(self) -> Size:
        return (
            SIZE
            if self == Data.FULL
            else replace(SIZE, agencies=SIZE.agencies // 10, reviews=SIZE.reviews // 10)
        )

    def environment(self) -> dict[str, str]:
        """What leads a process to this data, with a cache of its own."""
        return {"DATABASE_URL": os.environ[f"BENCH_{self}"], "REDIS_DB_BASE": str(2 * list(Data).index(self))}


def make(wanted: Iterable[Data], postgres: embedded.Postgres) -> None:
    """Fill a database for each, in a process that ends: no measurement is warmed up by it."""
    for data in wanted:
        name = f"{embedded.DATABASE}_{data}"
        with psycopg.connect(address(postgres, embedded.DATABASE), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        os.environ[f"BENCH_{data}"] = address(postgres, name)
        subprocess.run(
            [sys.executable, "-m", "tests.bench.data", data], env=os.environ | data.environment(), check=True
        )


def _make(data: Data) -> None:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()

    from agencies import counts
    from config.scale.filling import fill
    from reviews.recompute import count_outcomes, recompute_all, snapshots
    from reviews.scoring import today

    begin = time.monotonic()

    def say(step: str) -> None:
        sys.stderr.write(f"{time.monotonic() - begin:6.1f} s  {data} data: {step}\n")

    call_command("migrate", verbosity=0)
    fill(data.size, say=say)
    say("scores")
    recompute_all()
    count_outcomes()
    counts.refresh()
    for month in list(snapshots.missing(today())):  # a level trend, as long as any
        snapshots.take(month)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    say("ready")


if __name__ == "__main__":
    _make(Data(sys.argv[1]))
