"""The states of a review and the moves between them: the one table, walked pair by pair in a test."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("E-Mail noch nicht bestätigt")
    SCREENING = "screening", _("in der automatischen Prüfung")
    IN_MODERATION = "moderation", _("bei der Moderation")
    CHANGES_REQUESTED = "changes", _("Änderung erbeten")
    REJECTED = "rejected", _("abgelehnt")
    PUBLISHED = "published", _("veröffentlicht")
    UNDER_CHECK = "checked", _("veröffentlicht, Kontakt wird geprüft")
    HIDDEN = "hidden", _("vorläufig verborgen")
    REMOVED = "removed", _("entfernt")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    ERASED = "erased", _("gelöscht")


COUNTED = (Status.PUBLISHED, Status.UNDER_CHECK)  # what visitors read and scores count
RESTRICTED = (Status.CHANGES_REQUESTED, Status.REJECTED, Status.HIDDEN, Status.REMOVED)  # each owes reasons
FINAL = (Status.WITHDRAWN, Status.ERASED)

MOVES: dict[str, frozenset[str]] = {
    Status.UNCONFIRMED: frozenset({Status.SCREENING}),
    Status.SCREENING: frozenset({Status.PUBLISHED, Status.IN_MODERATION}),
    Status.IN_MODERATION: frozenset({Status.PUBLISHED, Status.CHANGES_REQUESTED, Status.REJECTED}),
    Status.CHANGES_REQUESTED: frozenset({Status.SCREENING, Status.REJECTED}),
    Status.PUBLISHED: frozenset({Status.UNDER_CHECK, Status.HIDDEN}),
    Status.UNDER_CHECK: frozenset({Status.PUBLISHED, Status.REMOVED, Status.HIDDEN}),
    Status.HIDDEN: frozenset({Status.PUBLISHED, Status.REMOVED}),
    Status.REJECTED: frozenset({Status.PUBLISHED}),
    Status.REMOVED: frozenset({Status.PUBLISHED}),
    Status.WITHDRAWN: frozenset({Status.ERASED}),
    Status.ERASED: frozenset(),
}


def may_move(before: str, after: str) -> bool:
    """Whether a review may go from `before` to `after`. The author withdraws and privacy erases from anywhere."""
    if after == Status.ERASED:
        return before != Status.ERASED
    if after == Status.WITHDRAWN:
        return before not in FINAL
    return after in MOVES[before]
