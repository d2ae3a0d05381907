"""The one table of moves: every pair of states is either allowed here or refused."""

from itertools import product

import pytest
from django.db import transaction

from accounts.models import Event
from reviews import moves
from reviews.states import COUNTED, FINAL, Status, may_move
from tests.factories import ReviewFactory

# What trust asks for, written a second time on purpose: author and privacy may act from anywhere, and are added below.
ALLOWED = {
    ("unconfirmed", "screening"),
    ("screening", "published"),
    ("screening", "moderation"),
    ("moderation", "published"),
    ("moderation", "changes"),
    ("moderation", "rejected"),
    ("changes", "screening"),
    ("changes", "rejected"),
    ("published", "checked"),
    ("published", "hidden"),
    ("checked", "published"),
    ("checked", "removed"),
    ("checked", "hidden"),
    ("hidden", "published"),
    ("hidden", "removed"),
    ("rejected", "published"),
    ("removed", "published"),
}
PAIRS = list(product(Status.values, Status.values))


def expected(before: str, after: str) -> bool:
    by_author = after == "withdrawn" and before not in {"withdrawn", "erased"}
    by_privacy = after == "erased" and before != "erased"
    return by_author or by_privacy or (before, after) in ALLOWED


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_every_pair_of_states_is_allowed_or_refused_as_decided(before: str, after: str) -> None:
    assert may_move(before, after) is expected(before, after)


def test_nothing_leaves_a_final_state_but_into_erasure() -> None:
    assert {after for before, after in PAIRS if before in FINAL and may_move(before, after)} == {"erased"}


def test_only_published_and_under_check_count() -> None:
    assert set(COUNTED) == {"published", "checked"}


@pytest.mark.django_db
def test_a_refused_move_changes_nothing() -> None:
    review = ReviewFactory(status=Status.IN_MODERATION)
    with transaction.atomic(), pytest.raises(moves.IllegalMove, match="nicht"):
        moves.move(moves.lock(review.pk), Status.REMOVED, by=None)
    review.refresh_from_db()
    assert review.status == Status.IN_MODERATION


@pytest.mark.django_db
def test_a_move_is_logged_with_where_it_came_from() -> None:
    review = ReviewFactory()
    with transaction.atomic():
        moves.move(moves.lock(review.pk), Status.WITHDRAWN, by=review.author)
    event = Event.objects.about(review).get()
    assert (event.before, event.after, event.actor_id) == ("published", "withdrawn", review.author_id)
