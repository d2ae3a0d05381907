"""An interview is its journey's agency's, whoever writes either of them."""

import pytest
from django.db import connection
from django.db.models import F

from journeys.models import Interview, Journey
from tests.factories import AgencyFactory, InterviewFactory, JourneyFactory

pytestmark = pytest.mark.django_db


def assert_all_are_of_the_agency_of_their_journey(number: int) -> None:
    assert Interview.objects.filter(agency=F("journey__agency")).count() == number
    assert Interview.objects.exclude(agency=F("journey__agency")).count() == 0


def test_it_takes_the_agency_of_its_journey_and_no_other() -> None:
    ours, other = JourneyFactory(), JourneyFactory()
    InterviewFactory(journey=ours)
    Interview.objects.bulk_create(
        [InterviewFactory.build(journey=ours), InterviewFactory.build(journey=ours, agency=other.agency)]
    )
    assert_all_are_of_the_agency_of_their_journey(3)


def test_it_is_saved_again_without_having_been_read() -> None:
    interview = InterviewFactory(journey=JourneyFactory())
    interview.wait_days = 9
    interview.save()
    assert_all_are_of_the_agency_of_their_journey(1)


def test_it_follows_its_journey_to_another_agency() -> None:
    interview, other = InterviewFactory(journey=JourneyFactory()), AgencyFactory()
    Journey.objects.update(agency=other)
    assert_all_are_of_the_agency_of_their_journey(1)
    Interview.objects.update(journey=JourneyFactory())
    assert_all_are_of_the_agency_of_their_journey(1)
    Interview.objects.update(agency=other)
    assert_all_are_of_the_agency_of_their_journey(1)
    assert Interview.objects.get().pk == interview.pk


def test_a_merge_moves_thousands_with_one_statement() -> None:
    ours, other = AgencyFactory(), AgencyFactory()
    journeys = Journey.objects.bulk_create(JourneyFactory.build_batch(3000, agency=ours, author=None))
    Interview.objects.bulk_create(InterviewFactory.build(journey=journey) for journey in journeys)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 2000")
        Journey.objects.filter(agency=ours).update(agency=other)
        cursor.execute("SET LOCAL statement_timeout = 0")
    assert Interview.objects.filter(agency=other).count() == 3000
