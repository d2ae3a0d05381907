"""Screening and deadlines in the background. Each task can run twice and finds what an earlier one left."""

from celery import shared_task

from moderation.actions import decisions, screening


@shared_task
def screen_review(review_id: int) -> None:
    screening.screen(review_id)


@shared_task
def screen_reviews() -> int:
    """The sweep: whatever waits for screening, whoever forgot to announce it."""
    owed = screening.waiting()
    for review_id in owed:
        screening.screen(review_id)
    return len(owed)


@shared_task
def reject_unanswered() -> int:
    return decisions.reject_unanswered()
