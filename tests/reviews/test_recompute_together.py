"""Several at once: whoever publishes, recomputes, reads or dies meanwhile, no change is lost and none is half seen."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

import pytest
from django.db import OperationalError, connection, transaction

from agencies.models import Agency, AgencyScore, CriterionScore, mark_stale
from reviews import moves
from reviews.models import Review
from reviews.recompute import recompute, recompute_stale
from reviews.states import Status
from tests.factories import AgencyFactory, ReviewFactory

pytestmark = pytest.mark.django_db(transaction=True)

type Start = Callable[..., Future[object]]

PATIENCE = 10  # seconds until a deadlock is a failure
BLOCKED = 0.3  # seconds after which a statement that did not return is waiting for a lock


@pytest.fixture
def elsewhere() -> Iterator[Start]:
    """Runs something on a database connection of its own, at the same time."""

    def run(action: Callable[..., object], *args: object) -> object:
        try:
            return action(*args)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        yield lambda action, *args: pool.submit(run, action, *args)


def publish(review: Review) -> None:
    with transaction.atomic():
        moves.publish(moves.lock(review.pk), review.revisions.get(), by=None)


def mark(*agencies: Agency) -> None:
    with transaction.atomic():
        mark_stale(agency.pk for agency in agencies)


def waiting(agency: Agency) -> Review:
    review: Review = ReviewFactory(agency=agency, status=Status.IN_MODERATION)
    return review


def persons(agency: Agency) -> tuple[int, int]:
    """How many voices agency row and criterion row speak of."""
    criterion = CriterionScore.objects.filter(agency=agency, criterion="feedback").first()
    return AgencyScore.objects.get(agency=agency).n, criterion.n if criterion else 0


def is_stale(agency: Agency) -> bool:
    return AgencyScore.objects.stale().filter(agency=agency).exists()


def kill_all_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'"
        )


@transaction.atomic
def recompute_and_be_killed(elsewhere: Start) -> None:
    recompute_stale()
    elsewhere(kill_all_others).result(PATIENCE)


def test_a_review_published_while_its_score_is_computed_is_in_the_next_one(elsewhere: Start) -> None:
    agency = AgencyFactory()
    ReviewFactory(agency=agency)
    review = waiting(agency)
    mark(agency)
    with transaction.atomic():
        assert recompute_stale() == 1
        publishing = elsewhere(publish, review)
        with pytest.raises(NotYet):
            publishing.result(BLOCKED)
    publishing.result(PATIENCE)
    assert persons(agency) == (1, 1)
    assert is_stale(agency)
    recompute_stale()
    assert persons(agency) == (2, 2)
    assert not is_stale(agency)


def test_a_row_whose_change_is_not_committed_is_left_for_the_next_sweep(elsewhere: Start) -> None:
    agency, other = AgencyFactory(), AgencyFactory()
    review = waiting(agency)
    mark(agency, other)
    with transaction.atomic():
        publish(review)
        assert elsewhere(recompute_stale).result(PATIENCE) == 1
        assert not is_stale(other)
    assert is_stale(agency)
    assert recompute_stale() == 1
    assert persons(agency) == (1, 1)


def test_two_workers_share_the_stale_rows_and_wait_for_none(elsewhere: Start) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    mark(first)
    with transaction.atomic():
        assert recompute_stale() == 1
        elsewhere(mark, second).result(PATIENCE)
        assert elsewhere(recompute_stale).result(PATIENCE) == 1
    assert not AgencyScore.objects.stale().exists()


def test_who_asks_for_an_agency_by_name_waits_for_the_one_who_computes_it(elsewhere: Start) -> None:
    agency = AgencyFactory()
    with transaction.atomic():
        recompute([agency.pk])
        asking = elsewhere(recompute, [agency.pk])
        with pytest.raises(NotYet):
            asking.result(BLOCKED)
    assert asking.result(PATIENCE) == 1
    assert AgencyScore.objects.get(agency=agency).version == 2


def test_a_score_that_had_to_wait_for_a_publication_counts_it(elsewhere: Start) -> None:
    """One statement that waited for the row and aggregated would keep its old snapshot, and clear the mark."""
    agency = AgencyFactory()
    review = waiting(agency)
    with transaction.atomic():
        publish(review)
        asking = elsewhere(recompute, [agency.pk])
        with pytest.raises(NotYet):
            asking.result(BLOCKED)
    assert asking.result(PATIENCE) == 1
    assert persons(agency) == (1, 1)


def test_readers_see_the_old_numbers_until_all_new_ones_are_there(elsewhere: Start) -> None:
    agency = AgencyFactory()
    ReviewFactory(agency=agency)
    recompute([agency.pk])
    ReviewFactory(agency=agency)
    mark(agency)
    with transaction.atomic():
        recompute_stale()
        assert persons(agency) == (2, 2)
        assert elsewhere(persons, agency).result(PATIENCE) == (1, 1)
    assert elsewhere(persons, agency).result(PATIENCE) == (2, 2)


def test_a_recompute_that_dies_leaves_old_numbers_and_the_mark(elsewhere: Start) -> None:
    agency = AgencyFactory()
    ReviewFactory(agency=agency)
    recompute([agency.pk])
    ReviewFactory(agency=agency)
    mark(agency)
    with pytest.raises(OperationalError):
        recompute_and_be_killed(elsewhere)
    connection.close()
    assert persons(agency) == (1, 1)
    assert is_stale(agency)
    assert recompute_stale() == 1
    assert persons(agency) == (2, 2)


def test_many_publish_while_many_recompute_and_every_review_counts(elsewhere: Start) -> None:
    agencies = [AgencyFactory() for _ in range(3)]
    reviews = [waiting(agency) for agency in agencies for _ in range(6)]
    publishing = [elsewhere(publish, review) for review in reviews]
    computing = [elsewhere(recompute_stale) for _ in range(8)]
    for future in [*publishing, *computing]:
        future.result(PATIENCE)
    recompute_stale()
    assert [persons(agency) for agency in agencies] == [(6, 6)] * 3
