import json
from math import sqrt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agencies.tenths import Tenths, of_ten
from reviews.scoring import (
    Curve,
    Ending,
    RiskDay,
    Wait,
    difference,
    dots,
    headline,
    is_reliable,
    outlook,
    risk_days,
)
from tests.reviews.exact import ExactCurve, parse_waits
from tests.verify.lifelines_says import STORED

SMALL = "1 2 3 5 6 9 14+ 14+ 30+ 30+"
FREIREICH = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
COMPETING = "2 3w 3 5 8w 8+ 10 14 21w 30+ 30+ 30+"
LATE_ENTRY = "4 7 9+@5 12 15@9 20+@3 30+ 30+@10"
DAY_ZERO = "0 3@3 5 7+ 14+ 30+"

wait_lists = st.lists(
    st.builds(
        Wait,
        day=st.integers(0, 40),
        ending=st.sampled_from(Ending),
        person=st.integers(1, 8),
        entry=st.one_of(st.just(0), st.integers(0, 20)),
    ),
    min_size=1,
    max_size=14,
).map(lambda waits: [wait._replace(entry=min(wait.entry, wait.day)) for wait in waits])


def curve(text: str) -> Curve:
    return Curve.of(parse_waits(text))


# The estimate


@pytest.mark.parametrize(
    ("waits", "answered", "interval", "rmst30"),
    [
        (SMALL, (0.5, 0.6, 0.6), (0.309372, 0.800581), 14.6),
        (FREIREICH, (0.193277, 0.309804, 0.551821), (0.149368, 0.485682), 21.046499),
        (COMPETING, (0.25, 0.444444, 0.444444), (0.200873, 0.663847), 19.833333),
        (LATE_ENTRY, (0.36, 0.488, 0.616), (0.161791, 0.753831), 16.896),
        (DAY_ZERO, (0.52, 0.52, 0.52), (0.170782, 0.785093), 15.68),
    ],
    ids=["small", "Freireich 1963", "competing", "late entry", "day zero"],
)
def test_the_published_check_values_come_out(
    waits: str, answered: tuple[float, ...], interval: tuple[float, float], rmst30: float
) -> None:
    result = curve(waits)
    assert [result.at(day).answered for day in (7, 14, 30)] == pytest.approx(answered, abs=5e-7)
    assert (result.at(14).lower, result.at(14).upper) == pytest.approx(interval, abs=5e-7)
    assert result.rmst30 == pytest.approx(rmst30, abs=5e-7)


def test_the_published_shares_still_waiting_come_out() -> None:
    freireich = curve(FREIREICH)
    shares = [freireich.at(day).waiting for day in (7, 10, 23)]
    assert shares == pytest.approx([0.8067, 0.7529, 0.4482], abs=5e-5)
    assert curve(COMPETING).at(30).waiting == pytest.approx(0.291667, abs=5e-7)
    assert curve(DAY_ZERO).at(0).answered == pytest.approx(0.2)


def test_the_median_is_the_day_by_which_half_were_answered() -> None:
    assert curve(SMALL).median == 6
    assert curve(COMPETING).median is None


def test_a_median_is_not_missed_by_the_rounding_of_floats() -> None:
    result = curve("1 2 3 4 5 " + "40+ " * 5)
    assert result.at(5).answered < 0.5, "the floats fall just short, else this tests nothing"
    assert result.median == 5


@given(wait_lists, st.integers(0, 45))
def test_the_curve_agrees_with_the_exact_reference_on_every_day(waits: list[Wait], day: int) -> None:
    point, exact = Curve.of(waits).at(day), ExactCurve(waits)
    assert point.answered == pytest.approx(float(exact.answered(day)), abs=1e-12)
    assert point.waiting == pytest.approx(float(exact.waiting(day)), abs=1e-12)
    assert point.variance == pytest.approx(float(exact.variance(day)), abs=1e-12)
    assert point.at_risk == len(exact.at_risk(day))
    assert point.persons == len({wait.person for wait in exact.at_risk(day)})
    assert (point.lower, point.upper) == pytest.approx(tuple(map(float, exact.interval(day))), abs=1e-9)


@pytest.mark.parametrize(("waits", "said"), json.loads(STORED.read_text(encoding="utf-8")).items())
def test_the_curve_is_the_one_that_lifelines_draws(waits: str, said: list[list[float]]) -> None:
    """Stored from its AalenJohansenFitter; `make verify` asks it again, about many more."""
    for day, *numbers in said:
        point = curve(waits).at(int(day))
        ours = (point.answered, point.variance, point.lower, point.upper)
        assert ours == pytest.approx(numbers, abs=1e-6)


