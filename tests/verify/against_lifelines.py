"""The waiting curve is the one that lifelines draws, to a millionth, whatever the waits."""

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lifelines.exceptions import StatError

from reviews.scoring import Curve, Ending, Wait
from tests.verify.lifelines_says import STORED, aalen_johansen, kaplan_meier, what_it_says

CLOSE = 1e-6
EXAMPLES = settings(max_examples=100, deadline=None)

# Everybody who is followed to the end keeps lifelines able to go on: it gives up where nobody is at risk for a while.
FOLLOWED = [Wait(60, Ending.SILENT, "one"), Wait(61, Ending.SILENT, "two")]

EVENT_DAYS, OTHER_DAYS = range(2, 45, 2), range(1, 45, 2)


@st.composite
def competing(draw: st.DrawFn) -> list[Wait]:
    """Answers and withdrawals on even days, never both on one, entries on odd ones; ties in plenty."""
    endings = draw(
        st.dictionaries(
            st.sampled_from(EVENT_DAYS),
            st.sampled_from([Ending.ANSWERED, Ending.WITHDRAWN]),
            min_size=1,
            max_size=9,
        )
    )
    events = st.sampled_from(sorted(endings)).map(lambda day: (day, endings[day]))
    silences = st.tuples(st.integers(1, 50), st.just(Ending.SILENT))
    entries = st.one_of(st.just(0), st.sampled_from(OTHER_DAYS))
    told = draw(st.lists(st.tuples(events | silences, entries), min_size=1, max_size=25))
    waits = [
        Wait(day, ending, number, entry if entry < day else 0)
        for number, ((day, ending), entry) in enumerate(told)
    ]
    return [*waits, *FOLLOWED]


@given(competing())
@EXAMPLES
def test_shares_variances_and_intervals_are_those_of_aalen_and_johansen(waits: list[Wait]) -> None:
    assume(any(wait.ending is Ending.ANSWERED for wait in waits))
    curve = Curve.of(waits)
    for said in aalen_johansen(waits):
        ours = curve.at(said.day)
        assert (ours.answered, ours.variance) == pytest.approx((said.answered, said.variance), abs=CLOSE)
        assert (ours.lower, ours.upper) == pytest.approx((said.lower, said.upper), abs=CLOSE)


uncontested = st.lists(
    st.builds(
        Wait,
        day=st.integers(0, 40),
        ending=st.sampled_from([Ending.ANSWERED, Ending.SILENT]),
        person=st.integers(1, 8),
        entry=st.one_of(st.just(0), st.integers(0, 20)),
    ),
    min_size=1,
    max_size=25,
)


@given(uncontested)
@EXAMPLES
def test_where_nobody_withdraws_shares_are_those_of_kaplan_and_meier(waits: list[Wait]) -> None:
    """Answers of day 0 and curves that reach 1 among them; entries on the day of an answer are not."""
    answers = {wait.day for wait in waits if wait.ending is Ending.ANSWERED}
    waits = [
        wait._replace(entry=0 if wait.entry in answers or wait.entry >= wait.day else wait.entry)
        for wait in waits
    ]
    assume(answers)
    try:
        said = kaplan_meier(waits)
    except StatError:
        assume(False)
    curve = Curve.of(waits)
    assert [curve.at(day).answered for day, _ in said] == pytest.approx(
        [share for _, share in said], abs=CLOSE
    )


def test_what_is_stored_for_every_test_run_is_what_it_says_today() -> None:
    stored, today = json.loads(STORED.read_text(encoding="utf-8")), what_it_says()
    assert stored.keys() == today.keys()
    for waits, rows in today.items():
        assert stored[waits] == [pytest.approx(row, abs=1e-11) for row in rows]
