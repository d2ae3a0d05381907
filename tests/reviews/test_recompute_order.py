"""Whatever order things happen in, and however scores are recomputed, the same rows give the same numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from structlog.testing import capture_logs

from accounts.models import User
from agencies.models import (
    Agency,
    AgencyScore,
    CriterionScore,
    MarketScore,
    SegmentScore,
    WaitCurve,
    mark_stale,
)
from journeys.choices import Outcome, Role, WaitEnd
from journeys.models import Interview, Journey
from moderation.actions import merge_agency
from reviews import moves
from reviews.criteria import CODES
from reviews.models import Review, Revision
from reviews.recompute import age_scores, recompute, recompute_all, recompute_stale
from reviews.scoring import Curve, Ending, Rating, Wait, score_ratings, today, window_start
from reviews.states import COUNTED, Status, may_move
from tests.factories import AgencyFactory, InterviewFactory, JourneyFactory, ReviewFactory
from tests.reviews.sending import answers
from tests.reviews.tracked import followed, member_since, tracked

VOICES = [UUID(int=number) for number in range(3)]
CROWD = [UUID(int=number) for number in range(10, 16)]
MOVES = [Status.PUBLISHED, Status.UNDER_CHECK, Status.HIDDEN, Status.REMOVED, Status.WITHDRAWN]
UNSTABLE = {"id", "version", "computed_at", "stale_since"}
ENDS = [("answered", "negative"), ("withdrawn", "withdrew"), ("silent", "nothing")]

stars = st.none() | st.integers(1, 5)
ratings = st.fixed_dictionaries({"feedback": st.integers(1, 5)} | dict.fromkeys(CODES[1:], stars))
waits = st.lists(
    st.tuples(st.sampled_from(["interview", "application"]), st.integers(0, 40), st.sampled_from(ENDS))
)
tracked_waits = st.tuples(
    st.integers(0, 40), st.integers(0, 10), st.sampled_from(list(WaitEnd)), st.integers(50, 90)
)


def numbers() -> dict[tuple[object, ...], Any]:
    """Every stored number of every agency and of the market, by table, row and column."""
    models = {
        AgencyScore: ["agency_id"],
        CriterionScore: ["agency_id", "criterion"],
        WaitCurve: ["agency_id", "kind", "source"],
        SegmentScore: ["agency_id", "dimension", "value"],
        MarketScore: ["criterion"],
    }
    return {
        (model.__name__, *(row[name] for name in key), column): value
        for model, key in models.items()
        for row in model._default_manager.values()
        for column, value in row.items()
        if column not in UNSTABLE
    }


def assert_same(ours: dict[tuple[object, ...], Any], theirs: dict[tuple[object, ...], Any]) -> None:
    assert ours.keys() == theirs.keys()
    for key, value in ours.items():
        expected = pytest.approx(theirs[key], abs=1e-9) if isinstance(value, float) else theirs[key]
        assert value == expected, key


def of_the_window() -> QuerySet[Interview]:
    return Interview.objects.filter(held_on__range=(window_start(today()), today()))


def measured_waits(agency: Agency, person: User) -> list[Interview]:
    """What counts as measured, one by one and before the newest three are taken."""
    tracked_ones = of_the_window().filter(
        journey__agency=agency, journey__author=person, journey__origin="tracked"
    )
    return [
        wait
        for wait in tracked_ones.select_related("journey")
        if (shared_at := wait.journey.shared_at)
        and (wait.settled_at is None or shared_at < wait.settled_at)
        and not wait.was_moved
        and wait.entry_day <= wait.wait_days
    ]


class Life(RuleBasedStateMachine):
    """Reviews come, go, come back, are rewritten and replaced; journeys are followed and shared; agencies become one.

    Workers sweep now and then, and nights pass.
    """

    reviews = Bundle[int]("reviews")
    journeys = Bundle[int]("journeys")

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.travel = time_machine.travel(timezone.now(), tick=False)
        self.clock = self.travel.start()

    def at(self, number: int) -> Agency:
        """The agency with this number, or the one it became part of."""
        agency = Agency.objects.select_related("merged_into").get(pk=self.agencies[number].pk)
        return agency.merged_into or agency

    @initialize()
    def found_agencies(self) -> None:
        self.agencies: list[Agency] = [AgencyFactory() for _ in range(3)]
        self.people = [member_since(400) for _ in VOICES]
        with capture_logs() as logs:
            recompute_all()
        assert logs == [], "an agency without any review has not drifted"

    @rule(
        target=reviews,
        agency=st.integers(0, 2),
        voice=st.sampled_from(VOICES),
        ratings=ratings,
        waits=waits,
        days_ago=st.integers(0, 900),
        proof=st.sampled_from(Review.Proof.values),
    )
    def publish(self, agency: int, voice: UUID, waits: list[Any], days_ago: int, **fields: Any) -> int:
        published_on = today() - timedelta(days=days_ago)
        review = ReviewFactory(
            agency=self.at(agency),
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

    @rule(
        target=reviews,
        agency=st.integers(0, 2),
        role=st.sampled_from(["", *Role.values[:2]]),
        outcome=st.sampled_from(Outcome.values[:2]),
        ratings=ratings,
        days_ago=st.integers(0, 900),
    )
    def publish_many(self, agency: int, role: str, outcome: str, ratings: Any, days_ago: int) -> int:
        """Six people are enough for a segment, and one of them hidden still is; another review replaces each."""
        agency_now = self.at(agency)
        for voice in CROWD:
            journey = JourneyFactory(agency=agency_now, author=None, voice=voice, role=role, outcome=outcome)
            review = ReviewFactory(
                agency=agency_now,
                author=None,
                voice=voice,
                journey=journey,
                is_current=False,
                days_ago=days_ago,
                ratings=ratings,
            )
        moves.refresh_current(agency_now.pk, CROWD)
        mark_stale([agency_now.pk])
        return int(review.pk)

    @rule(review=reviews)
    def tell_of_waits_about_to_leave_the_window(self, review: int) -> None:
        """One on each of the first days that count, and one before them."""
        told = moves.lock(review)
        for day in range(-1, 4):
            InterviewFactory(journey=told.journey, held_on=window_start(today()) + timedelta(days=day))
        mark_stale([told.agency_id])

    @rule(review=reviews, to=st.sampled_from(MOVES))
    def move(self, review: int, to: Status) -> None:
        locked = moves.lock(review)
        if may_move(locked.status, to):
            moves.move(locked, to, by=None)

    @rule(review=reviews, feedback=st.integers(1, 5), days=st.integers(0, 19))
    def rewrite(self, review: int, feedback: int, days: int) -> None:
        """A newer version is accepted, with another wait and other stars."""
        locked = moves.lock(review)
        if not locked.is_public:
            return
        day = timezone.localdate(locked.created_at) - timedelta(days=20)
        told = answers(
            month=f"{day:%Y-%m}",
            feedback=str(feedback),
            talk_0_day=day.isoformat(),
            talk_0_response="negative",
            talk_0_answered_on=(day + timedelta(days=days)).isoformat(),
            email=None,
        )
        version = Revision.objects.create(
            review=locked,
            number=1 + locked.revisions.count(),
            answers={name: [value] for name, value in told.items()},
        )
        moves.publish(locked, version, by=None)

    @rule(source=st.integers(0, 2), into=st.integers(0, 2))
    def merge(self, source: int, into: int) -> None:
        one, other = self.at(source), self.at(into)
        if one != other:
            merge_agency(source_id=one.pk, target_id=other.pk, by=self.people[0])

    @rule(days=st.integers(1, 5) | st.integers(1, 500), is_swept=st.booleans())
    def let_nights_pass(self, days: int, is_swept: bool) -> None:
        """Only the last of them does its work."""
        if is_swept:
            recompute_stale()
        self.clock.shift(timedelta(days=days))
        recompute_stale()
        age_scores()
        self.assert_scores_are_those_of_the_reviews()

    @rule(
        target=journeys,
        agency=st.integers(0, 2),
        person=st.integers(0, 2),
        waits=st.lists(tracked_waits, min_size=1, max_size=3),
        shared=st.booleans(),
    )
    def track(self, agency: int, person: int, waits: list[Any], shared: bool) -> int:
        author = self.people[person]
        journey = followed(self.at(agency), author, shared=shared, voice=VOICES[person])
        for day, entry, end, ago in waits:
            tracked(journey, day, end, entry=entry, ago=ago)
        return int(journey.pk)

    @rule(journey=journeys, days_ago=st.none() | st.integers(0, 120))
    def share_or_withdraw(self, journey: int, days_ago: int | None) -> None:
        moment = None if days_ago is None else timezone.now() - timedelta(days=days_ago)
        Journey.objects.filter(pk=journey).update(shared_at=moment)

    @rule(journey=journeys, ratings=ratings)
    def review(self, journey: int, ratings: dict[str, int | None]) -> None:
        tracked_one = Journey.objects.filter(pk=journey, review=None).first()
        if tracked_one:
            tracked_one.interviews.update(in_review=True)
            of_journey = {name: getattr(tracked_one, name) for name in ("agency", "author", "voice")}
            review = ReviewFactory(
                journey=tracked_one,
                status=Status.SCREENING,
                published_on=today(),
                ratings=ratings,
                **of_journey,
            )
            moves.publish(moves.lock(review.pk), review.revisions.get(), by=None)

    @rule(journey=journeys)
    def withdraw_its_review(self, journey: int) -> None:
        review = Review.objects.filter(journey=journey).first()
        if review and may_move(review.status, Status.WITHDRAWN):
            moves.move(moves.lock(review.pk), Status.WITHDRAWN, by=None)

    @rule(journey=journeys)
    def remember_another_day(self, journey: int) -> None:
        Interview.objects.filter(journey=journey).update(was_moved=True)

    @rule(journey=journeys)
    def stop_following(self, journey: int) -> None:
        Journey.objects.filter(pk=journey, review=None).delete()

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
            age_scores()
            self.assert_measured_curves_are_those_of_the_waits()
            self.assert_every_way_agrees()
        finally:
            self.travel.stop()
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def assert_measured_curves_are_those_of_the_waits(self) -> None:
        for agency in self.agencies:
            counted = [
                wait
                for person in self.people
                for wait in sorted(measured_waits(agency, person), key=lambda one: (one.held_on, one.pk))[-3:]
            ]
            expected = Curve.of(
                Wait(one.wait_days, Ending(one.wait_end), one.journey.author_id, one.entry_day)
                for one in counted
            )
            stored = agency.curves.get(source=WaitCurve.Source.MEASURED, kind="interview")
            assert Curve.from_json(stored.curve) == expected
            told = of_the_window().filter(journey__review__status__in=COUNTED, journey__agency=agency)
            recalled = told.exclude(pk__in=[wait.pk for wait in counted]).filter(kind="interview")
            assert (
                agency.curves.get(source=WaitCurve.Source.RECALLED, kind="interview").waits
                == recalled.count()
            )

    def assert_every_way_agrees(self) -> None:
        stepwise = numbers()
        for agency in self.agencies:
            recompute([agency.pk])
        assert_same(stepwise, numbers())
        recompute(agency.pk for agency in self.agencies)
        assert_same(stepwise, numbers())
        with capture_logs() as logs:
            recompute_all()
        assert logs == [], "nothing had drifted"
        assert_same(stepwise, numbers())
        age_scores()
        assert_same(stepwise, numbers())


@pytest.mark.django_db
def test_every_way_to_recompute_agrees_after_any_order_of_events() -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=10,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# Of three agencies: on which day of the window, counted from its first, somebody was interviewed.
interviews = st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 9)), min_size=1)
days = st.integers(1, 4)
steps = st.lists(
    st.tuples(st.sampled_from(["wait", "age"]), days) | st.tuples(st.just("recompute"), st.integers(0, 2))
)


@pytest.mark.django_db
@given(interviews=interviews, steps=steps)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_night_takes_what_leaves_the_window_whatever_was_computed_or_missed_before(
    interviews: list[tuple[int, int]], steps: list[tuple[str, int]]
) -> None:
    with (
        time_machine.travel(datetime(2026, 2, 25, 12, tzinfo=UTC), tick=False) as clock,
        transaction.atomic(),
    ):
        agencies = [AgencyFactory() for _ in range(3)]
        reviews = [ReviewFactory(agency=agency, days_ago=10) for agency in agencies]
        for agency, day in interviews:
            held_on = window_start(today()) + timedelta(days=day)
            InterviewFactory(journey=reviews[agency].journey, held_on=held_on)
        recompute_all()
        for what, number in [*steps, ("age", 1)]:
            if what == "recompute":
                recompute([agencies[number].pk])
                continue
            clock.shift(timedelta(days=number))
            if what == "age":
                age_scores()
        stepwise = numbers()
        recompute_all()
        assert_same(stepwise, numbers())
        transaction.set_rollback(True)
