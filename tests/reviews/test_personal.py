"""A person's reviews in their export, and what becomes of them when the account goes."""

import json

import pytest

from accounts import personal
from accounts.models import User
from journeys.models import Interview
from reviews.actions import revise
from reviews.models import Draft, Review
from reviews.personal import collect
from reviews.states import Status
from tests.factories import DraftFactory, InterviewFactory, ReviewFactory
from tests.reviews.sending import answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(candidate: User) -> Review:
    InterviewFactory(journey=ReviewFactory(author=candidate, good="Ein gutes Gespräch.").journey)
    return Review.objects.get()


@pytest.fixture
def waiting(candidate: User) -> Review:
    ReviewFactory(author=candidate, good="Noch nicht entschieden.", status=Status.IN_MODERATION)
    return Review.objects.get(status=Status.IN_MODERATION)


def test_the_export_holds_texts_ratings_waits_and_drafts(candidate: User, published: Review) -> None:
    DraftFactory(user=candidate, answers={"good": ["Angefangen."]})
    everything = collect(candidate)
    (review,) = everything["reviews"]
    assert review["versions"][0]["good"] == "Ein gutes Gespräch."
    assert review["ratings"] == published.ratings
    assert review["experience"]["waits"][0]["response"] == "negative"
    assert everything["drafts"][0]["answers"] == {"good": ["Angefangen."]}
    assert json.dumps(everything, default=str)


def test_the_export_calls_a_replaced_version_replaced(candidate: User, waiting: Review) -> None:
    revise(review=waiting, sent={name: [value] for name, value in answers().items()}, by=candidate)
    (review,) = collect(candidate)["reviews"]
    assert [version["state"] for version in review["versions"]] == ["replaced", "pending"]


def test_the_export_holds_nothing_of_others(candidate: User) -> None:
    ReviewFactory()
    DraftFactory()
    assert collect(candidate) == {"reviews": [], "drafts": []}


def test_kept_reviews_stay_public_and_lead_to_nobody(candidate: User, published: Review) -> None:
    personal.erase(user=candidate, keep_reviews=True)
    kept = Review.objects.get()
    assert (kept.status, kept.is_current, kept.voice) == (Status.PUBLISHED, True, published.voice)
    assert (kept.author, kept.journey.author) == (None, None)
    assert kept.public_revision is not None
    assert kept.public_revision.good == "Ein gutes Gespräch."


def test_what_was_never_published_goes_even_if_reviews_are_kept(candidate: User, waiting: Review) -> None:
    personal.erase(user=candidate, keep_reviews=True)
    assert Review.objects.get().status == Status.ERASED
    assert Review.objects.get().revisions.get().good == ""


def test_of_erased_reviews_a_tombstone_stays(candidate: User, published: Review) -> None:
    personal.erase(user=candidate, keep_reviews=False)
    tombstone = Review.objects.get()
    assert (tombstone.status, tombstone.is_current, tombstone.author) == (Status.ERASED, False, None)
    assert tombstone.ratings == {}
    revision = tombstone.revisions.get()
    assert (revision.good, revision.better, revision.answers) == ("", "", {})
    assert not Interview.objects.exists()


def test_drafts_go_with_the_account(candidate: User) -> None:
    DraftFactory(user=candidate)
    personal.erase(user=candidate, keep_reviews=True)
    assert not Draft.objects.exists()
