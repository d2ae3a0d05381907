"""An interview is its journey's agency's, whoever writes either of them."""

import pytest
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
