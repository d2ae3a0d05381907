"""PostgreSQL and Valkey for measurements, gone afterwards; import it before Django."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from config import embedded
from tests import folders

ENVIRONMENT = {
    "DEBUG": "0",
    "DEMO": "0",
    "INSECURE_HTTP": "1",
    "LOG_LEVEL": "ERROR",
    "SECRET_KEY": "only for measuring, nothing secret is signed with it",
    "SITE_URL": "https://www.my-recruiter.example",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}
PRODUCTION = {
    "shared_buffers": "1GB",
    "effective_cache_size": "3GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "synchronous_commit": "on",
    "autovacuum": "on",
}
"""How PostgreSQL is set on a host with 4 GB of memory and a solid-state disk (docs/operations.md)."""


@contextlib.contextmanager
def servers() -> Iterator[tuple[embedded.Postgres, embedded.Valkey]]:
    """Both running, on an empty cluster; the environment of this process and its children leads to them."""
    folder = folders.make("bench")
    postgres = embedded.Postgres(folder / "data" / "pg", folder / "s" / "pg", PRODUCTION)
    valkey = embedded.Valkey(folder / "data" / "valkey", folder / "s" / "valkey")
    try:
        with postgres, valkey:
            os.environ |= ENVIRONMENT | {
                "DATABASE_URL": address(postgres, embedded.DATABASE),
                "REDIS_URL": f"unix://{valkey.sockets}/v.sock",
                "VAR_DIR": str(folder),
            }
            yield postgres, valkey
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def own_servers() -> Iterator[tuple[embedded.Postgres, embedded.Valkey]]:
    """Both for one measurement alone, and Django ready on migrated, empty tables."""
    with servers() as both:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield both


def address(postgres: embedded.Postgres, database: str) -> str:
    return f"postgres://postgres@/{database}?host={postgres.sockets}"
