"""A real Celery worker for tests of what happens after a commit: the process of production, on the test database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from celery import current_app
from django.core.cache import cache
from django.db import connection

QUEUES = "scores,screening,mail,default"
START = 60  # seconds


@contextmanager
def running_worker(queues: str = QUEUES) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that answers and finds nothing left from earlier tests. It ends with the block, killed if it must be."""
    _empty(queues)
    with subprocess.Popen(_command(queues), env=_environment()) as process:
        try:
            _wait_until_ready(process)
            yield process
        finally:
            _stop(process)


def _empty(queues: str) -> None:
    cache.clear()  # which knows what is announced
    with current_app.connection_for_write() as broker:
        for queue in queues.split(","):
            broker.default_channel.queue_purge(queue)


def _command(queues: str) -> list[str]:
    celery = Path(sys.executable).with_name("celery")
    options = ["--concurrency=1", "--without-gossip", "--without-mingle", "--loglevel=WARNING"]
    return [str(celery), "-A", "config", "worker", f"--queues={queues}", f"--hostname={_name()}", *options]


def _name() -> str:
    return f"test-{os.getpid()}@localhost"


def _environment() -> dict[str, str]:
    """This process's, but on the database that pytest-django made."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return os.environ | {"DATABASE_URL": database.geturl()}


def _wait_until_ready(process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START
    while not current_app.control.ping(destination=[_name()], timeout=0.2):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the worker did not start (exit {process.returncode})")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
