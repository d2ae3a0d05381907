"""What an author reads about a review whose proposed agency was refused."""

import pytest
from django.test import Client

from accounts.models import User
from agencies.choices import AgencyStatus
from agencies.models import Agency
from moderation.actions import refuse_agency
from reviews.actions import withdraw
from reviews.models import Review
from reviews.states import Status
from tests.factories import AgencyFactory, ReviewFactory

pytestmark = pytest.mark.django_db
MINE = "/konto/bewertungen/"


@pytest.fixture
def review(candidate: User) -> Review:
    agency = AgencyFactory(status=AgencyStatus.PROPOSED, proposed_by=candidate)
    return ReviewFactory(agency=agency, author=candidate, status=Status.IN_MODERATION)


def refuse(agency: Agency, by: User) -> None:
    refuse_agency(agency_id=agency.pk, reasons="Das ist eine Jobbörse.", by=by)


def test_my_reviews_say_that_the_agency_was_refused_and_not_that_i_withdrew(
    review: Review, moderator: User, candidate_client: Client
) -> None:
    refuse(review.agency, moderator)
    shown = candidate_client.get(MINE).content.decode()
    assert "Agentur nicht aufgenommen." in shown
    assert "Deinen Text hast du als Entwurf zurückbekommen." in shown
    assert "Das ist eine Jobbörse." in shown
    assert "Zurückgezogen." not in shown


def test_who_withdrew_before_the_agency_was_refused_reads_just_that(
    review: Review, moderator: User, candidate: User, candidate_client: Client
) -> None:
    withdraw(review=review, by=candidate)
    refuse(review.agency, moderator)
    shown = candidate_client.get(MINE).content.decode()
    assert "Zurückgezogen." in shown
    assert "Agentur nicht aufgenommen" not in shown
