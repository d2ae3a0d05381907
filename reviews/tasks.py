"""Work that actions wake and beat repeats: scores, from the rows."""

from celery import shared_task

from reviews import recompute


@shared_task
def recompute_stale() -> int:
    return recompute.recompute_stale()


@shared_task
def age_scores() -> int:
    return recompute.age_scores()


@shared_task
def recompute_all() -> int:
    return recompute.recompute_all()