@given(wait_lists)
def test_mean_wait_and_median_agree_with_the_exact_reference(waits: list[Wait]) -> None:
    result, exact = Curve.of(waits), ExactCurve(waits)
    assert result.rmst30 == pytest.approx(float(exact.rmst(30)), abs=1e-9)
    assert result.median == exact.median()
    assert result.waits == len(waits)


@given(wait_lists)
def test_the_curve_never_falls_and_its_interval_holds_it(waits: list[Wait]) -> None:
    points = [Curve.of(waits).at(day) for day in range(45)]
    assert [p.answered for p in points] == sorted(p.answered for p in points)
    for point in points:
        assert 0 <= point.lower <= point.answered <= point.upper <= 1
        assert point.answered + point.waiting + point.withdrawn == pytest.approx(1)


@given(wait_lists)
def test_where_nobody_withdraws_the_curve_is_one_minus_kaplan_meier(waits: list[Wait]) -> None:
    result = Curve.of(wait for wait in waits if wait.ending is not Ending.WITHDRAWN)
    for point in result.points:
        assert point.answered == pytest.approx(1 - point.waiting, abs=1e-12)


@given(wait_lists)
def test_the_order_of_the_waits_does_not_matter(waits: list[Wait]) -> None:
    assert Curve.of(waits) == Curve.of(reversed(waits))


@given(st.integers(1, 40))
def test_an_agency_that_answered_all_keeps_an_honest_lower_bound(waits: int) -> None:
    point = curve("3 " * waits).at(14)
    assert (point.answered, point.upper) == (1, 1)
    assert point.lower == pytest.approx(0.05 ** (1 / waits))


@given(st.integers(1, 40))
def test_an_agency_that_answered_none_keeps_an_honest_upper_bound(waits: int) -> None:
    point = curve("30+ " * waits).at(14)
    assert (point.answered, point.lower) == (0, 0)
    assert point.upper == pytest.approx(1 - 0.05 ** (1 / waits))


def test_a_curve_without_waits_knows_nothing() -> None:
    empty = Curve.of([])
    assert (empty.at(14).answered, empty.at(14).lower, empty.at(14).upper) == (0, 0, 1)
    assert (empty.waits, empty.missing, empty.shown_until, empty.shown(0)) == (0, 8, -1, None)
    assert dots(empty) is None


# Risk sets


def test_events_of_a_day_come_before_its_censorings() -> None:
    assert curve("5 5+").at(5).answered == 0.5
    assert curve("6 5+").at(6).answered == 1


def test_a_wait_is_at_risk_from_its_entry_to_its_ending_both_included() -> None:
    assert risk_days(parse_waits("4 6+@4 9w@5")) == (
        RiskDay(0, at_risk=1, persons=1),
        RiskDay(4, at_risk=2, persons=2, answered=1),
        RiskDay(5, at_risk=2, persons=2),
        RiskDay(6, at_risk=2, persons=2, silent=1),
        RiskDay(7, at_risk=1, persons=1),
        RiskDay(9, at_risk=1, persons=1, withdrawn=1),
        RiskDay(10, at_risk=0, persons=0),
    )


def test_a_wait_that_ended_before_its_entry_is_left_out() -> None:
    assert curve("3@4 5 6").waits == 2
    assert curve("3@4 5 6").points == curve("5 6").points


def test_a_wait_logged_before_its_interview_is_at_risk_from_day_zero() -> None:
    assert Curve.of([Wait(3, Ending.ANSWERED, "a", entry=-5)]) == Curve.of([Wait(3, Ending.ANSWERED, "a")])


def test_a_wait_cannot_end_before_its_interview() -> None:
    with pytest.raises(ValueError, match="day -1"):
        Curve.of([Wait(-1, Ending.ANSWERED, "a", entry=-2)])


def test_two_waits_of_one_person_are_one_person_at_risk() -> None:
    waits = [Wait(5, Ending.SILENT, "a"), Wait(8, Ending.SILENT, "a"), Wait(8, Ending.SILENT, "b")]
    result = Curve.of(waits)
    assert [(result.at(day).at_risk, result.at(day).persons) for day in (5, 6, 9)] == [(3, 2), (2, 2), (0, 0)]
    assert (result.waits, result.persons) == (3, 2)


