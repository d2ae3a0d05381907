"""Work that beat and actions wake: sending owed mails, deleting what has reached the end of its retention."""

from celery import shared_task

from accounts import retention, sending


@shared_task
def send_mails() -> int:
    return sending.send_owed()


@shared_task
def purge() -> dict[str, int]:
    return retention.purge()
