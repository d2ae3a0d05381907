"""/agenturen/<slug>/rechnung/: the numbers of an agency worked out, and nothing of what is not shown."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from agencies.models import Agency, AgencyScore
from journeys.choices import Response, WaitEnd
from reviews.criteria import CODES
from reviews.recompute import recompute
from reviews.scoring import FORMULA, Rating, Sums, score_ratings, summarise
from reviews.working import Weighted, score_steps
from tests.factories import AgencyFactory, InterviewFactory, ReviewFactory

pytestmark = pytest.mark.django_db


def rated(count: int, *, waits: int = 0, silent: int = 0, **fields: object) -> Agency:
    agency = AgencyFactory(**fields)
    for number in range(count):
        ratings = dict.fromkeys(CODES if number < 4 else CODES[:3], 2 + number % 4)
        review = ReviewFactory(agency=agency, days_ago=100 * number, ratings=ratings)
        if number < waits:
            InterviewFactory(journey=review.journey, wait_days=2 + number)
        elif number < waits + silent:
            ghosted = {"wait_end": WaitEnd.SILENT, "response": Response.NOTHING}
            InterviewFactory(journey=review.journey, wait_days=40 + number, **ghosted)
    recompute([agency.pk])
    return agency


def address(agency: Agency) -> str:
    return reverse("reviews:agency-working", args=[agency.slug])


def said(agency: Agency, prefix: str = "") -> str:
    response = Client().get(prefix + address(agency))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def german(value: float, places: int = 4) -> str:
    return f"{value:.{places}f}".replace(".", ",")


def test_the_stored_sums_lead_to_the_published_score() -> None:
    agency = rated(9)
    score, text = AgencyScore.objects.get(agency=agency), said(agency)
    for value in (
        score.sum_gv,
        score.sum_gvx,
        score.sum_gvxx,
        score.weight,
        score.mean,
        score.spread,
        score.lower,
    ):
        assert german(value) in text
    assert "Es zählen 9 Personen" in text


def test_each_step_comes_out_as_it_says() -> None:
    """The written computation, evaluated as it stands, gives the written result."""
    ratings = [Rating(stars, 40 * stars, proven=stars > 2) for stars in (1, 2, 3, 4, 5, 5)]
    score = score_ratings(ratings)
    weighted = Weighted(score.weight, 0, 0)
    weights = [0.5 ** (one.age_days / 365) * (1 if one.proven else 0.7) for one in ratings]
    weighted = Weighted(
        sum(weights),
        sum(w * one.stars for w, one in zip(weights, ratings, strict=True)),
        sum(w * one.stars**2 for w, one in zip(weights, ratings, strict=True)),
    )
    for step, expected in zip(
        score_steps(weighted), (score.mean, score.spread, score.lower, score.upper), strict=True
    ):
        sum_ = step.working.replace(",", ".").replace("·", "*").replace("−", "-").replace("²", "**2")
        computed = eval(re.sub(r"√(\(.*\))$", r"(\1)**.5", sum_))
        assert computed == pytest.approx(expected, abs=2e-3)
        assert step.result == german(expected)


@pytest.mark.parametrize("stars", [1, 5])
@pytest.mark.parametrize("weight", [0.1, 1, 10, 1e3, 1e6])
def test_no_bound_needs_to_be_cut(stars: int, weight: float) -> None:
    """So the steps need not speak of it."""
    score = summarise(Sums(9, weight, weight * stars, weight * stars**2), today=FORMULA.epoch)
    assert 1 < score.lower < score.upper < 5


def test_below_five_persons_there_are_no_sums() -> None:
    agency = rated(4)
    score, text = AgencyScore.objects.get(agency=agency), said(agency)
    assert "Noch 1 Bewertung bis zum Wert" in text
    for value in (score.sum_gv, score.sum_gvx, score.weight, score.mean, score.lower):
        assert german(value) not in text
        assert german(value, 1) not in text


def test_a_criterion_of_four_persons_shows_how_many_and_no_sum() -> None:
    agency = rated(9)
    few = agency.criterion_scores.get(criterion="terms")
    assert few.n == 4
    text = said(agency)
    assert "Konditionen wie besprochen 4 zu wenige Angaben" in text
    assert german(few.sum_gvx) not in text


def test_the_curve_is_worked_out_day_by_day() -> None:
    text = said(rated(12, waits=8, silent=4))
    assert "2 12 1 0 0 91,7 8,3" in text  # day, at risk, answered, withdrawn, silent, S, F
    assert "Bis Tag 7 hatten 50,0 % eine Rückmeldung" in text
    assert "mittlere Wartezeit" in text
    assert "F(9) 0,5833 + 0,4167 · 1 / 5 = 0,6667" in text


def test_days_after_the_last_known_one_are_not_there() -> None:
    agency = AgencyFactory()
    ends = [(day, WaitEnd.ANSWERED) for day in (1, 2, 3, 5)] + [
        (day, WaitEnd.SILENT) for day in (8, 9, 9, 10)
    ]
    for day, end in [*ends, (23, WaitEnd.ANSWERED), (31, WaitEnd.SILENT)]:
        review = ReviewFactory(agency=agency)
        response = Response.NEGATIVE if end == WaitEnd.ANSWERED else Response.NOTHING
        InterviewFactory(journey=review.journey, wait_days=day, wait_end=end, response=response)
    recompute([agency.pk])
    text = said(agency)
    assert "Gezeigt wird bis Tag 10" in text
    assert "Tag 14 ist noch nicht bekannt" in text
    assert "23 2 1" not in text


def test_too_few_waits_show_what_is_missing_and_no_day() -> None:
    text = said(rated(9, waits=7))
    assert "Noch 1 Gespräch bis zur Zahl" in text
    assert "warteten noch" not in text


def test_an_agency_without_anything_has_a_page() -> None:
    text = said(AgencyFactory())
    assert "Noch 5 Bewertungen bis zum Wert" in text
    assert "Noch keine Gespräche eingetragen" in text


def test_the_number_of_queries_is_the_same_for_few_and_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for agency in (rated(1), rated(25, waits=20)):
        with django_assert_num_queries(3):
            Client().get(address(agency), headers={"HX-Request": "true"})


def test_who_may_be_read_has_the_page_and_nobody_else() -> None:
    assert said(rated(5, status="closed"))
    for status in ("proposed", "refused"):
        assert Client().get(address(AgencyFactory(status=status))).status_code == 404
    assert Client().get("/agenturen/gibt-es-nicht/rechnung/").status_code == 404
    assert Client().post(address(AgencyFactory())).status_code == 405


def test_a_merged_agency_leads_to_its_successor() -> None:
    successor = AgencyFactory()
    response = Client().get(address(AgencyFactory(status="merged", merged_into=successor)))
    assert (response.status_code, response["Location"]) == (301, address(successor))


def test_the_english_page_writes_numbers_as_english_does() -> None:
    agency = rated(9)
    text = said(agency, "/en")
    assert f"{AgencyScore.objects.get(agency=agency).mean:.4f}" in text
    assert "How this number comes about" in text


def test_the_profile_leads_there() -> None:
    agency = rated(12, waits=9)
    html = Client().get(agency.get_absolute_url()).content.decode()
    assert f'href="{address(agency)}#wert"' in html
    assert f'href="{address(agency)}#gespraeche"' in html
