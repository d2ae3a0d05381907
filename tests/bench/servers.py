"""PostgreSQL and Valkey of their own for one measurement, gone afterwards; import it before Django."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config import embedded

ENVIRONMENT = {
    "DEBUG": "0",
    "DEMO": "0",
    "INSECURE_HTTP": "1",
    "LOG_LEVEL": "ERROR",
    "SECRET_KEY": "only for measuring, nothing secret is signed with it",
    "SITE_URL": "https://www.my-recruiter.example",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


@contextlib.contextmanager
def own_servers() -> Iterator[tuple[embedded.Postgres, embedded.Valkey]]:
    """Both running, with the settings of production, and Django ready on migrated tables."""
    folder = Path(tempfile.mkdtemp(prefix="my-recruiter-bench-", dir="/tmp"))
    folder.chmod(0o711)  # root's servers run as `nobody`
    postgres = embedded.Postgres(folder / "data" / "pg", folder / "s" / "pg")
    valkey = embedded.Valkey(folder / "data" / "valkey", folder / "s" / "valkey")
    try:
        with postgres, valkey:
            os.environ |= ENVIRONMENT | {
                "DATABASE_URL": f"postgres://postgres@/{embedded.DATABASE}?host={postgres.sockets}",
                "REDIS_URL": f"unix://{valkey.sockets}/v.sock",
                "VAR_DIR": str(folder),
            }
            _migrate()
            yield postgres, valkey
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
