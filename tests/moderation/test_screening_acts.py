"""Where screening sends a review: out, or to a person; never away."""

from datetime import timedelta
from typing import Any

import phonenumbers
import pytest
from django.utils import timezone

from accounts.models import Event, OutgoingMail, User
from agencies.choices import AgencyStatus
from agencies.models import AgencyScore
from moderation import screening, tasks
from moderation.actions import screen
from moderation.models import Mark, Screening
from reviews.criteria import CODES
from reviews.models import Review, Revision
from reviews.states import Status
from tests.factories import AgencyFactory, ReviewFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def known_author() -> User:
    return ReviewFactory().author


def screened(**fields: Any) -> Review:
    review = ReviewFactory(**({"status": Status.SCREENING} | fields))
    screen(review.pk)
    review.refresh_from_db()
    return review


def codes(review: Review) -> list[str]:
    return [mark.code for mark in Mark.objects.filter(revision__review=review)]


def test_without_a_mark_a_review_is_published_at_once(known_author: User) -> None:
    review = screened(author=known_author)
    assert review.status == Status.PUBLISHED
    assert review.is_current
    assert AgencyScore.objects.get(agency=review.agency).stale_since is not None
    assert OutgoingMail.objects.get().kind == "review_published"
    assert Event.objects.about(review).get().actor_id is None


def test_with_a_mark_a_review_goes_to_a_person(known_author: User) -> None:
    review = screened(author=known_author, good="Frau Müller half mir.", better="Ein Idiot war dabei.")
    assert review.status == Status.IN_MODERATION
    assert not OutgoingMail.objects.exists()
    assert [(mark.code, mark.passage) for mark in Mark.objects.all()] == [
        ("insult", "Idiot"),
        ("person_name", "Frau Müller"),
    ]


def test_the_first_review_of_an_account_goes_to_a_person(candidate: User) -> None:
    review = screened(author=candidate)
    assert (review.status, codes(review)) == (Status.IN_MODERATION, ["first_review"])


def test_a_review_of_a_proposed_agency_goes_to_a_person(known_author: User) -> None:
    review = screened(author=known_author, agency=AgencyFactory(status=AgencyStatus.PROPOSED))
    assert (review.status, codes(review)) == (Status.IN_MODERATION, ["proposed_agency"])


@pytest.mark.parametrize("text", ["Gute Vorbereitung.", "Ein Idiot war dabei."])
def test_the_stars_never_change_the_route(text: str, known_author: User) -> None:
    """Art. 17 and no. 23c annex UWG: bad reviews must not be held back more than good ones."""
    routes = set()
    for stars in (1, 2, 3, 4, 5):
        review = screened(author=known_author, good=text, ratings=dict.fromkeys(CODES, stars))
        routes.add((review.status, *codes(review)))
    assert len(routes) == 1


def test_screening_reads_no_stars(known_author: User, django_assert_max_num_queries: Any) -> None:
    revision = ReviewFactory(author=known_author, status=Status.SCREENING).revisions.get()
    with django_assert_max_num_queries(10) as queries:
        screening.examine(screening.Case.of(revision))
    read = " ".join(query["sql"] for query in queries.captured_queries)
    assert not [code for code in CODES if f'"{code}"' in read]
    assert '"overall"' not in read
    assert '"answers"' not in read


# ---- failures --------------------------------------------------------------------------------------------


