"""What the directory keeps ready for its readers, brought up to date on a schedule."""

from celery import shared_task

from agencies import counts
from agencies.search import forget_words as forget


@shared_task
def count_listing() -> int:
    return counts.refresh()


@shared_task
def forget_words() -> int:
    return forget()
