"""Which parts of a score may be shown, and the score as if outcomes were mixed as elsewhere."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.scoring import FORMULA, Sums, is_segment_shown, safe_segments, standardised, summarise
from tests.reviews.exact import PRIOR, M

LEAST = FORMULA.min_segment_persons

divisions = st.lists(st.integers(1, 14), max_size=7).map(
    lambda counts: dict(zip("abcdefg", counts, strict=False))
)
untold = st.integers(0, 7)


def sums_of_shown(persons: Mapping[str, int], shown: set[str]) -> set[int]:
    """How many persons each choice of shown parts tells of."""
    choices = chain.from_iterable(combinations(sorted(shown), size) for size in range(len(shown) + 1))
    return {sum(persons[part] for part in choice) for choice in choices}


@pytest.mark.parametrize(
    ("persons", "rest", "shown"), [(5, 0, True), (5, 5, True), (5, 4, False), (4, 9, False)]
)
def test_a_segment_is_shown_only_if_nobody_can_be_told_by_subtraction(
    persons: int, rest: int, shown: bool
) -> None:
    assert is_segment_shown(persons, rest) is shown


@given(divisions, untold)
def test_nothing_about_a_few_persons_follows_from_what_is_shown(persons: dict[str, int], untold: int) -> None:
    total = sum(persons.values()) + untold
    for told in sums_of_shown(persons, safe_segments(persons, total)):
        assert told == 0 or told >= LEAST
        assert total == told or total - told >= LEAST or total < LEAST


@given(divisions, untold)
def test_no_more_is_hidden_than_must_be(persons: dict[str, int], untold: int) -> None:
    """At most one part that could stand alone, the smallest, and only if the others would give a few persons away."""
    total = sum(persons.values()) + untold
    alone = {part for part, count in persons.items() if is_segment_shown(count, total - count)}
    shown = safe_segments(persons, total)
    assert shown <= alone
    left = total - sum(persons[part] for part in alone)
    if (hidden := alone - shown) and alone:
        assert 0 < left < LEAST
        assert [persons[part] for part in hidden] == [min(persons[part] for part in alone)]


@pytest.mark.parametrize(
    ("persons", "total", "shown"),
    [
        ({"a": 10, "b": 8, "c": 3}, 21, {"a"}),  # c would be 21 - 10 - 8
        ({"a": 10, "b": 8, "c": 3, "d": 2}, 23, {"a", "b"}),  # the hidden ones are five together
        ({"a": 10, "b": 10}, 23, {"a"}),  # three told nothing; of equals the last by name is hidden
        ({"a": 10, "b": 10}, 20, {"a", "b"}),
        ({"a": 7}, 7, {"a"}),
        ({"a": 7, "b": 2}, 9, set()),
        ({"a": 3}, 3, set()),
        ({}, 0, set()),
    ],
)
def test_what_is_left_over_needs_five_persons_too(
    persons: dict[str, int], total: int, shown: set[str]
) -> None:
    assert safe_segments(persons, total) == shown


# ---- outcomes ----------------------------------------------------------------------------------------------

EXACT_MEAN = sum(stars * share for stars, share in PRIOR.items())

weighted_reviews = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 40)), min_size=LEAST, max_size=12
)  # stars and weight


def sums(reviews: Sequence[tuple[int, int]]) -> Sums:
    gv, gvx, gvxx = (float(sum(weight * stars**power for stars, weight in reviews)) for power in range(3))
    return Sums(len(reviews), gv, gvx, gvxx)


def alike(stars: int, n: int) -> Sums:
    return sums([(stars, 1)] * n)


def test_the_standardised_score_mixes_outcomes_as_the_platform_does() -> None:
    parts = {"hired": alike(5, 20), "refused": alike(2, 5)}
    own = (5 * 100 + 2 * 300) / 400
    expected = (6 * 3.4 + 25 * own) / (6 + 25)
    assert standardised(parts, {"hired": 100, "refused": 300}, weight=25) == pytest.approx(expected)


def test_the_standardised_score_needs_five_persons_in_each_outcome_that_occurs() -> None:
    parts = {"hired": alike(5, 20), "refused": alike(2, 4)}
    assert standardised(parts, {"hired": 1, "refused": 1}, weight=24) is None
    assert standardised(parts, {"hired": 1, "pending": 1}, weight=24) is None
    assert standardised(parts, {"hired": 1, "refused": 0}, weight=20) is not None
    assert standardised(parts, {}, weight=24) is None


@given(st.lists(st.tuples(weighted_reviews, st.integers(0, 10**6)), min_size=1, max_size=6))
def test_the_standardised_score_agrees_with_fractions(outcomes: list[Any]) -> None:
    parts = {str(number): sums(reviews) for number, (reviews, _count) in enumerate(outcomes)}
    platform = {str(number): count for number, (_reviews, count) in enumerate(outcomes)}
    weight = sum(weight for reviews, _count in outcomes for _stars, weight in reviews)
    total = sum(platform.values())
    if not total:
        assert standardised(parts, platform, weight=weight) is None
        return
    shares = (
        Fraction(platform[key], total) * Fraction(parts[key].gvx) / Fraction(parts[key].gv) for key in parts
    )
    exact = (M * EXACT_MEAN + weight * sum(shares)) / (M + weight)
    assert standardised(parts, platform, weight=weight) == pytest.approx(float(exact), abs=1e-12)


@given(st.lists(weighted_reviews, min_size=1, max_size=6))
def test_an_agency_mixed_like_the_platform_keeps_its_score(outcomes: list[list[tuple[int, int]]]) -> None:
    parts = {str(number): sums(reviews) for number, reviews in enumerate(outcomes)}
    platform = {outcome: int(part.gv) for outcome, part in parts.items()}
    whole = sums([review for reviews in outcomes for review in reviews])
    score = summarise(whole, today=FORMULA.epoch)
    assert standardised(parts, platform, weight=score.weight) == pytest.approx(score.mean, abs=1e-12)
