"""The trend: months side by side, drawn and told alike."""

import re
from collections.abc import Collection, Sequence
from datetime import date

from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from agencies.trend import Month, score_trend, share_trend


def months_of(
    values: Sequence[float], first: int = 12 * 2025 + 11, gaps: Collection[int] = ()
) -> list[Month]:
    """One value a month from December 2025 on; after the months at `gaps` one is missing."""
    months, number = [], first
    for place, value in enumerate(values):
        day = date(number // 12, number % 12 + 1, 1)
        months.append(Month(day, value, max(1.0, value - 0.6), min(5.0, value + 0.4), "37 Bewertungen"))
        number += 2 if place in gaps else 1
    return months


def test_a_trend_needs_three_months() -> None:
    assert score_trend("Gesamtwert", months_of([3.4, 3.8])) is None
    assert share_trend("Rückmeldung", []) is None


def test_the_trend_names_its_ends_and_tells_what_each_month_rests_on() -> None:
    trend = score_trend("Gesamtwert", months_of([3.4, 3.5, 3.8]))
    assert trend is not None
    assert trend.summary == "Gesamtwert von Dezember 2025 bis Februar 2026: von 3,4 auf 3,8"
    assert (trend.first.x, trend.last.x) == ("0%", "100%")
    assert trend.rows[0] == ("Februar 2026", "3,8", "3,2 bis 4,2", "37 Bewertungen")
    page = render_to_string("figures/trend.html", {"trend": trend})
    assert page.count("<td>37 Bewertungen</td>") == 3
    assert "Februar 2026: 37 Bewertungen" in page


def test_a_trend_of_shares_speaks_of_ten_people() -> None:
    months = [Month(date(2026, month, 1), 0.62, 0.4, 0.8, "12 Gespräche") for month in (1, 2, 3)]
    trend = share_trend("Rückmeldung", months)
    assert trend is not None
    assert trend.last.label == "6 von 10"
    assert trend.rows[0][1:3] == ("62 %", "40 % bis 80 %")


def test_a_month_that_is_missing_interrupts_the_line() -> None:
    trend = score_trend("Gesamtwert", months_of([3.0, 3.0, 3.0, 3.0], gaps={1, 2}))
    assert trend is not None
    assert trend.path.count("M") == trend.band.count("M") == 1
    assert [point.x for point in trend.alone] == ["60%", "100%"]


@given(st.lists(st.floats(1, 5), min_size=3, max_size=24), st.sets(st.integers(0, 22)))
def test_the_trend_keeps_every_bound_on_the_paper(means: list[float], gaps: set[int]) -> None:
    trend = score_trend("Gesamtwert", months_of(means, gaps=gaps))
    assert trend is not None
    heights = [float(height) for height in re.findall(r" (-?[\d.]+)", trend.band)]
    assert all(-0.01 <= height <= 100.01 for height in heights)
    assert len(trend.levels) >= 2
    assert len(trend.rows) == len(means)


def test_a_trend_needs_no_inline_style() -> None:
    page = render_to_string("figures/trend.html", {"trend": score_trend("Gesamtwert", months_of([3.5] * 3))})
    assert "style=" not in page
