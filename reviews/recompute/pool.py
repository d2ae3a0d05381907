"""The waits of all agencies together, added up from the curves that are stored."""

from collections import Counter
from datetime import date
from itertools import batched

import numpy as np

from agencies.models import WaitCurve
from reviews.recompute.facts import counts
from reviews.recompute.fits import Floats, RiskSets
from reviews.recompute.wait_days import Series
from reviews.scoring import FORMULA

CHUNK = 1000
"""Curves that are read at once."""
LAST_DAY = 2**15
"""The day after the longest wait that can be stored."""


def pooled(kind: str, source: str) -> Series | None:
    """The waits of one kind and source, None without any. Nobody may have waits at two of the agencies.

    Then counts add up, and so do the changes of a risk set from one of its days to the next.
    """
    stored = WaitCurve.objects.filter(agency__isnull=False, kind=kind, source=source, waits__gt=0)
    changes, total, months = np.zeros((6, LAST_DAY + 1)), Counter[str](), set[date]()
    for rows in batched(stored.defer("outlook").iterator(CHUNK), CHUNK):
        changes += _changes([row.risk_days for row in rows])
        for row in rows:
            own = {"waits": row.waits, "persons": row.persons, "early_persons": row.early_persons}
            total.update(own | counts(row.facts))
            months.update(filter(None, (row.first_month, row.last_month)))
    if not months:
        return None
    early = changes[1, : FORMULA.early_entry + 1].sum()
    return {
        **total,
        "early_waits": int(early),
        "risk_days": _risk_days(changes),
        "first_month": min(months),
        "last_month": max(months),
    }


def _changes(curves: list[list[list[int]]]) -> Floats:
    """By day: how many rows there are, waits that entered, how many persons more; answered, withdrawn, silent."""
    sets = RiskSets.of(curves)
    more = sets.persons - sets.before(sets.persons)
    columns = (np.ones_like(sets.day), sets.entered, more, sets.answered, sets.withdrawn, sets.silent)
    return np.array([np.bincount(sets.day, column, LAST_DAY + 1) for column in columns])


def _risk_days(changes: Floats) -> list[list[int]]:
    rows, entered, more, *ends = changes
    ended = np.sum(ends, axis=0)
    at_risk = np.cumsum(entered) - np.cumsum(ended) + ended
    (days,) = np.nonzero(rows)
    columns = [days, at_risk[days], np.cumsum(more)[days], *(end[days] for end in ends)]
    return [list(map(int, row)) for row in zip(*columns, strict=True)]
