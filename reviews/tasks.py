"""Work that actions wake and beat repeats: scores, from the rows, and the open data set from the scores."""

from celery import shared_task

from reviews import recompute
from reviews.opendata import files


@shared_task
def recompute_stale() -> int:
    return recompute.recompute_stale()


@shared_task
def age_scores() -> int:
    return recompute.age_scores()


@shared_task
def recompute_all() -> int:
    return recompute.recompute_all()


@shared_task
def publish_open_data() -> int:
    """How many agencies are in it."""
    return files.publish().agencies


@shared_task
def count_outcomes() -> None:
    recompute.count_outcomes()


@shared_task
def write_snapshots() -> int:
    return recompute.write_snapshots()
