"""Curves fitted many at once are the curves that reviews.scoring fits one by one."""

import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.recompute.fits import Fit, fit
from reviews.scoring import FORMULA, Curve, Ending, Point, Wait, outlook

CLOSE = 1e-12

waits = st.builds(
    Wait,
    day=st.integers(0, 70),
    ending=st.sampled_from(list(Ending)),
    person=st.integers(0, 40),
    entry=st.integers(0, 12) | st.just(0),
)
crowds = st.lists(st.lists(waits, min_size=1, max_size=60), min_size=1, max_size=8)


def one_by_one(curve: Curve) -> Fit:
    """What the formulas themselves say of a curve that has enough waits and persons."""
    day14, day30 = (
        curve.at(day) if curve.is_known(day) else None for day in (FORMULA.prompt_days, FORMULA.horizon)
    )
    chances = outlook(curve) if curve.is_shown else {}
    return Fit(day14, day30, [[day, one.answered, one.lower, one.upper] for day, one in chances.items()])


def assert_same_point(ours: Point | None, theirs: Point | None) -> None:
    assert (ours is None) == (theirs is None)
    if ours and theirs:
        for name in ("day", "at_risk", "persons"):
            assert getattr(ours, name) == getattr(theirs, name)
        for name in ("answered", "lower", "upper", "waiting", "variance"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=CLOSE), name


def assert_fitted(curves: Sequence[Curve]) -> None:
    fitted = fit([curve.days for curve in curves])
    assert len(fitted) == len(curves)
    for ours, curve in zip(fitted, curves, strict=True):
        theirs = one_by_one(curve)
        assert_same_point(ours.day14, theirs.day14)
        assert_same_point(ours.day30, theirs.day30)
        if curve.is_shown:
            assert [row[0] for row in ours.outlook] == [row[0] for row in theirs.outlook]
            for row, expected in zip(ours.outlook, theirs.outlook, strict=True):
                assert row == pytest.approx(expected, abs=CLOSE)


@given(crowds)
def test_a_batch_is_fitted_as_its_curves_are_one_by_one(crowds: list[list[Wait]]) -> None:
    assert_fitted([curve for crowd in crowds if (curve := Curve.of(crowd)).days])


@pytest.mark.parametrize(
    ("day", "ending"),
    [
        (0, Ending.ANSWERED),
        (3, Ending.ANSWERED),
        (3, Ending.WITHDRAWN),
        (40, Ending.SILENT),
        (14, Ending.SILENT),
    ],
)
def test_curves_on_which_all_waits_end_alike_are_fitted(day: int, ending: Ending) -> None:
    assert_fitted([Curve.of(Wait(day, ending, person) for person in range(9))])


def test_a_crowd_as_large_as_the_largest_agency_loses_no_precision() -> None:
    many = [
        Wait(int(7 * person**0.5) % 61, list(Ending)[person % 7 % 3], person, person % 5)
        for person in range(20_000)
    ]
    assert_fitted([Curve.of(many), Curve.of(many[:9])])


def test_nothing_to_fit_is_no_error() -> None:
    assert fit([]) == []


def test_processes_that_answer_pages_carry_no_numpy() -> None:
    code = "import sys, config.wsgi; from django.urls import reverse; reverse('reviews:formula'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "reviews.views.profile" in loaded.stdout.split()
    assert "numpy" not in loaded.stdout.split()
