"""The log: one function writes it, in the transaction of the act it records."""

from typing import Any

from django.db import models

from accounts.models import Event, User


def record(
    *,
    verb: str,
    subject: models.Model,
    by: User | None,
    before: str = "",
    after: str = "",
    reason: str = "",
    **data: Any,
) -> Event:
    """Append one event. `by` is None for the system itself. `data` must hold nothing personal."""
    return Event.objects.create(
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        actor_id=by.pk if by else None,
        before=before,
        after=after,
        reason=reason,
        data=data,
    )
