"""Work that beat wakes: putting the questions that are due into mails."""

from celery import shared_task

from journeys import dispatch


@shared_task
def dispatch_check_ins() -> dict[str, int]:
    return dict(dispatch.dispatch())