@given(wait_lists)
def test_a_stored_curve_is_the_same_curve(waits: list[Wait]) -> None:
    original = Curve.of(waits)
    stored = {"days": original.days, "persons": original.persons, "early_persons": original.early_persons}
    restored = Curve.from_json(json.loads(json.dumps(stored)))
    assert restored == original
    assert restored.points == original.points
    assert headline(restored) == headline(original)


def test_before_anybody_is_watched_nothing_is_known_but_the_number_of_waits() -> None:
    point = curve("20+@2 " * 8).at(1)
    assert (point.answered, point.waiting, point.at_risk) == (0, 1, 0)
    assert point.upper == pytest.approx(1 - 0.05 ** (1 / 8))


def test_a_point_names_the_day_it_was_asked_for() -> None:
    assert [curve(SMALL).at(day).day for day in (0, 7, 90)] == [0, 7, 90]


def test_a_page_draws_a_curve_only_as_far_as_it_may_be_shown() -> None:
    known = curve("1 1 2 3 4 20+ 21+ 22+ 30 40+")
    assert known.shown_until == 22
    assert [step[0] for step in known.shown_steps] == [1, 2, 3, 4]
    assert known.shown_steps[0][1] == pytest.approx(0.2)
    assert headline(known).day14.answered == pytest.approx(0.5)
    assert headline(known).day30 is None
    assert curve("1 2 3").shown_steps == ()
    assert curve("1 2 3").shown_until == -1


@given(wait_lists)
def test_only_the_rises_are_drawn(waits: list[Wait]) -> None:
    heights = [0.0, *(point.answered for point in Curve.of(waits).steps)]
    assert heights == sorted(set(heights))


# What may be shown


def test_a_curve_is_shown_from_eight_waits_of_five_persons() -> None:
    def missing(waits: int, persons: int) -> int:
        return Curve.of(Wait(20, Ending.SILENT, number % persons) for number in range(waits)).missing

    assert (missing(8, 5), missing(8, 8), missing(30, 5)) == (0, 0, 0)
    assert (missing(7, 5), missing(8, 4), missing(8, 1), missing(2, 2)) == (1, 1, 4, 6)


def test_only_waits_watched_from_day_three_on_make_a_curve_shown() -> None:
    assert curve("20+@3 " * 8).is_shown
    late = curve("20+@3 " * 6 + "20+@4 " * 6)
    assert (late.waits, late.persons, late.missing) == (12, 12, 2)
    assert late.shown(14) is None


def test_persons_watched_only_late_do_not_help_to_show_a_curve() -> None:
    early = [Wait(20, Ending.SILENT, number % 4) for number in range(8)]
    late = [Wait(20, Ending.SILENT, "late", entry=4), Wait(20, Ending.SILENT, "later", entry=9)]
    assert Curve.of([*early, *late]).missing == 1


def test_a_curve_is_shown_up_to_the_last_day_with_three_persons_at_risk() -> None:
    result = curve("1 2 3 4 5 20+ 21+ 22+ 40+ 40+")
    assert result.shown_until == 22
    assert result.shown(22) == result.at(22)
    assert result.shown(23) is None


def test_an_agency_that_answered_nearly_all_shows_its_number_up_to_the_first_wait_lost_sight_of() -> None:
    """Two silent waits of day 60 leave nothing to estimate before it: what happened until then is counted."""
    result = curve("1 2 2 3 4 4 5 6 60+ 61+")
    assert result.shown_until == 60
    assert result.shown(30) == result.at(30)
    assert result.at(30).answered == pytest.approx(0.8)


def test_with_late_entry_three_persons_stay_the_limit() -> None:
    result = curve("1 2 2 3 4 4 5 6 7@1 60+ 61+")
    assert result.shown_until == 7


def test_all_answered_is_no_proof_of_being_better_than_nearly_all() -> None:
    """17 of 17 against 47 of 50: the variance of the first is 0, but it might have been 16 of 17."""
    perfect = curve("3 " * 17).at(30)
    nearly = curve("3 " * 47 + "60+ " * 3).at(30)
    assert (perfect.answered, perfect.variance) == (1, 0)
    assert not is_reliable(difference(perfect, nearly))
    assert is_reliable(difference(perfect, curve("3 " * 8 + "60+ " * 9).at(30)))


