"""The start page: the market in ten dots, and three agencies that answer well."""

from collections.abc import Sequence
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from agencies import front
from agencies.models import Agency, WaitCurve
from reviews.recompute import recompute_all
from tests.agencies.listing import answering, listed, rated
from tests.factories import AgencyFactory, InterviewFactory, ReviewFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)


def html() -> str:
    response = Client().get("/")
    assert response.status_code == 200
    return unescape(response.content.decode())


def waits(days: Sequence[int], silent: int = 0) -> Agency:
    """One agency with these answered waits and so many that are silent for 40 days, each of another person."""
    agency = AgencyFactory()
    for day in days:
        InterviewFactory(journey=ReviewFactory(agency=agency).journey, wait_days=day)
    for _number in range(silent):
        journey = ReviewFactory(agency=agency).journey
        InterviewFactory(journey=journey, wait_days=40, wait_end="silent", response="nothing")
    return agency


def shown(today: date) -> list[str]:
    return [card.name for card in front.choice_of_the_week(today).cards]


def test_the_market_stands_as_ten_dots_with_their_words() -> None:
    waits([1, 2, 3, 5, 6, 20, 25], silent=3)
    recompute_all()
    market = front.market()
    assert market
    assert (market.dots.answered, market.dots.late, market.dots.silent) == (5, 2, 3)
    page = html()
    assert "Alle Agenturen, 10 Gespräche von 10 Personen" in page
    assert "warteten</span> länger, bis zu 30 Tage" in page


def test_without_enough_waits_the_plate_says_so_instead_of_a_number() -> None:
    waits([1, 2])
    recompute_all()
    assert front.market() is None
    assert "wissen wir noch zu wenig" in html()


def test_measured_waits_are_the_headline_as_soon_as_they_are_shown() -> None:
    waits([1] * 8)
    recompute_all()
    WaitCurve.objects.filter(agency=None, kind="interview", source="measured").update(
        waits=99, is_shown=True, dots_answered=10, dots_late=0
    )
    market = front.market()
    assert market
    assert "99 Gespräche" in market.basis


def test_an_empty_site_invites_instead_of_showing_nothing() -> None:
    page = html()
    assert "Noch ist keine Agentur eingetragen." in page
    assert "/agenturen/neu/" in page
    assert "zuverlässig antwortet" not in page


def test_three_agencies_change_each_week_and_stay_within_it() -> None:
    for number in range(9):
        listed(f"Agentur {number}", score=answering(9, 0.9 - number / 100) | rated(4, 3.5))
    weeks = [shown(MONDAY + timedelta(weeks=week)) for week in range(3)]
    assert sorted(name for week in weeks for name in week) == [f"Agentur {number}" for number in range(9)]
    assert shown(MONDAY) == shown(MONDAY + timedelta(days=6))


def test_only_listed_agencies_that_answer_most_people_are_chosen() -> None:
    listed("Gut", score=answering(8, 0.6))
    listed("Vielleicht gut", score=answering(9, 0.49))
    listed("Geschlossen", score=answering(10, 0.9), status="closed")
    listed("Zu wenige", score={"answered_14_lower": 0.9})
    assert shown(MONDAY) == ["Gut"]


def test_no_more_than_forty_take_turns() -> None:
    for number in range(45):
        listed(f"Agentur {number:02}", score=answering(9, 0.9 - number / 1000))
    turns = {name for week in range(40) for name in shown(MONDAY + timedelta(weeks=week))}
    assert turns == {f"Agentur {number:02}" for number in range(40)}
    assert front.choice_of_the_week(MONDAY).among == 40


@pytest.mark.parametrize("count", [3, 30])
def test_the_page_costs_the_same_for_any_number(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        listed(f"Agentur {number}", score=answering(9, 0.8) | rated(4, 3.5))
    with django_assert_num_queries(5):  # stored count, count, market, the best, the chosen three
        Client().get("/")


def test_the_search_box_leads_to_the_directory() -> None:
    assert 'role="search" action="/agenturen/"' in html()