def test_when_screening_fails_a_person_looks_and_nothing_is_published(
    known_author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise phonenumbers.NumberParseException(0, "broken")

    monkeypatch.setattr(screening, "PhoneNumberMatcher", broken)  # a library's, not ours
    review = screened(author=known_author)
    assert (review.status, codes(review)) == (Status.IN_MODERATION, ["failed"])
    assert not OutgoingMail.objects.exists()


def test_a_review_that_is_gone_is_no_error() -> None:
    screen(4711)


def test_screening_twice_changes_nothing(candidate: User) -> None:
    review = screened(author=candidate, good="Frau Müller half mir.")
    before = codes(review)
    screen(review.pk)
    review.refresh_from_db()
    assert codes(review) == before
    assert review.status == Status.IN_MODERATION
    assert Event.objects.about(review).count() == 1


@pytest.mark.parametrize("status", [Status.UNCONFIRMED, Status.WITHDRAWN, Status.ERASED])
def test_what_is_not_up_for_screening_is_left_alone(status: Status) -> None:
    review = screened(status=status)
    assert review.status == status
    assert not Screening.objects.exists()


# ---- new versions ----------------------------------------------------------------------------------------


def new_version(review: Review, text: str) -> Revision:
    return Revision.objects.create(
        review=review, number=review.revisions.count() + 1, good=text, answers=ANSWERS
    )


# The form as sent, because accepting a later version reads stars and facts from it.
ANSWERS = {
    "month": [f"{timezone.localdate() - timedelta(days=40):%Y-%m}"],
    "stage": ["client"],
    "outcome": ["rejected"],
    "feedback": ["2"],
    "respect": ["3"],
    "recommendation": ["1"],
}


def test_a_clean_new_version_replaces_the_public_one_at_once() -> None:
    review = ReviewFactory(good="Gut.")
    revision = new_version(review, "Besser.")
    screen(review.pk)
    review.refresh_from_db()
    assert review.public_revision == revision
    assert review.status == Status.PUBLISHED
    assert OutgoingMail.objects.get().subject.startswith("Deine neue Fassung")


def test_a_marked_new_version_waits_while_the_old_one_stays() -> None:
    review = ReviewFactory(good="Gut.")
    revision = new_version(review, "Ein Idiot.")
    screen(review.pk)
    review.refresh_from_db()
    revision.refresh_from_db()
    assert review.public_revision.good == "Gut."
    assert review.status == Status.PUBLISHED
    assert revision.state == Revision.State.PENDING
    assert [mark.code for mark in revision.marks.all()] == ["insult"]


def test_a_new_version_of_what_a_person_has_already_stays_with_that_person(known_author: User) -> None:
    review = screened(author=known_author, good="Frau Müller.")
    review.revisions.update(state=Revision.State.REFUSED)
    new_version(review, "Ohne Namen.")
    screen(review.pk)
    review.refresh_from_db()
    assert review.status == Status.IN_MODERATION


# ---- tasks -----------------------------------------------------------------------------------------------


def test_the_sweep_finds_what_nobody_announced(known_author: User) -> None:
    lost = ReviewFactory(author=known_author, status=Status.SCREENING)
    public = ReviewFactory(author=known_author)
    new_version(public, "Ein Idiot.")
    ReviewFactory(status=Status.UNCONFIRMED)
    assert tasks.screen_reviews() == 2
    lost.refresh_from_db()
    assert lost.status == Status.PUBLISHED
    assert tasks.screen_reviews() == 0


def test_the_task_for_one_review_screens_it(known_author: User) -> None:
    review = ReviewFactory(author=known_author, status=Status.SCREENING)
    tasks.screen_review(review.pk)
    review.refresh_from_db()
    assert review.status == Status.PUBLISHED


# ---- agencies that changed meanwhile ---------------------------------------------------------------------


def test_a_review_confirmed_after_a_merge_follows_its_agency(known_author: User) -> None:
    target = AgencyFactory()
    review = screened(
        author=known_author, agency=AgencyFactory(status=AgencyStatus.MERGED, merged_into=target)
    )
    assert review.agency == target
    assert review.journey.agency == target
    assert review.is_current


def test_a_review_confirmed_after_its_agency_was_refused_becomes_a_draft_again(candidate: User) -> None:
    review = screened(author=candidate, agency=AgencyFactory(status=AgencyStatus.REFUSED))
    assert review.status == Status.WITHDRAWN
    assert candidate.drafts.get().agency is None
    assert OutgoingMail.objects.get().kind == "agency_refused"