def test_nobody_answered_is_worse_than_half() -> None:
    assert is_reliable(difference(curve("60+ " * 12).at(30), curve("3 " * 10 + "60+ " * 10).at(30)))
    assert not is_reliable(difference(curve("60+ " * 9).at(30), curve("3 " + "60+ " * 9).at(30)))


def test_one_person_with_many_waits_does_not_carry_a_curve_on() -> None:
    waits = [*parse_waits("1 2 3 4 5+ 6+"), *(Wait(60, Ending.SILENT, "one") for _ in range(5))]
    assert Curve.of(waits).is_shown
    assert Curve.of(waits).shown_until == 5


def test_once_all_are_resolved_the_whole_curve_is_known() -> None:
    result = curve("1 2 2 3 4 5 6w 25")
    assert result.shown_until is None
    assert curve("0 " * 8).shown_until is None
    point = result.shown(30)
    assert point is not None
    assert point.answered == pytest.approx(7 / 8)


def test_once_all_who_are_left_are_resolved_the_rest_of_the_curve_is_known() -> None:
    assert curve("1 2 2 3 4+ 9 9 9").shown_until is None
    assert curve("1 2 2 3 4+ 9 9 9 10").shown_until == 9


def test_one_early_answer_does_not_speak_for_those_who_are_watched_later() -> None:
    """The first wait alone is at risk on day 0 and drives the estimate to 1."""
    hasty = curve("0 " + "30+@1 " * 9)
    assert hasty.at(14).answered == 1
    assert hasty.shown(0) is None
    assert hasty.shown(14) is None
    assert dots(hasty) is None
    assert curve("0 0 0 " + "30+@1 " * 9).shown(14) is None
    assert curve("0 30+ " + "30+@1 " * 9).shown(14) is None
    assert curve("0 30+ 30+ " + "30+@1 " * 9).shown(14) is not None
    assert curve("1 " + "30+@1 " * 9).shown(14) is not None


def test_the_headline_leaves_out_what_is_not_known_yet() -> None:
    result = headline(curve("1 2 3 4 5 20+ 21+ 22+ 40+ 40+"))
    assert result.day14 is not None
    assert result.day14.answered == pytest.approx(0.5)
    assert (result.day30, result.rmst30, result.median) == (None, None, 5)


def test_a_median_beyond_the_last_known_day_is_not_shown() -> None:
    waits = curve("1 2 3 4 9+ 9+ 9+ 9+ 12 13")
    assert waits.median == 12
    assert headline(waits).median is None


def test_the_headline_of_a_known_curve_is_complete() -> None:
    result = headline(curve(FREIREICH))
    assert result.day7 is not None
    assert result.day30 is not None
    assert result.day30.waiting == pytest.approx(0.448179, abs=5e-7)
    assert result.rmst30 == pytest.approx(21.046499, abs=5e-7)
    assert result.median == 23


def test_too_few_waits_have_no_headline() -> None:
    result = headline(curve(LATE_ENTRY))
    assert (result.day7, result.day14, result.day30, result.rmst30, result.median) == (None,) * 5


# Is it worth waiting?


@pytest.mark.parametrize("silent_days", [0, 7, 14, 22])
def test_the_chance_after_silent_days_is_that_of_those_still_waiting(silent_days: int) -> None:
    whole = curve(FREIREICH)
    start, end = whole.at(silent_days), whole.at(30)
    expected = (end.answered - start.answered) / start.waiting
    assert outlook(whole)[silent_days].answered == pytest.approx(expected, abs=1e-12)


@given(wait_lists)
def test_every_chance_agrees_with_the_exact_refit(waits: list[Wait]) -> None:
    """Eight people who are followed past day 30 make it a number to show."""
    crowd = [*waits, *(Wait(50, Ending.SILENT, f"patient {number}") for number in range(8))]
    whole, chances = ExactCurve(crowd), outlook(Curve.of(crowd))
    assert list(chances) == list(range(29, -1, -1))
    for silent_days, chance in chances.items():
        exact = whole.refitted(silent_days)
        assert chance.answered == pytest.approx(float(exact.answered(30)), abs=1e-12)
        assert chance.variance == pytest.approx(float(exact.variance(30)), abs=1e-12)
        refitted = Curve.of(exact.waits).at(30)
        assert (chance.lower, chance.upper) == pytest.approx((refitted.lower, refitted.upper), abs=1e-9)
        ratio = (whole.answered(30) - whole.answered(silent_days)) / whole.waiting(silent_days)
        assert exact.answered(30) == ratio


