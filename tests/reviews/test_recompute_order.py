"""Whatever order things happen in, and however scores are recomputed, the same rows give the same numbers."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from agencies.models import Agency, AgencyScore, CriterionScore, WaitCurve
from reviews import moves
from reviews.criteria import CODES
from reviews.models import Review
from reviews.recompute import age_scores, recompute, recompute_all, recompute_stale, today
from reviews.scoring import Rating, score_ratings
from reviews.states import COUNTED, Status, may_move
from tests.factories import AgencyFactory, InterviewFactory, ReviewFactory

VOICES = [UUID(int=number) for number in range(3)]
MOVES = [Status.PUBLISHED, Status.UNDER_CHECK, Status.HIDDEN, Status.REMOVED, Status.WITHDRAWN]
UNSTABLE = {"id", "version", "computed_at", "stale_since"}
ENDS = [("answered", "negative"), ("withdrawn", "withdrew"), ("silent", "nothing")]

stars = st.none() | st.integers(1, 5)
ratings = st.fixed_dictionaries({"feedback": st.integers(1, 5)} | dict.fromkeys(CODES[1:], stars))
waits = st.lists(
    st.tuples(st.sampled_from(["interview", "application"]), st.integers(0, 40), st.sampled_from(ENDS))
)


def numbers() -> dict[tuple[object, ...], Any]:
    """Every stored number of every agency, by table, row and column."""
    models = {
        AgencyScore: ["agency_id"],
        CriterionScore: ["agency_id", "criterion"],
        WaitCurve: ["agency_id", "kind"],
    }
    return {
        (model.__name__, *(row[name] for name in key), column): value
        for model, key in models.items()
        for row in model._default_manager.filter(agency__isnull=False).values()
        for column, value in row.items()
        if column not in UNSTABLE
    }


def assert_same(ours: dict[tuple[object, ...], Any], theirs: dict[tuple[object, ...], Any]) -> None:
    assert ours.keys() == theirs.keys()
    for key, value in ours.items():
        expected = pytest.approx(theirs[key], abs=1e-9) if isinstance(value, float) else theirs[key]
        assert value == expected, key


class Life(RuleBasedStateMachine):
    """Reviews come, go, come back and are replaced; workers sweep now and then."""

    reviews = Bundle[int]("reviews")

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    @initialize()
    def found_agencies(self) -> None:
        self.agencies: list[Agency] = [AgencyFactory() for _ in range(2)]
        recompute(agency.pk for agency in self.agencies)

    @rule(
        target=reviews,
        agency=st.integers(0, 1),
        voice=st.sampled_from(VOICES),
        ratings=ratings,
        waits=waits,
        days_ago=st.integers(0, 900),
        proof=st.sampled_from(Review.Proof.values),
    )
    def publish(self, agency: int, voice: UUID, waits: list[Any], days_ago: int, **fields: Any) -> int:
        published_on = timezone.localdate() - timedelta(days=days_ago)
        review = ReviewFactory(
            agency=self.agencies[agency],
            voice=voice,
            status=Status.SCREENING,
            published_on=published_on,
            **fields,
        )
        for kind, day, (end, response) in waits:
            InterviewFactory(
                journey=review.journey, kind=kind, wait_days=day, wait_end=end, response=response
            )
        moves.publish(moves.lock(review.pk), review.revisions.get(), by=None)
        return int(review.pk)

    @rule(review=reviews, to=st.sampled_from(MOVES))
    def move(self, review: int, to: Status) -> None:
        locked = moves.lock(review)
        if may_move(locked.status, to):
            moves.move(locked, to, by=None)

    @rule()
    def sweep(self) -> None:
        recompute_stale()
        self.assert_scores_are_those_of_the_reviews()

    def assert_scores_are_those_of_the_reviews(self) -> None:
        for score in AgencyScore.objects.all():
            counted = self.newest_of_each_voice(score.agency_id)
            expected = score_ratings(
                Rating(
                    review.overall, (today() - review.published_on).days, review.proof == Review.Proof.CONTACT
                )
                for review in counted
                if review.published_on
            )
            for name in ("n", "weight", "mean", "spread", "lower", "upper", "is_shown"):
                assert getattr(score, name) == pytest.approx(getattr(expected, name), abs=1e-9), name

    def newest_of_each_voice(self, agency_id: int) -> list[Review]:
        readable = Review.objects.filter(agency=agency_id, status__in=COUNTED).order_by("published_on", "pk")
        return list({review.voice: review for review in readable}.values())

    def teardown(self) -> None:
        try:
            recompute_stale()
            self.assert_every_way_agrees()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def assert_every_way_agrees(self) -> None:
        stepwise = numbers()
        for agency in self.agencies:
            recompute([agency.pk])
        assert_same(stepwise, numbers())
        recompute(agency.pk for agency in self.agencies)
        assert_same(stepwise, numbers())
        recompute_all()
        assert_same(stepwise, numbers())
        age_scores()
        assert_same(stepwise, numbers())


@pytest.mark.django_db
def test_every_way_to_recompute_agrees_after_any_order_of_events() -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
