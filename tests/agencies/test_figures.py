"""The figures: what the numbers become, and that what is drawn says the same as what is written."""

import re
from itertools import pairwise

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from agencies import figures
from agencies.figures import Curve, Step
from agencies.tenths import Tenths, of_ten

ROWS = [(1, 0.1, 0.02, 0.3), (6, 0.5, 0.3, 0.7), (20, 0.8, 0.6, 0.9)]

shares = st.lists(st.floats(0, 1), min_size=1, max_size=8).map(sorted)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    levels = draw(shares)
    days = sorted(draw(st.lists(st.integers(0, 45), min_size=len(levels), max_size=len(levels), unique=True)))
    steps = [
        Step(day, level, level * 0.8, min(1, level * 1.2)) for day, level in zip(days, levels, strict=True)
    ]
    return Curve("Demo", tuple(steps), draw(st.integers(14, 45)))


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


# ---- numbers as words


@pytest.mark.parametrize(("value", "shown"), [(3.949, "3,9"), (3.95, "4,0"), (3.25, "3,3"), (5.0, "5,0")])
def test_a_mean_is_shown_with_one_decimal_and_halves_go_up(value: float, shown: str) -> None:
    assert figures.decimal(value) == shown


def test_english_readers_see_a_point() -> None:
    with translation.override("en"):
        assert figures.decimal(3.949) == "3.9"


@pytest.mark.parametrize(
    ("share", "tenths"),
    [(0.0, 0), (0.001, 1), (0.64, 6), (0.65, 7), (0.69, 7), (0.96, 9), (0.9999, 9), (1.0, 10)],
)
def test_nobody_and_everybody_are_said_only_when_it_is_exactly_so(share: float, tenths: int) -> None:
    assert of_ten(share) == tenths


def test_a_missing_mean_is_shown_as_nothing() -> None:
    assert render("{{ mean|stars }}", mean=None) == ""


# ---- ten dots


def test_what_is_not_known_on_day_30_is_drawn_as_open() -> None:
    states = [dot.state for dot in figures.dots(Tenths(3))]
    assert states == ["answered"] * 3 + ["open"] * 7


@given(st.integers(0, 10), st.integers(0, 10), st.integers(0, 10))
def test_there_are_always_ten_dots(answered: int, late: int, withdrawn: int) -> None:
    late = min(late, 10 - answered)
    assert len(figures.dots(Tenths(answered, late, min(withdrawn, 10 - answered - late)))) == 10


def test_a_gap_after_five_helps_counting() -> None:
    places = [dot.x for dot in figures.dots(Tenths(5, 0))]
    assert places[1] - places[0] == places[6] - places[5] == 21
    assert places[5] - places[4] == 26
    assert places[-1] + 16 == 210


def test_every_state_has_a_shape_of_its_own() -> None:
    assert len(set(figures.MARKS.values())) == len(figures.MARKS)


def test_the_dots_show_what_the_sentence_says() -> None:
    drawn = render("{% dots 7 1 %}")
    assert (drawn.count("s-answered"), drawn.count("s-waiting"), drawn.count("s-silent")) == (7, 1, 2)
    assert render("{% dots_say 7 %}") == "<b>7 von 10</b> bekamen innerhalb von 14 Tagen eine Rückmeldung."
    assert render("{% dots_rest 7 1 %}") == "1 später, 2 hörten auch nach 30 Tagen nichts."


def test_one_in_ten_is_said_in_the_singular() -> None:
    assert "1 von 10</b> bekam " in render("{% dots_say 1 %}")
    assert render("{% dots_rest 8 0 1 %}") == "1 hörte auch nach 30 Tagen nichts, 1 zog vorher zurück."


def test_when_all_were_answered_there_is_no_rest_to_tell() -> None:
    assert render("{% dots_rest 10 0 %}") == ""


def test_the_legend_leaves_out_what_nobody_experienced() -> None:
    legend = render("{% dots_key 10 0 %}")
    assert legend.count("<li>") == 1
    assert "10 binnen 14 Tagen" in legend


# ---- bars


def test_the_score_bar_is_solid_to_the_lower_bound_and_grey_to_the_upper() -> None:
    bar = figures.score_bar(3.8, 3.4, 4.2)
    assert (bar.lower, bar.width, bar.mean, bar.market) == ("60%", "20%", "70%", None)


def test_a_criterion_bar_carries_the_market_as_a_tick() -> None:
    assert render("{% criterion_bar 4 %}").count("<line") == 0
    assert 'x1="50%"' in render("{% criterion_bar 4 3 %}")


