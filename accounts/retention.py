"""What is deleted when. Each app registers its rule in AppConfig.ready; one nightly task runs them all."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.utils import timezone

log = structlog.get_logger(__name__)

type Rule = Callable[[datetime], int]

_rules: dict[str, Rule] = {}


def register(name: str, rule: Rule) -> None:
    """Add a rule under its name in settings.RETENTION_DAYS; it deletes what is older and returns how many."""
    _rules[name] = rule


def purge(*, now: datetime | None = None) -> dict[str, int]:
    """Run every rule; return how many rows each deleted."""
    today = now or timezone.now()
    counts = {
        name: rule(today - timedelta(days=settings.RETENTION_DAYS[name])) for name, rule in _rules.items()
    }
    log.info("purge", **counts)
    return counts
