"""The tasks of scores, run by a real worker, woken the way production wakes it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import pytest
from celery import current_app
from django.db import connection, transaction

from accounts.queue import enqueue
from agencies.models import Agency, AgencyScore, MarketScore, ScoreSnapshot, SegmentScore
from config.celery import app
from reviews import moves
from reviews.models import Review
from reviews.recompute import recompute
from reviews.states import Status
from tests.factories import AgencyFactory, ReviewFactory
from tests.worker import running_worker

pytestmark = pytest.mark.django_db(transaction=True)


def publish(review: Review) -> None:
    with transaction.atomic():
        moves.publish(moves.lock(review.pk), review.revisions.get(), by=None)


def waiting(agency: Agency) -> Review:
    review: Review = ReviewFactory(agency=agency, status=Status.IN_MODERATION)
    return review


def seconds_until(condition: Callable[[], bool], patience: float = 20) -> float:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < patience, "it never happened"
        time.sleep(0.005)
    return time.monotonic() - started


def has_voices(agency: Agency, number: int) -> bool:
    return AgencyScore.objects.filter(agency=agency, n=number, stale_since=None).exists()


def test_every_task_of_the_beat_schedule_exists() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {name for name in scheduled if name.startswith("reviews.")} <= app.tasks.keys()


def test_a_published_review_is_in_the_score_well_under_a_second_after_the_commit() -> None:
    agency = AgencyFactory()
    reviews = [waiting(agency) for _ in range(7)]
    with running_worker():
        publish(reviews[0])  # the first task of a worker connects it to the database
        seconds_until(lambda: has_voices(agency, 1))
        latencies = []
        for number, review in enumerate(reviews[1:], start=2):
            publish(review)
            latencies.append(seconds_until(lambda number=number: has_voices(agency, number)))  # type: ignore[misc]
    assert median(latencies) < 0.5
    assert max(latencies) < 1


def test_whatever_is_published_while_others_are_computed_is_computed_without_the_sweep() -> None:
    agencies = [AgencyFactory() for _ in range(4)]
    reviews = [[waiting(agency) for _ in range(15)] for agency in agencies]

    def publish_all(of_one_agency: list[Review]) -> None:
        for review in of_one_agency:
            publish(review)
            time.sleep(0.03)
        connection.close()

    with running_worker(), ThreadPoolExecutor(len(agencies)) as publishers:
        list(publishers.map(publish_all, reviews))
        for agency in agencies:
            seconds_until(lambda agency=agency: has_voices(agency, 15), patience=2)  # type: ignore[misc]


def test_what_was_published_while_no_worker_ran_is_computed_when_one_is_back() -> None:
    agency = AgencyFactory()
    publish(waiting(agency))
    with running_worker():
        enqueue("reviews.tasks.recompute_stale")  # as beat does every ten seconds
        seconds_until(lambda: has_voices(agency, 1))


@pytest.mark.parametrize("task", ["reviews.tasks.age_scores", "reviews.tasks.recompute_all"])
def test_the_nightly_and_the_weekly_task_may_run_twice(task: str) -> None:
    agency = AgencyFactory()
    ReviewFactory(agency=agency)
    recompute([agency.pk])
    before = AgencyScore.objects.get(agency=agency)
    with running_worker():
        for _ in range(2):
            current_app.send_task(task)
        seconds_until(lambda: AgencyScore.objects.get(agency=agency).version == before.version + 2)
        seconds_until(lambda: MarketScore.objects.filter(criterion="overall", n=1).exists())
    assert AgencyScore.objects.get(agency=agency).mean == pytest.approx(before.mean)


def test_the_tasks_of_outcomes_and_months_may_run_twice() -> None:
    ReviewFactory(days_ago=70)
    with running_worker():
        for task in ("count_outcomes", "write_snapshots") * 2:
            current_app.send_task(f"reviews.tasks.{task}")
        seconds_until(lambda: SegmentScore.objects.filter(agency=None, n=1).exists())
        seconds_until(lambda: ScoreSnapshot.objects.filter(n=1).exists())
        enqueue("reviews.tasks.recompute_all")
        seconds_until(lambda: MarketScore.objects.filter(criterion="overall", n=1).exists())
    months = list(ScoreSnapshot.objects.values_list("month", flat=True))
    assert len(months) == len(set(months))
    assert SegmentScore.objects.filter(agency=None).count() == 1