def test_the_longest_bar_of_a_histogram_fills_the_width() -> None:
    rows = figures.histogram([2, 2, 5, 13, 26])
    assert [(row.stars, row.number, row.width) for row in rows[:2]] == [(5, 26, "100%"), (4, 13, "50%")]


def test_an_empty_histogram_is_drawn_empty() -> None:
    assert {row.width for row in figures.histogram([0, 0, 0, 0, 0])} == {"0%"}


# ---- the waiting curve


def test_the_curve_climbs_in_steps_on_the_days_of_answers() -> None:
    line = figures.chart([figures.curve("Demo", ROWS)]).lines[0]
    assert line.path == "M0 100H1V90H6V50H20V20H45"


def test_the_band_runs_along_the_upper_bounds_and_back_along_the_lower_ones() -> None:
    line = figures.chart([figures.curve("Demo", ROWS)]).lines[0]
    assert line.band == "M0 100H1V70H6V30H20V10H45V40H20V70H6V98H1V100Z"


def test_answers_on_the_day_of_the_talk_lift_the_curve_from_the_start() -> None:
    assert figures.chart([figures.curve("Demo", [(0, 0.2, 0.1, 0.4)])]).lines[0].path == "M0 100H0V80H45"


def test_nothing_is_drawn_or_said_beyond_the_last_known_day() -> None:
    chart = figures.chart([figures.curve("Demo", ROWS, until=15)])
    assert chart.lines[0].path.endswith("H15")
    assert (chart.unknown, chart.unknown_width) == ("33.33%", "66.67%")
    assert [reading.of_ten for reading in chart.readings] == [5, 5, None]
    assert chart.rows[-1].cells == [None]


def test_a_curve_known_to_the_end_has_no_unknown_part() -> None:
    assert figures.chart([figures.curve("Demo", ROWS, until=None)]).unknown is None


def test_the_readings_stand_beside_those_of_the_market() -> None:
    market = figures.curve("Alle", [(3, 0.25, 0.2, 0.3), (14, 0.42, 0.4, 0.5)])
    readings = figures.chart([figures.curve("Demo", ROWS)], market).readings
    assert [(one.day, one.of_ten, one.market) for one in readings] == [(7, 5, 3), (14, 5, 4), (30, 8, 4)]


def test_the_table_says_what_the_curve_draws() -> None:
    page = render("{% curve rows None 'Nordlicht' %}", rows=ROWS)
    assert "50 % <span" in page
    assert "(30 bis 70)" in page
    assert "bis Tag 14 50 %" in page


def test_the_name_of_an_agency_cannot_become_markup() -> None:
    page = render("{% curve rows None name %}", rows=ROWS, name='"><script>')
    assert "<script" not in page


def test_up_to_four_curves_differ_in_dash_and_marker() -> None:
    lines = [figures.curve(f"Demo {number}", ROWS) for number in range(5)]
    page = render("{% curves lines %}", lines=lines)
    assert all(f'us style-{style}"' in page for style in (1, 2, 3, 4))
    assert "style-5" not in page
    assert set(re.findall(r"Demo \d", page)) == {"Demo 0", "Demo 1", "Demo 2", "Demo 3"}


def test_figures_need_no_inline_style() -> None:
    source = "{% curve rows rows 'Demo' %}{% dots 5 2 1 %}{% score_scale 3 2 4 3 %}{% histogram counts %}"
    assert "style=" not in render(source, rows=ROWS, counts=[1, 2, 3, 4, 5])


@given(curves())
def test_a_drawn_curve_never_falls_and_stays_on_the_paper(one: Curve) -> None:
    path = figures.chart([one]).lines[0].path
    heights = [float(height) for height in re.findall(r"V([\d.]+)", path)]
    assert heights == sorted(heights, reverse=True)
    assert all(0 <= height <= 100 for height in heights)


@given(st.lists(curves(), min_size=1, max_size=4), curves())
def test_names_of_curves_never_stand_on_each_other(lines: list[Curve], market: Curve) -> None:
    chart = figures.chart(lines, market)
    assert chart.market is not None
    heights = sorted(float(line.label.y.rstrip("%")) for line in [*chart.lines, chart.market])
    assert all(below - above >= 7.4 for above, below in pairwise(heights))
    assert heights[-1] <= 97


# ---- icons and marks


def test_an_icon_is_hidden_from_those_who_hear_the_word_beside_it() -> None:
    icon = render("{% icon 'search' %}")
    assert 'aria-hidden="true"' in icon
    assert re.search(r"icons/sprite[.\w]*\.svg#i-search", icon)


def test_a_mark_has_the_shape_of_its_state() -> None:
    assert figures.MARKS["waiting"] in render("{% mark 'waiting' %}")
