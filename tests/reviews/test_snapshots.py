"""A row for each agency and month: what was shown at its end, and the same again from the rows of today."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from time_machine import travel

from agencies.models import Agency, AgencyScore, ScoreSnapshot, WaitCurve
from journeys.choices import WaitEnd
from journeys.models import Interview
from reviews.models import Review
from reviews.moves import refresh_current
from reviews.recompute import recompute, write_snapshots
from reviews.recompute.snapshots import last_day, rebuild, take, write_missing
from reviews.scoring import Curve, Ending, Wait, today
from reviews.states import Status
from tests.factories import AgencyFactory, InterviewFactory, ReviewFactory

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
RESPONSES = {"answered": "negative", "withdrawn": "withdrew", "silent": "nothing"}


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def reviewed(
    agency: Agency, day: date, stars: int = 4, wait: tuple[int, str] = (5, "answered"), **fields: Any
) -> Review:
    """A review published on a day, with one wait."""
    rating = {"feedback": stars, "respect": stars, "terms": stars}
    review: Review = ReviewFactory(agency=agency, ratings=rating, published_on=day, **fields)
    days, end = wait
    InterviewFactory(
        journey=review.journey, told_on=day, wait_days=days, wait_end=end, response=RESPONSES[end]
    )
    return review


def busy(day: date, count: int = 9) -> Agency:
    agency: Agency = AgencyFactory()
    for number in range(count):
        reviewed(agency, day - timedelta(days=number), stars=1 + number % 5, wait=(number, "answered"))
    return agency


def kept(agency: Agency, month: date) -> dict[str, Any]:
    row = ScoreSnapshot.objects.filter(agency=agency, month=month).values().get()
    return {name: value for name, value in row.items() if name not in {"id", "as_of"}}


def assert_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in one.items():
        expected = pytest.approx(other[name], abs=1e-9) if isinstance(value, float) else other[name]
        assert value == expected, name


def page(agency: Agency) -> str:
    return Client().get(agency.get_absolute_url()).content.decode()


# ---- when ------------------------------------------------------------------------------------------------


def test_on_the_first_of_the_month_the_stored_numbers_are_kept() -> None:
    with travel(noon(date(2026, 12, 1))):
        agency = busy(date(2026, 11, 20))
        recompute([agency.pk])
        assert write_snapshots() == 1
    score = AgencyScore.objects.get(agency=agency)
    row = ScoreSnapshot.objects.get(agency=agency)
    assert (row.month, row.as_of) == (NOVEMBER, date(2026, 12, 1))
    shared = ("n", "is_shown", "mean", "lower", "upper", "first_month", "last_month")
    waits = ("waits", "waits_shown", "waits_source", "wait_persons", "answered_14", "answered_14_lower")
    for name in (*shared, *waits):
        assert getattr(row, name) == getattr(score, name), name


def test_a_second_run_changes_nothing() -> None:
    with travel(noon(date(2026, 12, 1))):
        agency = busy(date(2026, 11, 20))
        recompute([agency.pk])
        write_snapshots()
        before = kept(agency, NOVEMBER)
        for _ in range(5):
            reviewed(agency, date(2026, 12, 1), stars=1)
        recompute([agency.pk])
        assert write_snapshots() == 0
        take(NOVEMBER)  # two at once
        assert kept(agency, NOVEMBER) == before


def test_a_run_that_was_missed_is_made_up() -> None:
    agency = busy(date(2026, 10, 20))
    with travel(noon(date(2026, 11, 1))):
        recompute([agency.pk])
        assert write_snapshots() == 1
    with travel(noon(date(2027, 2, 3))):
        recompute([agency.pk])
        assert write_snapshots() == 3
    rows = ScoreSnapshot.objects.order_by("month").values_list("month", "as_of")
    assert list(rows) == [
        (OCTOBER, date(2026, 11, 1)),
        (NOVEMBER, date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 2, 3)),
    ]


def test_two_years_at_most_are_made_up_and_none_before_the_first_review() -> None:
    busy(date(2026, 9, 20))
    assert write_missing(date(2026, 11, 20)) == 2
    ScoreSnapshot.objects.all().delete()
    busy(date(2022, 5, 20))
    assert write_missing(date(2026, 11, 20)) == 24
    assert min(ScoreSnapshot.objects.values_list("month", flat=True)) == date(2024, 11, 1)
    assert write_missing(date(2026, 11, 20)) == 0


def test_an_empty_platform_has_nothing_to_keep() -> None:
    AgencyFactory()
    assert write_missing(date(2026, 11, 2)) == 0


@pytest.mark.parametrize(
    ("month", "day"),
    [((2024, 2), 29), ((2026, 2), 28), ((2026, 12), 31), ((2026, 1), 31), ((2026, 4), 30)],
)
def test_a_month_ends_on_its_last_day(month: tuple[int, int], day: int) -> None:
    assert last_day(date(*month, 1)) == date(*month, day)


# ---- what ------------------------------------------------------------------------------------------------


def test_what_was_not_shown_is_not_kept() -> None:
    agency = busy(date(2026, 10, 20), count=4)
    recompute([agency.pk])
    for month, write in ((OCTOBER, rebuild), (NOVEMBER, take)):
        write(month)
        row = ScoreSnapshot.objects.get(agency=agency, month=month)
        assert (row.n, row.waits) == (4, 4)
        assert {row.mean, row.lower, row.upper, row.answered_14, row.answered_14_upper} == {None}


@pytest.mark.parametrize("values", [{"mean": 3.0}, {"answered_14": 0.5}, {"month": date(2026, 11, 2)}])
def test_the_database_refuses_to_keep_it(values: dict[str, Any]) -> None:
    fields = {"month": NOVEMBER, "as_of": NOVEMBER} | values
    with pytest.raises(IntegrityError), transaction.atomic():
        ScoreSnapshot.objects.create(agency=AgencyFactory(), **fields)


def test_an_agency_has_one_row_a_month() -> None:
    row = {"agency": AgencyFactory(), "month": NOVEMBER, "as_of": NOVEMBER}
    ScoreSnapshot.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        ScoreSnapshot.objects.create(**row)


@pytest.mark.parametrize("status", ["proposed", "refused"])
def test_what_has_no_page_has_no_trend(status: str) -> None:
    agency = busy(date(2026, 10, 20))
    recompute([agency.pk])
    Agency.objects.filter(pk=agency.pk).update(status=status)
    take(NOVEMBER)
    rebuild(OCTOBER)
    assert not ScoreSnapshot.objects.exists()


ends = st.sampled_from([WaitEnd.ANSWERED, WaitEnd.ANSWERED, WaitEnd.WITHDRAWN, WaitEnd.SILENT])
waits = st.lists(st.tuples(st.integers(0, 40), ends.map(str)), min_size=8, max_size=20)


@given(waits)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_interval_of_a_kept_share_is_that_of_the_curve(told: list[tuple[int, str]]) -> None:
    with transaction.atomic():
        agency: Agency = AgencyFactory()
        for wait in told:
            reviewed(agency, today(), wait=wait)
        recompute([agency.pk])
        take(NOVEMBER)
        row = ScoreSnapshot.objects.get(agency=agency)
        point = Curve.of(Wait(day, Ending(end), person) for person, (day, end) in enumerate(told)).shown(14)
        stored = (row.answered_14, row.answered_14_lower, row.answered_14_upper)
        expected = (point.answered, point.lower, point.upper) if point else (None, None, None)
        assert stored == pytest.approx(expected, abs=1e-9)
        transaction.set_rollback(True)


# ---- as of a past day ------------------------------------------------------------------------------------

stories = st.lists(
    st.tuples(
        st.integers(0, 5),  # voice
        st.integers(1, 5),  # stars
        st.integers(0, 500),  # published so many days before the end of October
        st.integers(0, 40),  # wait
        ends.map(str),
        st.sampled_from(Review.Proof.values),
    ),
    min_size=8,
    max_size=24,
)


@given(stories, stories)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_past_month_comes_out_as_it_was_then(then: list[Any], later: list[Any]) -> None:
    """More is published after the last day, by the same voices too; the month is what was computed on that day."""
    day = last_day(OCTOBER)
    with transaction.atomic():
        agency: Agency = AgencyFactory()
        with travel(noon(day)):
            tell(agency, then, day)
            recompute([agency.pk])
            take(OCTOBER)
        at_the_time = kept(agency, OCTOBER)
        ScoreSnapshot.objects.all().delete()
        tell(agency, [(*one[:2], -1 - one[2] % 20, *one[3:]) for one in later], day)
        rebuild(OCTOBER)
        assert_same(kept(agency, OCTOBER), at_the_time)
        transaction.set_rollback(True)


def tell(agency: Agency, story: list[Any], day: date) -> None:
    voices = [UUID(int=voice) for voice, *_rest in story]
    for voice, stars, days_ago, wait, end, proof in story:
        reviewed(
            agency,
            day - timedelta(days=days_ago),
            stars,
            (wait, end),
            voice=UUID(int=voice),
            proof=proof,
            is_current=False,
        )
    refresh_current(agency.pk, voices)


def test_what_came_later_or_was_taken_back_is_not_in_a_past_month() -> None:
    agency = busy(date(2026, 10, 20))
    reviewed(agency, date(2026, 11, 1))
    leaving = agency.reviews.filter(published_on__lte=last_day(OCTOBER)).first()
    assert leaving is not None
    Review.objects.filter(pk=leaving.pk).update(status=Status.WITHDRAWN, is_current=False)
    rebuild(OCTOBER)
    row = ScoreSnapshot.objects.get()
    assert (row.n, row.waits) == (8, 8)


def test_an_answer_is_known_in_a_past_month_only_if_it_had_come() -> None:
    agency = busy(date(2026, 10, 20))
    Interview.objects.update(held_on=date(2026, 10, 25), told_on=date(2026, 11, 20), wait_days=9)
    rebuild(OCTOBER)
    row = ScoreSnapshot.objects.get(agency=agency)
    assert row.waits == 9
    assert row.answered_14 is None  # all are silent on day 6, so day 14 is not known yet


def test_a_withdrawn_review_leaves_what_is_kept_as_it_was() -> None:
    agency = busy(date(2026, 10, 20))
    rebuild(OCTOBER)
    before = kept(agency, OCTOBER)
    Review.objects.update(status=Status.WITHDRAWN, is_current=False)
    recompute([agency.pk])
    assert write_missing(date(2026, 11, 3)) == 0
    assert kept(agency, OCTOBER) == before


# ---- the page --------------------------------------------------------------------------------------------


def with_months(agency: Agency, count: int, **fields: Any) -> None:
    month = AgencyScore.objects.get(agency=agency).as_of.replace(day=1)
    numbers: dict[str, Any] = {"n": 9, "is_shown": True, "mean": 3.5, "lower": 3.0, "upper": 4.0}
    numbers |= {"waits": 12, "wait_persons": 11, "waits_shown": True, "waits_source": "recalled"}
    numbers |= {"answered_14": 0.5, "answered_14_lower": 0.3, "answered_14_upper": 0.7}
    for _ in range(count):
        month = (month - timedelta(days=1)).replace(day=1)
        ScoreSnapshot.objects.create(agency=agency, month=month, as_of=last_day(month), **numbers | fields)


def test_the_trend_is_drawn_from_three_months_on() -> None:
    agency = busy(today())
    recompute([agency.pk])
    with_months(agency, 2)
    assert "sobald es Werte vom Ende dreier Monate gibt" in page(agency)
    ScoreSnapshot.objects.all().delete()
    with_months(agency, 3)
    html = page(agency)
    assert html.count('<svg class="trend"') == 2
    assert "9 Bewertungen" in html
    assert "12 Gespräche von 11 Personen" in html
    assert "Rückmeldung binnen 14 Tagen, aus Bewertungen" in html


def test_an_agency_without_reviews_has_no_trend_to_wait_for() -> None:
    assert 'id="verlauf"' not in page(AgencyFactory())


def test_months_older_than_two_years_are_not_drawn() -> None:
    agency = busy(today())
    recompute([agency.pk])
    with_months(agency, 30)
    assert page(agency).split('id="verlauf"')[1].split("</table>")[0].count("<tr>") == 1 + 24


def test_measured_and_recalled_waits_are_never_one_line() -> None:
    agency = busy(today())
    recompute([agency.pk])
    with_months(agency, 8)
    newest = ScoreSnapshot.objects.order_by("-month").values_list("pk", flat=True)[:3]
    ScoreSnapshot.objects.filter(pk__in=list(newest)).update(waits_source=WaitCurve.Source.MEASURED)
    html = page(agency)
    assert "Rückmeldung binnen 14 Tagen, gemessen" in html
    assert html.count("12 Gespräche von 11 Personen</td>") == 3
