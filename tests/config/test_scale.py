"""Synthetic data of any size: what is drawn keeps every rule of the tables, and nothing else is touched."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import F
from pytest_django import DjangoDbBlocker
from structlog.testing import capture_logs

from accounts.models import User
from agencies.models import Agency, AgencyScore, Office, WaitCurve
from agencies.models.agency import DEMO
from agencies.search import Search
from config.scale import database
from config.scale.draws import functions
from config.scale.size import Size
from journeys.choices import Response, WaitEnd, WaitKind
from journeys.models import Interview, Journey
from moderation.actions import screening
from reviews.criteria import CODES
from reviews.models import Review
from reviews.recompute import recompute_all
from reviews.states import Status
from tests.factories import AgencyFactory, UserFactory

AGENCIES, REVIEWS = 40, 600


@pytest.fixture(scope="module")
def name(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The database that the command made for itself."""
    with django_db_blocker.unblock():
        call_command("seed_scale", agencies=AGENCIES, reviews=REVIEWS)
        yield database.own_name()
        call_command("seed_scale", drop=True)


@pytest.fixture
def filled(name: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Within a test, the database is that one; what the test changes is undone."""
    with django_db_blocker.unblock(), database.using(name):
        connection.set_autocommit(False)
        yield
        connection.rollback()


def rows(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def value(statement: str) -> Any:
    return rows(statement)[0][0]


def test_there_is_as_much_as_was_asked_for(filled: None) -> None:
    assert (Agency.objects.listed().count(), Review.objects.count()) == (AGENCIES, REVIEWS)
    assert AgencyScore.objects.stale().count() == AGENCIES


def test_what_is_drawn_again_is_the_same(filled: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(functions(Size(AGENCIES, REVIEWS), datetime.now(UTC).date()))
    drawn = {"agency_id": "agency", "voice": "voice", "status": "status", "created_at": "told_at"}
    same = " AND ".join(f"{column} = pg_temp.{function}(id)" for column, function in drawn.items())
    assert value(f"SELECT count(*) FROM reviews_review WHERE {same}") == REVIEWS


def test_no_index_was_forgotten(filled: None) -> None:
    assert rows("SELECT indexrelid::regclass FROM pg_index WHERE NOT (indisvalid AND indisready)") == []


def test_every_rule_of_every_table_holds(filled: None) -> None:
    rules = rows(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype IN ('f', 'c') AND connamespace = 'public'::regnamespace"
    )
    assert len(rules) > 100
    with connection.cursor() as cursor:
        for table, rule, definition in rules:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {rule}")
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {rule} {definition}")
        cursor.execute(
            "UPDATE reviews_review SET status = status"
        )  # the trigger looks for the reasons of each
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_scores_follow_from_the_rows_and_do_not_drift(filled: None) -> None:
    recompute_all()
    with capture_logs() as logs:
        assert recompute_all() == AGENCIES
    assert logs == []
    assert AgencyScore.objects.filter(is_shown=True, waits_shown=True).count() > AGENCIES / 4
    assert WaitCurve.objects.filter(
        source=WaitCurve.Source.MEASURED, is_shown=True, agency__isnull=False
    ).exists()


def test_reviews_are_of_every_sort(filled: None) -> None:
    assert {*Review.objects.values_list("status", flat=True)} == {
        Status.PUBLISHED,
        Status.UNDER_CHECK,
        Status.WITHDRAWN,
        Status.REJECTED,
        Status.IN_MODERATION,
    }
    assert {*Review.objects.values_list("proof", flat=True)} == {*Review.Proof.values}
    assert {*Review.objects.values_list("stars", flat=True)} == {1, 2, 3, 4, 5}
    for code in CODES:
        assert Review.objects.filter(**{code: None}).exists() == (code != "feedback")
    assert value(f"SELECT min(num_nonnulls({', '.join(CODES)})) FROM reviews_review") >= 3
    assert value("SELECT max(published_on) - min(published_on) FROM reviews_review") > 4 * 365


def test_nothing_waits_for_the_sweeps(filled: None) -> None:
    assert screening.waiting() == []
    assert Review.objects.filter(status=Status.IN_MODERATION).exists()


def test_some_reviews_are_replaced_by_the_newest_of_their_voice(filled: None) -> None:
    replaced = Review.objects.published().filter(is_current=False)
    assert replaced.count() > REVIEWS / 50
    for review in replaced:
        newer = Review.objects.counted().get(agency=review.agency_id, voice=review.voice)
        assert (newer.published_on, newer.pk) > (review.published_on, review.pk)


def test_waits_are_of_every_sort(filled: None) -> None:
    waits = Interview.objects.order_by()
    assert {*waits.values_list("kind", "wait_end")} == {(kind, end) for kind in WaitKind for end in WaitEnd}
    assert {*waits.values_list("response", flat=True)} == {*Response.values}
    assert (
        value(
            "SELECT count(*) FROM journeys_interview interview JOIN journeys_journey journey ON journey.id = journey_id"
            " WHERE interview.agency_id <> journey.agency_id"
        )
        == 0
    )
    assert value("SELECT min(wait_days) FROM journeys_interview WHERE wait_end = 'answered'") == 0
    assert value("SELECT max(wait_days) FROM journeys_interview") > 150
    tracked = Journey.objects.filter(origin=Journey.Origin.TRACKED)
    assert not tracked.filter(shared_at=None).exists()
    assert not tracked.filter(author=None).exists()
    assert Journey.objects.filter(office__isnull=False, office__agency=F("agency")).exists()
    assert not Journey.objects.filter(office__isnull=False).exclude(office__agency=F("agency")).exists()


def test_agencies_are_found_by_name_and_town(filled: None) -> None:
    office = Office.objects.select_related("agency").filter(is_main=True).first()
    found = Search(f"{office.agency.short_name} {office.place}").matching(Agency.objects.listed())
    assert office.agency in found
    assert all(name.endswith(DEMO) for name in Agency.objects.values_list("name", flat=True))
    assert not Office.objects.filter(latitude=None).exists()


def test_the_largest_agency_has_a_hundredth_of_all_reviews_and_the_smallest_a_few(filled: None) -> None:
    size = Size(10_000, 5_000_000)
    with connection.cursor() as cursor:
        cursor.execute(functions(size, date(2026, 1, 1)))
    drawn = "SELECT count(*) AS reviews FROM generate_series(1, 1000000) n GROUP BY pg_temp.agency(n)"
    assert 9_500 < value(f"SELECT max(reviews) FROM ({drawn}) drawn") < 10_500
    assert value(f"SELECT count(*) FROM ({drawn}) drawn WHERE reviews < 5") > 4_000


def test_what_comes_later_gets_a_number_of_its_own(filled: None) -> None:
    assert AgencyFactory().pk > AGENCIES


@pytest.mark.django_db
def test_it_is_refused_where_real_people_are() -> None:
    UserFactory(email="jemand@posteo.de")
    with pytest.raises(CommandError, match="real users"):
        call_command("seed_scale", agencies=AGENCIES, reviews=REVIEWS)


def test_a_database_with_an_agency_of_somebody_else_is_left_as_it_is(
    name: str, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        with database.using(name):
            agency = AgencyFactory()
        with pytest.raises(CommandError, match="left as it is"):
            call_command("seed_scale", drop=True)
        with database.using(name):
            assert User.objects.exists()
            agency.delete()


@pytest.mark.django_db
def test_too_small_a_size_is_refused() -> None:
    with pytest.raises(CommandError, match="at least 3 agencies"):
        call_command("seed_scale", agencies=2, reviews=10)
