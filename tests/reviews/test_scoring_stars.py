from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.criteria import CODES
from reviews.scoring import (
    CRITERIA,
    FORMULA,
    Rating,
    Score,
    Sums,
    difference,
    growth,
    is_rateable,
    is_reliable,
    is_shown,
    market_mean,
    missing,
    order_key,
    overall,
    overall_stars,
    period,
    proof_weight,
    score_ratings,
    summarise,
)
from tests.reviews.exact import ExactScore

TODAY = date(2026, 11, 22)

ratings = st.builds(Rating, stars=st.integers(1, 5), age_days=st.integers(0, 3000), proven=st.booleans())


def sums_by_publication(reviews: Sequence[Rating], today: date) -> Sums:
    """What the database would add up: from days of publication, knowing nothing of ages."""
    terms = [
        (growth(today - timedelta(days=review.age_days)) * proof_weight(proven=review.proven), review.stars)
        for review in reviews
    ]
    moments = (sum(gv * stars**power for gv, stars in terms) for power in range(3))
    return Sums(len(reviews), *moments)


def score(mean: float, *, spread: float = 0.3, n: int = 10, weight: float = 5.0) -> Score:
    return Score(n, weight, mean, spread, lower=mean - 0.5, upper=mean + 0.5)


@pytest.mark.parametrize(
    ("reviews", "mean", "lower"),
    [
        ([], 3.400000, 2.538476),
        ([Rating(5, 0)], 3.628571, 2.814508),
        ([Rating(5, 0)] * 5, 4.127273, 3.511407),
        ([Rating(5, 730, proven=False)] * 12, 3.814815, 3.060418),
        (
            [
                Rating(1, 10),
                Rating(2, 40, proven=False),
                Rating(4, 400, proven=False),
                Rating(3, 90),
                Rating(5, 700, proven=False),
                Rating(1, 5, proven=False),
            ],
            2.907022,
            2.168879,
        ),
    ],
    ids=["no review", "one 5 today", "five 5s today", "twelve old 5s", "six mixed"],
)
def test_the_published_check_values_come_out(reviews: list[Rating], mean: float, lower: float) -> None:
    for result in (score_ratings(reviews), summarise(sums_by_publication(reviews, TODAY), today=TODAY)):
        assert result.mean == pytest.approx(mean, abs=5e-7)
        assert result.lower == pytest.approx(lower, abs=5e-7)
        assert result.n == len(reviews)


def test_the_published_constants_are_those_of_version_1() -> None:
    assert FORMULA.version == 1
    assert FORMULA.prior_mean == 3.4
    assert FORMULA.prior_square == 13.48
    assert (FORMULA.prior_weight, FORMULA.z, FORMULA.half_life_days) == (6, 1.645, 365)
    assert sum(FORMULA.prior_percent) == 100


def test_growth_doubles_every_365_days_from_the_epoch() -> None:
    assert growth(date(2024, 1, 1)) == 1
    assert growth(date(2024, 12, 31)) == 2
    assert growth(date(2023, 1, 1)) == 0.5
    assert growth(date(2024, 1, 2)) == pytest.approx(2 ** (1 / 365), abs=1e-15)


@given(st.lists(ratings, max_size=30), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_ageing_factors_out_of_the_sums(reviews: list[Rating], today: date) -> None:
    weighted = [(0.5 ** (r.age_days / 365) * (1.0 if r.proven else 0.7), r.stars) for r in reviews]
    weight = sum(w for w, _ in weighted)
    for result in (summarise(sums_by_publication(reviews, today), today=today), score_ratings(reviews)):
        assert result.weight == pytest.approx(weight, abs=1e-9)
        assert result.mean == pytest.approx((20.4 + sum(w * x for w, x in weighted)) / (6 + weight), abs=1e-9)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5), st.booleans()), max_size=20))
def test_the_score_agrees_with_the_exact_reference(reviews: list[tuple[int, int, bool]]) -> None:
    """Ages are whole half-lives here, so every weight is a fraction."""
    result = score_ratings(Rating(stars, 365 * years, proven) for stars, years, proven in reviews)
    weights = [Fraction(10 if proven else 7, 10 * 2**years) for _, years, proven in reviews]
    exact = ExactScore([(weight, stars) for weight, (stars, _, _) in zip(weights, reviews, strict=True)])
    margin = 1.645 * sqrt(exact.squared_spread)
    assert result.weight == pytest.approx(float(exact.weight), abs=1e-12)
    assert result.mean == pytest.approx(float(exact.mean), abs=1e-12)
    assert result.spread == pytest.approx(sqrt(exact.squared_spread), abs=1e-12)
    assert result.lower == pytest.approx(max(1, exact.mean - margin), abs=1e-12)
    assert result.upper == pytest.approx(min(5, exact.mean + margin), abs=1e-12)


@given(st.lists(ratings, max_size=50))
def test_the_interval_holds_the_mean_and_stays_on_the_scale(reviews: list[Rating]) -> None:
    result = score_ratings(reviews)
    assert 1 <= result.lower < result.mean < result.upper <= 5


@given(st.lists(ratings, min_size=1, max_size=20), st.data())
def test_a_better_review_never_lowers_the_mean(reviews: list[Rating], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(reviews) - 1))
    better = list(reviews)
    better[index] = better[index]._replace(stars=5)
    assert score_ratings(better).mean >= score_ratings(reviews).mean


