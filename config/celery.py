"""The Celery application and its beat schedule, one English line per entry.

Tasks are enqueued by name (`accounts.queue.enqueue`), so nothing below `config` imports this module.
Every entry is a sweep: it finds work that is owed in the database, whoever forgot to announce it.
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import task_failure, task_prerun
from django.db import close_old_connections

from accounts import queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("my-recruiter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()  # for every thread: a web server answers in threads of its own


def begin(*, sender: Any, args: list[Any], **signal: Any) -> None:
    """Receives every task before it runs."""
    if not args:
        queue.begin(sender.name)


task_prerun.connect(begin)


def drop_broken_connection(**signal: Any) -> None:
    """After a restart of PostgreSQL one task fails, and the next one gets a new connection.

    Celery would keep the broken one for CELERY_DB_REUSE_MAX tasks.
    """
    close_old_connections()


task_failure.connect(drop_broken_connection)

app.conf.beat_schedule = {
    # Mails that were written in a transaction and not yet handed to the mail server.
    "send owed mails": {"task": "accounts.tasks.send_mails", "schedule": 5.0},
    # Questions to candidates that have come due.
    "dispatch check-ins": {"task": "journeys.tasks.dispatch_check_ins", "schedule": 60.0},
    # Reviews in status `screening` that no task has looked at yet.
    "screen waiting reviews": {"task": "moderation.tasks.screen_reviews", "schedule": 10.0},
    # Score rows marked stale whose wake-up got lost.
    "recompute stale scores": {"task": "reviews.tasks.recompute_stale", "schedule": 10.0},
    # How many agencies each combination of filters leaves, for a directory too large to count.
    "count listing": {"task": "agencies.tasks.count_listing", "schedule": 60.0},
    # Words that no agency has any more, so that they count as mistyped again.
    "forget words": {"task": "agencies.tasks.forget_words", "schedule": crontab(hour=2, minute=40)},
    # Every score grows a day older, and the market's numbers with them; days are counted in UTC.
    "age scores": {"task": "reviews.tasks.age_scores", "schedule": crontab(hour=3, minute=10)},
    # How reviews end on the whole platform, for the outcome-standardised scores.
    "count outcomes": {"task": "reviews.tasks.count_outcomes", "schedule": crontab(hour=3, minute=30)},
    # What the trends are drawn from: the numbers of each month that has ended, where they are missing.
    "write snapshots": {"task": "reviews.tasks.write_snapshots", "schedule": crontab(hour=3, minute=50)},
    # Everything again from the rows; drift is logged as an error.
    "recompute everything": {
        "task": "reviews.tasks.recompute_all",
        "schedule": crontab(hour=4, minute=0, day_of_week="sun"),
    },
    # The open data set, written from the numbers of this night.
    "publish open data": {
        "task": "reviews.tasks.publish_open_data",
        "schedule": crontab(hour=5, minute=0),
    },
    # Requests for a change that nobody answered for 14 days end in a rejection, as the terms say.
    "reject unanswered": {
        "task": "moderation.tasks.reject_unanswered",
        "schedule": crontab(hour=6, minute=0),
    },
    # What has reached the end of its retention is deleted.
    "purge": {"task": "accounts.tasks.purge", "schedule": crontab(hour=2, minute=0)},
}
