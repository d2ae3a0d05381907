"""Scores and waits come out of the rows as published, whichever way they were reached."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from agencies.models import Agency, AgencyScore, CriterionScore, MarketScore, WaitCurve, mark_stale
from journeys.choices import Channel, Reason, Response, SilentParty, WaitEnd, WaitKind
from journeys.models import Interview
from reviews.criteria import CODES
from reviews.models import Review
from reviews.recompute import (
    BATCH,
    age_scores,
    recompute,
    recompute_all,
    recompute_market,
    recompute_stale,
    refresh_waits,
)
from reviews.scoring import Curve, Ending, Rating, Wait, score_ratings, window_start
from reviews.states import COUNTED, Status
from tests.factories import AgencyFactory, InterviewFactory, ReviewFactory
from tests.reviews.tracked import followed, tracked

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()
RESPONSES = {
    WaitEnd.ANSWERED: Response.NEGATIVE,
    WaitEnd.WITHDRAWN: Response.WITHDREW,
    WaitEnd.SILENT: Response.NOTHING,
}


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    """Berlin and UTC agree on the day."""
    with time_machine.travel(NOW) as traveller:
        yield traveller


def rated(agency: Agency, stars: int, *, days_ago: int = 0, proven: bool = True, **fields: Any) -> Review:
    """A review that gives every criterion so many stars."""
    proof = Review.Proof.CONTACT if proven else Review.Proof.MAIL
    ratings = dict.fromkeys(CODES, stars)
    return ReviewFactory(agency=agency, ratings=ratings, days_ago=days_ago, proof=proof, **fields)


def waited(
    agency: Agency, days: int, end: str = WaitEnd.ANSWERED, review: Review | None = None, **fields: Any
) -> Interview:
    """A wait that a review tells of, by default one of its own."""
    review = review or rated(agency, 3)
    response = fields.pop("response", RESPONSES[WaitEnd(end)])
    return InterviewFactory(journey=review.journey, wait_days=days, wait_end=end, response=response, **fields)


def score_of(agency: Agency) -> AgencyScore:
    return AgencyScore.objects.get(agency=agency)


def curve_of(agency: Agency | None, kind: str = WaitKind.INTERVIEW) -> WaitCurve:
    return WaitCurve.objects.get(agency=agency, kind=kind, source=WaitCurve.Source.RECALLED)


def numbers(*agencies: Agency) -> list[dict[str, Any]]:
    """All that is stored about these agencies, but when and how often it was computed."""
    ids = [agency.pk for agency in agencies]
    rows = [
        *AgencyScore.objects.filter(agency__in=ids).order_by("agency").values(),
        *CriterionScore.objects.filter(agency__in=ids).order_by("agency", "criterion").values(),
        *WaitCurve.objects.filter(agency__in=ids).order_by("agency", "kind", "source").values(),
    ]
    unstable = {"id", "version", "computed_at", "stale_since"}
    return [{name: value for name, value in row.items() if name not in unstable} for row in rows]


def assert_same(ours: Sequence[dict[str, Any]], theirs: Sequence[dict[str, Any]]) -> None:
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        for name, value in one.items():
            expected = pytest.approx(other[name], abs=1e-9) if isinstance(value, float) else other[name]
            assert value == expected, name


# ---- stars -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reviews", "mean", "lower"),
    [
        ([], 3.400000, 2.538476),
        ([(5, 0, True)], 3.628571, 2.814508),
        ([(5, 0, True)] * 5, 4.127273, 3.511407),
        ([(5, 730, False)] * 12, 3.814815, 3.060418),
        (
            [(1, 10, True), (2, 40, False), (4, 400, False), (3, 90, True), (5, 700, False), (1, 5, False)],
            2.907022,
            2.168879,
        ),
    ],
    ids=["no review", "one 5 today", "five 5s today", "twelve old 5s", "six mixed"],
)
def test_the_published_check_values_come_out_of_the_database(
    reviews: list[tuple[int, int, bool]], mean: float, lower: float
) -> None:
    agency = AgencyFactory()
    for stars, days_ago, proven in reviews:
        rated(agency, stars, days_ago=days_ago, proven=proven)
    recompute([agency.pk])
    for score in (score_of(agency), *CriterionScore.objects.filter(agency=agency)):
        assert score.n == len(reviews)
        assert score.mean == pytest.approx(mean, abs=5e-7)
        assert score.lower == pytest.approx(lower, abs=5e-7)


def test_stored_scores_are_those_of_the_pure_formula_for_every_criterion() -> None:
    agency = AgencyFactory()
    given = [
        ({"feedback": 1, "respect": 2, "terms": 5}, 30, True),
        ({"feedback": 4, "respect": 4, "honesty": 3}, 500, False),
        ({"feedback": 2, "honesty": 5, "recommendation": 1, "terms": 1}, 1200, False),
    ]
    for ratings, days_ago, proven in given:
        proof = Review.Proof.CONTACT if proven else Review.Proof.MAIL
        ReviewFactory(agency=agency, ratings=ratings, days_ago=days_ago, proof=proof)
    recompute([agency.pk])
    for score in CriterionScore.objects.filter(agency=agency):
        expected = score_ratings(
            Rating(ratings[score.criterion], days_ago, proven)
            for ratings, days_ago, proven in given
            if score.criterion in ratings
        )
        for name in ("n", "weight", "mean", "spread", "lower", "upper", "is_shown"):
            assert getattr(score, name) == pytest.approx(getattr(expected, name), abs=1e-9), name
    assert CriterionScore.objects.filter(agency=agency).count() == len(CODES)


def test_the_overall_score_averages_the_plain_means_of_the_reviews() -> None:
    agency = AgencyFactory()
    ReviewFactory(
        agency=agency, ratings={"feedback": 1, "respect": 2, "terms": 5}, proof=Review.Proof.CONTACT
    )
    recompute([agency.pk])
    assert score_of(agency).mean == pytest.approx(score_ratings([Rating(8 / 3, 0)]).mean, abs=1e-9)


def test_histogram_rounds_each_review_half_up_and_counts_voices() -> None:
    agency = AgencyFactory()
    for ratings in (
        {"feedback": 2, "respect": 3, "terms": 2, "honesty": 3},  # 2.5
        {"feedback": 2, "respect": 2, "terms": 3},  # 2.33
        {"feedback": 5, "respect": 5, "terms": 5},
    ):
        ReviewFactory(agency=agency, ratings=ratings)
    recompute([agency.pk])
    assert score_of(agency).histogram == [0, 1, 1, 0, 1]


def test_the_period_is_that_of_the_contacts_of_counted_reviews() -> None:
    agency = AgencyFactory()
    months = [date(2025, 3, 1), date(2026, 9, 1), date(2025, 11, 1)]
    for month, counts in zip([*months, date(2024, 1, 1)], [True, True, True, False], strict=True):
        review = rated(agency, 4, is_current=counts)
        review.journey.month = month
        review.journey.save()
    recompute([agency.pk])
    score = score_of(agency)
    assert (score.first_month, score.last_month) == (date(2025, 3, 1), date(2026, 9, 1))


def test_a_replaced_review_is_readable_and_does_not_count() -> None:
    agency = AgencyFactory()
    newest = rated(agency, 5)
    rated(agency, 1, days_ago=90, voice=newest.voice, is_current=False)
    recompute([agency.pk])
    score = score_of(agency)
    assert (score.n, score.reviews_shown, score.histogram) == (1, 2, [0, 0, 0, 0, 1])


@pytest.mark.parametrize(
    "status", [Status.UNCONFIRMED, Status.SCREENING, Status.IN_MODERATION, Status.WITHDRAWN]
)
def test_a_review_that_nobody_may_read_counts_nowhere(status: Status) -> None:
    agency = AgencyFactory()
    waited(agency, 3, review=rated(agency, 1, status=status))
    recompute([agency.pk])
    score = score_of(agency)
    assert (score.n, score.sum_gv, score.reviews_shown, score.waits) == (0, 0, 0, 0)
    assert (score.first_month, score.histogram) == (None, [0] * 5)


def test_a_review_under_check_counts() -> None:
    agency = AgencyFactory()
    waited(agency, 3, review=rated(agency, 1, status=Status.UNDER_CHECK))
    recompute([agency.pk])
    assert (score_of(agency).n, score_of(agency).waits) == (1, 1)


def test_an_agency_that_lost_all_reviews_is_back_at_the_prior() -> None:
    agency, untouched = AgencyFactory(), AgencyFactory()
    recompute([untouched.pk])
    for _ in range(8):
        waited(agency, 3)
    recompute([agency.pk])
    assert score_of(agency).is_shown
    Review.objects.filter(agency=agency).update(status=Status.WITHDRAWN, is_current=False)
    recompute([agency.pk])
    ids = {"agency_id", "sort_name"}
    emptied, blank = (
        [{k: v for k, v in row.items() if k not in ids} for row in numbers(a)] for a in (agency, untouched)
    )
    assert_same(emptied, blank)


@pytest.mark.parametrize(
    ("count", "days_ago", "shown"), [(4, 0, False), (5, 0, True), (5, 1000, False), (7, 1000, True)]
)
def test_a_score_is_shown_from_five_voices_of_enough_weight(count: int, days_ago: int, shown: bool) -> None:
    agency = AgencyFactory()
    for _ in range(count):
        rated(agency, 4, days_ago=days_ago)
    recompute([agency.pk])
    assert score_of(agency).is_shown is shown
    assert CriterionScore.objects.get(agency=agency, criterion="feedback").is_shown is shown


# ---- waits -----------------------------------------------------------------------------------------------

TOLD = [
    # person, day, how it ended
    (0, 2, WaitEnd.ANSWERED),
    (0, 9, WaitEnd.SILENT),
    (0, 9, WaitEnd.ANSWERED),
    (1, 9, WaitEnd.WITHDRAWN),
    (1, 4, WaitEnd.ANSWERED),
    (2, 0, WaitEnd.ANSWERED),
    (3, 30, WaitEnd.SILENT),
    (4, 45, WaitEnd.SILENT),
    (5, 10, WaitEnd.ANSWERED),
    (6, 21, WaitEnd.WITHDRAWN),
    (6, 21, WaitEnd.ANSWERED),
]


def tell(agency: Agency, told: Sequence[tuple[int, int, str]] = TOLD) -> None:
    reviews = {person: rated(agency, 3) for person, _, _ in told}
    for person, day, end in told:
        waited(agency, day, end, review=reviews[person])


def test_the_stored_curve_is_the_one_that_the_waits_themselves_make() -> None:
    agency = AgencyFactory()
    tell(agency)
    recompute([agency.pk])
    stored = curve_of(agency)
    expected = Curve.of(Wait(day, Ending(end), person) for person, day, end in TOLD)
    assert Curve.from_json(stored.curve) == expected
    assert (stored.waits, stored.persons, stored.is_shown) == (11, 7, True)


def test_the_score_row_carries_the_headline_of_the_interviews() -> None:
    agency = AgencyFactory()
    tell(agency)
    tell(agency, [(person, 45, WaitEnd.SILENT) for person in range(4)])
    recompute([agency.pk])
    score, day14 = score_of(agency), Curve.from_json(curve_of(agency).curve).at(14)
    assert (score.waits_source, score.waits_shown) == ("recalled", True)
    assert (score.waits, score.wait_persons) == (15, 11)
    assert (score.answered_14, score.answered_14_lower) == pytest.approx((day14.answered, day14.lower))
    # By hand: F(14) = .3407, F(30) = .4148, S(30) = .4444.
    assert (score.dots_answered, score.dots_late, score.dots_withdrawn) == (3, 1, 2)


def test_too_few_waits_or_persons_have_no_headline() -> None:
    agency = AgencyFactory()
    tell(agency, [(person % 4, 3, WaitEnd.ANSWERED) for person in range(20)])
    recompute([agency.pk])
    score = score_of(agency)
    assert (score.waits_shown, score.waits, score.wait_persons) == (False, 20, 4)
    assert (score.answered_14, score.answered_14_lower, score.dots_answered) == (None, None, None)


def test_a_day_that_few_have_reached_is_not_told() -> None:
    agency = AgencyFactory()
    tell(agency, [(person, 3, WaitEnd.ANSWERED) for person in range(4)])
    tell(agency, [(person, 10, WaitEnd.SILENT) for person in range(6)])
    recompute([agency.pk])
    assert (score_of(agency).waits_shown, score_of(agency).answered_14) == (True, None)
    tell(agency, [(person, 20, WaitEnd.SILENT) for person in range(6)])
    recompute([agency.pk])
    assert score_of(agency).answered_14 is not None
    assert (score_of(agency).dots_answered, score_of(agency).dots_late) == (3, None)


def test_waits_of_a_replaced_review_count_and_its_voice_is_one_person() -> None:
    agency = AgencyFactory()
    newest = rated(agency, 5)
    older = rated(agency, 1, days_ago=90, voice=newest.voice, is_current=False)
    waited(agency, 3, review=newest)
    waited(agency, 8, review=older)
    recompute([agency.pk])
    assert (curve_of(agency).waits, curve_of(agency).persons) == (2, 1)


def test_waits_after_the_cv_are_apart_from_those_after_interviews() -> None:
    agency = AgencyFactory()
    review = rated(agency, 2)
    waited(agency, 3, review=review)
    waited(agency, 40, WaitEnd.SILENT, review=review, kind=WaitKind.APPLICATION)
    recompute([agency.pk])
    interviews, applications = curve_of(agency), curve_of(agency, WaitKind.APPLICATION)
    assert Curve.from_json(interviews.curve) == Curve.of([Wait(3, Ending.ANSWERED, "me")])
    assert Curve.from_json(applications.curve) == Curve.of([Wait(40, Ending.SILENT, "me")])
    assert (interviews.facts["silent"], applications.facts["silent"]) == (0, 1)
    assert score_of(agency).waits == 1


def test_interviews_of_the_last_24_months_count_and_older_ones_do_not() -> None:
    agency = AgencyFactory()
    for held_on in (date(2024, 11, 22), date(2024, 11, 21)):
        waited(agency, 3, held_on=held_on)
    recompute([agency.pk])
    stored = curve_of(agency)
    assert (stored.waits, stored.first_month, stored.last_month) == (1, date(2024, 11, 1), date(2024, 11, 1))


@pytest.mark.parametrize(("told", "reasoned", "chased"), [(4, None, None), (5, 2 / 5, 1 / 5)])
def test_shares_of_answers_need_five_who_told(
    told: int, reasoned: float | None, chased: float | None
) -> None:
    agency = AgencyFactory()
    reasons = [Reason.CONCRETE, Reason.HELPFUL, Reason.PHRASE, Reason.NONE, Reason.NONE][:told]
    for number, reason in enumerate(reasons):
        waited(agency, 3, reason=reason, chased=int(number == 0))
    recompute([agency.pk])
    facts = curve_of(agency).facts
    assert (facts["share_reasoned"], facts["share_chased"]) == (reasoned, chased)


def test_facts_tell_reasons_chasing_and_channels_of_answers_and_who_was_silent() -> None:
    agency = AgencyFactory()
    waited(agency, 3, reason=Reason.CONCRETE, chased=0, channel=Channel.PHONE)
    waited(agency, 4, reason=Reason.HELPFUL, chased=2, channel=Channel.MAIL)
    waited(agency, 5, reason=Reason.PHRASE, chased=0, channel=Channel.MAIL)
    waited(agency, 6)
    waited(agency, 40, WaitEnd.SILENT, silent_party=SilentParty.CLIENT, chased=3, channel=Channel.MAIL)
    waited(agency, 40, WaitEnd.SILENT, response=Response.HOLDING, silent_party=SilentParty.UNCLEAR)
    waited(agency, 7, WaitEnd.WITHDRAWN)
    recompute([agency.pk])
    assert curve_of(agency).facts == {
        "answered": 4,
        "withdrawn": 1,
        "silent": 2,
        "holding": 1,
        "ghosted": 2,
        "reasons": {"none": 0, "phrase": 1, "concrete": 1, "helpful": 1},
        "share_reasoned": None,
        "chasing_told": 3,
        "chased": 1,
        "share_chased": None,
        "channels": {"phone": 1, "mail": 2, "video": 0, "person": 0, "portal": 0},
        "silent_parties": {"agency": 0, "client": 1, "unclear": 1},
    }


def test_shares_of_which_nobody_told_are_unknown_not_zero() -> None:
    agency = AgencyFactory()
    waited(agency, 3)
    recompute([agency.pk])
    assert curve_of(agency).facts["share_reasoned"] is None
    assert curve_of(agency).facts["share_chased"] is None


# ---- the batch -------------------------------------------------------------------------------------------


def test_a_recompute_clears_the_mark_and_says_when_and_as_of_which_day() -> None:
    agency = AgencyFactory()
    mark_stale([agency.pk])
    assert recompute_stale() == 1
    score = score_of(agency)
    assert (score.stale_since, score.as_of, score.version) == (None, TODAY, 1)
    assert score.computed_at is not None
    assert recompute_stale() == 0


def test_only_stale_rows_are_recomputed() -> None:
    stale, fresh = AgencyFactory(), AgencyFactory()
    mark_stale([stale.pk])
    recompute_stale()
    assert (score_of(stale).version, score_of(fresh).version) == (1, 0)


def test_the_day_is_that_of_utc(noon: time_machine.Traveller) -> None:
    noon.move_to(datetime(2026, 11, 22, 23, 30, tzinfo=UTC))  # in Berlin it is the 23rd
    agency = AgencyFactory()
    recompute([agency.pk])
    assert score_of(agency).as_of == TODAY


def queries_for(count: int) -> int:
    agencies = [AgencyFactory() for _ in range(count)]
    for agency in agencies:
        waited(agency, 3)
    mark_stale(agency.pk for agency in agencies)
    with CaptureQueriesContext(connection) as queries:
        assert recompute_stale() == count
    assert all(score_of(agency).n == 1 for agency in agencies)
    return len(queries)


def test_one_agency_takes_as_many_statements_as_sixty() -> None:
    assert queries_for(1) == queries_for(60)


def test_tracked_waits_take_as_many_statements_for_one_agency_as_for_twenty() -> None:
    counts = []
    for number in (1, 20):
        agencies = [AgencyFactory() for _ in range(number)]
        for agency in agencies:
            tracked(followed(agency), 6)
        with CaptureQueriesContext(connection) as queries:
            refresh_waits(agency.pk for agency in agencies)
        counts.append(len(queries))
        assert {agency.curves.filter(waits=1).count() for agency in agencies} == {1}
    assert counts[0] == counts[1]


def said(*arguments: str) -> str:
    output = StringIO()
    call_command("recompute_scores", *arguments, stdout=output)
    return output.getvalue().strip()


def test_the_command_recomputes_what_it_is_told_and_says_how_many() -> None:
    agencies = [AgencyFactory() for _ in range(3)]
    for agency in agencies:
        rated(agency, 4)
    mark_stale([agencies[2].pk])
    assert said(agencies[0].slug, agencies[1].slug) == "Agencies recomputed: 2"
    assert [score_of(agency).n for agency in agencies] == [1, 1, 0]
    assert said() == "Agencies recomputed: 1"
    assert said() == "Agencies recomputed: 0"
    assert said("--all") == "Agencies recomputed: 3, and the numbers of all together"
    assert MarketScore.objects.get(criterion="overall").n == 3
    with pytest.raises(CommandError, match="No such agency: gibt-es-nicht"):
        said("gibt-es-nicht", agencies[0].slug)


def places() -> list[Any]:
    """Where in their table the curves are stored: a row that is written moves."""
    return list(WaitCurve.objects.order_by("pk").values_list("pk", RawSQL("ctid::text", ())))


def test_a_curve_that_stays_as_it_is_is_not_written_again() -> None:
    agency = AgencyFactory()
    tell(agency)
    recompute_all()
    before = places()
    recompute_all()
    assert places() == before
    waited(agency, 5)
    recompute_all()
    moved = [curve for curve, place in places() if (curve, place) not in before]
    assert moved == [curve_of(agency).pk, curve_of(None).pk]


def test_more_agencies_than_one_batch_holds_are_all_recomputed() -> None:
    names = [f"viele-{number}" for number in range(BATCH + 1)]
    agencies = Agency.objects.bulk_create(Agency(name=name, slug=name) for name in names)
    AgencyScore.objects.bulk_create(AgencyScore(agency=agency) for agency in agencies)
    mark_stale(agency.pk for agency in agencies)
    assert recompute_stale() == BATCH + 1
    assert not AgencyScore.objects.stale().exists()


def test_nothing_to_recompute_and_unknown_agencies_are_no_error() -> None:
    assert (recompute([]), recompute([0]), recompute_stale()) == (0, 0, 0)


# ---- night and week --------------------------------------------------------------------------------------


def busy_agencies(count: int = 4) -> list[Agency]:
    agencies: list[Agency] = [AgencyFactory() for _ in range(count)]
    for number, agency in enumerate(agencies):
        for review in range(3 + 2 * number):
            waited(
                agency,
                2 * review,
                review=rated(agency, 1 + review % 5, days_ago=60 * review, proven=review % 2 == 0),
            )
    return agencies


@pytest.mark.parametrize("days", [1, 40, 700])
def test_ageing_is_the_same_as_recomputing_everything(noon: time_machine.Traveller, days: int) -> None:
    agencies = busy_agencies()
    recompute(agency.pk for agency in agencies)
    noon.shift(timedelta(days=days))
    age_scores()
    aged = numbers(*agencies)
    recompute(agency.pk for agency in agencies)
    assert_same(aged, numbers(*agencies))
    assert score_of(agencies[0]).as_of == TODAY + timedelta(days=days)


def test_ageing_reads_no_review_while_no_wait_has_left_the_window(noon: time_machine.Traveller) -> None:
    agencies = busy_agencies()
    recompute(agency.pk for agency in agencies)
    noon.shift(timedelta(days=1))
    with CaptureQueriesContext(connection) as queries:
        assert age_scores() == 0
    stars = [
        query["sql"]
        for query in queries
        if "reviews_review" in query["sql"] and "journeys_interview" not in query["sql"]
    ]
    assert stars == []


def test_a_score_grows_stale_with_age_until_it_is_no_longer_shown(noon: time_machine.Traveller) -> None:
    agency = AgencyFactory()
    for _ in range(5):
        rated(agency, 5)
    recompute([agency.pk])
    before = score_of(agency)
    assert before.is_shown
    noon.shift(timedelta(days=3 * 365))
    age_scores()
    after = score_of(agency)
    assert not after.is_shown
    assert after.mean < before.mean
    assert after.version > before.version


def test_a_wait_that_leaves_the_window_at_night_leaves_the_curve(noon: time_machine.Traveller) -> None:
    agency = AgencyFactory()
    waited(agency, 3, held_on=TODAY - timedelta(days=365))
    waited(agency, 3, held_on=TODAY - timedelta(days=30))
    recompute([agency.pk])
    assert score_of(agency).waits == 2
    noon.shift(timedelta(days=400))
    assert age_scores() == 1
    assert (score_of(agency).waits, curve_of(agency).waits) == (1, 1)


LEAP = date(2026, 2, 27)
"""Two years later than the last days of a February with 29 days."""


@pytest.mark.parametrize(
    ("day", "nights", "leaving"),
    [
        (TODAY, [1], [0]),
        (TODAY, [1, 1], [0, 1]),
        (TODAY, [3], [0, 1, 2]),
        (TODAY, [1, 4], [0, 1, 2, 3, 4]),
        (LEAP, [2], [0, 1, 2]),
        (LEAP, [1, 1], [0, 1, 2]),
    ],
)
def test_a_wait_counts_to_the_last_day_of_its_24_months_and_then_one_night_takes_it(
    noon: time_machine.Traveller, day: date, nights: list[int], leaving: list[int]
) -> None:
    noon.move_to(datetime.combine(day, time(12), UTC))
    first = window_start(day)
    agencies = [AgencyFactory() for _ in range(8)]
    for number, agency in enumerate(agencies):
        waited(agency, 3, held_on=first + timedelta(days=number), told_on=day)
    recompute(agency.pk for agency in agencies)
    assert {score_of(agency).waits for agency in agencies} == {1}
    refreshed = 0
    for days in nights:
        noon.shift(timedelta(days=days))
        refreshed += age_scores()
    assert refreshed == len(leaving)
    assert [number for number, agency in enumerate(agencies) if not score_of(agency).waits] == leaving
    assert age_scores() == 0


def test_what_was_computed_by_day_is_not_refreshed_for_what_left_before(noon: time_machine.Traveller) -> None:
    early, late = AgencyFactory(), AgencyFactory()
    for agency in (early, late):
        waited(agency, 3, held_on=window_start(TODAY))
    recompute_all()
    noon.shift(timedelta(days=1))
    recompute([early.pk])
    assert age_scores() == 1
    assert (score_of(early).waits, score_of(late).waits) == (0, 0)


def test_market_values_pool_all_counted_reviews_without_the_prior() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    rated(first, 5)
    rated(second, 2, days_ago=365)
    rated(second, 1, status=Status.WITHDRAWN)
    recompute([first.pk, second.pk])
    recompute_market()
    market = MarketScore.objects.get(criterion="overall")
    assert (market.n, market.as_of) == (2, TODAY)
    assert market.mean == pytest.approx((5 + 0.5 * 2) / 1.5)
    assert market.weight == pytest.approx(1.5)
    assert MarketScore.objects.count() == 1 + len(CODES)


def test_the_market_forgets_a_criterion_that_nobody_rates_any_more() -> None:
    agency = AgencyFactory()
    review = rated(agency, 5)
    recompute_all()
    Review.objects.filter(pk=review.pk).update(terms=None)
    recompute_all()
    assert not MarketScore.objects.filter(criterion="terms").exists()


def test_the_market_curve_is_that_of_all_waits_together() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    tell(first)
    tell(second, [(person, 12, WaitEnd.ANSWERED) for person in range(3)])
    recompute([first.pk, second.pk])
    recompute_market()
    waits = [Wait(day, Ending(end), person) for person, day, end in TOLD]
    expected = Curve.of([*waits, *(Wait(12, Ending.ANSWERED, ("second", person)) for person in range(3))])
    assert Curve.from_json(curve_of(None).curve) == expected
    recompute_market()
    assert WaitCurve.objects.filter(agency=None).count() == 4


def test_recomputing_everything_finds_what_changed_without_a_mark_and_repairs_it() -> None:
    agency, other = busy_agencies(2)
    recompute_all()
    CriterionScore.objects.filter(agency=agency, criterion="terms").update(sum_gvx=99.0)
    Interview.objects.filter(journey__review__agency=other).update(wait_days=1)
    with capture_logs() as logs:
        recompute_all()
    drifted = [(line["agency"], line["part"]) for line in logs if line["log_level"] == "error"]
    assert drifted == [(agency.pk, "terms"), (other.pk, "interview")]
    with capture_logs() as logs:
        recompute_all()
    assert logs == []


def test_a_marked_row_is_no_drift() -> None:
    (agency,) = busy_agencies(1)
    recompute_all()
    rated(agency, 1)
    mark_stale([agency.pk])
    with capture_logs() as logs:
        recompute_all()
    assert logs == []
    assert score_of(agency).n == Review.objects.filter(agency=agency, status__in=COUNTED).count()
