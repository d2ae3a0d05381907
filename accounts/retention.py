"""What is deleted when. Each app registers its rule in AppConfig.ready; one nightly task runs them all."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import OutgoingMail, User
from accounts.sessions import Session

log = structlog.get_logger(__name__)

type Rule = Callable[[datetime], int]


def unconfirmed_accounts(before: datetime) -> int:
    """Sign-ups that nobody confirmed, with their addresses and mails."""
    rows = User.objects.never_confirmed().filter(date_joined__lt=before).delete()[1]
    return int(rows.get(User._meta.label, 0))


def sent_mails(before: datetime) -> int:
    """Mails that were sent, and those that nobody tries to send any more (OutgoingMailQuerySet.owed)."""
    never_sent = Q(sent_at=None, created_at__lt=before)
    return OutgoingMail.objects.filter(Q(sent_at__lt=before) | never_sent).delete()[0]


def expired_sessions(before: datetime) -> int:
    return Session.objects.filter(expire_date__lt=before).delete()[0]


_rules: dict[str, Rule] = {
    "unconfirmed_accounts": unconfirmed_accounts,
    "sent_mails": sent_mails,
    "expired_sessions": expired_sessions,
}


def register(name: str, rule: Rule) -> None:
    """Add a rule under its name in settings.RETENTION_DAYS; it deletes what is older and returns how many."""
    _rules[name] = rule


def purge(*, now: datetime | None = None, dry_run: bool = False) -> dict[str, int]:
    """Run every rule; return how many rows each deleted, or would delete.

    Each rule is a transaction of its own: one that fails is logged and does not keep the others from deleting.
    """
    today = now or timezone.now()
    counts = {}
    for name, rule in _rules.items():
        try:
            counts[name] = _run(rule, today - timedelta(days=settings.RETENTION_DAYS[name]), dry_run)
        except Exception:
            log.exception("a retention rule failed", rule=name)
    log.info("purge", dry_run=dry_run, **counts)
    return counts


@transaction.atomic
def _run(rule: Rule, before: datetime, dry_run: bool) -> int:
    count = rule(before)
    transaction.set_rollback(dry_run)
    return count
