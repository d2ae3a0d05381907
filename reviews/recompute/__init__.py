"""Scores and waiting curves, recomputed from the rows.

One path for one agency, for sixty and for all: a batch locks its score rows first and aggregates in later
statements, so it never stores what an older snapshot saw. The number of statements is the same for any batch.
Nothing is ever incremented. Whoever marks one of these rows stale waits for the lock until the batch is
committed, so the mark that a batch clears is never a newer one than it has seen. The isolation is READ COMMITTED.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import batched

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agencies.models import AgencyScore, WaitCurve
from reviews.recompute import drift, segments, snapshots, stars, waits
from reviews.scoring import today

BATCH = 500
"""Agencies that are locked and recomputed in one transaction."""

NIGHTLY = tuple(WaitCurve.Source.values)
LIVE = (WaitCurve.Source.RECALLED.value,)
"""Measured waits are refreshed at night only: a live step would show the agency who has just been answered."""


def recompute(agency_ids: Iterable[int]) -> int:
    """Recompute these agencies, stale or not, waiting for whoever works on one. How many there were.

    Measured waits are left as the last night made them.
    """
    return sum(map(_recompute_batch, batched(sorted(set(agency_ids)), BATCH)))


def refresh_waits(agency_ids: Iterable[int]) -> int:
    """Recompute the waits of these agencies, measured ones too, which only the night does. How many there were."""
    return sum(map(_refresh_batch, batched(sorted(set(agency_ids)), BATCH)))


def recompute_stale() -> int:
    """Recompute what is marked stale and in nobody else's hands, longest waiting first. How many there were."""
    done = taken = _recompute_next()
    while taken == BATCH:
        done += (taken := _recompute_next())
    return done


def recompute_all() -> int:
    """Recompute every agency and the market. A score that had drifted from its rows is logged as an error."""
    every = AgencyScore.objects.order_by("agency_id").values_list("agency_id", flat=True)
    done = sum(_check_batch(ids) for ids in batched(every, BATCH))
    recompute_market()
    return done


@transaction.atomic
def recompute_market() -> None:
    """What all agencies show together: the tick beside every bar, the grey curve behind every curve."""
    stars.write_market(today())
    waits.write_market(today())


@transaction.atomic
def count_outcomes() -> None:
    """How reviews end on the whole platform: what the outcome-standardised scores are mixed by."""
    segments.write_platform(today())


def write_snapshots() -> int:
    """Keep the numbers of each month that has ended, where that was not done yet. How many months that were."""
    return snapshots.write_missing(today())


def age_scores() -> int:
    """Bring every number to today: stars by one UPDATE, waits from the rows where the night changes them.

    Returns how many agencies needed that.
    """
    day = today()
    moved = refresh_waits(waits.of_the_night(day))
    age(day)
    recompute_market()
    return moved


@transaction.atomic
def age(day: date) -> None:
    """Bring all scores to `day` by the sums that are stored: one UPDATE for each table, and no review is read.

    That is the day of the waits as well, so those that leave the window until then must be out already.
    """
    _lock(AgencyScore.objects.all())
    stars.age(day)
    segments.age(day)


@transaction.atomic
def _recompute_next() -> int:
    stale = (
        AgencyScore.objects.stale().order_by("stale_since", "agency_id").select_for_update(skip_locked=True)
    )
    ids = list(stale.values_list("agency_id", flat=True)[:BATCH])
    _write(ids, LIVE)
    return len(ids)


@transaction.atomic
def _recompute_batch(agency_ids: Sequence[int]) -> int:
    ids = _lock(AgencyScore.objects.filter(agency__in=agency_ids))
    _write(ids, LIVE)
    return len(ids)


@transaction.atomic
def _refresh_batch(agency_ids: Sequence[int]) -> int:
    ids = _lock(AgencyScore.objects.filter(agency__in=agency_ids))
    waits.write_waits(ids, today(), sources=NIGHTLY)
    return len(ids)


@transaction.atomic
def _check_batch(agency_ids: Sequence[int]) -> int:
    ids = _lock(AgencyScore.objects.filter(agency__in=agency_ids))
    stored = drift.settled(ids, today())
    _write(ids, NIGHTLY)
    drift.report(stored, drift.settled(ids, today()))
    return len(ids)


def _lock(scores: QuerySet[AgencyScore]) -> list[int]:
    """Lock these rows in the order in which everybody does, and return the ids of their agencies."""
    return list(scores.order_by("agency_id").select_for_update().values_list("agency_id", flat=True))


def _write(agency_ids: Sequence[int], sources: Sequence[str]) -> None:
    """Everything about agencies whose score rows are locked, the end of their mark included."""
    if not agency_ids:
        return
    day = today()
    segments.write(agency_ids, day)
    waits.write_waits(agency_ids, day, sources=sources)
    stars.write(agency_ids, day, timezone.now())
