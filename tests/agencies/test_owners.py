"""Who speaks for an agency needs a second factor, from the moment this was verified until it ends."""

import pytest

from agencies.actions import settle_owners
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_verified_membership_demands_a_second_factor() -> None:
    membership = MembershipFactory(user=UserFactory(owns_agency=False))
    settle_owners()
    membership.user.refresh_from_db()
    assert membership.user.needs_second_factor


def test_an_unverified_membership_demands_nothing() -> None:
    membership = MembershipFactory(user=UserFactory(owns_agency=False), verified_at=None)
    settle_owners()
    membership.user.refresh_from_db()
    assert not membership.user.needs_second_factor


def test_who_no_longer_speaks_for_an_agency_is_free_again() -> None:
    membership = MembershipFactory(user=UserFactory(owns_agency=True))
    membership.delete()
    settle_owners()
    membership.user.refresh_from_db()
    assert not membership.user.needs_second_factor
