"""Processes of the invented world: three measured curves, and three processes of the candidate."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency
from config.demo.build import DOMAIN, slug_of
from config.demo.followed import MEASURED, build
from journeys.choices import Response, Step
from journeys.models import CheckIn, Interview, Journey
from journeys.process import Process
from reviews.recompute import age_scores
from tests.factories import AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world() -> None:
    for name in [*MEASURED, "Zwölfuhr Executive Search"]:
        AgencyFactory(slug=slug_of(name))
    joined = timezone.now() - timedelta(days=900)
    for number in range(30):
        UserFactory(email=f"person{number:04}@{DOMAIN}", date_joined=joined)
    UserFactory(email=f"kandidatin@{DOMAIN}")


def told() -> list[tuple[object, ...]]:
    return list(Interview.objects.order_by("pk").values_list("held_on", "wait_days", "response", "reason"))


def test_three_agencies_have_a_measured_curve_to_show() -> None:
    assert build() == sum(MEASURED.values()) + 3
    age_scores()
    measured = {agency.slug for agency in Agency.objects.filter(score__waits_source="measured")}
    assert measured == {slug_of(name) for name in MEASURED}
    assert Agency.objects.filter(score__waits_shown=True).count() == 3


def test_the_same_seed_follows_the_same_processes() -> None:
    build()
    first = told()
    Journey.objects.all().delete()
    build()
    assert told() == first


def test_the_candidate_waits_was_answered_and_has_a_talk_before_her() -> None:
    build()
    candidate = User.objects.get(email=f"kandidatin@{DOMAIN}")
    journeys = Journey.objects.tracked_by(candidate).for_pages().order_by("pk")
    silent, answered, ahead = (Process(journey, candidate) for journey in journeys)
    assert (silent.days, silent.letters[0].step, silent.question) == (9, Step.FRIENDLY, None)
    assert answered.held[-1].response == Response.NEGATIVE
    assert ahead.ahead is not None
    planned = CheckIn.objects.filter(state=CheckIn.State.PLANNED)
    assert [one.day for one in planned.filter(interview=silent.held[-1])] == [14, 30, 45]
    assert [one.day for one in planned.filter(interview=ahead.ahead)] == [3, 7, 14, 30, 45]
    assert all("Demo" in journey.title for journey in journeys)
    assert not any(journey.shared_at for journey in journeys)
