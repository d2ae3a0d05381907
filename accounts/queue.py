"""The one way to start a task: by name, after commit, never in the way of a page."""

from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def enqueue(task: str, *args: Any) -> None:
    """Announce `task` with plain arguments (ids) once the current transaction is committed.

    A dead broker costs at most the connect timeout and is logged; what is owed stays in the database, and the
    beat sweep of that task finds it.
    """
    transaction.on_commit(lambda: _announce(task, args), robust=True)


def _announce(task: str, args: tuple[Any, ...]) -> None:
    try:
        current_app.send_task(task, args=args, retry=False, ignore_result=True)
    except (OperationalError, OSError, *current_app.connection().recoverable_connection_errors) as error:
        log.warning("broker unreachable, the sweep will find the work", task=task, error=type(error).__name__)
