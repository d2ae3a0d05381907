"""The invented world keeps the rules that real reviews keep."""

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from config.demo.build import SEED, draw_wait, restrict, state_of_text
from config.demo.cast import TEMPERS
from journeys.choices import Reason, Response
from journeys.models import Interview
from moderation.models import Decision
from moderation.rules import rule_of_record
from reviews.models import Revision
from reviews.states import RESTRICTED, Status
from tests.factories import ReviewFactory


def waits(temper: str, count: int = 600) -> list[Interview]:
    rng, today = Random(SEED), timezone.localdate()
    return [
        draw_wait(TEMPERS[temper], today - timedelta(days=90), today, number % 2 + 1, rng)
        for number in range(count)
    ]


@pytest.mark.parametrize("temper", TEMPERS)
def test_nobody_in_the_demo_says_yes_with_a_phrase(temper: str) -> None:
    reasons = {
        response: {wait.reason for wait in waits(temper) if wait.response == response}
        for response in Response
    }
    assert Reason.PHRASE in reasons[Response.NEGATIVE]
    assert reasons[Response.POSITIVE] <= {Reason.NONE, Reason.CONCRETE, Reason.HELPFUL}
    assert len(reasons[Response.POSITIVE]) > 1


def test_the_same_seed_tells_the_same_story() -> None:
    first, second = ([(w.held_on, w.response, w.reason) for w in waits("ghost")] for _run in range(2))
    assert first == second


@pytest.mark.django_db
def test_restricted_demo_reviews_cite_the_rule_that_real_ones_cite() -> None:
    review = ReviewFactory(status=Status.IN_MODERATION)
    review.status = Status.REJECTED
    restrict([review])
    assert Decision.objects.get().rule == rule_of_record(Decision.Reason.PERSONAL_DATA)


def test_what_was_decided_about_is_open_no_more() -> None:
    open_ones = {status for status in Status if state_of_text(status) == Revision.State.PENDING}
    assert open_ones == {Status.UNCONFIRMED, Status.SCREENING}
    assert {state_of_text(status) for status in RESTRICTED} == {
        Revision.State.REFUSED,
        Revision.State.ACCEPTED,
    }