def test_a_score_returns_to_the_prior_while_no_review_arrives() -> None:
    sums = sums_by_publication([Rating(5, 0)] * 20, TODAY)
    means = [summarise(sums, today=TODAY + timedelta(days=365 * years)).mean for years in range(12)]
    assert means == sorted(means, reverse=True)
    assert means[-1] == pytest.approx(3.4, abs=0.01)
    assert summarise(sums, today=TODAY + timedelta(days=365)).weight == pytest.approx(10)


@pytest.mark.parametrize(
    ("n", "weight", "shown"), [(5, 1.0, True), (4, 4.0, False), (5, 0.99, False), (0, 0.0, False)]
)
def test_a_score_is_shown_from_five_persons_and_weight_one(n: int, weight: float, shown: bool) -> None:
    assert is_shown(n, weight) is shown
    assert score(4.0, n=n, weight=weight).is_shown is shown


def test_the_missing_reviews_are_counted_down_to_zero() -> None:
    assert [missing(n) for n in (0, 3, 5, 9)] == [5, 2, 0, 0]
    assert score(4.0, n=3).missing == 2


def test_old_reviews_are_enough_persons_but_too_light() -> None:
    old = score_ratings([Rating(4, 1200)] * 5)
    assert not old.is_shown
    assert old.missing == 0


def test_agencies_sort_by_lower_bound_then_voices_then_name_with_unrated_ones_last() -> None:
    agencies = [
        ("Kaum bewertet", score(5.0, n=2)),
        ("Fast bewertet", score(2.0, n=4)),
        ("Zebra", score(4.0, n=10)),
        ("Ahorn", score(4.0, n=10)),
        ("Viele", score(4.0, n=30)),
        ("Beste", score(4.5, n=6)),
    ]
    ordered = sorted(agencies, key=lambda agency: order_key(agency[1], agency[0]))
    assert [name for name, _ in ordered] == [
        "Beste",
        "Viele",
        "Ahorn",
        "Zebra",
        "Fast bewertet",
        "Kaum bewertet",
    ]


def test_one_enthusiast_does_not_overtake_many_content_people() -> None:
    many, one_week_old = score_ratings([Rating(4, 30)] * 40), score_ratings([Rating(5, 7)] * 5)
    assert order_key(many, "B") < order_key(one_week_old, "A")


def test_the_market_mean_knows_no_prior() -> None:
    assert market_mean(sums_by_publication([Rating(5, 0), Rating(2, 0)], TODAY)) == pytest.approx(3.5)
    assert market_mean(Sums()) is None


def test_the_period_runs_from_the_first_to_the_last_month() -> None:
    days = [date(2025, 3, 9), date(2024, 11, 30), date(2026, 1, 2)]
    assert period(days) == (date(2024, 11, 1), date(2026, 1, 1))
    assert period([]) is None


def test_a_difference_is_the_normal_probability_of_the_distance_in_joint_spreads() -> None:
    probability = difference(score(4.0, spread=0.3), score(3.5, spread=0.4))
    assert probability == pytest.approx(0.841345, abs=1e-6)
    assert not is_reliable(probability)
    assert is_reliable(difference(score(4.2, spread=0.3), score(3.5, spread=0.4)))
    assert is_reliable(0.9)


@given(st.floats(1, 5), st.floats(1, 5), st.floats(0, 2), st.floats(0, 2))
def test_a_difference_is_the_same_both_ways_and_never_below_a_half(
    mean: float, other: float, spread: float, other_spread: float
) -> None:
    a, b = score(mean, spread=spread), score(other, spread=other_spread)
    assert difference(a, b) == difference(b, a)
    assert 0.5 <= difference(a, b) <= 1
    assert difference(a, a) == 0.5


def test_numbers_without_spread_differ_for_certain_or_not_at_all() -> None:
    assert difference(score(4.0, spread=0), score(3.0, spread=0)) == 1
    assert difference(score(4.0, spread=0), score(4.0, spread=0)) == 0.5


def test_the_nine_criteria_of_the_formula_are_those_that_are_asked() -> None:
    assert len(set(CRITERIA)) == 9
    assert CRITERIA == CODES


def test_a_review_needs_feedback_and_two_more_criteria() -> None:
    assert is_rateable({"feedback": 1, "honesty": 5, "terms": 3, "respect": None})
    assert not is_rateable({"feedback": 1, "honesty": 5, "terms": None})
    assert not is_rateable({"respect": 1, "honesty": 5, "terms": 2, "feedback": None})
    assert not is_rateable({"feedback": 1, "honesty": 5, "weather": 3})


def test_the_overall_value_is_the_plain_mean_of_what_was_answered() -> None:
    answers = {"feedback": 1, "honesty": 5, "terms": 3, "respect": 5, "support": None}
    assert overall(answers) == 3.5
    assert overall_stars(answers) == 4


@given(st.dictionaries(st.sampled_from(CRITERIA), st.integers(1, 5), min_size=1))
def test_the_histogram_rounds_half_up_without_float_errors(answers: dict[str, int]) -> None:
    exact = Fraction(sum(answers.values()), len(answers))
    assert overall_stars(answers) == (exact + Fraction(1, 2)).__floor__()


def test_a_review_without_any_answer_has_no_overall_value() -> None:
    for value in (overall, overall_stars):
        with pytest.raises(ValueError, match="without any answer"):
            value({"feedback": None})