def test_the_chance_needs_five_persons_still_at_risk() -> None:
    chances = outlook(curve("1 1 1 1 9 32+ 33+ 34+ 35+"))
    assert 9 in chances
    assert 10 not in chances
    four_people = [Wait(40, Ending.SILENT, number % 4) for number in range(12)]
    one_early = Wait(1, Ending.ANSWERED, "early")
    assert list(outlook(Curve.of([*four_people, one_early]))) == [1, 0]


def test_the_chance_is_not_offered_from_day_thirty_on_or_beyond_what_is_known() -> None:
    assert sorted(outlook(curve("40+ " * 9))) == list(range(30))
    assert outlook(curve("1 1 2 20+ 20+ 20+ 20+ 20+ 20+")) == {}


def test_a_curve_that_may_not_be_shown_offers_no_chance() -> None:
    assert outlook(curve("40+ " * 7)) == {}


def test_there_is_no_chance_to_name_when_nobody_was_still_waiting() -> None:
    chances = outlook(curve("9 " * 9))
    assert chances[8].answered == 1
    assert 9 not in chances


# Natural frequencies


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0, 0),
        (0.001, 1),
        (0.149, 1),
        (0.15, 2),
        (0.25, 3),
        (0.65, 7),
        (0.7, 7),
        (0.949, 9),
        (0.999, 9),
        (1, 10),
    ],
)
def test_tenths_round_half_up_and_keep_none_and_all_exact(share: float, expected: int) -> None:
    assert of_ten(share) == expected


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@example((5, 20))
@example((9, 12))
def test_tenths_never_lose_a_half_to_the_rounding_of_floats(fraction: tuple[int, int]) -> None:
    answered, waits = fraction
    point = curve(" ".join(map(str, range(answered))) + " 500+" * (waits - answered)).at(450)
    half_up = (20 * answered + waits) // (2 * waits)
    expected = half_up if answered in {0, waits} else min(max(half_up, 1), 9)
    assert of_ten(point.answered) == expected


def test_ten_dots_tell_prompt_late_withdrawn_and_silent_apart() -> None:
    waits = "1 2 3 4 5 6 16 20w 40+ 40+ 40+ 40+"
    assert dots(curve(waits)) == Tenths(answered=5, late=1, withdrawn=1)


def test_those_who_are_still_waiting_get_the_rings_that_are_left() -> None:
    drawn = dots(curve("1 2 3 4 5 6 16 20w 40+ 40+ 40+ 40+"))
    assert drawn is not None
    assert drawn.silent == 3


def test_ten_dots_say_what_is_not_known_yet() -> None:
    assert dots(curve("1 2 3 4 5 20+ 21+ 22+ 23+ 24+")) == Tenths(answered=5, late=None)


def test_a_single_silent_person_among_many_keeps_a_dot() -> None:
    assert dots(curve("3 " * 50 + "40+ " * 3)) == Tenths(answered=9, late=0)
    assert dots(curve("3 " * 50)) == Tenths(answered=10, late=0)
    assert dots(curve("40+ " * 50)) == Tenths(answered=0, late=0)


@given(wait_lists)
def test_the_dots_always_add_up_to_ten(waits: list[Wait]) -> None:
    crowd = Curve.of([*waits, *parse_waits("40+ " * 8)])
    drawn = dots(crowd)
    assert drawn is not None
    assert drawn.late is not None
    assert min(drawn.answered, drawn.late, drawn.withdrawn, drawn.silent) >= 0
    assert drawn.answered + drawn.late + drawn.withdrawn + drawn.silent == 10
    assert drawn.answered == of_ten(crowd.at(14).answered)
    assert drawn.answered + drawn.late == of_ten(crowd.at(30).answered)


# Comparing


def test_two_curves_are_compared_by_the_variance_of_their_share() -> None:
    prompt, slow = curve("1 2 3 4 5 6 7 8 9 30+").at(14), curve("1 20 20 30+ 30+ 30+ 30+ 30+ 30+ 30+").at(14)
    assert prompt.spread == pytest.approx(sqrt(0.9 * 0.1 / 10))
    assert is_reliable(difference(prompt, slow))
    assert not is_reliable(difference(prompt, curve("1 2 3 4 5 6 7 8 30+ 30+").at(14)))
