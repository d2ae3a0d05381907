"""The one way to start a task: by name, after commit, never in the way of a page.

A task without arguments finds all that is owed by itself. While one is announced and has not begun, another one would
find nothing besides, so none is sent. No work gets lost by that: it is committed before it is announced, and an
announcement ends (`begin`) before its task looks.
"""

from typing import Any

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

LOST = 5  # seconds after which an announcement whose task has not begun counts as lost


def enqueue(task: str, *args: Any, gather: float = 0) -> None:
    """Announce `task` with plain arguments (ids) once the current transaction is committed.

    It begins `gather` seconds later, for all that is announced until then. A dead broker costs at most the connect
    timeouts and is logged; what is owed stays in the database, and the beat sweep of that task finds it.
    """
    transaction.on_commit(lambda: _announce(task, args, gather), robust=True)


def begin(task: str) -> None:
    """A task without arguments begins, and will not see what is committed from now on: announce it for that anew."""
    cache.delete(_key(task))


def _announce(task: str, args: tuple[Any, ...], gather: float) -> None:
    if not args and not cache.add(_key(task), True, LOST):
        return
    try:
        current_app.send_task(task, args=args, countdown=gather or None, retry=False, ignore_result=True)
    except (OperationalError, OSError, *current_app.connection().recoverable_connection_errors) as error:
        log.warning("broker unreachable, the sweep will find the work", task=task, error=type(error).__name__)


def _key(task: str) -> str:
    return f"announced {task}"
