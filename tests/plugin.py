"""Real servers for the tests: loaded with `-p`, since pytest-django reads settings before any conftest.

The controlling process starts one PostgreSQL and one Valkey in a folder of their own; nothing of `make run`
is touched. The addresses are in the environment before the settings are read, and processes of pytest-xdist
inherit them. pytest-django gives each of those its own database, REDIS_DB_BASE its own Valkey databases.
"""

import os
import shutil
import signal
from pathlib import Path

import pytest

from config import embedded
from tests import folders

# Settings of the tests, over anything `make run` left in var/env.
ENVIRONMENT = {
    "DEBUG": "0",
    "DEMO": "0",
    "INSECURE_HTTP": "1",
    "LOG_LEVEL": "WARNING",
    "SECRET_KEY": "only for tests, nothing secret is signed with it",
    "SITE_URL": "http://localhost:8000",
    "STATIC_MANIFEST": "0",
    # Playwright runs an event loop in the thread that also prepares data with the ORM.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}
NOT_FOR_TESTS = ("EMAIL_URL", "DATABASE_REPLICA_URL", "MAINTENANCE", "BEHIND_TLS_PROXY", "SSL_REDIRECT")


def _folder() -> Path:
    """The folder of this run's servers; the first process makes it, the others find it in the environment."""
    if "TEST_SERVERS" not in os.environ:
        os.environ["TEST_SERVERS"] = str(folders.make("test"))
    return Path(os.environ["TEST_SERVERS"])


FOLDER = _folder()
POSTGRES = embedded.Postgres(FOLDER / "data" / "pg", FOLDER / "s" / "pg", embedded.FAST)
VALKEY = embedded.Valkey(FOLDER / "data" / "valkey", FOLDER / "s" / "valkey")
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

for name in NOT_FOR_TESTS:
    os.environ.pop(name, None)
os.environ |= ENVIRONMENT | {
    "PAGE_CACHE": "0",  # it has its own tests, and the tests in the browser
    "DATABASE_URL": f"postgres://postgres@/{embedded.DATABASE}?host={POSTGRES.sockets}",
    "REDIS_URL": f"unix://{VALKEY.sockets}/v.sock",
    "REDIS_DB_BASE": str(2 * WORKER),
    "MAIL_DIR": str(FOLDER / f"mail{WORKER}"),
    "OPEN_DATA_DIR": str(FOLDER / f"open-data{WORKER}"),
    "STATIC_ROOT": str(FOLDER / f"static{WORKER}"),
}
Path(os.environ["STATIC_ROOT"]).mkdir(exist_ok=True)  # WhiteNoise warns when it is missing


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    config.add_cleanup(_stop)
    signal.signal(
        signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT)
    )  # ends in order, cleanup included
    POSTGRES.start()
    VALKEY.start()


def _stop() -> None:
    VALKEY.stop()
    POSTGRES.stop()
    shutil.rmtree(FOLDER, ignore_errors=True)
